"""The table of a consolidation: what the city and a district see, and what they never add."""

import pytest

from tests.consolidation.conftest import City, Page, consolidation, words

WAN = 1_000_000


@pytest.fixture
def reported(city: City) -> City:
    """Reports in every state; 临空 has begun nothing, 企业 is exempt and reported all the same."""
    city.report("shizong", "accepted", C1=1, D1=WAN)
    city.report("echeng", "submitted", C1=10, D1=50_000, C2=0)
    city.report("echeng-jiceng1", "submitted", C1=4, D1=10_000)
    city.report("echeng-jiceng2", "accepted", C1=3)
    city.report("gedian", "returned", C1=100, D1=12_340_000)
    city.report("huarong", "draft", C1=1000)
    city.report("qiye", "accepted", C1=10_000)
    return city


@pytest.fixture
def desk(reported: City):
    """The city's reviewer."""
    return reported.sign_in("shizong", "reviewer")


def checks(page: Page) -> dict[str, list[str]]:
    """The node check by item: the own figure, the sum below, the difference."""
    (section,) = page.root.iterfind(".//section[@id='checks']")
    rows = [row for row in section.iter("tr") if row.find("td") is not None]
    return {words(row.find("th")): [words(cell) for cell in row.findall("td")][-3:] for row in rows}


def heading(page: Page, title: str) -> str:
    """The text of the column heading that begins with a title."""
    (found,) = [words(th) for th in page.root.iter("th") if words(th).startswith(title)]
    return found


def test_grass_roots_below_a_full_basis_district_are_not_added(desk):
    page = desk.table("shizong")

    assert page.total("C1") == "11"
    assert page.cells("C1") == {
        "shizong": "1",
        "echeng": "10",
        "huarong": "",
        "gedian": "",
        "linkong": "",
        "qiye": "",
    }
    assert "仅供核对，不计入汇总：鄂城基层一、鄂城基层二。" in page.text


def test_a_cached_sum_is_recomputed_once_a_report_changes(city, desk):
    assert desk.table("shizong").total("C1") == "11"

    city.resubmit("echeng", "2022-spring", C1=20)

    page = desk.table("shizong")
    assert (page.total("C1"), page.cells("C1")["echeng"]) == ("21", "20")


def test_sums_with_drafts_are_not_cached(city, desk):
    before = desk.table("shizong", "?scope=drafts").total("C1")
    city.save("huarong", C1=2000)

    assert (before, desk.table("shizong", "?scope=drafts").total("C1")) == ("1111", "2111")


def test_money_is_added_exactly_and_shown_in_wan(desk):
    page = desk.table("shizong")

    assert page.total("D1") == "1.05"
    assert page.cells("D1")["echeng"] == "0.05"


def test_the_default_scope_is_submitted(desk):
    page = desk.table("shizong")

    (current,) = [a for a in page.root.iter("a") if a.get("aria-current")]
    assert words(current) == "已上报"
    assert page.codes("included") == ["shizong", "echeng"]
    assert page.codes("missing") == ["huarong", "gedian", "linkong"]


def test_a_returned_report_leaves_the_sum_and_is_named(desk):
    page = desk.table("shizong")

    assert "gedian" in page.codes("missing")
    assert page.cells("C1")["gedian"] == ""
    assert (
        "汇总单位 2 家；未含：华容区总工会、葛店开发区总工会（退回中）、临空经济区总工会等 3 家。"
        in page.text
    )
    assert heading(page, "葛店开发区总工会") == "葛店开发区总工会 未含：退回中"


def test_the_accepted_scope_adds_accepted_reports_only(desk):
    page = desk.table("shizong", "?scope=accepted")

    assert page.total("C1") == "1"
    assert page.codes("included") == ["shizong"]
    assert "鄂城区总工会（待审核）" in page.text


def test_the_drafts_scope_adds_drafts_and_returned_reports(desk):
    page = desk.table("shizong", "?scope=drafts")

    assert page.total("C1") == "1111"
    assert page.codes("included") == ["shizong", "echeng", "huarong", "gedian"]
    assert page.codes("missing") == ["linkong"]
    assert "其中尚未上报 2 家" in page.text


def test_an_exempt_unit_is_shown_and_never_added(desk):
    page = desk.table("shizong", "?scope=drafts")

    assert "qiye" not in page.codes("included") + page.codes("missing")
    assert page.cells("C1")["qiye"] == ""
    assert heading(page, "市直企业工会") == "市直企业工会 免报"


