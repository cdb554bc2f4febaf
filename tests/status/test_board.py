"""The status board: who is on it, what it counts, and who may look."""

import pytest

from portal.status import queries
from tests.founding import DUE, EXPECTED


def codes(page) -> list[str]:
    return [row.get("data-organisation") for row in page.all("tr", organisation=None)]


def counts(page) -> dict[str, str]:
    return {each.get("data-count"): each.text.split()[-1] for each in page.all("a", count=None)}


def test_every_expected_unit_has_one_row(city):
    page = city.board()

    assert sorted(codes(page)) == sorted(EXPECTED)


def test_rows_carry_their_state_and_progress(echeng, gedian, city):
    echeng.report("draft")
    gedian.report("submitted")

    page = city.board()

    ours = page.one("tr", organisation="echeng")
    theirs = page.one("tr", organisation="gedian")
    assert (ours.get("data-status"), ours.get("data-filled")) == ("draft", "1")
    assert (theirs.get("data-status"), theirs.get("data-filled")) == ("submitted", "46")
    assert {ours.get("data-of"), theirs.get("data-of")} == {"46"}
    assert "1/46（2%）" in ours.text
    assert "按时" in theirs.text


def test_a_row_says_who_to_ask_and_who_was_there_last(echeng, city):
    echeng.report("draft")

    row = city.board().one("tr", organisation="echeng")

    assert "王芳 0711-0000020" in row.text
    assert "2027-01-20 10:00:00 王芳" in row.text


def test_counts_are_of_those_whose_figures_are_added(echeng, gedian, city):
    echeng.report("returned")
    gedian.report("accepted")

    page = city.board()

    assert counts(page) == {
        "expected": "4",
        "submitted": "1",
        "missing": "3",
        "late": "0",
        "overdue": "0",
        "returned": "1",
        "exempt": "1",
    }
    assert "上报率 25%" in page.text
    assert "仅供核对的单位 1 家" in page.text
    assert "仅供核对" in page.one("tr", organisation="echeng-jiceng1").text


@pytest.mark.parametrize(
    ("show", "listed"),
    [
        ("submitted", ["gedian"]),
        ("missing", ["shizong", "echeng", "linkong"]),
        ("returned", ["echeng"]),
        ("late", []),
        ("exempt", ["jiaoyu"]),
    ],
)
def test_each_count_filters_the_rows(echeng, gedian, city, show, listed):
    echeng.report("returned")
    gedian.report("submitted")

    page = city.board(f"?show={show}")

    assert codes(page) == listed
    assert page.one("a", count=show).get("aria-current") == "page"


def test_an_exempt_unit_says_why(city):
    row = city.board("?show=exempt").one("tr", organisation="jiaoyu")

    assert "免报 未列入本次应报范围" in row.text


def test_a_filter_nobody_knows_is_not_found(city):
    assert city.get(city.url("/status?show=everybody")).status_code == 404


def test_units_stand_in_the_citys_order_under_their_kinds(city):
    page = city.board()

    assert codes(page) == ["shizong", "echeng", "gedian", "linkong", "echeng-jiceng1"]
    kinds = [each.text for each in page.all("th") if each.root.get("scope") == "rowgroup"]
    assert kinds == ["市总（1）", "区总（1）", "开发区（2）", "基层（1）"]


def test_what_is_urgent_can_be_put_first(echeng, gedian, city):
    gedian.report("submitted")
    echeng.report("returned")

    page = city.board("?urgent=1")

    assert codes(page) == ["echeng", "shizong", "linkong", "gedian", "echeng-jiceng1"]


def test_a_unit_that_reported_after_the_due_time_is_late(gedian, city, city_app):
    city_app.clock_at("2027-01-27 09:00")
    gedian.report("submitted")

    page = city.board()

    row = page.one("tr", organisation="gedian")
    assert row.get("data-late") == "true"
    assert "迟报" in row.text
    assert counts(page)["late"] == "1"


def test_a_unit_that_did_not_report_in_time_is_overdue_and_not_late(city, city_app):
    city_app.clock_at("2027-01-26 17:31")

    page = city.board()

    row = page.one("tr", organisation="gedian")
    assert "逾期未报" in row.text
    assert row.get("data-late") == "false"
    assert counts(page)["overdue"] == "4"


