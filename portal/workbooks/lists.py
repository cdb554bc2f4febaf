"""Read an uploaded list as a grid: a workbook, or a text as Excel and WPS save it.

The roster page, `portal organisation import` and lists of expected units all use it.
"""

import csv
import io
from collections.abc import Iterator

from portal.domain.intake.grid import Cell, CellKind, Grid, table_of
from portal.workbooks.gate import MAX_FILE_BYTES, Refused, is_text
from portal.workbooks.reading import read_workbook

TEXT_SHEET = "名单"
"""The sheet name given to a text's only table."""

MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_TEXT_LENGTH = 256
"""Characters stored of a cell, as in a workbook; no name is longer."""

NO_TEXT = "这不是 xlsx 工作簿，也不是可以读取的文本表格（UTF-8、UTF-16 或 GBK 编码）。"


def read_list(content: bytes) -> Grid:
    """The cells of a file that lists something; raises `Refused` with the sentence to show."""
    if not is_text(content):
        return read_workbook(content, long=True)
    if len(content) > MAX_FILE_BYTES:
        raise Refused("文件超过 2 MB，请分成几个文件导入。")
    return Grid((table_of(TEXT_SHEET, _cells(_decoded(content))),))


def _decoded(content: bytes) -> str:
    for encoding in _encodings(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refused(NO_TEXT)


def _encodings(content: bytes) -> tuple[str, ...]:
    """The likely encodings: Excel's “Unicode 文本” is UTF-16, its csv is GBK or UTF-8."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\x00" in content:
        # UTF-16 without a BOM: which byte of a tab, digit or line end is zero tells the byte order.
        in_order = content[::2].count(0) > content[1::2].count(0)
        return ("utf-16-be",) if in_order else ("utf-16-le",)
    return ("utf-8-sig", "gb18030")


def _cells(text: str) -> Iterator[Cell]:
    try:
        for row, texts in enumerate(csv.reader(io.StringIO(text), delimiter=_delimiter(text)), 1):
            if row > MAX_ROWS:
                raise Refused(f"名单超过 {MAX_ROWS:,} 行，请分成几个文件导入。")
            for column, each in enumerate(texts[:MAX_COLUMNS], 1):
                if each.strip():
                    yield Cell(row, column, CellKind.TEXT, each[:MAX_TEXT_LENGTH])
    except csv.Error as error:
        raise Refused(NO_TEXT) from error


def _delimiter(text: str) -> str:
    """The delimiter of the cells: the one in more of the lines."""
    lines = text.splitlines()
    return max("\t,", key=lambda sign: sum(sign in line for line in lines))
