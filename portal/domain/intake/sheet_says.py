"""The words of a sheet beside its figures, compared with the form and the campaign.

Words are only evidence, since people type this year's figures into last year's file. A
contradiction is reported with its cell, and the figure is offered instead of taken.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from portal.domain.figures import Kind
from portal.domain.form.form import Form, Item
from portal.domain.intake.code_columns import CodeCell
from portal.domain.intake.grid import NUMBERS, Cell, CellKind, Table
from portal.domain.intake.labels import other_item, other_measure
from portal.domain.intake.layout import Block, Layout
from portal.domain.intake.sheet_words import (
    Expected,
    Said,
    is_label_of_unit,
    is_unit_label,
    is_units,
    money_in,
    money_in_brackets,
    money_of_unit_line,
    other_money,
    pressed,
    stale_title,
    unit_beside,
    unit_named,
)

MAX_IN_A_TITLE_ROW = 2
"""Filled cells in a row of titles; a row with more has column headings."""


MAX_TITLES = 20
"""The titles that are compared with the names of all units."""

_YEAR_ALONE = re.compile("20[0-9]{2}年?度?")


@dataclass(frozen=True)
class SheetSays:
    """The words of one sheet around the figures of `form`."""

    form: Form
    layout: Layout
    expected: Expected

    @property
    def table(self) -> Table:
        """The sheet that is read."""
        return self.layout.table

    # The year and the unit.

    @cached_property
    def titles(self) -> list[Cell]:
        """The texts above the figures that are no column headings, from the top."""
        rows = (row for at, row in self._rows.items() if at < self.layout.first_row)
        cells = (cell for row in rows if len(row) <= MAX_IN_A_TITLE_ROW for cell in row)
        titles = (cell for cell in cells if not _YEAR_ALONE.fullmatch(pressed(cell.text)))
        return list(islice(titles, MAX_TITLES))

    @cached_property
    def stale(self) -> Said | None:
        """The title of another year or campaign; its address is empty if it is the tab's name."""
        texts = [
            (cell.text, cell.address)
            for cell in self.titles
            if not re.match("(填报|报送|制表|上报|打印)?(日期|时间)|数据截至", pressed(cell.text))
        ]
        return stale_title([*texts, (self.table.name, "")], self.expected)

    @cached_property
    def organisation(self) -> Said | None:
        """The unit after 填报单位, in the label's cell or in the one beside it."""
        for place in sorted(self.table.cells):
            cell = self.table.cells[place]
            if named := unit_named(cell.text):
                return Said(named, cell.address)
            beside = self._next(cell) if is_label_of_unit(cell.text) else None
            if beside is not None and (named := unit_beside(cell.text, beside.text)):
                return Said(named, beside.address)
        return None

    def _next(self, cell: Cell) -> Cell | None:
        """The next filled cell in a row without codes, if it is a text."""
        row = () if cell.row in self.layout.coded_rows else self._rows[cell.row]
        beside = next((each for each in row if each.column > cell.column), None)
        return beside if beside is not None and beside.kind is CellKind.TEXT else None

    @cached_property
    def _rows(self) -> dict[int, list[Cell]]:
        """The filled cells of each row, from the left."""
        rows: dict[int, list[Cell]] = {}
        for place in sorted(self.table.cells):
            rows.setdefault(place[0], []).append(self.table.cells[place])
        return rows

    @cached_property
    def misnamed(self) -> Said | None:
        """The name of another unit after 填报单位, in the title or on the tab."""
        units = self.expected.units
        if self.organisation and units.own and not units.is_own(self.organisation.words):
            return self.organisation
        for cell in self.titles:
            if units.mentions_foreign(cell.text):
                return Said(cell.text.strip(), cell.address)
        if units.is_foreign(self.table.name) or units.mentions_foreign(self.table.name):
            return Said(self.table.name, "")
        return None

    # The unit of money.

    def money(self, item: Item, cell: Cell, block: Block, code: CodeCell) -> Said | None:
        """The nearest words that name another unit of money than the item's."""
        if item.unit.kind is not Kind.MONEY:
            return None
        for named, address in self._money_round(item, cell, block, code):
            if other := other_money(named, item.unit.name):
                return Said(other, address)
        return None

    def _money_round(
        self, item: Item, cell: Cell, block: Block, code: CodeCell
    ) -> Iterator[tuple[frozenset[str], str]]:
        if cell.kind in NUMBERS and cell.format:
            yield money_in(cell.shown or ""), cell.address
        for word in block.words_of(code):
            yield money_in_brackets(word.text) - money_in_brackets(item.label), word.address
        for head in reversed(block.heads.get(cell.column, ())):
            yield money_in(head.text), head.address
        yield from self._money_lines

    @cached_property
    def _money_lines(self) -> list[tuple[frozenset[str], str]]:
        return [(named, address) for named, address in self._lines() if named]

    def _lines(self) -> Iterator[tuple[frozenset[str], str]]:
        headings = {block.head_row for block in self.layout.blocks}
        for place in sorted(self.table.cells):
            cell = self.table.cells[place]
            if cell.row in self.layout.coded_rows or cell.row in headings:
                continue
            named = money_of_unit_line(cell.text)
            is_title = len(self._rows[cell.row]) <= MAX_IN_A_TITLE_ROW
            if is_title and cell.row < self.layout.first_row:
                named = named or money_in_brackets(cell.text)
            yield named, cell.address
            beside = self._next(cell) if is_unit_label(cell.text) else None
            if beside is not None and is_units(beside.text):
                yield money_in(beside.text), beside.address

    # The item that a row names.

    def other_label(self, item: Item, block: Block, code: CodeCell) -> tuple[Said, str] | None:
        """A label in the row of `item` that is another item's, with that item's codes."""
        words = [Said(word.text.strip(), word.address) for word in block.words_of(code)]
        other = other_item(self.form, item, words)
        alone = len(code.codes) == 1
        return other or (other_measure(self.form, item, words) if alone else None)
