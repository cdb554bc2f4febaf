"""Pasting at a browser: a block from a spreadsheet fills the sheet, and comes out again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.served import Desk

TWO_BY_ELEVEN = "".join(f"{10 + n}\t{'约三万' if n == 3 else f'{n}.5'}\r\n" for n in range(1, 12))

PASTED = """(cell, text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    return cell.dispatchEvent(
        new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true})
    );
}"""

NO_ANSWER = ("htmx:afterRequest", "htmx:sendError", "ERR_INTERNET_DISCONNECTED")


@pytest.fixture
def desk(served, page: Page) -> Desk:
    """鄂城's reporter at the report page."""
    return served.sit_down(page, "echeng")


def _paste(desk, code, text):
    """Paste into a cell; answers whether the browser was left to do it itself."""
    desk.cell(code).focus()
    return desk.cell(code).evaluate(PASTED, text)


def _result(desk):
    return desk.page.locator("#paste-result")


def _stored(served, *codes):
    return [served.reporter("echeng").value(code) for code in codes]


def _is_filled(desk):
    desk.sees("C1", "saved", "11")
    desk.sees("C11", "saved", "21")
    expect(desk.cell("D1")).to_have_value("1.50")


def _is_blank_again(desk):
    desk.sees("C1", "empty", "")
    desk.sees("D3", "empty", "")
    for code in ("C1", "D1", "C3", "D3", "D11"):
        expect(desk.cell(code)).to_have_value("")


def test_a_block_fills_the_pairs_and_its_bad_cell_is_listed(served, desk, axe):
    left_alone = _paste(desk, "C1", TWO_BY_ELEVEN)

    _is_filled(desk)
    desk.sees("D3", "invalid", "")
    expect(desk.cell("D3")).to_have_value("约三万")
    expect(_result(desk)).to_contain_text("已粘贴 21 项")
    expect(_result(desk).locator("li")).to_have_count(1)
    expect(_result(desk).locator("li")).to_contain_text("第 3 行第 2 列“约三万”")
    expect(desk.page.locator("#progress")).to_contain_text("已填 21/46")
    expect(desk.page.locator("#figure-C")).to_have_text("176")
    assert not left_alone
    desk.is_at("C1")
    assert _stored(served, "C1", "D1", "D3") == [11, 1_500_000, None]
    assert axe(desk.page) == []


def test_the_button_takes_the_block_back_and_the_focus_stays(served, desk):
    _paste(desk, "C1", TWO_BY_ELEVEN)
    _is_filled(desk)

    _result(desk).get_by_role("button", name="撤销粘贴").click()

    _is_blank_again(desk)
    expect(_result(desk)).to_contain_text("已撤销，恢复 21 项")
    desk.is_at("C1")
    assert _stored(served, "C1", "D11") == [None, None]


def test_control_z_takes_the_block_back(served, desk):
    _paste(desk, "C1", TWO_BY_ELEVEN)
    _is_filled(desk)

    desk.page.keyboard.press("Control+z")

    _is_blank_again(desk)
    desk.is_at("C1")
    assert _stored(served, "C1", "D11") == [None, None]


def test_control_z_before_the_answer_takes_the_block_back_too(served, desk):
    with desk.slow_line("**/report/paste") as held:
        _paste(desk, "C1", TWO_BY_ELEVEN)
        desk.until(held, 1)
        desk.page.keyboard.press("Control+z")
        held[0].continue_()

        expect(_result(desk)).to_contain_text("已撤销，恢复 21 项")

    _is_blank_again(desk)
    assert _stored(served, "C1") == [None]


def test_after_typing_control_z_belongs_to_the_browser(served, desk):
    _paste(desk, "C1", TWO_BY_ELEVEN)
    _is_filled(desk)

    desk.page.keyboard.type("5")
    desk.page.keyboard.press("Control+z")

    expect(_result(desk)).to_contain_text("已粘贴 21 项")
    assert _stored(served, "C1") == [11]


WITH_SUMS = "21\r\n1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n"


def test_a_column_with_its_sum_lands_one_row_higher_and_control_z_takes_it_back(served, desk):
    _paste(desk, "A1", WITH_SUMS)
    desk.sees("A6", "saved", "6.00")
    expect(_result(desk)).to_contain_text("复制的列带合计行，从 A 起对应")
    assert _stored(served, "A1", "B") == [1_000_000, None]

    desk.page.keyboard.press("Control+z")

    desk.sees("A1", "empty", "")
    assert _stored(served, "A1", "A6") == [None, None]


def test_an_ambiguous_block_offers_readings_as_buttons(served, desk, axe):
    _paste(desk, "A1", WITH_SUMS.replace("21", "22"))
    offers = _result(desk).get_by_role("button", name="起粘贴")
    expect(offers).to_have_count(2)
    desk.sees("A1", "empty")
    assert axe(desk.page) == []

    offers.first.click()

    desk.sees("A6", "saved", "6.00")
    expect(_result(desk)).to_contain_text("A 写的是 22，相加是 21.00")
    desk.is_at("A1")
    assert _stored(served, "A1", "B") == [1_000_000, None]


