"""Saving figures: one at a time with the version its writer saw, or many as one batch."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from portal.assignment import Assignment, Filling, Stored
from portal.domain.figures import Problem, canonical, read
from portal.domain.form import Item
from portal.domain.report_state import NotAllowedNow
from portal.identity import Person
from portal.models import Batch, Figure, Report, TrailEntry
from portal.models.trail import Action, record_all
from portal.reports.typed import Typed


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of one typed figure.

    `stored` is what the database holds now. A `problem` means that nothing was written; with
    `conflict` somebody else had changed the figure since the writer saw it.
    """

    item: Item
    typed: Typed
    stored: Stored
    problem: Problem | None = None
    conflict: bool = False
    written: bool = False


_new_figure = insert(Figure)
_change_figure = (
    update(Figure)
    .where(Figure.report_id == bindparam("of_report"), Figure.item == bindparam("of_item"))
    .values(
        value=bindparam("new_value"),
        version=bindparam("new_version"),
        saved_at=bindparam("at"),
        saved_by=bindparam("by"),
    )
    .execution_options(synchronize_session=False)
)


def judge(filling: Filling, item: Item, typed: Typed) -> Entered:
    """What is to become of `typed`, before anything is written: read it, compare versions.

    A figure that is stored already is no conflict, whatever version its writer saw: the
    answer to an earlier try may have been lost on its way.
    """
    stored = filling.at(item.code)
    reading = read(typed.text, item.unit)
    if reading.problem:
        return Entered(item, typed, stored, problem=reading.problem)
    if reading.figure == stored.value:
        return Entered(item, typed, stored)
    if typed.version is None or typed.version != stored.version:
        return Entered(item, typed, stored, conflict=True)
    wanted = replace(stored, value=reading.figure)
    return Entered(item, typed, wanted, written=True)


def save(
    session: Session,
    filling: Filling,
    entered: list[Entered],
    *,
    by: Person,
    at: datetime,
    action: Action = Action.FIGURE_SAVED,
    batch_id: int | None = None,
) -> dict[str, Stored]:
    """Write the figures that `judge` let through, each with its trail; answers what is stored."""
    report = begun(session, filling.assignment, by=by, at=at)
    entries: list[dict[str, Any]] = []
    kept: dict[str, Stored] = {}
    for one in entered:
        before = filling.at(one.item.code)
        now = Stored(one.stored.value, before.version + 1, at, by.name)
        _write(session, report, one.item.code, now)
        kept[one.item.code] = now
        entries.append(_entry(one, before, now, report.id, action, batch_id))
    report.saved_at, report.saved_by, report.saved_by_id = at, by.name, by.id
    session.flush()
    record_all(
        session,
        entries,
        organisation_id=report.organisation_id,
        actor=by.name,
        actor_id=by.id,
        at=at,
    )
    return kept


def begun(session: Session, assignment: Assignment, *, by: Person, at: datetime) -> Report:
    """The report of an assignment, begun as a draft when this is its first figure."""
    if assignment.report:
        return assignment.report
    report = Report(
        organisation_id=assignment.expectation.organisation_id,
        campaign_id=assignment.campaign.id,
        edition_id=assignment.campaign.edition_id,
        saved_at=at,
        saved_by=by.name,
        saved_by_id=by.id,
    )
    session.add(report)
    session.flush()
    return report


def _write(session: Session, report: Report, code: str, now: Stored) -> None:
    if now.version == 1:
        row = {
            "organisation_id": report.organisation_id,
            "report_id": report.id,
            "item": code,
            "value": now.value,
            "version": 1,
            "saved_at": now.saved_at,
            "saved_by": now.saved_by,
        }
        session.execute(_new_figure, [row])
    else:
        session.execute(
            _change_figure,
            {
                "of_report": report.id,
                "of_item": code,
                "new_value": now.value,
                "new_version": now.version,
                "at": now.saved_at,
                "by": now.saved_by,
            },
        )


def _entry(
    one: Entered,
    before: Stored,
    now: Stored,
    report_id: int,
    action: Action,
    batch_id: int | None,
) -> dict[str, Any]:
    return {
        "action": action,
        "report_id": report_id,
        "item": one.item.code,
        "old": canonical(before.value, one.item.unit),
        "new": canonical(now.value, one.item.unit),
        "version": now.version,
        "batch_id": batch_id,
        "nonce": one.typed.nonce,
    }


ZERO = Typed("0", None)


def zeros(filling: Filling) -> list[Entered]:
    """The blanks of a report as zeros that wait to be written."""
    return [
        Entered(item, ZERO, replace(filling.at(item.code), value=0), written=True)
        for item in filling.form.leaves
        if filling.at(item.code).value is None
    ]


def fill_zeros(
    session: Session, filling: Filling, *, zero_report: bool, by: Person, at: datetime
) -> int:
    """Declare every blank zero as one batch; answers how many there were.

    As a 零报告 the whole form must be blank: raises `NotAllowedNow` when something stands in it.
    """
    blank = zeros(filling)
    if zero_report and len(blank) != len(filling.form.leaves):
        raise NotAllowedNow("表中已经填了数，不是零报告；余下的空白项请用“空白项补‘0’”。")
    if not blank:
        return 0
    report = begun(session, filling.assignment, by=by, at=at)
    action = Action.ZERO_REPORTED if zero_report else Action.ZEROS_FILLED
    batch = Batch(
        organisation_id=report.organisation_id,
        report_id=report.id,
        kind=action,
        made_at=at,
        made_by=by.name,
    )
    session.add(batch)
    session.flush()
    report.zero_report = report.zero_report or zero_report
    begun_filling = replace(filling, assignment=replace(filling.assignment, report=report))
    save(session, begun_filling, blank, by=by, at=at, action=action, batch_id=batch.id)
    return len(blank)


def open_batch(session: Session, report: Report | None) -> Batch | None:
    """The newest batch of a report that can still be undone, or None."""
    if report is None:
        return None
    return session.scalar(
        select(Batch)
        .where(Batch.report_id == report.id, Batch.undone_at.is_(None))
        .order_by(Batch.id.desc())
        .limit(1)
    )


def undo_batch(
    session: Session, filling: Filling, batch: Batch, *, by: Person, at: datetime
) -> tuple[int, list[str]]:
    """Give every figure of a batch its value back, unless somebody changed it since.

    Answers how many figures were restored, and the codes of those left as they are.
    """
    entries = session.execute(
        select(TrailEntry.item, TrailEntry.old, TrailEntry.version)
        .where(TrailEntry.batch_id == batch.id, TrailEntry.action == batch.kind)
        .order_by(TrailEntry.number)
    ).all()
    restored, left = [], []
    for entry in entries:
        code = str(entry.item)
        if filling.at(code).version == entry.version:
            restored.append(_restored(filling, code, entry.old or ""))
        else:
            left.append(code)
    batch.undone_at = at
    report = begun(session, filling.assignment, by=by, at=at)
    report.zero_report = False if batch.kind == Action.ZERO_REPORTED else report.zero_report
    save(session, filling, restored, by=by, at=at, action=Action.FIGURE_UNDONE)
    return len(restored), left


def _restored(filling: Filling, code: str, old: str) -> Entered:
    item = filling.form.by_code[code]
    value = read(old, item.unit).figure
    return Entered(item, Typed(old, None), replace(filling.at(code), value=value), written=True)
