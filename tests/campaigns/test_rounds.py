"""Rounds: 节前报, then 节后报 from its figures, each with its own dates, reports and sums."""

import pytest

from tests.campaigns.forms import plan, post_form
from tests.founding import OPEN

SECOND = "2027-later"
DATES = {"opens": "2027-01-15 08:30", "due": "2027-02-20 17:30", "closes": "2027-02-22 17:30"}
"""The second round is open while the first one still is."""


def second_round(city, **typed):
    """Make the next round as a draft."""
    fields = {"code": SECOND, "first_name": "节前报", "round_name": "节后报", **DATES, **typed}
    return post_form(city, plan(OPEN, "/rounds"), **fields)


@pytest.fixture
def both(city):
    """Two published rounds."""
    assert second_round(city).status_code == 303
    assert post_form(city, plan(SECOND, "/publication")).status_code == 303


def figures(city_app, organisation, campaign):
    """The leaf figures of a report."""
    query = (
        "SELECT f.item, f.value, f.version FROM figure f JOIN report r ON r.id = f.report_id "
        "JOIN campaign c ON c.id = r.campaign_id JOIN organisation o ON o.id = r.organisation_id "
        "WHERE o.code = ? AND c.code = ?"
    )
    rows = city_app.rows(query, organisation, campaign)
    return {row["item"]: (row["value"], row["version"]) for row in rows}


def test_the_next_round_takes_over_units_form_and_last_year(city_app, city):
    post_form(city, plan(OPEN, "/units"), echeng__allocated="87.66")

    second_round(city)

    query = "SELECT name, round_name, previous_id, edition_id FROM campaign WHERE code = ?"
    first, second = (city_app.rows(query, code)[0] for code in (OPEN, SECOND))
    assert (first["name"], second["name"]) == (
        "2027年春节送温暖（节前报）",
        "2027年春节送温暖（节后报）",
    )
    assert (first["previous_id"], first["edition_id"]) == (
        second["previous_id"],
        second["edition_id"],
    )
    kept = (
        "SELECT e.code, e.basis, e.position, e.expected, e.allocated FROM expectation e "
        "JOIN campaign c ON c.id = e.campaign_id WHERE c.code = ? ORDER BY e.code"
    )
    assert city_app.rows(kept, OPEN) == city_app.rows(kept, SECOND)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"round_name": "节前报"}, "round_name"),
        ({"round_name": " "}, "round_name"),
        ({"code": OPEN}, "code"),
        ({"opens": "2027-01-10 08:00"}, "opens"),
        ({"due": "2027-01-14"}, "due"),
    ],
)
def test_a_round_has_its_own_name_code_and_later_dates(city_app, city, typed, field):
    answer = second_round(city, **typed)

    assert answer.status_code == 422
    assert f'id="{field}-problem"' in answer.text
    assert city_app.scalar("SELECT name FROM campaign WHERE code = ?", OPEN) == "2027年春节送温暖"


def test_each_rounds_page_links_to_the_others(city, echeng, both):
    for code, other in ((OPEN, SECOND), (SECOND, OPEN)):
        for path in ("/status", "/consolidation"):
            assert city.url(path, campaign=other) in city.get(city.url(path, campaign=code)).text
        page = echeng.get(echeng.url("/report", campaign=code)).text
        assert echeng.url("/report", campaign=other) in page
        assert "节后报" in page


def test_a_report_starts_from_the_earlier_rounds_submission(city_app, city, echeng, both):
    echeng.report("accepted")
    page = echeng.page(echeng.url("/report", campaign=SECOND))
    offered = page.by_id("earlier").text

    answers = [
        echeng.post(echeng.url("/report/carrying", campaign=SECOND)).status_code for _ in range(2)
    ]

    assert "节前报" in offered
    assert answers == [303, 303]
    before, now = (figures(city_app, "echeng", code) for code in (OPEN, SECOND))
    assert {item: value for item, (value, _) in now.items()} == {
        item: value for item, (value, _) in before.items()
    }
    assert {version for _, version in now.values()} == {1}
    [batch] = city_app.rows("SELECT * FROM batch WHERE kind = 'carried-over'")
    query = "SELECT count(*) FROM trail WHERE batch_id = ? AND action = 'carried-over'"
    assert city_app.scalar(query, batch["id"]) == len(now)


def test_opening_the_page_writes_nothing(city_app, echeng, both):
    echeng.report("submitted")

    echeng.get(echeng.url("/report", campaign=SECOND))

    assert figures(city_app, "echeng", SECOND) == {}


def test_carrying_over_is_undone_as_one_batch(city_app, echeng, both):
    echeng.report("submitted")
    echeng.post(echeng.url("/report/carrying", campaign=SECOND))

    echeng.post(echeng.url("/report/zeros/undoing", campaign=SECOND))

    assert {value for value, _ in figures(city_app, "echeng", SECOND).values()} == {None}


def test_carrying_over_keeps_typed_figures(city_app, echeng, both):
    echeng.report("submitted")
    fields = {"C9": "40", "C9.version": "0"}
    echeng.post(echeng.url("/report/items/C9", campaign=SECOND), **fields)

    echeng.post(echeng.url("/report/carrying", campaign=SECOND))

    assert figures(city_app, "echeng", SECOND)["C9"] == (40, 1)
    assert (
        figures(city_app, "echeng", SECOND)["D9"][0] == figures(city_app, "echeng", OPEN)["D9"][0]
    )


def test_nothing_is_carried_from_a_draft_or_a_neighbour(city_app, echeng, gedian, both):
    gedian.report("submitted")
    echeng.report("draft")

    answer = echeng.post(echeng.url("/report/carrying", campaign=SECOND))

    assert answer.status_code == 303
    assert figures(city_app, "echeng", SECOND) == {}


def test_rounds_do_not_share_submissions_or_sums(city_app, city, echeng, both):
    echeng.report("accepted")
    carry, submission = (
        echeng.url(path, campaign=SECOND) for path in ("/report/carrying", "/report/submission")
    )
    echeng.post(carry)
    version = str(figures(city_app, "echeng", SECOND)["C9"][1])
    fields = {"C9": "20", "C9.version": version}
    echeng.post(echeng.url("/report/items/C9", campaign=SECOND), **fields)

    answer = echeng.post(submission, nonce="second")

    assert answer.status_code == 303
    totals = {
        code: city.page(city.url("/consolidation?scope=submitted", campaign=code))
        .one("tr", code="C9")
        .one(total=None)
        .get("data-total")
        for code in (OPEN, SECOND)
    }
    assert totals == {OPEN: "12", SECOND: "20"}


def test_a_later_round_is_compared_with_the_same_year_before(echeng, both):
    page = echeng.page(echeng.url("/report", campaign=SECOND))

    assert page.by_id("change-C9") is not None


def test_a_round_can_only_follow_a_published_campaign(city):
    second_round(city)

    fields = {"code": "2027-third", "round_name": "终报", "opens": "2027-03-01"}
    answer = city.post(plan(SECOND, "/rounds"), **fields, due="2027-03-05", closes="2027-03-06")

    assert answer.status_code == 409
    assert "还没有发布" in answer.text
