"""Chasing at a browser: from the board to the text, the call, and back on the board."""

from playwright.sync_api import Page, expect

from tests.browser.served import Served


def test_the_desk_chases_from_the_board(served: Served, page: Page, axe):
    desk = served.sit_down(page, "shizong", "/../status")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    page.locator("a[href$='/reminders'][data-action=remind]").first.click()
    expect(page.locator("#words")).to_contain_text("尚有 4 家未上报")
    assert axe(page) == []
    page.locator("[data-copy=words]").click()
    expect(page.locator("[data-copy=words]")).to_have_text("已复制")
    assert "尚有 4 家未上报" in page.evaluate("navigator.clipboard.readText()")

    page.get_by_role("link", name="催报 葛店开发区总工会").click()
    page.get_by_label("已答应", exact=True).check()
    page.get_by_label("答应上报的时间").fill("2027-01-22 12:00")
    assert axe(page) == []
    page.get_by_role("button", name="记下这次电话").click()
    expect(page.locator("main")).to_contain_text("催报记录（1）")

    desk.open("/../status")
    expect(page.locator("[data-organisation=gedian]")).to_contain_text("电话（已答应）")
