"""Queries of a review: a report beside last year's and beside what was sent back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy.orm import Session

from portal.assignment import Filling, Reproof, last_reproof, submissions_of
from portal.domain.check_words import change
from portal.domain.sheet import Sheet, report_sheet
from portal.domain.submission import Change, changes, figures_of
from portal.models import Organisation, Submission
from portal.review.operations import decider_of


@dataclass(frozen=True)
class Review:
    """A report as its reviewer reads it.

    `changes` are the items that are otherwise than in the submission that was last sent back;
    `decider` is the organisation whose reviewers decide.
    """

    filling: Filling
    decider: Organisation
    submissions: Sequence[Submission] = ()
    reproof: Reproof | None = None
    changes: Mapping[str, Change] = field(default_factory=dict)

    @cached_property
    def sheet(self) -> Sheet:
        """The table as the paper draws it."""
        return report_sheet(
            self.filling.form,
            self.filling.figures,
            organisation=self.filling.assignment.expectation.name,
            period=self.filling.assignment.campaign.period,
            as_of="",
        )

    def previous(self, code: str) -> int | None:
        """Last year's figure of the item that corresponds; None where there is none."""
        return (self.filling.previous or {}).get(code)

    def compared(self, code: str) -> str:
        """The change against last year in words; nothing where one of the two is missing."""
        now, before = self.filling.figures[code], self.previous(code)
        if now is None or before is None:
            return ""
        return "持平" if now == before else change(now, before).removeprefix("比上年")

    @property
    def untouched(self) -> tuple[str, ...]:
        """The items that the sending back named and that say the same as before."""
        asked = self.reproof.items if self.reproof and self.mended else ()
        return tuple(code for code in asked if code not in self.changes)

    @property
    def mended(self) -> bool:
        """Whether the report was submitted again after it had been sent back."""
        return self.reproof is not None and self.reproof.submission < len(self.submissions)


def read_review(session: Session, filling: Filling) -> Review:
    """Everything that a reviewer looks at."""
    assignment = filling.assignment
    decider = session.get_one(Organisation, decider_of(assignment.expectation))
    if assignment.report is None:
        return Review(filling, decider)
    submissions = submissions_of(session, assignment.report)
    reproof = last_reproof(session, assignment.report)
    return Review(
        filling, decider, submissions, reproof, _changes_since(filling, reproof, submissions)
    )


def _changes_since(
    filling: Filling, reproof: Reproof | None, submissions: Sequence[Submission]
) -> dict[str, Change]:
    if reproof is None or reproof.submission >= len(submissions):
        return {}
    sent_back = next(each for each in submissions if each.number == reproof.submission)
    before = figures_of(json.loads(sent_back.document))
    return {each.code: each for each in changes(filling.form, before, filling.figures)}
