"""The words of a sheet against what is expected: unit of money, year, whose, labels, columns.

Each case stands with its neighbours: the same fault in other places and other words.
"""

import pytest

from portal.domain.form.form import Form
from portal.domain.intake.grid import Area, Cell, CellKind, Grid, Table, table_of
from portal.domain.intake.sheet_words import Expected
from portal.domain.intake.unit_names import UnitNames
from portal.domain.intake.workbook import Intake, find_figures
from tests.domain.intake.test_workbook import Content, _cell, number

OTHERS = ("葛店开发区总工会", "梁子湖区总工会", "市教育系统工会", "鄂城区第一中学工会")
EXPECTED = Expected(
    units=UnitNames(("鄂城区总工会", "鄂城工会工委"), OTHERS, ("鄂州市总工会",)),
    year=2027,
    titles=("2027年春节送温暖",),
    other_campaigns=("2022年春节送温暖", "2027年金秋助学"),
)
TITLE = ["2027年春节送温暖统计表"]
WHOSE = ["填报单位（盖章）：鄂城区总工会"]
HEADING = ["序号", "代码", "项目", "计量单位", "数量"]


def sheet(*rows: list[Content], merges: tuple[Area, ...] = (), name: str = "统计表") -> Table:
    """A worksheet whose first row is row 1."""
    cells = [
        _cell(at_row, at_column, content)
        for at_row, row in enumerate(rows, 1)
        for at_column, content in enumerate(row, 1)
        if content is not None
    ]
    return table_of(name, cells, merges=merges)


def said(form: Form, *rows: list[Content], merges: tuple[Area, ...] = ()) -> Intake:
    """The intake of a sheet of 鄂城 for the campaign of 2027."""
    return find_figures(form, Grid((sheet(*rows, merges=merges),)), EXPECTED)


def offers(intake: Intake) -> dict[str, str]:
    """The offered figures, by item."""
    return {each.code: each.offer for each in intake.problems if each.code and each.offer}


def rows_of(unit: str, d9: Content = 34500) -> list[list[Content]]:
    """C9 with 12, D9 and I with amounts, their unit in a column of its own."""
    return [
        ["1", "C9", "在重大项目和重大工程中做出突出贡献的职工", "人次", 12],
        ["2", "D9", "在重大项目和重大工程中做出突出贡献的职工", unit, d9],
        ["3", "I", "帮助农民工追讨欠薪金额", unit, 128000],
    ]


IN_YUAN: list[tuple[str, list[list[Content]], str]] = [
    (
        "in the unit line (case 01, y1)",
        [TITLE, [*WHOSE, None, None, None, "单位：家、人次、元"], HEADING, *rows_of("万元")],
        "E2",
    ),
    (
        "in the heading (case 01, y2)",
        [
            TITLE,
            [*WHOSE, None, None, None, "单位：家、人次、万元"],
            [*HEADING[:4], "数量（元）"],
            *rows_of("万元"),
        ],
        "E3",
    ),
    ("in a column of units (case 01, y3)", [TITLE, WHOSE, HEADING, *rows_of("元")], "D5"),
    ("in a line of two cells", [TITLE, ["计量单位：", "元"], HEADING, *rows_of("")], "B2"),
    ("in the title", [["2027年送温暖统计表（单位：元）"], HEADING, *rows_of("")], "A1"),
    ("below the table", [TITLE, HEADING, *rows_of(""), ["金额单位：元"]], "A6"),
    (
        "in the labels",
        [HEADING, *[[*row[:2], f"{row[2]}（元）", *row[3:]] for row in rows_of("")]],
        "C3",
    ),
    ("in full width", [TITLE, ["（单位：家、人次、 元）"], HEADING, *rows_of("")], "A2"),
]


@pytest.mark.parametrize(("rows", "address"), [each[1:] for each in IN_YUAN], ids=lambda each: "")
def test_money_in_yuan_is_offered_converted_and_not_taken(
    form: Form, rows: list[list[Content]], address: str
) -> None:
    found = said(form, *rows)

    assert found.figures == {"C9": "12"}
    assert offers(found) == {"D9": "3.45", "I": "12.8"}
    sentence = next(each.sentence for each in found.problems if each.code == "D9")
    assert sentence.startswith(f"{address} 写的单位是元：34500 元换算为 3.45 万元")


