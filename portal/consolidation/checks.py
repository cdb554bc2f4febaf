"""Node check: compares 全口径 units with the reports below them, and the total with its columns.

A difference is shown and never corrected: it contains what a 全口径 unit did itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.consolidation.node import ConsolidationScope
from portal.consolidation.sums import sums_by_column, total_of
from portal.domain.consolidation import placement as domain
from portal.domain.consolidation.placement import Basis, Coverage, Member, NodeCheck
from portal.domain.form.form import Form, Item

UNITS_A_PAGE = 20


@dataclass(frozen=True, slots=True)
class UnitCheck:
    """One 全口径 unit: its figures, the sum below it, and the items where it reports less.

    `lines` is empty while the scope lacks its own report or every report below it.
    """

    member: Member
    below: Coverage
    lines: tuple[NodeCheck, ...]

    @property
    def short(self) -> tuple[NodeCheck, ...]:
        """The items at which the unit reports less than the units below it together."""
        return tuple(line for line in self.lines if (line.difference or 0) < 0)


@dataclass(frozen=True, slots=True)
class NodeChecks:
    """A page of checks; `unequal` are the items whose total is not the sum of its columns."""

    form: Form
    units: tuple[UnitCheck, ...]
    unequal: tuple[Item, ...]
    number: int
    page: int
    pages: int


def checks_of(session: Session, node: ConsolidationScope, page: int) -> NodeChecks | None:
    """The `page`-th page (from 1) of a node's checks; None where there is no such page."""
    units = _to_check(node)
    pages = max(1, -(-len(units) // UNITS_A_PAGE))
    if not 1 <= page <= pages:
        return None
    some = units[(page - 1) * UNITS_A_PAGE : page * UNITS_A_PAGE]
    return NodeChecks(
        form=node.form,
        units=tuple(_check(session, node, member) for member in some),
        unequal=_unequal(session, node),
        number=len(units),
        page=page,
        pages=pages,
    )


def _to_check(node: ConsolidationScope) -> Sequence[Member]:
    """The expected 全口径 units that have units below them, in the tree's order."""
    parents = {member.parent for member in node.tree.members}
    ordered = sorted(node.tree.members, key=lambda member: (member.order, member.code))
    return [
        member
        for member in ordered
        if member.expected and member.basis is Basis.FULL and member.code in parents
    ]


def _check(session: Session, node: ConsolidationScope, member: Member) -> UnitCheck:
    below = domain.coverage_of(domain.place_below(node.tree.members, member.code), node.scope)
    if member.state not in node.scope.states or not below.included:
        return UnitCheck(member, below, ())
    own = total_of(session, node.tree, [member], node.form)
    whole = total_of(session, node.tree, below.included, node.form)
    return UnitCheck(member, below, domain.node_check(node.form, own, whole, {}))


def _unequal(session: Session, node: ConsolidationScope) -> tuple[Item, ...]:
    """The items whose total, added report by report, is not the sum of the columns."""
    columns = node.placement.columns
    by_column = sums_by_column(session, node.tree, columns, node.scope, node.form)
    added = domain.add_up(node.form, by_column.values())
    total = total_of(session, node.tree, node.standing.included, node.form)
    return tuple(item for item in node.form.items if added[item.code] != total[item.code])
