"""Intake: figures in real-life sheets, and every faulty cell by address."""

from dataclasses import replace
from math import inf, nextafter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.figures import canonical, parse_figure
from portal.domain.form.form import Form
from portal.domain.intake.grid import Cell, CellKind, Grid, Table, letters, table_of
from portal.domain.intake.marks import SHEET, Marks, mark_mismatches, marks_as_rows
from portal.domain.intake.number_format import plain_number
from portal.domain.intake.workbook import CellProblem, Intake, find_figures

Content = str | int | tuple[CellKind, str] | Cell | None
"""A text, a number, a kind with its text, or nothing; of a cell only its content counts."""

HEADING = ["序号", "代码", "项目", "数量"]
E_ROWS = [
    ["4", "E", "帮扶救助", None],
    [None, "E1", "民生", 1],
    [None, "E2", "生活", 2],
    [None, "E3", "医疗", 3],
]


def table(*rows: list[Content], name: str = "统计表", hidden: bool = False) -> Table:
    """A worksheet whose first row is row 1."""
    cells = [
        _cell(at_row, at_column, content)
        for at_row, row in enumerate(rows, 1)
        for at_column, content in enumerate(row, 1)
        if content is not None
    ]
    return table_of(name, cells, hidden=hidden)


def _cell(row: int, column: int, content: Content) -> Cell:
    if isinstance(content, Cell):
        return replace(content, row=row, column=column)
    if isinstance(content, tuple):
        return Cell(row, column, *content)
    kind = CellKind.NUMBER if isinstance(content, int) else CellKind.TEXT
    return Cell(row, column, kind, str(content))


def number(text: str) -> tuple[CellKind, str]:
    return CellKind.NUMBER, text


def intake(form: Form, *rows: list[Content]) -> Intake:
    return find_figures(form, Grid((table(*rows),)))


def test_figures_are_found_beside_their_codes(form: Form) -> None:
    found = intake(form, ["标题"], HEADING, *E_ROWS)

    assert found.figures == {"E1": "1", "E2": "2", "E3": "3"}
    assert found.addresses == {"E1": "D4", "E2": "D5", "E3": "D6"}
    assert found.sheet == "统计表"
    assert found.problems == found.warnings == ()


def test_what_the_sheet_leaves_empty_and_what_it_does_not_have_are_told_apart(form: Form) -> None:
    found = intake(form, HEADING, *E_ROWS, [None, "E4", "助学", None], [None, "E5", "", "  "])

    assert found.blanks == ("E4", "E5")
    assert {"A", "A1", "C9"} <= set(found.absent)
    assert {"E", "E1", "E5"}.isdisjoint(found.absent)


@pytest.mark.parametrize("code", ["E1", "e1", " E1 ", "Ｅ１", "ｅ　１", "E 1"])
def test_a_code_may_be_written_with_other_letters_and_spaces(form: Form, code: str) -> None:
    found = intake(form, HEADING, [None, code, "", 7], *E_ROWS[2:], ["", "E4", "", 4])

    assert found.figures["E1"] == "7"


def test_columns_may_stand_in_any_order(form: Form) -> None:
    rows: list[list[Content]] = [[n, "", code, "x"] for n, code in enumerate(("E1", "E2", "E3"))]

    found = intake(form, ["数量", "备注", "代码", "项目"], *rows)

    assert found.figures == {"E1": "0", "E2": "1", "E3": "2"}


def test_items_may_stand_in_any_order(form: Form) -> None:
    found = intake(form, HEADING, *reversed(E_ROWS))

    assert found.figures == {"E1": "1", "E2": "2", "E3": "3"}


@pytest.mark.parametrize(
    ("heads", "wanted"),
    [
        (["上年数量", "数量"], "second"),
        (["数量（本年）", "去年同期"], "first"),
        (["本单位", "合计"], "first"),
        (["次均", "合计"], "second"),
        (["备注", "本期数"], "second"),
        (["本年", "增减%"], "first"),
        (["合 计", "上年"], "first"),
    ],
)
def test_the_heading_tells_which_column_has_the_figures(
    form: Form, heads: list[Content], wanted: str
) -> None:
    rows: list[list[Content]] = [[code, 1, 2] for code in ("E1", "E2", "E3")]

    found = intake(form, ["代码", *heads], *rows)

    assert found.figures["E1"] == {"first": "1", "second": "2"}[wanted]


