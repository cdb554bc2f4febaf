"""What did not reach the server waits in the browser, goes out in order, and is applied once."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.served import Desk
from tests.founding import PASSWORD

FIVE = {"F3": "3", "C9": "9", "A1": "1.50", "J4": "4.00", "B": "2"}
NO_NETWORK = ("htmx:afterRequest", "htmx:sendError", "ERR_", "Error Code 401")
KEPT = "() => Object.keys(localStorage).filter((key) => key.startsWith('portal.pending'))"


@pytest.fixture
def desk(served, new_page) -> Desk:
    """鄂城's reporter at the report page, on a line that is cut in these stories."""
    return served.sit_down(new_page(provoked=NO_NETWORK), "echeng")


def _kept(page: Page) -> list[str]:
    return page.evaluate(KEPT)


def _saved(served) -> list[tuple[str, str]]:
    trail = served.reporter("echeng").trail("figure-saved")
    return [(entry.item, entry.new) for entry in trail]


def _go_anyway(page: Page) -> None:
    page.on("dialog", lambda question: question.accept())


def _answers_are_lost(desk: Desk, times: int) -> None:
    """The server gets the next saves, and its answers get lost."""
    lost: list[str] = []

    def lose(route):
        if len(lost) < times:
            lost.append(route.request.url)
            route.fetch()
            route.abort()
        else:
            route.continue_()

    desk.page.route("**/items/*", lose)


def _sign_in(page: Page, username: str) -> None:
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_five_figures_typed_without_a_network_outlive_a_reload_and_are_saved_in_order(served, desk):
    _go_anyway(desk.page)
    desk.page.context.set_offline(True)
    for code, text in FIVE.items():
        desk.fill(code, text, "failed")
    assert len(_kept(desk.page)) == 5
    assert _saved(served) == []

    desk.page.context.set_offline(False)
    desk.page.route("**/items/*", lambda route: route.abort())
    desk.page.reload()
    desk.sees("B", "failed")
    expect(desk.cell("A1")).to_have_value("1.50")
    desk.page.unroute("**/items/*")
    desk.page.reload()

    for code in FIVE:
        desk.sees(code, "saved")
    assert _saved(served) == list(FIVE.items())
    assert _kept(desk.page) == []


def test_an_answer_lost_after_the_commit_is_asked_for_again_and_applied_once(served, desk):
    _answers_are_lost(desk, 1)
    desk.fill("C9", "12", "failed")

    desk.notice("C9").get_by_role("button", name="再存一次").click()

    desk.sees("C9", "saved", "12")
    assert _saved(served) == [("C9", "12")]


def test_a_lost_answer_is_no_conflict_with_oneself(served, desk):
    _answers_are_lost(desk, 1)
    desk.fill("C9", "12", "failed")

    desk.fill("C9", "14")

    desk.sees("C9", "saved", "14")
    expect(desk.cell("C9")).to_have_value("14")
    assert _saved(served) == [("C9", "12"), ("C9", "14")]
    assert _kept(desk.page) == []


def test_a_colleague_who_wrote_meanwhile_is_not_overwritten_by_what_waited(served, desk):
    _go_anyway(desk.page)
    desk.page.context.set_offline(True)
    desk.fill("C9", "12", "failed")
    served.reporter("echeng-head").fill(C9="13")
    desk.page.context.set_offline(False)

    desk.sees("C9", "conflict", "13")
    desk.notice("C9").get_by_role("button", name="用我的").click()

    desk.sees("C9", "saved", "12")


def test_a_session_that_ended_is_no_loss_even_when_the_page_is_reloaded(served, desk):
    _go_anyway(desk.page)
    desk.page.context.clear_cookies()
    desk.fill("C9", "12", "failed")
    expect(desk.page.get_by_role("dialog")).to_be_visible()

    desk.page.reload()
    _sign_in(desk.page, "echeng")

    desk.sees("C9", "saved", "12")
    assert _saved(served) == [("C9", "12")]


def test_the_figures_that_waited_for_the_sign_in_go_out_in_the_order_of_typing(served, desk):
    desk.page.route("**/items/*", lambda route: route.abort())
    for code in ("F3", "C9"):
        desk.fill(code, FIVE[code], "failed")
    desk.page.unroute("**/items/*")
    desk.page.context.clear_cookies()
    desk.fill("E1", "5", "failed")

    desk.page.get_by_role("dialog").get_by_label("密码").fill(PASSWORD)
    desk.page.keyboard.press("Enter")

    expect(desk.row("E1")).to_have_attribute("data-state", "saved", timeout=20_000)
    assert _saved(served) == [("F3", "3"), ("C9", "9"), ("E1", "5")]


def test_signing_out_deletes_the_waiting_texts(served, desk):
    _go_anyway(desk.page)
    desk.page.route("**/items/*", lambda route: route.abort())
    desk.fill("C9", "12", "failed")
    assert len(_kept(desk.page)) == 1

    desk.page.get_by_role("button", name="退出").click()
    expect(desk.page).to_have_url(f"{served.address}/login")

    assert _kept(desk.page) == []


def test_another_person_who_signs_in_finds_no_waiting_texts(served, desk):
    _go_anyway(desk.page)
    desk.page.route("**/items/*", lambda route: route.abort())
    desk.fill("C9", "12", "failed")
    desk.page.unroute("**/items/*")
    desk.page.context.clear_cookies()

    desk.page.goto(f"{served.address}/login")
    _sign_in(desk.page, "echeng-head")

    assert _kept(desk.page) == []
    desk.open()
    desk.sees("C9", "empty")


def test_texts_waiting_for_a_frozen_report_are_named_and_deleted(served, desk):
    _go_anyway(desk.page)
    desk.page.route("**/items/*", lambda route: route.abort())
    desk.fill("C9", "12", "failed")
    colleague = served.reporter("echeng")
    colleague.fill_rest()
    assert colleague.submit().status_code == 303

    desk.page.reload()

    expect(desk.page.get_by_role("alert")).to_contain_text("C9 12")
    assert _kept(desk.page) == []
