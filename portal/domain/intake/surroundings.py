"""The surroundings of a column of codes: what stands above the columns beside it, and in them."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from portal.domain.intake.code_columns import Codes
from portal.domain.intake.grid import Cell, Table, is_number, letters
from portal.domain.intake.number_format import plain_number
from portal.domain.intake.sheet_words import (
    Expected,
    is_label_of_unit,
    pressed,
    years_in,
)

HEAD_ROWS = 6
"""The rows above the first code that may hold headings."""

CURRENT = ("本期", "本次", "本年", "今年", "本届", "当期", "当年", "实际", "完成", "实绩")
TITLES = (("数量", "本单位"), ("填报数", "数值", "数字"), ("合计", "总计"))
"""Headings of a column of figures, the most specific first."""

OTHER_FIGURES = (
    *("上年", "上期", "去年", "前年", "同期", "上次", "往年", "历年"),
    *("增", "减", "率", "次均", "人均", "占比", "%", "示例", "备注"),
    *("计划", "预计", "预算", "目标", "指标数"),
    *("序号", "行次", "行号", "栏次", "编号", "No.", "NO.", "no."),
)
"""Words in headings of columns that never hold this campaign's figures."""

MAX_HEADING_LENGTH = 12
"""Characters of a heading with a year; a longer text is a title."""

MAX_HEADING_ALONE_LENGTH = 8
"""Characters of a heading that is almost alone in its row."""

PAIR = 2
"""The cells of a label and its text."""

LEAST_RUN = 8
"""The consecutive numbers that make an unheaded column a 序号."""


@dataclass(frozen=True)
class Surroundings:
    """One column of codes with the cells around it, up to the next column of codes."""

    table: Table
    codes: Codes
    code_columns: frozenset[int]
    span: range
    expected: Expected | None

    @cached_property
    def right(self) -> range:
        """The columns up to the next column of codes."""
        return range(self.codes[0].column + 1, self.span.stop)

    @cached_property
    def head_cells(self) -> dict[int, tuple[Cell, ...]]:
        """The heading cells of each column, from the top; a title over the codes is no heading."""
        first = self.codes[0].row
        columns = {column for _, column in self.table.cells} - self.code_columns
        merged = {column for area in self.table.merges for column in (area.left, area.right)}
        heads: dict[int, tuple[Cell, ...]] = {}
        for column in range(1, max(columns | merged, default=0) + 1):
            rows = set(range(max(1, first - HEAD_ROWS), first)) - self._rows_of_names
            cells = (self._head(row, column) for row in sorted(rows))
            if column not in self.code_columns and (found := tuple(filter(None, cells))):
                heads[column] = found
        return heads

    @cached_property
    def _filled(self) -> Counter[int]:
        """The number of filled cells of each row."""
        return Counter(row for row, _ in self.table.cells)

    @cached_property
    def _rows_of_names(self) -> set[int]:
        """The rows of two cells that name the unit: the label 填报单位 and the name beside it."""
        return {
            row
            for (row, _), cell in self.table.cells.items()
            if self._filled[row] <= PAIR and is_label_of_unit(cell.text)
        }

    def _is_heading(self, row: int, cell: Cell) -> bool:
        """Whether a cell is a column heading; a date or a line of units at the top is not."""
        if self._filled[row] > PAIR or row == self.codes[0].row - 1:
            return True
        text = without_brackets(pressed(cell.text))
        return len(text) <= MAX_HEADING_ALONE_LENGTH and ":" not in text

    def _head(self, row: int, column: int) -> Cell | None:
        area = self.table.merge_at(row, column)
        if area and any(area.left <= code <= area.right for code in self.code_columns):
            return None
        cell = self.table.seen(row, column)
        return cell if cell is not None and self._is_heading(row, cell) else None

    @cached_property
    def heads(self) -> dict[int, list[str]]:
        """The heading texts of each column, without spaces."""
        return {
            column: [pressed(cell.text) for cell in cells]
            for column, cells in self.head_cells.items()
        }

    def headed(self, words: tuple[str, ...]) -> list[int]:
        """The columns with such a heading: right of the codes, or anywhere for the only codes."""
        return self.nearest(
            column
            for column, heads in sorted(self.heads.items())
            if any(without_brackets(head).startswith(words) for head in heads)
        )

    def nearest(self, columns: Iterable[int]) -> list[int]:
        """The `columns` not excluded: right of the codes, or else anywhere for the only codes."""
        found = [column for column in columns if not self.why_not(column)]
        right = [column for column in found if column in self.right]
        return right or (found if len(self.code_columns) == 1 else [])

    def is_sum_of_units(self, column: int) -> bool:
        """Whether a column is headed only 合计 while other columns are headed by other units."""
        *surer, _ = self.merit(column)
        return not any(surer) and any(
            self.expected and self.expected.units.is_foreign(head)
            for heads in self.heads.values()
            for head in heads
        )

    def why_not(self, column: int) -> Cell | None:
        """The heading that excludes a column from the figures, or None."""
        for cell in self.head_cells.get(column, ()):
            head = pressed(cell.text)
            foreign = self.expected and self.expected.units.is_foreign(head)
            if foreign or any(word in head for word in OTHER_FIGURES) or self._of_other_year(head):
                return cell
        return None

    def _of_other_year(self, head: str) -> bool:
        years = _years_of_heading(head)
        return bool(years and self.expected and self.expected.year) and not (
            self.expected and self.expected.year in years
        )

    def merit(self, column: int) -> tuple[bool, ...]:
        """Sort key: how strongly a column's headings mark it as the figures, strongest first."""
        heads = self.heads.get(column, [])
        units, year = (self.expected.units, self.expected.year) if self.expected else (None, None)
        bare = [without_brackets(head) for head in heads]
        return (
            any(bool(units and units.own and units.is_own(head)) for head in bare if head),
            any(year in _years_of_heading(head) for head in heads),
            any(word in head for head in heads for word in CURRENT),
            *(any(head.startswith(words) for head in bare) for words in TITLES),
        )

    def mentions(self, column: int, words: tuple[str, ...]) -> bool:
        """Whether a heading of the column contains one of `words`."""
        return any(word in head for head in self.heads.get(column, ()) for word in words)

    def numbers(self, column: int) -> list[Cell]:
        """The numbers of a column in the coded rows."""
        cells = (self.table.at(code.row, column) for code in self.codes)
        return [cell for cell in cells if cell is not None and is_number(cell)]

    def counts_rows(self, column: int) -> bool:
        """Whether a column only numbers the rows: an untitled 序号."""
        numbers = [plain_number(cell.text) for cell in self.numbers(column)]
        if len(numbers) < LEAST_RUN or not all(map(str.isdecimal, numbers)):
            return False
        counted = [int(number) for number in numbers]
        return counted == list(range(counted[0], counted[0] + len(counted)))

    def named(self, column: int) -> str:
        """A column with the address of its heading or first number, for a sentence."""
        heads = self.head_cells.get(column)
        cell = heads[-1] if heads else next(iter(self.numbers(column)), None)
        return f"{cell.address}“{cell.text}”" if cell else letters(column)


def _years_of_heading(head: str) -> frozenset[int]:
    if re.fullmatch("20[0-9]{2}", head):
        return frozenset({int(head)})
    return years_in(head) if len(head) <= MAX_HEADING_LENGTH else frozenset()


def without_brackets(text: str) -> str:
    return re.sub(r"\([^)]*\)", "", text)