def test_a_heading_may_stand_on_two_lines(form: Form) -> None:
    rows: list[list[Content]] = [[code, 1, 2] for code in ("E1", "E2", "E3")]

    found = intake(form, [None, "数量", None], ["代码", "本年", "上年"], *rows)

    assert found.figures["E1"] == "1"


def test_two_columns_with_the_same_heading_are_not_guessed_between(form: Form) -> None:
    rows: list[list[Content]] = [[code, 1, 2] for code in ("E1", "E2", "E3")]

    found = intake(form, ["代码", "数量", "数量"], *rows)

    assert found.figures == {}
    assert "B、C 列都像数量列" in found.problems[0].sentence


def test_without_a_heading_the_one_column_of_numbers_is_taken(form: Form) -> None:
    rows: list[list[Content]] = [[code, "项目", "１２"] for code in ("E1", "E2", "E3")]

    found = intake(form, *rows)

    assert found.figures == {"E1": "１２", "E2": "１２", "E3": "１２"}


def test_without_a_heading_two_columns_of_numbers_are_not_guessed_between(form: Form) -> None:
    rows: list[list[Content]] = [[code, 1, 2] for code in ("E1", "E2", "E3")]

    found = intake(form, *rows)

    assert "B、C 列都像数量列" in found.problems[0].sentence


def test_stray_number_beside_the_column_is_ignored(form: Form) -> None:
    found = intake(form, ["E1", 1, 9], ["E2", 2], ["E3", 3], ["E4", 4])

    assert found.figures == {"E1": "1", "E2": "2", "E3": "3", "E4": "4"}


def test_a_sheet_without_figures_is_told_what_it_lacks(form: Form) -> None:
    found = intake(form, ["E1", "民生"], ["E2", "生活"], ["E3", "医疗"])

    assert "没有找到数量列" in found.problems[0].sentence


@pytest.mark.parametrize("rows", [[], [["姓名", "电话"], ["张三", 1]], [["E1", 1], ["E2", 2]]])
def test_a_sheet_without_codes_is_told_what_it_lacks(form: Form, rows: list[list[Content]]) -> None:
    found = intake(form, *rows)

    assert found.problems[0].address == ""
    assert "没有找到代码列" in found.problems[0].sentence
    assert "A、A1、A2" in found.problems[0].sentence


def test_the_sheet_with_most_items_is_taken(form: Form) -> None:
    notes = table(["代码", "数量"], *([code, 9] for code in ("E1", "E2", "E3")), name="说明")
    whole = table(HEADING, *E_ROWS, name="上报")

    found = find_figures(form, Grid((notes, whole)))

    assert found.sheet == "上报"
    assert found.figures["E1"] == "1"


def test_empty_copy_of_the_form_is_ignored(form: Form) -> None:
    empty = table(HEADING, *([None, code, "", None] for code in ("E", "E1", "E2", "E3")))

    found = find_figures(form, Grid((empty, table(HEADING, *E_ROWS, name="上报"))))

    assert found.sheet == "上报"


def test_two_filled_forms_in_one_workbook_are_not_guessed_between(form: Form) -> None:
    both = Grid((table(HEADING, *E_ROWS, name="一月"), table(HEADING, *E_ROWS, name="二月")))

    found = find_figures(form, both)

    assert found.figures == {}
    assert "“一月”、“二月”" in found.problems[0].sentence


def test_a_hidden_sheet_is_not_looked_at(form: Form) -> None:
    hidden = table(HEADING, *E_ROWS, hidden=True)

    found = find_figures(form, Grid((hidden,)))

    assert "没有找到代码列" in found.problems[0].sentence


def test_a_pair_may_stand_in_one_row(form: Form) -> None:
    found = intake(
        form,
        ["代码", "项目", "慰问对象（人次）", "发放款物（万元）"],
        ["C9/D9", "重大项目", 12, number("3.4")],
        ["C10、D10", "先进模范", 5, None],
        ["C11 D11", "建档困难", None, number("0.5")],
        ["H I", "追讨欠薪", 7, 8],
    )

    pairs = {"C9": "12", "D9": "3.4", "C10": "5", "D11": "0.5"}
    assert found.figures == pairs | {"H": "7", "I": "8"}
    assert found.problems == ()
    assert found.blanks == ("D10", "C11")


