"""The old table: last year's figures of all units, from a sheet for each or from one table."""

from dataclasses import replace

import pytest

from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import with_totals
from portal.domain.intake.grid import CellKind, Grid, Table
from portal.domain.intake.old_table import OldTable, completed, read_old_table
from portal.domain.intake.old_units import KnownUnit, turned, units_called
from tests.domain.intake.test_workbook import table

CITY = KnownUnit("shizong", "鄂州市总工会", is_city=True)
ECHENG = KnownUnit("echeng", "鄂城区总工会")
JICENG = KnownUnit("echeng-jiceng1", "鄂城区基层工会一（示例）")
GEDIAN = KnownUnit("gedian", "葛店开发区总工会")
JIAOYU = KnownUnit("jiaoyu", "市教育系统工会")
WEIJIAN = KnownUnit("weijian", "市卫健系统工会")
UNITS = (CITY, ECHENG, JICENG, GEDIAN, JIAOYU, WEIJIAN)

TITLE = ["2026年春节期间各级工会送温暖统计表"]
HEAD = ["序号", "代码", "项目", "鄂城区", "葛店开发区总工会", "合计"]
BY_COLUMN = [
    HEAD,
    [4, "E", "帮扶救助", 6, 60, 66],
    [None, "E1", "民生", 1, 10, 11],
    [None, "E2", "生活", 2, 20, 22],
    [None, "E3", "医疗", 3, 30, 33],
    [None, "E4", "法律", None, None, None],
    [None, "E5", "其他", 0, None, 0],
]


def sheet_of(name: str, *rows: list, head: str = "") -> Table:
    above = [[f"填报单位（盖章）：{head}"]] if head else []
    return table(TITLE, *above, ["序号", "代码", "项目", "数量"], *rows, name=name)


E_ROWS = [[4, "E1", "民生", 1], [None, "E2", "生活", 2], [None, "E3", "医疗", 3]]


def read(form: Form, *tables: Table, year: int | None = 2026) -> OldTable:
    return read_old_table(form, Grid(tables), UNITS, year)


def figures(old: OldTable) -> dict[str, dict[str, int | None]]:
    return {one.unit.code: dict(one.figures) for one in old.units}


EACH = {
    "echeng": {"E1": 1, "E2": 2, "E3": 3, "E4": None, "E5": 0},
    "gedian": {"E1": 10, "E2": 20, "E3": 30, "E4": None, "E5": None},
}


def test_a_table_with_a_column_for_each_unit(form: Form):
    old = read(form, table(TITLE, *BY_COLUMN, name="汇总"))

    assert figures(old) == EACH
    assert old.units[0].cells["E3"] == "D6"
    assert old.units[1].cells["E3"] == "E6"
    assert [one.doubts for one in old.units] == [(), ()]
    assert old.problems == ()


def test_the_same_table_with_a_row_for_each_unit(form: Form):
    old = read(form, turned(table(TITLE, *BY_COLUMN, name="汇总")))

    assert figures(old) == EACH
    assert old.units[0].cells["E3"] == "F4"
    assert old.units[1].cells["E3"] == "F5"


def test_a_sheet_for_each_unit_by_its_head_or_else_by_its_tab(form: Form):
    old = read(
        form,
        sheet_of("Sheet1", *E_ROWS, head="湖北省鄂州市鄂城区总工会"),
        sheet_of("葛店开发区", *E_ROWS),
        sheet_of("教育系统", *E_ROWS, head="市教育系统工会"),
    )

    assert [one.unit for one in old.units] == [ECHENG, GEDIAN, JIAOYU]
    assert old.units[0].figures["E3"] == 3
    assert old.problems == ()


def test_unit_name_may_be_in_the_cell_beside_its_label(form: Form):
    old = read(form, table(["填报单位", "葛店开发区总工会"], *sheet_rows(), name="1"))

    assert [one.unit for one in old.units] == [GEDIAN]


def sheet_rows() -> list[list]:
    return [["序号", "代码", "项目", "数量"], *E_ROWS]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("鄂城区总工会", [ECHENG]),
        ("鄂城区", [ECHENG]),
        ("鄂州市鄂城区总工会", [ECHENG]),
        ("echeng", [ECHENG]),
        ("鄂城区基层工会一", [JICENG]),
        ("系统", []),
        ("开发区", []),
        ("葛店", [GEDIAN]),
        ("鄂城", [ECHENG]),
        ("教育", [JIAOYU]),
        ("教育系统工会", [JIAOYU]),
        ("湖北省鄂州市鄂城区总工会", [ECHENG]),
        ("shizong", [CITY]),
        ("鄂州市总工会", []),
        ("市总本级", [CITY]),
        ("鄂州市总工会本级", [CITY]),
        ("鄂州市总工会（本级）", [CITY]),
        ("本级", [CITY]),
        ("华容区总工会", []),
        ("填报单位：鄂城区总工会", []),
        ("", []),
    ],
)
def test_abbreviated_name_matches_its_only_unit(name, meant):
    assert list(units_called(name, UNITS)) == meant


