"""Queries on the trail: one report's entries, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from portal.collection.assignment import Assignment
from portal.models import TrailEntry
from portal.models.trail_actions import Action

ENTRIES_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first; `older` is the start of the next page, None on the last."""

    entries: Sequence[TrailEntry]
    older: int | None


LAST_YEAR = (Action.LAST_YEAR_ENTERED, Action.LAST_YEAR_CORRECTED)
"""Actions on the unit's figures of the year before, which exist without a report."""


def entries(
    session: Session,
    assignment: Assignment,
    *,
    item: str | None = None,
    before: int | None = None,
) -> Page:
    """One page of a report's trail, of one item or all, older than entry number `before`."""
    of_last_year = and_(
        TrailEntry.campaign_id == assignment.campaign.id,
        TrailEntry.action.in_(LAST_YEAR),
        TrailEntry.item.is_not(None),
    )
    report = assignment.report
    wanted = select(TrailEntry).where(
        or_(TrailEntry.report_id == report.id, of_last_year) if report else of_last_year
    )
    if item:
        wanted = wanted.where(TrailEntry.item == item)
    if before:
        wanted = wanted.where(TrailEntry.number < before)
    found = session.scalars(
        wanted.order_by(TrailEntry.number.desc()).limit(ENTRIES_A_PAGE + 1)
    ).all()
    return Page(
        found[:ENTRIES_A_PAGE],
        found[ENTRIES_A_PAGE - 1].number if len(found) > ENTRIES_A_PAGE else None,
    )
