"""The grid: what the cells of a workbook hold, before anything is made of it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from portal.domain.intake.number_format import shown

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


NUMBERS = frozenset({CellKind.NUMBER, CellKind.PERCENT, CellKind.SCALED})


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not blank; `text` is as the file writes it, a number in XML's notation.

    `formula` says that the text is the result that a formula had when the file was saved, and
    `linked` that this formula takes from another workbook. `format` is the number format, empty
    where a number is shown as it is. In `text` a blank stands for what nobody sees; where that
    makes a difference, `raw` is the text to the letter.
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
        """The text to the letter, with what nobody sees: what a name is read from."""
        return self.text if self.raw is None else self.raw

    @property
    def shown(self) -> str | None:
        """What people see: 101 under ``00000`` is 00101; None where there is no telling.

        The number format decides for numbers, and the text itself for everything else.
        """
        return shown(self.text, self.format) if self.kind in NUMBERS else self.text

    @property
    def address(self) -> str:
        """The cell as people call it: ``E7``."""
        return address(self.row, self.column)


@dataclass(frozen=True, slots=True)
class Area:
    """Cells that are merged into one, of which the first alone holds something."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def address(self) -> str:
        """The area as people call it: ``C2:C4``."""
        return f"{address(self.top, self.left)}:{address(self.bottom, self.right)}"

    def places(self) -> Iterator[Place]:
        """Every place in it, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column


@dataclass(frozen=True)
class Table:
    """One worksheet: its name on the tab, its cells that are not blank and its merged areas."""

    name: str
    cells: Mapping[Place, Cell]
    hidden: bool = False
    merges: tuple[Area, ...] = ()

    def at(self, row: int, column: int) -> Cell | None:
        """The cell at a place; None where it is blank."""
        return self.cells.get((row, column))

    def merge_at(self, row: int, column: int) -> Area | None:
        """The merged area that a place lies in."""
        return self._merged.get((row, column))

    def seen(self, row: int, column: int) -> Cell | None:
        """The cell that people see at a place: within a merged area its first one."""
        area = self.merge_at(row, column)
        return self.at(area.top, area.left) if area else self.at(row, column)

    @cached_property
    def _merged(self) -> dict[Place, Area]:
        # Who reads the file bounds the areas, so that all their places are few enough to list.
        return {place: area for area in self.merges for place in area.places()}


@dataclass(frozen=True)
class Grid:
    """All the worksheets of a workbook, in the order of the tabs."""

    tables: tuple[Table, ...] = field(default=())

    @cached_property
    def visible(self) -> tuple[Table, ...]:
        """The worksheets that a person sees."""
        return tuple(table for table in self.tables if not table.hidden)


def table_of(
    name: str, cells: Iterable[Cell], *, hidden: bool = False, merges: Iterable[Area] = ()
) -> Table:
    """A worksheet from its cells."""
    by_place = {(cell.row, cell.column): cell for cell in cells}
    return Table(name, by_place, hidden, tuple(merges))


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


def is_number(cell: Cell) -> bool:
    """Whether a cell is one of figures: anything but a text without digits alone."""
    return cell.kind is not CellKind.TEXT or bool(re.fullmatch(r"[\d,.，．\s]+", cell.text))
