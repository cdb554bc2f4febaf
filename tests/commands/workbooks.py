"""Workbooks for the tests: rosters as a city would send them, and some that mean harm."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

HEAD = ("代码", "名称", "类型", "上级代码", "排序号", "联系人", "电话")
CITY = (
    ("nanshan", "南山市总工会", "市总", "", 1, "", ""),
    ("dongqu", "东区总工会", "区总", "nanshan", 2, "王芳", "0711-0000001"),
    ("xiqu", "西区总工会", "区总", "nanshan", 3, "李明", 7110000002),
    ("yizhong", "第一中学工会", "基层", "dongqu", 4, "", ""),
)


def workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """A workbook with these rows on its first sheet."""
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    book.save(path)
    return path


def roster(path: Path, *rows: Sequence[object]) -> Path:
    """A workbook of units under the usual head."""
    return workbook(path, [HEAD, *rows])


def rewritten(path: Path, part: str, old: str, new: str) -> Path:
    """The same workbook with a text replaced in one of its parts."""
    content = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(content) as before, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as to:
        for name in before.namelist():
            text = before.read(name)
            to.writestr(name, text.replace(old.encode(), new.encode()) if name == part else text)
    return path


def bomb(path: Path) -> Path:
    """A small workbook that unpacks to far too much."""
    roster(path, *CITY)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet2.xml", b" " * (64 * 1024 * 1024))
    return path
