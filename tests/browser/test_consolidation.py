"""The desk at the consolidation: a choice kept by name, the pictures, the node check."""

from io import BytesIO

from openpyxl import load_workbook
from playwright.sync_api import expect

from portal.consolidation.exports import operations


def test_the_desk_chooses_keeps_draws_and_checks(served, page, axe):
    served.city.person("gedian").report("submitted")
    served.sit_down(page, "shizong")
    page.goto(f"{served.address}/")
    page.locator("[data-action=consolidation]").first.click()

    page.click("text=选择列、类型和部分")
    page.check("input[name=kind][value=开发区]")
    page.check("input[name=section][value='3']")
    page.click("text=查看 >> visible=true")
    expect(page.locator("tr[data-code=A]")).to_have_count(0)
    expect(page.locator("tr[data-code=C9] [data-subtotal]")).to_have_text("12")
    assert axe(page) == []

    page.fill("input[name=name]", "开发区慰问")
    page.check("input[name=shared]")
    page.click("form[data-action=save-filter] button")
    expect(page.locator(".filters [aria-current]")).to_have_text("开发区慰问（共用）")
    page.click(".filters >> text=全部")
    expect(page.locator("tr[data-code=A]")).to_have_count(1)
    page.click(".filters >> text=开发区慰问")
    expect(page.locator("tr[data-code=A]")).to_have_count(0)

    page.click("text=图表")
    expect(page.get_by_role("img", name="累计上报家数")).to_be_visible()
    assert page.locator("svg rect").evaluate_all("all => all.some(one => one.width.baseVal.value)")
    assert axe(page) == []
    page.click("text=返回汇总表")
    page.click("text=节点核对")
    expect(page.locator("[data-equal]")).to_contain_text("51 项全部相符")
    assert axe(page) == []


def test_a_long_export_tells_how_far_it_is_and_ends_with_its_file(served, page, axe, monkeypatch):
    monkeypatch.setattr(operations, "MAX_UNITS_AT_ONCE", 0)
    served.city.person("gedian").report("submitted")
    served.sit_down(page, "shizong")
    page.goto(f"{served.address}/")
    page.locator("[data-action=consolidation]").first.click()

    page.click("button[data-action=export-xlsx]")
    expect(page.get_by_text("已写入 1 家，共 1 家；正在压缩成文件")).to_be_visible()
    with page.expect_download() as fetched:
        page.click("[data-action=download]")

    assert load_workbook(BytesIO(fetched.value.path().read_bytes())).sheetnames[:2] == [
        "汇总表",
        "汇总单位",
    ]
    assert axe(page) == []
