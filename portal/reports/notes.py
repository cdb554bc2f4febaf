"""Notes on an item of a report. The view commits."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import Assignment
from portal.domain.characters import IN_LINES, in_lines, objection
from portal.domain.figures import Problem
from portal.domain.form.form import Item
from portal.domain.report_state import NotAllowedNow
from portal.models import ItemNote, Report
from portal.models.note import MAX_NOTE_LENGTH
from portal.models.trail import record
from portal.models.trail_actions import Action

NOT_BEGUN = "这张表还没有开始填，填写第一个数后才能写备注。"


def notes_of(session: Session, report: Report | None, item: Item) -> Sequence[ItemNote]:
    """The notes on one item of a report, newest first."""
    if report is None:
        return ()
    wanted = select(ItemNote).where(ItemNote.report_id == report.id, ItemNote.item == item.code)
    return session.scalars(wanted.order_by(ItemNote.id.desc())).all()


def refuse(text: str) -> Problem | None:
    """Why a note is refused, or None."""
    if sentence := objection(text, IN_LINES):
        return Problem(f"备注{sentence}。")
    if not text:
        return Problem("请写备注的内容。")
    if len(text) > MAX_NOTE_LENGTH:
        return Problem(f"备注不超过 {MAX_NOTE_LENGTH} 字，现在是 {len(text)} 字。")
    return None


def write(
    session: Session, assignment: Assignment, item: Item, typed: str, *, by: Person, at: datetime
) -> Problem | None:
    """Save one note, in every state of the report; returns the problem of a refused text.

    Raises `NotAllowedNow` (409) where the report is not started.
    """
    report = assignment.report
    if report is None:
        raise NotAllowedNow(NOT_BEGUN)
    text = in_lines(typed)
    if problem := refuse(text):
        return problem
    row = {
        "organisation_id": report.organisation_id,
        "report_id": report.id,
        "item": item.code,
        "text": text,
        "author": by.name,
        "author_id": by.id,
        "written_at": at,
    }
    session.execute(insert(ItemNote), [row])
    record(session, Action.NOTED, report.about, by=by, at=at, item=item.code, note=text)
    return None
