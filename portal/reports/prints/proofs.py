"""Proofs: a printed submission compared with the system now, and the 更正单."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.collection.assignment import Assignment
from portal.domain.report.submission import Change, changes, figures_of, includes_passed_down
from portal.domain.report_state import Move
from portal.models import SentBack, SentBackItem, Submission
from portal.reports import passed_down
from portal.reports.prints.paper import after_close, standing_submission, submission_number


@dataclass(frozen=True, slots=True)
class Comparison:
    """A printed submission compared with the last one.

    `stands` says whether the last submission is in force, neither withdrawn nor sent back.
    `answers` are those about passed-down money in the two, on the city's own report.
    """

    printed: Submission
    last: Submission
    changes: tuple[Change, ...]
    stands: bool
    answers: tuple[str, str] = ("", "")

    @property
    def agrees(self) -> bool:
        """Whether paper and system have the same figures."""
        return not self.changes and self.answers[0] == self.answers[1]


def comparison(session: Session, assignment: Assignment, number: int) -> Comparison | None:
    """The `number`-th submission compared with the last; None where it does not exist."""
    report = assignment.report
    printed = submission_number(session, assignment, number)
    last = submission_number(session, assignment, report.submissions) if report else None
    if printed is None or last is None:
        return None
    stands = standing_submission(session, assignment) is not None
    changed = _changes(assignment, printed, last)
    return Comparison(printed, last, changed, stands, (_answer(printed), _answer(last)))


def _answer(submission: Submission) -> str:
    return passed_down.WORDS[includes_passed_down(json.loads(submission.document))]


def _changes(assignment: Assignment, old: Submission, new: Submission) -> tuple[Change, ...]:
    before, now = (figures_of(json.loads(each.document)) for each in (old, new))
    return changes(assignment.form, before, now)


@dataclass(frozen=True, slots=True)
class Sent:
    """One sending back before a correction: what was asked, by whom, when."""

    move: Move
    reason: str
    at: datetime
    by: str
    items: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Correction:
    """更正单: how a submission after the close differs from an earlier one, and why."""

    old: Submission
    new: Submission
    changes: tuple[Change, ...]
    sent: Sequence[Sent]

    def reason_for(self, code: str) -> str:
        """The last words written for one item, else those for the whole report."""
        named = [one.items[code] for one in self.sent if one.items.get(code)]
        whole = [one.reason for one in self.sent]
        return (named or whole or [""])[-1]


def correction(
    session: Session, assignment: Assignment, number: int, since: int
) -> Correction | None:
    """The correction from submission `since` to `number`; None where there is none.

    Only what came after the close is a correction: before it, units correct their reports freely.
    """
    old, new = (submission_number(session, assignment, each) for each in (since, number))
    if old is None or new is None or since >= number:
        return None
    if not after_close(assignment, new):
        return None
    return Correction(old, new, _changes(assignment, old, new), _sent(session, old, new))


def _sent(session: Session, old: Submission, new: Submission) -> list[Sent]:
    rows = session.scalars(
        select(SentBack)
        .where(
            SentBack.report_id == old.report_id,
            SentBack.submission >= old.number,
            SentBack.submission < new.number,
        )
        .order_by(SentBack.id)
    ).all()
    return [
        Sent(Move(row.move), row.reason, row.sent_at, row.sent_by, _items(session, row))
        for row in rows
    ]


def _items(session: Session, row: SentBack) -> dict[str, str]:
    items = session.execute(
        select(SentBackItem.item, SentBackItem.reason).where(SentBackItem.sent_back_id == row.id)
    )
    return {item.item: item.reason for item in items}
