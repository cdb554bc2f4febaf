"""Paste: cells of a block are assigned to items, or skipped with a reason."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.form.form import Form, parse_form
from portal.domain.intake.paste import place_block
from portal.domain.intake.pasted_block import (
    MAX_COLUMNS,
    MAX_ROWS,
    Block,
    BlockRefused,
    read_block,
)
from portal.domain.intake.pasted_table import PastedFigure, Skipped
from portal.domain.paper.sheet import report_sheet

CELLS = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs"), include_characters="\t\n"))
BLOCKS = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.tuples(*[CELLS] * width), min_size=1, max_size=8)
)
NUMBERS = st.integers(0, 99_999).map(str)


def placed(form: Form, text: str, start: str) -> dict[str, str]:
    """The text that each item is given."""
    return {one.code: one.text for one in place_block(form, read_block(text), start).figures}


def refusal(form: Form, text: str, start: str) -> str:
    """The sentence for which the whole block is refused."""
    with pytest.raises(BlockRefused) as refused:
        place_block(form, read_block(text), start)
    return refused.value.sentence


# Reading the clipboard


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("", ()),
        ("\r\n", ()),
        ("12", (("12",),)),
        ("1\t2\r\n3\t4\r\n", (("1", "2"), ("3", "4"))),
        ("1\t2\n3\t4", (("1", "2"), ("3", "4"))),
        ("1\t2\r3\t4\r", (("1", "2"), ("3", "4"))),
        ("1\n\n2\n", (("1",), ("",), ("2",))),
        ("1\n2\n\n \t\n", (("1",), ("2",))),
        ("1\t\n\t2\n", (("1", ""), ("", "2"))),
        ("1\n2\t3\n", (("1", ""), ("2", "3"))),
        ('"困难\n职工"\t5\n', (("困难\n职工", "5"),)),
        ('"困难\r\n职工"\t5\r\n', (("困难\n职工", "5"),)),
        ('"a\tb"\t5', (("a\tb", "5"),)),
        ('"称 ""先进""\n的人"\t5', (('称 "先进"\n的人', "5"),)),
        ('""\t5', (("", "5"),)),
        ('""""\t5', (('"', "5"),)),
        ('"工会"服务月\t5\n', (('"工会"服务月', "5"),)),
        ('5"\t6\n', (('5"', "6"),)),
        ('"没有收尾\t5\n', (('"没有收尾', "5"),)),
        ("1\x002\t\x0b3\x85", (("12", "3"),)),
        ("\ufeff1\u200b\t2", (("1", "2"),)),
    ],
)
def test_the_text_of_a_spreadsheet_is_read_cell_by_cell(text: str, block: Block) -> None:
    assert read_block(text) == block


@given(BLOCKS, st.sampled_from(["\r\n", "\n", "\r"]), st.booleans())
def test_what_a_spreadsheet_quotes_is_read_back(
    rows: list[tuple[str, ...]], line_end: str, ended: bool
) -> None:
    copied = line_end.join("\t".join(map(_quoted, row)) for row in rows)

    block = read_block(copied + line_end * ended)

    assert block == _without_blank_rows_at_the_end(rows)


def _quoted(cell: str) -> str:
    doubled = cell.replace('"', '""')
    return f'"{doubled}"' if set(cell) & set('\t\n"') else cell


def _without_blank_rows_at_the_end(rows: list[tuple[str, ...]]) -> Block:
    filled = [place for place, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    return tuple(rows[: max(filled, default=0)])


@given(st.text(st.sampled_from('"\t\n\r1a，')))
def test_any_text_is_a_block_of_one_width(text: str) -> None:
    block = read_block(text)

    assert len({len(row) for row in block}) <= 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1\n" * (MAX_ROWS + 1), "粘贴的内容超过 400 行或 30 列，请只复制填有数的部分。"),
        ("1\t" * MAX_COLUMNS, "粘贴的内容超过 400 行或 30 列，请只复制填有数的部分。"),
        ("1" * 65_537, "粘贴的内容超过 64 KB，请只复制填有数的部分。"),
        ("数" * 21_846, "粘贴的内容超过 64 KB，请只复制填有数的部分。"),
    ],
)
def test_too_large_a_block_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BlockRefused) as refused:
        read_block(text)

    assert refused.value.sentence == sentence


def test_the_largest_block_is_read() -> None:
    row = "\t".join("1" * MAX_COLUMNS) + "\n"

    block = read_block(row * MAX_ROWS)

    assert (len(block), len(block[0])) == (MAX_ROWS, MAX_COLUMNS)


