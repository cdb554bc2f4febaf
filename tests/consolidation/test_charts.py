"""The pictures of a consolidation, each with a table of the figures that it draws."""

import pytest

from tests.consolidation.conftest import NEXT, consolidation, words

SVG = "{http://www.w3.org/2000/svg}"
WAN = 1_000_000


@pytest.fixture
def desk(years):
    """The city's reviewer, with figures of two years."""
    years.report("echeng", "accepted", A3=2 * WAN, B=40)
    years.report("echeng", "submitted", campaign=NEXT, A3=3 * WAN, B=50)
    years.report("gedian", "submitted", campaign=NEXT, A3=6 * WAN, B=0)
    years.report("huarong", "draft", campaign=NEXT, A3=9 * WAN)
    return years.sign_in("shizong", "reviewer")


def charts(person, code="shizong", query=""):
    return person.page(f"{consolidation(code, NEXT)}/charts{query}")


def lengths(page, picture=0):
    svg = list(page.root.iter(f"{SVG}svg"))[picture]
    return [int(rect.get("width")) for rect in svg.iter(f"{SVG}rect")]


def test_every_unit_has_a_bar_in_the_fixed_order(desk):
    page = charts(desk)

    assert lengths(page) == [0, 210, 0, 420, 0, 0]
    rows = page.all("tr", organisation=None)
    assert [(row.get("data-organisation"), row.get("data-value")) for row in rows][:4] == [
        ("shizong", ""),
        ("echeng", "3.00"),
        ("huarong", ""),
        ("gedian", "6.00"),
    ]


def test_another_item_can_be_drawn(desk):
    assert lengths(charts(desk, query="?item=B&scope=drafts"))[1] == 420
    assert desk.status(f"{consolidation('shizong', NEXT)}/charts?item=Z9") == 404
    assert desk.status(f"{consolidation('shizong', NEXT)}/charts?page=2") == 404


def test_every_chart_has_a_name_and_a_table(desk):
    page = charts(desk)

    for svg in page.root.iter(f"{SVG}svg"):
        title, desc = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
        assert svg.get("role") == "img"
        assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
        assert title.text
        assert desc.text


def test_progress_counts_first_submissions_and_marks_the_due_time(desk, years):
    years.first_submitted("echeng", NEXT)
    page = charts(desk)

    assert "累计 1 家上报过，应汇总 5 家" in page.text
    assert "报送截止 1月26日" in page.text


def test_main_items_are_compared_with_last_year(desk):
    page = charts(desk)
    (row,) = page.all("tr", code="B")

    assert [words(cell) for cell in row] == ["B 走访企业（家）", "50", "40", "+25.0%"]
    assert "与2022年春节送温暖按两年均已报送的 1 家比较，另有 1 家上年无数。" in page.text


def test_a_district_sees_charts_of_its_own_subtree(desk, years):
    page = charts(years.sign_in("echeng", "reviewer"), "echeng")

    rows = [row.get("data-organisation") for row in page.all("tr", organisation=None)]
    assert rows == ["echeng", "echeng-jiceng1", "echeng-jiceng2"]


def test_missing_units_are_named_above_the_charts(desk):
    assert "未含：鄂州市总工会本级、华容区总工会、临空经济区总工会等 3 家。" in charts(desk).text
