"""The words of a pasted block, compared with its report."""

import pytest

from portal.domain.form.form import Form
from portal.domain.intake.paste import Placement, place_block
from portal.domain.intake.paste_words import Asked, has_words, settle
from portal.domain.intake.pasted_block import BlockRefused, read_block
from tests.domain.intake.test_sheet_words import EXPECTED


def settled(form: Form, text: str, *answers: str, start: str = "A1") -> Placement:
    block = read_block(text)
    return settle(form, block, place_block(form, block, start), EXPECTED, frozenset(answers))


def asked(form: Form, text: str, *answers: str, start: str = "A1") -> Asked:
    with pytest.raises(Asked) as question:
        settled(form, text, *answers, start=start)
    return question.value


def figures(outcome: Placement) -> dict[str, str]:
    return {figure.code: figure.text.strip() for figure in outcome.figures}


CLIPBOARD = "代码\t项目\t数量（元）\nI\tx\t128000\nA1\tx\t500000\nB\tx\t7"

IN_YUAN = [
    (CLIPBOARD, "第 1 行第 3 列"),
    (CLIPBOARD.replace("数量（元）", "金额(元)"), "第 1 行第 3 列"),
    ("单位：家、人次、元\t\t\n" + CLIPBOARD.replace("（元）", ""), "第 1 行第 1 列"),
    ("I\t元\t128000\nA1\t元\t500000\nB\t家\t7", "第 1 行第 2 列"),
    ("I\t欠薪（元）\t128000\nA1\t拨款（元）\t500000\nB\t企业\t7", "第 1 行第 2 列"),
]


@pytest.mark.parametrize(("text", "place"), IN_YUAN, ids=[str(at) for at in range(len(IN_YUAN))])
def test_amounts_in_yuan_are_asked_about(form: Form, text: str, place: str) -> None:
    question = asked(form, text)

    assert question.sentence == f"{place}写的单位是元，本表按万元填。还没有粘贴。"
    assert question.answers == (
        ("converted", "按元换算后粘贴"),
        ("stated", "仍按万元粘贴"),
    )
    assert figures(settled(form, text, "converted")) == {"I": "12.8", "A1": "50", "B": "7"}
    assert figures(settled(form, text, "stated")) == {"I": "128000", "A1": "500000", "B": "7"}


def test_a_column_headed_in_yuan_is_asked_about_without_codes(form: Form) -> None:
    text = "发放款物（元）\n34500\n12000"

    assert "元" in asked(form, text, start="D9").sentence
    assert figures(settled(form, text, "converted", start="D9")) == {"D9": "3.45", "D10": "1.2"}


@pytest.mark.parametrize(
    "text",
    [
        "代码\t数量（万元）\nI\t12.8\nA1\t50",
        "代码\t数量\nB\t128000",
        "单位：万元\t\n代码\t数量\nI\t12.8",
        "代码\t数量（元）\nI\t0\nB\t9",
        "12\n13",
    ],
)
def test_matching_words_ask_no_question(form: Form, text: str) -> None:
    assert settled(form, text).figures


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2022年春节送温暖统计表\t\n代码\t数量\nA1\t5", "第 1 行第 1 列写 “2022年春节送温暖”"),
        ("2022年春节慰问情况\t\n代码\t数量\nA1\t5", "第 1 行第 1 列写 2022 年"),
        ("代码\t2026年\nA1\t5", "第 1 行第 2 列写 2026 年"),
        ("2027年春节统计表\t\n代码\t2022年\nA1\t5", "第 2 行第 2 列写 2022 年"),
    ],
)
def test_another_year_is_asked_about(form: Form, text: str, said: str) -> None:
    question = asked(form, text)

    assert question.sentence == f"{said}，数是本次的吗？还没有粘贴。"
    assert question.answers == (("current", "是，照样粘贴"),)
    assert figures(settled(form, text, "current")) == {"A1": "5"}


def test_one_question_follows_the_other(form: Form) -> None:
    text = "2022年春节慰问情况\t\n代码\t数量（元）\nA1\t500000"

    second = asked(form, text, "current")

    assert [answer for answer, _ in second.answers] == ["converted current", "current stated"]
    assert figures(settled(form, text, "current", "converted")) == {"A1": "50"}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("填报单位：葛店开发区总工会\t\n代码\t数量\nA1\t5", "第 1 行第 1 列"),
        ("填报单位\t葛店\n代码\t数量\nA1\t5", "第 1 行第 2 列"),
        ("代码\t葛店开发区总工会\nA1\t5", "第 1 行第 2 列"),
        ("梁子湖区2027年送温暖\t\n代码\t数量\nA1\t5", "第 1 行第 1 列"),
    ],
)
def test_another_units_name_is_refused(form: Form, text: str, place: str) -> None:
    with pytest.raises(BlockRefused, match=place):
        settled(form, text)


@pytest.mark.parametrize(
    "head", ["填报单位：鄂城区总工会\t", "填报单位\t鄂城", "代码\t鄂城区总工会"]
)
def test_own_name_asks_no_question(form: Form, head: str) -> None:
    assert figures(settled(form, f"{head}\n代码\t数量\nA1\t5")) == {"A1": "5"}


def test_a_figure_beside_another_items_label_is_left_out_and_said(form: Form) -> None:
    outcome = settled(
        form,
        "C9\t生产一线涌现出来的先进模范人物\t1\nC11\t各级工会建档的困难职工\t2\nB\t企业\t3",
    )

    assert figures(outcome) == {"C11": "2", "B": "3"}
    assert outcome.skipped[0].sentence == (
        "这一行写的“生产一线涌现出来的先进模范人物”是 C10、D10 的，不是 C9，请核对后单独填写。"
    )


@pytest.mark.parametrize(("text", "words"), [("1\t2\n3", False), ("1\t元", True), ("C9\t1", True)])
def test_only_a_block_with_words_is_compared(text: str, words: bool) -> None:
    assert has_words(read_block(text)) is words


def test_a_total_copied_along_is_converted_with_its_parts(form: Form) -> None:
    text = "代码\t数量（元）\nA\t500000\nA1\t500000"

    (total,) = settled(form, text, "converted").skipped

    assert (total.code, total.text) == ("A", "50")