@pytest.mark.parametrize(
    ("unit", "offer"),
    [("千元", "3450"), ("百元", "345"), ("亿元", None), ("百万元", "3450000"), ("元", "3.45")],
)
def test_other_units_of_money_are_converted_too(form: Form, unit: str, offer: str | None) -> None:
    found = said(form, TITLE, HEADING, *rows_of(unit))

    assert "D9" not in found.figures
    assert offers(found).get("D9") == offer


def test_a_cell_that_shows_yuan_is_in_yuan(form: Form) -> None:
    shown = Cell(1, 1, CellKind.NUMBER, "34500", format='#,##0.00"元"')

    assert offers(said(form, TITLE, HEADING, *rows_of("", shown)))["D9"] == "3.45"


def test_an_amount_finer_than_the_item_is_offered_rounded(form: Form) -> None:
    found = said(form, TITLE, HEADING, *rows_of("元", 34567))

    assert offers(found)["D9"] == "3.46"
    assert "原填 3.4567" in found.problems[0].sentence


def test_pairs_in_one_row_say_the_unit_in_their_heading(form: Form) -> None:
    found = said(
        form,
        ["序号", "代码", "项目", "慰问对象(人次)", "发放款物(元)"],
        [1, "C9/D9", "在重大项目和重大工程中做出突出贡献的职工", 12, 34500],
        [2, "C10/D10", "生产一线涌现出来的先进模范人物", 5, 0],
        [3, "C11/D11", "各级工会建档的困难职工", None, None],
    )

    assert found.figures == {"C9": "12", "C10": "5", "D10": "0"}
    assert offers(found) == {"D9": "3.45"}


@pytest.mark.parametrize(
    "rows",
    [
        [TITLE, ["单位：家、人次、万元"], HEADING, *rows_of("万元", number("3.4"))[:2]],
        [TITLE, [*HEADING[:4], "数量（万元）"], *rows_of("", number("3.4"))[:2]],
        [["单位：万元（人均：元）"], HEADING, *rows_of("", number("3.4"))[:2]],
        [["请于元旦前报送"], HEADING, *rows_of("", number("3.4"))[:2]],
        [[*HEADING, "次均（元）"], *[[*r, 9] for r in rows_of("", number("3.4"))[:2]]],
        [[*HEADING, "备注"], *[[*r, "每人 500 元"] for r in rows_of("", number("3.4"))[:2]]],
        [["元兴公司送温暖情况"], HEADING, *rows_of("", number("3.4"))[:2]],
    ],
    ids=lambda rows: str(rows[0]),
)
def test_matching_or_unrelated_words_raise_no_doubt(form: Form, rows: list[list[Content]]) -> None:
    third: list[Content] = ["4", "E1", "落实民生政策", "人次", 7]

    found = said(form, *rows, third)

    assert found.figures == {"C9": "12", "D9": "3.4", "E1": "7"}
    assert offers(found) == {}


E_ROWS: list[list[Content]] = [["E1", "民生", 1], ["E2", "生活", 2], ["E3", "医疗", 3]]


@pytest.mark.parametrize(
    ("head", "words", "address"),
    [
        (["2022年春节期间各级工会送温暖统计表"], "2022 年", "A1"),
        (["二〇二二年春节期间各级工会送温暖统计表"], "2022 年", "A1"),
        (["22年春节送温暖情况"], "2022 年", "A1"),
        (["２０２６年度送温暖统计表"], "2026 年", "A1"),
        (["2028 年春节送温暖"], "2028 年", "A1"),
        (["统计时段：2021年12月1日至2022年2月28日"], "2022 年", "A1"),
        (["2027年金秋助学统计表"], "“2027年金秋助学”", "A1"),
        (["附件", None, None, "2022年春节送温暖统计表"], "“2022年春节送温暖”", "D1"),
    ],
)
def test_a_title_of_another_year_or_campaign_is_asked_about(
    form: Form, head: list[Content], words: str, address: str
) -> None:
    found = said(form, head, ["代码", "项目", "数量"], *E_ROWS)

    assert found.stale is not None
    assert (found.stale.words, found.stale.address) == (words, address)


