"""Written workbooks, read back: texts, formulas and cached results."""

from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.domain.figures import Kind, Unit
from portal.domain.form.form import Form, parse_form
from portal.domain.form.formulas import with_totals
from portal.domain.paper.sheet import (
    Contribution,
    Part,
    consolidated_sheet,
    report_sheet,
    with_figures,
)
from portal.workbooks.sheet import (
    number,
    number_format,
    plain_text,
    report_workbook,
)
from tests.workbooks.reading import HEAD, column, opened, part, place, stored

LIKE_FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "{=1}", "http://a.cn"]


def report(form: Form, figures: dict[str, Any], **more: Any) -> bytes:
    return report_workbook(form, report_sheet(form, figures, **{**HEAD, **more}))


def consolidation(form: Form) -> bytes:
    sheet = consolidated_sheet(
        form,
        [
            Contribution("shizong", "市总本级", {"E1": 1, "A1": 100_000, "B": 0}),
            Contribution("echeng", "鄂城区总工会", {"E1": 10, "E2": 5, "A1": 200_000}),
            Contribution("jiceng", "鄂城某企业工会", {"E1": 100}, Part.FOR_CHECKING),
            Contribution("gedian", "葛店开发区总工会", {}, Part.MISSING),
            Contribution("linkong", "临空经济区总工会", {"E1": 2}),
        ],
        **HEAD,
    )
    return report_workbook(form, sheet)


def test_the_paper_is_drawn_with_head_rows_and_foot(form: Form):
    content = report(form, {}, mark="送审稿·未上报", footnotes=("注：测试。",))

    texts = [cell.value for row in opened(content).iter_rows() for cell in row if cell.value]

    assert texts[:7] == [
        "附件",
        "送审稿·未上报",
        "2022年春节期间各级工会送温暖统计表",
        "填报单位（盖章）：鄂城区总工会",
        "单位：家、人次、万元",
        "统计时段：2022年春节",
        "数据截至：2022年1月26日 17:30",
    ]
    assert texts[7:11] == ["序号", "代码", "项目", "数量"]
    assert [text for text in texts if text in form.by_code] == [item.code for item in form.items]
    assert texts[-4].startswith("单位负责人（签字）：")
    assert texts[-2:] == [*form.paper_notes, "注：测试。"]


def test_a_pair_shares_one_merged_label_cell(form: Form):
    sheet = opened(report(form, {}))

    merged = {str(area) for area in sheet.merged_cells.ranges}

    at = place(sheet, "C9")
    assert f"C{at}:C{at + 1}" in merged
    assert sheet.cell(at, 3).value == "在重大项目和重大工程中做出突出贡献的职工"
    assert sheet.cell(at, 4).value == "慰问对象（人次）"
    assert sheet.cell(at + 1, 4).value == "发放款物（万元）"


def test_a_section_number_spans_its_section(form: Form):
    sheet = opened(report(form, {}))

    merged = {str(area) for area in sheet.merged_cells.ranges}

    assert f"A{place(sheet, 'E')}:A{place(sheet, 'E5')}" in merged
    assert sheet.cell(place(sheet, "E"), 1).value == "4"


def test_sums_are_live_formulas_that_keep_blank_apart_from_zero(form: Form):
    sheet = opened(report(form, {"E1": 1}))

    at = place(sheet, "E")
    assert column(sheet, "E") == (f'=IF(COUNT(E{at + 1}:E{at + 5})=0,"",SUM(E{at + 1}:E{at + 5}))')
    at = place(sheet, "C")
    parts = ",".join(f"E{row}" for row in range(at + 2, at + 24, 2))
    assert column(sheet, "C") == f'=IF(COUNT({parts})=0,"",SUM({parts}))'


def test_sums_carry_their_results_for_programs_that_do_not_calculate(form: Form):
    sheet = opened(report(form, {"E1": 1, "E2": 2, "A1": 12_345_600}), results=True)

    assert column(sheet, "E") == 3
    assert column(sheet, "A") == 12.3456
    assert column(sheet, "F") is None


def test_a_blank_is_left_empty_and_a_zero_is_written(form: Form):
    sheet = opened(report(form, {"E1": 0}))

    assert column(sheet, "E1") == 0
    assert column(sheet, "E2") is None


