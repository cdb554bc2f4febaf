"""Saving figures: one by one with the version its writer saw, or many as one batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, bindparam, case, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from portal.access.identity import Person
from portal.collection.assignment import Assignment, FilledReport, Stored
from portal.domain.figures import Problem, canonical, parse_figure
from portal.domain.form.form import Item
from portal.domain.report_state import NotAllowedNow
from portal.models import Batch, Figure, Report, TrailEntry
from portal.models.prepared import Prepared, execute
from portal.models.trail import Entry, record_all
from portal.models.trail_actions import Action, EntryChannel
from portal.reports.typed import Typed


@dataclass(frozen=True, slots=True)
class SaveResult:
    """The result of one typed figure.

    `stored` is the figure in the database now. A `problem` means that nothing was written (422); a
    `conflict`, that somebody else changed the figure since the writer saw it (409). `source` is the
    cell it was read from, empty for the page.
    """

    item: Item
    typed: Typed
    stored: Stored
    problem: Problem | None = None
    conflict: bool = False
    written: bool = False
    source: str = ""

    @property
    def refused(self) -> bool:
        """Whether the typed text was not stored."""
        return self.problem is not None or self.conflict


TYPED = frozenset({Action.FIGURE_SAVED, Action.PASTED, Action.IMPORTED})
"""The actions that end a 零报告: somebody has work to report."""

_new_figure = Prepared(insert(Figure))
_touch_report = Prepared(
    update(Report)
    .where(Report.id == bindparam("of_report"))
    .values(
        saved_at=bindparam("at"),
        saved_by=bindparam("by"),
        saved_by_id=bindparam("by_id"),
        zero_report=bindparam("is_zero_report"),
    )
)


@lru_cache(maxsize=64)
def _change_figures(count: int) -> Prepared:
    """The statement that changes `count` figures of one report; each version grows by one."""
    items = [bindparam(f"item_{place}", type_=Figure.item.type) for place in range(count)]
    values = [bindparam(f"value_{place}", type_=Figure.value.type) for place in range(count)]
    each = zip(items, values, strict=True)
    return Prepared(
        update(Figure)
        .where(Figure.report_id == bindparam("of_report"), Figure.item.in_(items))
        .values(
            value=case(*((Figure.item == item, value) for item, value in each)),
            version=Figure.version + 1,
            saved_at=bindparam("at"),
            saved_by=bindparam("by"),
        )
    )


def evaluate(filling: FilledReport, item: Item, typed: Typed) -> SaveResult:
    """Parse the typed text and compare versions, before anything is written.

    A figure equal to the stored one is no conflict, whatever version its writer saw: the answer to
    an earlier try may have been lost.
    """
    stored = filling.at(item.code)
    reading = parse_figure(typed.text, item.unit)
    if reading.problem:
        return SaveResult(item, typed, stored, problem=reading.problem)
    if reading.figure == stored.value:
        return SaveResult(item, typed, stored)
    if typed.version is None or typed.version != stored.version:
        return SaveResult(item, typed, stored, conflict=True)
    wanted = replace(stored, value=reading.figure)
    return SaveResult(item, typed, wanted, written=True)


def save(
    session: Session,
    filling: FilledReport,
    entered: list[SaveResult],
    *,
    by: Person,
    at: datetime,
    action: Action = Action.FIGURE_SAVED,
    channel: EntryChannel = EntryChannel.WEB,
    batch_id: int | None = None,
) -> dict[str, Stored]:
    """Write the figures that `evaluate` accepted, with their trail; returns what is stored now."""
    report = ensure_draft(session, filling.assignment, by=by, at=at)
    entries: list[Entry] = []
    kept: dict[str, Stored] = {}
    for one in entered:
        before = filling.at(one.item.code)
        now = Stored(one.stored.value, before.version + 1, at, by.name)
        kept[one.item.code] = now
        entries.append(_entry(one, before, now, action, batch_id))
    _write(session, report, kept, by=by, at=at)
    # a typed figure ends a 零报告
    _touch(session, report, by=by, at=at, zero_report=report.zero_report and action not in TYPED)
    record_all(session, report.about, entries, by=by, at=at, channel=channel)
    return kept


def _touch(
    session: Session, report: Report, *, by: Person, at: datetime, zero_report: bool
) -> None:
    """Store who saved last; by a prepared statement, since the ORM costs a third of a save."""
    execute(
        session,
        _touch_report,
        {
            "of_report": report.id,
            "at": at,
            "by": by.name,
            "by_id": by.id,
            "is_zero_report": zero_report,
        },
    )
    kept = {"saved_at": at, "saved_by": by.name, "saved_by_id": by.id, "zero_report": zero_report}
    for name, value in kept.items():
        set_committed_value(report, name, value)


def ensure_draft(session: Session, assignment: Assignment, *, by: Person, at: datetime) -> Report:
    """The report of an assignment, created as a draft with its first figure."""
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


def in_report(filling: FilledReport, report: Report) -> FilledReport:
    """The filled report with its row, where that has just been created."""
    return replace(filling, assignment=replace(filling.assignment, report=report))


def _write(
    session: Session, report: Report, kept: Mapping[str, Stored], *, by: Person, at: datetime
) -> None:
    new = [code for code, now in kept.items() if now.version == 1]
    if new:
        execute(session, _new_figure, [_row(report, code, kept[code]) for code in new])
    changed = [(code, now.value) for code, now in kept.items() if now.version > 1]
    if changed:
        each: dict[str, Any] = {"of_report": report.id, "at": at, "by": by.name}
        for place, (code, value) in enumerate(changed):
            each |= {f"item_{place}": code, f"value_{place}": value}
        execute(session, _change_figures(len(changed)), each)


def _row(report: Report, code: str, now: Stored) -> dict[str, Any]:
    return {
        "organisation_id": report.organisation_id,
        "report_id": report.id,
        "item": code,
        "value": now.value,
        "version": now.version,
        "saved_at": now.saved_at,
        "saved_by": now.saved_by,
    }


def _entry(
    one: SaveResult, before: Stored, now: Stored, action: Action, batch_id: int | None
) -> Entry:
    return Entry(
        action,
        item=one.item.code,
        old=canonical(before.value, one.item.unit),
        new=canonical(now.value, one.item.unit),
        version=now.version,
        batch_id=batch_id,
        nonce=one.typed.nonce,
        note=one.source,
    )


ZERO = Typed("0", None)


def zeros(filling: FilledReport) -> list[SaveResult]:
    """A zero for every blank of a report, ready to be written."""
    return [
        SaveResult(item, ZERO, replace(filling.at(item.code), value=0), written=True)
        for item in filling.form.leaves
        if filling.at(item.code).value is None
    ]


def fill_zeros(
    session: Session, filling: FilledReport, *, zero_report: bool, by: Person, at: datetime
) -> int:
    """Write zero into every blank as one batch; returns how many there were.

    Raises `NotAllowedNow` (409) where a 零报告 is declared over a figure.
    """
    blank = zeros(filling)
    if zero_report and len(blank) != len(filling.form.leaves):
        raise NotAllowedNow("表中已经填了数，不是零报告；余下的空白项请用“空白项补‘0’”。")
    if not blank:
        return 0
    action = Action.ZERO_REPORTED if zero_report else Action.ZEROS_FILLED
    report = ensure_draft(session, filling.assignment, by=by, at=at)
    report.zero_report = report.zero_report or zero_report
    save_batch(session, in_report(filling, report), blank, action, by=by, at=at)
    return len(blank)


def save_batch(
    session: Session,
    filling: FilledReport,
    entered: list[SaveResult],
    action: Action,
    *,
    by: Person,
    at: datetime,
    channel: EntryChannel = EntryChannel.WEB,
) -> tuple[Batch, dict[str, Stored]]:
    """Write many figures as one batch that can be undone; returns it and what is stored now."""
    report = ensure_draft(session, filling.assignment, by=by, at=at)
    batch = Batch(
        organisation_id=report.organisation_id,
        report_id=report.id,
        kind=action,
        made_at=at,
        made_by=by.name,
    )
    session.add(batch)
    session.flush()
    kept = save(
        session,
        in_report(filling, report),
        entered,
        by=by,
        at=at,
        action=action,
        channel=channel,
        batch_id=batch.id,
    )
    return batch, kept


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


@dataclass(frozen=True, slots=True)
class Undone:
    """The result of undoing a batch: the items restored, and those left since they changed."""

    filling: FilledReport
    restored: tuple[Item, ...]
    left: tuple[Item, ...]

    @property
    def sentence(self) -> str:
        """What was undone and what was not, as sentences for the page."""
        left = "、".join(item.code for item in self.left)
        since = f"；{left} 在此之后已被修改，保持不变" if left else ""
        return f"已撤销，恢复 {len(self.restored)} 项{since}。"


def undo_batch(
    session: Session, filling: FilledReport, batch: Batch, *, by: Person, at: datetime
) -> Undone:
    """Restore the values before the newest batch, except where a figure changed since.

    Undoing a later batch is no such change: it restored what this batch had written.
    """
    entries = _entries_of(session, batch)
    since = _typed_since(session, batch, entries[-1].number)
    restored = [
        _restored(filling, str(entry.item), entry.old or "")
        for entry in entries
        if entry.item not in since
    ]
    batch.undone_at = at
    report = ensure_draft(session, filling.assignment, by=by, at=at)
    report.zero_report = False if batch.kind == Action.ZERO_REPORTED else report.zero_report
    kept = save(session, filling, restored, by=by, at=at, action=Action.FIGURE_UNDONE)
    return Undone(
        replace(filling, stored={**filling.stored, **kept}),
        restored=tuple(one.item for one in restored),
        left=tuple(filling.form.by_code[entry.item] for entry in entries if entry.item in since),
    )


def _entries_of(session: Session, batch: Batch) -> Sequence[Row[str | None, str | None, int]]:
    return session.execute(
        select(TrailEntry.item, TrailEntry.old, TrailEntry.number)
        .where(TrailEntry.batch_id == batch.id, TrailEntry.action == batch.kind)
        .order_by(TrailEntry.number)
    ).all()


def _typed_since(session: Session, batch: Batch, number: int) -> set[str | None]:
    """The items saved one by one after the entry `number`: other batches since are undone."""
    written = select(TrailEntry.item).where(
        TrailEntry.report_id == batch.report_id,
        TrailEntry.number > number,
        TrailEntry.version.is_not(None),
        TrailEntry.batch_id.is_(None),
        TrailEntry.action != Action.FIGURE_UNDONE,
    )
    return set(session.scalars(written))


def _restored(filling: FilledReport, code: str, old: str) -> SaveResult:
    item = filling.form.by_code[code]
    value = parse_figure(old, item.unit).figure
    return SaveResult(item, Typed(old, None), replace(filling.at(code), value=value), written=True)
