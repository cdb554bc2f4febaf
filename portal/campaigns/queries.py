"""Queries on campaigns: the list, one of any status, and the trail of its changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from portal.models import Campaign, Expectation, FormEdition, TrailEntry

PAGE = 200


@dataclass(frozen=True, slots=True)
class Counted:
    """A campaign on the list: its edition, and how many units report and are 免报."""

    campaign: Campaign
    edition: FormEdition
    expected: int
    exempt: int


def all_campaigns(session: Session) -> Sequence[Campaign]:
    """Every campaign, the one that opens last on top."""
    return session.scalars(select(Campaign).order_by(Campaign.opens.desc(), Campaign.id)).all()


def counted(session: Session) -> list[Counted]:
    """Every campaign with its counts; the session reads the whole tree."""
    counts = _counts(session)
    editions = {each.id: each for each in session.scalars(select(FormEdition))}
    return [
        Counted(each, editions[each.edition_id], *counts.get(each.id, (0, 0)))
        for each in all_campaigns(session)
    ]


def _counts(session: Session) -> Mapping[int, tuple[int, int]]:
    rows = session.execute(
        select(
            Expectation.campaign_id,
            func.sum(cast(Expectation.expected, Integer)).label("expected"),
            func.count().label("listed"),
        ).group_by(Expectation.campaign_id)
    )
    return {row.campaign_id: (row.expected, row.listed - row.expected) for row in rows}


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first; `older` is where the next page begins, if there is one."""

    entries: Sequence[TrailEntry]
    older: int | None


def trail_of(session: Session, campaign: Campaign, before: int | None = None) -> Page:
    """What the city did to a campaign, its units and its announcements."""
    wanted = select(TrailEntry).where(TrailEntry.campaign_id == campaign.id)
    if before:
        wanted = wanted.where(TrailEntry.number < before)
    found = session.scalars(wanted.order_by(TrailEntry.number.desc()).limit(PAGE + 1)).all()
    return Page(found[:PAGE], found[PAGE - 1].number if len(found) > PAGE else None)
