"""The table of a consolidation: the total, the kinds, and one page of the units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from portal.consolidation.node import Column, Node
from portal.consolidation.sums import sums_by_column, sums_by_kind, total_of
from portal.domain import consolidation as domain
from portal.domain.consolidation import NodeCheck
from portal.domain.formulas import Figures
from portal.domain.sheet import Sheet, report_sheet

COLUMNS_A_PAGE = 40


@dataclass(frozen=True, slots=True)
class Checks:
    """How the report of a 全口径 unit compares with the reports below it, and whose they are."""

    lines: Mapping[str, NodeCheck]
    footnote: str


@dataclass(frozen=True)
class Table:
    """What one page of a consolidation shows; the total is always that of all units."""

    node: Node
    total: Figures
    kinds: Mapping[str, Figures]
    columns: Sequence[Column]
    figures: Mapping[str, Figures]
    checks: Checks | None
    page: int
    pages: int

    @cached_property
    def sheet(self) -> Sheet:
        """The items as the paper orders, pairs and names them, with their totals."""
        return report_sheet(self.node.form, self.total, organisation="", period="", as_of="")


def table_of(session: Session, node: Node, page: int) -> Table | None:
    """The `page`-th page (from 1) of the table; None where there is no such page."""
    pages = -(-len(node.columns) // COLUMNS_A_PAGE)
    if not 1 <= page <= pages:
        return None
    start = (page - 1) * COLUMNS_A_PAGE
    columns = node.columns[start : start + COLUMNS_A_PAGE]
    drawn = [column.drawn for column in columns]
    kinds = sums_by_kind(session, node.tree, node.standing.included, node.form)
    total = domain.add_up(node.form, kinds.values())
    return Table(
        node=node,
        total=total,
        kinds={kind: kinds.get(kind, {}) for kind in node.kinds},
        columns=columns,
        figures=sums_by_column(session, node.tree, drawn, node.scope, node.form),
        checks=_checks(session, node, total),
        page=page,
        pages=pages,
    )


def _checks(session: Session, node: Node, own: Figures) -> Checks | None:
    """The node check, where both a 全口径 report and reports below it are in scope."""
    below = domain.standing(node.below, node.scope)
    if not (node.covers_its_units and node.standing.included and below.included):
        return None
    whole = total_of(session, node.tree, below.included, node.form)
    lines = domain.node_check(node.form, own, whole, {})
    return Checks({line.code: line for line in lines}, below.footnote)
