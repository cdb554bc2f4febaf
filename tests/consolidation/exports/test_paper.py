"""The consolidation on paper and as a workbook: the same sums, never without who is in them."""

from io import BytesIO
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook

from tests.consolidation.conftest import consolidation

FIRST_FIGURE = 4


@pytest.fixture
def desk(city):
    """The city's reviewer, with two units reported and one sent back."""
    city.report("shizong", "accepted", C1=1, D1=1_000_000)
    city.report("echeng", "submitted", C1=2, D1=50_000)
    city.report("echeng-jiceng1", "submitted", C1=2)
    city.report("gedian", "returned", C1=100)
    return city.sign_in("shizong", "reviewer")


def test_the_paper_is_the_form_with_the_sums(desk, city):
    page = desk.page(f"{consolidation('shizong')}/print")

    assert page.row("C1").text_of_last_cell() == "3"
    assert page.row("D").text_of_last_cell() == "1.05"
    assert page.row("C2").text_of_last_cell() == ""
    assert len(page.all("tr", code=None)) == len(city.form.items)


def test_the_paper_says_whose_sum_it_is_and_who_is_missing(desk):
    page = desk.page(f"{consolidation('shizong')}/print")

    for line in (
        "填报单位（盖章）：鄂州市总工会",
        "汇总·已上报",
        "统计时段：2022年1月1日至2022年2月15日",
        "数据截至：2022年1月20日（星期四）09:00",
        "汇总单位 2 家；未含：华容区总工会、葛店开发区总工会（退回中）、临空经济区总工会等 3 家。",
        "仅供核对，不计入汇总：鄂城基层一、鄂城基层二。",
    ):
        assert line in page.text


def test_the_paper_keeps_the_scope(desk):
    page = desk.page(f"{consolidation('shizong')}/print?scope=drafts")

    assert page.row("C1").text_of_last_cell() == "103"
    assert "汇总·含填报中" in page.text


def workbook(desk, query=""):
    answer = desk.client.get(f"{consolidation('shizong')}/workbook{query}")
    assert answer.status_code == 200
    return answer


def sheets(answer):
    """The sheet with its computed values, and with its formulas."""
    return [load_workbook(BytesIO(answer.data), data_only=only).active for only in (True, False)]


def row(sheet, code):
    return next(r for r in sheet.iter_rows() if r[1].value == code)[FIRST_FIGURE:]


def test_the_workbook_sums_the_units_by_formula(desk):
    values, formulas = sheets(workbook(desk))

    assert [cell.value for cell in row(values, "C1")] == [3, 1, 2, None, None, None, None]
    assert row(formulas, "C1")[0].value.startswith("=IF(COUNT(")
    assert row(values, "D")[0].value == pytest.approx(1.05)


def test_the_workbook_names_its_columns_and_their_part(desk):
    values, _ = sheets(workbook(desk))

    heading = next(r for r in values.iter_rows() if r[1].value == "代码")[FIRST_FIGURE:]
    assert [cell.value for cell in heading] == [
        "合计",
        "鄂州市总工会本级\n（已审核）",
        "鄂城区总工会\n（已上报）",
        "华容区总工会\n（未含：未填报）",
        "葛店开发区总工会\n（未含：退回中）",
        "临空经济区总工会\n（未含：未填报）",
        "市直企业工会\n（免报）",
    ]


def test_the_workbook_says_who_is_missing(desk):
    values, _ = sheets(workbook(desk))

    text = {cell.value for line in values.iter_rows() for cell in line}
    assert any(str(one).startswith("汇总单位 2 家；未含：华容区总工会") for one in text)


def test_the_file_is_named_after_campaign_unit_and_scope(desk):
    answer = workbook(desk, "?scope=drafts")

    name = unquote(answer.headers["Content-Disposition"])
    assert "2022年春节送温暖_鄂州市总工会_汇总表（含填报中）.xlsx" in name
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize("part", ["print", "workbook"])
def test_an_unknown_scope_is_not_found(desk, part):
    status = desk.status(f"{consolidation('shizong')}/{part}?scope=all")

    assert status == 404


@pytest.fixture
def giving(city):
    """A sum in which the city passed money down to one of two districts."""
    city.report("shizong", "accepted", A3=50_000_000)
    city.report("echeng", "submitted", A2=12_000_000, A3=1_000_000)
    city.report("gedian", "submitted", A2=1_000_000)
    city.pass_down(echeng=12_000_000)
    return city.sign_in("shizong", "reviewer")


def test_the_paper_deducts_what_was_passed_down(giving):
    page = giving.page(f"{consolidation('shizong')}/print")

    assert page.row("A").text_of_last_cell() == "52.00"
    assert page.row("A2").text_of_last_cell() == "1.00"
    assert "简单合计 64.00 万元，减：市内下拨 12.00 万元，剔重后合计 52.00 万元。" in page.text


def test_the_workbook_deducts_what_was_passed_down_by_formula(giving):
    values, formulas = sheets(workbook(giving))
    name = "A 各级工会共筹集送温暖款物　{}（万元）"
    found = [
        {r[0].value: r[FIRST_FIGURE].value for r in sheet.iter_rows()}
        for sheet in (values, formulas)
    ]

    amounts = [found[0][name.format(n)] for n in ("简单合计", "减：市内下拨", "剔重后合计")]
    assert amounts == pytest.approx([64, 12, 52])
    assert found[1][name.format("剔重后合计")].startswith("=IF(E")


def test_a_districts_paper_has_no_deduction(giving, city):
    page = city.sign_in("echeng", "viewer").page(f"{consolidation('echeng')}/print")

    assert page.row("A").text_of_last_cell() == "13.00"
    assert "剔重" not in page.text
