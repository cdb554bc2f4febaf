"""A form edition in the browser: copied, edited with and without scripts, compared, published."""

from playwright.sync_api import Page, expect

from tests.browser.served import Served


def sit_down(served: Served, page: Page) -> None:
    """Give the browser to the city's administrator, at home."""
    known = served.city.person("shizong").client.get_cookie("portal")
    assert known is not None
    page.context.add_cookies([{"name": "portal", "value": known.value, "url": served.address}])
    page.goto(served.address)


def test_an_edition_is_copied_edited_compared_and_published(served, new_page, axe):
    page = new_page(javascript=False)
    sit_down(served, page)
    page.click("a:text-is('表样')")
    page.click("a:text-is('2022.1')")
    page.fill("[name=new_version]", "2028.1")
    page.click("button:text-is('复制为草稿')")
    expect(page.locator(".flash")).to_contain_text("已复制为草稿 2028.1")

    page.click("a:text-is('部分')")
    page.fill("form.card [name=section_title]", "法律援助")
    page.click("button:text-is('增加')")
    page.click("a:text-is('返回')")
    page.click("[aria-label='在“法律援助”增加指标']")
    page.fill("[name=code]", "k")
    page.fill("[name=label]", "提供法律援助")
    page.click("button:text-is('增加')")
    expect(page.locator("#item-K")).to_contain_text("提供法律援助")

    page.click("#item-E a")
    page.fill("[name=formula]", "E1+…+E5+K9")
    page.click("button:text-is('保存')")
    expect(page.locator("[role=alert]")).to_contain_text("E 的公式引用了不存在的 K9。")
    page.fill("[name=formula]", "E1+…+E5+K")
    page.select_option("[name=unit]", "人次")
    page.click("button:text-is('保存')")
    expect(page.locator("#item-E")).to_contain_text("E=E1+E2+E3+E4+E5+K")
    page.click("[aria-label='上移 E5']")
    expect(page.locator("#item-E5 + tr")).to_have_attribute("data-code", "E4")

    page.click("a:text-is('与其他版次比较')")
    expect(page.locator("[data-difference=added]")).to_contain_text("指标 K 提供法律援助")
    page.click("a:text-is('2028.1')")
    page.click("a:text-is('检查并发布')")
    expect(page.locator("main")).to_contain_text("还有 28 行是按附件还原的，没有确认")
    page.click("button:text-is('发布 2028.1')")
    expect(page.locator("main")).to_contain_text("这一版已经发布")


def test_the_pages_of_a_draft_can_be_used_by_everybody(served, page, axe):
    sit_down(served, page)
    forms = f"{served.address}/o/shizong/forms"
    page.goto(f"{forms}/songwennuan/2022.1")
    page.fill("[name=new_version]", "2028.1")
    page.click("button:text-is('复制为草稿')")

    for below in ("", "/items/C9", "/checks/per-head", "/sections", "/counterparts"):
        page.goto(f"{forms}/songwennuan/2028.1{below}")
        assert axe(page) == [], below
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), below
