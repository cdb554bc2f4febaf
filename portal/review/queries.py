"""Queries of a review: a report compared with last year's and with its last submission."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.collection.assignment import FilledReport, SendBack, last_reproof, submissions_of
from portal.collection.decisions import decider_of
from portal.collection.on_behalf import Unconfirmed, sole_handlings, unconfirmed
from portal.collection.return_answers import answers_to
from portal.collection.signed_copies import scan_of
from portal.domain.campaign.board import HANDED_IN, Scan
from portal.domain.checks.words import change
from portal.domain.paper.sheet import Sheet, report_sheet
from portal.domain.report.return_answers import WHOLE_FORM, Reply
from portal.domain.report.submission import Change, changes, figures_of
from portal.models import (
    Expectation,
    Figure,
    ItemNote,
    Organisation,
    Report,
    SoleHandling,
    Submission,
)


@dataclass(frozen=True)
class Review:
    """A report as its reviewer reads it.

    `changes` are the items that differ from the submission `before`; `decider` is the organisation
    whose reviewers decide; `notes` are those on each item, newest first.
    """

    filling: FilledReport
    decider: Organisation
    submissions: Sequence[Submission] = ()
    reproof: SendBack | None = None
    before: Submission | None = None
    changes: Mapping[str, Change] = field(default_factory=dict)
    notes: Mapping[str, Sequence[ItemNote]] = field(default_factory=dict)
    scan: Scan | None = None
    entered: Unconfirmed | None = None
    alone: Sequence[SoleHandling] = ()
    answers: Mapping[str, Reply] = field(default_factory=dict)

    @cached_property
    def sheet(self) -> Sheet:
        """The table in the paper's layout."""
        return report_sheet(
            self.filling.form,
            self.filling.figures,
            organisation=self.filling.assignment.expectation.name,
            period=self.filling.assignment.campaign.period,
            as_of="",
        )

    def previous(self, code: str) -> int | None:
        """Last year's figure of the item's counterpart; None without one."""
        return (self.filling.previous or {}).get(code)

    def compared(self, code: str) -> str:
        """The change against last year in words; empty where one of the figures is missing."""
        now, before = self.filling.figures[code], self.previous(code)
        if now is None or before is None:
            return ""
        return "持平" if now == before else change(now, before).removeprefix("比上年")

    @property
    def untouched(self) -> tuple[str, ...]:
        """The items that the sending back named and that are unchanged."""
        asked = self.reproof.items if self.reproof and self.mended else ()
        return tuple(code for code in asked if code not in self.changes)

    @property
    def whole_answer(self) -> Reply | None:
        """The answer to a sending back of the whole form."""
        return self.answers.get(WHOLE_FORM)

    @property
    def mended(self) -> bool:
        """Whether the report was submitted again after it had been sent back."""
        return self.reproof is not None and self.reproof.submission < len(self.submissions)

    @property
    def before_label(self) -> str:
        """The heading of the figures of the submission `before`."""
        return "退回时" if self.mended else "上次报送"


def read_review(session: Session, filling: FilledReport) -> Review:
    """Read everything that the review page shows."""
    assignment = filling.assignment
    decider = session.get_one(Organisation, decider_of(session, assignment.expectation))
    if assignment.report is None:
        return Review(filling, decider)
    submissions = submissions_of(session, assignment.report)
    reproof = last_reproof(session, assignment.report)
    before = _compared_with(filling, reproof, submissions)
    return Review(
        filling,
        decider,
        submissions,
        reproof,
        before,
        _changes_since(filling, before),
        _notes_of(session, assignment.report),
        scan_of(session, assignment),
        unconfirmed(session, filling),
        sole_handlings(session, assignment.report, assignment.report.submissions),
        answers_to(session, reproof) if reproof else {},
    )


def _compared_with(
    filling: FilledReport, reproof: SendBack | None, submissions: Sequence[Submission]
) -> Submission | None:
    """The submission that was sent back last; else the one before, where it was withdrawn."""
    if filling.assignment.state not in HANDED_IN or len(submissions) < 2:
        return None
    number = len(submissions) - 1
    if reproof is not None and reproof.submission < len(submissions):
        number = reproof.submission
    return next((each for each in submissions if each.number == number), None)


def _changes_since(filling: FilledReport, earlier: Submission | None) -> dict[str, Change]:
    if earlier is None:
        return {}
    before = figures_of(json.loads(earlier.document))
    return {each.code: each for each in changes(filling.form, before, filling.figures)}


def _notes_of(session: Session, report: Report) -> Mapping[str, Sequence[ItemNote]]:
    wanted = select(ItemNote).where(ItemNote.report_id == report.id).order_by(ItemNote.id.desc())
    notes: dict[str, list[ItemNote]] = defaultdict(list)
    for note in session.scalars(wanted):
        notes[note.item].append(note)
    return notes


MIN_COMPARED_FIGURES = 3
"""With fewer figures above 0, two reports may be equal by chance."""

_with_figure = (
    select(Report.id, Expectation.name, Expectation.path)
    .join(
        Expectation,
        (Expectation.organisation_id == Report.organisation_id)
        & (Expectation.campaign_id == Report.campaign_id),
    )
    .join(
        Figure,
        (Figure.organisation_id == Report.organisation_id) & (Figure.report_id == Report.id),
    )
    .where(
        Report.campaign_id == bindparam("campaign"),
        Report.id != bindparam("except_report"),
        Figure.item == bindparam("code"),
        Figure.value == bindparam("figure"),
    )
    .order_by(Expectation.position, Expectation.code)
)
_figures_of = select(Figure.item, Figure.value).where(
    Figure.report_id == bindparam("of_report"), Figure.value != 0
)


def same_as(session: Session, filling: FilledReport) -> tuple[str, ...]:
    """The names of other units with exactly the same figures: a form filed for the wrong unit.

    The session reads the desk's subtree. A unit may equal those below it, and a form of almost only
    zeros is not compared.
    """
    assignment = filling.assignment
    own = {code: kept.value for code, kept in filling.stored.items() if kept.value}
    if assignment.report is None or len(own) < MIN_COMPARED_FIGURES:
        return ()
    code = max(own, key=lambda each: own[each] or 0)
    found = session.execute(
        _with_figure,
        {
            "campaign": assignment.campaign.id,
            "except_report": assignment.report.id,
            "code": code,
            "figure": own[code],
        },
    ).all()
    here = assignment.expectation.path
    return tuple(
        row.name
        for row in found
        if not (row.path.startswith(here) or here.startswith(row.path))
        and _others(session, row.id) == own
    )


def _others(session: Session, report_id: int) -> dict[str, int | None]:
    rows = session.execute(_figures_of, {"of_report": report_id})
    return {row.item: row.value for row in rows}
