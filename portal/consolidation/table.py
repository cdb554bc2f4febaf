"""The table of a consolidation: the total, the kinds, and one page of the units."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from portal.consolidation.choice import Choice, Show
from portal.consolidation.node import Column, ConsolidationScope
from portal.consolidation.past import Past
from portal.consolidation.reported import reported_of
from portal.consolidation.sums import Filled, filled_of, sums_by_column, sums_by_kind, total_of
from portal.domain.consolidation import placement as domain
from portal.domain.consolidation.allocation import Deduction
from portal.domain.consolidation.placement import NodeCheck
from portal.domain.figures import canonical, show
from portal.domain.form.form import Item
from portal.domain.form.formulas import Figures
from portal.domain.paper.sheet import Row, Sheet, report_sheet
from portal.domain.report.comparison import average

COLUMNS_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Checks:
    """A 全口径 unit's report compared with the reports below it, and the names of those units."""

    lines: Mapping[str, NodeCheck]
    footnote: str


@dataclass(frozen=True)
class Table:
    """One page of a consolidation's table; the total is always that of all units.

    `subtotal` is the sum over the chosen kinds, None where all are chosen. `filled` has the zeros
    and blanks of each leaf, None where that column is hidden.
    """

    node: ConsolidationScope
    choice: Choice
    total: Figures
    kinds: Mapping[str, Figures]
    subtotal: Figures | None
    past: Past | None
    deduction: Deduction | None
    filled: Mapping[str, Filled] | None
    columns: Sequence[Column]
    figures: Mapping[str, Figures]
    checks: Checks | None
    page: int
    pages: int
    units: int

    @cached_property
    def sheet(self) -> Sheet:
        """The items in the paper's order, with pairs and labels, and their totals."""
        return report_sheet(self.node.form, self.total, organisation="", period="", as_of="")

    @cached_property
    def groups(self) -> tuple[tuple[Row, ...], ...]:
        """The rows of the chosen sections, pairs kept together."""
        return tuple(g for g in self.sheet.groups if self.choice.in_section(g[0].item.section))

    def cells(self, item: Item) -> list[tuple[str, str, str, str]]:
        """The units' cells of an item: part in the total, code, canonical figure, shown figure.

        Built at once, since a large page has thousands of them.
        """
        unit, code = item.unit, item.code
        return [
            (part, unit_code, canonical(figures[code], unit), show(figures[code], unit))
            for part, unit_code, figures in self._columns
        ]

    @cached_property
    def _columns(self) -> list[tuple[str, str, Figures]]:
        return [
            (column.part.value, column.member.code, self.figures[column.member.code])
            for column in self.columns
        ]

    def deducted(self, column: Column) -> int | None:
        """The deduction for the units of a column; None where no allocation is registered."""
        codes = (member.code for member in column.drawn.contributing)
        return self.deduction.deducted_from(codes) if self.deduction and column.counts else None

    def shows(self, name: str) -> bool:
        """Whether a group of columns is shown."""
        return Show(name) in self.choice.shows

    def average(self, item: Item) -> str:
        """次均 for the money of a pair, empty for any other item."""
        return average(self.node.form, item, self.total)


def table_of(
    session: Session, node: ConsolidationScope, page: int, choice: Choice, past: Past | None
) -> Table | None:
    """The `page`-th page (from 1) of the table; None where there is no such page."""
    wanted = [column for column in node.columns if choice.of_kind(column.member.kind)]
    if Show.UNITS not in choice.shows:
        wanted = []
    pages = max(1, -(-len(wanted) // COLUMNS_A_PAGE))
    if not 1 <= page <= pages:
        return None
    start = (page - 1) * COLUMNS_A_PAGE
    columns = wanted[start : start + COLUMNS_A_PAGE]
    included = node.standing.included
    kinds = sums_by_kind(session, node.tree, included, node.form)
    total = domain.add_up(node.form, kinds.values())
    return Table(
        node=node,
        choice=choice,
        total=total,
        kinds={k: kinds.get(k, {}) for k in node.kinds if choice.of_kind(k)},
        subtotal=_subtotal(node, choice, kinds),
        past=past,
        deduction=reported_of(session, node, total).deduction,
        filled=_filled(session, node) if Show.BLANKS in choice.shows else None,
        columns=columns,
        figures=_by_column(session, node, columns),
        checks=_checks(session, node, total),
        page=page,
        pages=pages,
        units=len(wanted),
    )


def _subtotal(
    node: ConsolidationScope, choice: Choice, kinds: Mapping[str, Figures]
) -> Figures | None:
    if not choice.kinds:
        return None
    return domain.add_up(node.form, [kinds[kind] for kind in choice.kinds if kind in kinds])


def _filled(session: Session, node: ConsolidationScope) -> Mapping[str, Filled]:
    return filled_of(session, node.tree, node.standing.included)


def _by_column(
    session: Session, node: ConsolidationScope, columns: Iterable[Column]
) -> dict[str, Figures]:
    drawn = [column.drawn for column in columns]
    if not drawn:
        return {}
    return sums_by_column(session, node.tree, drawn, node.scope, node.form)


def _checks(session: Session, node: ConsolidationScope, own: Figures) -> Checks | None:
    """The node check, where both a 全口径 report and reports below it are in scope."""
    if not (node.covers_its_units and node.standing.included):
        return None
    below = domain.coverage_of(node.below, node.scope)
    if not below.included:
        return None
    whole = total_of(session, node.tree, below.included, node.form)
    lines = domain.node_check(node.form, own, whole, {})
    return Checks({line.code: line for line in lines}, below.footnote)
