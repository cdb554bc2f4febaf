"""Campaigns at a browser: last year's is copied, published and read; a second round follows."""

from playwright.sync_api import Page, expect

from tests.browser.served import Served


def sit_down(served: Served, page: Page, username: str) -> None:
    """Give a browser to somebody who is signed in, at their home page."""
    kept = served.city.person(username).client.get_cookie("portal")
    assert kept is not None
    page.context.add_cookies([{"name": "portal", "value": kept.value, "url": served.address}])
    page.goto(served.address)


def press(page: Page, name: str) -> None:
    """Press the button with this name."""
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """Follow the first link with this name."""
    page.get_by_role("link", name=name, exact=True).first.click()


def test_last_years_campaign_is_copied_published_and_read(served, new_page, axe):
    desk, unit = new_page(), new_page(javascript=False)
    sit_down(served, desk, "shizong")

    follow(desk, "填报任务")
    follow(desk, "复制：2027年春节送温暖")
    desk.get_by_label("通知文号").fill("鄂州工发[2028]1号")
    desk.get_by_label("通知摘要").fill("请据实统计春节前后的送温暖活动。")
    press(desk, "复制成草稿")
    expect(desk.locator("h1")).to_have_text("2028年春节送温暖")
    assert axe(desk) == []
    follow(desk, "应报单位")
    desk.get_by_label("葛店开发区总工会 的下拨资金（万元）").fill("３６．１９")
    press(desk, "保存本页")
    amount = desk.get_by_label("葛店开发区总工会 的下拨资金（万元）")
    expect(amount).to_have_value("36.19")
    assert axe(desk) == []
    follow(desk, "检查并发布")
    expect(desk.locator("#whom-title")).to_contain_text("5 家")
    press(desk, "发布")

    sit_down(served, unit, "echeng")
    follow(unit, "开始填报：2028年春节送温暖")
    press(unit, "我已阅读")
    expect(unit.locator(".announcements")).to_contain_text("已读")
    follow(desk, "通知公告")
    expect(desk.locator("tr[data-announcement]")).to_contain_text("已读 1 / 应读 5")
    follow(desk, "变更记录")
    expect(desk.locator("main")).to_contain_text("36.19")
    assert axe(desk) == []


def test_a_second_round_starts_from_the_first(served, new_page, axe):
    served.city.person("echeng").report("accepted")
    desk, unit = new_page(), new_page()
    sit_down(served, desk, "shizong")
    follow(desk, "填报任务")
    follow(desk, "2027年春节送温暖")
    follow(desk, "轮次")
    for name, text in (
        ("填报开始", "2027-01-15 08:30"),
        ("报送截止", "2027-02-20"),
        ("停止填报", "2027-02-22"),
    ):
        desk.get_by_label(name, exact=True).fill(text)
    press(desk, "新建下一轮（草稿）")
    follow(desk, "检查并发布")
    press(desk, "发布")
    expect(desk.locator("h1")).to_have_text("2027年春节送温暖（节后报）")

    sit_down(served, unit, "echeng")
    follow(unit, "开始填报")
    press(unit, "从节前报的数开始填")

    expect(unit.locator("#item-C9")).to_have_attribute("data-value", "12")
    assert axe(unit) == []
    press(unit, "撤销带入上一轮的数")
    expect(unit.locator("#item-C9")).to_have_attribute("data-value", "")
    follow(unit, "节前报")
    expect(unit.locator("[data-report-state]").first).to_have_attribute(
        "data-report-state", "accepted"
    )
