"""Explanations: words of one's own that answer an issue for as long as its numbers stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.checks import Facts, Issue, find_issues
from portal.domain.explanations import (
    MOST_CHARACTERS,
    REASONS,
    Explanation,
    explained,
    keys_in_section,
    refuse,
)
from portal.domain.figures import FEN_PER_WAN
from portal.domain.form import Form
from portal.domain.formulas import with_totals

WORDS = "今年市财政另拨三万元慰问环卫职工"


def _per_head(form: Form, people: int) -> Issue:
    leaves = {"A1": 9 * FEN_PER_WAN, "C9": people, "D9": 2 * FEN_PER_WAN}
    (issue,) = find_issues(form, Facts(with_totals(form, leaves)))
    return issue


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_with_words_of_ones_own_is_taken(reason: str) -> None:
    assert refuse(reason, WORDS) is None


@pytest.mark.parametrize("reason", ["", "新增", "新增专项资金 ", "核实无误"])
def test_a_reason_is_picked_from_the_list(reason: str) -> None:
    problem = refuse(reason, WORDS)

    assert problem is not None
    assert "选择" in problem.sentence


@pytest.mark.parametrize(
    "words",
    [
        "新增走访六户",
        "今年新增专项资金三万元",
        "因疫情减少走访两个乡镇",
        "两家企业停产，未再走访",
        "按上级要求提高了慰问标准",
        "经核实，今年慰问面扩大到三个园区",
        "  上年把家属也计入了人次  ",
    ],
)
def test_a_real_cause_is_taken(words: str) -> None:
    assert refuse("其他", words) is None


@pytest.mark.parametrize("words", ["", "      ", "　　　　　　", "增加五户吧", "增 加 五 户 吧"])
def test_fewer_than_six_characters_without_spaces_are_too_few(words: str) -> None:
    problem = refuse("其他", words)

    assert problem is not None
    assert "6" in problem.sentence


@pytest.mark.parametrize(
    "words",
    [
        "经核实无误",
        "核实无误核实无误",
        "核实无误。。。。",
        "核 实 无 误 ！ ！",
        "数据无误，情况属实",
        "本单位数据已核实，情况属实。",
        "经与财务部门核对，属实，无异常。",
        "以上数据真实准确有效",
        "正常情况正常情况",
        "没有问题没有问题",
        "核实无误啊啊啊",
        "啊啊啊啊啊啊",
        "哈哈呵呵哈哈",
        "。。。。。。",
        "12345678",
        "abcdefgh",
        "ＡＡＡＡＡＡ",
        "新增专项资金",
        "新增专项资金，物资折价",
    ],
)
def test_a_stock_phrase_however_padded_is_no_explanation(words: str) -> None:
    problem = refuse("其他", words)

    assert problem is not None
    assert "无误" in problem.sentence or "6" in problem.sentence


def test_an_explanation_has_at_most_500_characters() -> None:
    assert refuse("其他", (WORDS * 40)[:MOST_CHARACTERS]) is None

    problem = refuse("其他", (WORDS * 40)[: MOST_CHARACTERS + 1])

    assert problem is not None
    assert "501" in problem.sentence


@pytest.mark.parametrize("sign", ["\x00", "\n", "\r\n", "\t", "\x7f", "\x85", "\u202e", "\ud800"])
def test_control_characters_are_refused(sign: str) -> None:
    problem = refuse("其他", f"今年新增{sign}走访六户企业")

    assert problem is not None
    assert "看不见" in problem.sentence


@given(st.text(), st.text())
def test_any_text_is_taken_or_refused_with_a_sentence(reason: str, words: str) -> None:
    problem = refuse(reason, words)

    assert problem is None or problem.sentence.endswith("。")


STOCK = [
    "核实无误",
    "情况属实",
    "数据无误",
    "已核实",
    "属实",
    "无异常",
    "正常情况",
    "，",
    "。",
    "！",
    " ",
]


@given(st.lists(st.sampled_from([*STOCK, *REASONS[:-1]])))
def test_no_chain_of_stock_phrases_passes(phrases: list[str]) -> None:
    assert refuse("其他", "".join(phrases)) is not None


def test_an_explanation_lapses_when_its_numbers_change(form: Form) -> None:
    explained_at_five, now_six = _per_head(form, 5), _per_head(form, 6)
    kept = {explained_at_five.key: Explanation("其他", WORDS, explained_at_five.numbers)}

    assert explained(explained_at_five, kept)
    assert now_six.key in kept
    assert not explained(now_six, kept)


def test_an_explanation_of_another_issue_explains_nothing(form: Form) -> None:
    issue = _per_head(form, 5)

    assert not explained(issue, {"per-head:D8": Explanation("其他", WORDS, issue.numbers)})
    assert not explained(issue, {})


def test_one_explanation_can_serve_the_queries_of_a_section(form: Form) -> None:
    leaves = {"B": 1, "B1": 2, "C8": 1, "D8": 2 * FEN_PER_WAN, "C9": 1, "D9": 2 * FEN_PER_WAN}
    leaves |= {"C10": 9, "D10": 0, "J1": 1, "J2": 2 * FEN_PER_WAN, "A1": 9 * FEN_PER_WAN}
    issues = find_issues(form, Facts(with_totals(form, leaves)))

    assert keys_in_section(form, issues, 3) == ("per-head:D8", "per-head:D9")
    assert keys_in_section(form, issues, 7) == ("per-head:J2",)
    assert keys_in_section(form, issues, 2) == ()
