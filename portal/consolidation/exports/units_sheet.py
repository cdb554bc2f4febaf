"""A consolidation as the content of its workbook: the total and every unit."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.consolidation.as_of import as_of
from portal.consolidation.node import Column, ConsolidationScope, state_in_words
from portal.consolidation.reported import reported_of
from portal.consolidation.sums import MAX_AT_ONCE
from portal.domain.campaign.calendar import in_words
from portal.domain.consolidation.placement import Member, add_up
from portal.domain.form.formulas import Figures
from portal.models import Figure
from portal.workbooks.consolidation import Heading, Unit, WorkbookContent

_leaves = select(Figure.report_id, Figure.item, Figure.value).where(
    Figure.report_id.in_(bindparam("reports", expanding=True))
)


def content_of(session: Session, node: ConsolidationScope, now: datetime) -> WorkbookContent:
    """The consolidation of `node` as it is now."""
    shown = [member for column in node.columns for member in _in_scope(node, column)]
    figures = _figures_by_unit(session, node, shown)
    total = add_up(node.form, [figures[member.code] for member in node.standing.included])
    sums = reported_of(session, node, total)
    return WorkbookContent(
        form=node.form,
        organisation=node.tree.node.name,
        period=node.assignment.campaign.period,
        as_of=in_words(as_of(session, node, now)),
        mark=f"汇总·{node.scope.label}",
        footnotes=(*node.footnotes, *sums.sentences[1:]),
        headings=[_heading(node, column, figures) for column in node.columns],
        units=list(_units(node, figures)),
        deduction=sums.deduction,
    )


def _in_scope(node: ConsolidationScope, column: Column) -> Iterator[Member]:
    return (one for one in column.drawn.contributing if one.state in node.scope.states)


def _heading(node: ConsolidationScope, column: Column, figures: dict[str, Figures]) -> Heading:
    codes = tuple(member.code for member in _in_scope(node, column))
    added = add_up(node.form, [figures[code] for code in codes])
    return Heading(column.member.code, column.title, column.remark, column.part, added, codes)


def _units(node: ConsolidationScope, figures: dict[str, Figures]) -> Iterator[Unit]:
    for standing, members in (
        ("计入", node.standing.included),
        ("未含", node.standing.missing),
        ("仅供核对", node.placement.for_checking),
        ("免报", node.placement.exempt),
    ):
        for member in members:
            state = state_in_words(member.state)
            yield Unit(
                member.code,
                member.name,
                member.kind,
                state,
                standing,
                figures.get(member.code),
                mark=f"{standing}·{state}",
            )


def _figures_by_unit(
    session: Session, node: ConsolidationScope, members: Iterable[Member]
) -> dict[str, Figures]:
    """The leaf figures of every report of `members`, by the unit's code."""
    codes = {node.tree.reports[one.code]: one.code for one in members}
    found: dict[str, dict[str, int | None]] = defaultdict(dict)
    reports = list(codes)
    for start in range(0, len(reports), MAX_AT_ONCE):
        some = reports[start : start + MAX_AT_ONCE]
        for report, item, value in session.execute(_leaves, {"reports": some}):
            found[codes[report]][item] = value
    return {code: found[code] for code in codes.values()}
