"""Queries on the trail: the entries of one report, a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Report, TrailEntry

PAGE = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first; `older` is where the next page begins, if there is one."""

    entries: Sequence[TrailEntry]
    older: int | None


def entries(
    session: Session, report: Report | None, *, item: str | None = None, before: int | None = None
) -> Page:
    """A page of the trail of `report`, of one item or all, older than entry number `before`."""
    if report is None:
        return Page([], None)
    wanted = select(TrailEntry).where(TrailEntry.report_id == report.id)
    if item:
        wanted = wanted.where(TrailEntry.item == item)
    if before:
        wanted = wanted.where(TrailEntry.number < before)
    found = session.scalars(wanted.order_by(TrailEntry.number.desc()).limit(PAGE + 1)).all()
    return Page(found[:PAGE], found[PAGE - 1].number if len(found) > PAGE else None)
