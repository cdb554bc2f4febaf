"""Filling in at a browser: keys, states, slow lines, ended sessions, two people at one cell."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.served import Desk, Served
from tests.founding import PASSWORD

# what htmx writes to the console of an answer that these tests bring about
NO_ANSWER = ("htmx:afterRequest", "htmx:sendError", "ERR_INTERNET_DISCONNECTED")
ENDED = ("Status Error Code 401",)
STRANGE = ("Status Error Code 200",)


@pytest.fixture
def desk(served: Served, page: Page) -> Desk:
    """鄂城's reporter at the report page."""
    return served.sit_down(page, "echeng")


def _stored(served, code):
    return served.reporter("echeng").value(code)


def test_leaving_a_cell_saves_its_row_and_enter_goes_to_the_next(served, desk):
    desk.type("C9", "12")

    desk.page.keyboard.press("Enter")

    desk.is_at("D9")
    desk.sees("C9", "saved", "12")
    expect(desk.page.locator("#figure-C")).to_have_text("12")
    expect(desk.page.locator("#progress")).to_contain_text("已填 1/46")
    expect(desk.page.locator("#report-state")).to_have_text("填报中")
    assert _stored(served, "C9") == 12


def test_the_arrows_move_as_in_a_spreadsheet(desk):
    press = desk.page.keyboard.press
    desk.cell("C9").focus()

    for key, there in (
        ("ArrowDown", "D9"),
        ("ArrowDown", "C10"),
        ("ArrowUp", "D9"),
        ("ArrowLeft", "C9"),
        ("ArrowRight", "D9"),
        ("Control+Home", "A1"),
        ("ArrowUp", "A1"),
        ("Control+End", "J4"),
        ("ArrowDown", "J4"),
    ):
        press(key)
        desk.is_at(there)


def test_inside_a_text_the_arrows_move_the_caret(desk):
    desk.type("C9", "123")

    desk.page.keyboard.press("ArrowLeft")
    desk.page.keyboard.type("0")

    desk.is_at("C9")
    expect(desk.cell("C9")).to_have_value("1203")


def test_escape_gives_the_saved_figure_back(served, desk):
    desk.fill("C9", "12")
    desk.type("C9", "99")

    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Enter")

    expect(desk.cell("C9")).to_have_value("12")
    assert served.reporter("echeng").version("C9") == 1


def test_escape_takes_a_refused_text_and_its_refusal_away(desk):
    desk.fill("C9", "12")
    desk.fill("C9", "abc", "invalid")
    desk.cell("C9").focus()

    desk.page.keyboard.press("Escape")

    desk.sees("C9", "saved", "12")
    expect(desk.cell("C9")).to_have_attribute("aria-invalid", "false")


def test_enter_in_the_last_cell_saves_it_and_stays(desk):
    desk.fill("J4", "3")

    desk.is_at("J4")
    expect(desk.cell("J4")).to_have_value("3.00")


COMPOSING = """(cell, how) => {
    const enter = {key: "Enter", bubbles: true, cancelable: true};
    const key = new KeyboardEvent("keydown", {...enter, ...how});
    if (how.keyCode) Object.defineProperty(key, "keyCode", {value: how.keyCode});
    cell.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}));
    return cell.dispatchEvent(key);
}"""


@pytest.mark.parametrize("how", [{"isComposing": True}, {"keyCode": 229}])
def test_while_an_input_method_composes_enter_belongs_to_it(desk, how):
    desk.cell("C9").focus()

    left_alone = desk.cell("C9").evaluate(COMPOSING, how)

    assert left_alone
    desk.is_at("C9")


def test_the_figure_is_shown_back_as_it_is_kept(desk):
    desk.fill("D9", "１，２３４．５", "query")  # last year was 1.00

    expect(desk.cell("D9")).to_have_value("1234.50")


def test_a_refused_text_stays_and_its_offer_is_one_click_away(served, desk):
    desk.fill("D9", "0.3432", "invalid")
    refused = desk.cell("D9").input_value()

    desk.notice("D9").get_by_role("button", name="记为 0.34").click()

    assert refused == "0.3432"
    desk.sees("D9", "saved", "0.34")
    desk.is_at("D9")
    expect(desk.cell("D9")).to_have_value("0.34")
    assert _stored(served, "D9") == 340_000


