"""The figures of a node as reported upward; every view of live sums uses them."""

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy.orm import Session

from portal.consolidation.node import ConsolidationScope
from portal.consolidation.sums import figures_of_item
from portal.domain.consolidation import allocation
from portal.domain.consolidation.allocation import Allocations, Reported
from portal.domain.consolidation.placement import Member, add_up
from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures, with_totals

Rule = Callable[..., Reported]
"""The rule that deducts what was passed down: today's, or that of prints of the first format."""


def reported_of(
    session: Session,
    node: ConsolidationScope,
    total: Figures,
    members: Iterable[Member] | None = None,
) -> Reported:
    """The sum `total` of `node` less what was passed down; `members` are the units in the sum."""
    included = node.standing.included if members is None else tuple(members)
    codes = {member.code for member in included}
    received = _received(session, node, included)
    return allocation.reported(node.form, total, node.allocations, codes, received)


def _received(session: Session, node: ConsolidationScope, included: Iterable[Member]) -> Figures:
    """上级补助, by code, of the units in the sum that have an allocation."""
    item = allocation.received_item(node.form)
    wanted = {one.code for one in node.allocations.registered}
    asked = [member for member in included if member.code in wanted]
    if item is None or not asked:
        return {}
    return figures_of_item(session, node.tree, asked, item.code, node.form)


def reported_from(
    form: Form,
    figures: Mapping[str, Figures],
    allocations: Allocations,
    rule: Rule = allocation.reported,
) -> Reported:
    """The same from the figures of every unit in the sum, as its submission has them."""
    item, total = allocation.received_item(form), add_up(form, figures.values())
    received = {
        one.code: with_totals(form, figures[one.code])[item.code]
        for one in allocations.registered
        if item and one.code in figures
    }
    return rule(form, total, allocations, figures, received)
