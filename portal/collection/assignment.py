"""An assignment: one organisation's part in one campaign, with its report.

Filling, reviewing, printing and the home page all load it here, so they apply the same rules.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TypedDict

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.collection.last_year import entered_figures
from portal.domain.campaign import calendar
from portal.domain.campaign.calendar import Dates, Permission, Status
from portal.domain.checks import explanations as reasons
from portal.domain.checks import finding
from portal.domain.checks.finding import Counters, Facts, Issue
from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures, with_totals
from portal.domain.report.submission import figures_of
from portal.domain.report_state import State
from portal.models import (
    Campaign,
    Expectation,
    Explanation,
    Extension,
    Figure,
    FormEdition,
    Report,
    SentBack,
    SentBackItem,
    Submission,
)
from portal.models.base import About
from portal.models.form import parsed_form
from portal.models.prepared import Prepared, as_detached, attach, columns_of, execute
from portal.storage.db import hold


class _Moment(TypedDict):
    status: Status
    dates: Dates
    extension: calendar.Extension | None
    expected: bool
    state: State
    now: datetime


@dataclass(frozen=True)
class Assignment:
    """One organisation's part in one campaign: its dates, its form, its report if there is one."""

    campaign: Campaign
    expectation: Expectation
    report: Report | None
    extensions: tuple[calendar.Extension, ...]
    form: Form

    @property
    def extension(self) -> calendar.Extension | None:
        """延期报送: the newest extension, which counts; None without any."""
        return self.extensions[-1] if self.extensions else None

    @property
    def about(self) -> About:
        """What the trail says that an entry on this assignment is about."""
        return self.report.about if self.report else self.expectation.about

    @property
    def state(self) -> State:
        """The state of the report; `NOT_STARTED` without one."""
        return State(self.report.state) if self.report else State.NOT_STARTED

    @property
    def status(self) -> Status:
        """The stored status of the campaign."""
        return Status(self.campaign.status)

    @property
    def due(self) -> datetime:
        """报送截止 for this organisation, with its extension."""
        return calendar.due_of(self.campaign.dates, self.extension)

    @property
    def late(self) -> bool:
        """迟报: whether the first submission came after the due time."""
        first = self.report.first_submitted_at if self.report else None
        return calendar.handed_in_late(first, self.campaign.dates, self.extensions)

    def overdue(self, now: datetime) -> bool:
        """逾期未报: whether the due time is over and nothing was submitted."""
        return calendar.overdue(self.state, self.campaign.dates, self.extension, now)

    def may_write(self, now: datetime) -> Permission:
        """Whether figures may be written now, with the sentence that is shown."""
        return calendar.may_write(**self._moment(now))

    def may_submit(self, now: datetime) -> Permission:
        """Whether the report may be submitted now, with the sentence that is shown."""
        return calendar.may_submit(**self._moment(now))

    def may_withdraw(self, now: datetime) -> Permission:
        """Whether the submission may be withdrawn now, with the sentence that is shown."""
        return calendar.may_withdraw(**self._moment(now))

    def closed(self, now: datetime) -> bool:
        """Whether 停止填报 is over for this organisation."""
        dates = self.campaign.dates
        return calendar.phase(dates, self.extension, now) is calendar.Phase.CLOSED

    def _moment(self, now: datetime) -> "_Moment":
        return {
            "status": self.status,
            "dates": self.campaign.dates,
            "extension": self.extension,
            "expected": self.expectation.expected,
            "state": self.state,
            "now": now,
        }


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored leaf figure; version 0 means that it was never written."""

    value: int | None = None
    version: int = 0
    saved_at: datetime | None = None
    saved_by: str = ""


NEVER = Stored()


@dataclass(frozen=True)
class FilledReport:
    """An assignment with everything typed into its report, and what the checks find in it.

    `previous_entered` says that last year's figures come from an old workbook (录入自旧表).
    """

    assignment: Assignment
    stored: Mapping[str, Stored]
    explanations: Mapping[str, reasons.Explanation]
    previous: Figures | None
    previous_entered: bool = False

    @property
    def form(self) -> Form:
        """The edition that the report is filled with."""
        return self.assignment.form

    @cached_property
    def figures(self) -> dict[str, int | None]:
        """Every item's figure, calculated ones too, in the paper's order."""
        return with_totals(self.form, {code: kept.value for code, kept in self.stored.items()})

    @cached_property
    def issues(self) -> tuple[Issue, ...]:
        """The findings of the checks."""
        expectation = self.assignment.expectation
        facts = Facts(self.figures, self.previous, expectation.allocated, expectation.households)
        return finding.find_issues(self.form, facts)

    @cached_property
    def explained(self) -> frozenset[str]:
        """The keys of the issues with a current explanation."""
        return frozenset(
            issue.key for issue in self.issues if reasons.explained(issue, self.explanations)
        )

    @cached_property
    def shared_texts(self) -> tuple[reasons.SharedText, ...]:
        """多项同一原因: the explanations with the same words at several items."""
        return reasons.shared_texts(self.issues, self.explanations)

    def slip_answer(self, issue: Issue) -> str | None:
        """The confirmation that a 10 000-fold slip requires; None for any other issue."""
        if not reasons.is_slip(issue):
            return None
        return reasons.confirmation(self.figures[issue.code] or 0)

    def shared_text_of(self, issue: Issue) -> reasons.SharedText | None:
        """The text that `issue` shares with other items, or None."""
        return next((text for text in self.shared_texts if issue in text.issues), None)

    @cached_property
    def counters(self) -> Counters:
        """The numbers of filled and blank items, and of issues by grade."""
        return finding.counters(self.form, self.figures, self.issues, self.explained)

    @cached_property
    def _issues_by_code(self) -> dict[str, tuple[Issue, ...]]:
        by_code: dict[str, tuple[Issue, ...]] = {}
        for issue in self.issues:
            by_code[issue.code] = (*by_code.get(issue.code, ()), issue)
        return by_code

    def issues_at(self, code: str) -> tuple[Issue, ...]:
        """The issues shown at one item."""
        return self._issues_by_code.get(code, ())

    def explanation_of(self, issue: Issue) -> reasons.Explanation | None:
        """The current explanation of an issue, or None."""
        return self.explanations[issue.key] if issue.key in self.explained else None

    def at(self, code: str) -> Stored:
        """The stored figure of a leaf; `NEVER` without one."""
        return self.stored.get(code, NEVER)


_assignment = Prepared(
    select(
        FormEdition.sha256,
        *columns_of(Campaign),
        *columns_of(Expectation),
        *columns_of(Report),
    )
    .select_from(Campaign)
    .join(Expectation, Expectation.campaign_id == Campaign.id)
    .join(FormEdition, FormEdition.id == Campaign.edition_id)
    .outerjoin(
        Report,
        (Report.campaign_id == Campaign.id)
        & (Report.organisation_id == Expectation.organisation_id),
    )
    .where(Campaign.code == bindparam("code"))
)
_part = (
    select(Expectation.organisation_id)
    .join(Campaign, Campaign.id == Expectation.campaign_id)
    .where(Campaign.code == bindparam("code"))
    .with_for_update(of=Expectation)
)
_extensions = Prepared(
    select(Extension.until, Extension.reason, Extension.granted_by, Extension.granted_at)
    .where(Extension.campaign_id == bindparam("campaign_id"))
    .order_by(Extension.granted_at, Extension.id)
)
_figures = Prepared(
    select(Figure.item, Figure.value, Figure.version, Figure.saved_at, Figure.saved_by).where(
        Figure.report_id == bindparam("report_id")
    )
)
_explanations = Prepared(
    select(
        Explanation.issue,
        Explanation.reason,
        Explanation.words,
        Explanation.numbers,
        Explanation.shared,
    ).where(Explanation.report_id == bindparam("report_id"))
)
_last_submission = Prepared(
    select(Submission.sha256, Submission.document)
    .join(Report, Report.id == Submission.report_id)
    .where(Report.campaign_id == bindparam("campaign_id"))
    .order_by(Submission.number.desc())
    .limit(1)
)


def find_assignment(session: Session, campaign_code: str) -> Assignment | None:
    """This organisation's part in the campaign, or None.

    In a write transaction it locks the expectation row, so that two writers decide one after the
    other. Only the returned report is attached to the session; changes to the other objects are not
    flushed. Raises `FormError` when the stored edition is no usable form.
    """
    hold(session, _part, {"code": campaign_code})
    found = execute(session, _assignment, {"code": campaign_code})
    if not found or found[0].campaign_status == Status.DRAFT:
        return None
    [row] = found
    campaign = as_detached(Campaign, row)
    granted = execute(session, _extensions, {"campaign_id": campaign.id})
    return Assignment(
        campaign=campaign,
        expectation=as_detached(Expectation, row),
        report=attach(session, as_detached(Report, row)) if row.report_id else None,
        extensions=tuple(calendar.Extension(*each) for each in granted),
        form=form_of(session, campaign, row.sha256),
    )


def form_of(session: Session, campaign: Campaign, fingerprint: str) -> Form:
    """The campaign's edition of the form with the campaign's limits; raises `FormError`."""
    limits = json.dumps(campaign.limits or {}, sort_keys=True)
    return parsed_form(fingerprint, _document(session, campaign.edition_id, fingerprint), limits)


def base_form(edition: FormEdition) -> Form:
    """An edition of the form without a campaign's limits; raises `FormError`."""
    return parsed_form(edition.sha256, edition.document, "{}")


