"""Files that were made to do harm, files that are something else, and odd ones that are harmless.

Every one is made here, by a function whose name says what it is. A file that must be refused
names words of the sentence; the others must be read.
"""

import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

READ = ""
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

TYPES = "[Content_Types].xml"
RELS = "_rels/.rels"
BOOK = "xl/workbook.xml"
BOOK_RELS = "xl/_rels/workbook.xml.rels"
SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
STYLES = "xl/styles.xml"

DAMAGED = "已损坏"
TOO_MUCH = "内容过多"
PROGRAMS = "宏"
DTD = "DTD"


@dataclass(frozen=True)
class Specimen:
    """One file and what the answer to it must say; nothing where it must be read."""

    name: str
    content: bytes
    says: str


_makers: list[tuple[str, Callable[[], bytes]]] = []


def specimens() -> Iterator[Specimen]:
    """The whole collection, each made when its turn comes."""
    for says, make in _makers:
        yield Specimen(make.__name__, make(), says)


def must_say(says: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    """Put a file into the collection with the words that its answer must contain."""

    def collect(make: Callable[[], bytes]) -> Callable[[], bytes]:
        _makers.append((says, make))
        return make

    return collect


def rels(*related: tuple[str, str]) -> str:
    """A part of relations: kinds and targets, numbered rId1, rId2, …"""
    lines = "".join(
        f'<Relationship Id="rId{at}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(related, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def workbook(*names: str) -> str:
    """The workbook part, with one tab a name."""
    tabs = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>' for at, name in enumerate(names, 1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{tabs}</sheets></workbook>'


def worksheet(rows: str, after: str = "") -> str:
    """A worksheet part with these rows and what follows them."""
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def text_cell(place: str, text: str) -> str:
    """A cell that holds its own text."""
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


ROW = f'<row r="1">{text_cell("A1", "C9")}<c r="B1"><v>12</v></c></row>'

SOUND = {
    TYPES: f'<Types xmlns="{PACKAGE}/content-types"><Override PartName="/{BOOK}" '
    f'ContentType="{SHEET_TYPE}.sheet.main+xml"/></Types>',
    RELS: rels(("officeDocument", BOOK)),
    BOOK: workbook("统计表"),
    BOOK_RELS: rels(
        ("worksheet", "worksheets/sheet1.xml"),
        ("sharedStrings", "sharedStrings.xml"),
        ("styles", "styles.xml"),
    ),
    SHEET: worksheet(ROW),
    TEXTS: f'<sst xmlns="{MAIN}"><si><t>C9</t></si></sst>',
    STYLES: f'<styleSheet xmlns="{MAIN}"><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    "</styleSheet>",
}

Parts = dict[str, str | bytes]


def packed(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as a zip file."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def book(changed: Parts | None = None, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A sound little workbook with some parts changed or added."""
    return packed({**SOUND, **(changed or {})}, method)


def sheet(rows: str, after: str = "") -> bytes:
    """A sound little workbook with these rows."""
    return book({SHEET: worksheet(rows, after)})


def unpressed(rows: str) -> bytes:
    """A sound little workbook with these rows, as large as it is: no ratio betrays it."""
    return book({SHEET: worksheet(rows)}, zipfile.ZIP_STORED)


def numbered(line: str, times: int) -> str:
    """A line many times over, with its number in it."""
    return "".join(line.format(at) for at in range(times))


def bent(content: bytes, at: int, change: bytes) -> bytes:
    """The content with some bytes replaced."""
    return content[:at] + change + content[at + len(change) :]


def directory_end(content: bytes) -> int:
    """Where the end record of a zip file starts."""
    return content.rfind(b"PK\x05\x06")


def first_entry(content: bytes) -> int:
    """Where the first entry of the zip directory starts."""
    return content.find(b"PK\x01\x02")


# What is no workbook at all.


@must_say("空的")
def an_empty_file() -> bytes:
    return b""


@must_say("文本或网页")
def a_single_letter() -> bytes:
    return b"P"


@must_say("文本或网页")
def a_csv_file() -> bytes:
    return "代码,数量\r\nC9,12\r\n".encode("gb18030")


@must_say("文本或网页")
def a_web_page_named_xlsx() -> bytes:
    return b"<html><table><tr><td>C9</td><td>12</td></tr></table></html>"


@must_say("文本或网页")
def a_spreadsheet_of_2003_in_xml() -> bytes:
    return b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'


@must_say("图片或 PDF")
def a_pdf() -> bytes:
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@must_say("图片或 PDF")
def a_photo() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(500)


@must_say("压缩包")
def a_rar_archive() -> bytes:
    return b"Rar!\x1a\x07\x01\x00" + bytes(100)


@must_say("压缩包")
def a_7z_archive() -> bytes:
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(100)


@must_say("不是 xlsx")
def random_bytes() -> bytes:
    return b"\x00" + b"".join(sha256(bytes([at])).digest() for at in range(200))


@must_say("旧版 xls、et")
def an_old_xls_or_et_file() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_000) + "Workbook".encode("utf-16-le")


@must_say("密码")
def an_xlsx_locked_with_a_password() -> bytes:
    names = "EncryptionInfo EncryptedPackage".encode("utf-16-le")
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1_000) + names


@must_say("2 MB")
def a_file_beyond_the_size() -> bytes:
    return b"PK\x03\x04" + bytes(2 * 1024 * 1024)


@must_say("不是 xlsx")
def a_zip_of_photos() -> bytes:
    return packed({"1.jpg": b"\xff\xd8", "2.jpg": b"\xff\xd8"})


@must_say("不是 xlsx")
def an_ods_table() -> bytes:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return packed({"mimetype": kind, "content.xml": "<office/>", "META-INF/manifest.xml": "<m/>"})


@must_say("不是 xlsx")
def a_word_document() -> bytes:
    document = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
    )
    parts: Parts = {
        TYPES: SOUND[TYPES],
        RELS: rels(("officeDocument", "word/document.xml")),
        "word/document.xml": document,
        "word/_rels/document.xml.rels": rels(),
    }
    return packed(parts)


