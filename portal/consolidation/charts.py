"""Charts of a consolidation: contribution by unit, progress toward the deadline, year on year."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.consolidation.node import Column, ConsolidationScope
from portal.consolidation.past import Past
from portal.consolidation.reported import reported_of
from portal.consolidation.sums import sums_by_column, total_of
from portal.domain.figures import show
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import Figures
from portal.domain.form.indicators import main_groups
from portal.domain.paper import chart
from portal.domain.paper.chart import Bars, Progress
from portal.domain.paper.sheet import Part
from portal.domain.report.comparison import Change
from portal.models import Report

MAX_BARS = 40
"""Bars in one chart; further units are on the next pages."""

_handed_in = select(Report.first_submitted_at).where(
    Report.campaign_id == bindparam("campaign_id"),
    Report.organisation_id.in_(bindparam("units", expanding=True)),
    Report.first_submitted_at.is_not(None),
)


@dataclass(frozen=True, slots=True)
class Year:
    """One main item this year and last, over the units that have both; `change` compares them."""

    item: Item
    now: int | None
    last: int | None
    change: Change


@dataclass(frozen=True, slots=True)
class Charts:
    """The three charts, each with the figures that it draws."""

    item: Item
    items: tuple[Item, ...]
    columns: tuple[Column, ...]
    figures: Mapping[str, int | None]
    total: int | None
    contribution: Bars
    progress: Progress
    years: tuple[Year, ...]
    year_bars: Bars | None
    page: int
    pages: int


def main_items(form: Form) -> tuple[Item, ...]:
    """The main items of a form, to draw a chart of; every item where the form marks none."""
    return tuple(item for group in main_groups(form) for item in group.items) or form.items


def charts_of(
    session: Session,
    node: ConsolidationScope,
    item: Item,
    past: Past | None,
    page: int,
    now: datetime,
) -> Charts | None:
    """The charts of a node, contribution by `item`; None where there is no such page."""
    pages = -(-len(node.columns) // MAX_BARS)
    if not 1 <= page <= pages:
        return None
    columns = node.columns[(page - 1) * MAX_BARS : page * MAX_BARS]
    drawn = [column.drawn for column in columns]
    sums = sums_by_column(session, node.tree, drawn, node.scope, node.form)
    figures = {code: each[item.code] for code, each in sums.items()}
    total = total_of(session, node.tree, node.standing.included, node.form)
    reported = reported_of(session, node, total).figures
    years = _years(node.form, reported, past) if past else ()
    return Charts(
        item=item,
        items=main_items(node.form),
        columns=columns,
        figures=figures,
        total=total[item.code],
        contribution=chart.bars([_bar(c, figures[c.member.code], item) for c in columns]),
        progress=_progress(session, node, now),
        years=years,
        year_bars=_year_bars(node.form, years) if years else None,
        page=page,
        pages=pages,
    )


def _bar(column: Column, figure: int | None, item: Item) -> tuple[str, int | None, str]:
    known = column.part is not Part.MISSING
    return column.title, figure, _words(figure, item) if known else column.remark


def _words(figure: int | None, item: Item) -> str:
    return "空白" if figure is None else show(figure, item.unit)


def _years(form: Form, figures: Figures, past: Past) -> tuple[Year, ...]:
    return tuple(
        Year(
            item,
            past.now.reported[item.code],
            past.then.reported[item.code],
            past.reported_change(item, figures[item.code]),
        )
        for item in main_items(form)
        if item.code in past.then.reported
    )


def _year_bars(form: Form, years: tuple[Year, ...]) -> Bars:
    titles = {item.code: group.title for group in main_groups(form) for item in group.items}
    return chart.pairs(
        [
            (
                f"{titles.get(year.item.code, year.item.code)}（{year.item.unit.name}）",
                (year.now, _words(year.now, year.item)),
                (year.last, _words(year.last, year.item)),
            )
            for year in years
        ]
    )


def _progress(session: Session, node: ConsolidationScope, now: datetime) -> Progress:
    campaign, tree = node.assignment.campaign, node.tree
    units = [tree.organisations[member.code] for member in node.placement.contributing]
    where = {"campaign_id": campaign.id, "units": units}
    times = [moment for moment in session.scalars(_handed_in, where) if moment]
    return chart.progress(
        times,
        expected=len(units),
        opens=campaign.opens,
        due=campaign.due,
        closes=campaign.closes,
        now=now,
    )