_documents: dict[str, str] = {}


def _document(session: Session, edition_id: int, fingerprint: str) -> str:
    if fingerprint not in _documents:
        document = session.scalars(
            select(FormEdition.document).where(FormEdition.id == edition_id)
        ).one()
        _documents[fingerprint] = document
    return _documents[fingerprint]


def fill_of(session: Session, assignment: Assignment) -> FilledReport:
    """The assignment with its figures, explanations and last campaign's figures."""
    report = assignment.report
    previous = previous_figures(session, assignment)
    entered = None
    if previous is None:
        entered = entered_figures(session, assignment.form, assignment.campaign.id)
    return FilledReport(
        assignment,
        stored=stored_figures(session, report) if report else {},
        explanations=_kept_explanations(session, report) if report else {},
        previous=entered if previous is None else previous,
        previous_entered=entered is not None,
    )


def stored_figures(session: Session, report: Report) -> dict[str, Stored]:
    """The leaf figures of a report that have a row."""
    rows = execute(session, _figures, {"report_id": report.id})
    return {item: Stored(*rest) for item, *rest in rows}


def _kept_explanations(session: Session, report: Report) -> dict[str, reasons.Explanation]:
    rows = execute(session, _explanations, {"report_id": report.id})
    return {issue: reasons.Explanation(*rest) for issue, *rest in rows}