def test_kinds_are_subtotals_of_the_total(desk):
    page = desk.table("shizong", "?scope=drafts")

    assert page.kinds("C1") == {"市总": "1", "区总": "1010", "开发区": "100"}


def test_a_blank_stays_blank_and_a_zero_is_a_zero(desk):
    page = desk.table("shizong")

    assert page.total("C2") == "0"
    assert page.total("C3") == ""


def test_calculated_items_are_sums_of_sums(desk, reported):
    page = desk.table("shizong", "?scope=drafts")

    assert page.total("C") == "1111"
    assert page.total("D") == "13.39"
    assert page.cells("D")["gedian"] == "12.34"
    assert [row.get("data-code") for row in page.root.iter("tr") if row.get("data-code")] == [
        item.code for item in reported.form.items
    ]


def test_the_citys_own_report_has_its_own_column(desk):
    page = desk.table("shizong")

    assert heading(page, "鄂州市总工会") == "鄂州市总工会本级 已审核"


def test_a_district_sees_its_own_report_and_below_it_what_is_for_checking(reported):
    page = reported.sign_in("echeng", "viewer").table("echeng")

    assert page.total("C1") == "10"
    assert page.cells("C1") == {"echeng": "10", "echeng-jiceng1": "4", "echeng-jiceng2": "3"}
    assert page.codes("included") == ["echeng"]
    assert page.codes("missing") == []
    assert heading(page, "鄂城基层一") == "鄂城基层一 仅供核对·已上报"


def test_a_district_sees_how_its_report_differs_from_those_below(reported):
    page = reported.sign_in("echeng", "viewer").table("echeng")

    assert checks(page)["C1"] == ["10", "7", "3"]
    assert checks(page)["D1"] == ["0.05", "0.01", "0.04"]
    assert checks(page)["C3"] == ["", "", ""]


def test_a_district_below_its_units_sum_is_marked(city):
    city.report("echeng", "submitted", C1=2)
    city.report("echeng-jiceng1", "submitted", C1=5)

    page = city.sign_in("echeng", "viewer").table("echeng")

    assert checks(page)["C1"] == ["2", "5", "-3少于所属之和，请核实"]


def test_without_reports_below_there_is_no_node_check(city):
    city.report("echeng", "submitted", C1=2)

    page = city.sign_in("echeng", "viewer").table("echeng")

    assert "与所属单位核对" not in page.text


def test_the_city_has_no_node_check_against_its_districts(desk):
    page = desk.table("shizong")

    assert "与所属单位核对" not in page.text


def test_a_unit_with_units_below_links_to_its_consolidation(desk):
    page = desk.table("shizong", "?scope=accepted")

    nodes = [link for link in page.links() if link.endswith("/consolidation?scope=accepted")]
    assert nodes.count("/o/echeng/campaigns/2022-spring/consolidation?scope=accepted") == 1
    assert not any(link.startswith("/o/gedian/") for link in nodes)


def test_the_citys_head_sees_the_sum_without_links_below(reported):
    page = reported.sign_in("shizong", "head").table("shizong")

    assert page.total("C1") == "11"
    assert not any("/o/echeng/" in link for link in page.links())


def test_every_sum_links_to_its_drill_down(desk):
    page = desk.table("shizong")

    base = "/o/shizong/campaigns/2022-spring/consolidation/items/C1"
    assert f"{base}?scope=submitted" in page.links()
    assert f"{base}?kind=%E5%8C%BA%E6%80%BB&scope=submitted" in page.links()


def test_print_and_workbook_keep_the_scope(desk):
    page = desk.table("shizong", "?scope=drafts")

    marked = {a.get("data-action"): a.get("href") for a in page.root.iter("a")}
    base = "/o/shizong/campaigns/2022-spring/consolidation"
    assert marked["print"] == f"{base}/print?scope=drafts"
    assert marked["export-xlsx"] == f"{base}/workbook?scope=drafts"


def test_an_empty_table_says_that_no_report_is_in(city):
    page = city.sign_in("shizong", "reviewer").table("shizong")

    assert page.total("C") == ""
    assert page.codes("included") == []
    assert page.codes("missing") == ["shizong", "echeng", "huarong", "gedian", "linkong"]
    assert "还没有可以汇总的报表" in page.text


def test_unknown_pages_and_scopes_are_not_found(desk):
    queries = ("scope=all", "scope=", "page=0", "page=2", "page=x", "page=-1", "page=²", "page=")

    statuses = {desk.status(f"{consolidation('shizong')}?{query}") for query in queries}

    assert statuses == {404}
