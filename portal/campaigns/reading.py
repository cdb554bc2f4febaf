"""Reading announcements: what an organisation sees, who has read it, and saying 我已阅读."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import Assignment
from portal.models import Announcement, Delivery, Organisation
from portal.models.base import About
from portal.models.trail import record
from portal.models.trail_actions import Action
from portal.storage.db import hold


@dataclass(frozen=True, slots=True)
class Reader:
    """A unit that received an announcement, whom to telephone there, who read it and when."""

    code: str
    name: str
    contact: str
    phone: str
    read_at: datetime | None
    read_by: str


def readers(session: Session, announcement: Announcement) -> list[Reader]:
    """The units of the session's subtree that received it, in the city's order."""
    rows = session.execute(
        select(
            Organisation.code,
            Organisation.name,
            Organisation.contact,
            Organisation.phone,
            Delivery.read_at,
            Delivery.read_by,
        )
        .join(Organisation, Organisation.id == Delivery.organisation_id)
        .where(Delivery.announcement_id == announcement.id)
        .order_by(Organisation.position, Organisation.code)
    )
    return [Reader(*row) for row in rows]


def told_in_subtree(session: Session, assignment: Assignment) -> Sequence[Announcement]:
    """The announcements to any unit of the session's subtree, newest first."""
    told = select(Delivery.announcement_id)
    return session.scalars(
        select(Announcement)
        .where(
            Announcement.campaign_id == assignment.campaign.id,
            Announcement.published_at.is_not(None),
            Announcement.withdrawn_at.is_(None),
            Announcement.id.in_(told),
        )
        .order_by(Announcement.published_at.desc(), Announcement.id.desc())
    ).all()


_own = select(Delivery).where(Delivery.announcement_id == bindparam("announcement"))


def delivery_of(session: Session, announcement: Announcement) -> Delivery | None:
    """The delivery to the session's own organisation, or None; locks the row for a writer."""
    which = {"announcement": announcement.id}
    hold(session, _own.with_for_update(), which)
    return session.scalar(_own, which)


def mark_read(
    session: Session, announcement: Announcement, delivery: Delivery, *, by: Person, at: datetime
) -> None:
    """我已阅读: mark the delivery as read by the first person who says so."""
    if delivery.read_at is not None:
        return
    delivery.read_at, delivery.read_by = at, by.name
    session.flush()
    record(
        session,
        Action.ANNOUNCEMENT_READ,
        About(delivery.organisation_id, campaign_id=announcement.campaign_id),
        by=by,
        at=at,
        note=announcement.title,
    )
