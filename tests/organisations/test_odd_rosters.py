"""Odd rosters: the browser and the command line read one file alike, and tell the same of it."""

from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook

from portal.cli.rosters import Unreadable, read_expected, read_units
from portal.domain.intake.roster import read_roster
from portal.workbooks.lists import read_list
from tests.organisations.test_roster import PERSON, UNIT, cell_problems, confirm, upload

ROW = ("n-1", "甲工会", "基层", "echeng", "21", "张三", "0711-1")


def content_of(book):
    """The bytes of a workbook."""
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def one_row(at, value, number_format="General"):
    """A workbook with one unit, of which one cell holds this."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "单位"
    sheet.append(UNIT)
    sheet.append(ROW)
    sheet[f"{at}2"] = value
    sheet[f"{at}2"].number_format = number_format
    if isinstance(value, str) and value.startswith("#"):
        sheet[f"{at}2"].data_type = "e"
    return content_of(book)


ODD = [
    ("B", "#N/A", "General", "公式的错误值 #N/A"),
    ("G", "#REF!", "General", "公式的错误值 #REF!"),
    ("F", date(2025, 12, 9), "yyyy-mm-dd", "日期格式的单元格"),
    ("E", date(2025, 12, 9), "yyyy-mm-dd", "日期格式的单元格"),
    ("F", True, "General", "逻辑值 TRUE"),
    ("B", "=A2", "General", "没有计算结果的公式"),
    ("G", 7110000002, "#,##0", "显示成“7,110,000,002”"),
    ("A", 101, "0.00", "显示成“101.00”"),
    ("B", "甲\ufffd工会", "General", "不能使用的字符"),
]


@pytest.mark.parametrize(("at", "value", "number_format", "words"), ODD)
def test_both_readers_refuse_a_cell_with_the_same_words(
    city, tmp_path, at, value, number_format, words
):
    content = one_row(at, value, number_format)
    file = tmp_path / "名单.xlsx"
    file.write_bytes(content)

    [problem] = cell_problems(upload(city, content))
    with pytest.raises(Unreadable) as refused:
        read_units(file)

    assert problem.startswith(f"单位!{at}2 ")
    assert words in problem
    assert problem in str(refused.value)


def test_numbers_padded_with_zeros_are_stored_as_people_see_them(city, city_app):
    book = Workbook()
    book.worksheets[0].append(UNIT)
    book.worksheets[0].append((101, "甲工会", "基层", "echeng", 21, "张三", 7113350001))
    book.worksheets[0]["A2"].number_format = "00000"
    book.worksheets[0]["G2"].number_format = "00000000000"

    confirm(city, upload(city, content_of(book)))

    assert city_app.scalar("SELECT phone FROM organisation WHERE code = '00101'") == "07113350001"


def test_merged_cells_are_imported_as_people_see_them(city, city_app):
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (UNIT, ROW, ("n-2", "乙工会", "", "", "22"), ("n-3", "丙工会", "", "", "23")):
        sheet.append(row)
    sheet.merge_cells("C2:C4")
    sheet.merge_cells("D2:D4")

    confirm(city, upload(city, content_of(book)))

    assert city_app.rows("SELECT code, kind FROM organisation WHERE code LIKE 'n-_'") == [
        {"code": f"n-{number}", "kind": "基层"} for number in (1, 2, 3)
    ]


def test_unread_cells_are_listed_before_and_after_confirming(city):
    book = Workbook()
    book.worksheets[0].title = "封面"
    book.worksheets[0].append(("全市单位名单",))
    sheet = book.create_sheet("单位")
    for row in (UNIT, ROW, ("",) * 8 + ("以上已核对",)):
        sheet.append(row)

    preview = upload(city, content_of(book))

    assert "封面（没有名单的表头）" in preview.text
    assert "单位!I3 以上已核对" in preview.text
    assert confirm(city, preview).status_code == 303


def test_characters_removed_from_a_cell_are_named(city, city_app):
    preview = upload(city, one_row("B", "甲\u200b工会"))
    confirm(city, preview)

    assert "单位!B2 去掉了看不见的字符 U+200B。" in preview.text.replace("</strong>", "").replace(
        "<strong>", ""
    )
    assert city_app.scalar("SELECT name FROM organisation WHERE code = 'n-1'") == "甲工会"


TEXT = "\r\n".join("\t".join(row) for row in (UNIT, ROW)) + "\r\n"
COMMAS = TEXT.replace("\t", ",")


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-16"),
        "\ufeff".encode("utf-16-be") + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.encode(),
        COMMAS.encode("utf-8-sig"),
        COMMAS.encode("gbk"),
        f"全市单位名单\r\n\r\n{COMMAS}".encode("gb18030"),
    ],
    ids=["utf-16", "utf-16-be", "le no mark", "be no mark", "utf-8", "utf-8 csv", "gbk", "titled"],
)
def test_a_text_is_understood_in_every_code_that_excel_and_wps_write(content):
    [line] = read_roster(read_list(content)).units

    assert (line["code"], line["name"], line["phone"]) == ("n-1", "甲工会", "0711-1")


def test_a_text_goes_through_the_browser(city):
    preview = upload(city, TEXT.encode("utf-16"))

    assert preview.text.count('data-outcome="new"') == 2
    assert confirm(city, preview).status_code == 303


@pytest.mark.parametrize("sign", ["\U0003158e", "\U00020bb7", "\u9fb4"])
def test_rare_characters_in_gb18030_are_read(sign):
    [line] = read_roster(read_list(COMMAS.replace("甲", sign).encode("gb18030"))).units

    assert line["name"] == f"{sign}工会"


def test_the_command_reads_what_the_browser_hands_out(city, tmp_path):
    file = tmp_path / "现有名单.xlsx"
    file.write_bytes(city.get("/o/shizong/roster/workbook").data)

    listing, units = read_units(file)

    assert [unit.code for unit in units][:2] == ["shizong", "echeng"]
    assert any("行没有导入" in remark for remark in listing.remarks)
    assert [one.code for one in read_expected(file)[1]][:2] == ["shizong", "echeng"]


@pytest.mark.parametrize("heads", [UNIT, PERSON])
def test_a_list_of_those_expected_names_the_cell_that_it_cannot_read(tmp_path, heads):
    book = Workbook()
    book.worksheets[0].append(("单位代码", "下拨资金（万元）"))
    book.worksheets[0].append(("echeng", date(2025, 12, 9)))
    book.create_sheet("另一张").append(heads)
    file = tmp_path / "应报.xlsx"
    file.write_bytes(content_of(book))

    with pytest.raises(Unreadable, match="Sheet!B2 是日期格式的单元格"):
        read_expected(file)