@pytest.mark.parametrize(
    "head",
    [
        ["2027年春节期间各级工会送温暖统计表"],
        ["2026-2027年度送温暖统计表"],
        ["鄂州工发[2022]1号"],
        ["统计时段：2026年12月1日至2027年2月28日"],
        ["填报日期：2026年12月30日"],
        ["数据截至：2027-01-20 10:00"],
        ["送温暖统计表"],
    ],
)
def test_a_title_of_this_year_or_of_none_is_not_asked_about(
    form: Form, head: list[Content]
) -> None:
    assert said(form, head, ["代码", "项目", "数量"], *E_ROWS).stale is None


def test_the_tab_may_name_the_year(form: Form) -> None:
    table = sheet(["代码", "项目", "数量"], *E_ROWS, name="2022年春节")

    found = find_figures(form, Grid((table,)), EXPECTED)

    assert found.stale is not None
    assert (found.stale.words, found.stale.address) == ("2022 年", "")


@pytest.mark.parametrize(
    ("head", "address"),
    [
        (["填报单位（盖章）：葛店开发区总工会"], "A1"),
        (["填报单位（盖章）", "葛店开发区总工会"], "B1"),
        (["填报单位：", None, "葛店"], "C1"),
        (["单位名称：梁子湖区工会"], "A1"),
        (["单位名称", "梁子湖"], "B1"),
        (["上报单位：市教育系统"], "A1"),
        (["单位：葛店开发区总工会"], "A1"),
        (["工会名称：某某公司工会"], "A1"),
        (["葛店开发区2027年送温暖统计表"], "A1"),
        (["鄂州市教育系统2027年送温暖统计表"], "A1"),
    ],
)
def test_the_name_of_another_unit_is_told_with_its_cell(
    form: Form, head: list[Content], address: str
) -> None:
    found = said(form, head, ["代码", "项目", "数量"], *E_ROWS)

    assert found.misnamed is not None
    assert found.misnamed.address == address


@pytest.mark.parametrize(
    "head",
    [
        ["填报单位（盖章）：鄂州市鄂城区总工会"],
        ["填报单位", "鄂城区工会"],
        ["填报单位：鄂城"],
        ["填报单位：鄂城工会工委"],
        ["鄂州市总工会2027年送温暖统计表"],
        ["鄂城区第一中学、葛店开发区等单位经鄂城区汇总"],
        ["单位：家、人次、万元"],
        ["填报单位（盖章）：________"],
        ["送温暖统计表（各级工会）"],
    ],
)
def test_our_own_name_and_titles_of_those_above_pass(form: Form, head: list[Content]) -> None:
    assert said(form, head, ["代码", "项目", "数量"], *E_ROWS).misnamed is None


def test_the_column_of_our_own_unit_is_taken_among_those_of_others(form: Form) -> None:
    rows: list[list[Content]] = [[code, 1, 2, 3] for code in ("E1", "E2", "E3")]

    found = said(form, ["代码", "合计", "葛店开发区总工会", "鄂城区总工会"], *rows)

    assert found.figures == {"E1": "3", "E2": "3", "E3": "3"}


@pytest.mark.parametrize("name", ["葛店开发区总工会", "葛店", "梁子湖区", "教育系统", "某厂工会"])
def test_a_column_headed_by_another_unit_is_refused_with_its_cell(form: Form, name: str) -> None:
    found = said(form, ["代码", "项目", name], *E_ROWS)

    assert found.figures == {}
    assert f"C1“{name}”" in found.problems[0].sentence


def test_the_sum_over_units_is_not_taken_for_our_own_figures(form: Form) -> None:
    rows: list[list[Content]] = [[code, 1, 2, 3] for code in ("E1", "E2", "E3")]

    found = said(form, ["代码", "合计", "葛店开发区总工会", "梁子湖区总工会"], *rows)

    assert found.figures == {}
    assert "B1“合计”是各单位的合计" in found.problems[0].sentence


# Labels against codes.

C9, C10, C11 = (
    "在重大项目和重大工程中做出突出贡献的职工",
    "生产一线涌现出来的先进模范人物",
    "各级工会建档的困难职工",
)
CODES = ("C9", "D9", "C10", "D10", "C11", "D11")