def test_the_longest_text_is_read() -> None:
    text = "1" * 65_536

    assert read_block(text) == ((text,),)


# Two columns: 慰问对象 and 发放款物


@pytest.mark.parametrize("start", ["C1", "D1"])
def test_two_by_eleven_with_one_bad_cell_fill_the_pairs(form: Form, start: str) -> None:
    rows = [[str(number), f"{number}.5"] for number in range(1, 12)]
    rows[6][1] = "十二万"
    text = "".join(f"{people}\t{money}\r\n" for people, money in rows)

    placement = place_block(form, read_block(text), start)

    expected = {f"C{number}": str(number) for number in range(1, 12)}
    expected |= {f"D{number}": f"{number}.5" for number in range(1, 12)} | {"D7": "十二万"}
    assert {one.code: one.text for one in placement.figures} == expected
    assert PastedFigure("D7", "十二万", 7, 2) in placement.figures
    assert placement.skipped == ()


def test_sums_of_a_pair_are_skipped_as_usual(form: Form) -> None:
    placement = place_block(form, read_block("30\t3\n10\t1\n20\t2\n"), "C")

    assert [one.code for one in placement.figures] == ["C1", "D1", "C2", "D2"]
    assert [(one.text, one.calculated) for one in placement.skipped] == [("30", True), ("3", True)]
    assert placement.skipped[0].sentence == "C 是合计项，由系统计算。"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5\t\n6\t\n", {"C1": "5", "C2": "6"}),
        ("\t1.5\n\t2\n", {"D1": "1.5", "D2": "2"}),
        ("5\t\n\t\n7\t3\n", {"C1": "5", "C3": "7", "D3": "3"}),
        ("5\t待定\n6\t待定\n", {"C1": "5", "D1": "待定", "C2": "6", "D2": "待定"}),
        ("5\t还没有统计\n", {"C1": "5", "D1": "还没有统计"}),
        ("5\t#REF!\n6\t—\n", {"C1": "5", "D1": "#REF!", "C2": "6", "D2": "—"}),
        ("职工家庭\t5\t1\n患病职工\t6\t2\n", {"C1": "5", "D1": "1", "C2": "6", "D2": "2"}),
        ("慰问对象\t发放款物\n5\t1\n", {"C1": "5", "D1": "1"}),
        ("项目\t慰问对象（人次）\t发放款物（万元）\n家庭困难\t5\t\n", {"C1": "5"}),
        ("项目\t发放款物\t慰问对象\n家庭困难\t1.5\t5\n", {"C1": "5", "D1": "1.5"}),
        ("项目\t人数\t金额\n家庭困难\t5\t1.5\n", {"C1": "5", "D1": "1.5"}),
        ("项目\t慰问对象\t上年\n\t（人次）\t\n家庭困难\t5\t4\n", {"C1": "5"}),
        ("项目\t数量\t\n\t人次\t万元\n家庭困难\t5\t1.5\n", {"C1": "5", "D1": "1.5"}),
    ],
)
def test_two_columns_hold_the_two_measures_of_each_pair(
    form: Form, text: str, expected: dict[str, str]
) -> None:
    assert placed(form, text, "C1") == expected


def test_columns_are_known_by_the_measures_of_the_form_itself(document: dict[str, Any]) -> None:
    renamed = {"慰问对象": "受益户", "发放款物": "救助资"}
    for item in document["items"]:
        if "measure" in item:
            item["measure"] = renamed[item["measure"]]

    figures = placed(parse_form(document), "救助资\t受益户\n1.5\t5\n", "C1")

    assert figures == {"C1": "5", "D1": "1.5"}


def test_below_the_last_pair_a_row_with_two_figures_has_no_place(form: Form) -> None:
    placement = place_block(form, read_block("1\t2\n3\t4\n5\t6\n"), "C11")

    assert [one.code for one in placement.figures] == ["C11", "D11"]
    assert [(one.text, one.calculated, one.sentence) for one in placement.skipped] == [
        ("3", True, "E 是合计项，由系统计算。"),
        ("4", True, "E 是合计项，由系统计算。"),
        ("5", False, "E1 只填一个数，这一行有两个，请单独填写。"),
        ("6", False, "E1 只填一个数，这一行有两个，请单独填写。"),
    ]


def test_below_the_last_pair_a_row_with_one_figure_is_the_next_row_of_the_paper(form: Form) -> None:
    text = "1\t2\n15\t\n7\t\n\t8\n0\t\n0\t\n\t0\n"

    assert placed(form, text, "C11") == {
        "C11": "1",
        "D11": "2",
        "E1": "7",
        "E2": "8",
        **dict.fromkeys(("E3", "E4", "E5"), "0"),
    }


