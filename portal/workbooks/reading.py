"""Read uploaded workbooks: the cells' values, or the sentence why the file is refused.

A child process with limits reads the file, so that a malicious one exhausts only the child.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

from portal.domain.characters import blanked
from portal.domain.intake.grid import Area, Cell, CellKind, Grid, Table, table_of
from portal.workbooks.gate import (
    DAMAGED,
    LINKED,
    MACROS,
    NO_WORKBOOK,
    SAVE_AS_XLSX,
    TOO_MUCH,
    Refused,
    let_through,
)

CHILD = Path(__file__).with_name("reading_child.py")
MAX_SECONDS = 5.0
"""Seconds for one file, the start of the process included; a real one takes 0.1."""

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""Bytes; the child's longest possible answer for a form is shorter."""
MAX_CHILDREN = 2
"""Children that run at the same time; each may take 400 MB."""

_places = threading.BoundedSemaphore(MAX_CHILDREN)


MAX_LIST_SECONDS = 20.0
MAX_LIST_ANSWER_BYTES = 64 * 1024 * 1024


def read_workbook(content: bytes, *, long: bool = False) -> Grid:
    """The cells of an uploaded xlsx file; raises `Refused` with the sentence to show.

    `long` is for a list, which may have ten times the rows of a form.
    """
    let_through(content)
    with _a_place():
        written = _answer_of_child(content, long=long)
    return _grid(written)


@contextmanager
def _a_place() -> Iterator[None]:
    if not _places.acquire(timeout=MAX_SECONDS):
        raise Refused("正在读取的文件较多，请过一会儿再导入。")
    try:
        yield
    finally:
        _places.release()


def _answer_of_child(content: bytes, *, long: bool) -> bytes:
    # -I -S: isolated and without site-packages; the child needs only the standard library.
    command = [sys.executable, "-I", "-S", "-B", str(CHILD), *(["list"] if long else [])]
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=_bare_environment(),
    )
    clock = threading.Timer(MAX_LIST_SECONDS if long else MAX_SECONDS, child.kill)
    clock.start()
    try:
        with child:
            return _exchange(child, content, MAX_LIST_ANSWER_BYTES if long else MAX_ANSWER_BYTES)
    finally:
        clock.cancel()


def _bare_environment() -> dict[str, str]:
    """An empty environment; on Windows only SystemRoot, without which no program starts."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}


def _exchange(child: "subprocess.Popen[bytes]", content: bytes, largest: int) -> bytes:
    # The child reads all input before it writes, so the pipes cannot deadlock.
    with suppress(OSError), cast(IO[bytes], child.stdin) as question:
        question.write(content)
    return cast(IO[bytes], child.stdout).read(largest)


REFUSALS = {
    "damaged": DAMAGED,
    "no-workbook": NO_WORKBOOK,
    "too-much": TOO_MUCH,
    "programs": MACROS,
    "linked": LINKED,
    "binary": f"这是 xlsb 二进制工作簿，{SAVE_AS_XLSX}",
    "declarations": f"文件里有不应出现的声明（DTD），{SAVE_AS_XLSX}",
    "sheets": "工作表过多，请只保留填报用的一张表再导入。",
    "merges": "合并单元格过多或过大（{place}），请取消合并后再导入。",
    "far": "{place} 离表格太远（统计表只读前 2000 行，名单只读前 20010 行，都只读前 100 列），"
    "请把表格单独复制到新工作簿再导入。",
}


def _grid(written: bytes) -> Grid:
    """Parse the child's answer; a truncated or missing one means that its limits stopped it."""
    if not written:
        raise Refused(TOO_MUCH)
    try:
        answer = json.loads(written)
        if "refused" in answer:
            raise Refused(REFUSALS[answer["refused"]].format(place=answer["place"]))
        formats = [str(code) for code in answer["formats"]]
        return Grid(tuple(_table(sheet, formats) for sheet in answer["sheets"]))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(DAMAGED) from error


def _table(sheet: dict[str, Any], formats: Sequence[str]) -> Table:
    cells = [_cell(written, formats) for written in sheet["cells"]]
    merges = [Area(*map(int, corners)) for corners in sheet["merges"]]
    return table_of(blanked(str(sheet["name"])), cells, hidden=bool(sheet["hidden"]), merges=merges)


def _cell(written: Sequence[Any], formats: Sequence[str]) -> Cell:
    row, column, kind, text, formula, code, linked = written
    visible = blanked(str(text))
    return Cell(
        int(row),
        int(column),
        CellKind(kind),
        visible,
        formula=bool(formula),
        format=formats[code],
        linked=bool(linked),
        raw=None if visible == text else str(text),
    )