def test_typing_on_while_a_slow_save_is_under_way_loses_no_keystroke(served, desk):
    with desk.slow_line() as held:
        desk.type("C9", "12")
        desk.page.keyboard.press("Enter")
        desk.until(held, 1)
        desk.sees("C9", "saving")
        desk.type("C9", "345")
        held[0].continue_()
        expect(desk.page.locator("#figure-C")).to_have_text("12")
        expect(desk.cell("C9")).to_have_value("345")
        desk.is_at("C9")
        desk.page.keyboard.type("6")
        desk.page.keyboard.press("Enter")
        desk.until(held, 2)
        held[1].continue_()

    desk.sees("C9", "saved", "3456")
    expect(desk.cell("C9")).to_have_value("3456")
    assert _stored(served, "C9") == 3456


def test_a_row_changed_again_while_its_save_waits_ends_with_the_last_text(served, desk):
    with desk.slow_line() as held:
        desk.type("C9", "12")
        desk.page.keyboard.press("Enter")
        desk.until(held, 1)
        desk.type("C9", "34")
        desk.page.keyboard.press("Enter")
        desk.type("C8", "8")
        desk.page.keyboard.press("Enter")
        desk.sees("C8", "saving")
        held[0].continue_()
        desk.until(held, 2)
        desk.sees("C9", "saving")
        held[1].continue_()
        desk.until(held, 3)
        held[2].continue_()

    desk.sees("C9", "saved", "34")
    desk.sees("C8", "saved", "8")
    expect(desk.cell("C9")).to_have_value("34")
    assert (_stored(served, "C9"), _stored(served, "C8")) == (34, 8)


def test_an_answer_for_one_row_leaves_the_text_and_the_caret_of_another(desk):
    with desk.slow_line() as held:
        desk.type("C9", "12")
        desk.page.keyboard.press("Enter")
        desk.page.keyboard.type("0.")
        desk.until(held, 1)
        held[0].continue_()
        desk.sees("C9", "saved")
        desk.page.keyboard.type("75")

    desk.is_at("D9")
    expect(desk.cell("D9")).to_have_value("0.75")


def test_what_follows_from_one_row_never_hides_the_refusal_of_another(desk):
    desk.fill("B", "5")
    desk.fill("B1", "4")
    desk.fill("B1", "四", "invalid")

    desk.fill("B", "3")

    expect(desk.notice("B1")).to_contain_text("不是可以识别的数")
    expect(desk.cell("B1")).to_have_value("四")
    desk.sees("B1", "invalid")


@pytest.fixture
def other(served: Served, new_page) -> Desk:
    """鄂城's second reporter, at another browser with the same page open."""
    return served.sit_down(new_page(), "echeng-head")


@pytest.mark.parametrize(
    ("choice", "figure"), [("用我的", "14"), ("用对方的", "13")], ids=["mine", "theirs"]
)
def test_two_people_in_one_cell_see_both_figures_and_one_chooses(
    served, desk, other, choice, figure
):
    other.fill("C9", "13")

    desk.fill("C9", "14", "conflict")
    expect(desk.notice("C9")).to_contain_text("高建华")
    expect(desk.notice("C9")).to_contain_text("已改为 13，您填的是 14")
    desk.notice("C9").get_by_role("button", name=choice).click()

    desk.sees("C9", "saved", figure)
    expect(desk.cell("C9")).to_have_value(figure)
    assert _stored(served, "C9") == int(figure)


@pytest.fixture
def ending(served: Served, new_page) -> Desk:
    """鄂城's reporter, whose session is going to end while the page is open."""
    return served.sit_down(new_page(provoked=ENDED), "echeng")


def test_an_ended_session_is_renewed_inside_the_page_and_the_saves_follow(served, ending):
    desk = ending
    desk.page.context.clear_cookies()
    desk.type("C9", "12")
    desk.page.keyboard.press("Enter")
    dialog = desk.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    desk.sees("C9", "failed")

    dialog.get_by_label("密码").fill("wrong")
    dialog.get_by_role("button", name="登录并继续").click()
    expect(dialog).to_contain_text("用户名或密码不正确")
    dialog.get_by_label("密码").fill(PASSWORD)
    dialog.get_by_role("button", name="登录并继续").click()

    expect(dialog).to_be_hidden()
    desk.sees("C9", "saved", "12")
    assert _stored(served, "C9") == 12