@pytest.mark.parametrize("unknown", ["华容区总工会", "梁子湖区", "某某企业工会"])
def test_a_unit_that_is_not_of_the_campaign_is_named_with_its_cell(form: Form, unknown):
    rows = [[*HEAD[:4], unknown, "合计"], *BY_COLUMN[1:]]

    old = read(form, table(TITLE, *rows, name="汇总"))

    assert list(figures(old)) == ["echeng"]
    [told] = old.problems
    assert (told.sheet, told.address) == ("汇总", "E2")
    assert f"“{unknown}”不是本次填报任务的单位" in told.sentence


def test_an_unknown_sheet_and_one_without_codes_are_named(form: Form):
    old = read(form, sheet_of("华容区", *E_ROWS), table(["说明"], ["无"], name="说明"))

    assert old.units == ()
    assert [(told.sheet, told.address) for told in old.problems] == [("华容区", ""), ("说明", "")]


def test_the_bare_name_of_the_city_is_never_taken_for_its_own_report(form: Form):
    old = read(form, sheet_of("汇总表", *E_ROWS, head="鄂州市总工会"))

    assert old.units == ()
    assert "分不清是市总本级还是全市合计" in old.problems[0].sentence


def test_the_city_is_not_asked_for_once_its_own_report_was_met(form: Form):
    old = read(
        form,
        sheet_of("汇总表", *E_ROWS, head="鄂州市总工会"),
        sheet_of("市总本级", *E_ROWS, head="鄂州市总工会本级"),
    )

    assert [one.unit for one in old.units] == [CITY]
    assert old.problems == ()


def test_a_head_that_contradicts_the_tab_is_refused(form: Form):
    old = read(form, sheet_of("葛店开发区", *E_ROWS, head="鄂城区总工会"))

    assert old.units == ()
    assert old.problems[0].address == "A2"
    assert "表头的填报单位是“鄂城区总工会”" in old.problems[0].sentence


def test_the_same_unit_twice_is_one_where_both_say_the_same(form: Form):
    both = (table(TITLE, *BY_COLUMN, name="汇总"), sheet_of("鄂城区", *E_ROWS))

    assert list(figures(read(form, *both))) == ["echeng", "gedian"]


def test_the_same_unit_twice_with_other_figures_is_refused_with_both_cells(form: Form):
    other = sheet_of("鄂城区", [4, "E1", "民生", 9], *E_ROWS[1:])

    old = read(form, table(TITLE, *BY_COLUMN, name="汇总"), other)

    assert list(figures(old)) == ["gedian"]
    assert old.problems[0].code == "E1"
    for words in ("“鄂城区”D3", "“汇总”D4", "只保留一处"):
        assert words in old.problems[0].sentence


@pytest.mark.parametrize(
    "line", ["单位：元", "单位：家、人次、元", "金额（元）", "（元）", "计量单位：元"]
)
def test_yuan_are_offered_in_wan_unticked_with_the_reason(form: Form, line):
    rows = [["D9", "甲", 1_234_500], ["D10", "乙", 200], ["D11", "丙", 0]]

    old = read(form, table([line], ["代码", "项目", "鄂城区"], *rows, name="表"))

    [one] = old.units
    assert one.figures == {"D9": 123_450_000, "D10": 20_000, "D11": 0}
    assert one.doubts[0].address == "A1"
    assert "已除以 10,000" in one.doubts[0].sentence


@pytest.mark.parametrize(
    "line", ["单位：万元", "单位：家、人次、万元", "次均（元/人次）", "元旦春节"]
)
def test_amounts_in_wan_are_unchanged(form: Form, line):
    rows = [["D9", "甲", 12], ["D10", "乙", 200], ["D11", "丙", 0]]

    old = read(form, table([line], ["代码", "项目", "鄂城区"], *rows, name="表"))

    assert old.units[0].figures["D9"] == 12_000_000
    assert old.units[0].doubts == ()


@pytest.mark.parametrize("line", ["单位：千元", "单位：亿元", "金额单位：百元"])
def test_another_unit_of_money_is_refused_with_its_cell(form: Form, line):
    rows = [["D9", "甲", 12], ["D10", "乙", 200], ["D11", "丙", 0]]

    old = read(form, table([line], ["代码", "项目", "鄂城区"], *rows, name="表"))

    [one] = old.units
    assert one.figures == {}
    assert one.problems[0].address == "A1"


