"""Answering at a browser: one person does all for a unit, and a unit answers a return."""

from playwright.sync_api import expect

from tests.browser.served import Served
from tests.founding import FIGURES, OPEN


def test_one_person_enters_submits_and_accepts_with_the_units_word(served: Served, new_page, axe):
    desk = served.sit_down(new_page(), "shizong")
    page, report = desk.page, f"{served.address}/o/gedian/campaigns/{OPEN}/report"
    page.goto(f"{report}/on-behalf")
    page.select_option("select[name=ground]", "来电")
    page.fill("input[name=caller]", "刘主席")
    for code, text in FIGURES.items():
        page.fill(f"input#{code}", text)
    page.check("input[name=zero-rest]")
    desk.action("enter-on-behalf").click()

    page.goto(f"{report}/on-behalf/submission")
    assert axe(page) == []
    page.select_option("select[name=ground]", "来电")
    page.fill("input[name=caller]", "刘主席")
    desk.action("submit-on-behalf").click()
    expect(page.locator("h1")).to_contain_text("代为上报")  # the browser asks for the pick itself
    page.get_by_label("单位已电话确认").check()
    page.get_by_label("确认人").fill("刘主席")
    page.get_by_label("确认时间").fill("2027-01-20 09:50")
    desk.action("submit-on-behalf").click()
    expect(page.locator("dl")).to_contain_text("代录、代为上报由 张慧 一人经办")
    assert axe(page) == []

    page.goto(f"{report}/review")
    assert axe(page) == []
    page.get_by_label("已收盖章件").check()
    desk.action("accept").click()
    page.goto(f"{served.address}/o/shizong/campaigns/{OPEN}/status")
    row = page.locator("tr[data-organisation=gedian]")
    expect(row).to_contain_text("一人代录、代为上报、审核通过")


def test_without_scripts_a_returned_report_is_answered_and_goes_up_again(
    served: Served, new_page, axe
):
    person = served.reporter("gedian")
    person.fill(**FIGURES)
    person.fill_rest()
    person.submit()
    person.judged("return", C9="人次重复", D9="金额偏高")
    desk = served.sit_down(new_page(javascript=False), "gedian", "/submission")
    page = desk.page

    desk.action("submit").click()
    expect(page.locator("#answers")).to_have_text("退回意见（2 项待答复，0 项已答复）")
    page.get_by_role("link", name="去改 C9").click()
    page.fill("input#C9", "10")
    page.locator(".save-all button").click()
    desk.open("/submission")
    expect(page.locator("#answer-C9")).to_contain_text("已修改：12 → 10")
    page.locator("#answer-D9").get_by_label("维持原数").check()
    desk.action("submit").click()
    expect(page.locator("#answer-D9 [role=alert]")).to_contain_text("请写明说明")
    page.locator("#answer-D9").get_by_label("说明").fill("经核实，原数无误")
    desk.action("submit").click()

    expect(page.locator("h1")).to_have_text("报送回执")
    assert person.state == "submitted"


def test_the_answers_can_be_read_by_everybody(served: Served, new_page, axe):
    person = served.reporter("gedian")
    person.fill(**FIGURES)
    person.fill_rest()
    person.submit()
    person.judged("return", C9="人次重复", D9="金额偏高")
    desk = served.sit_down(new_page(), "gedian", "/submission")

    assert axe(desk.page) == []
    desk.page.set_viewport_size({"width": 360, "height": 740})
    assert axe(desk.page) == []
    assert desk.page.evaluate("document.documentElement.scrollWidth") == 360
