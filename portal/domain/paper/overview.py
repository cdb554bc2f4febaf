"""主要指标分单位一览表: the leaders' table, drawn by page, print and workbook."""

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
"""The lines that fit on one sheet of A4."""


MAX_LOOSE_ROWS, MAX_CLOSE_ROWS = 18, 27
"""Rows that fit on a sheet of A4 landscape, at each row height of `overview.css`."""


@dataclass(frozen=True, slots=True)
class Line:
    """One unit, or one kind of units, and its part in the total."""

    code: str
    title: str
    remark: str
    part: Part
    figures: Figures


@dataclass(frozen=True)
class Overview:
    """The table: a line for each unit, then the total, last year's total and the change.

    `last` are last campaign's figures under this edition's codes, None without such a campaign;
    an item that is not in it has no confirmed counterpart. They are those of the units that
    reported in both years; `compared` are this year's figures of these units, and
    `compared_title` names the row if they are not all units.
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
        """The headings with their columns."""
        return main_groups(self.form)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The items of the columns, in their order."""
        return tuple(item for group in self.groups for item in group.items)

    @property
    def heading(self) -> str:
        """The title with the campaign's name, for the print."""
        return f"{self.campaign}{TITLE}"

    @property
    def reported(self) -> Figures:
        """The totals as reported upward, after the deduction of 市内下拨."""
        return self.deduction.figures if self.deduction else self.total

    def last_of(self, item: Item) -> int | None:
        """Last campaign's total of an item, or None."""
        return self.last.get(item.code) if self.last else None

    def change(self, item: Item) -> Change:
        """The change of an item's total against last campaign."""
        total, compared = self.reported.get(item.code), self.compared
        now = total if compared is None else compared.get(item.code)
        known = self.last is not None and item.code in self.last
        sums = Compared(total, now, self.last_of(item))
        return change_of_sum(self.form, item, sums, comparable=known)

    @property
    def density(self) -> str:
        """The line spacing that fits all rows, totals included, on one sheet."""
        rows = len(self.lines) + self._rows_of_totals
        return "loose" if rows <= MAX_LOOSE_ROWS else "close" if rows <= MAX_CLOSE_ROWS else "dense"

    @property
    def _rows_of_totals(self) -> int:
        reported = 3 if self.deduction else 1  # 简单合计, 减, 剔重后
        compared = 1 if self.compared is not None else 0
        return reported + compared + (3 if self.last else 0)  # last year's, change, percent
