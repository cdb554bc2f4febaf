"""Columns of codes: which cells of a sheet name items of the form, and which columns they make."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import dropwhile

from portal.domain.form.form import CODE, Form
from portal.domain.intake.grid import Cell, CellKind, Table

LEAST_CODES = 3
"""The codes that make a column a column of codes; a small form needs fewer."""


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A cell with the code of one item, or of all items of its row; some may be unknown."""

    row: int
    column: int
    codes: tuple[str, ...]


Codes = tuple[CodeCell, ...]
"""One column of codes, from the top."""


def code_columns(form: Form, table: Table) -> tuple[Codes, ...]:
    """The columns of codes, the fullest first; a further one must share no code with them."""
    by_column: dict[int, list[CodeCell]] = {}
    for cell in table.cells.values():
        if codes := codes_in(form, cell):
            by_column.setdefault(cell.column, []).append(CodeCell(cell.row, cell.column, codes))
    # If pairs share a row, a form has half as many cells with codes as items.
    least = min(LEAST_CODES, (len(form.items) + 1) // 2)
    chosen: list[Codes] = []
    seen: set[str] = set()
    for cells in sorted(by_column.values(), key=lambda cells: -len(known_in(form, cells))):
        known = known_in(form, cells)
        if _cells_with(form, cells) >= least and not known & seen:
            chosen.append(tuple(_from_the_first(form, cells)))
            seen |= known
    return tuple(chosen)


def _cells_with(form: Form, cells: Iterable[CodeCell]) -> int:
    return sum(not form.by_code.keys().isdisjoint(cell.codes) for cell in cells)


def _from_the_first(form: Form, cells: Iterable[CodeCell]) -> Iterator[CodeCell]:
    """The cells from the first known code on; above it are headings that look like codes."""
    in_order = sorted(cells, key=lambda cell: cell.row)
    return dropwhile(lambda cell: form.by_code.keys().isdisjoint(cell.codes), in_order)


def known_in(form: Form, cells: Iterable[CodeCell]) -> set[str]:
    return {code for cell in cells for code in cell.codes if code in form.by_code}


BETWEEN_CODES = re.compile(r"[\s/、,;|+&和与及]+")


def codes_in(form: Form, cell: Cell) -> tuple[str, ...]:
    """The codes in a cell: ``ｃ 9`` is C9, ``C9/D9`` are two; none if it has other words."""
    if cell.kind is not CellKind.TEXT:
        return ()
    text = unicodedata.normalize("NFKC", cell.text).upper().strip()
    joined = "".join(text.split())
    if joined in form.by_code:
        return (joined,)
    codes = tuple(BETWEEN_CODES.split(text))
    return codes if all(map(CODE.fullmatch, codes)) else ()