# One column


@pytest.mark.parametrize(
    ("text", "start", "expected"),
    [
        ("1\n2\n3\n4\n", "C9", {"C9": "1", "D9": "2", "C10": "3", "D10": "4"}),
        ("1\n2\n3\n", "D9", {"D9": "1", "C10": "2", "D10": "3"}),
        ("1\n\n3\n", "A1", {"A1": "1", "A3": "3"}),
        ("6\n1\n", "A", {"A1": "1"}),
        ("１２\n1,234.50\n 7 \n", "A1", {"A1": "１２", "A2": "1,234.50", "A3": " 7 "}),
        ("数量\n1\n2\n", "A1", {"A1": "1", "A2": "2"}),
        ("2022年\n1\n2\n", "A1", {"A1": "1", "A2": "2"}),
        ("1\n数量\n2\n", "A1", {"A1": "1", "A2": "2"}),
        ("无\n2\n", "A1", {"A1": "无", "A2": "2"}),
        ("慰问对象\n1\n2\n", "C9", {"C9": "1", "C10": "2"}),
        ("慰问对象\n1\n2\n", "D9", {"C9": "1", "C10": "2"}),
        ("数量（人次）\n慰问对象（人次）\n1\n", "C9", {"C9": "1"}),
        ("金额（万元）\n1\n2\n", "C9", {"D9": "1", "D10": "2"}),
        ("项目\t数量\n各级财政拨款\t5\n上级补助\t6\n", "A1", {"A1": "5", "A2": "6"}),
        ("各级财政拨款\t\n上级补助\t6\n", "A1", {"A2": "6"}),
        ("E1\n5\n", "A1", {"A1": "E1", "A2": "5"}),
        ("E1\nE2\n5\n6\n7\n", "C1", {"C1": "E1", "D1": "E2", "C2": "5", "D2": "6", "C3": "7"}),
        ("困难户1\t5\n困难户2\t6\n", "A1", {"A1": "5", "A2": "6"}),
        ("5\n还没有统计\n", "A1", {"A1": "5", "A2": "还没有统计"}),
        (
            "5\n待核实\n7\n待核实\n9\n",
            "A1",
            {"A1": "5", "A2": "待核实", "A3": "7", "A4": "待核实", "A5": "9"},
        ),
        ("财政\t5\n补助\t6\n", "A1", {"A1": "5", "A2": "6"}),
        ("财政拨款\t5\t万元\n上级补助\t6\t万元\n", "A1", {"A1": "5", "A2": "6"}),
        ("财政拨款\t\t万元\n上级补助\t6\t万元\n", "A1", {"A2": "6"}),
        ("困难职工\t人次\t5\n困难职工\t万元\t6\n", "C9", {"C9": "5", "D9": "6"}),
        ("慰问对象（人次）\t\n发放款物（万元）\t6\n", "C9", {"D9": "6"}),
        ("序号\t数量\n1\t5\n2\t6\n", "A1", {"A1": "5", "A2": "6"}),
        ("1\t财政拨款\t5\n2\t上级补助\t6\n", "A1", {"A1": "5", "A2": "6"}),
        ("项目\t上年\t本年\n财政拨款\t4\t5\n", "A1", {"A1": "5"}),
        ("项目\t数量\t备注\n财政拨款\t5\t说明\n上级补助\t6\t\n", "A1", {"A1": "5", "A2": "6"}),
        ("各级工会统计表\t含上年数\n项目\t\n财政拨款\t5\n", "A1", {"A1": "5"}),
        ("各级工会送温暖统计表2022年\t\n项目\t数量\n财政拨款\t5\n", "A1", {"A1": "5"}),
        ("统计时段：2022年1月1日至2月15日\t\n项目\t2022\n财政拨款\t5\n", "A1", {"A1": "5"}),
    ],
)
def test_one_column_follows_the_papers_rows(
    form: Form, text: str, start: str, expected: dict[str, str]
) -> None:
    assert placed(form, text, start) == expected


def test_a_sum_at_the_foot_of_ones_own_sheet_takes_no_row(form: Form) -> None:
    text = "财政拨款\t5\n上级补助\t6\n合 计\t11\n本级经费\t7\n"

    placement = place_block(form, read_block(text), "A1")

    assert {one.code: one.text for one in placement.figures} == {"A1": "5", "A2": "6", "A3": "7"}
    assert [(one.text, one.calculated) for one in placement.skipped] == [("11", True)]