@must_say("xlsb")
def a_binary_workbook() -> bytes:
    kind = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    return book({TYPES: SOUND[TYPES].replace(f"{SHEET_TYPE}.sheet.main+xml", kind)})


# Zip files that lie or are broken.


@must_say(DAMAGED)
def half_a_file() -> bytes:
    content = book()
    return content[: len(content) // 2]


@must_say(DAMAGED)
def a_file_without_its_last_byte() -> bytes:
    return book()[:-1]


@must_say(DAMAGED)
def a_file_without_its_middle() -> bytes:
    content = book()
    return content[:400] + content[600:]


@must_say("不是 xlsx")
def an_empty_zip() -> bytes:
    return b"PK\x05\x06" + bytes(18)


@must_say(DAMAGED)
def a_zip_with_something_behind_it() -> bytes:
    return book() + b"MZ" + bytes(100)


@must_say(DAMAGED)
def a_zip_behind_another_zip() -> bytes:
    return book() + book()


@must_say(DAMAGED)
def a_zip64() -> bytes:
    content = book()
    at = directory_end(content)
    return content[:at] + struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1) + content[at:]


@must_say("密码")
def entries_with_a_password() -> bytes:
    content = book()
    return bent(content, first_entry(content) + 8, b"\x01\x00")


@must_say(DAMAGED)
def a_rare_compression() -> bytes:
    return packed(dict(SOUND), zipfile.ZIP_LZMA)


@must_say(DAMAGED)
def one_name_twice() -> bytes:
    twin = b"xl/worksheets/sheet2.xml"
    content = book({twin.decode(): worksheet("")})
    return content.replace(twin, SHEET.encode())


@must_say(DAMAGED)
def one_name_twice_in_other_letters() -> bytes:
    return book({SHEET.upper(): worksheet("")})


@must_say(DAMAGED)
def a_name_that_climbs_out() -> bytes:
    return book({"../../etc/cron.d/x": "x"})


@must_say(DAMAGED)
def a_name_from_the_root() -> bytes:
    return book({"/etc/passwd": "x"})


@must_say(DAMAGED)
def a_name_with_a_drive() -> bytes:
    return book({"C:\\windows\\x.dll": "x"})


@must_say(DAMAGED)
def a_name_that_climbs_out_with_backslashes() -> bytes:
    return book({"..\\..\\windows\\x.dll": "x"})


@must_say(DAMAGED)
def one_name_twice_with_either_slash() -> bytes:
    return book({SHEET.replace("/", "\\"): worksheet("")})


@must_say(DAMAGED)
def a_name_from_the_root_with_a_backslash() -> bytes:
    return book({"\\\\host\\share\\x": "x"})