def test_what_was_typed_after_the_session_ended_is_saved_too(served, ending):
    desk = ending
    desk.page.context.clear_cookies()
    with desk.slow_line() as held:
        for code, text in (("C7", "7"), ("C8", "8")):
            desk.type(code, text)
            desk.page.keyboard.press("Enter")
        desk.type("C9", "9")
        desk.until(held, 1)
        held[0].continue_()
        desk.until(held, 2)
        held[1].continue_()
    dialog = desk.page.get_by_role("dialog")
    desk.sees("C7", "failed")
    desk.sees("C8", "failed")

    dialog.get_by_label("密码").fill(PASSWORD)
    desk.page.keyboard.press("Enter")

    for code in ("C7", "C8"):
        desk.sees(code, "saved")
    expect(dialog).to_be_hidden()
    desk.is_at("C9")
    expect(desk.cell("C9")).to_have_value("9")
    desk.page.keyboard.press("Enter")
    desk.sees("C9", "saved")
    assert [_stored(served, code) for code in ("C7", "C8", "C9")] == [7, 8, 9]


def test_somebody_else_who_signs_in_gets_a_page_of_their_own(served, ending):
    desk = ending
    desk.page.context.clear_cookies()
    desk.fill("C9", "12", "failed")
    dialog = desk.page.get_by_role("dialog")
    desk.page.on("dialog", lambda question: question.accept())

    dialog.get_by_label("用户名").fill("echeng-head")
    dialog.get_by_label("密码").fill(PASSWORD)
    desk.page.keyboard.press("Enter")

    expect(desk.page.locator("body")).to_have_attribute("data-user", "echeng-head")
    assert _stored(served, "C9") is None


def test_signing_in_anew_in_another_window_costs_no_figure(served, new_page):
    desk = served.sit_down(new_page(provoked=["Status Error Code 400"]), "echeng")
    desk.page.context.clear_cookies()
    window = desk.page.context.new_page()
    window.goto(f"{served.address}/login")
    window.get_by_label("用户名").fill("echeng")
    window.get_by_label("密码").fill(PASSWORD)
    with window.expect_navigation():
        window.keyboard.press("Enter")
    desk.fill("C9", "12", "failed")

    desk.page.get_by_role("dialog").get_by_label("密码").fill(PASSWORD)
    desk.page.keyboard.press("Enter")

    desk.sees("C9", "saved", "12")


def test_a_server_that_does_not_answer_is_given_up_in_the_end(served, new_page):
    desk = served.sit_down(new_page(provoked=("htmx:afterRequest", "htmx:timeout")), "echeng")
    patience = """(milliseconds) => document.querySelector("#sheet-table")
        .setAttribute("hx-request", JSON.stringify({timeout: milliseconds}))"""
    desk.page.evaluate(patience, 50)
    with desk.slow_line() as held:
        desk.fill("C9", "12", "failed")
        desk.until(held, 1)
    assert len(held) == 1
    desk.page.evaluate(patience, 20_000)

    desk.notice("C9").get_by_role("button", name="再存一次").click()

    desk.sees("C9", "saved", "12")


def test_without_a_network_the_figure_waits_and_is_saved_when_it_is_back(served, new_page):
    desk = served.sit_down(new_page(provoked=NO_ANSWER), "echeng")
    desk.page.context.set_offline(True)
    desk.fill("C9", "12", "failed")
    desk.fill("C8", "8", "failed")
    expect(desk.notice("C9")).to_contain_text("网络不通")
    expect(desk.cell("C9")).to_have_value("12")

    desk.page.context.set_offline(False)

    desk.sees("C9", "saved", "12")
    desk.sees("C8", "saved", "8")
    assert (_stored(served, "C9"), _stored(served, "C8")) == (12, 8)


def test_an_answer_that_is_not_the_portals_replaces_nothing(served, new_page):
    desk = served.sit_down(new_page(provoked=STRANGE), "echeng")
    strange = {"status": 200, "content_type": "text/html", "body": "<h1>请先登录校园网</h1>"}
    desk.page.route("**/items/*", lambda route: route.fulfill(**strange))
    desk.fill("C9", "12", "failed")
    desk.page.unroute("**/items/*")

    desk.notice("C9").get_by_role("button", name="再存一次").click()

    desk.sees("C9", "saved", "12")


