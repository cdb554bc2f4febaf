"""Last year's figures of one unit from an old workbook: shown, and corrected."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import Assignment
from portal.domain.campaign.calendar import Permission
from portal.domain.figures import canonical, parse_figure
from portal.domain.form.form import Item
from portal.domain.form.formulas import Figures
from portal.domain.intake.old_table import completed
from portal.models import LastYearFigure, TrailEntry
from portal.models.base import About
from portal.models.trail import Entry, record_all
from portal.models.trail_actions import Action
from portal.reports.typed import Typed

MAX_ENTRIES = 100
"""Changes that the page shows; the trail has all of them."""

Rows = Mapping[str, LastYearFigure]


@dataclass(frozen=True)
class LastYear:
    """Every item with last year's figure and its row, and who changed what."""

    figures: Figures
    rows: Rows
    history: Sequence[TrailEntry]
    permission: Permission

    def is_typed(self, item: Item) -> bool:
        """Whether the figure can be typed: a leaf, or a sum that the workbook has without parts."""
        row = self.rows.get(item.code)
        return not item.calculated or (row is not None and self.figures[item.code] == row.value)


def last_year_of(session: Session, assignment: Assignment, now: datetime) -> LastYear:
    """Last year's figures of this organisation, from the old workbook and its corrections."""
    rows = _rows(session, assignment)
    kept = {code: row.value for code, row in rows.items()}
    return LastYear(
        completed(assignment.form, kept),
        rows,
        _history(session, assignment),
        assignment.may_write(now),
    )


def _rows(session: Session, assignment: Assignment) -> Rows:
    wanted = select(LastYearFigure).where(LastYearFigure.campaign_id == assignment.campaign.id)
    return {row.item: row for row in session.scalars(wanted)}


def _history(session: Session, assignment: Assignment) -> Sequence[TrailEntry]:
    wanted = select(TrailEntry).where(
        TrailEntry.campaign_id == assignment.campaign.id,
        TrailEntry.action == Action.LAST_YEAR_CORRECTED,
        TrailEntry.item.is_not(None),
    )
    return session.scalars(wanted.order_by(TrailEntry.number.desc()).limit(MAX_ENTRIES)).all()


@dataclass(frozen=True)
class Corrected:
    """The result of a correction: how many figures were written, or why none was.

    `problems` has a sentence by the item's code; `conflict` says that somebody else was first.
    """

    written: int = 0
    problems: Mapping[str, str] | None = None
    conflict: bool = False


def correct(
    session: Session,
    assignment: Assignment,
    typed: Mapping[Item, Typed],
    reason: str,
    *,
    by: Person,
    at: datetime,
) -> Corrected:
    """Write the corrected figures, all of them or none, each with its trail.

    Raises `NotAllowedNow` (409) when the report cannot be written to at this moment: a submitted
    report keeps the figures that it was compared with.
    """
    assignment.may_write(at).require()
    rows = _rows(session, assignment)
    readings = {item: parse_figure(one.text, item.unit) for item, one in typed.items()}
    wanted = {
        item: reading.figure
        for item, reading in readings.items()
        if (rows[item.code].value if item.code in rows else None) != reading.figure
    }
    problems = {
        item.code: reading.problem.sentence for item, reading in readings.items() if reading.problem
    }
    moved = {
        item.code: _moved(rows[item.code])
        for item in wanted
        if item.code in rows and typed[item].version != rows[item.code].version
    }
    problems |= moved
    if wanted and not reason:
        problems["reason"] = "请写明更正理由。"
    if problems:
        return Corrected(problems=problems, conflict=bool(moved))
    entries = [
        _write(session, assignment, rows.get(item.code), item, figure, reason, by, at)
        for item, figure in wanted.items()
    ]
    owner = assignment.expectation.organisation_id
    about = About(owner, campaign_id=assignment.campaign.id)
    record_all(session, about, entries, by=by, at=at)
    session.flush()
    return Corrected(written=len(wanted))


def _moved(row: LastYearFigure) -> str:
    return f"{row.saved_by} 刚刚改过这一项，请看过现在的数再更正。"


def _write(
    session: Session,
    assignment: Assignment,
    row: LastYearFigure | None,
    item: Item,
    figure: int | None,
    reason: str,
    by: Person,
    at: datetime,
) -> Entry:
    """Change or add one figure; answers what the trail is to say of it."""
    old = row.value if row else None
    if row is None:
        row = LastYearFigure(
            campaign_id=assignment.campaign.id,
            organisation_id=assignment.expectation.organisation_id,
            item=item.code,
            version=0,
        )
        session.add(row)
    row.value, row.version, row.source = figure, row.version + 1, "本单位更正"
    row.saved_at, row.saved_by = at, by.name
    return Entry(
        Action.LAST_YEAR_CORRECTED,
        item=item.code,
        old=canonical(old, item.unit),
        new=canonical(figure, item.unit),
        version=row.version,
        note=reason,
    )
