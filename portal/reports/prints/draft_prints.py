"""Draft prints (送审稿): stored when printed, compared when the report is submitted."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import FilledReport, Stored
from portal.collection.on_behalf import footnote
from portal.domain.campaign.calendar import in_words
from portal.domain.form.formulas import Figures
from portal.domain.paper.code import code_of
from portal.domain.paper.sheet import Sheet, report_sheet
from portal.domain.report.draft_print import draft_document
from portal.domain.report.submission import Change, changes, figures_of, fingerprint
from portal.domain.report_state import EDITABLE, NotAllowedNow
from portal.models import DraftPrint, Report
from portal.models.trail import record
from portal.models.trail_actions import Action

NOT_BEGUN = "表还没有开始填，填写后才能打印送审稿。"
SUBMITTED = "报表已经上报，请直接打印报表；送审稿只在上报以前打印。"


@dataclass(frozen=True, slots=True)
class Standing:
    """A draft print compared with the report; `changes` lead from paper to system."""

    draft: DraftPrint
    changes: tuple[Change, ...]

    @property
    def code(self) -> str:
        """The 核对码 on the paper."""
        return code_of(self.draft.sha256)


def document_of(filling: FilledReport) -> bytes:
    """The canonical document of a draft print of the report as it is."""
    expectation = filling.assignment.expectation
    return draft_document(
        filling.form,
        filling.figures,
        organisation_code=expectation.code,
        organisation_name=expectation.name,
        campaign_code=filling.assignment.campaign.code,
    )


def kept_code(session: Session, filling: FilledReport) -> str | None:
    """The 核对码 of the draft print that equals the report as it is; None without one.

    The code of a print that was never stored could not be found by typing it.
    """
    report = filling.assignment.report
    if report is None:
        return None
    sha256 = fingerprint(document_of(filling))
    wanted = select(DraftPrint.sha256).where(DraftPrint.report_id == report.id)
    kept = session.scalar(wanted.where(DraftPrint.sha256 == sha256).limit(1))
    return code_of(sha256) if kept else None


def newest(
    session: Session, report: Report | None, *, until: datetime | None = None
) -> DraftPrint | None:
    """The last draft print of a report, or the last one made `until` a moment; None without any."""
    if report is None:
        return None
    wanted = select(DraftPrint).where(DraftPrint.report_id == report.id)
    if until is not None:
        wanted = wanted.where(DraftPrint.printed_at <= until)
    return session.scalar(wanted.order_by(DraftPrint.number.desc()).limit(1))


def draft_number(session: Session, report: Report | None, number: int) -> DraftPrint | None:
    """The `number`-th draft print of a report, or None."""
    if report is None:
        return None
    return session.scalar(
        select(DraftPrint).where(DraftPrint.report_id == report.id, DraftPrint.number == number)
    )


def keep(session: Session, filling: FilledReport, *, by: Person, at: datetime) -> DraftPrint:
    """Store what is printed now; printing the same figures again returns the same draft print.

    Raises `NotAllowedNow` (409) where the report is not started or is submitted.
    """
    report = filling.assignment.report
    if report is None:
        raise NotAllowedNow(NOT_BEGUN)
    if filling.assignment.state not in EDITABLE:
        raise NotAllowedNow(SUBMITTED)
    content = document_of(filling)
    last = newest(session, report)
    if last is not None and last.sha256 == fingerprint(content):
        return last
    draft = DraftPrint(
        organisation_id=report.organisation_id,
        report_id=report.id,
        number=last.number + 1 if last else 1,
        document=content.decode(),
        sha256=fingerprint(content),
        printed_at=at,
        printed_by=by.name,
        printed_by_id=by.id,
    )
    session.add(draft)
    session.flush()
    record(
        session,
        Action.DRAFT_PRINTED,
        report.about,
        by=by,
        at=at,
        note=f"第 {draft.number} 份送审稿，核对码 {code_of(draft.sha256)}",
    )
    return draft


def standing(
    session: Session, filling: FilledReport, *, until: datetime | None = None
) -> Standing | None:
    """The last draft print compared with the report as it is; None where none was printed."""
    draft = newest(session, filling.assignment.report, until=until)
    return Standing(draft, difference(filling, draft, filling.figures)) if draft else None


def difference(filling: FilledReport, draft: DraftPrint, now: Figures) -> tuple[Change, ...]:
    """The figures in which `now` differs from the draft print, calculated items too."""
    return changes(filling.form, figures_of(json.loads(draft.document)), now)


def sheet_of(filling: FilledReport, draft: DraftPrint) -> Sheet:
    """The draft as it was printed, whatever the report's figures are now."""
    assignment = filling.assignment
    figures = figures_of(json.loads(draft.document))
    printed = replace(filling, stored={code: Stored(value) for code, value in figures.items()})
    return report_sheet(
        filling.form,
        printed.figures,
        organisation=assignment.expectation.name,
        period=assignment.campaign.period,
        as_of=in_words(draft.printed_at),
        footnotes=footnote(assignment.report),
        mark=f"送审稿·未上报·第 {draft.number} 份·核对码 {code_of(draft.sha256)}",
        fingerprint=draft.sha256,
    )