def test_beside_pairs_a_single_item_stands_in_whichever_column_is_filled(form: Form) -> None:
    found = intake(
        form,
        ["代码", "慰问对象", "发放款物"],
        ["A1", None, number("1.5")],
        ["B", 3, None],
        ["G", 4, 5],
        ["C9/D9", 6, 7],
    )

    assert found.figures == {"A1": "1.5", "B": "3", "C9": "6", "D9": "7"}
    assert [problem.address for problem in found.problems] == ["B4"]
    assert "B4、C4 都有内容" in found.problems[0].sentence


def test_a_pair_in_one_row_needs_its_two_headings(form: Form) -> None:
    found = intake(form, ["代码", "数量"], ["C9/D9", 12], ["E1", 1], ["E2", 2])

    assert found.figures == {"E1": "1", "E2": "2"}
    assert [problem.code for problem in found.problems] == ["C9", "D9"]
    assert "慰问对象" in found.problems[0].sentence


def test_the_form_may_be_folded_into_two_halves(form: Form) -> None:
    found = intake(
        form,
        ["代码", "数量", "代码", "数量"],
        ["E1", 1, "F1", 4],
        ["E2", 2, "F2", 5],
        ["E3", 3, "F3", 6],
    )

    assert found.figures == {"E1": "1", "E2": "2", "E3": "3", "F1": "4", "F2": "5", "F3": "6"}


def test_a_half_without_a_heading_never_takes_the_figures_of_the_other(form: Form) -> None:
    found = intake(
        form,
        ["代码", "数量", "代码", None],
        ["E1", 1, "F1", 4],
        ["E2", 2, "F2", 5],
        ["E3", 3, "F3", None],
    )

    assert found.figures == {"E1": "1", "E2": "2", "E3": "3", "F1": "4", "F2": "5"}


def test_a_code_twice_is_named_with_both_places(form: Form) -> None:
    found = intake(form, HEADING, *E_ROWS, [None, "E1", "又一行", 8])

    assert "E1" not in found.figures
    assert found.problems == (
        CellProblem("B3", "E1", "代码 E1 在 B3、B6 出现了 2 次，请只保留一处。"),
    )


def test_a_code_of_another_edition_is_named_where_it_has_a_figure(form: Form) -> None:
    found = intake(form, HEADING, *E_ROWS, [None, "K1", "法律", 8], [None, "K2", "无", None])

    assert found.problems == (CellProblem("B6", None, "本次表样没有代码 K1，这一行没有读入。"),)


def test_a_number_in_a_row_without_a_code_is_mentioned(form: Form) -> None:
    found = intake(form, HEADING, *E_ROWS[:3], [None, None, "小计", 9], E_ROWS[3])

    assert found.figures == {"E1": "1", "E2": "2", "E3": "3"}
    assert [(each.address, each.code) for each in found.warnings] == [("D5", None)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ((CellKind.ERROR, "#REF!"), "#REF!"),
        ((CellKind.BOOLEAN, "TRUE"), "逻辑值"),
        ((CellKind.DATE, "44566"), "日期"),
        ((CellKind.PERCENT, "0.12"), "百分数"),
        ((CellKind.SCALED, "120000"), "缩小了显示"),
        ((CellKind.UNCALCULATED, ""), "请先用 WPS 或 Excel 打开并保存"),
        ((CellKind.NUMBER, "NaN"), "不是可以识别的数"),
        ((CellKind.NUMBER, "-3"), "正负号"),
        ((CellKind.NUMBER, "1E+30"), "超过上限"),
        ((CellKind.NUMBER, "1E+400"), "过长"),
        ((CellKind.NUMBER, "12.5"), "须为整数"),
        ("十二", "不是可以识别的数"),
        ("12人", "不带单位"),
        ("—", "正负号"),
    ],
)
def test_a_cell_that_is_no_figure_is_named_by_its_address(
    form: Form, content: Content, words: str
) -> None:
    found = intake(form, HEADING, *E_ROWS, [None, "E4", "助学", content])

    (problem,) = found.problems
    assert (problem.address, problem.code) == ("D6", "E4")
    assert words in problem.sentence
    assert "E4" not in found.figures
    assert "E4" not in found.blanks
    assert found.figures["E1"] == "1"