@must_say(TOO_MUCH)
def ten_thousand_entries() -> bytes:
    return book({f"xl/{at}": "" for at in range(10_000)}, zipfile.ZIP_STORED)


@must_say(DAMAGED)
def a_directory_that_says_less_than_it_has() -> bytes:
    content = book()
    return bent(content, directory_end(content) + 12, struct.pack("<L", 46))


@must_say(TOO_MUCH)
def a_directory_that_counts_too_few() -> bytes:
    content = book({f"xl/{at}": "" for at in range(3_000)})
    return bent(content, directory_end(content) + 8, struct.pack("<2H", 7, 7))


@must_say(DAMAGED)
def entries_that_overlap() -> bytes:
    content = book()
    second = content.find(b"PK\x01\x02", first_entry(content) + 4)
    return bent(content, second + 42, struct.pack("<L", 10))


@must_say(DAMAGED)
def a_size_that_lies() -> bytes:
    content = book({SHEET: worksheet(ROW + "<row/>" * 10_000)})
    at = content.rfind(SHEET.encode())
    return bent(content, at - 46 + 24, struct.pack("<L", 600))


@must_say(DAMAGED)
def a_checksum_that_is_wrong() -> bytes:
    content = book()
    at = content.rfind(SHEET.encode())
    return bent(content, at - 46 + 16, b"\x00\x00\x00\x00")


@must_say(DAMAGED)
def another_name_in_the_entry_itself() -> bytes:
    content = book()
    return bent(content, content.find(SHEET.encode()), SHEET.replace("1", "9").encode())


# Bombs.


@must_say(TOO_MUCH)
def twenty_megabytes_of_spaces() -> bytes:
    return sheet(" " * 20_000_000)


@must_say(TOO_MUCH)
def many_pictures_of_nothing() -> bytes:
    return book({f"xl/media/{at}.png": bytes(1_000_000) for at in range(40)})


@must_say(TOO_MUCH)
def nine_megabytes_of_remarks() -> bytes:
    return sheet(numbered("<!--{:>20}-->", 350_000))


@must_say(TOO_MUCH)
def a_quarter_of_a_million_styled_blanks() -> bytes:
    return sheet(numbered('<row><c s="1"/><c s="1"/><c s="{}"/></row>', 80_000))


@must_say(TOO_MUCH)
def as_many_blanks_as_are_borne_on_two_sheets() -> bytes:
    parts: Parts = {
        BOOK: workbook("a", "b"),
        BOOK_RELS: rels(("worksheet", "worksheets/sheet1.xml"), ("worksheet", "worksheets/2.xml")),
        SHEET: worksheet(numbered('<c s="{}"/>', 100_000)),
        "xl/worksheets/2.xml": worksheet(numbered('<c s="{}"/>', 100_000)),
    }
    return book(parts)


@must_say(TOO_MUCH)
def more_cells_than_a_table_has() -> bytes:
    cells = "<c><v>{0}</v></c>" * 20
    return sheet(numbered(f"<row>{cells}</row>", 1_500))


@must_say(TOO_MUCH)
def two_hundred_thousand_shared_texts() -> bytes:
    texts = numbered("<si><t>{}</t></si>", 200_000)
    return book({TEXTS: f'<sst xmlns="{MAIN}">{texts}</sst>'})


