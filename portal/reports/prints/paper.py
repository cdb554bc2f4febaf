"""A report on paper and as a workbook, and its submissions for the receipts."""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.collection.assignment import Assignment, FilledReport
from portal.collection.on_behalf import footnote
from portal.domain.campaign.calendar import MINUTE, in_words
from portal.domain.paper.code import code_of
from portal.domain.paper.sheet import Sheet, report_sheet
from portal.domain.report.submission import Change, changes, figures_of, includes_passed_down
from portal.domain.report_state import State
from portal.models import Submission
from portal.reports import passed_down
from portal.reports.prints import draft_prints
from portal.workbooks import sheet as workbook


def submission_number(session: Session, assignment: Assignment, number: int) -> Submission | None:
    """The `number`-th submission of a report, or None."""
    if assignment.report is None:
        return None
    return session.scalar(
        select(Submission).where(
            Submission.report_id == assignment.report.id, Submission.number == number
        )
    )


def changes_from_one_before(
    session: Session, assignment: Assignment, submission: Submission
) -> tuple[Change, ...]:
    """The figures in which a submission differs from the one before it."""
    before = submission_number(session, assignment, submission.number - 1)
    if before is None:
        return ()
    old, new = (figures_of(json.loads(each.document)) for each in (before, submission))
    return changes(assignment.form, old, new)


def draft_beside(
    session: Session, filling: FilledReport, submission: Submission
) -> draft_prints.Standing | None:
    """The last draft print before a submission, compared with that submission."""
    report = filling.assignment.report
    draft = draft_prints.newest(session, report, until=submission.submitted_at)
    if draft is None:
        return None
    submitted = figures_of(json.loads(submission.document))
    return draft_prints.Standing(draft, draft_prints.difference(filling, draft, submitted))


def sheet_of(session: Session, filling: FilledReport, now: datetime) -> Sheet:
    """The report as a sheet, marked as a draft or with its submission's number."""
    assignment = filling.assignment
    report, kept = assignment.report, standing_submission(session, assignment)
    return report_sheet(
        filling.form,
        filling.figures,
        organisation=assignment.expectation.name,
        period=assignment.campaign.period,
        as_of=in_words(report.saved_at if report else now),
        mark=_mark(session, filling),
        footnotes=(*footnote(report), *_answered(kept)),
        fingerprint=kept.sha256 if kept else "",
    )


def _answered(kept: Submission | None) -> tuple[str, ...]:
    """The footnote with the answer of the city's own report, where a submission has one."""
    return passed_down.footnotes(includes_passed_down(json.loads(kept.document))) if kept else ()


def standing_submission(session: Session, assignment: Assignment) -> Submission | None:
    """The submission in force; None while the report is being filled or corrected."""
    report = assignment.report
    if report is None or assignment.state not in (State.SUBMITTED, State.ACCEPTED):
        return None
    return submission_number(session, assignment, report.submissions)


def after_close(assignment: Assignment, submission: Submission) -> bool:
    """Whether a submission came after 停止填报; its whole minute is still in time."""
    return submission.submitted_at >= assignment.campaign.dates.closes + MINUTE


def _mark(session: Session, filling: FilledReport) -> str:
    assignment = filling.assignment
    kept = standing_submission(session, assignment)
    if kept is None:
        code = draft_prints.kept_code(session, filling)
        return "送审稿·未上报" + (f"·核对码 {code}" if code else "")
    return f"{assignment.state.label}·第 {kept.number} 次报送·核对码 {code_of(kept.sha256)}"


def workbook_of(session: Session, filling: FilledReport, now: datetime) -> tuple[str, bytes]:
    """The report's workbook: its file name and its content."""
    sheet = sheet_of(session, filling, now)
    expectation = filling.assignment.expectation
    name = workbook.attachment_name(filling.assignment.campaign.name, expectation.name)
    return name, workbook.report_workbook(filling.form, sheet)