def test_decimals_beyond_those_of_the_item_are_offered_rounded(form: Form) -> None:
    found = intake(form, HEADING, *E_ROWS, [None, "A1", "财政", number("0.34320000000000001")])

    sentence = "本表保留两位小数，是否记为 0.34？原填 0.3432"
    assert found.problems == (CellProblem("D6", "A1", sentence, "0.34"),)


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("12", "12"),
        ("0.1", "0.1"),
        ("12.340000000000002", "12.34"),
        ("0.30000000000000004", "0.3"),
        ("4.3499999999999996", "4.35"),
        ("0.29999999999995453", "0.3"),
        ("9999999.9900000002", "9999999.99"),
        ("1E3", "1000"),
        ("1.5e-2", "0.015"),
        ("-0", "0"),
        ("-1E-17", "0"),
        ("1E-300", "0"),
        (".5", "0.5"),
        ("+7.", "7"),
        ("0.333333333333333", "0.3333333"),
        ("0.000001", "0.000001"),
        ("-12.5", "-12.5"),
        ("1E+18", "1" + "0" * 18),
        ("1E+19", "1" + "0" * 19),
        ("0x1F", "0x1F"),
        ("1e9999", "1e9999"),
        ("", ""),
    ],
)
def test_a_number_of_the_file_is_written_as_people_write_it(written: str, typed: str) -> None:
    assert plain_number(written) == typed


@given(st.data(), st.integers(-3, 3))
def test_the_noise_of_binary_fractions_changes_no_figure(
    form: Form, data: st.DataObject, steps: int
) -> None:
    unit = data.draw(st.sampled_from([item.unit for item in form.leaves]))
    step = 10 ** (unit.places - unit.decimals)
    figure = data.draw(st.integers(0, unit.greatest // step)) * step
    # Whole numbers are computed without noise; fractions come out a few steps beside.
    noisy = _neighbour(float(canonical(figure, unit)), steps if unit.places else 0)

    reading = parse_figure(plain_number(f"{noisy:.17g}"), unit)

    assert reading.figure == figure


def _neighbour(value: float, steps: int) -> float:
    for _ in range(abs(steps)):
        value = nextafter(value, inf if steps > 0 else -inf)
    return value


@given(st.text(min_size=1))
def test_a_text_in_a_cell_is_read_as_if_it_were_typed(form: Form, text: str) -> None:
    found = intake(form, HEADING, *E_ROWS, [None, "A1", "财政", text])

    reading = parse_figure(text, form.by_code["A1"].unit)

    assert ("A1" in found.figures) == (reading.figure is not None)
    if reading.figure is not None:
        assert parse_figure(found.figures["A1"], form.by_code["A1"].unit) == reading
    if reading.problem:
        assert found.problems[0].sentence == reading.problem.sentence


def test_the_stored_result_of_a_formula_is_taken_and_mentioned(form: Form) -> None:
    formula = Cell(1, 1, CellKind.NUMBER, "17", formula=True)

    found = intake(form, HEADING, *E_ROWS, [None, "E4", "助学", formula])

    assert found.figures["E4"] == "17"
    assert found.warnings == (CellProblem("D6", "E4", "这是公式，取文件保存时的结果 17，请核对。"),)


def e_form(total: Content, *parts: Content) -> list[list[Content]]:
    """The head and all items of E, with these figures."""
    codes = ["E", "E1", "E2", "E3", "E4", "E5"]
    filled = zip(codes, [total, *parts], strict=False)
    return [HEADING, *([None, code, "", figure] for code, figure in filled)]


def test_a_sum_that_differs_from_its_parts_is_mentioned_with_both_numbers(form: Form) -> None:
    found = intake(form, *e_form(16, 1, 2, 3, 4, 5))

    (warning,) = found.warnings
    assert (warning.address, warning.code) == ("D2", "E")
    assert "是 16" in warning.sentence
    assert "是 15" in warning.sentence
    assert found.problems == ()


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        (15, (1, 2, 3, 4, 5)),
        ("15", (1, 2, 3, 4, 5)),
        (None, (1, 2, 3, 4, 5)),
        (0, (None, None, None, None, None)),
        ((CellKind.UNCALCULATED, ""), (1, 2, 3, 4, 5)),
        (99, (1, 2, 3, "四", 5)),
        (99, (1, 2, 3)),
    ],
)
def test_a_sum_that_agrees_or_cannot_be_judged_is_not_mentioned(
    form: Form, total: Content, parts: tuple[Content, ...]
) -> None:
    found = intake(form, *e_form(total, *parts))

    assert found.warnings == ()


