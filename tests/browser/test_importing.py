"""Importing at a browser: the template filled in an office program, and a sheet of one's own."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from tests.browser.served import Desk
from tests.workbooks.hostile import READ, specimens
from tests.workbooks.test_fill_in_template import _saved_by_office


def _filled(template: bytes, **figures: object) -> bytes:
    book, file = load_workbook(BytesIO(template)), BytesIO()
    sheet = book.worksheets[0]
    at = {row[1].value: row[1].row for row in sheet.iter_rows()}
    for code, value in figures.items():
        sheet.cell(at[code], 5).value = value
    book.save(file)
    return file.getvalue()


def _with_moved_columns() -> bytes:
    made, file = Workbook(), BytesIO()
    made.active.append(["鄂城区送温暖情况"])
    made.active.append(["备注", "数量", "", "代码"])
    for code, figure in (("C8", 8), ("C9", "１２"), ("D9", "约三万"), ("B", None)):
        made.active.append(["", figure, "", code])
    made.save(file)
    return file.getvalue()


def _bring(desk: Desk, content: bytes) -> None:
    chosen = {"name": "鄂城.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    desk.page.get_by_label("xlsx 文件").set_input_files([chosen])
    desk.action("preview-import").click()


def _change(page: Page, code: str):
    return page.locator(f"tr[data-code={code}]")


@pytest.mark.office
def test_the_template_filled_in_libreoffice_is_looked_at_taken_and_taken_back(
    served, page: Page, axe, tmp_path: Path
):
    desk = served.sit_down(page, "echeng")
    desk.fill("C9", "7")
    desk.action("import-xlsx").click()
    assert axe(page) == []
    with page.expect_download() as sent:
        desk.action("template-xlsx").click()
    template = Path(sent.value.path()).read_bytes()
    filled = _saved_by_office(_filled(template, C9=12, D9=3.6, E1=0), tmp_path)

    _bring(desk, filled)

    expect(_change(page, "C9").locator("td.number")).to_have_text(["7", "12"])
    expect(_change(page, "D9").locator("td.number")).to_have_text(["空白", "3.60"])
    assert axe(page) == []
    assert served.reporter("echeng").value("C9") == 7

    desk.action("confirm-import").click()

    expect(page.locator(".flash")).to_contain_text("已导入 3 项")
    desk.sees("C9", "saved", "12")
    desk.action("undo-import").click()
    desk.sees("C9", "saved", "7")
    desk.sees("E1", "empty", "")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_sheet_of_ones_own_is_read_wherever_its_columns_stand(served, new_page, javascript):
    desk = served.sit_down(new_page(javascript=javascript, width=360), "echeng")
    desk.action("import-xlsx").click()

    _bring(desk, _with_moved_columns())

    expect(desk.page.locator("li[data-cell=B5]")).to_contain_text("约三万")
    assert desk.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    _change(desk.page, "C8").get_by_role("checkbox").uncheck()
    desk.action("confirm-import").click()
    desk.sees("C9", "saved", "12")
    desk.sees("C8", "empty", "")


def test_the_file_of_another_unit_is_refused_by_name(served, page: Page):
    desk = served.sit_down(page, "echeng")
    foreign = served.reporter("gedian").get("/template").data
    desk.open("/import")

    _bring(desk, foreign)

    expect(page.get_by_role("alert")).to_contain_text("这是葛店开发区总工会的填报模板")


def test_a_hostile_file_of_each_kind_is_refused_on_the_page(served, page: Page):
    desk = served.sit_down(page, "echeng", "/import")
    kinds = {each.says: each for each in specimens() if each.says != READ}

    for says, specimen in kinds.items():
        _bring(desk, specimen.content)
        expect(page.locator(".refusal[role=alert]")).to_contain_text(says)

    assert len(kinds) >= 12
    assert served.reporter("echeng").report is None
