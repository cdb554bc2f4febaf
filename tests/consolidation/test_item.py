"""A sum taken apart: every organisation in it, and the ones that are not."""

import pytest

from portal.consolidation.item import share
from tests.consolidation.conftest import NEXT, consolidation, words


@pytest.fixture
def desk(city):
    """The city's reviewer, with reports to look at."""
    city.report("shizong", "accepted", C1=1, C2=2)
    city.report("echeng", "submitted", C1=2, C2=0)
    city.report("echeng-jiceng1", "submitted", C1=2)
    city.report("huarong", "accepted", C4=7)
    city.report("gedian", "returned", C1=100)
    city.report("linkong", "accepted", C1=0)
    return city.sign_in("shizong", "reviewer")


def drill(desk, item, query=""):
    return desk.page(f"{consolidation('shizong')}/items/{item}{query}")


def values(page):
    rows = page.all("tr", organisation=None)
    return {row.get("data-organisation"): row.get("data-value") for row in rows}


def foot(page):
    (cell,) = page.all("td", total=None)
    return cell.get("data-total")


@pytest.mark.parametrize("scope", ["accepted", "submitted", "drafts"])
def test_the_drill_downs_sum_equals_the_tables_cell(desk, scope):
    table = desk.table("shizong", f"?scope={scope}")

    for item in ("C", "C1", "C2", "C3", "C4", "D1"):
        assert foot(drill(desk, item, f"?scope={scope}")) == table.total(item)


def test_every_organisation_in_the_sum_is_listed_in_the_fixed_order(desk):
    page = drill(desk, "C1")

    assert list(values(page).items()) == [
        ("shizong", "1"),
        ("echeng", "2"),
        ("huarong", ""),
        ("linkong", "0"),
    ]


def test_a_blank_differs_from_a_zero_and_has_no_share(desk):
    page = drill(desk, "C1")

    rows = {row.get("data-organisation"): words(row) for row in page.all("tr", organisation=None)}
    assert rows["huarong"].endswith("已审核 空白")
    assert rows["linkong"].endswith("已审核 0 0.0% 3")
    assert rows["echeng"].endswith("已上报 2 66.7% 1")


def test_a_calculated_item_is_calculated_for_each_organisation(desk):
    page = drill(desk, "C")

    assert values(page) == {"shizong": "3", "echeng": "2", "huarong": "7", "linkong": "0"}


def test_missing_units_and_units_for_checking_are_listed_apart(desk):
    page = drill(desk, "C1")

    lines = [words(line) for line in page.root.iter("li")]
    assert "葛店开发区总工会：退回中" in lines
    assert "鄂城基层一：已上报，2 人次" in lines
    assert "鄂城基层二：未填报" in lines


def test_the_sum_of_one_kind_is_taken_apart_by_itself(desk):
    table = desk.table("shizong")

    page = drill(desk, "C", "?kind=区总")

    assert values(page) == {"echeng": "2", "huarong": "7"}
    assert foot(page) == table.kinds("C")["区总"]


def test_the_names_lead_to_the_reports(desk):
    page = drill(desk, "C1")

    assert "/o/echeng/campaigns/2022-spring/report" in page.links()


def test_an_unknown_item_or_kind_is_not_found(desk):
    addresses = ("Z9", "c1", "C1?kind=工厂", "C1?kind=", "C1?scope=everything", "%20")

    statuses = {desk.status(f"{consolidation('shizong')}/items/{each}") for each in addresses}

    assert statuses == {404}


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (1, 2000, "0.1%"),
        (1, 2001, "0.0%"),
        (5, 5, "100.0%"),
        (0, 5, "0.0%"),
        (None, 5, ""),
        (0, 0, ""),
        (None, None, ""),
    ],
)
def test_a_share_is_rounded_half_up(part, whole, text):
    assert share(part, whole) == text


def test_zeros_and_blanks_are_counted_below_the_list(desk):
    page = drill(desk, "C1")

    assert "填“0” 1 家，空白 1 家。" in page.text


def test_equal_figures_share_a_rank(city):
    for code in ("shizong", "huarong", "gedian"):
        city.report(code, "accepted", C1=5)
    city.report("linkong", "accepted", C1=4)
    page = drill(city.sign_in("shizong", "viewer"), "C1")

    places = [words(row).split()[-1] for row in page.all("tr", organisation=None)]
    assert places == ["1", "1", "1", "4"]


def test_each_unit_has_last_years_figure(years):
    years.report("echeng", "accepted", C1=4)
    years.report("gedian", "accepted", C1=8)
    years.report("echeng", "accepted", campaign=NEXT, C1=5)
    years.report("gedian", "submitted", campaign=NEXT, C1=8)
    desk = years.sign_in("shizong", "reviewer")
    page = desk.page(f"{consolidation('shizong', NEXT)}/items/C1")

    ends = [
        [words(cell) for cell in row.findall("td")][-2:]
        for row in page.all("tr", organisation=None)
    ]
    assert ends == [["4", "+25.0%"], ["8", "0.0%"]]
