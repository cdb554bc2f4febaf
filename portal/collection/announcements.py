"""Announcements: the city's messages to the units of a campaign, and those a unit has not read.

The campaign's pages and the home page share it. Writing needs a session from `tenancy.opening`,
reading one's own the organisation's session.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.models import Announcement, Campaign, Delivery, Expectation
from portal.models.trail_actions import Action
from portal.register.city_trail import record_for_city


def publish_at_once(
    session: Session, campaign: Campaign, title: str, text: str, *, by: Actor, at: datetime
) -> Announcement:
    """Write and publish an announcement to every expected unit, without a draft."""
    announcement = add_draft(session, campaign, title, text, by=by, at=at)
    publish(session, announcement, expected_units(session, campaign), by=by, at=at)
    return announcement


def add_draft(
    session: Session, campaign: Campaign, title: str, text: str, *, by: Actor, at: datetime
) -> Announcement:
    """Store a draft announcement."""
    draft = Announcement(
        campaign_id=campaign.id,
        title=title,
        text=text,
        to_all=True,
        written_at=at,
        written_by=by.name,
    )
    session.add(draft)
    session.flush()
    return draft


def expected_units(session: Session, campaign: Campaign) -> Sequence[int]:
    """The ids of the units that a campaign expects a report from."""
    return session.scalars(
        select(Expectation.organisation_id)
        .where(Expectation.campaign_id == campaign.id, Expectation.expected)
        .order_by(Expectation.path)
    ).all()


def publish(
    session: Session, announcement: Announcement, units: Iterable[int], *, by: Actor, at: datetime
) -> int:
    """Publish a draft to these units; returns their number."""
    count = deliver(session, announcement, units)
    announcement.published_at, announcement.published_by = at, by.name
    session.flush()
    record_for_city(
        session,
        Action.ANNOUNCED,
        f"{announcement.title}，发给 {count} 家单位",
        by=by,
        at=at,
        campaign_id=announcement.campaign_id,
    )
    return count


def deliver(session: Session, announcement: Announcement, units: Iterable[int]) -> int:
    """Add a delivery for each of these units; existing deliveries are kept."""
    there = set(
        session.scalars(
            select(Delivery.organisation_id).where(Delivery.announcement_id == announcement.id)
        )
    )
    new = [unit for unit in units if unit not in there]
    for unit in new:
        session.add(Delivery(announcement_id=announcement.id, organisation_id=unit))
    session.flush()
    return len(new)


def deliver_to_new_unit(session: Session, campaign: Campaign, organisation_id: int) -> None:
    """Deliver the campaign's announcements for all units to a unit added later."""
    for announcement in session.scalars(
        select(Announcement).where(
            Announcement.campaign_id == campaign.id,
            Announcement.to_all,
            Announcement.published_at.is_not(None),
            Announcement.withdrawn_at.is_(None),
        )
    ):
        deliver(session, announcement, [organisation_id])


_told = (
    select(Announcement, Delivery)
    .join(Delivery, Delivery.announcement_id == Announcement.id)
    .where(Announcement.published_at.is_not(None), Announcement.withdrawn_at.is_(None))
    .order_by(Announcement.published_at.desc(), Announcement.id.desc())
)


def told_to(session: Session, campaign: Campaign) -> Sequence[tuple[Announcement, Delivery]]:
    """The announcements delivered to the session's organisation, newest first."""
    rows = session.execute(_told.where(Announcement.campaign_id == campaign.id))
    return [(row.Announcement, row.Delivery) for row in rows]


def unread(session: Session) -> Mapping[int, list[Announcement]]:
    """The unread announcements of the session's organisation, by the campaign's id."""
    found: dict[int, list[Announcement]] = {}
    for row in session.execute(_told.where(Delivery.read_at.is_(None))):
        found.setdefault(row.Announcement.campaign_id, []).append(row.Announcement)
    return found


def read_counts(session: Session, campaign: Campaign) -> Mapping[int, tuple[int, int]]:
    """For each announcement the number of the session's units that have read it, and of all."""
    read, all_of_them = Counter[int](), Counter[int]()
    rows = session.execute(
        select(Delivery.announcement_id, Delivery.read_at)
        .join(Announcement, Announcement.id == Delivery.announcement_id)
        .where(Announcement.campaign_id == campaign.id)
    )
    for row in rows:
        all_of_them[row.announcement_id] += 1
        read[row.announcement_id] += row.read_at is not None
    return {each: (read[each], all_of_them[each]) for each in all_of_them}
