"""A move waits until its campaigns have stopped, so that everybody speaks of the same tree."""

import threading
from contextlib import ExitStack

import pytest

from portal.access import tenancy
from portal.access.actor import Actor
from portal.collection import moves as moving
from portal.collection.opening import Plan, create_campaign, open_campaign
from portal.domain.campaign.calendar import Dates
from portal.models.campaign import campaign_by_code
from portal.models.form import edition_of
from portal.storage.db import writing
from tests.cast import OPEN
from tests.founding import at

UNIT = "/o/echeng-jiceng1/organisation"
LAST_MINUTE, STOPPED = "2027-01-28 17:30", "2027-01-28 17:31"


@pytest.fixture
def planned(city_app, city):
    """鄂城's grass-roots union, which is to move below 葛店."""
    answer = city.post(f"{UNIT}/place", target="gedian")
    assert answer.status_code == 303
    return city_app.person("echeng-jiceng1")


def above(city_app, code="echeng-jiceng1"):
    """The code of the union that a unit stands below."""
    return city_app.scalar(
        "SELECT p.code FROM organisation o JOIN organisation p ON p.id = o.parent_id "
        "WHERE o.code = ? AND o.path = p.path || substr('0000000' || o.id, -8) || '/'",
        code,
    )


def trail(city_app, *actions):
    """The entries of these actions, in their order."""
    marks = ", ".join("?" for _ in actions)
    return city_app.rows(f"SELECT * FROM trail WHERE action IN ({marks}) ORDER BY id", *actions)


def stop(city_app, moment=STOPPED):
    """Let the clock go on, and somebody open a page."""
    city_app.clock_at(moment)
    assert city_app.stranger().get("/login").status_code == 200


def test_a_move_during_a_campaign_waits(planned, city_app, city):
    [entry] = trail(city_app, "move-planned")

    assert above(city_app) == "echeng"
    assert (entry["old"], entry["new"]) == (
        "鄂城区总工会（echeng）",
        "葛店开发区总工会（gedian）",
    )
    assert "待“2027年春节送温暖”停止填报" in entry["note"]
    assert city_app.person("echeng-reviewer").get(planned.url("/report/review")).status_code == 200
    assert "停止填报后移动" in city.page("/o/shizong/organisations").text


@pytest.mark.parametrize("place", ["echeng-jiceng1", "echeng", "gedian"])
def test_the_unit_and_both_unions_show_the_waiting_move(planned, city, place):
    text = city.page(f"/o/{place}/organisation").text

    assert "停止填报后自动移动" in text
    assert "鄂城区基层工会一由鄂城区总工会移到葛店开发区总工会之下，张慧" in text


def test_the_page_offers_it_by_its_name_and_says_what_is_waited_for(city, city_app):
    before = city.page(UNIT).text
    city_app.clock_at(STOPPED)
    after = city.page(UNIT).text

    assert "“2027年春节送温暖”2027年1月28日（星期四）17:30 停止填报" in before
    assert "停止填报后自动移动" in before
    assert "停止填报后自动移动" not in after


def test_the_first_page_after_the_close_moves_it_in_the_name_of_who_decided(planned, city_app):
    stop(city_app, LAST_MINUTE)
    assert above(city_app) == "echeng"

    stop(city_app)
    stop(city_app, "2027-01-28 17:32")

    [entry] = trail(city_app, "organisation-moved")
    assert above(city_app) == "gedian"
    assert (entry["actor"], entry["old"], entry["new"]) == (
        "张慧",
        "鄂城区总工会（echeng）",
        "葛店开发区总工会（gedian）",
    )
    assert "停止填报后自动移动，2027年1月20日（星期三）10:00决定" in entry["note"]
    assert city_app.scalar("SELECT count(*) FROM organisation WHERE next_parent_id > 0") == 0
    assert city_app.person("gedian").get("/o/gedian/").status_code == 200
    assert city_app.person("echeng-reviewer").get(planned.url("/report/review")).status_code == 404


def test_a_waiting_move_takes_the_subtree_along(city_app, city):
    city.post("/o/echeng/organisation/place", target="linkong")
    assert above(city_app, "echeng") == "shizong"

    stop(city_app)

    assert above(city_app, "echeng") == "linkong"
    assert above(city_app) == "echeng"


def test_repeating_a_waiting_move_changes_nothing_and_another_target_replaces_it(
    planned, city_app, city
):
    city.post(f"{UNIT}/place", target="gedian")
    assert len(trail(city_app, "move-planned")) == 1

    city.post(f"{UNIT}/place", target="linkong")
    stop(city_app)

    assert (
        "原安排移到葛店开发区总工会（gedian），不再执行"
        in trail(city_app, "move-planned")[1]["note"]
    )
    assert above(city_app) == "linkong"