def test_a_report_that_was_submitted_elsewhere_locks_the_row_and_keeps_its_text(served, desk):
    person = served.reporter("echeng")
    person.fill(C9="12")
    person.fill_rest()
    person.submit()

    desk.fill("C9", "13", "locked")

    expect(desk.notice("C9")).to_contain_text("您填的 13 没有保存")
    expect(desk.page.locator("#report-state")).to_have_text("已上报（待审核）")
    expect(desk.cell("C9")).not_to_be_editable()
    expect(desk.action("withdraw")).to_be_visible()


def test_the_focus_is_never_lost_to_a_swap(desk):
    desk.page.evaluate(
        """() => document.addEventListener("htmx:afterSettle", () => {
            if (document.activeElement === document.body) document.body.dataset.lost = "focus";
        })"""
    )
    for code, text, state in (
        ("C9", "12", "saved"),
        ("D9", "36000", "query"),
        ("D9", "3.6543", "invalid"),
        ("B1", "x", "invalid"),
        ("J4", "3", "saved"),
    ):
        desk.fill(code, text, state)

    assert desk.page.locator("body").get_attribute("data-lost") is None


def test_a_link_pressed_in_the_middle_of_typing_works_although_the_counts_are_drawn_anew(desk):
    desk.type("C9", "12")
    desk.page.locator("#next-blank").hover()
    desk.page.mouse.down()
    desk.is_at("C9")

    desk.page.mouse.up()

    desk.is_at("A1")
    desk.sees("C9", "saved", "12")


def test_each_count_leads_to_the_next_such_row(desk):
    desk.fill("B", "5")
    desk.fill("B1", "7", "invalid")
    desk.fill("C9", "10")
    desk.fill("D9", "2", "query")

    desk.page.locator("#next-error").click()
    desk.is_at("B1")
    desk.page.locator("#next-query").click()
    desk.is_at("D9")


def _head(desk, words):
    expect(desk.page.locator("#progress")).to_contain_text(words)


def test_the_head_counts_what_did_not_arrive_and_leads_to_each_of_it(served, new_page):
    desk = served.sit_down(
        new_page(provoked=("htmx:afterRequest", "htmx:sendError", "ERR_")), "echeng"
    )
    desk.fill("C1", "5")
    _head(desk, "全部已保存")
    desk.page.route("**/items/*", lambda route: route.abort())
    for code in ("C9", "E1", "J3"):
        desk.fill(code, "7", "failed")

    _head(desk, "未保存 3")
    for there in ("C9", "E1", "J3", "C9"):
        desk.page.locator("#next-unsaved").click()
        desk.is_at(there)
    desk.page.unroute("**/items/*")
    desk.page.evaluate("window.dispatchEvent(new Event('online'))")
    _head(desk, "全部已保存")


def test_the_head_counts_refused_rows_whatever_is_saved_since(desk):
    desk.fill("C9", "abc", "invalid")
    desk.fill("E1", "1.5", "invalid")
    desk.fill("F1", "3")

    _head(desk, "有误 2")
    expect(desk.page.locator("#next-unsaved")).to_have_text("")
    desk.page.locator("#next-error").click()
    desk.is_at("C9")
    desk.fill("C9", "4")
    desk.fill("E1", "5")
    _head(desk, "全部已保存")
    _head(desk, "有误 0")


def test_a_text_that_is_being_typed_is_not_called_saved(desk):
    desk.fill("C9", "12")

    desk.type("C9", "13")

    _head(desk, "未保存 1")


def test_a_refused_text_outlives_a_reload_and_stops_the_submission_until_it_is_settled(
    served, desk
):
    desk.fill("C9", "abc", "invalid")
    desk.page.reload()
    desk.sees("C9", "invalid")
    expect(desk.cell("C9")).to_have_value("abc")
    person = served.reporter("echeng")
    person.fill(**dict.fromkeys(("A1", "C9"), "1"))
    person.fill_rest()

    desk.action("submit").click()

    listed = desk.page.locator("#unsent li")
    expect(listed).to_contain_text("C9 您填的“abc”没有保存")
    desk.action("submit").click()
    expect(desk.page.locator("#unsent")).to_be_focused()
    listed.get_by_role("button", name="放弃").click()
    expect(desk.page.locator("#unsent")).to_be_hidden()
    desk.open()
    expect(desk.cell("C9")).to_have_value("1")


