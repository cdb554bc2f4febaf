"""Signed copies (盖章件) of a report's newest submission."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.collection.assignment import Assignment
from portal.domain.campaign.board import HANDED_IN, Scan
from portal.models import Report, SignedCopy


def signed_copy(session: Session, report: Report | None) -> SignedCopy | None:
    """The signed copy of a report's newest submission, or None."""
    if report is None or not report.submissions:
        return None
    return session.scalar(
        select(SignedCopy).where(
            SignedCopy.report_id == report.id, SignedCopy.submission == report.submissions
        )
    )


def scan_of(session: Session, assignment: Assignment) -> Scan | None:
    """未传, 已传 or 已核对一致; None before the first submission."""
    if assignment.state not in HANDED_IN:
        return None
    copy = signed_copy(session, assignment.report)
    if copy is None:
        return Scan.MISSING
    return Scan.MATCHED if copy.matched_at else Scan.UPLOADED
