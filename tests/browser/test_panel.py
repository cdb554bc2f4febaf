"""Beside the sheet at a browser: the panel that follows, amounts in words, last year's figures."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.served import Desk, Served


@pytest.fixture
def desk(served: Served, page: Page) -> Desk:
    """鄂城's reporter at the report page."""
    return served.sit_down(page, "echeng")


def _panel(desk):
    return desk.page.locator("#panel")


def _switch(desk):
    return desk.page.locator("#panel-switch")


def _follows(desk, code):
    expect(desk.page.locator("#item-panel")).to_have_attribute("data-code", code)


def test_the_panel_is_closed_at_first_and_asks_nothing(desk):
    asked = []
    desk.page.on("request", lambda request: asked.append(request.url))

    desk.cell("C9").focus()
    desk.page.keyboard.press("Enter")

    desk.is_at("D9")
    expect(_panel(desk)).to_be_hidden()
    expect(_switch(desk)).to_have_attribute("aria-expanded", "false")
    assert [url for url in asked if "/panel" in url] == []


def test_the_open_panel_follows_the_focus_and_leaves_it_where_it_is(desk):
    desk.cell("C9").focus()

    _switch(desk).click()

    _follows(desk, "C9")
    desk.is_at("C9")
    expect(desk.cell("C9")).to_be_in_viewport(ratio=0.9)
    desk.page.keyboard.press("Enter")
    _follows(desk, "D9")
    desk.is_at("D9")


def test_the_panel_is_remembered_after_a_reload_until_it_is_closed(desk):
    _switch(desk).click()
    desk.open()
    desk.cell("B1").focus()
    _follows(desk, "B1")

    desk.page.locator("#panel-close").click()
    expect(_panel(desk)).to_be_hidden()

    desk.open()
    expect(_switch(desk)).to_have_attribute("aria-expanded", "false")
    expect(_panel(desk)).to_be_hidden()


def test_the_code_of_a_row_opens_its_panel_without_leaving_the_page(desk):
    desk.type("C9", "12")

    desk.page.locator("#code-A a").click()

    _follows(desk, "A")
    assert desk.page.url == desk.report
    desk.sees("C9", "saved", "12")


def test_a_save_is_seen_in_the_history_of_the_item_that_is_looked_at(desk):
    _switch(desk).click()
    desk.fill("C9", "12")

    desk.page.keyboard.press("ArrowUp")

    _follows(desk, "C9")
    expect(_panel(desk)).to_contain_text("空白 → 12")


def test_a_note_is_written_in_the_panel(served, desk):
    desk.fill("C9", "12")
    desk.page.locator("#code-C9 a").click()
    _follows(desk, "C9")

    desk.page.locator("#note-text").fill("含两个站点")
    desk.page.get_by_role("button", name="保存备注").click()

    expect(desk.page.locator(".note")).to_contain_text("含两个站点")
    expect(desk.page.locator("#note-text")).to_have_value("")
    [entry] = served.reporter("echeng").trail("noted")
    assert entry.item == "C9"


def test_a_note_that_is_not_finished_waits_while_the_focus_is_elsewhere(desk):
    desk.fill("C9", "12")
    desk.page.locator("#code-C9 a").click()
    _follows(desk, "C9")
    desk.page.locator("#note-text").fill("含两个")

    desk.cell("B").focus()
    _follows(desk, "B")
    expect(desk.page.locator("#note-text")).to_have_value("")
    desk.cell("C9").focus()

    _follows(desk, "C9")
    expect(desk.page.locator("#note-text")).to_have_value("含两个")


def test_an_amount_is_said_in_words_while_it_is_typed(desk):
    desk.type("D9", "12.6")

    words = desk.page.locator(".row__words")
    expect(words).to_have_text("壹拾贰万陆仟元整，即 126,000.00 元")
    expect(words).to_have_attribute("aria-live", "polite")
    desk.page.keyboard.type("x")
    expect(words).to_have_text("")
    desk.page.keyboard.press("Escape")
    desk.cell("C9").focus()
    expect(words).to_have_count(0)


def test_a_count_has_no_words(desk):
    desk.cell("C9").focus()

    expect(desk.page.locator(".row__words")).to_have_count(0)


def test_the_columns_beside_follow_a_save(desk):
    desk.fill("D9", "1.50")
    desk.fill("C9", "18")

    expect(desk.page.locator("#change-C9")).to_have_text("+50.0%")
    expect(desk.page.locator("#change-C")).to_have_text("+50.0%")
    expect(desk.page.locator("#average-D9")).to_have_text("833.33 元/人次")


def test_the_columns_are_hidden_on_request_and_stay_so(desk):
    expect(desk.page.locator("#change-C9")).to_have_count(1)

    desk.page.locator("#compare-switch").click()
    desk.open()

    expect(desk.page.locator("#change-C9")).to_have_count(0)
    desk.fill("C9", "12")


def test_on_a_narrow_screen_the_columns_stay_away_and_nothing_overflows(served, new_page):
    desk = served.sit_down(new_page(width=360), "echeng")

    _switch(desk).click()
    desk.cell("D9").focus()
    _follows(desk, "D9")

    cell, panel = desk.cell("D9").bounding_box(), _panel(desk).bounding_box()
    assert cell
    assert panel
    assert cell["y"] + cell["height"] <= panel["y"]
    expect(desk.page.locator("#change-C9")).to_be_hidden()
    width = desk.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360


def test_a_colleague_who_just_saved_is_named(served, desk):
    served.reporter("echeng-head").fill(C9="12")

    desk.fill("D10", "0")

    expect(desk.page.locator("#presence")).to_contain_text("高建华")


def test_without_scripts_the_code_leads_to_a_page_of_the_item(served, new_page):
    desk = served.sit_down(new_page(javascript=False), "echeng")
    served.reporter("echeng").fill(C9="12")

    desk.page.locator("#code-C9 a").click()
    desk.page.locator("#note-text").fill("含两个站点")
    desk.page.get_by_role("button", name="保存备注").click()

    expect(desk.page.locator(".note")).to_contain_text("含两个站点")


def test_axe_finds_nothing_grave_with_everything_open(desk, axe):
    desk.fill("C9", "12")
    desk.type("D9", "12.6")
    expect(desk.page.locator(".row__words")).to_contain_text("壹拾贰万")
    _switch(desk).click()
    _follows(desk, "D9")

    assert axe(desk.page) == []


def test_axe_finds_nothing_grave_on_the_page_of_an_item(desk, axe):
    desk.fill("C9", "12")

    desk.open("/items/C9/panel")

    assert axe(desk.page) == []
