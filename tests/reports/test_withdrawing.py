"""Withdrawing: until the close a submission is taken back to the state that it came from."""

import pytest

from tests.founding import CLOSES


@pytest.fixture
def submitted(echeng):
    """鄂城, whose report is submitted."""
    echeng.fill(C9="12")
    echeng.fill_rest()
    echeng.submit("first")
    return echeng


def test_a_withdrawn_report_is_a_draft_again_and_can_be_mended(submitted):
    answer = submitted.post("/withdrawal")

    assert answer.status_code == 303
    assert submitted.state == "draft"
    assert submitted.save("C9", "13").status_code == 200


def test_a_report_that_had_been_returned_is_returned_again_with_its_banner(city_app, submitted):
    submitted.judged("return", C9="人次偏多")
    submitted.fill(C9="10")
    submitted.submit("second")
    while_submitted = submitted.page()

    submitted.post("/withdrawal")

    page = submitted.page()
    assert submitted.state == "returned"
    assert "请核对慰问人次" in page.text
    assert "人次偏多" in page.says("state-C9")
    assert "请核对慰问人次" not in while_submitted.text


def test_the_submission_that_was_taken_back_stays_on_record(submitted):
    submitted.post("/withdrawal")

    receipt = submitted.page("/submissions/1")
    assert len(submitted.submissions) == 1
    assert "填报中" in receipt.text
    assert len(submitted.trail("withdrawn")) == 1


def test_a_withdrawn_report_is_submitted_as_the_next_number(submitted):
    submitted.post("/withdrawal")

    answer = submitted.submit("second")

    assert answer.location == submitted.url("/submissions/2")


def test_after_the_close_nothing_is_taken_back(city_app, submitted):
    city_app.clock_at(CLOSES.replace(hour=20))

    answer = submitted.post("/withdrawal")

    assert answer.status_code == 409
    assert "停止填报" in answer.text
    assert submitted.state == "submitted"
    assert "withdraw" not in submitted.page().actions()


@pytest.mark.parametrize("state", ["draft", "returned", "accepted"])
def test_only_what_is_submitted_can_be_taken_back(city_app, submitted, state):
    bring = {
        "draft": lambda: submitted.post("/withdrawal"),
        "returned": lambda: submitted.judged("return"),
        "accepted": lambda: submitted.judged("acceptance"),
    }
    bring[state]()

    answer = submitted.post("/withdrawal")

    assert answer.status_code == 409
    assert submitted.state == state


def test_nothing_is_taken_back_where_nothing_was_begun(echeng):
    assert echeng.post("/withdrawal").status_code == 409


def test_withdrawing_twice_is_withdrawing_once(submitted):
    answers = [submitted.post("/withdrawal").status_code for _ in range(2)]

    assert answers == [303, 409]
    assert len(submitted.trail("withdrawn")) == 1


def test_a_neighbour_takes_nothing_back(submitted, gedian, shizong):
    refused = [
        person.post("/withdrawal", code="echeng").status_code for person in (gedian, shizong)
    ]

    assert refused == [404, 403]
    assert submitted.state == "submitted"
