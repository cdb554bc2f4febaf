"""Queries of paper: which frozen content has a code, within what the session may see."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.domain.paper.code import fingerprints_from
from portal.models import (
    Campaign,
    ConsolidationEdition,
    DraftPrint,
    Organisation,
    Report,
    Submission,
)


@dataclass(frozen=True, slots=True)
class Paper:
    """What was printed: the view that compares it with now, and the parameters of that view."""

    view: str
    organisation: str
    campaign: str
    number: int


def _prints_of_reports(kind: type[Submission] | type[DraftPrint]) -> Select[str, str, str, int]:
    return (
        select(kind.sha256, Organisation.code, Campaign.code, kind.number)
        .join(
            Report,
            (Report.id == kind.report_id) & (Report.organisation_id == kind.organisation_id),
        )
        .join(Campaign, Campaign.id == Report.campaign_id)
        .join(Organisation, Organisation.id == kind.organisation_id)
        .order_by(kind.number.desc())
    )


_submissions, _drafts = _prints_of_reports(Submission), _prints_of_reports(DraftPrint)
_editions = (
    select(
        ConsolidationEdition.sha256, Organisation.code, Campaign.code, ConsolidationEdition.number
    )
    .join(Campaign, Campaign.id == ConsolidationEdition.campaign_id)
    .join(Organisation, Organisation.id == ConsolidationEdition.organisation_id)
)


def paper_with(session: Session, code: str) -> Paper | None:
    """The paper that carries `code`, among those that the session may see; else None."""
    first, below = fingerprints_from(code)
    for view, rows, sha256 in (
        ("reports.comparison", _submissions, Submission.sha256),
        ("consolidation.difference", _editions, ConsolidationEdition.sha256),
        ("reports.draft", _drafts, DraftPrint.sha256),
    ):
        found: Select[str, str, str, int] = rows.where(sha256 >= first, sha256 < below)
        for row in session.execute(found):
            return Paper(view, row[1], row[2], row[3])
    return None
