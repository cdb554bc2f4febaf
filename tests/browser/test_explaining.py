"""Explaining at a browser: one explanation after the other, and none that is written is lost."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.served import Desk
from tests.founding import PASSWORD

WORDS = "今年新增困难职工专项慰问资金"
PROVOKED = ("htmx:afterRequest", "htmx:sendError", "ERR_", "Error Code 401")


@pytest.fixture
def desk(served, new_page) -> Desk:
    """鄂城's reporter before submitting, with two averages above the reference standard."""
    person = served.reporter("echeng")
    person.fill(A1="5", C9="10", D9="2", C8="10", D8="2")
    person.fill_rest()
    return served.sit_down(new_page(provoked=PROVOKED), "echeng", "/submission")


def _query(page: Page, code: str) -> Locator:
    return page.locator(f"#explain-{code}-per-head")


def _write(query: Locator, words: str, reason: str = "新增专项资金") -> Locator:
    query.get_by_label("原因").select_option(reason)
    query.get_by_label("具体说明").fill(words)
    return query.get_by_label("具体说明")


def test_other_texts_stay_while_an_explanation_is_saved(desk, axe):
    page = desk.page
    first, second = _query(page, "D8"), _query(page, "D9")
    expect(page.locator("#queries")).to_contain_text("2 项待说明")
    second.get_by_label("具体说明").fill("还没写完")
    page.locator("#together-words").fill("也没写完")

    _write(first, WORDS).press("Enter")

    expect(first).to_contain_text(f"已说明：新增专项资金，{WORDS}")
    expect(page.locator("#queries")).to_contain_text("1 项待说明")
    expect(second.get_by_label("原因")).to_be_focused()
    expect(second.get_by_label("具体说明")).to_have_value("还没写完")
    expect(page.locator("#explain-together article")).to_have_count(0)
    assert axe(page) == []


def test_one_cause_explains_the_items_ticked(served, desk, axe):
    page = desk.page
    together = page.locator("#explain-together")
    for code in ("D8", "D9"):
        page.locator(f"#together-{code}-per-head").check()
    assert axe(page) == []
    _write(together, WORDS).press("Enter")

    for code in ("D8", "D9"):
        expect(_query(page, code)).to_contain_text(f"已说明：新增专项资金，{WORDS}（2 项同一说明）")
    expect(page.locator("#said")).to_contain_text("可以上报")
    assert len(served.reporter("echeng").trail("explained")) == 2


def test_ticks_and_words_for_several_stay_while_one_is_explained(served, desk):
    page = desk.page
    served.reporter("echeng").fill(C10="1", D10="1")
    page.reload()
    page.locator("#together-D9-per-head").check()
    page.locator("#together-words").fill("还没写完的一段")

    _write(_query(page, "D8"), WORDS).press("Enter")

    expect(_query(page, "D8")).to_contain_text("已说明")
    expect(page.locator("#together-D8-per-head")).to_have_count(0)
    expect(page.locator("#together-D9-per-head")).to_be_checked()
    expect(page.locator("#together-words")).to_have_value("还没写完的一段")


def test_words_for_several_that_were_not_saved_hold_the_submission(served, desk):
    page = desk.page
    _write(page.locator("#explain-together"), WORDS)

    desk.action("submit").click()

    expect(page.locator("#together-words")).to_be_focused()
    assert served.reporter("echeng").trail("explained") == []


def test_a_stock_phrase_is_refused_where_it_stands_and_holds_the_submission(served, desk):
    page = desk.page
    refused = _query(page, "D8")

    _write(refused, "情况属实，数据准确无误。").press("Tab")
    desk.action("submit").focus()

    expect(refused.get_by_role("alert")).to_be_visible()
    expect(refused.get_by_label("具体说明")).to_have_value("情况属实，数据准确无误。")
    desk.action("submit").click()
    expect(refused.get_by_label("具体说明")).to_be_focused()
    assert served.reporter("echeng").trail("explained") == []


def test_submitting_straight_after_writing_saves_the_explanation_first(served, desk):
    _write(_query(desk.page, "D8"), WORDS).press("Enter")
    _write(_query(desk.page, "D9"), WORDS)

    desk.action("submit").click()

    expect(desk.page.locator("h1")).to_have_text("报送回执")
    assert len(served.reporter("echeng").trail("explained")) == 2


def test_an_explanation_follows_when_the_ended_session_is_renewed(desk):
    desk.page.context.clear_cookies()
    query = _query(desk.page, "D8")

    _write(query, WORDS).press("Enter")
    desk.page.get_by_role("dialog").get_by_label("密码").fill(PASSWORD)
    desk.page.keyboard.press("Enter")

    expect(query).to_contain_text(f"已说明：新增专项资金，{WORDS}")


def test_an_explanation_without_a_network_follows_when_it_is_back(desk):
    query = _query(desk.page, "D8")
    desk.page.context.set_offline(True)

    _write(query, WORDS).press("Enter")
    expect(query).to_contain_text("网络不通")
    desk.page.context.set_offline(False)

    expect(query).to_contain_text(f"已说明：新增专项资金，{WORDS}")