def test_the_minute_that_is_due_still_belongs_to_the_unit(gedian, city, city_app):
    city_app.clock_at(DUE.replace(second=59))

    gedian.report("submitted")

    assert city.board().one("tr", organisation="gedian").get("data-late") == "false"


def test_an_extension_is_shown_and_lets_a_unit_be_on_time(gedian, city, city_app):
    city.post(
        city.url("/report/extension", code="gedian"), until="2027-01-30", reason="经办人住院。"
    )
    city_app.clock_at("2027-01-29 09:00")
    gedian.report("submitted")

    row = city.board().one("tr", organisation="gedian")

    assert "2027年1月30日（星期六）17:30" in row.text
    assert row.get("data-late") == "false"


def test_a_report_submitted_again_says_the_how_manieth_time(echeng, city):
    report = echeng.report("returned")
    echeng.keep_figures()

    echeng.submit()

    assert city.sees(report, "已上报 第 2 次报送")


def test_a_row_leads_to_the_report_its_review_and_its_trail(city):
    page = city.board()

    for way in ("report", "review", "trail"):
        link = page.by_id(f"{way}-gedian")
        assert city.get(link.get("href")).status_code == 200


def test_a_district_has_the_same_board_of_its_own_subtree(city_app):
    page = city_app.person("echeng-reviewer").board()

    assert sorted(codes(page)) == ["echeng", "echeng-jiceng1"]
    assert counts(page)["expected"] == "2"
    assert "仅供核对" not in page.text


def test_a_head_sees_the_own_board_without_ways_into_others(city_app):
    page = city_app.person("echeng-head").board()

    assert page.by_id("report-echeng") is not None
    assert page.by_id("report-echeng-jiceng1") is None
    assert page.by_id("review-echeng") is None


def test_a_unit_without_units_below_is_told_so(city_app, city):
    page = city.page(city.url("/status", code="gedian"))

    assert codes(page) == ["gedian"]
    assert "没有下级单位" in page.text


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("shizong", 200),
        ("shizong-viewer", 200),
        ("shizong-reporter", 403),
        ("shizong-auditor", 403),
        ("gedian", 404),
        ("echeng-reviewer", 404),
    ],
)
@pytest.mark.parametrize("path", ["/status", "/status/rows"])
def test_who_may_look_at_the_citys_board(city_app, username, status, path):
    person = city_app.person(username)

    answer = person.get(person.url(path, code="shizong"))

    assert answer.status_code == status


def test_a_campaign_nobody_opened_has_no_board(city):
    assert city.get(city.url("/status", campaign="2030-spring")).status_code == 404


class TestManyUnits:
    @pytest.fixture(autouse=True)
    def two_rows_a_page(self, monkeypatch):
        monkeypatch.setattr(queries, "ROWS_A_PAGE", 2)

    def test_the_rows_come_in_pages_and_the_counts_are_of_all(self, city):
        first, last = city.board(), city.board("?page=3")

        whole = codes(first) + codes(city.board("?page=2")) + codes(last)
        assert sorted(whole) == sorted(EXPECTED)
        assert len(codes(first)) == 2
        assert counts(first) == counts(last)
        assert "共 5 家单位，分 3 页，这是第 1 页" in first.by_id("board").text

    def test_a_page_that_is_no_more_is_the_last_one(self, city):
        assert codes(city.board("?page=9")) == codes(city.board("?page=3"))

    def test_an_open_page_refreshes_itself_alone(self, city, echeng):
        pages = [city.board(f"?page={number}") for number in (1, 2, 3)]
        echeng.report("draft")

        for number, page in enumerate(pages, 1):
            address = page.by_id("board").get("hx-get")
            answer = city.get(address, headers={"HX-Request": "true"})
            assert answer.status_code == (200 if "echeng" in codes(page) else 204)
            assert f"这是第 {number} 页" in (answer.text or page.by_id("board").text)

    @pytest.mark.parametrize("number", ["0", "-1", "x", "", "9" * 30])
    def test_an_invalid_page_number_is_not_found(self, city, number):
        assert city.get(city.url(f"/status?page={number}")).status_code == 404


def test_few_units_need_no_pages(city):
    assert "第 1 页" not in city.board().by_id("board").text