def labelled(*labels: str) -> list[list[Content]]:
    """The rows of three pairs beside these labels, filled with 1 to 6."""
    return [[code, labels[at // 2], at + 1] for at, code in enumerate(CODES)]


def test_a_label_of_another_item_is_said_and_its_line_not_taken(form: Form) -> None:
    found = said(form, WHOSE, ["代码", "项目", "数量"], *labelled(C10, C11, C9))

    assert found.figures == {}
    assert offers(found) == dict(zip(CODES, "123456", strict=True))
    assert found.problems[0].sentence == f"B3 写的“{C10}”是 C10、D10 的，与代码不符，请核对。"


@pytest.mark.parametrize(
    "labels",
    [
        (C9, C10, C11),
        ("重大项目", "先进模范", "建档"),
        (f"其中：{C9}", f"（2）{C10}", f"3、{C11}（人次）"),
        (f"C9 {C9}", f"{C10}　C10=a", f"{C11}（家）"),
        ("其他", "其他", "其他"),
    ],
)
def test_a_label_that_is_no_other_items_contradicts_nothing(
    form: Form, labels: tuple[str, ...]
) -> None:
    found = said(form, WHOSE, ["代码", "项目", "数量"], *labelled(*labels))

    assert found.figures == dict(zip(CODES, "123456", strict=True))


def test_only_the_shifted_row_is_doubted(form: Form) -> None:
    found = said(form, ["代码", "项目", "数量"], *labelled(C9, C9, C11))

    assert offers(found) == {"C10": "3", "D10": "4"}


def test_a_label_merged_over_a_pair_counts_for_both(form: Form) -> None:
    rows = labelled(C10, C10, C11)
    rows[1][1] = None

    found = said(form, ["代码", "项目", "数量"], *rows, merges=(Area(2, 2, 3, 2),))

    assert set(offers(found)) == {"C9", "D9"}


def test_the_measure_of_the_other_one_of_a_pair_is_a_label_too(form: Form) -> None:
    rows: list[list[Content]] = [
        ["C9", "x", "发放款物（万元）", 1],
        ["D9", "x", "慰问对象（人次）", 2],
        ["E1", "x", None, 3],
    ]

    assert set(offers(said(form, ["代码", "项目", None, "数量"], *rows))) == {"C9", "D9"}


# The column of figures.


def columns(*heads: Content, first: int = 10, rows: int = 3) -> list[list[Content]]:
    """E1, E2, … with a number in each of the columns headed so: 10, 11, … from the left."""
    codes = ["E1", "E2", "E3", "E4", "E5", "F1", "F2", "F3", "G"][:rows]
    return [["代码", *heads]] + [[code, *range(first, first + len(heads))] for code in codes]


@pytest.mark.parametrize(
    ("heads", "wanted"),
    [
        (("2026年", "2027年"), "11"),
        (("2027年春节", "2026年春节"), "10"),
        ((2026, 2027), "11"),
        (("数量", "2027年"), "11"),
        (("2027年计划", "2027年实际"), "11"),
        (("2027年", "2027年完成"), "11"),
        (("本年", "上年"), "10"),
        (("计划", "实际"), "11"),
        (("计划数", "完成数"), "11"),
        (("行次", "数量"), "11"),
        (("栏次", "本期"), "11"),
        (("No.", "实际完成"), "11"),
        (("合计", "本年"), "11"),
        (("本年数量", "上年数量"), "10"),
        (("本年计划", "本年实际", "完成率"), "11"),
        (("行号", "人数"), "11"),
        (("去年", "人数"), "11"),
    ],
)
def test_the_column_is_chosen_by_what_it_is_called(
    form: Form, heads: tuple[Content, ...], wanted: str
) -> None:
    assert said(form, *columns(*heads)).figures["E1"] == wanted


@pytest.mark.parametrize(
    "line",
    [
        "2026年12月30日",
        "2026/12/30",
        "填报日期：2026年12月",
        "编号：2026-07",
        "表号：工统计划1表",
        "批准文号：鄂统〔2026〕12号",
        "有效期至2026年12月",
    ],
)
def test_a_line_above_the_figures_is_no_heading_of_theirs(form: Form, line: str) -> None:
    found = said(form, ["2027年春节送温暖统计表"], [None, None, line], *columns(None, "数量"))

    assert found.figures["E1"] == "11"
    assert said(form, [None, line], *columns("数量")).figures["E1"] == "10"


def test_fuller_column_is_not_preferred(form: Form) -> None:
    rows = columns("2026年", "2027年", rows=6)
    for row in rows[3:]:
        row[2] = None

    assert said(form, *rows).figures == {"E1": "11", "E2": "11"}


@pytest.mark.parametrize(
    "heads",
    [("数量", "数量"), ("本年", "实际"), ("2027年", "2027年"), ("人数", "次数"), (None, "户")],
)
def test_two_columns_equally_good_are_both_named(form: Form, heads: tuple[Content, ...]) -> None:
    found = said(form, *columns(*heads, rows=5))

    assert found.figures == {}
    assert "B、C 列都像数量列" in found.problems[0].sentence
    assert ("B1" in found.problems[0].sentence) is (heads[0] is not None)
    assert "C1" in found.problems[0].sentence


def test_an_emptier_column_with_a_name_of_its_own_is_not_passed_over(form: Form) -> None:
    rows = columns("人数", "户数", rows=6)
    for row in rows[2:]:
        row[2] = None

    assert "B、C 列都像数量列" in said(form, *rows).problems[0].sentence


@pytest.mark.parametrize("heads", [("2026年",), ("上年数量",), ("计划",), ("序号",), ("栏次",)])
def test_unrelated_column_is_not_taken_as_a_last_resort(
    form: Form, heads: tuple[Content, ...]
) -> None:
    found = said(form, *columns(*heads))

    assert found.figures == {}
    assert f"B1“{heads[0]}”" in found.problems[0].sentence


@pytest.mark.parametrize("head", [None, "数量", "金额"])
@pytest.mark.parametrize("first", [1, 4])
def test_a_run_that_counts_the_rows_is_never_the_figures(
    form: Form, head: str | None, first: int
) -> None:
    rows = columns(head, None, rows=9)
    for at, row in enumerate(rows[1:]):
        row[1], row[2] = first + at, 50

    assert set(said(form, *rows).figures.values()) == {"50"}


def test_a_run_is_taken_where_no_other_column_could_be_the_figures(form: Form) -> None:
    rows = [["代码", "数量"], *([row[0], at] for at, row in enumerate(columns(rows=9)[1:], 1))]

    assert said(form, *rows).figures["E1"] == "1"


def test_a_year_merged_over_a_pair_of_columns_heads_both(form: Form) -> None:
    found = said(
        form,
        [None, None, "2026年", None, "2027年", None],
        ["代码", "项目", *["慰问对象", "发放款物"] * 2],
        ["C9/D9", C9, 1, 2, 3, 4],
        ["C10/D10", C10, 1, 2, 5, 6],
        ["C11/D11", C11, 1, 2, 7, 8],
        merges=(Area(1, 3, 1, 4), Area(1, 5, 1, 6)),
    )

    assert found.figures == dict(zip(CODES, "345678", strict=True))


# What is shown and what is stored.


@pytest.mark.parametrize(
    ("code", "text", "number_format", "typed"),
    [
        ("A1", "5.7300001", "0.00", "5.73"),
        ("A1", "33.333333333333336", "0.00_ ", "33.33"),
        ("A1", "5.7", "0.00", "5.7"),
        ("A1", "1234.5", "#,##0.00", "1234.5"),
        ("E1", "12.0000001", "0", "12"),
        ("E1", "0", '#,##0;-#,##0;"-"', "0"),
        ("E1", "101", "00000", "101"),
    ],
)
def test_number_shown_as_stored_is_taken(
    form: Form, code: str, text: str, number_format: str, typed: str
) -> None:
    cell = Cell(1, 1, CellKind.NUMBER, text, format=number_format)

    found = said(form, ["代码", "项目", "数量"], *E_ROWS[1:], ["F1", "x", 7], [code, "y", cell])

    assert found.figures[code] == typed
    assert offers(found) == {}


@pytest.mark.parametrize(
    ("code", "text", "number_format", "offer", "both"),
    [
        ("A1", "34500", "0!.0000", "3.4500", ("3.4500", "34500")),
        ("A1", "34500", "0.00,", "34.50", ("34.50", "34500")),
        ("E1", "12000", "#,##0,", "12", ("12", "12000")),
        ("E1", "0.12", "0%", "12", ("12%", "0.12")),
        ("E1", "12", "0.00,", "12", ("0.01", "12")),
        ("A1", "5.73", "0", "5.73", ("6", "5.73")),
        ("E1", "12.4", "0", None, ("12", "12.4")),
        ("E1", "12", ";;;", "12", ("空白", "12")),
        ("E1", "0", "#", "0", ("空白", "0")),
        ("E1", "12", "# ?/?", "12", ("看不出", "12")),
        ("E1", "2", '0"0"', "20", ("20", "2")),
    ],
)
def test_a_number_shown_otherwise_is_not_taken_and_both_are_said(
    form: Form, code: str, text: str, number_format: str, offer: str | None, both: tuple[str, str]
) -> None:
    kind = CellKind.PERCENT if "%" in number_format else CellKind.NUMBER
    kind = CellKind.SCALED if number_format.endswith(",") else kind
    cell = Cell(1, 1, kind, text, format=number_format)

    found = said(form, ["代码", "项目", "数量"], *E_ROWS[1:], ["F1", "x", 7], [code, "y", cell])

    assert code not in found.figures
    assert all(each in found.problems[0].sentence for each in both)
    if offer is not None:
        assert offers(found) == {code: offer}


def test_a_result_from_another_workbook_is_asked_about(form: Form) -> None:
    linked = Cell(1, 1, CellKind.NUMBER, "17", formula=True, linked=True)
    plain = Cell(1, 1, CellKind.NUMBER, "8", formula=True)

    found = said(form, ["代码", "项目", "数量"], *E_ROWS, ["F1", "x", plain], ["F2", "y", linked])

    assert found.figures["F1"] == "8"
    assert offers(found) == {"F2": "17"}
    assert "别的工作簿" in found.problems[0].sentence


# Rows that are not taken.


@pytest.mark.parametrize("code", ["C9 慰问", "С1", "（C11）", "E1、", "E2=", "其他", None])
@pytest.mark.parametrize("place", [1, 2, 4])
def test_a_number_beside_what_is_no_code_is_listed(
    form: Form, code: str | None, place: int
) -> None:
    rows = [["代码", "项目", "数量"], *E_ROWS]
    rows.insert(place, [code, "x", 17])

    found = said(form, *rows)

    assert found.figures == {"E1": "1", "E2": "2", "E3": "3"}
    assert [each.address for each in found.warnings] == [f"C{place + 1}"]
    assert "没有读入" in found.warnings[0].sentence
    assert code is None or f"“{code}”" in found.warnings[0].sentence


def test_rows_above_the_heading_are_ignored(form: Form) -> None:
    rows: list[list[Content]] = [[None, None, 2027], ["代码", "项目", "数量"], *E_ROWS]

    assert said(form, *rows).warnings == ()


def test_codes_aside_and_on_other_sheets_are_said(form: Form) -> None:
    first = sheet(
        ["代码", "项目", "数量"],
        [*E_ROWS[0], "F1", 4],
        [*E_ROWS[1], "F2", 5],
        E_ROWS[2],
        ["E4", "助学", 4],
        name="上",
    )
    second = sheet(["代码", "项目", "数量"], ["G", "返乡", 6], ["H", "讨薪", 7], ["B1", "x", 8])
    third = sheet(["代码", "项目", "数量"], *E_ROWS[:2], ["A1", "x", None], name="下")

    found = find_figures(form, Grid((first, second, third)), EXPECTED)

    said_of = {(each.address, each.sentence.split("，")[0]) for each in found.problems}
    assert ("D2", "F1 不在代码列里") in said_of
    assert ("D3", "F2 不在代码列里") in said_of
    assert ("", "工作表“统计表”里还有 B1、G、H 的数") in said_of
    assert {"F1", "G", "H", "B1"}.isdisjoint(found.absent)


def test_a_figure_merged_over_two_rows_is_named_at_the_second(form: Form) -> None:
    rows = [["代码", "项目", "数量"], *E_ROWS, ["E4", "x", None]]

    found = said(form, *rows, merges=(Area(4, 3, 5, 3),))

    assert found.figures == {"E1": "1", "E2": "2", "E3": "3"}
    assert [(each.address, each.code) for each in found.problems] == [("C5", "E4")]
    assert "C4:C5 合并成了一格" in found.problems[0].sentence
