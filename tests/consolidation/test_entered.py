"""Year on year by an old workbook: in the first year, and for units that had no report then."""

import pytest
from sqlalchemy import insert

from portal.access import tenancy
from portal.models import Campaign, LastYearFigure
from portal.storage.db import writing
from tests.consolidation.conftest import CAMPAIGN, NEXT, NOW, consolidation
from tests.consolidation.test_past import cells, line, paragraph

WAN = 1_000_000


def enter(years, code, campaign=CAMPAIGN, **figures):
    """Give a unit last year's figures as an old workbook brings them."""
    organisation = years.organisations[code]
    tenancy.enter(organisation)
    with writing() as session:
        found = session.query(Campaign).filter_by(code=campaign).one()
        row = {
            "campaign_id": found.id,
            "organisation_id": organisation.id,
            "version": 1,
            "source": "旧表.xlsx",
            "saved_at": NOW,
            "saved_by": "张慧",
        }
        rows = [row | {"item": item, "value": value} for item, value in figures.items()]
        session.execute(insert(LastYearFigure), rows)
        session.commit()


@pytest.fixture
def first_year(city):
    """A campaign with none before it: 鄂城 and 葛店 by an old workbook, 华容 by nothing."""
    city.report("echeng", "accepted", B=120, C1=60, A3=30 * WAN)
    city.report("gedian", "submitted", B=80, C1=40, A3=10 * WAN)
    city.report("huarong", "submitted", B=10, C1=5, A3=1 * WAN)
    enter(city, "echeng", B=60, C1=60)
    enter(city, "gedian", B=40, C1=None)
    return city.sign_in("shizong", "reviewer")


def test_the_table_compares_units_with_figures_from_an_old_workbook(first_year):
    page = first_year.table("shizong", "?show=year")

    assert cells(page, "B")[:4] == ["200", "100", "100", "+100.0%"]
    assert "按两年均已报送的 2 家比较（其中 2 家的上年数录入自旧表" in page.text
    assert "未剔除市内下拨），另有 1 家上年无数" in page.text


def test_items_missing_in_the_workbook_have_no_comparison(first_year):
    page = first_year.table("shizong", "?show=year")

    assert cells(page, "A")[1:2] == [""]
    assert "上年无可比项" in cells(page, "A")[-1]


def test_paper_overview_charts_and_drill_down_carry_the_mark(first_year):
    for below in ("/overview", "/charts", "/items/B"):
        assert "录入自旧表" in first_year.page(f"{consolidation('shizong')}{below}").text, below
    assert "录入自旧表" in paragraph(first_year.page(f"{consolidation('shizong')}/overview"))


def test_the_drill_down_has_each_units_figure(first_year):
    page = first_year.page(f"{consolidation('shizong')}/items/B")

    assert "+100.0%" in page.text
    assert "上年无数" in page.text


def test_a_district_sees_old_figures_of_its_own_subtree_only(city, first_year):
    page = city.sign_in("gedian", "viewer").table("gedian", "?show=year")

    assert cells(page, "B")[:2] == ["40", "40"]
    assert "60" not in cells(page, "B")


@pytest.fixture
def union(years):
    """葛店 reported in both years; 鄂城 this year, and by an old workbook the year before."""
    years.report("gedian", "accepted", B=40, C1=10)
    years.report("gedian", "accepted", campaign=NEXT, B=60, C1=10)
    years.report("echeng", "submitted", campaign=NEXT, B=100, C1=30)
    return years


def test_reports_and_the_old_workbook_are_added_where_both_have_the_item(union):
    enter(union, "echeng", NEXT, B=60)
    page = union.sign_in("shizong", "reviewer").page(consolidation("shizong", NEXT))

    assert cells(page, "B") == ["100", "60", "+60.0%"]
    assert "其中 1 家的上年数录入自旧表" in page.text
    assert "上年无可比项" in cells(page, "C1")[-1]


def test_last_years_report_counts_before_the_workbook(union):
    enter(union, "gedian", NEXT, B=1)
    page = union.sign_in("shizong", "reviewer").page(consolidation("shizong", NEXT))

    assert "40" in cells(page, "B")
    assert "录入自旧表" not in page.text


def test_reported_totals_with_a_deduction_are_not_compared_with_old_workbooks(city):
    city.report("shizong", "accepted", A3=50 * WAN)
    city.report("echeng", "accepted", A2=20 * WAN, A3=30 * WAN, B=10)
    city.pass_down(echeng=20 * WAN)
    enter(city, "echeng", A=40 * WAN, B=10)
    enter(city, "shizong", A=50 * WAN, B=0)
    desk = city.sign_in("shizong", "reviewer")

    overview = desk.page(f"{consolidation('shizong')}/overview")

    assert line(overview, "last")[0] == ""
    assert cells(desk.table("shizong", "?show=year"), "A")[0] == "90.00"
