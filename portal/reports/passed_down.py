"""The question to the city's own report: whether its 筹集数 includes what it passed down."""

from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import Assignment
from portal.domain.consolidation.allocation import QUESTION
from portal.models import Expectation
from portal.models.trail import record
from portal.models.trail_actions import Action
from portal.reports import saving

WORDS = {True: "是", False: "否", None: ""}
"""The answers on pages and in the trail; empty without one."""

ANSWERS = {"yes": True, "no": False}
"""The answers as the form posts them."""


def passes_down(session: Session, assignment: Assignment) -> bool:
    """Whether a unit below has an allocation; `session` reads those units."""
    own = assignment.expectation
    registered = (
        Expectation.campaign_id == own.campaign_id,
        Expectation.organisation_id != own.organisation_id,
        Expectation.allocated > 0,
    )
    return bool(session.scalar(select(exists(select(Expectation.campaign_id).where(*registered)))))


def answer(
    session: Session, assignment: Assignment, includes: bool, *, by: Person, at: datetime
) -> None:
    """Save the answer with the report; the same answer again changes nothing.

    Raises `NotAllowedNow` (409) where the report cannot be written to.
    """
    assignment.may_write(at).require()
    report = saving.ensure_draft(session, assignment, by=by, at=at)
    before = report.includes_passed_down
    if before is includes:
        return
    report.includes_passed_down = includes
    session.flush()
    record(
        session,
        Action.PASSED_DOWN_ANSWERED,
        report.about,
        by=by,
        at=at,
        old=WORDS[before],
        new=WORDS[includes],
        note=QUESTION,
    )


def footnotes(answered: bool | None) -> tuple[str, ...]:
    """The answer as a footnote of a submitted report; empty without one."""
    return () if answered is None else (f"{QUESTION}：{WORDS[answered]}。",)
