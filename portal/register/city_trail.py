"""Trail entries about the whole installation, recorded in the city's chain."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from portal.models.base import About
from portal.models.organisation import root_organisation
from portal.models.trail import Author, Entry, record_all
from portal.models.trail_actions import Action


def record_for_city(
    session: Session,
    action: Action,
    note: str,
    *,
    by: Author,
    at: datetime,
    campaign_id: int | None = None,
) -> None:
    """Record an entry about the whole installation in the city's chain."""
    record_all_for_city(session, [Entry(action, note=note)], by=by, at=at, campaign_id=campaign_id)


def record_all_for_city(
    session: Session,
    entries: Sequence[Entry],
    *,
    by: Author,
    at: datetime,
    campaign_id: int | None = None,
) -> None:
    """As `record_for_city`, for several entries of one moment; nothing before there is a city."""
    if city := root_organisation(session):
        about = About(city.id, campaign_id=campaign_id)
        record_all(session, about, entries, by=by, at=at)
