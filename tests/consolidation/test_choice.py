"""What of a consolidation is looked at: columns, kinds, sections, and choices kept by name."""

import pytest

from portal.storage.db import db
from tests.consolidation.conftest import (
    NEXT,
    UNITS,
    Page,
    add_campaign,
    consolidation,
    words,
)

WAN = 1_000_000


@pytest.fixture
def reported(years):
    """Last year and this year, with a blank, a zero, and money that was passed down."""
    for code in ("shizong", "echeng", "gedian"):
        years.report(code, "accepted", A2=10 * WAN, C1=10, C4=100, D1=WAN)
    years.report("shizong", "submitted", campaign=NEXT, A3=50 * WAN, C1=8, C4=80, D1=WAN, B=0)
    years.report("echeng", "accepted", campaign=NEXT, A2=12 * WAN, C1=6, C4=70, D1=2 * WAN)
    years.report("gedian", "accepted", campaign=NEXT, C1=1, B=2)
    years.pass_down(NEXT, echeng=12 * WAN)
    return years


@pytest.fixture
def desk(reported):
    """The city's reviewer."""
    return reported.sign_in("shizong", "reviewer")


URL = consolidation("shizong", NEXT)


def cells(page: Page, item: str, of: str) -> list[str]:
    """The texts of the cells of an item in a group of columns."""
    return [words(td) for td in page.row(item).root.iter("td") if of in td.get("class", "")]


def deduction(page: Page, name: str) -> list[str]:
    (row,) = page.all("tr", deduction=name)
    return [words(td) for td in row.iter("td")]


def test_last_years_figures_are_shown_by_confirmed_counterparts(desk):
    page = desk.page(URL)

    assert cells(page, "C4", "sums__year") == ["300", "-150", "-50.0%"]
    assert cells(page, "C1", "sums__year") == ["30", "-15", "上年不足 100 人次"]
    assert cells(page, "B", "sums__year") == ["", "", "上年无数"]


def test_a_first_campaign_has_no_comparison(reported):
    page = reported.sign_in("shizong", "viewer").page(consolidation("shizong"))

    assert "与上年比较" not in [words(th) for th in page.root.iter("th")]


def test_an_item_without_a_counterpart_has_no_comparison(reported, document):
    items = [{**item, "previous": None} for item in document["items"]]
    document = {**document, "items": items}
    add_campaign(document, reported.organisations, UNITS, "2024-spring", NEXT)
    reported.report("echeng", "submitted", campaign="2024-spring", C1=5)
    page = reported.sign_in("shizong", "viewer").page(consolidation("shizong", "2024-spring"))

    assert cells(page, "C1", "sums__year") == ["", "", "上年无可比项"]


def test_money_of_a_pair_has_its_average(desk):
    page = desk.page(URL)

    assert cells(page, "D1", "sums__average") == ["2,000.00"]
    assert cells(page, "C1", "sums__average") == cells(page, "A", "sums__average") == [""]


def test_the_deduction_of_passed_down_money_has_its_own_rows(desk):
    page = desk.page(URL)

    assert page.total("A") == "62.00"
    assert deduction(page, "passed-down")[1] == "12.00"
    assert deduction(page, "net")[1] == "50.00"
    assert "简单合计 62.00 万元，减：市内下拨 12.00 万元，剔重后合计 50.00 万元" in page.text


def test_zeros_and_blanks_are_counted_apart(desk):
    page = desk.page(f"{URL}?show=blanks")

    assert cells(page, "B", "sums__filled") == ["填“0” 1 家，空白 1 家"]
    assert cells(page, "C1", "sums__filled") == [""]
    assert cells(page, "C2", "sums__filled") == ["空白 3 家"]
    assert cells(page, "C", "sums__filled") == [""]


def test_a_choice_hides_columns_and_sections_but_never_changes_the_total(desk):
    page = desk.page(f"{URL}?show=kinds&kind=区总&kind=市总&section=3")

    assert page.total("C1") == "15"
    (subtotal,) = page.row("C1").all("td", subtotal=None)
    assert subtotal.get("data-subtotal") == "14"
    assert page.kinds("C1") == {"市总": "8", "区总": "6"}
    assert page.cells("C1") == {}
    assert page.all("tr", code="A") == []