def test_number_formats_follow_the_decimals_of_the_item(document: dict[str, Any]):
    finer = [{**item, "decimals": 6} if item["code"] == "I" else item for item in document["items"]]
    sheet = opened(report(parse_form({**document, "items": finer}), {"I": 1}))

    formats = {code: sheet.cell(place(sheet, code), 5).number_format for code in ("B", "D9", "I")}

    assert formats == {"B": "0", "D9": "0.00", "I": "0.000000"}
    assert column(sheet, "I") == 0.000001


@pytest.mark.parametrize(("decimals", "text"), [(0, "0"), (1, "0.0"), (2, "0.00"), (6, "0.000000")])
def test_a_number_format_has_a_nought_for_each_decimal(decimals: int, text: str):
    assert number_format(Unit("万元", Kind.MONEY, decimals)) == text


def test_it_prints_on_a4_one_page_wide_with_the_heading_on_every_page(form: Form):
    sheet = opened(report(form, {}, footnotes=("注：测试。",)))

    assert sheet.print_area == f"'统计表'!$A$1:$E${sheet.max_row}"
    assert sheet.print_title_rows == "$5:$5"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.freeze_panes == "E6"


def test_wide_consolidation_prints_in_landscape(form: Form):
    sheet = opened(consolidation(form))

    assert sheet.page_setup.orientation == "landscape"
    assert sheet.print_area.endswith(f"$J${sheet.max_row}")


def test_the_file_says_in_chinese_what_it_is(form: Form):
    properties = load_workbook(BytesIO(report(form, {}))).properties

    assert properties.title == "2022年春节期间各级工会送温暖统计表"
    assert properties.subject == "填报单位（盖章）：鄂城区总工会"
    assert properties.keywords == "表样 songwennuan 版次 2022.1"


def test_the_greatest_figures_come_back_exactly(form: Form, worst: dict[str, int]):
    sheet = opened(report(form, worst), results=True)

    read = {code: stored(column(sheet, code), item.unit) for code, item in form.by_code.items()}

    assert read == with_totals(form, worst)


@settings(max_examples=40)
@given(st.data())
def test_every_figure_comes_back_exactly(form: Form, data: st.DataObject):
    figures = {
        item.code: data.draw(st.none() | st.integers(0, item.unit.greatest)) for item in form.leaves
    }

    sheet = opened(report(form, figures), results=True)

    read = {code: stored(column(sheet, code), item.unit) for code, item in form.by_code.items()}
    assert read == with_totals(form, figures)


@given(st.integers(0, 10**15 - 1))
def test_money_survives_the_file_boundary_up_to_the_fifteen_digits_of_excel(fen: int):
    unit = Unit("万元", Kind.MONEY, 6)

    # What the file holds is the number printed with 16 significant digits.
    assert stored(float(f"{number(fen, unit):.16G}"), unit) == fen


@pytest.mark.parametrize("text", LIKE_FORMULAS)
def test_text_that_looks_like_a_formula_stays_text(document: dict[str, Any], text: str):
    items = [{**item, "label": text} for item in document["items"] if item["code"] in "GHI"]
    form = parse_form({**document, "title": text, "items": items, "checks": [], "footer": [text]})
    content = report(form, {}, mark=text, footnotes=(text,))

    cells = [cell for row in opened(content).iter_rows() for cell in row if cell.value]

    assert {cell.data_type for cell in cells} == {"s"}
    assert sum(cell.value.startswith(text) for cell in cells) == 3 + 4
    assert "<f>" not in part(content, "xl/worksheets/sheet1.xml")
    assert "hyperlink" not in part(content, "xl/worksheets/sheet1.xml")


def test_hostile_names_of_organisations_stay_text(form: Form):
    sheet = consolidated_sheet(form, [Contribution("a", "=HYPERLINK(1)", {})], **HEAD)

    heading = opened(report_workbook(form, sheet)).cell(5, 6)

    assert (heading.value, heading.data_type) == ("=HYPERLINK(1)", "s")


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\t", "\r", "\x1f", "\x7f", "\ud800", "\uffff"])
def test_signs_that_a_file_cannot_hold_become_spaces(form: Form, sign: str):
    content = report(form, {}, organisation=f"鄂城{sign}区", footnotes=(f"注{sign}一",))

    texts = [cell.value for row in opened(content).iter_rows() for cell in row if cell.value]

    assert "填报单位（盖章）：鄂城 区" in texts
    assert texts[-1] == "注 一"