def previous_figures(session: Session, assignment: Assignment) -> Figures | None:
    """Last campaign's figures under this edition's codes; None without a last campaign.

    It has only items whose counterpart (上年对应项) is confirmed in the edition, since a code can
    have another meaning in another year.
    """
    if assignment.campaign.previous_id is None:
        return None
    figures = last_submitted(session, assignment.campaign.previous_id)
    if figures is None:
        return None
    return {
        item.code: figures[item.previous]
        for item in assignment.form.items
        if item.previous and item.previous in figures
    }


def last_submitted(session: Session, campaign_id: int) -> Figures | None:
    """The figures of this organisation's last submission in a campaign, under its own codes."""
    last = execute(session, _last_submission, {"campaign_id": campaign_id})
    return _submitted_figures(last[0].sha256, last[0].document) if last else None


@lru_cache(maxsize=512)
def _submitted_figures(_fingerprint: str, document: str) -> Figures:
    return figures_of(json.loads(document))


@dataclass(frozen=True, slots=True)
class SendBack:
    """The last sending back: its reason, and the named items with their reasons."""

    id: int
    move: str
    submission: int
    reason: str
    sent_at: datetime
    sent_by: str
    items: Mapping[str, str]


def last_reproof(session: Session, report: Report | None) -> SendBack | None:
    """The newest sending back or reopening of a report, or None."""
    if report is None:
        return None
    sent = session.scalar(
        select(SentBack)
        .where(SentBack.report_id == report.id)
        .order_by(SentBack.id.desc())
        .limit(1)
    )
    if sent is None:
        return None
    items = session.execute(
        select(SentBackItem.item, SentBackItem.reason).where(SentBackItem.sent_back_id == sent.id)
    )
    return SendBack(
        sent.id,
        sent.move,
        sent.submission,
        sent.reason,
        sent.sent_at,
        sent.sent_by,
        items={item.item: item.reason for item in items},
    )


def submissions_of(session: Session, report: Report) -> list[Submission]:
    """Every submission of a report, the first one first."""
    return list(
        session.scalars(
            select(Submission).where(Submission.report_id == report.id).order_by(Submission.number)
        )
    )
