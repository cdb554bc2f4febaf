"""Node check: every 全口径 unit with reports below it, and the total against its columns."""

import pytest

from tests.consolidation.conftest import consolidation, words


@pytest.fixture
def city(city):
    """鄂城 has reported more C1 and fewer B than its grass-roots unions together."""
    city.report("shizong", "accepted", C1=1)
    city.report("echeng", "submitted", C1=10, B=2)
    city.report("echeng-jiceng1", "accepted", C1=4, B=2)
    city.report("echeng-jiceng2", "submitted", C1=3, B=1)
    return city


def checks(person, code="shizong", query=""):
    return person.page(f"{consolidation(code)}/checks{query}")


def lines(page, code):
    (section,) = page.all("section", organisation=code)
    rows = [row for row in section.iter("tr") if row.get("data-code")]
    return {row.get("data-code"): [words(c) for c in row.findall("td")][1:] for row in rows}


def test_the_city_compares_every_district_with_the_reports_below_it(city):
    page = checks(city.sign_in("shizong", "reviewer"))

    assert lines(page, "echeng")["C1"] == ["10", "7", "未单列", "3"]
    assert lines(page, "echeng")["B"] == ["2", "3", "未单列", "-1 少于所属"]
    assert "有 1 项少于所属之和，请核实：B 走访企业。" in page.text
    assert "C2" not in lines(page, "echeng")


def test_a_unit_with_nothing_below_it_is_not_checked(city):
    page = checks(city.sign_in("shizong", "reviewer"))

    assert [s.get("data-organisation") for s in page.all("section", organisation=None)] == [
        "echeng"
    ]


def test_the_node_check_writes_nothing(city):
    desk = city.sign_in("shizong", "reviewer")
    before = desk.table("shizong").cells("B")
    checks(desk)

    assert desk.table("shizong").cells("B") == before
    assert before["echeng"] == "2"


def test_the_total_is_compared_with_its_columns(city):
    page = checks(city.sign_in("shizong", "viewer"))

    assert page.all("p", equal=None) != []
    assert "51 项全部相符" in page.text


def test_a_total_unequal_to_its_columns_is_shown(city, monkeypatch):
    monkeypatch.setattr("portal.consolidation.checks.sums_by_column", lambda *_: {})
    page = checks(city.sign_in("shizong", "viewer"))

    assert page.all("p", equal=None) == []
    assert "合计与各单位之和不符的项目：B、C、C1。" in page.text


def test_units_outside_the_scope_are_not_checked(city):
    page = checks(city.sign_in("shizong", "viewer"), query="?scope=accepted")

    assert "鄂城区总工会的报表不在“已审核”的范围内，还不能核对。" in page.text
    assert lines(page, "echeng") == {}


def test_a_district_checks_itself(city):
    page = checks(city.sign_in("echeng", "reviewer"), "echeng")

    assert lines(page, "echeng")["C1"] == ["10", "7", "未单列", "3"]


def test_a_page_after_the_last_is_not_found(city):
    assert city.sign_in("shizong", "viewer").status(
        f"{consolidation('shizong')}/checks?page=2"
    ) == (404)
