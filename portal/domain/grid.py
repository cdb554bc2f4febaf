"""The grid: what the cells of a workbook hold, before anything is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

Place = tuple[int, int]
"""Row and column of a cell, both from 1."""


class CellKind(StrEnum):
    """What a cell holds.

    `PERCENT` and `SCALED` are numbers that the program shows otherwise than the file has them;
    `UNCALCULATED` is a formula whose result was never stored.
    """

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    ERROR = "error"
    DATE = "date"
    PERCENT = "percent"
    SCALED = "scaled"
    UNCALCULATED = "uncalculated"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not blank; `text` is as the file writes it, a number in XML's notation.

    `formula` says that the text is the result that a formula had when the file was saved.
    """

    row: int
    column: int
    kind: CellKind
    text: str
    formula: bool = False

    @property
    def address(self) -> str:
        """The cell as people call it: ``E7``."""
        return address(self.row, self.column)


@dataclass(frozen=True, slots=True)
class Table:
    """One worksheet: its name on the tab and its cells that are not blank."""

    name: str
    cells: Mapping[Place, Cell]
    hidden: bool = False

    def at(self, row: int, column: int) -> Cell | None:
        """The cell at a place; None where it is blank."""
        return self.cells.get((row, column))


@dataclass(frozen=True)
class Grid:
    """All the worksheets of a workbook, in the order of the tabs."""

    tables: tuple[Table, ...] = field(default=())

    @cached_property
    def visible(self) -> tuple[Table, ...]:
        """The worksheets that a person sees."""
        return tuple(table for table in self.tables if not table.hidden)


def table_of(name: str, cells: list[Cell], *, hidden: bool = False) -> Table:
    """A worksheet from its cells."""
    return Table(name, {(cell.row, cell.column): cell for cell in cells}, hidden)


def address(row: int, column: int) -> str:
    """The place as people call it: row 7 of the 5th column is ``E7``."""
    return f"{letters(column)}{row}"


def letters(column: int) -> str:
    """The name of a column, counted from 1: ``E``, ``AA``."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
