"""Trail entries about the whole installation, recorded in the city's chain."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.models.organisation import root_organisation
from portal.models.trail import record_all
from portal.models.trail_actions import Action


def city_entry(action: Action, note: str) -> dict[str, Any]:
    return {"action": action, "note": note}


def record_entries_for_city(
    session: Session, entries: list[dict[str, Any]], by: Actor, at: datetime
) -> None:
    city = root_organisation(session)
    if city is None:
        return
    record_all(
        session,
        entries,
        organisation_id=city.id,
        actor=by.name,
        actor_id=by.id,
        at=at,
        channel=by.channel,
    )


def record_for_city(
    session: Session, action: Action, note: str, *, by: Actor, at: datetime, **what: Any
) -> None:
    """Record an entry about the whole installation in the city's chain.

    `what` may name campaign_id, old and new.
    """
    record_entries_for_city(session, [city_entry(action, note) | what], by, at)


def record_all_for_city(
    session: Session, entries: list[dict[str, Any]], *, by: Actor, at: datetime
) -> None:
    """`record_for_city` for several entries of one moment."""
    record_entries_for_city(session, entries, by, at)
