"""Rosters: lists of units read from a workbook or a text file, as text with the cell of each.

A workbook comes from outside: its size is looked at before it is unpacked, only the first
rows and columns are read, and nothing in it is calculated.
"""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.founding import Objection, Unit
from portal.opening import Listed

LARGEST_FILE = 5 * 1024 * 1024
LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 26
HEADED_WITHIN = 10
"""Rows in which the head of a table is looked for, below titles and remarks."""

UNIT_COLUMNS = {
    "代码": "code",
    "名称": "name",
    "类型": "kind",
    "上级代码": "parent",
    "排序号": "position",
    "联系人": "contact",
    "电话": "phone",
}
LISTED_COLUMNS = {
    "代码": "code",
    "口径": "basis",
    "下拨资金(万元)": "allocated",
    "建档户数": "households",
}


class Unreadable(ValueError):
    """The file is no list of units; the message is the sentence for the one who gave it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One filled row: its number in the file and its texts, from column A on."""

    number: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """The rows below the head of a table; `columns` is the place of each field, from 0."""

    file: str
    columns: Mapping[str, int]
    rows: Sequence[Row]

    def entries(self) -> Iterator[dict[str, str]]:
        """Each row as texts by field; a column that is not there gives nothing."""
        for row in self.rows:
            yield {
                field: row.texts[place] if place < len(row.texts) else ""
                for field, place in self.columns.items()
            }

    def objections(self, found: Iterable[Objection]) -> str:
        """What was objected to, each with its cell, as one line."""
        return "；".join(f"{self._cell(each)} {each.sentence}" for each in found)

    def _cell(self, objection: Objection) -> str:
        place = self.columns.get(objection.field, 0)
        number = self.rows[objection.number].number if self.rows else 1
        return f"{chr(ord('A') + place)}{number}"


def read_units(path: Path) -> tuple[Roster, list[Unit]]:
    """The units that a workbook lists; raises `Unreadable`."""
    roster = _headed(path, _rows(path), UNIT_COLUMNS, needed=set(UNIT_COLUMNS) - {"联系人", "电话"})
    if not roster.rows:
        raise Unreadable(f"{path.name} 的表头下面没有单位。")
    return roster, [
        Unit(**entry | {"kind": entry["kind"].translate(_FULL_WIDTH)}) for entry in roster.entries()
    ]


_FULL_WIDTH = str.maketrans("()", "（）")


def read_listed(path: Path) -> tuple[Roster, list[Listed]]:
    """The expected units that a file lists, with a head or as bare codes; raises `Unreadable`."""
    rows = _rows(path)
    if any("代码" in map(_plain, row.texts) for row in rows[:HEADED_WITHIN]):
        roster = _headed(path, rows, LISTED_COLUMNS, needed={"代码"})
    else:
        roster = Roster(path.name, {"code": 0}, rows)
    return roster, [Listed(**entry) for entry in roster.entries()]


def _headed(
    path: Path, rows: Sequence[Row], columns: Mapping[str, str], needed: set[str]
) -> Roster:
    for place, row in enumerate(rows[:HEADED_WITHIN]):
        words = [_plain(text) for text in row.texts]
        if needed <= set(words):
            fields = {columns[word]: words.index(word) for word in columns if word in words}
            return Roster(path.name, fields, rows[place + 1 :])
    raise Unreadable(f"{path.name} 没有找到表头，应有这些列：{'、'.join(columns)}。")


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _rows(path: Path) -> list[Row]:
    content = _content(path)
    read = _workbook_rows if path.suffix.lower() in {".xlsx", ".xlsm"} else _text_rows
    rows = []
    for number, texts in enumerate(read(path.name, content), start=1):
        if number > MOST_ROWS:
            raise Unreadable(f"{path.name} 超过 {MOST_ROWS:,} 行。")
        if any(texts):
            rows.append(Row(number, tuple(texts)))
    return rows


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Unreadable(f"文件 {path} 打不开。") from error
    if len(content) > LARGEST_FILE:
        raise Unreadable(f"{path.name} 太大，超过 {LARGEST_FILE // 1024 // 1024} MB。")
    return content


def _text_rows(name: str, content: bytes) -> Iterator[list[str]]:
    text = _decoded(name, content)
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        for texts in csv.reader(io.StringIO(text), delimiter=delimiter):
            yield [each.strip() for each in texts[:MOST_COLUMNS]]
    except csv.Error as error:
        raise Unreadable(f"{name} 不是可以读取的文本表格。") from error


def _decoded(name: str, content: bytes) -> str:
    # Excel saves text in the codes of its country.
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(f"{name} 不是文本文件。")


def _workbook_rows(name: str, content: bytes) -> Iterator[list[str]]:
    from openpyxl import load_workbook

    _refuse_bombs(name, content)
    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as error:  # whatever a broken workbook makes the library stumble over
        raise Unreadable(f"{name} 不是可以读取的 xlsx 工作簿。") from error
    try:
        sheet = workbook.worksheets[0]
        for cells in sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True):
            yield [_text(value) for value in cells]
    except Exception as error:
        raise Unreadable(f"{name} 的内容不完整，读不下去。") from error
    finally:
        workbook.close()


def _refuse_bombs(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except zipfile.BadZipFile as error:
        raise Unreadable(f"{name} 不是 xlsx 工作簿。") from error
    if unpacked > LARGEST_UNPACKED:
        raise Unreadable(f"{name} 展开后太大，没有读取。")


def _text(value: Any) -> str:
    """A cell as text; a number as it would be typed, without what a float adds to it."""
    if value is None:
        return ""
    if isinstance(value, float):
        exact = Decimal(repr(value)).quantize(Decimal("0.000001")).normalize()
        return f"{exact:f}"
    return str(value).strip()
