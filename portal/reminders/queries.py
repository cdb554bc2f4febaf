"""Queries of reminders: who has not submitted at this second, and how each was reminded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.collection.assignment import Assignment, FilledReport, SendBack, last_reproof
from portal.collection.board import filled_in, units_below
from portal.collection.reminders import chased_below
from portal.domain.campaign import board
from portal.domain.campaign.board import Show, Unit
from portal.domain.campaign.reminders import broken
from portal.domain.campaign.tree_moves import gone_words
from portal.domain.report_state import State
from portal.messages.channel import Recipient
from portal.models import Organisation, Reminder, User
from portal.models.user import Role


@dataclass(frozen=True)
class Desk:
    """The units of a node that have not submitted, in the city's fixed order.

    Closed and merged units are in `gone` and not in `missing`: nobody there can be reminded.
    """

    missing: Sequence[Unit]
    gone: Sequence[Unit]
    expected: int
    leaves: int
    read_at: datetime

    @property
    def in_order(self) -> list[Unit]:
        """The missing units, those with a broken promise first, by the oldest promise."""
        return sorted(self.missing, key=self._order)

    def _order(self, unit: Unit) -> tuple[bool, float]:
        promised = unit.chased.promised_at if unit.chased else None
        return (False, promised.timestamp()) if self.broke(unit) and promised else (True, 0)

    def broke(self, unit: Unit) -> bool:
        """Whether a unit promised to report by a time that has passed."""
        return unit.chased is not None and broken(unit.chased.promised_at, self.read_at)


def read_desk(session: Session, assignment: Assignment, now: datetime) -> Desk:
    """The missing units below a node; the session reads its subtree."""
    campaign = assignment.campaign
    filled, chased = filled_in(session, campaign), chased_below(session, campaign)
    units = units_below(session, assignment, now, filled, chased)
    missing = board.listed(units, Show.MISSING)
    return Desk(
        missing=[unit for unit in missing if not unit.gone],
        gone=[unit for unit in missing if unit.gone],
        expected=board.counts(units)[Show.EXPECTED],
        leaves=len(assignment.form.leaves),
        read_at=now,
    )


def gone(session: Session, unit: Organisation) -> str:
    """What became of a closed or merged unit, in words; empty for an open one."""
    into = session.get(Organisation, unit.merged_into_id) if unit.merged_into_id else None
    return gone_words(unit.closed_at, into.name if into else None)


def standing(state: State, filled: int, leaves: int) -> str:
    """How far an unsubmitted report is, in the words of a reminder."""
    if state is State.NOT_STARTED:
        return "尚未填报"
    if state is State.RETURNED:
        return "已退回，尚未修改后重新上报"
    return f"填报中（已填 {filled}/{leaves}），尚未上报"


def standing_of(session: Session, filling: FilledReport) -> str:
    """The same for one unit alone: what is still to do, or what it was sent back for."""
    state, counters = filling.assignment.state, filling.counters
    words = standing(state, counters.filled, counters.leaves)
    if state is State.RETURNED:
        return words + _sent_back_for(last_reproof(session, filling.assignment.report))
    if state is State.NOT_STARTED:
        return words
    return f"{words}，{counters.left or '已填齐，可以上报'}"


def _sent_back_for(reproof: SendBack | None) -> str:
    if reproof is None:
        return ""
    items = f"涉及 {'、'.join(reproof.items)}" if reproof.items else ""
    told = "；".join(part for part in (reproof.reason.strip("。"), items) if part)
    return f"，退回理由：{told}" if told else ""


def reminders_of(session: Session, assignment: Assignment) -> Sequence[Reminder]:
    """Every reminder of the session's unit in a campaign, newest first."""
    return session.scalars(
        select(Reminder)
        .where(Reminder.campaign_id == assignment.campaign.id)
        .order_by(Reminder.made_at.desc(), Reminder.id.desc())
    ).all()


def recipients(session: Session) -> dict[int, list[Recipient]]:
    """By organisation of the session's scope, the people who fill or answer for its report."""
    found: dict[int, list[Recipient]] = {}
    rows = session.execute(
        select(User.organisation_id, User.name, User.email, User.phone, User.roles)
        .where(User.disabled_at.is_(None))
        .order_by(User.id)
    )
    for row in rows:
        if {Role.REPORTER, Role.HEAD} & set(row.roles):
            person = Recipient(row.name, row.email, row.phone)
            found.setdefault(row.organisation_id, []).append(person)
    return found
