"""An administrator founds units and people in a browser; a newcomer's link lets them in."""

from pathlib import Path

from playwright.sync_api import expect

from tests.organisations.test_roster import BELOW_IT, NEW_PERSON, NEW_UNIT, workbook


def test_a_newcomer_is_let_in_by_a_link(served, page, new_page, axe):
    served.sit_down(page, "shizong")
    page.goto(f"{served.address}/o/shizong/")
    page.get_by_role("link", name="用户", exact=True).click()
    assert axe(page) == []
    page.get_by_role("link", name="新建用户").click()
    page.get_by_label("用户名").fill("newcomer")
    page.get_by_label("姓名").fill("李新")
    page.get_by_role("button", name="新建用户").click()
    expect(page.get_by_text("只显示这一次")).to_be_visible()
    assert axe(page) == []
    link = page.locator(".links__address").inner_text().replace("http://", "")

    phone = new_page(width=390)
    phone.goto(f"{served.address}/{link.partition('/')[2]}")
    assert "sign-in-links" not in phone.url
    assert axe(phone) == []
    phone.get_by_role("button", name="确认登录").click()
    for label in ("新密码", "再输一次新密码"):
        phone.get_by_label(label, exact=True).fill("three-red-boats-41")
    phone.get_by_role("button", name="设置密码").click()

    expect(phone.locator(".top__person")).to_contain_text("李新")


def test_the_tree_is_tended_without_scripts_by_the_keyboard(served, new_page):
    page = new_page(javascript=False)
    served.sit_down(page, "shizong")
    page.goto(f"{served.address}/o/shizong/organisations")
    page.get_by_role("link", name="新增下级：葛店开发区总工会").press("Enter")
    for label, text in (("代码", "gedian-1"), ("名称", "葛店基层工会一"), ("排序号", "31")):
        page.get_by_label(label, exact=True).fill(text)
    page.get_by_role("button", name="新增单位").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("葛店基层工会一")

    page.get_by_label("新的上级单位").select_option("linkong")
    page.get_by_role("button", name="移动").press("Enter")

    expect(page.get_by_text("上级：临空经济区总工会")).to_be_visible()
    page.get_by_role("button", name="关闭单位").press("Enter")
    expect(page.get_by_role("button", name="恢复单位")).to_be_visible()


def test_a_roster_is_looked_at_and_brought_in(served, page, axe, tmp_path: Path):
    file = tmp_path / "名单.xlsx"
    file.write_bytes(workbook([NEW_UNIT, BELOW_IT], [NEW_PERSON]))
    served.sit_down(page, "shizong")
    page.goto(f"{served.address}/o/shizong/organisations")
    assert axe(page) == []
    page.get_by_role("link", name="导入名单").click()
    with page.expect_download() as blank:
        page.get_by_role("link", name="下载空白模板").click()
    page.set_input_files("[name=workbook]", str(file))
    page.get_by_role("button", name="上传并预览").click()
    expect(page.locator("[data-outcome=new].badge")).to_have_count(3)
    assert axe(page) == []
    page.get_by_role("button", name="确认导入").click()

    expect(page.locator(".links__address")).to_have_count(1)
    with page.expect_download() as links:
        page.get_by_role("button", name="下载表格（xlsx）").click()
    assert blank.value.suggested_filename.endswith(".xlsx")
    assert "登录链接" in links.value.suggested_filename
