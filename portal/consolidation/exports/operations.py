"""Operations of exports: store a long export until it is fetched, with its trail entry."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, undefer

from portal.access.identity import Person
from portal.collection.assignment import Assignment
from portal.models import MadeWorkbook
from portal.models.base import About
from portal.models.trail import record
from portal.models.trail_actions import Action

MAX_UNITS_AT_ONCE = 50
"""A workbook of more units takes over a second, so a page shows its progress."""

KEPT_FOR = timedelta(hours=1)

MAX_ID = 999_999_999

PROGRESS_LINES = 10
"""Lines of progress on the page, at most."""


def is_told(drawn: int, units: int) -> bool:
    """Whether the progress page gets a line once `drawn` units are written."""
    return drawn == units or drawn % max(1, units // PROGRESS_LINES) == 0


def store(
    session: Session, assignment: Assignment, name: str, content: bytes, *, by: Person, at: datetime
) -> MadeWorkbook:
    """Store a workbook to be fetched, delete expired ones, and write the trail."""
    session.execute(delete(MadeWorkbook).where(MadeWorkbook.made_at < at - KEPT_FOR))
    made = MadeWorkbook(
        # random id: SQLite reuses deleted ids, and an old link must not open a new file
        id=1 + secrets.randbelow(MAX_ID),
        organisation_id=assignment.expectation.organisation_id,
        campaign_id=assignment.campaign.id,
        file_name=name,
        content=content,
        made_at=at,
        made_by=by.name,
    )
    session.add(made)
    session.flush()
    record(
        session,
        Action.EXPORTED,
        About(assignment.expectation.organisation_id, campaign_id=assignment.campaign.id),
        by=by,
        at=at,
        note=name,
    )
    return made


def made_workbook(session: Session, assignment: Assignment, number: int) -> MadeWorkbook | None:
    """A stored workbook with its content; None once it has expired."""
    return session.scalar(
        select(MadeWorkbook)
        .where(MadeWorkbook.id == number, MadeWorkbook.campaign_id == assignment.campaign.id)
        .options(undefer(MadeWorkbook.content))
    )
