"""Operations on signed copies: store a scan, match it with the submission. The view commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.access.rules import NotYourRole
from portal.collection.assignment import Assignment
from portal.collection.decisions import may_decide
from portal.collection.signed_copies import signed_copy
from portal.domain.campaign.board import HANDED_IN
from portal.domain.campaign.calendar import Status
from portal.domain.figures import Problem
from portal.domain.report.scans import PDF, Scan, read_scan
from portal.domain.report_state import NotAllowedNow
from portal.models import Report, SignedCopy, SignedPage
from portal.models.trail import record
from portal.models.trail_actions import Action
from portal.signed_copies.pdf_reading import problem_in

MAX_PAGES = 4

NOT_SUBMITTED = "报表上报以后才能上传盖章件；上报前请先打印送审稿签字盖章。"
ARCHIVED = "填报任务已归档，只能查看。"
NOTHING = Problem("请选择盖章件的扫描件或照片。")
TOO_MANY = Problem(f"一次最多传 {MAX_PAGES} 个文件（每页一个）。")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a scan that can be stored: its file name and its content."""

    name: str
    scan: Scan


def read_pages(files: Sequence[tuple[str, bytes]]) -> list[Page] | Problem:
    """The uploaded pages, each checked by its content; one problem refuses all of them."""
    if not files:
        return NOTHING
    if len(files) > MAX_PAGES:
        return TOO_MANY
    pages = []
    for name, content in files:
        scan = read_scan(content)
        if isinstance(scan, Problem):
            return Problem(f"“{name}”：{scan.sentence}")
        if scan.media_type == PDF and (problem := problem_in(scan.content)):
            return Problem(f"“{name}”：{problem.sentence}")
        pages.append(Page(name, scan))
    return pages


def why_not_now(assignment: Assignment) -> str | None:
    """Why no scan can be uploaded at this moment, as a sentence; None when it can."""
    if assignment.status is Status.ARCHIVED:
        return ARCHIVED
    return None if assignment.state in HANDED_IN else NOT_SUBMITTED


def keep(
    session: Session, assignment: Assignment, pages: Sequence[Page], *, by: Person, at: datetime
) -> SignedCopy:
    """Store a scan of the newest submission's print; it replaces the earlier one.

    The same scan again changes nothing. Raises `NotAllowedNow` (409) at the wrong moment.
    """
    report = assignment.report
    if (sentence := why_not_now(assignment)) or report is None:
        raise NotAllowedNow(sentence or NOT_SUBMITTED)
    fingerprint = _fingerprint(pages)
    copy = signed_copy(session, report)
    if copy is not None and copy.sha256 == fingerprint:
        return copy
    number = 1 + (
        session.scalar(select(func.max(SignedPage.number)).where(SignedPage.report_id == report.id))
        or 0
    )
    _keep_pages(session, report, number, pages, by, at)
    if copy is None:
        copy = SignedCopy(
            organisation_id=report.organisation_id,
            report_id=report.id,
            submission=report.submissions,
        )
        session.add(copy)
    copy.number, copy.sha256 = number, fingerprint
    copy.file_name, copy.media_type = pages[0].name, pages[0].scan.media_type
    copy.uploaded_at, copy.uploaded_by = at, by.name
    copy.matched_at, copy.matched_by = None, ""
    session.flush()
    note = f"第 {report.submissions} 次报送的盖章件，{len(pages)} 个文件，指纹 {fingerprint[:8]}"
    record(session, Action.SIGNED_COPY_UPLOADED, report.about, by=by, at=at, note=note)
    return copy


def _fingerprint(pages: Sequence[Page]) -> str:
    """The sha256 of a single page, or that of all pages' sha256 together."""
    each = [sha256(page.scan.content).hexdigest() for page in pages]
    return each[0] if len(each) == 1 else sha256("".join(each).encode()).hexdigest()


def _keep_pages(
    session: Session, report: Report, number: int, pages: Sequence[Page], by: Person, at: datetime
) -> None:
    rows = [
        {
            "organisation_id": report.organisation_id,
            "report_id": report.id,
            "number": number,
            "page": place,
            "submission": report.submissions,
            "file_name": page.name,
            "media_type": page.scan.media_type,
            "size": len(page.scan.content),
            "sha256": sha256(page.scan.content).hexdigest(),
            "content": page.scan.content,
            "uploaded_at": at,
            "uploaded_by": by.name,
        }
        for place, page in enumerate(pages, start=1)
    ]
    session.execute(insert(SignedPage), rows)


def match(
    session: Session, assignment: Assignment, *, number: int, by: Person, at: datetime
) -> None:
    """核对一致: record that the paper equals the submission; `number` is the scan that was shown.

    Raises `NotYourRole` (403) where another level decides, `NotAllowedNow` (409) for an archived
    campaign, without a scan of a submission, and where there is a newer scan.
    """
    if not may_decide(session, by, assignment.expectation):
        raise NotYourRole("盖章件由审核本单位的上一级工会核对。")
    report = assignment.report
    copy = signed_copy(session, report)
    if assignment.status is Status.ARCHIVED:
        raise NotAllowedNow(ARCHIVED)
    if report is None or copy is None or assignment.state not in HANDED_IN:
        raise NotAllowedNow("这次报送还没有盖章件，不能核对。")
    if copy.number != number:
        raise NotAllowedNow("单位又传了新的盖章件，请看过新的再核对。")
    if copy.matched_at is not None:
        return
    copy.matched_at, copy.matched_by = at, by.name
    session.flush()
    note = f"第 {report.submissions} 次报送的盖章件，指纹 {copy.sha256[:8]}"
    record(session, Action.SIGNED_COPY_MATCHED, report.about, by=by, at=at, note=note)
