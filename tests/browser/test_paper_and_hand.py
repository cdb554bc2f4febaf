"""Review, paper and hand at a browser: each part walked once, by those who do it in life."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.served import Desk, Served
from tests.founding import FIGURES, OPEN


@pytest.fixture
def city(served: Served, new_page) -> Page:
    """市总's desk, at its home page."""
    desk = served.sit_down(new_page(), "shizong")
    desk.page.goto(f"{served.address}/o/shizong/")
    return desk.page


def submitted(served: Served, username: str) -> None:
    """A report filled and handed in meanwhile."""
    reporter = served.reporter(username)
    reporter.fill(**FIGURES)
    reporter.fill_rest()
    assert reporter.submit().status_code == 303


def click(page: Page, action: str) -> None:
    page.locator(f"[data-action={action}]").first.click()


def test_a_desk_works_through_its_queue(served, city, axe):
    submitted(served, "gedian")
    submitted(served, "linkong")

    city.reload()
    click(city, "review-queue")
    expect(city.locator("tr[data-organisation]")).to_have_count(2)
    assert axe(city) == []
    city.locator("tr[data-organisation] a").first.click()
    assert axe(city) == []
    click(city, "accept")

    expect(city.locator(".flash")).to_contain_text("还有 1 份待审核")
    expect(city.locator("h1")).to_have_text("审核：临空经济区总工会")
    city.check("#ask-C9")
    city.fill("#ask-words-C9", "与台账不符")
    city.fill("#give-back-reason", "请核对")
    click(city, "send-back")

    expect(city.locator(".flash")).to_contain_text("没有别的报表待审核了")
    unit = served.sit_down(city.context.browser.new_page(), "linkong")
    expect(unit.notice("C9")).to_contain_text("退回意见：与台账不符")
    unit.page.close()


def test_paper_is_signed_and_what_changed_since_is_said(served, page, axe):
    desk = served.sit_down(page, "echeng")
    for code, text in FIGURES.items():
        desk.fill(code, text)
    desk.action("zero-rest").click()
    desk.action("print").first.click()
    desk.action("draft-print").click()
    expect(page.locator(".print-mark")).to_have_text(
        re.compile("送审稿·未上报·第 1 份·核对码 [0-9A-Z]{5}-[0-9A-Z]{5}")
    )
    assert axe(page) == []

    desk.open()
    desk.fill("C9", "13")
    desk.action("submit").click()

    expect(page.locator("[data-change=C9]")).to_contain_text("1213")
    assert axe(page) == []
    desk.action("submit").click()
    expect(page.locator("h1")).to_have_text("报送回执")
    page.locator("[data-action=signed-copy]").click()
    page.set_input_files(
        "#signed-pages",
        [{"name": "盖章.jpg", "mimeType": "image/jpeg", "buffer": page.screenshot(type="jpeg")}],
    )
    page.locator("[data-action=upload-signed-copy]").click()

    expect(page.locator("#scan")).to_have_text("已传")
    drawn = page.locator(".signed__picture")
    assert drawn.evaluate("async (img) => { await img.decode(); return img.naturalWidth }") == 1280
    assert axe(page) == []


def test_figures_given_by_telephone_are_entered_and_confirmed(served, city, new_page, axe):
    city.goto(f"{served.address}/o/gedian/campaigns/{OPEN}/report/review")
    click(city, "on-behalf")
    city.select_option("select[name=ground]", "来电")
    city.fill("input[name=caller]", "刘主席")
    city.fill("input#C9", "12")
    city.locator("input#C9").press("Enter")
    city.keyboard.type("1.00")
    assert axe(city) == []
    click(city, "enter-on-behalf")
    expect(city.locator(".flash")).to_contain_text("已代录 2 项")

    unit = served.sit_down(new_page(), "gedian")
    expect(unit.page.locator("#behalf-C9")).to_be_visible()
    assert axe(unit.page) == []
    unit.fill("D9", "1.10")
    expect(unit.page.locator("#behalf-D9")).to_have_count(0)
    expect(unit.page.locator("#behalf-C9")).to_be_visible()
    unit.action("confirm-on-behalf").click()

    expect(unit.page.locator("#behalf-C9")).to_have_count(0)
    expect(unit.page.locator("#on-behalf")).to_have_count(0)


def test_two_people_divide_the_form_and_walk_only_through_their_own_rows(served, page, axe):
    desk = served.sit_down(page, "echeng")
    desk.action("duties").click()
    page.select_option("select[name='section.2']", "echeng")
    page.select_option("select[name='section.3']", "echeng-head")
    assert axe(page) == []
    desk.action("divide").click()

    desk.open()
    page.locator("#only-mine").click()
    expect(desk.row("B")).to_be_visible()
    expect(desk.row("A1")).to_be_hidden()
    assert axe(page) == []
    desk.type("B", "3")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    desk.is_at("B2")
    desk.sees("B", "saved")


def test_a_question_is_answered_to_all_and_looked_over(served, city, new_page, axe):
    served.reporter("gedian").fill(C9="12")
    asking = served.sit_down(new_page(), "echeng")
    asking.page.locator("#code-C9 a").click()
    asking.page.fill("#question-text", "退休的算不算？")
    asking.action("ask").click()
    expect(asking.page.locator(".question")).to_contain_text("等待市总答复")

    city.reload()
    click(city, "open-questions")
    city.locator("a[aria-label^='答复']").click()
    city.fill("#answer", "算。")
    assert axe(city) == []
    click(city, "answer")
    expect(city.locator(".flash")).to_contain_text("已公布给各单位")
    assert axe(city) == []

    filled: Desk = served.sit_down(new_page(), "gedian")
    expect(filled.page.locator("#clarified-C9")).to_contain_text("口径更新，请复核")
    filled.page.locator("#to-review a").first.click()
    assert axe(filled.page) == []
    click(filled.page, "review-clarification")
    filled.open()
    expect(filled.page.locator("#to-review")).to_have_count(0)
    expect(filled.row("C9")).to_contain_text("有口径答复")


def test_a_question_is_asked_without_scripts(served, new_page):
    desk = served.sit_down(new_page(javascript=False), "echeng")

    desk.page.locator("#code-C9 a").click()
    desk.page.fill("#question-text", "退休的算不算？")
    desk.action("ask").click()

    expect(desk.page.locator(".question")).to_contain_text("退休的算不算？")
