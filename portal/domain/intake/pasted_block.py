"""The block: what a spreadsheet put on the clipboard, cell by cell, or why it cannot be used."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from portal.domain.intake.landing import Reading

Block = tuple[tuple[str, ...], ...]

MAX_ROWS = 400
MAX_COLUMNS = 30
MAX_BYTES = 64 * 1024


class BlockRefused(ValueError):
    """The whole block is refused; `sentence` says why and what to do.

    `readings` are the choices offered if its rows can begin at more than one row of the paper.
    """

    def __init__(self, sentence: str, readings: Iterable[Reading] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.readings = tuple(readings)


# Excel quotes only cells with a tab or a line end, so a quotation mark opens a quoted cell only
# # if another one closes it at the end of a cell.
_CELL = re.compile(r'(?:"((?:[^"]|"")*+)"|([^\t\n]*))(\t|\n|\Z)')


def read_block(text: str) -> Block:
    """Parse the clipboard text of Excel, WPS or LibreOffice into rows of equal width.

    Control and invisible characters are removed, and blank rows at the end. Raises `BlockRefused`
    over `MAX_BYTES`, `MAX_ROWS` or `MAX_COLUMNS`.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise BlockRefused("粘贴的内容超过 64 KB，请只复制填有数的部分。")
    rows = list(_rows_of(text.replace("\r\n", "\n").replace("\r", "\n")))
    while rows and not any(map(str.strip, rows[-1])):
        rows.pop()
    width = max(map(len, rows), default=0)
    if len(rows) > MAX_ROWS or width > MAX_COLUMNS:
        most = f"{MAX_ROWS} 行或 {MAX_COLUMNS} 列"
        raise BlockRefused(f"粘贴的内容超过 {most}，请只复制填有数的部分。")
    return tuple(tuple(row + [""] * (width - len(row))) for row in rows)


def _rows_of(text: str) -> Iterator[list[str]]:
    row: list[str] = []
    for cell in _CELL.finditer("".join(filter(_is_kept, text))):
        quoted, bare, end = cell.groups()
        row.append(bare if quoted is None else quoted.replace('""', '"'))
        if end != "\t":
            yield row
            row = []
        if not end:
            return


def _is_kept(sign: str) -> bool:
    return sign in "\t\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs")
