"""主要指标分单位一览表: the table that the leaders look at, as page, paper and workbook draw it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from portal.domain.consolidation.allocation import Deduction
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import Figures
from portal.domain.form.indicators import Group, main_groups
from portal.domain.paper.sheet import Part
from portal.domain.report.comparison import Change, Compared, change_of_sum

TITLE = "主要指标分单位一览表"

MAX_LINES = 30
"""Lines that one sheet of A4 has room for."""


MAX_LOOSE_ROWS, MAX_CLOSE_ROWS = 18, 27
"""Rows that a sheet of A4 laid across has room for, at each of the heights of `overview.css`."""


@dataclass(frozen=True, slots=True)
class Line:
    """One unit, or one kind of units, and what it is to the total."""

    code: str
    title: str
    remark: str
    part: Part
    figures: Figures


@dataclass(frozen=True)
class Overview:
    """The table: a line for each unit, then the total, last year's and how it moved.

    `last` are last campaign's figures under this edition's codes, None without a past; what is
    not in it has no confirmed counterpart. They are those of the units with both years, of
    which `compared` has this year's, with `compared_title` where they are not all.
    """

    form: Form
    campaign: str
    organisation: str
    as_of: str
    mark: str
    lines: Sequence[Line]
    total: Figures
    deduction: Deduction | None
    last: Figures | None
    footnotes: tuple[str, ...]
    compared: Figures | None = None
    compared_title: str = ""

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The columns under their headings."""
        return main_groups(self.form)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The items of the columns, in their order."""
        return tuple(item for group in self.groups for item in group.items)

    @property
    def heading(self) -> str:
        """The title on paper: of which campaign."""
        return f"{self.campaign}{TITLE}"

    @property
    def reported(self) -> Figures:
        """The totals as they are reported upward: without what was passed down inside."""
        return self.deduction.figures if self.deduction else self.total

    def last_of(self, item: Item) -> int | None:
        """Last campaign's total of an item; None where there is none."""
        return self.last.get(item.code) if self.last else None

    def change(self, item: Item) -> Change:
        """How the total of an item moved against last campaign's."""
        total, compared = self.reported.get(item.code), self.compared
        now = total if compared is None else compared.get(item.code)
        known = self.last is not None and item.code in self.last
        sums = Compared(total, now, self.last_of(item))
        return change_of_sum(self.form, item, sums, comparable=known)

    @property
    def density(self) -> str:
        """How close the rows stand, so that all of them come on one sheet, totals included."""
        rows = len(self.lines) + self._rows_of_totals
        return "loose" if rows <= MAX_LOOSE_ROWS else "close" if rows <= MAX_CLOSE_ROWS else "dense"

    @property
    def _rows_of_totals(self) -> int:
        reported = 3 if self.deduction else 1  # 简单合计, 减, 剔重后
        compared = 1 if self.compared is not None else 0
        return reported + compared + (3 if self.last else 0)  # last year's, change, percent
