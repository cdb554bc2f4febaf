"""主要指标分单位一览表 and its paragraph: the leaders' page, its figures and its footnotes."""

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook

from portal.storage.db import db
from tests.consolidation.conftest import (
    CAMPAIGN,
    NEXT,
    City,
    add_campaign,
    add_organisations,
    consolidation,
    make_app,
    words,
)

WAN = 1_000_000


def overview(person, code="shizong", campaign=NEXT, query=""):
    return person.page(f"{consolidation(code, campaign)}/overview{query}")


def line(page, name):
    (row,) = page.all("tr", line=name)
    return [words(cell) for cell in row.findall("td")]


def paragraph(page):
    (text,) = page.all("textarea", paragraph=None)
    return text.text


@pytest.fixture
def desk(years):
    """The city's reviewer; this year 鄂城 and 市总 have reported, last year everybody had."""
    for code in ("shizong", "echeng", "huarong", "gedian", "linkong"):
        years.report(code, "accepted", A2=10 * WAN, A3=30 * WAN, C11=10, D11=WAN, J1=5)
    years.report("shizong", "submitted", campaign=NEXT, A3=50 * WAN, B=4, C11=9, J1=3)
    years.report("echeng", "accepted", campaign=NEXT, A2=12 * WAN, A3=30 * WAN, B=0, D11=2 * WAN)
    years.report("gedian", "returned", campaign=NEXT, A3=900 * WAN)
    years.pass_down(NEXT, echeng=12 * WAN, gedian=20 * WAN)
    return years.sign_in("shizong", "reviewer")


def test_every_unit_has_a_line_and_the_total_has_the_deduction(desk):
    page = overview(desk)

    assert [row.get("data-organisation") for row in page.all("tr", organisation=None)] == [
        "shizong",
        "echeng",
        "huarong",
        "gedian",
        "linkong",
    ]
    assert line(page, "simple")[:3] == ["92.00", "4", "9"]
    assert line(page, "passed-down")[:2] == ["12.00", ""]
    assert line(page, "net")[:4] == ["80.00", "4", "9", "2.00"]


def test_a_partial_sum_is_compared_with_the_same_units(desk):
    page = overview(desk)

    assert line(page, "last")[:4] == ["80.00", "", "20", "2.00"]
    assert line(page, "difference")[:4] == ["0.00", "", "-11", "0.00"]
    assert line(page, "percent")[:4] == ["0.0%", "上年无数", "上年不足 100 人次", "0.0%"]
    assert (
        "与2022年春节送温暖按两年均已报送的 2 家比较，上年有数的 3 家本次尚无可比的数。"
        in page.text
    )


def test_a_whole_sum_is_compared_with_the_whole_of_last_year(desk, years):
    for code in ("huarong", "linkong"):
        years.report(code, "submitted", campaign=NEXT, C11=1)
    years.resubmit("gedian", NEXT, A3=80 * WAN)
    page = overview(desk)

    assert line(page, "last")[:3] == ["200.00", "", "50"]
    assert "上年数为2022年春节送温暖的汇总数：汇总单位 5 家；全部应报单位已汇总。" in page.text


def test_last_years_total_has_last_years_deduction(desk, years):
    years.pass_down(CAMPAIGN, echeng=10 * WAN)

    assert line(overview(desk), "last")[0] == "70.00"


def test_a_new_submission_of_last_year_changes_the_comparison(desk, years):
    assert line(overview(desk), "last")[0] == "80.00"
    years.pass_down(CAMPAIGN, echeng=10 * WAN)

    assert line(overview(desk), "last")[0] == "70.00"
    years.report("echeng-jiceng1", "accepted", A3=WAN)
    years.resubmit("echeng", CAMPAIGN, A3=31 * WAN)
    assert line(overview(desk), "last")[0] == "71.00"


def test_missing_units_are_named_below_the_table_and_in_the_paragraph(desk):
    page = overview(desk)
    missing = "华容区总工会、葛店开发区总工会（退回中）、临空经济区总工会等 3 家"

    assert f"汇总单位 2 家；未含：{missing}。" in page.text
    assert f"未含：{missing}。" in paragraph(page)


