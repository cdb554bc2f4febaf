"""Idempotency: a save whose answer was lost comes again, and gets its first answer again."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.collection.assignment import FilledReport, Stored
from portal.domain.figures import canonical, parse_figure
from portal.models import TrailEntry
from portal.reports.saving import SaveResult


def replayed(session: Session, filling: FilledReport, one: SaveResult) -> SaveResult:
    """What a save became the first time, where this one repeats it; else as it was judged.

    Asked only where somebody else seems to have changed the figure since: everything before
    that costs nothing. The nonce must have stood for the same figure.
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