def test_an_error_in_a_sum_is_mentioned_and_stops_nothing(form: Form) -> None:
    found = intake(form, *e_form((CellKind.ERROR, "#REF!"), 1, 2, 3, 4, 5))

    assert "#REF!" in found.warnings[0].sentence
    assert found.problems == ()


def test_a_sum_is_never_among_the_figures(form: Form) -> None:
    found = intake(form, *e_form(15, 1, 2, 3, 4, 5))

    assert "E" not in found.figures


@pytest.mark.parametrize(
    ("line", "organisation"),
    [
        ("填报单位（盖章）：鄂城区总工会", "鄂城区总工会"),
        ("填报单位: 鄂城区总工会 ", "鄂城区总工会"),
        ("报送单位名称：葛店开发区总工会", "葛店开发区总工会"),
        ("填报单位（盖章）：________", None),
        ("填报单位（盖章）", None),
        ("填报单位：", None),
    ],
)
def test_the_unit_named_in_the_head_is_told(
    form: Form, line: str, organisation: str | None
) -> None:
    found = intake(form, [line], HEADING, *E_ROWS)

    assert found.organisation == organisation


CONTENTS = [
    "代码",
    "数量",
    "合计",
    "慰问对象",
    "发放款物",
    "填报单位：甲",
    "C9/D9",
    "K1",
    "E",
    "E1",
]
CONTENTS += ["E2", "E3", "F1", "F2", "F3", "C9", "D9", "A1", "", "—", "12", "备注", "C10 D10 K7"]


@given(
    st.lists(
        st.lists(
            st.sampled_from(CONTENTS)
            | st.none()
            | st.integers(-1, 9)
            | st.tuples(
                st.sampled_from(CellKind), st.sampled_from(["", "1", "1e5", "NaN", "#REF!"])
            ),
            max_size=6,
        ),
        max_size=12,
    )
)
def test_any_sheet_is_answered_and_only_with_figures_that_the_form_takes(
    form: Form, rows: list[list[Content]]
) -> None:
    found = intake(form, *rows)

    for code, text in found.figures.items():
        assert not form.by_code[code].calculated
        assert parse_figure(text, form.by_code[code].unit).figure is not None
    assert found.figures.keys() <= found.addresses.keys()
    assert found.figures.keys().isdisjoint({problem.code for problem in found.problems})
    assert found.problems or found.sheet


MINE = Marks("echeng", "鄂城区总工会", "2022-spring", "2022年春节送温暖", "songwennuan", "2022.1")


def test_the_marks_of_a_template_are_found_in_its_hidden_sheet(form: Form) -> None:
    rows = [list(pair) for pair in marks_as_rows(MINE)]
    marked = table(*rows, name=SHEET, hidden=True)

    found = find_figures(form, Grid((table(HEADING, *E_ROWS), marked)))

    assert found.marks == MINE
    assert mark_mismatches(MINE, MINE) == ()


def test_a_sheet_that_lacks_some_marks_is_no_template(form: Form) -> None:
    rows = [list(pair) for pair in marks_as_rows(MINE)]
    marked = table(*rows[1:], name=SHEET, hidden=True)

    found = find_figures(form, Grid((table(HEADING, *E_ROWS), marked)))

    assert found.marks is None


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (
            {"organisation_code": "gedian", "organisation_name": "葛店开发区总工会"},
            ["葛店开发区总工会", "鄂城区总工会"],
        ),
        (
            {"campaign_code": "2027-spring", "campaign_name": "2027年春节送温暖"},
            ["2027年春节送温暖", "2022年春节送温暖"],
        ),
        ({"form_version": "2027.1"}, ["2027.1", "2022.1"]),
        ({"form_id": "jinqiuzhuxue"}, ["jinqiuzhuxue", "songwennuan"]),
        ({"format": "2"}, ["系统版本"]),
    ],
)
def test_the_template_of_somebody_or_something_else_is_refused_by_name(
    change: dict[str, str], names: list[str]
) -> None:
    sentences = mark_mismatches(replace(MINE, **change), MINE)

    assert len(sentences) == 1
    assert all(name in sentences[0] for name in names)


@pytest.mark.parametrize(("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (16384, "XFD")])
def test_columns_are_called_as_office_programs_call_them(column: int, name: str) -> None:
    assert letters(column) == name
