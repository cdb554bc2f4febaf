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


def act(page: Page, action: str) -> None:
    """Press the first link or button of an action."""
    page.locator(f"[data-action={action}]").first.click()


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
    expect(desk.locator("#whom-title")).to_contain_text("应报单位 4 家（另 1 家仅供核对）")
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


def test_a_campaign_runs_from_its_copy_to_a_frozen_edition(served, new_page):
    desk, unit = new_page(), new_page()
    sit_down(served, desk, "shizong")
    follow(desk, "填报任务")
    follow(desk, "复制：2027年春节送温暖")
    desk.get_by_label("通知文号").fill("鄂州工发[2028]1号")
    desk.get_by_label("通知摘要").fill("请据实统计春节前后的送温暖活动。")
    press(desk, "复制成草稿")
    follow(desk, "检查并发布")
    press(desk, "发布")
    served.city.clock_at("2028-01-20 10:00")

    # two report, one of them with a figure; the desk sees who is missing and says so to the group
    for username in ("echeng", "gedian"):
        sit_down(served, unit, username)
        act(unit, "fill")
        if username == "echeng":
            unit.fill("input#C9", "12")
            unit.locator("input#C9").press("Enter")
            expect(unit.locator("#item-C9")).to_have_attribute("data-state", "saved")
            act(unit, "zero-rest")
        else:
            act(unit, "zero-report")
        act(unit, "submit")
        act(unit, "submit")
        expect(unit.locator("h1")).to_have_text("报送回执")
    sit_down(served, desk, "shizong")
    act(desk, "remind")
    words = desk.locator("#words")
    expect(words).to_contain_text("临空")
    expect(words).not_to_contain_text("葛店")
    press(desk, "已发到群里，记下这次催报")

    # one is sent back, mends and submits again; both are accepted
    sit_down(served, desk, "shizong")
    act(desk, "review-queue")
    desk.locator("main tr[data-organisation=echeng]").get_by_role("link").first.click()
    desk.fill("#give-back-reason", "请核对重大项目慰问人次")
    act(desk, "send-back")
    sit_down(served, unit, "echeng")
    act(unit, "fill")
    unit.fill("input#C9", "13")
    unit.locator("input#C9").press("Enter")
    expect(unit.locator("#item-C9")).to_have_attribute("data-value", "13")
    act(unit, "submit")
    act(unit, "submit")
    for _ in range(2):
        sit_down(served, desk, "shizong")
        act(desk, "review-queue")
        desk.locator("main tr[data-organisation]").first.get_by_role("link").first.click()
        act(desk, "accept")
        expect(desk.locator(".flash")).to_contain_text("审核通过")

    # the sum names who is missing, is frozen, checked, exported and reported upward
    sit_down(served, desk, "shizong")
    act(desk, "consolidation")
    total = desk.locator("tr[data-code=C9] [data-total]").first
    expect(total).to_have_attribute("data-total", "13")
    act(desk, "freeze")
    expect(desk.locator("h1")).to_contain_text("第 1 版")
    expect(desk.locator("main")).to_contain_text("临空")
    act(desk, "report-upward")
    expect(desk.locator("main")).to_contain_text("已报省总")
    with desk.expect_download() as sent:
        act(desk, "export-xlsx")
    assert "第1版" in sent.value.suggested_filename.replace(" ", "")
    act(desk, "print")
    expect(desk.locator(".paper tr[data-code=C9]")).to_contain_text("13")
    expect(desk.locator(".paper")).to_contain_text("临空")
