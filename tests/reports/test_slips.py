"""Slips: yuan typed for 万元 are asked about in their row, and mended there by one button."""

import pytest

from tests.reports.page import Page

OFFER = [("offer", "I=28.37")]


def _offers(page):
    return [button for button in page.buttons() if button[0] == "offer"]


def test_wages_typed_in_yuan_are_asked_about_and_the_button_stands_in_the_row(echeng):
    echeng.fill(H="27")

    row = Page.of(echeng.save("I", "283700").text)

    assert row.state("I") == "query"
    assert _offers(row) == OFFER
    assert "改为 28.37（÷ 10 000）" in row.says("state-I")
    assert _offers(echeng.page()) == OFFER


def test_without_scripts_the_button_mends_the_figure(echeng):
    echeng.fill(H="27", I="283700")

    answer = echeng.post("", **echeng.page().sheet() | {"offer": "I=28.37"})

    assert answer.status_code == 303
    assert (echeng.value("I"), echeng.page().state("I")) == (28_370_000, "saved")


def test_a_slip_that_shows_only_beside_its_neighbours_is_told_with_their_save(echeng):
    echeng.fill(A1="406200", A3="60", A4="13", A5="22", A6="7")

    answer = echeng.save("A2", "81")

    assert Page.of(answer.text).at("notice-A1").get("data-state") == "query"


@pytest.mark.parametrize(("typed", "state"), [("487000", "query"), ("48.70", "saved")])
def test_money_from_above_is_held_against_the_register(echeng, typed, state):
    echeng.expected(allocated=48_700_000)

    row = Page.of(echeng.save("A2", typed).text)

    assert row.state("A2") == state
    assert ("市总已登记的下拨数 48.70 万元" in row.says("state-A2")) == (state == "query")


def test_a_slip_has_to_be_answered_for_before_the_report_goes_up(echeng):
    echeng.fill(H="27", I="283700")
    echeng.fill_rest()

    answer = echeng.submit()

    assert answer.status_code == 422
    assert ("query", "I") in Page.of(answer.text).problems()
    assert echeng.state == "draft"


def test_the_panel_of_a_fund_names_the_check(echeng):
    assert "元填成万元" in echeng.page("/items/A1/panel").says("item-panel")