def test_a_blank_cell_of_such_a_sum_is_not_named(form: Form) -> None:
    placement = place_block(form, read_block("合计\t11\t\n家庭困难\t5\t1\n"), "C1")

    assert [one.text for one in placement.skipped] == ["11"]


def test_a_sum_that_the_paper_has_takes_its_row(form: Form) -> None:
    assert placed(form, "合计\t11\n财政拨款\t5\n", "A") == {"A1": "5"}


def test_cells_below_the_last_item_are_named(form: Form) -> None:
    placement = place_block(form, read_block("1\n2\n3\n"), "J3")

    assert [one.code for one in placement.figures] == ["J3", "J4"]
    (beyond,) = placement.skipped
    assert (beyond.text, beyond.row, beyond.column) == ("3", 3, 1)
    assert beyond.sentence == "已超出本表最后一项。"
    assert not beyond.calculated


def test_a_place_counts_the_rows_and_columns_that_were_copied(form: Form) -> None:
    placement = place_block(form, read_block("\t\n项目\t数量\n财政拨款\t5\n"), "A1")

    assert placement.figures == (PastedFigure("A1", "5", 3, 2),)


# A column of codes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C9\t12\nD9\t3.4\n", {"C9": "12", "D9": "3.4"}),
        (" c9\t12\nＤ９\t3.4\nd 1 0\t5\n", {"C9": "12", "D9": "3.4", "D10": "5"}),
        ("J4\t1\nA1\t2\n", {"J4": "1", "A1": "2"}),
        ("12\tC9\n3.4\tD9\n", {"C9": "12", "D9": "3.4"}),
        ("代码\t项目\t数量\nC9\t一线职工\t12\nD9\t一线职工\t\n", {"C9": "12"}),
        ("1\tA1\t财政拨款\t12\n\tA2\t上级补助\t3\n", {"A1": "12", "A2": "3"}),
        ("代码\t上年\t本年\nC9\t4\t5\nD9\t6\t7\n", {"C9": "5", "D9": "7"}),
        ("C9\t12\tD9\t3.4\nC10\t5\tD10\t6\n", {"C9": "12", "D9": "3.4", "C10": "5", "D10": "6"}),
        ("代码\t数量\nA1\t1\n代码\t数量\nA2\t2\n", {"A1": "1", "A2": "2"}),
        ("K7\t1\nK8\t2\nC9\t3\n", {"C9": "3"}),
        ("C9\t十二\nD9\t1\n", {"C9": "十二", "D9": "1"}),
    ],
)
def test_code_column_decides_at_any_position(
    form: Form, text: str, expected: dict[str, str]
) -> None:
    assert placed(form, text, "F1") == expected


HEADED_PAIRS = """\
序号\t代码\t项目\t慰问对象（人次）\t发放款物（万元）
3\tC\t慰问职工\t22\t6
\tC1\t下岗失业\t12\t1.5
\tD2\t大病\t10\t4.5
\tB\t走访企业\t45\t
\tF1\t心理健康服务\t5\t6
\tK7\t其他\t\t7
"""


def test_a_code_and_headed_measures_in_one_row_fill_both_of_the_pair(form: Form) -> None:
    placement = place_block(form, read_block(HEADED_PAIRS), "A1")

    assert {one.code: one.text for one in placement.figures} == {
        "C1": "12",
        "D1": "1.5",
        "C2": "10",
        "D2": "4.5",
        "B": "45",
    }
    assert [(one.row, one.text, one.sentence) for one in placement.skipped] == [
        (2, "22", "C 是合计项，由系统计算。"),
        (2, "6", "D 是合计项，由系统计算。"),
        (6, "5", "F1 只填一个数，这一行有两个，请单独填写。"),
        (6, "6", "F1 只填一个数，这一行有两个，请单独填写。"),
        (7, "7", "代码 K7 不在本表中。"),
    ]


def test_headed_measures_in_the_other_order_and_a_row_for_each_code(form: Form) -> None:
    text = "代码\t金额\t人数\nC1\t\t12\nD1\t1.5\t\n"

    assert placed(form, text, "A1") == {"C1": "12", "D1": "1.5"}


def test_what_a_column_of_codes_cannot_place_is_named(form: Form) -> None:
    text = "代码\t数量\nE\t9\nE1\t3\nK7\t4\n\t5\nE2\t6\nE2\t7\n"

    placement = place_block(form, read_block(text), "A1")

    assert [one.code for one in placement.figures] == ["E1"]
    assert [(one.row, one.text, one.calculated, one.sentence) for one in placement.skipped] == [
        (2, "9", True, "E 是合计项，由系统计算。"),
        (4, "4", False, "代码 K7 不在本表中。"),
        (5, "5", False, "这一行没有代码。"),
        (6, "6", False, "E2 出现了不止一次，请核对后单独填写。"),
        (7, "7", False, "E2 出现了不止一次，请核对后单独填写。"),
    ]


