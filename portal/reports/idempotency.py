"""Idempotency: a save whose answer was lost comes again, and gets its first answer again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.collection.assignment import FilledReport, Stored
from portal.domain.figures import canonical, parse_figure
from portal.models import TrailEntry
from portal.reports.saving import SaveResult


def replayed(session: Session, filling: FilledReport, one: SaveResult) -> SaveResult:
    """The result that a repeated save had the first time; any other save's result unchanged.

    The query runs only on a conflict, so other saves cost nothing. The nonce must belong to the
    same figure.
    """
    report, nonce = filling.assignment.report, one.typed.nonce
    if not (one.conflict and nonce and report):
        return one
    entry = session.execute(
        select(TrailEntry.new, TrailEntry.version, TrailEntry.at, TrailEntry.actor).where(
            TrailEntry.report_id == report.id,
            TrailEntry.item == one.item.code,
            TrailEntry.nonce == nonce,
        )
    ).first()
    figure = parse_figure(one.typed.text, one.item.unit).figure
    if entry is None or entry.new != canonical(figure, one.item.unit):
        return one
    return SaveResult(one.item, one.typed, Stored(figure, entry.version, entry.at, entry.actor))
