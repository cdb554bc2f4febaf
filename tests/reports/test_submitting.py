"""Submitting: what is missing is listed, one click is one submission, and then all is frozen."""

import json
from hashlib import sha256

import pytest

from portal.models.trail_actions import Action
from tests.engines import REFUSED, change_past_the_portal
from tests.founding import CLOSES, DUE
from tests.reports.page import Page


@pytest.fixture
def ready(echeng):
    """鄂城, whose report can be submitted."""
    echeng.fill(C9="12", D9="0.6", A1="2")
    echeng.fill_rest()
    return echeng


def _counts(person):
    return (len(person.submissions), len(person.trail("submitted")))


def test_blanks_errors_and_open_queries_are_listed_and_stop_it(echeng):
    echeng.fill(B="3", B1="4", C9="10", D9="2")

    answer = echeng.submit()

    page = Page.of(answer.text)
    assert answer.status_code == 422
    assert {("error", "B1"), ("query", "D9"), ("error", "C8")} <= page.problems()
    assert "还没有填（42）" in page.text
    assert echeng.state == "draft"
    assert echeng.submissions == []


def test_a_report_that_was_never_begun_cannot_be_submitted(echeng):
    answer = echeng.submit()

    assert answer.status_code == 409
    assert "还没有填写" in answer.text


def test_a_submission_is_received_with_a_number_and_a_moment(ready):
    answer = ready.submit()

    receipt = ready.page("/submissions/1")
    assert (answer.status_code, answer.location) == (303, ready.url("/submissions/1"))
    assert ready.state == "submitted"
    assert "第 1 次报送" in receipt.text
    assert "2027-01-20 10:00:00" in receipt.text
    assert "withdraw" in receipt.actions()


def test_the_document_is_the_whole_form_and_its_fingerprint_is_on_the_receipt(ready):
    ready.submit()

    kept = ready.submissions[0]
    document = json.loads(kept.document)
    assert kept.sha256 == sha256(kept.document.encode()).hexdigest()
    assert kept.sha256 in ready.page("/submissions/1").text
    assert len(document["figures"]) == 51
    assert (document["figures"]["D"], document["figures"]["D9"]) == (600_000, 600_000)
    assert document["form"] == {"id": "songwennuan", "version": "2027.1"}
    assert (document["submitted_by"], document["number"]) == ("王芳", 1)
    assert document["submitted_at"] == "2027-01-20T10:00:00+08:00"


def test_a_double_click_is_one_submission_and_one_receipt(ready):
    first, head = ready.submit("same"), ready.submit("same")

    assert (first.status_code, first.location) == (head.status_code, head.location)
    assert _counts(ready) == (1, 1)


@pytest.mark.parametrize("nonce", ["another", "", "不是编号", "x" * 65])
def test_another_click_on_a_submitted_report_is_refused(ready, nonce):
    ready.submit("first")

    answer = ready.submit(nonce)

    assert answer.status_code == 409
    assert "报表已上报" in answer.text
    assert _counts(ready) == (1, 1)


def test_a_submitted_report_is_frozen_for_every_way_of_writing(ready):
    ready.submit()
    fields = {"C9": "13", "C9.version": "1", "C9.was": "12"}

    refused = [
        ready.post("/items/C9", htmx=True, **fields),
        ready.post("/items/C9", **fields),
        ready.post("", **fields),
        ready.post("/zeros"),
        ready.post("/zero-report"),
        ready.post("/zeros/undoing"),
        ready.post("/explanations", issue="x", numbers="x"),
    ]

    assert [answer.status_code for answer in refused] == [409] * 7
    assert all("报表已上报（待审核），不能修改" in answer.text for answer in refused)
    assert ready.value("C9") == 12


def test_a_page_left_open_learns_that_its_report_was_submitted(ready, head):
    ready.submit()

    answer = head.save("C9", "13")

    told = Page.of(answer.text)
    assert told.state("C9") == "locked"
    assert "您填的 13 没有保存" in told.says("state-C9")
    assert told.at("report-state").get("data-report-state") == "submitted"
    assert told.actions() >= {"withdraw"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE figure SET value = 13 WHERE item = 'C9'",
        "DELETE FROM figure WHERE item = 'C9'",
        "UPDATE submission SET document = '{}'",
        "DELETE FROM submission",
        "UPDATE trail SET new = '13'",
        "DELETE FROM trail",
    ],
)
def test_the_database_itself_refuses_to_change_what_was_submitted(city_app, ready, statement):
    ready.submit()

    with pytest.raises(REFUSED):
        change_past_the_portal(city_app.folder, statement)

    assert ready.value("C9") == 12


def test_the_next_submission_has_the_next_number_and_says_what_changed(city_app, ready):
    ready.submit("first")
    ready.judged("return", C9="人次偏多")
    ready.fill(C9="10")

    answer = ready.submit("second")

    receipt = ready.page("/submissions/2")
    assert answer.location == ready.url("/submissions/2")
    assert "第 2 次报送" in receipt.text
    changed = [row.text.split() for row in receipt.all("tr") if "C9" in row.text]
    assert changed[0][-2:] == ["12", "10"]
    assert "此后又有第 2 次报送" in ready.page("/submissions/1").text


def test_lateness_is_judged_on_the_first_submission(city_app, ready):
    ready.submit("first")
    city_app.clock_at(DUE.replace(hour=20))
    ready.post("/withdrawal")

    ready.submit("second")

    page = ready.page()
    assert ready.report.first_submitted_at < DUE < ready.report.submitted_at
    assert "迟报" not in page.text


def test_a_late_first_submission_is_marked_late(city_app, ready):
    city_app.clock_at(DUE.replace(hour=20))

    ready.submit()

    assert "迟报" in ready.page().text


def test_after_the_close_nothing_is_submitted(city_app, ready):
    city_app.clock_at(CLOSES.replace(hour=20))

    answer = ready.submit()

    assert answer.status_code == 409
    assert "停止填报" in answer.text
    assert _counts(ready) == (0, 0)


def test_with_four_eyes_the_last_to_edit_does_not_submit(city_app, ready, head):
    city_app.campaign(four_eyes=True)

    shown, alone = ready.page("/submission"), ready.submit("alone")
    together = head.submit("together")

    assert "由两人分别完成" in shown.text
    assert "submit" not in shown.actions()
    assert alone.status_code == 409
    assert together.status_code == 303
    assert ready.submissions[0].submitted_by == "高建华"


def test_with_four_eyes_the_head_who_did_not_edit_submits(city_app, ready, head):
    city_app.campaign(four_eyes=True)

    assert head.submit().status_code == 303


def test_the_page_of_submission_offers_it_only_when_it_can_be_done(city_app, ready):
    open_page = ready.page("/submission")
    ready.submit()

    done_page = ready.page("/submission")

    assert "submit" in open_page.actions()
    assert "可以上报" in open_page.text
    assert "submit" not in done_page.actions()


def test_every_page_of_submission_has_a_nonce_of_its_own(ready):
    nonces = {ready.page("/submission").field("nonce") for _ in range(3)}

    assert len(nonces) == 3


def test_a_neighbour_submits_nothing_here_and_the_desk_does_not_either(ready, gedian, shizong):
    refused = [
        person.post("/submission", nonce="x", code="echeng").status_code
        for person in (gedian, shizong)
    ]

    assert refused == [404, 403]
    assert ready.state == "draft"


def test_a_submission_is_one_entry_of_the_trail(ready):
    ready.submit()

    entry = ready.trail(Action.SUBMITTED)[0]
    assert (entry.actor, entry.note) == ("王芳", "第 1 次报送")