def test_a_pasted_text_that_was_refused_outlives_a_reload_until_it_is_undone(desk):
    _paste(desk, "C1", TWO_BY_ELEVEN)
    desk.sees("D3", "invalid", "")

    desk.page.reload()
    desk.sees("D3", "invalid", "")
    expect(desk.cell("D3")).to_have_value("约三万")
    desk.page.locator("#undo-batch").click()

    desk.sees("C1", "empty", "")


def test_the_real_clipboard_pastes_a_block(served, desk):
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.page.evaluate("text => navigator.clipboard.writeText(text)", TWO_BY_ELEVEN)
    desk.cell("C1").focus()

    desk.page.keyboard.press("Control+v")

    _is_filled(desk)
    assert _stored(served, "C1", "D11") == [11, 11_500_000]


@pytest.mark.parametrize("single", ["12", "12\r\n"])
def test_a_single_figure_is_pasted_by_the_browser(desk, single):
    desk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.page.evaluate("text => navigator.clipboard.writeText(text)", single)
    desk.cell("C1").focus()

    desk.page.keyboard.press("Control+v")

    expect(desk.cell("C1")).to_have_value("12")
    expect(_result(desk)).to_be_hidden()


def test_while_an_input_method_composes_a_paste_belongs_to_it(desk):
    desk.cell("C1").focus()
    desk.cell("C1").dispatch_event("compositionstart")

    left_alone = _paste(desk, "C1", TWO_BY_ELEVEN)

    assert left_alone
    expect(_result(desk)).to_be_hidden()


def test_what_is_typed_while_a_paste_is_under_way_stays_and_is_saved_after_it(served, desk):
    with desk.slow_line("**/report/paste") as held:
        _paste(desk, "C1", TWO_BY_ELEVEN)
        desk.until(held, 1)
        desk.fill("C2", "99", "saving")
        held[0].continue_()

        desk.sees("C2", "saved", "99")

    expect(desk.cell("C2")).to_have_value("99")
    expect(desk.cell("C3")).to_have_value("13")
    assert _stored(served, "C2", "C3") == [99, 13]


def test_a_row_that_is_being_saved_goes_before_the_paste(served, desk):
    with desk.slow_line() as held:
        desk.fill("C1", "5", "saving")
        desk.until(held, 1)
        _paste(desk, "C1", TWO_BY_ELEVEN)
        held[0].continue_()

        _is_filled(desk)

    assert served.reporter("echeng").version("C1") == 2


def test_a_paste_without_network_is_sent_again_when_it_is_back(served, new_page):
    desk = served.sit_down(new_page(provoked=NO_ANSWER), "echeng")
    desk.page.context.set_offline(True)
    _paste(desk, "C1", TWO_BY_ELEVEN)
    expect(_result(desk)).to_contain_text("网络恢复后会自动再试，不会重复")
    desk.page.context.set_offline(False)

    _is_filled(desk)
    assert _stored(served, "C1") == [11]


def test_a_paste_without_an_answer_is_sent_again_by_its_button(served, new_page):
    desk = served.sit_down(new_page(provoked=NO_ANSWER), "echeng")
    desk.page.route("**/report/paste", lambda route: route.abort())
    _paste(desk, "C1", TWO_BY_ELEVEN)
    expect(_result(desk)).to_contain_text("不会重复")
    desk.page.unroute("**/report/paste")

    _result(desk).get_by_role("button", name="再试一次").click()

    _is_filled(desk)
    assert _stored(served, "C1") == [11]


def test_the_box_takes_a_block_too(served, desk, axe):
    desk.page.get_by_text("粘贴一块").click()
    desk.page.locator("#paste-start").select_option("C1")
    desk.page.locator("#paste-text").fill(TWO_BY_ELEVEN)

    desk.page.get_by_role("button", name="粘贴到表中").click()

    _is_filled(desk)
    assert axe(desk.page) == []
    assert _stored(served, "C1") == [11]


def test_without_scripts_the_box_pastes_lists_and_undoes(served, new_page):
    desk = served.sit_down(new_page(javascript=False), "echeng")
    desk.page.get_by_text("粘贴一块").click()
    desk.page.locator("#paste-start").select_option("C1")
    desk.page.locator("#paste-text").fill(TWO_BY_ELEVEN)

    desk.page.get_by_role("button", name="粘贴到表中").click()
    expect(desk.cell("D3")).to_have_value("约三万")
    expect(_result(desk)).to_contain_text("第 3 行第 2 列“约三万”")
    pasted = _stored(served, "C1", "D11")
    _result(desk).get_by_role("button", name="撤销粘贴").click()

    expect(desk.page.locator(".flash")).to_contain_text("已撤销，恢复 21 项")
    assert pasted == [11, 11_500_000]
    assert _stored(served, "C1", "D11") == [None, None]


IMPATIENT = """() => document.addEventListener("htmx:configRequest", (event) => {
    window.patience = event.detail.timeout;
    event.detail.timeout = 50;
})"""


def test_a_server_that_does_not_answer_is_given_up_in_the_end(served, new_page):
    desk = served.sit_down(new_page(provoked=("htmx:afterRequest", "htmx:timeout")), "echeng")
    desk.page.evaluate(IMPATIENT)
    with desk.slow_line("**/report/paste"):
        _paste(desk, "C1", TWO_BY_ELEVEN)

        expect(_result(desk)).to_contain_text("网络恢复后会自动再试，不会重复")

    assert desk.page.evaluate("window.patience") == 20_000