def test_units_of_unchosen_kinds_are_hidden(desk):
    page = desk.page(f"{URL}?show=units&kind=开发区")

    assert list(page.cells("C1")) == ["gedian", "linkong"]
    assert page.codes("missing") == ["huarong", "linkong"]


@pytest.mark.parametrize("query", ["show=all", "kind=县总", "section=9", "section=x"])
def test_an_unknown_choice_is_not_found(desk, query):
    assert desk.status(f"{URL}?{query}") == 404


def test_a_choice_is_saved_by_name_and_found_again(desk):
    answer = desk.post(f"{URL}/filters", name="各区 慰问", show="kinds", kind="区总", section="3")

    assert answer.status_code == 303
    assert answer.location.endswith("?scope=submitted&show=kinds&kind=区总&section=3") or (
        "kind=%E5%8C%BA%E6%80%BB" in answer.location
    )
    found = {words(a): a.get("href") for a in desk.page(URL).root.iter("a")}
    assert desk.page(found["各区 慰问"]).kinds("C1") == {"区总": "6"}


def test_saving_a_filter_twice_saves_one(desk):
    for _ in range(2):
        assert desk.post(f"{URL}/filters", name="甲", show="kinds").status_code == 303

    assert desk.page(URL).text.count("甲 删除") == 1


def test_another_choice_under_a_used_name_is_refused(desk):
    desk.post(f"{URL}/filters", name="甲", show="kinds")
    answer = desk.post(f"{URL}/filters", name="甲", show="units")

    assert answer.status_code == 422
    assert "没有覆盖" in answer.text
    assert 'value="甲"' in answer.text


@pytest.mark.parametrize("name", ["", "   ", "长" * 31])
def test_an_empty_or_long_name_is_refused(desk, name):
    assert desk.post(f"{URL}/filters", name=name).status_code == 422


def test_a_filter_is_private_unless_it_is_shared(desk, reported):
    desk.post(f"{URL}/filters", name="我的", show="kinds")
    desk.post(f"{URL}/filters", name="大家的", show="kinds", shared="1")
    colleague = reported.sign_in("shizong", "viewer").page(URL)

    assert "大家的（共用）" in colleague.text
    assert "我的" not in colleague.text
    assert "大家的（共用） 删除" not in colleague.text
    assert (
        "大家的"
        not in reported.sign_in("echeng", "viewer").page(consolidation("echeng", NEXT)).text
    )


def test_only_reviewers_and_administrators_share_filters(reported):
    viewer = reported.sign_in("shizong", "viewer")
    above = reported.sign_in("shizong", "reviewer")
    at_district = f"{consolidation('echeng', NEXT)}/filters"

    assert viewer.post(f"{URL}/filters", name="甲", shared="1").status_code == 403
    assert above.post(at_district, name="甲", shared="1").status_code == 403
    assert above.post(at_district, name="甲").status_code == 303


def test_a_filter_is_removed_by_its_owner_only(desk, reported):
    desk.post(f"{URL}/filters", name="我的", show="kinds")
    desk.post(f"{URL}/filters", name="大家的", show="kinds", shared="1")
    viewer = reported.sign_in("shizong", "viewer")

    viewer.post(f"{URL}/filters/removal", name="我的")
    assert "我的" in desk.page(URL).text
    assert viewer.post(f"{URL}/filters/removal", name="大家的", shared="1").status_code == 403
    assert desk.post(f"{URL}/filters/removal", name="我的").status_code == 303
    assert "已删除常用筛选：我的。" in desk.page(URL).text
    assert "我的" not in desk.page(URL).text


def test_saving_and_removing_a_filter_are_in_the_trail(desk):
    desk.post(f"{URL}/filters", name="甲", show="kinds")
    for _ in range(2):
        desk.post(f"{URL}/filters/removal", name="甲")

    with db.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT action, new FROM trail WHERE action LIKE 'filter%' ORDER BY number"
        ).all()
    assert [tuple(row) for row in rows] == [("filter-saved", "甲"), ("filter-removed", "甲")]
