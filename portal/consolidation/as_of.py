"""数据截至: the instant of the figures in a consolidation, as its prints say it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from portal.collection.allocations import last_move_of_sums
from portal.consolidation.node import ConsolidationScope
from portal.consolidation.sums import MAX_AT_ONCE
from portal.domain.campaign import calendar
from portal.domain.campaign.calendar import MINUTE, Phase, Status
from portal.domain.consolidation.placement import Member, Scope
from portal.models import Extension, Report

_still_given = (
    select(Extension.id)
    .where(
        Extension.campaign_id == bindparam("campaign_id"),
        Extension.until > bindparam("past", type_=Extension.until.type),
    )
    .limit(1)
)

Instants = tuple[ColumnElement[datetime | None], ...]

_CHANGED_BY: dict[Scope, Instants] = {
    Scope.ACCEPTED: (func.max(Report.submitted_at), func.max(Report.decided_at)),
    Scope.SUBMITTED: (func.max(Report.submitted_at),),
    Scope.DRAFTS: (func.max(Report.submitted_at), func.max(Report.saved_at)),
}
"""What changes the figures of a report in a scope: its submission, for 已审核 also the decision
that brought it in, for 含填报中 also every save."""


def as_of(session: Session, node: ConsolidationScope, now: datetime) -> datetime:
    """The instant of the figures in the sum: `now` while any unit below the node may still report.

    Afterwards it is when the sum last changed, by a report or by what was passed down, since a
    paper printed years later holds the figures of then; 停止填报 where nothing ever moved it.
    """
    if _may_change(session, node, now):
        return now
    return _last_change(session, node) or min(now, node.assignment.campaign.dates.closes)


def _may_change(session: Session, node: ConsolidationScope, now: datetime) -> bool:
    campaign = node.assignment.campaign
    if node.assignment.status is Status.ARCHIVED:
        return False
    if calendar.phase(campaign.dates, None, now) is not Phase.CLOSED:
        return True
    asked = {"campaign_id": campaign.id, "past": now - MINUTE}
    return session.execute(_still_given, asked).first() is not None


def _last_change(session: Session, node: ConsolidationScope) -> datetime | None:
    """When a report last came into the sum, changed in it or left it, or the list moved it."""
    came = _latest(session, node, node.standing.included, _CHANGED_BY[node.scope])
    left = _latest(session, node, node.standing.missing, (func.max(Report.decided_at),))
    return max((*came, *left, *_moved_by_list(session, node)), default=None)


def _latest(
    session: Session, node: ConsolidationScope, members: Iterable[Member], instants: Instants
) -> Iterator[datetime]:
    reports = node.tree.reports_of(members)
    for start in range(0, len(reports), MAX_AT_ONCE):
        some = Report.id.in_(reports[start : start + MAX_AT_ONCE])
        yield from filter(None, session.execute(select(*instants).where(some)).one())


def _moved_by_list(session: Session, node: ConsolidationScope) -> Iterator[datetime]:
    """The city's trail holds that; nobody else has the list in hand."""
    if node.tree.node.parent_id is None:
        moved = last_move_of_sums(session, node.tree.node.campaign_id)
        if moved:
            yield moved