@settings(max_examples=40)
@given(note=st.text(min_size=1).filter(lambda text: "_x" not in text))
def test_any_note_comes_back_as_it_was_written(form: Form, note: str):
    content = report(form, {}, footnotes=("注：" + note,))

    sheet = opened(content)

    assert sheet.cell(sheet.max_row, 1).value == plain_text("注：" + note)


def test_a_text_longer_than_a_cell_is_cut_and_not_lost(form: Form):
    content = report(form, {}, footnotes=("注" * 40_000,))

    sheet = opened(content)

    assert sheet.cell(sheet.max_row, 1).value == "注" * 32_767
    assert sheet.row_dimensions[sheet.max_row].height <= 409


def test_a_consolidation_has_a_column_for_everyone_in_the_given_order(form: Form):
    sheet = opened(consolidation(form))

    assert [cell.value for cell in sheet[5]][4:] == [
        "合计",
        "市总本级",
        "鄂城区总工会",
        "鄂城某企业工会\n（仅供核对）",
        "葛店开发区总工会\n（未报）",
        "临空经济区总工会",
    ]


def test_its_total_sums_the_columns_that_count_and_no_others(form: Form):
    content = consolidation(form)

    formulas, results = opened(content), opened(content, results=True)

    at = place(formulas, "E1")
    assert column(formulas, "E1") == f'=IF(COUNT(F{at}:G{at},J{at})=0,"",SUM(F{at}:G{at},J{at}))'
    assert column(results, "E1") == 13
    assert [column(results, "E", at) for at in range(5, 11)] == [18, 1, 15, 100, None, 2]
    assert column(results, "A1") == 0.3


def test_sums_of_each_organisation_are_live_too(form: Form):
    sheet = opened(consolidation(form))

    at = place(sheet, "E")
    assert column(sheet, "E", 7) == (
        f'=IF(COUNT(G{at + 1}:G{at + 5})=0,"",SUM(G{at + 1}:G{at + 5}))'
    )


def test_its_total_keeps_a_zero_apart_from_a_blank(form: Form):
    sheet = opened(consolidation(form), results=True)

    assert column(sheet, "B") == 0
    assert column(sheet, "G") is None


def test_its_foot_names_who_is_in_and_who_is_missing(form: Form):
    sheet = opened(consolidation(form))

    notes = [sheet.cell(row, 1).value for row in range(sheet.max_row - 2, sheet.max_row + 1)]

    assert notes == [
        "汇总单位 3 家：市总本级、鄂城区总工会、临空经济区总工会。",
        "未含 1 家：葛店开发区总工会（未报）。",
        "仅供核对，不计入汇总：鄂城某企业工会。",
    ]


def test_a_consolidation_of_nobody_has_a_blank_total(form: Form):
    missing = Contribution("gedian", "葛店开发区总工会", {}, Part.MISSING)

    content = report_workbook(form, consolidated_sheet(form, [missing], **HEAD))

    assert column(opened(content), "E1") is None


def test_a_consolidation_can_be_saved_as_the_form_with_its_total(form: Form):
    both = [Contribution("a", "甲", {"E1": 1}), Contribution("b", "乙", {"E1": 2})]
    totals = {row.item.code: row.figures[0] for row in consolidated_sheet(form, both, **HEAD).rows}

    content = report_workbook(form, with_figures(report_sheet(form, {}, **HEAD), totals))

    assert column(opened(content), "E1") == 3
    assert column(opened(content, results=True), "E") == 3


def test_the_total_of_a_hundred_organisations_comes_back_exactly(form: Form, worst: dict[str, int]):
    everyone = [Contribution(str(n), f"第{n}工会", worst) for n in range(100)]

    content = report_workbook(form, consolidated_sheet(form, everyone, **HEAD))

    sheet = opened(content, results=True)
    read = {code: stored(column(sheet, code), item.unit) for code, item in form.by_code.items()}
    assert read == {code: 100 * figure for code, figure in with_totals(form, worst).items()}
