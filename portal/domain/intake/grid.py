"""The grid: the raw cells of a workbook."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from portal.domain.intake.number_format import shown

Place = tuple[int, int]
"""Row and column of a cell, both from 1."""


class CellKind(StrEnum):
    """The kind of a cell's content.

    `PERCENT` and `SCALED` are numbers whose format shows another number than the file stores;
    `UNCALCULATED` is a formula without a stored result.
    """

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    ERROR = "error"
    DATE = "date"
    PERCENT = "percent"
    SCALED = "scaled"
    UNCALCULATED = "uncalculated"


NUMBERS = frozenset({CellKind.NUMBER, CellKind.PERCENT, CellKind.SCALED})


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not blank; `text` is as stored in the file, a number in XML's notation.

    `formula` is true when the text is the stored result of a formula, `linked` when that formula
    refers to another workbook. `format` is the number format, empty for none. In `text` a space
    replaces each invisible character; `raw` is the original text where that makes a difference.
    """

    row: int
    column: int
    kind: CellKind
    text: str
    formula: bool = False
    format: str = ""
    linked: bool = False
    raw: str | None = None

    @property
    def written(self) -> str:
        """The original text with its invisible characters; names are read from it."""
        return self.text if self.raw is None else self.raw

    @property
    def shown(self) -> str | None:
        """The text that people see: 101 under ``00000`` is 00101; None for an unsupported format.

        Numbers are shown by their number format, everything else as its text.
        """
        return shown(self.text, self.format) if self.kind in NUMBERS else self.text

    @property
    def address(self) -> str:
        """The cell's address: ``E7``."""
        return address(self.row, self.column)


@dataclass(frozen=True, slots=True)
class Area:
    """A merged area; only its first cell has content."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def address(self) -> str:
        """The area's address: ``C2:C4``."""
        return f"{address(self.top, self.left)}:{address(self.bottom, self.right)}"

    def places(self) -> Iterator[Place]:
        """Every place of the area, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column


@dataclass(frozen=True)
class Table:
    """One worksheet: its name, its non-blank cells and its merged areas."""

    name: str
    cells: Mapping[Place, Cell]
    hidden: bool = False
    merges: tuple[Area, ...] = ()

    def at(self, row: int, column: int) -> Cell | None:
        """The cell at a place; None if it is blank."""
        return self.cells.get((row, column))

    def merge_at(self, row: int, column: int) -> Area | None:
        """The merged area that contains a place, or None."""
        return self._merged.get((row, column))

    def seen(self, row: int, column: int) -> Cell | None:
        """The cell that people see at a place: the first cell inside a merged area."""
        area = self.merge_at(row, column)
        return self.at(area.top, area.left) if area else self.at(row, column)

    @cached_property
    def _merged(self) -> dict[Place, Area]:
        # `reading_child` limits the merged areas, so listing all their places stays cheap.
        return {place: area for area in self.merges for place in area.places()}


@dataclass(frozen=True)
class Grid:
    """The worksheets of a workbook, in the order of the tabs."""

    tables: tuple[Table, ...] = field(default=())

    @cached_property
    def visible(self) -> tuple[Table, ...]:
        """The worksheets that are not hidden."""
        return tuple(table for table in self.tables if not table.hidden)


def table_of(
    name: str, cells: Iterable[Cell], *, hidden: bool = False, merges: Iterable[Area] = ()
) -> Table:
    """Build a worksheet from its cells."""
    by_place = {(cell.row, cell.column): cell for cell in cells}
    return Table(name, by_place, hidden, tuple(merges))


def address(row: int, column: int) -> str:
    """The address of a place: row 7, column 5 is ``E7``."""
    return f"{letters(column)}{row}"


def letters(column: int) -> str:
    """The name of a column, counted from 1: ``E``, ``AA``."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def is_number(cell: Cell) -> bool:
    """Whether a cell may be a figure: every cell except a text without digits."""
    return cell.kind is not CellKind.TEXT or bool(re.fullmatch(r"[\d,.，．\s]+", cell.text))
