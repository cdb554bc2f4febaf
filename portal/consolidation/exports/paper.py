"""A consolidation on paper and as a workbook; the footnotes always name who is missing."""

from datetime import datetime
from typing import TypedDict

from sqlalchemy.orm import Session

from portal.consolidation.as_of import as_of
from portal.consolidation.exports.units_sheet import content_of
from portal.consolidation.node import ConsolidationScope
from portal.consolidation.reported import reported_of
from portal.consolidation.sums import total_of
from portal.domain.campaign.calendar import in_words
from portal.domain.paper.sheet import Sheet, report_sheet, with_figures
from portal.workbooks import sheet
from portal.workbooks.consolidation import WorkbookContent


class _Head(TypedDict):
    organisation: str
    period: str
    as_of: str
    mark: str
    footnotes: tuple[str, ...]


def _head(session: Session, node: ConsolidationScope, now: datetime) -> _Head:
    return {
        "organisation": node.tree.node.name,
        "period": node.assignment.campaign.period,
        "as_of": in_words(as_of(session, node, now)),
        "mark": f"汇总·{node.scope.label}",
        "footnotes": node.footnotes,
    }


def form_of_totals(session: Session, node: ConsolidationScope, now: datetime) -> Sheet:
    """The form with the sums in its column 数量, as reported upward."""
    whole = total_of(session, node.tree, node.standing.included, node.form)
    sums = reported_of(session, node, whole)
    head = _head(session, node, now)
    head["footnotes"] = (*head["footnotes"], *sums.sentences)
    return with_figures(report_sheet(node.form, sums.figures, **head), sums.figures)


def book_to_export(
    session: Session, node: ConsolidationScope, now: datetime
) -> tuple[str, WorkbookContent]:
    """The workbook of the total and every unit: its file name and its content."""
    campaign, organisation = node.assignment.campaign.name, node.tree.node.name
    name = sheet.attachment_name(campaign, organisation, f"汇总表（{node.scope.label}）")
    return name, content_of(session, node, now)
