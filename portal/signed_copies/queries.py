"""Queries of signed copies: the scans of a report, and one page of a scan."""

from collections.abc import Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from portal.models import Report, SignedPage


def uploads_of(session: Session, report: Report | None) -> list[Sequence[SignedPage]]:
    """The pages of each scan, newest scan first, without their content."""
    if report is None:
        return []
    pages = session.scalars(
        select(SignedPage)
        .where(SignedPage.report_id == report.id)
        .order_by(SignedPage.number.desc(), SignedPage.page)
    )
    return [tuple(some) for _, some in groupby(pages, key=lambda page: page.number)]


def page_of(session: Session, report: Report | None, number: int, page: int) -> SignedPage | None:
    """One page with its content, or None."""
    if report is None:
        return None
    return session.scalar(
        select(SignedPage)
        .where(
            SignedPage.report_id == report.id,
            SignedPage.number == number,
            SignedPage.page == page,
        )
        .options(undefer(SignedPage.content))
    )