@pytest.mark.parametrize(
    ("title", "doubted"),
    [
        ("2026年春节", False),
        ("春节", False),
        ("2027年春节", True),
        ("2024年春节", True),
        ("统计时段：2025年12月至2026年2月", False),
    ],
)
def test_another_year_is_read_and_left_unticked(form: Form, title, doubted):
    old = read(form, table([title], *BY_COLUMN))

    assert list(figures(old)) == ["echeng", "gedian"]
    assert bool(old.units[0].doubts) is doubted


@pytest.mark.parametrize("cell", ["约十人", (CellKind.ERROR, "#REF!"), (CellKind.DATE, "45000")])
def test_a_cell_that_is_no_figure_is_named_and_not_taken(form: Form, cell):
    rows = [*BY_COLUMN[:3], [None, "E2", "生活", cell, 20, 22], *BY_COLUMN[4:]]

    old = read(form, table(TITLE, *rows))

    echeng, gedian = old.units
    assert "E2" not in echeng.figures
    assert [(told.address, told.code) for told in echeng.problems] == [("D5", "E2")]
    assert gedian.problems == ()


def test_more_decimals_and_a_wrong_sum_are_doubts(form: Form):
    rows = [["D9", "甲", (CellKind.NUMBER, "1.2345")], ["D10", "乙", 2], ["D11", "丙", 3]]
    wrong = [HEAD, [4, "E", "帮扶", 7, 60, 66], *BY_COLUMN[2:]]

    finer = read(form, table(["代码", "项目", "鄂城区"], *rows)).units[0]
    summed = read(form, table(TITLE, *wrong)).units[0]

    assert finer.figures["D9"] == 1_230_000
    assert [told.code for told in finer.doubts] == ["D9"]
    assert [(told.code, told.address) for told in summed.doubts] == [("E", "D3")]


def test_a_table_of_sums_alone_keeps_the_sums(form: Form):
    rows = [["A", "筹集", 10], ["C", "慰问", 5], ["D", "款物", 7]]

    [one] = read(form, table(["代码", "项目", "鄂城区"], *rows)).units

    assert one.figures == {"A": 10_000_000, "C": 5, "D": 7_000_000}
    assert completed(form, one.figures) == one.figures


def test_sums_follow_where_all_their_parts_are_there(form: Form):
    leaves = {leaf.code: None for leaf in form.leaves} | {"E1": 1, "E2": 2}

    assert completed(form, leaves) == with_totals(form, leaves)
    assert "E" not in completed(form, {"E1": 1, "E2": 2})


def test_figures_come_under_the_confirmed_counterpart_alone(form: Form):
    def renamed(item: Item) -> Item:
        return replace(item, previous={"E2": "E1", "E3": "E3", "C1": "E2"}.get(item.code))

    other = replace(form, items=tuple(map(renamed, form.items)))

    old = read(other, table(TITLE, *BY_COLUMN))

    assert figures(old)["echeng"] == {"C1": 2, "E2": 1, "E3": 3}
    assert old.units[0].cells["E2"] == "D4"


def test_sums_by_kind_are_no_unit(form: Form):
    rows = [
        ["代码", "项目", "合计", "开发区\n（1 家）", "葛店"],
        *(row[:4] + row[3:4] for row in BY_COLUMN[1:]),
    ]

    old = read(form, table(TITLE, *rows))

    assert list(figures(old)) == ["gedian"]
    assert old.units[0].cells["E1"] == "E4"
    assert old.problems == ()


def test_a_heading_may_have_the_label_behind_its_code(form: Form):
    heads = ["单位", "C9 突出贡献", "C10\n一线", "C11  建档"]

    old = read(form, table(heads, ["鄂城区", 1, 2, 3], ["葛店", 4, 5, 6]))

    assert figures(old)["gedian"] == {"C9": 4, "C10": 5, "C11": 6}


def test_a_pair_of_columns_below_each_unit(form: Form):
    rows = [
        ["代码", "项目", "鄂城区", None, "葛店开发区", None],
        [None, None, "慰问对象", "发放款物", "慰问对象", "发放款物"],
        ["C9/D9", "突出贡献", 1, 2, 3, 4],
        ["C10/D10", "一线", 5, 6, 7, 8],
        ["C11/D11", "建档", 9, 10, 11, 12],
    ]

    old = read(form, table(TITLE, *rows))

    assert figures(old)["gedian"] == {
        "C9": 3,
        "D9": 4_000_000,
        "C10": 7,
        "D10": 8_000_000,
        "C11": 11,
        "D11": 12_000_000,
    }
