"""Entries on behalf (代录) that a unit has yet to confirm: who entered what, on which ground."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from portal.assignment import Filling
from portal.identity import Person
from portal.models import OnBehalfEntry, OnBehalfItem, Report
from portal.models.trail import Action, record


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """The entries that wait for the unit's word, the newest last.

    `codes` are the figures that still are as they were entered: what the unit has changed
    since is its own.
    """

    entries: Sequence[OnBehalfEntry]
    codes: frozenset[str]


def waits(report: Report | None) -> bool:
    """Whether a report holds something entered on behalf that its unit has not confirmed."""
    return (
        report is not None and bool(report.on_behalf_by) and report.on_behalf_confirmed_at is None
    )


_entries = (
    select(OnBehalfEntry)
    .where(OnBehalfEntry.report_id == bindparam("of_report"), OnBehalfEntry.confirmed_at.is_(None))
    .order_by(OnBehalfEntry.id)
)
_items = (
    select(OnBehalfItem.item, func.max(OnBehalfItem.version).label("version"))
    .join(
        OnBehalfEntry,
        (OnBehalfEntry.organisation_id == OnBehalfItem.organisation_id)
        & (OnBehalfEntry.id == OnBehalfItem.entry_id),
    )
    .where(OnBehalfEntry.report_id == bindparam("of_report"), OnBehalfEntry.confirmed_at.is_(None))
    .group_by(OnBehalfItem.item)
)


def unconfirmed_entries(session: Session, report: Report) -> Sequence[OnBehalfEntry]:
    """The entries of a report that its unit has not confirmed, the newest last."""
    return session.scalars(_entries, {"of_report": report.id}).all()


def unconfirmed(session: Session, filling: Filling) -> Unconfirmed | None:
    """What of a report waits for the unit's word; None where nothing does."""
    report = filling.assignment.report
    if report is None or not waits(report):
        return None
    items = session.execute(_items, {"of_report": report.id})
    codes = (row.item for row in items if filling.at(row.item).version == row.version)
    return Unconfirmed(unconfirmed_entries(session, report), frozenset(codes))


def footnote(report: Report | None) -> tuple[str, ...]:
    """The line under a print whose figures the unit has not confirmed; nothing otherwise."""
    if report is None or not waits(report):
        return ()
    ground = f"{report.on_behalf_by}，依据：{report.on_behalf_ground}"
    return (f"本表有代录数据（{ground}），待单位确认。",)


def confirm(session: Session, report: Report, *, by: Person, at: datetime) -> int:
    """The unit's word that what was entered for it is right; answers how many entries it is for.

    Where nothing waits for it, nothing changes.
    """
    if not waits(report):
        return 0
    entries = unconfirmed_entries(session, report)
    for entry in entries:
        entry.confirmed_at, entry.confirmed_by = at, by.name
    report.on_behalf_confirmed_at = at
    session.flush()
    record(
        session,
        Action.ON_BEHALF_CONFIRMED,
        organisation_id=report.organisation_id,
        actor=by.name,
        actor_id=by.id,
        at=at,
        report_id=report.id,
        note="；".join(
            f"{entry.entered_by}（{entry.ground}，{entry.caller}）" for entry in entries
        ),
    )
    return len(entries)