def test_a_conflict_outlives_a_reload_and_overwrites_nothing(served, desk, other):
    other.fill("C9", "13")
    desk.fill("C9", "14", "conflict")

    desk.page.reload()

    desk.sees("C9", "conflict", "13")
    expect(desk.cell("C9")).to_have_value("14")
    assert _stored(served, "C9") == 13


def test_a_click_selects_and_typing_replaces(desk):
    desk.fill("C9", "125")
    desk.cell("C9").click()
    desk.page.keyboard.type("130")
    expect(desk.cell("C9")).to_have_value("130")
    desk.page.keyboard.press("Enter")

    # reached by a key, which selects it, and then clicked
    desk.page.keyboard.press("ArrowUp")
    desk.cell("C9").click()
    desk.page.keyboard.type("140")

    expect(desk.cell("C9")).to_have_value("140")


def test_a_second_click_or_f2_places_the_caret(desk):
    desk.fill("C9", "125")
    desk.cell("C9").click()
    desk.cell("C9").click()
    desk.page.keyboard.press("End")
    desk.page.keyboard.type("0")
    expect(desk.cell("C9")).to_have_value("1250")
    desk.page.keyboard.press("Enter")

    desk.cell("C9").click()
    desk.page.keyboard.press("F2")
    desk.page.keyboard.type("7")

    expect(desk.cell("C9")).to_have_value("12507")


def test_what_is_dragged_over_stays_selected_as_it_is(desk):
    desk.fill("C9", "12345678")
    box = desk.cell("C9").bounding_box()
    right, middle = box["x"] + box["width"] - 12, box["y"] + box["height"] / 2

    desk.page.mouse.move(right, middle)
    desk.page.mouse.down()
    desk.page.mouse.move(right - 25, middle)
    desk.page.mouse.up()

    start, end = desk.cell("C9").evaluate("cell => [cell.selectionStart, cell.selectionEnd]")
    assert 0 < start < end == 8


def test_leaving_with_the_last_figure_still_in_its_cell_saves_it_first(served, desk):
    with desk.slow_line() as held:
        desk.type("C9", "12")
        desk.action("submit").click()
        desk.until(held, 1)
        expect(desk.page).to_have_url(desk.report)
        held[0].continue_()
        expect(desk.page).to_have_url(f"{desk.report}/submission")

    assert _stored(served, "C9") == 12


def test_zeros_are_filled_in_only_after_the_figure_that_was_just_typed(served, desk):
    desk.fill("C8", "8")
    with desk.slow_line() as held:
        desk.type("C9", "12")
        desk.action("zero-rest").click()
        desk.until(held, 1)
        held[0].continue_()
        expect(desk.page.locator(".flash")).to_contain_text("已把 44 个空白项补为 0")

    assert (_stored(served, "C9"), _stored(served, "C7")) == (12, 0)


def test_leaving_stops_at_a_figure_that_was_refused(desk):
    desk.type("C9", "abc")

    desk.action("submit").click()

    desk.sees("C9", "invalid")
    desk.is_at("C9")
    expect(desk.page).to_have_url(desk.report)


def test_closing_the_page_over_an_unsaved_text_asks_first(desk):
    desk.type("C9", "12")

    with desk.page.expect_event("dialog") as asked:
        desk.page.close(run_before_unload=True)
    asked.value.dismiss()

    assert asked.value.type == "beforeunload"
    expect(desk.cell("C9")).to_have_value("12")


def test_a_page_with_everything_saved_is_left_without_a_question(desk):
    questions = []
    desk.page.on("dialog", lambda question: (questions.append(question.type), question.accept()))
    desk.fill("D9", "3.6")

    desk.action("print").click()

    expect(desk.page).to_have_url(f"{desk.report}/print")
    assert questions == []


def test_the_button_for_the_whole_sheet_saves_with_scripts_too(served, desk):
    desk.page.route("**/items/*", lambda route: route.abort())
    desk.page.evaluate("document.querySelector('#C9').value = '12'")

    desk.page.locator(".save-all button").click()

    expect(desk.page.locator(".flash")).to_contain_text("已保存 1 项")
    assert _stored(served, "C9") == 12