def test_a_waiting_move_is_cancelled_once(planned, city_app, city):
    answers = [city.post(f"{UNIT}/place/cancellation").status_code for _ in range(2)]
    stop(city_app)

    assert answers == [303, 303]
    assert len(trail(city_app, "move-cancelled")) == 1
    assert above(city_app) == "echeng"


@pytest.mark.parametrize(
    ("who", "status"), [("echeng-admin", 303), ("echeng-reviewer", 403), ("gedian", 404)]
)
def test_only_unions_above_cancel_a_waiting_move(planned, city_app, who, status):
    answer = city_app.person(who).post(f"{UNIT}/place/cancellation")

    assert answer.status_code == status
    assert len(trail(city_app, "move-cancelled")) == (status == 303)


def extend(city, code, until="2027-02-03 17:30"):
    """Give a unit more time."""
    url = city.url("/report/extension", code=code)
    assert city.post(url, until=until, reason="主席出差。").status_code == 303


def test_an_extension_of_the_unit_or_of_one_below_it_keeps_the_campaign_open(city_app, city):
    extend(city, "echeng")
    for target, unit in (("gedian", UNIT), ("linkong", "/o/echeng/organisation")):
        city.post(f"{unit}/place", target=target)

    stop(city_app)
    assert above(city_app) == "gedian"  # the extension is its union's alone
    assert above(city_app, "echeng") == "shizong"

    stop(city_app, "2027-02-03 17:31")
    assert above(city_app, "echeng") == "linkong"


def test_an_extension_below_holds_the_union_above(city_app, city):
    reviewer = city_app.person("echeng-reviewer")
    extend(reviewer, "echeng-jiceng1")
    city.post("/o/echeng/organisation/place", target="linkong")

    stop(city_app)
    assert above(city_app, "echeng") == "shizong"

    stop(city_app, "2027-02-03 17:31")
    assert above(city_app, "echeng") == "linkong"


def test_a_later_close_is_waited_for(planned, city_app):
    city_app.campaign(closes="2027-02-10 17:30")

    stop(city_app)
    assert above(city_app) == "echeng"

    stop(city_app, "2027-02-10 17:31")
    assert above(city_app) == "gedian"


def test_an_archived_campaign_is_not_waited_for(planned, city_app):
    city_app.campaign(status="archived")

    stop(city_app, "2027-01-20 10:01")

    assert above(city_app) == "gedian"


def test_a_report_reopened_after_the_close_holds_its_unit(city_app, city):
    unit = city_app.person("gedian")
    unit.report("accepted")
    city_app.clock_at("2027-02-01 09:00")
    reopened = {"number": "1", "reason": "请核对 C9。", "until": "2027-02-03 17:30"}
    assert city.post(unit.url("/report/reopening"), **reopened).status_code == 303

    city.post("/o/gedian/organisation/place", target="echeng")
    assert above(city_app, "gedian") == "shizong"

    stop(city_app, "2027-02-03 17:31")
    assert above(city_app, "gedian") == "echeng"


def test_what_waits_for_a_decision_goes_to_the_union_above_both(planned, city_app, city):
    planned.report("submitted")
    stop(city_app)
    number = {"number": "1"}

    gone = city_app.person("echeng-reviewer").post(planned.url("/report/acceptance"), **number)
    queue = city.page(city.url("/reviews")).text
    judged = city.post(planned.url("/report/acceptance"), **number)

    assert (gone.status_code, judged.status_code) == (404, 303)
    assert "鄂城区基层工会一" in queue


def test_what_waits_below_a_closed_union_goes_to_the_next_one_up(city_app, city):
    unit = city_app.person("echeng-jiceng1")
    unit.report("submitted")
    for code in ("echeng-jiceng1", "echeng"):
        assert city.post(f"/o/{code}/organisation/closing", despite="1").status_code == 303

    queue = city.page(city.url("/reviews")).text
    judged = city.post(unit.url("/report/acceptance"), number="1")

    assert "鄂城区基层工会一" in queue
    assert judged.status_code == 303


def test_a_unit_that_no_campaign_knows_moves_at_once(city_app, city):
    new = {"code": "new", "name": "新建工会", "kind": "基层", "position": "90"}
    city.post("/o/echeng/organisations", **new, contact="", phone="")

    city.post("/o/new/organisation/place", target="gedian")

    assert above(city_app, "new") == "gedian"


def test_a_union_that_is_waited_for_is_not_closed_or_merged(planned, city_app, city):
    answers = [
        city.post("/o/gedian/organisation/closing", despite="1"),
        city.post("/o/gedian/organisation/merger", into="linkong", people="stay", despite="1"),
    ]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("请先取消移动" in answer.text for answer in answers)


def test_closing_a_unit_cancels_its_waiting_move(planned, city_app, city):
    city.post(f"{UNIT}/closing", despite="1")
    [closed] = trail(city_app, "organisation-closed")
    city.post(f"{UNIT}/opening")
    stop(city_app)

    assert "原安排移到葛店开发区总工会（gedian），不再执行" in closed["note"]
    assert above(city_app) == "echeng"


