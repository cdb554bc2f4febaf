"""The table that screen, paper, workbook and consolidation share."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import portal
from portal.domain.form.form import Form, parse_form
from portal.domain.form.formulas import with_totals
from portal.domain.paper.sheet import (
    TOTAL,
    Contribution,
    Part,
    Row,
    Sheet,
    consolidated_sheet,
    formula_on_paper,
    inclusion_footnotes,
    report_sheet,
    with_figures,
)

EDITION = Path(portal.__file__).parent / "editions" / "songwennuan-2022.1.json"
FORM = parse_form(json.loads(EDITION.read_text(encoding="utf-8")))
LEAF_CODES = [item.code for item in FORM.leaves]
HEAD = {"organisation": "鄂城区总工会", "period": "2022年春节", "as_of": "2022年1月26日"}

leaf_figures = st.fixed_dictionaries(
    {code: st.none() | st.integers(0, 10**13) for code in LEAF_CODES}
)


def report(form: Form = FORM, **figures: int | None) -> Sheet:
    return report_sheet(form, figures, **HEAD)


def row(sheet: Sheet, code: str) -> Row:
    return next(row for row in sheet.rows if row.item.code == code)


def test_the_head_says_whose_form_it_is_and_of_when():
    sheet = report_sheet(FORM, {}, **HEAD, mark="送审稿·未上报", footnotes=("注：测试。",))

    assert sheet.title == "2022年春节期间各级工会送温暖统计表"
    assert sheet.annex == "附件"
    assert sheet.unit_name_line == "填报单位（盖章）：鄂城区总工会"
    assert sheet.unit_line == "单位：家、人次、万元"
    assert sheet.period_line == "统计时段：2022年春节"
    assert sheet.as_of_line == "数据截至：2022年1月26日"
    assert sheet.mark == "送审稿·未上报"
    assert sheet.signatures == FORM.signatures
    assert sheet.footnotes == (*FORM.paper_notes, "注：测试。")


def test_each_item_has_its_row_in_the_order_of_the_paper():
    sheet = report()

    assert [row.item for row in sheet.rows] == list(FORM.items)
    assert [column.title for column in sheet.columns] == ["数量"]


def test_the_two_items_of_a_pair_share_one_label():
    sheet = report()

    assert (row(sheet, "C9").label_rows, row(sheet, "D9").label_rows) == (2, 0)
    assert row(sheet, "C9").measure == "慰问对象（人次）"
    assert row(sheet, "D9").measure == "发放款物（万元）"
    assert row(sheet, "C9").label == row(sheet, "D9").label


def test_an_item_without_a_partner_shows_its_unit():
    sheet = report()

    assert row(sheet, "I").label_rows == 1
    assert row(sheet, "I").measure == "（万元）"


def test_groups_keep_pairs_together_and_lose_no_row():
    sheet = report()

    groups = [[row.item.code for row in group] for group in sheet.groups]

    assert ["C9", "D9"] in groups
    assert ["J3", "J4"] in groups
    assert ["E1"] in groups
    assert [code for group in groups for code in group] == [item.code for item in FORM.items]


def test_the_first_part_of_each_whole_says_of_which():
    sheet = report()

    marked = [row.item.code for row in sheet.rows if row.label.startswith("其中：")]

    assert marked == ["A1", "B1", "C1", "D1", "E1", "F1"]


def test_sum_of_other_sections_marks_no_part():
    document = json.loads(EDITION.read_text(encoding="utf-8"))
    document["items"].append(
        {"code": "K", "label": "帮扶和服务合计", "unit": "人次", "section": 7}
        | {"formula": ["E1", "F", "G"]}
    )

    sheet = report(parse_form(document))

    marked = [row.item.code for row in sheet.rows if row.label.startswith("其中：")]
    assert marked == ["A1", "B1", "C1", "D1", "E1", "F1"]


def test_the_section_number_stands_on_its_first_row_only():
    sheet = report()

    numbered = {row.item.code: row.section_rows for row in sheet.rows if row.section_number}

    assert numbered == {"A": 7, "B": 3, "C": 24, "E": 6, "F": 4, "G": 3, "J1": 4}
    assert [row.section_number for row in sheet.rows if row.section_rows] == list("1234567")
    assert sum(row.section_rows for row in sheet.rows) == len(sheet.rows)


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((), ""),
        (("E1", "E2", "E3", "E4", "E5"), "T=E1+E2+E3+E4+E5"),
        (("A1", "A2", "A3", "A4", "A5", "A6"), "T=A1+A2+A3+A4+A5+A6"),
        (tuple(f"C{n}" for n in range(1, 12)), "T=C1+C2+…+C11"),
        (("E", *(f"C{n}" for n in range(1, 8)), "G"), "T=E+C1+C2+…+C7+G"),
        (("C1", "C2", "C3", "C4", "C6", "C7", "C8"), "T=C1+C2+C3+C4+C6+C7+C8"),
    ],
)
def test_only_a_long_unbroken_run_of_parts_is_cut_short(parts: tuple[str, ...], text: str):
    item = replace(FORM.by_code["E"], code="T", formula=parts)

    assert formula_on_paper(item) == text


def test_formulas_stand_at_sums_only():
    sheet = report()

    assert {row.item.code: row.formula for row in sheet.rows if row.formula} == {
        "A": "A=A1+A2+A3+A4+A5+A6",
        "C": "C=C1+C2+…+C11",
        "D": "D=D1+D2+…+D11",
        "E": "E=E1+E2+E3+E4+E5",
        "F": "F=F1+F2+F3",
    }
    assert all(row.calculated == bool(row.formula) for row in sheet.rows)


def test_sums_are_made_from_the_leaves_and_a_sum_over_blanks_is_blank():
    sheet = report(E1=3, E2=4, E=999)

    assert row(sheet, "E").figures == (7,)
    assert row(sheet, "F").figures == (None,)


def test_added_item_needs_no_code_changes():
    document = json.loads(EDITION.read_text(encoding="utf-8"))
    document["items"].append(
        {"code": "K", "label": "走访慰问户数", "unit": "家", "section": 7},
    )
    form = parse_form(document)

    printed = report(form, K=12)
    consolidated = consolidated_sheet(
        form, [Contribution("a", "甲", {"K": 5}), Contribution("b", "乙", {"K": 7})], **HEAD
    )

    assert row(printed, "K").figures == (12,)
    assert row(consolidated, "K").figures == (12, 5, 7)


def consolidated() -> Sheet:
    return consolidated_sheet(
        FORM,
        [
            Contribution("shizong", "市总本级", {"E1": 1, "B": 0}),
            Contribution("echeng", "鄂城区总工会", {"E1": 10, "E2": 5}),
            Contribution("jiceng", "鄂城某企业工会", {"E1": 100}, Part.FOR_CHECKING),
            Contribution("gedian", "葛店开发区总工会", {}, Part.MISSING),
            Contribution("linkong", "临空经济区总工会", {}, Part.MISSING, "退回中"),
        ],
        **HEAD,
    )


def test_a_consolidation_adds_only_what_counts():
    sheet = consolidated()

    assert row(sheet, "E1").figures == (11, 1, 10, 100, None, None)
    assert row(sheet, "E").figures == (16, 1, 15, 100, None, None)


def test_a_consolidated_zero_is_not_a_blank():
    sheet = consolidated()

    assert row(sheet, "B").figures[0] == 0
    assert row(sheet, "G").figures[0] is None


def test_the_headings_say_which_columns_do_not_count():
    sheet = consolidated()

    assert sheet.columns[0].key == TOTAL
    assert [column.remark for column in sheet.columns] == ["", "", "", "仅供核对", "未报", "退回中"]


def test_the_footnotes_name_who_is_in_and_who_is_missing():
    sheet = consolidated()

    assert sheet.footnotes == (
        *FORM.paper_notes,
        "汇总单位 2 家：市总本级、鄂城区总工会。",
        "未含 2 家：葛店开发区总工会（未报）、临空经济区总工会（退回中）。",
        "仅供核对，不计入汇总：鄂城某企业工会。",
    )


def test_given_footnotes_replace_the_default_ones():
    sheet = consolidated_sheet(FORM, [], **HEAD, footnotes=("汇总单位 12 家。",))

    assert sheet.footnotes == (*FORM.paper_notes, "汇总单位 12 家。")


def test_a_consolidation_of_nobody_says_so():
    assert inclusion_footnotes([]) == ("汇总单位 0 家。",)
    assert row(consolidated_sheet(FORM, [], **HEAD), "A").figures == (None,)


def test_a_consolidation_prints_as_the_form_with_its_total():
    sheet = consolidated()
    totals = {each.item.code: each.figures[0] for each in sheet.rows}
    notes = sheet.footnotes[len(FORM.paper_notes) :]

    printed = with_figures(report_sheet(FORM, {}, **HEAD, footnotes=notes), totals)

    assert [column.title for column in printed.columns] == ["数量"]
    assert row(printed, "E").figures == (16,)
    assert printed.footnotes == sheet.footnotes


@given(st.lists(leaf_figures, max_size=4))
def test_the_total_of_the_sums_is_the_sum_of_the_totals(reports: list[dict[str, int | None]]):
    contributions = [Contribution(str(n), str(n), each) for n, each in enumerate(reports)]

    sheet = consolidated_sheet(FORM, contributions, **HEAD)

    leaves = {code: row(sheet, code).figures[0] for code in LEAF_CODES}
    assert {r.item.code: r.figures[0] for r in sheet.rows} == with_totals(FORM, leaves)