def test_without_scripts_a_report_is_filled_in_mended_and_submitted(served, new_page):
    desk = served.sit_down(new_page(javascript=False), "echeng")
    page = desk.page
    page.fill("#A1", "2")
    page.fill("#C9", "１２")
    page.fill("#D9", "0.3432")
    page.keyboard.press("Enter")

    desk.sees("A1", "saved", "2.00")
    desk.sees("D9", "invalid", "")
    expect(desk.cell("D9")).to_have_value("0.3432")
    page.get_by_role("button", name="记为 0.34").click()
    desk.sees("D9", "saved", "0.34")
    page.fill("#B", "3")
    page.fill("#B1", "4")
    page.locator(".save-all button").click()
    desk.sees("B1", "invalid", "4")
    page.fill("#E1", "6")
    desk.action("zero-rest").click()
    page.fill("#E2", "7")
    desk.action("submit").click()
    assert (_stored(served, "E1"), _stored(served, "E2")) == (6, 7)
    expect(page.locator("[data-issue=error][data-code=B1]")).to_be_visible()
    desk.action("submit").click()
    expect(page.get_by_role("alert")).to_contain_text("还不能上报")
    page.get_by_role("link", name="去改 B1").click()
    page.fill("#B1", "3")
    page.locator(".save-all button").click()
    desk.action("submit").click()
    desk.action("submit").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("报送回执")
    assert served.reporter("echeng").state == "submitted"


def test_without_scripts_a_conflict_is_settled_by_a_button(served, new_page, other):
    desk = served.sit_down(new_page(javascript=False), "echeng")
    other.fill("C9", "13")
    desk.page.fill("#C9", "14")
    desk.page.locator(".save-all button").click()
    desk.sees("C9", "conflict", "13")

    desk.page.get_by_role("button", name="用我的").click()

    desk.sees("C9", "saved", "14")


@pytest.mark.parametrize("width", [1280, 360])
def test_no_page_of_a_report_withholds_anything_or_scrolls_sideways(served, new_page, axe, width):
    desk = served.sit_down(new_page(width=width), "echeng")
    found = {"blank": _faults(desk, axe)}
    for code, text, state in (
        ("B", "5", "saved"),
        ("B1", "7", "invalid"),
        ("C9", "10", "saved"),
        ("D9", "2", "query"),
        ("C8", "abc", "invalid"),
    ):
        desk.fill(code, text, state)
    found["filling"] = _faults(desk, axe)
    desk.fill("C8", "8")
    found["submission"] = _faults(desk, axe, "/submission")
    person = served.reporter("echeng")
    person.fill(B1="5", D9="0.5", A1="1")
    person.fill_rest()
    person.submit()
    found["receipt"] = _faults(desk, axe, "/submissions/1")
    found["print"] = _faults(desk, axe, "/print", sideways=width > 600)
    found["locked"] = _faults(desk, axe, "")
    person.judged("return", C9="人次偏多")
    found["returned"] = _faults(desk, axe, "")

    assert {name: faults for name, faults in found.items() if faults} == {}


def _faults(desk, axe, below=None, sideways=True):
    if below is not None:
        desk.open(below)
    wide = desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return axe(desk.page) + ([f"{wide} px too wide"] if sideways and wide > 0 else [])


def test_the_first_save_moves_no_row_under_a_pointer(served, page):
    desk = served.sit_down(page, "echeng")
    top = "scrollY + document.getElementById('item-A').getBoundingClientRect().y"
    before = page.evaluate(top)

    desk.fill("C9", "12")

    expect(desk.action("zero-report")).to_have_count(0)
    assert page.evaluate(top) == before


@pytest.mark.parametrize("width", [1280, 360])
def test_the_bar_never_covers_the_cell_that_one_types_in(served, new_page, width):
    desk = served.sit_down(new_page(width=width), "echeng")
    desk.page.evaluate("scrollTo(0, document.body.scrollHeight)")  # a key would scroll for a while
    desk.cell("J4").focus()

    for _ in range(45):
        desk.page.keyboard.press("ArrowUp")
        hidden = desk.page.evaluate(
            """() => {
                const box = document.activeElement.getBoundingClientRect();
                const top = document.elementFromPoint(box.x + 5, box.y + box.height / 2);
                return top === document.activeElement ? "" : document.activeElement.id;
            }"""
        )
        assert hidden == ""
    desk.is_at("A1")