def test_a_move_that_has_become_impossible_is_cancelled_with_the_reason(city_app, city):
    city.post("/o/gedian/organisation/place", target="linkong")
    city.post("/o/linkong/organisation/place", target="gedian")

    stop(city_app)

    [cancelled] = trail(city_app, "move-cancelled")
    assert "没有移动：不能移到自己或自己的下级单位下面" in cancelled["note"]
    assert sorted([above(city_app, "gedian"), above(city_app, "linkong")]) != ["shizong"] * 2


def test_a_merger_does_not_move_units_below_in_the_middle(city_app, city):
    merger = {"into": "linkong", "people": "move", "units": "into", "despite": "1"}

    early = city.post("/o/echeng/organisation/merger", **merger)
    city_app.clock_at(STOPPED)
    late = city.post("/o/echeng/organisation/merger", **merger)

    assert (early.status_code, late.status_code) == (409, 303)
    assert "还没有停止填报，下级单位鄂城区基层工会一现在不能换上级" in early.text
    assert above(city_app) == "linkong"


def draft(city_app, code="2027-round"):
    """A draft campaign that nobody has published yet."""
    with city_app.app.app_context(), tenancy.opening() as door, writing(door) as session:
        dates = Dates(at("2027-02-01 08:30"), at("2027-03-01 17:30"), at("2027-03-01 17:30"))
        edition = edition_of(session, "songwennuan", "2027.1")
        create_campaign(session, Plan(code, "二次填报", edition, dates), None, by=BY, at=OPENED)
        session.commit()


BY, OPENED = Actor("张慧"), at("2027-01-28 17:31")


def test_a_due_move_comes_before_the_next_campaign_copies_the_tree(planned, city_app, city):
    draft(city_app)
    city_app.clock_at(STOPPED)
    page = "/o/shizong/campaigns/2027-round/publication"
    city_app.app.extensions[moving.LOOKED] = at(STOPPED)  # somebody's page came just before

    answer = city.post(page, version="1")

    copied = (
        "SELECT p.code FROM expectation e JOIN campaign c ON c.id = e.campaign_id "
        "JOIN organisation p ON p.id = e.parent_id WHERE c.code = ? AND e.code = ?"
    )
    assert answer.status_code == 303, answer.text
    assert city_app.scalar(copied, "2027-round", "echeng-jiceng1") == "gedian"
    assert city_app.scalar(copied, OPEN, "echeng-jiceng1") == "echeng"


def test_two_concurrent_requests_carry_out_a_move_once(planned, city_app):
    together = threading.Barrier(2)
    city_app.clock_at(STOPPED)

    def carry_out():
        with city_app.app.app_context():
            together.wait()
            moving.carry_out_due(at(STOPPED))

    both = [threading.Thread(target=carry_out) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert above(city_app) == "gedian"
    assert len(trail(city_app, "organisation-moved")) == 1


def test_a_move_decided_while_a_campaign_is_being_published_waits_for_it(city_app, city):
    draft(city_app)
    city_app.clock_at(STOPPED)
    city.token()
    answers = []
    moves = threading.Thread(
        target=lambda: answers.append(city.post(f"{UNIT}/place", target="gedian"))
    )

    with ExitStack() as stack:
        stack.enter_context(city_app.app.app_context())
        session = stack.enter_context(tenancy.opening())
        stack.enter_context(writing(session))
        open_campaign(session, campaign_by_code(session, "2027-round"), by=BY, at=OPENED)
        moves.start()
        moves.join(0.2)
        assert moves.is_alive()
        session.commit()
    moves.join()

    assert answers[0].status_code == 303
    assert above(city_app) == "echeng"
    assert len(trail(city_app, "move-planned")) == 1


def test_whatever_is_done_in_the_middle_both_trees_stay_the_same(city_app, city):
    merger = {"people": "move", "units": "above", "despite": "1"}
    for path, fields in (
        ("echeng-jiceng1/organisation/place", {"target": "shizong"}),
        ("echeng/organisation/place", {"target": "jiaoyu"}),
        ("echeng/organisation/merger", merger | {"into": "gedian"}),
        ("echeng-jiceng1/organisation/closing", {"despite": "1"}),
        ("echeng-jiceng1/organisation/opening", {}),
        ("linkong/organisation/merger", merger | {"into": "gedian"}),
        ("jiaoyu/organisation/place", {"target": "gedian"}),
    ):
        assert city.post(f"/o/{path}", **fields).status_code in (303, 409)

    apart = city_app.scalar(
        "SELECT count(*) FROM expectation e JOIN organisation o ON o.id = e.organisation_id "
        "JOIN campaign c ON c.id = e.campaign_id WHERE c.code = ? AND e.path <> o.path",
        OPEN,
    )
    assert apart == 0