@must_say(TOO_MUCH)
def a_hundred_thousand_number_formats() -> bytes:
    formats = numbered('<numFmt numFmtId="{}" formatCode="0.0"/>', 100_000)
    return book({STYLES: f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts></styleSheet>'})


@must_say(READ)
def a_thousand_of_the_worst_number_formats() -> bytes:
    code = "[" * 120 + "&quot;" * 21 + "!" * 100
    formats = numbered(f'<numFmt numFmtId="{{}}" formatCode="{code}"/>', 999)
    return book({STYLES: f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts></styleSheet>'})


@must_say(READ)
def a_hundred_thousand_cell_styles() -> bytes:
    styles = numbered('<xf numFmtId="0" fontId="{}"/>', 100_000)
    return book({STYLES: f'<styleSheet xmlns="{MAIN}"><cellXfs>{styles}</cellXfs></styleSheet>'})


@must_say(TOO_MUCH)
def tags_within_tags_within_tags() -> bytes:
    return unpressed("<x>" * 250_000 + "</x>" * 250_000)


@must_say(READ)
def tags_as_deep_as_is_borne() -> bytes:
    return unpressed("<x>" * 100_000 + "</x>" * 100_000 + ROW)


@must_say(READ)
def a_tag_with_a_hundred_thousand_attributes() -> bytes:
    attributes = numbered(" a{}='1'", 100_000)
    return sheet(f"<row{attributes}/>{ROW}")


@must_say(READ)
def a_text_of_two_megabytes() -> bytes:
    return unpressed(ROW + f'<row r="2">{text_cell("A2", "数" * 600_000)}</row>')


@must_say(READ)
def a_number_of_a_million_digits() -> bytes:
    return unpressed(ROW + f'<row r="2"><c r="A2"><v>{"7" * 1_000_000}</v></c></row>')


@must_say(READ)
def a_text_of_references() -> bytes:
    return unpressed(ROW + f'<row r="2">{text_cell("A2", "&#65;" * 350_000)}</row>')


@must_say(READ)
def a_text_of_escapes() -> bytes:
    return unpressed(ROW + f'<row r="2">{text_cell("A2", "_x0041_" * 250_000)}</row>')


@must_say("合并")
def one_merge_over_the_whole_sheet() -> bytes:
    return sheet(ROW, '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')


@must_say("合并")
def a_hundred_thousand_merges() -> bytes:
    merges = numbered('<mergeCell ref="A1{0}:B1{0}"/>', 100_000)
    return sheet(ROW, f"<mergeCells>{merges}</mergeCells>")


@must_say("合并")
def whole_columns_merged_again_and_again() -> bytes:
    merges = numbered('<mergeCell ref="A:CV" x="{}"/>', 4_000)
    return sheet(ROW, f"<mergeCells>{merges}</mergeCells>")


@must_say("XFD1048576 离表格太远")
def one_cell_in_the_last_corner() -> bytes:
    return sheet(ROW + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


@must_say("A2001 离表格太远")
def a_cell_just_beyond_the_last_row() -> bytes:
    return sheet(ROW + '<row r="2001"><c r="A2001"><v>1</v></c></row>')


@must_say("工作表过多")
def twenty_thousand_sheets() -> bytes:
    names = [f"表{at}" for at in range(20_000)]
    parts: Parts = {
        BOOK: workbook(*names),
        BOOK_RELS: rels(*(("worksheet", "worksheets/sheet1.xml") for _ in names)),
    }
    return book(parts)


@must_say(DAMAGED)
def one_sheet_shown_fifty_times() -> bytes:
    parts: Parts = {
        BOOK: workbook(*(f"表{at}" for at in range(50))),
        BOOK_RELS: rels(*[("worksheet", "worksheets/sheet1.xml")] * 50),
    }
    return book(parts)


# Declarations, entities, encodings.

LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10 if at else "ha"}">' for at in range(10))


@must_say(DTD)
def a_billion_laughs() -> bytes:
    texts = f'<!DOCTYPE sst [{LAUGHS}]><sst xmlns="{MAIN}"><si><t>&l9;</t></si></sst>'
    return book({TEXTS: texts})


@must_say(DTD)
def one_long_entity_many_times() -> bytes:
    entity = f'<!DOCTYPE worksheet [<!ENTITY a "{"a" * 50_000}">]>'
    return book({SHEET: entity + worksheet(f"<x>{'&a;' * 50_000}</x>")})


@must_say(DTD)
def an_entity_from_the_disk() -> bytes:
    entity = '<!DOCTYPE workbook [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return book({BOOK: entity + workbook("&x;")})


@must_say(DTD)
def an_entity_from_the_network() -> bytes:
    entity = '<!DOCTYPE sst SYSTEM "http://127.0.0.1:9/x.dtd">'
    return book({TEXTS: entity + str(SOUND[TEXTS])})


@must_say(DTD)
def a_parameter_entity_in_the_styles() -> bytes:
    entity = '<!DOCTYPE s [<!ENTITY % p SYSTEM "file:///dev/zero"> %p;]>'
    return book({STYLES: entity + str(SOUND[STYLES])})


@must_say(DTD)
def a_declaration_in_the_content_types() -> bytes:
    return book({TYPES: "<!DOCTYPE Types>" + str(SOUND[TYPES])})


@must_say(DTD)
def a_declaration_in_utf_16() -> bytes:
    return book({SHEET: ("<!DOCTYPE worksheet>" + worksheet(ROW)).encode("utf-16")})


@must_say(READ)
def a_sheet_in_utf_16() -> bytes:
    return book({SHEET: worksheet(ROW).encode("utf-16")})


@must_say(DAMAGED)
def an_encoding_that_nobody_reads() -> bytes:
    return book({SHEET: f'<?xml version="1.0" encoding="utf-7"?>{worksheet(ROW)}'})


@must_say(DAMAGED)
def bytes_that_are_no_utf_8() -> bytes:
    return book({SHEET: worksheet(ROW).replace("C9", "\udcff").encode("utf-8", "surrogateescape")})


@must_say(DAMAGED)
def xml_that_never_closes() -> bytes:
    return book({SHEET: worksheet(ROW)[:-20]})


# Programs and links.


@must_say(PROGRAMS)
def macros() -> bytes:
    return book({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


@must_say(PROGRAMS)
def macros_under_a_harmless_name() -> bytes:
    kind = '<Override PartName="/xl/x.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    types = str(SOUND[TYPES]).replace("</Types>", f"{kind}</Types>")
    return book({TYPES: types, "xl/x.bin": b"x"})


@must_say(PROGRAMS)
def macros_found_by_their_relation_alone() -> bytes:
    related = rels(("worksheet", "worksheets/sheet1.xml"), ("vbaProject", "x.bin"))
    return book({BOOK_RELS: related, "xl/x.bin": b"x"})


@must_say(PROGRAMS)
def an_xlsm_without_macros() -> bytes:
    kind = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    types = str(SOUND[TYPES]).replace(f"{SHEET_TYPE}.sheet.main+xml", kind)
    return book({TYPES: types})


@must_say(PROGRAMS)
def macros_of_excel_4() -> bytes:
    return book({"xl/macrosheets/sheet1.xml": worksheet("")})


@must_say(PROGRAMS)
def an_embedded_program() -> bytes:
    return book({"xl/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0"})


@must_say(READ)
def a_link_to_another_workbook() -> bytes:
    return book({"xl/externalLinks/externalLink1.xml": "<externalLink/>"})


@must_say(READ)
def a_link_found_by_its_relation_alone() -> bytes:
    related = rels(("worksheet", "worksheets/sheet1.xml"), ("externalLink", "x.xml"))
    return book({BOOK_RELS: related, "xl/x.xml": "<externalLink/>"})


@must_say("链接到别的工作簿")
def a_connection_to_a_database() -> bytes:
    return book({"xl/connections.xml": "<connections/>"})


# Workbooks that do not hold together.


@must_say(DAMAGED)
def a_sheet_that_is_not_there() -> bytes:
    return book({BOOK_RELS: rels(("worksheet", "worksheets/sheet9.xml"))})


@must_say(DAMAGED)
def a_sheet_that_lies_outside() -> bytes:
    return book({BOOK_RELS: rels(("worksheet", "../../../../etc/passwd"))})


@must_say(DAMAGED)
def a_sheet_on_another_host() -> bytes:
    related = str(SOUND[BOOK_RELS]).replace('1.xml"', '1.xml" TargetMode="External"')
    return book({BOOK_RELS: related})


@must_say(DAMAGED)
def a_workbook_that_is_its_own_sheet() -> bytes:
    return book({BOOK: workbook("a", "b"), BOOK_RELS: rels(*[("worksheet", "workbook.xml")] * 2)})


@must_say(DAMAGED)
def a_workbook_without_sheets() -> bytes:
    return book({BOOK: workbook()})


@must_say("不是 xlsx")
def a_package_that_leads_nowhere() -> bytes:
    return book({RELS: rels()})


@must_say(DAMAGED)
def a_place_that_is_no_place() -> bytes:
    return sheet('<row r="1"><c r="A0"><v>1</v></c></row>')


@must_say(DAMAGED)
def a_row_number_that_is_no_number() -> bytes:
    return sheet(f'<row r="{"9" * 5_000}"><c><v>1</v></c></row>')


@must_say(DAMAGED)
def one_cell_twice() -> bytes:
    return sheet(ROW + '<row r="1"><c r="B1"><v>99</v></c></row>')


@must_say(DAMAGED)
def a_cell_within_a_cell() -> bytes:
    return sheet('<row r="1"><c r="A1"><c r="B1"><v>1</v></c></c></row>')


@must_say(DAMAGED)
def a_shared_text_that_is_not_there() -> bytes:
    return sheet('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')


@must_say(DAMAGED)
def a_shared_text_counted_from_the_end() -> bytes:
    return sheet('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>')


@must_say(DAMAGED)
def a_kind_of_cell_that_nobody_knows() -> bytes:
    return sheet('<row r="1"><c r="A1" t="x"><v>1</v></c></row>')


# Odd and harmless.


@must_say(READ)
def a_sound_little_workbook() -> bytes:
    return book()


@must_say(READ)
def cells_that_are_no_figures() -> bytes:
    values = (
        '<c r="A1" t="e"><v>#REF!</v></c><c r="B1" t="b"><v>1</v></c><c r="C1" s="1"><v>44</v></c>'
        '<c r="D1"><f>1+1</f></c><c r="E1"><v>NaN</v></c><c r="F1"><v>1E+400</v></c>'
        '<c r="G1" t="d"><v>2022-01-26</v></c><c r="H1" s="99"><v>-0</v></c><c r="I1" t="s"/>'
    )
    return sheet(f'<row r="1">{values}</row>')


@must_say(READ)
def signs_that_nobody_sees() -> bytes:
    hidden = "_x0000__xD800__x202E_\u202e\u200b"
    return sheet(f'<row r="1">{text_cell("A1", hidden + "C9")}</row>')


@must_say(READ)
def cells_without_places_in_mixed_order() -> bytes:
    return sheet('<row r="9"><c><v>1</v></c><c><v>2</v></c></row><row r="2"><c><v>3</v></c></row>')


@must_say(READ)
def names_with_prefixes() -> bytes:
    prefixed = worksheet(ROW).replace("<", "<x:").replace("<x:/", "</x:")
    return book({SHEET: prefixed.replace("xmlns=", "xmlns:x=")})


@must_say(READ)
def the_strict_variant() -> bytes:
    strict = "http://purl.oclc.org/ooxml"
    changed = {
        name: content.replace(MAIN, f"{strict}/spreadsheetml/main").replace(
            OFFICE, f"{strict}/officeDocument/relationships"
        )
        for name, content in SOUND.items()
    }
    return packed(dict(changed))


@must_say(READ)
def parts_named_in_other_letters() -> bytes:
    return packed({name.replace("sharedS", "SharedS"): part for name, part in SOUND.items()})


@must_say(READ)
def a_blank_cell_in_the_last_corner() -> bytes:
    return sheet(ROW + '<row r="1048576"><c r="XFD1048576" s="1"/></row>')


@must_say(READ)
def a_title_merged_over_the_whole_row() -> bytes:
    return sheet(ROW, '<mergeCells><mergeCell ref="A1:XFD1"/></mergeCells>')


@must_say(READ)
def no_styles_and_no_shared_texts() -> bytes:
    parts = {name: part for name, part in SOUND.items() if name not in {TEXTS, STYLES}}
    parts[BOOK_RELS] = rels(("worksheet", "/xl/worksheets/sheet1.xml"))
    return packed(dict(parts))


@must_say(READ)
def names_with_backslashes() -> bytes:
    return packed({name.replace("/", "\\"): part for name, part in SOUND.items()})


@must_say(READ)
def targets_with_backslashes() -> bytes:
    return book({BOOK_RELS: rels(("worksheet", "worksheets\\sheet1.xml"))})


@must_say(READ)
def attributes_that_say_nothing() -> bytes:
    cells = (
        '<c r="A1" s="" t=""><v>1</v></c><c r="B1" s="-1"><v>1</v></c><c r="" s="x"><v>1</v></c>'
        '<c r="$D$1" s="99999999999999999999"><v>1</v></c><c r="e1" cm=""><v>1</v></c>'
    )
    return sheet(f'<row r="1" spans="" ht="" s="">{cells}</row><row r=""><c><v>2</v></c></row>')


@must_say(READ)
def styles_that_say_nothing() -> bytes:
    formats = '<numFmts count=""><numFmt/><numFmt numFmtId="" formatCode="0"/></numFmts>'
    styles = f'{formats}<cellXfs><xf numFmtId=""/><xf numFmtId="-3"/><xf/></cellXfs>'
    return book({STYLES: f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'})


@must_say(READ)
def whole_columns_and_rows_merged() -> bytes:
    areas = ("H:H", "C1:C1048576", "J:L", "40:40", "A50:XFD51", "$N:$O")
    merges = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return sheet(ROW, f"<mergeCells>{merges}</mergeCells>")