# Blocks without one meaning


@pytest.mark.parametrize(
    ("text", "start", "words"),
    [
        ("", "A1", "没有找到数"),
        ("\t\n", "A1", "没有找到数"),
        ("慰问困难职工", "A1", "没有找到数"),
        ("代码\t项目\nC9\t一线职工\n", "A1", "没有找到数"),
        ("1\t2\n", "A1", "有 2 列数"),
        ("1\t2\t3\n", "C1", "有 3 列数"),
        ("C9\t1\t2\n", "C9", "有 1 列代码、2 列数"),
        ("C9\tD9\t1\n", "C9", "有 2 列代码、1 列数"),
        ("项目\t2021年\t2022年\n家庭困难\t1\t2\n", "C1", "从表头分不清"),
        ("项目\t金额\t款物\n家庭困难\t1\t2\n", "C1", "从表头分不清"),
        ("家庭困难\t5\t\n患病职工\t6\t\n", "C1", "数的右边还有一列"),
        ("家庭困难\t5\t还没有统计\n", "C1", "数的右边还有一列"),
    ],
)
def test_a_block_without_one_meaning_is_refused(
    form: Form, text: str, start: str, words: str
) -> None:
    assert words in refusal(form, text, start)


def test_an_item_that_the_form_does_not_have_is_no_start(form: Form) -> None:
    with pytest.raises(KeyError):
        place_block(form, read_block("1\n2\n"), "Z9")


# Whole forms


@pytest.mark.parametrize("columns", [slice(1, 5), slice(0, 5), slice(2, 5), slice(4, 5)])
@given(data=st.data())
def test_the_filled_paper_copied_back_gives_every_item_its_own_figure(
    form: Form, columns: slice, data: st.DataObject
) -> None:
    typed = {item.code: data.draw(NUMBERS | st.just("")) for item in form.leaves}
    typed |= {"A1": "8", "J4": "9"}
    text = "\n".join("\t".join(row[columns]) for row in _paper(form, typed))

    placement = place_block(form, read_block(text), "A")

    assert {one.code: one.text for one in placement.figures} == {
        code: text for code, text in typed.items() if text
    }
    assert all(one.calculated for one in placement.skipped)


def _paper(form: Form, typed: dict[str, str]) -> list[list[str]]:
    """The rows as the workbook has them: heading, merged labels, sums that are filled in."""
    sheet = report_sheet(form, {}, organisation="鄂城", period="", as_of="")
    head = ["序号", "代码", "项目", "", "数量"]
    rows = [
        [
            row.section_number,
            row.item.code,
            row.label if row.label_rows else "",
            row.measure if row.item.measure else "",
            typed.get(row.item.code, "777"),
        ]
        for row in sheet.rows
    ]
    return [head, *rows]


@given(st.lists(st.tuples(*[st.text('0123456789.人次万元C9代码项目合计— "', max_size=6)] * 3)))
def test_each_filled_cell_is_placed_at_most_once(
    form: Form, rows: list[tuple[str, str, str]]
) -> None:
    block = tuple(rows)

    outcomes = _outcomes(form, block)

    places = [(one.row, one.column) for one in outcomes]
    codes = [one.code for one in outcomes if isinstance(one, PastedFigure)]
    assert len(set(places)) == len(places)
    assert len(set(codes)) == len(codes)
    assert all(one.text == block[one.row - 1][one.column - 1] for one in outcomes)
    assert all(one.text.strip() for one in outcomes)
    assert not any(form.by_code[code].calculated for code in codes)


def _outcomes(form: Form, block: Block) -> list[PastedFigure | Skipped]:
    try:
        placement = place_block(form, block, "C1")
    except BlockRefused:
        return []
    return [*placement.figures, *placement.skipped]


@pytest.mark.parametrize("version", ["form", "form_2027"])
def test_no_label_of_a_form_is_taken_for_a_heading(
    version: str, request: pytest.FixtureRequest
) -> None:
    form: Form = request.getfixturevalue(version)
    text = "\n".join(f"{item.label}\t{number}" for number, item in enumerate(form.items))

    placement = place_block(form, read_block(text), form.items[0].code)

    assert [one.code for one in placement.figures] == [item.code for item in form.leaves]