def test_the_paragraph_uses_only_figures_of_the_table(desk):
    page = overview(desk)
    text = paragraph(page)
    cells = [words(cell) for table in page.root.iter("table") for cell in table.iter("td")]
    known = {cell.replace(",", "").strip("+-%") for cell in cells}

    assert text.startswith(
        "据统计，截至1月20日，鄂州市总工会及所属各级工会共筹集送温暖款物80.00万元"
    )
    body = text.partition("以上为")[0].replace("1月20日", "").replace("2022年", "")
    assert set(re.findall(r"[0-9.]+", body)) <= known


def test_nothing_is_deducted_while_the_citys_report_is_missing(years):
    years.report("echeng", "submitted", campaign=NEXT, A2=12 * WAN)
    years.pass_down(NEXT, echeng=12 * WAN)
    page = overview(years.sign_in("shizong", "viewer"))

    assert line(page, "net")[0] == "12.00"
    assert "市本级报表未在汇总中，暂不扣减" in page.text


def test_without_allocations_there_is_one_total(years):
    years.report("echeng", "submitted", campaign=NEXT, A2=12 * WAN)
    page = overview(years.sign_in("shizong", "viewer"))

    assert page.all("tr", line="net") == []
    assert line(page, "simple")[0] == "12.00"


def test_a_district_has_the_overview_of_its_own_subtree(desk, years):
    years.report("echeng-jiceng1", "submitted", campaign=NEXT, A3=WAN)
    page = overview(years.sign_in("echeng", "reviewer"), "echeng")

    rows = {row.get("data-organisation"): row for row in page.all("tr", organisation=None)}
    assert list(rows) == ["echeng", "echeng-jiceng1", "echeng-jiceng2"]
    assert rows["echeng-jiceng1"].get("data-part") == "for-checking"
    assert line(page, "simple")[0] == "42.00"
    assert "仅供核对，不计入汇总：鄂城基层一、鄂城基层二。" in page.text


def test_an_empty_overview_says_that_nothing_was_reported(years):
    page = overview(years.sign_in("shizong", "head"))

    assert paragraph(page) == "截至1月20日，鄂州市总工会及所属各级工会还没有可以汇总的数。"


def test_the_workbook_has_live_sums_and_names_missing_units(desk):
    answer = desk.client.get(f"{consolidation('shizong', NEXT)}/overview/workbook")
    values, formulas = (
        load_workbook(BytesIO(answer.data), data_only=only).active for only in (True, False)
    )
    rows = {row[0].value: row for row in values.iter_rows()}
    live = {row[0].value: row for row in formulas.iter_rows()}

    assert rows["简单合计"][1].value == pytest.approx(92)
    assert rows["剔重后合计"][1].value == pytest.approx(80)
    assert live["简单合计"][1].value == '=IF(COUNT(B5,B6)=0,"",SUM(B5,B6))'
    assert live["剔重后合计"][1].value == '=IF(B10="","",B10-B11)'
    assert any("未含：华容区总工会" in str(name) for name in rows)
    assert values.page_setup.orientation == "landscape"
    assert values.sheet_properties.pageSetUpPr.fitToPage


def test_a_form_with_other_codes_names_its_own_items(city, document):
    document = {**document, "indicators": {"visited": "B1"}}
    add_campaign(
        document, city.organisations, [("shizong", "市总", "市总", None, "own", True)], NEXT
    )
    city.report("shizong", "submitted", campaign=NEXT, B=9, B1=7)
    page = overview(city.sign_in("shizong", "viewer"))

    assert line(page, "simple")[1] == "7"


def test_very_many_units_are_grouped_by_kind(tmp_path, document):
    app = make_app(tmp_path)
    units = [("u0", "市总", "市总", None, "own", True)]
    units += [(f"u{n}", f"第{n}系统", "市直系统", "u0", "full", True) for n in range(1, 60)]
    with app.app_context():
        city = City(app, document, add_organisations(units))
        add_campaign(document, city.organisations, units)
        city.report("u7", "accepted", C1=1)
        page = overview(city.sign_in("u0", "viewer"), "u0", CAMPAIGN)
        db.engine.dispose()

    assert [words(row.find("th")) for row in page.all("tr", part=None)] == [
        "市总（1 家）",
        "市直系统（含 1 家，缺 58 家）",
    ]
    assert "等 59 家（只列前 40 家）" in page.text
