"""Entries on behalf (代录) that a unit has not confirmed: who entered what, on which ground."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import Assignment, FilledReport
from portal.domain.figures import Problem
from portal.domain.report.sole_handling import Act, Assurance, alone, named
from portal.models import OnBehalfEntry, OnBehalfItem, Report, SoleHandling
from portal.models.trail import record
from portal.models.trail_actions import Action, EntryChannel


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """The entries that the unit has not confirmed, the newest last.

    `codes` are the items whose entered figure is unchanged; a figure that the unit has changed
    since is its own. `alone` says what one person did alone, with the unit's assurance.
    """

    entries: Sequence[OnBehalfEntry]
    codes: frozenset[str]
    alone: Sequence[SoleHandling] = ()


def waits(report: Report | None) -> bool:
    """Whether a report has entries on behalf that its unit has not confirmed."""
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


def unconfirmed(session: Session, filled_report: FilledReport) -> Unconfirmed | None:
    """The unconfirmed entries of a report; None without any."""
    report = filled_report.assignment.report
    if report is None or not waits(report):
        return None
    items = session.execute(_items, {"of_report": report.id})
    codes = (row.item for row in items if filled_report.at(row.item).version == row.version)
    entries, alone = unconfirmed_entries(session, report), _unconfirmed_handlings(session, report)
    return Unconfirmed(entries, frozenset(codes), alone)


def _unconfirmed_handlings(session: Session, report: Report) -> Sequence[SoleHandling]:
    wanted = select(SoleHandling).where(
        SoleHandling.report_id == report.id, SoleHandling.confirmed_at.is_(None)
    )
    return session.scalars(wanted.order_by(SoleHandling.id)).all()


def footnote(report: Report | None) -> tuple[str, ...]:
    """The footnote of a print with unconfirmed figures; empty otherwise."""
    if report is None or not waits(report):
        return ()
    ground = f"{report.on_behalf_by}，依据：{report.on_behalf_ground}"
    entered = f"本表有代录数据（{ground}），待单位确认。"
    if not report.sole_handling:
        return (entered,)
    return (entered, f"{report.sole_handling}由同一人经办，待单位确认。")


_acts = (
    select(
        exists().where(
            OnBehalfItem.organisation_id == OnBehalfEntry.organisation_id,
            OnBehalfItem.entry_id == OnBehalfEntry.id,
        )
    )
    .where(
        OnBehalfEntry.report_id == bindparam("of_report"),
        OnBehalfEntry.entered_by_id == bindparam("of_person"),
        OnBehalfEntry.confirmed_at.is_(None),
    )
    .distinct()
)


def alone_in(session: Session, report: Report | None, act: Act, *, by: Person) -> tuple[Act, ...]:
    """All acts of `by` for a unit including `act`; empty if that is the only kind of act.

    Acts that the unit has confirmed do not count.
    """
    if report is None or not waits(report):
        return ()
    with_figures = session.scalars(_acts, {"of_report": report.id, "of_person": by.id})
    return alone(act, {Act.ENTER if typed else Act.SUBMIT for typed in with_figures})


def refuse_alone(
    acts: tuple[Act, ...], assurance: Assurance, assignment: Assignment, at: datetime
) -> Problem | None:
    """The problem of the assurance needed for one person to do all of `acts`, or None."""
    return assurance.problem(at, assignment.campaign.dates.opens) if acts else None


def keep_alone(
    session: Session,
    report: Report,
    acts: tuple[Act, ...],
    assurance: Assurance,
    *,
    act: Act,
    by: Person,
    at: datetime,
) -> None:
    """Mark the report as handled by one person until its unit confirms, and record why."""
    if not acts:
        return
    handling = SoleHandling(
        organisation_id=report.organisation_id,
        report_id=report.id,
        submission=report.submissions,
        act=act,
        acts=named(acts),
        ground=assurance.ground,
        caller=assurance.caller if assurance.called_at else "",
        called_at=assurance.called_at,
        done_at=at,
        done_by=by.name,
        done_by_id=by.id,
    )
    session.add(handling)
    report.sole_handling = named(acts)
    session.flush()
    record(
        session,
        Action.HANDLED_ALONE,
        report.about,
        by=by,
        at=at,
        channel=EntryChannel.ON_BEHALF,
        note=f"第 {report.submissions} 次报送；{handling.acts}由同一人经办；{handling.assurance}",
    )


def sole_handlings(
    session: Session, report: Report | None, submission: int
) -> Sequence[SoleHandling]:
    """The sole handlings of a submission, confirmed or not."""
    wanted = select(SoleHandling).where(
        SoleHandling.report_id == (report.id if report else 0),
        SoleHandling.submission == submission,
    )
    return session.scalars(wanted.order_by(SoleHandling.id)).all()


def confirm(session: Session, report: Report, *, by: Person, at: datetime) -> int:
    """Confirm, for the unit, all entries made for it; returns their number.

    Without unconfirmed entries nothing changes.
    """
    if not waits(report):
        return 0
    entries = unconfirmed_entries(session, report)
    for entry in entries:
        entry.confirmed_at, entry.confirmed_by = at, by.name
    for handling in _unconfirmed_handlings(session, report):
        handling.confirmed_at, handling.confirmed_by = at, by.name
    report.on_behalf_confirmed_at, report.sole_handling = at, ""
    session.flush()
    record(
        session,
        Action.ON_BEHALF_CONFIRMED,
        report.about,
        by=by,
        at=at,
        note="；".join(
            f"{entry.entered_by}（{entry.ground}，{entry.caller}）" for entry in entries
        ),
    )
    return len(entries)
