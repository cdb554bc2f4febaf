"""Queries on campaigns: the list, one of any status, and the trail of its changes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.collection.expected import expected_of
from portal.domain.consolidation.placement import Expected
from portal.models import Campaign, Expectation, FormEdition, TrailEntry
from portal.models.prepared import as_rows

ENTRIES_A_PAGE = 200


@dataclass(frozen=True, slots=True)
class Counted:
    """A campaign of the list: its edition, and how many of its units count or are 免报."""

    campaign: Campaign
    edition: FormEdition
    expected: Expected


def all_campaigns(session: Session) -> Sequence[Campaign]:
    """Every campaign, latest opening first."""
    return session.scalars(select(Campaign).order_by(Campaign.opens.desc(), Campaign.id)).all()


def counted(session: Session) -> list[Counted]:
    """Every campaign with its units; the session reads the whole tree."""
    units = _units(session)
    editions = {each.id: each for each in session.scalars(select(FormEdition))}
    return [
        Counted(each, editions[each.edition_id], expected_of(units[each.id]))
        for each in all_campaigns(session)
    ]


def _units(session: Session) -> Mapping[int, list[Any]]:
    units: Mapping[int, list[Any]] = defaultdict(list)
    for row in as_rows(session.execute(_LISTED)):
        units[row.campaign_id].append(row)
    return units


_LISTED = select(
    Expectation.campaign_id,
    Expectation.organisation_id,
    Expectation.parent_id,
    Expectation.code,
    Expectation.name,
    Expectation.kind,
    Expectation.position,
    Expectation.basis,
    Expectation.expected,
)


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first; `older` is the start of the next page, None on the last."""

    entries: Sequence[TrailEntry]
    older: int | None


def trail_of(session: Session, campaign: Campaign, before: int | None = None) -> Page:
    """One page of what the city did to a campaign, its units and its announcements."""
    wanted = select(TrailEntry).where(TrailEntry.campaign_id == campaign.id)
    if before:
        wanted = wanted.where(TrailEntry.number < before)
    found = session.scalars(
        wanted.order_by(TrailEntry.number.desc()).limit(ENTRIES_A_PAGE + 1)
    ).all()
    return Page(
        found[:ENTRIES_A_PAGE],
        found[ENTRIES_A_PAGE - 1].number if len(found) > ENTRIES_A_PAGE else None,
    )
