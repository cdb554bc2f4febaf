"""Queries on the tree: the outline of a subtree, and what is asked before a unit is closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.collection import moves
from portal.domain.campaign.calendar import Status
from portal.domain.report_state import State
from portal.models import Campaign, Expectation, Extension, Organisation, Report, TrailEntry, User
from portal.models.organisation import organisations_below
from portal.models.trail_actions import Action


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit of the outline: how many accounts it has, and the branches below it."""

    unit: Organisation
    people: int
    below: tuple["Branch", ...]


def outline(session: Session, here: Organisation) -> Branch:
    """The unit `here` and its subtree, in the city's fixed order.

    The session reads the subtree, since it counts the accounts of each unit.
    """
    units = organisations_below(session, here.path)
    counted = session.execute(
        select(User.organisation_id, func.count(User.id))
        .where(User.disabled_at.is_(None))
        .group_by(User.organisation_id)
    )
    people = {row[0]: row[1] for row in counted}
    children: dict[int | None, list[Organisation]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit)
    return _branch(next(unit for unit in units if unit.id == here.id), children, people)


PLACE_STEP = 10
"""The distance between two siblings' 排序号, so that a unit can be put between them."""


def next_place(session: Session, here: Organisation) -> int:
    """The 排序号 after the last unit directly below `here`; after its own without any."""
    last = session.scalar(
        select(func.max(Organisation.position)).where(Organisation.parent_id == here.id)
    )
    return (here.position if last is None else last) + PLACE_STEP


def _branch(
    unit: Organisation,
    children: Mapping[int | None, Sequence[Organisation]],
    people: Mapping[int, int],
) -> Branch:
    below = tuple(_branch(child, children, people) for child in children.get(unit.id, ()))
    return Branch(unit, people.get(unit.id, 0), below)


def people_below(session: Session) -> Sequence[tuple[User, Organisation]]:
    """The active accounts of the session's subtree with their units, in the city's fixed order."""
    rows = session.execute(
        select(User, Organisation)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.disabled_at.is_(None), Organisation.closed_at.is_(None))
        .order_by(Organisation.position, Organisation.code, User.username)
    )
    return [(row[0], row[1]) for row in rows]


def places(session: Session, home: Organisation, but: Organisation) -> Sequence[Organisation]:
    """The open units in the subtree of `home` outside the subtree of `but`."""
    return [
        unit
        for unit in in_tree_order(organisations_below(session, home.path))
        if unit.closed_at is None and not unit.path.startswith(but.path)
    ]


def in_tree_order(units: Sequence[Organisation]) -> Sequence[Organisation]:
    """Every unit before those below it, siblings by their order."""
    at: dict[int, tuple[tuple[int, str], ...]] = {}
    for unit in sorted(units, key=lambda unit: unit.path):
        at[unit.id] = (*at.get(unit.parent_id or 0, ()), (unit.position, unit.code))
    return sorted(units, key=lambda unit: at[unit.id])


def above(session: Session, unit: Organisation) -> Sequence[Organisation]:
    """The organisations above a unit, the city first."""
    ids = [int(part) for part in unit.path.strip("/").split("/")[:-1]]
    found = session.scalars(select(Organisation).where(Organisation.id.in_(ids)))
    return sorted(found, key=lambda one: one.path)


@dataclass(frozen=True, slots=True)
class PlannedMove:
    """A move of a unit that waits until its campaigns have closed."""

    unit: Organisation
    left: Organisation
    target: Organisation


def planned_moves(session: Session, here: Organisation) -> Sequence[PlannedMove]:
    """The planned moves of a unit: its own, then those away from it, then those to it."""
    own = [here] if here.next_parent_id else []
    units = [*own, *moves.leaving(session, here), *moves.arriving(session, here)]
    return [
        PlannedMove(
            unit,
            session.get_one(Organisation, unit.parent_id),
            session.get_one(Organisation, unit.next_parent_id),
        )
        for unit in units
    ]


def merged_into(session: Session, here: Organisation) -> Organisation | None:
    """The unit that `here` was merged into, or None."""
    return session.get(Organisation, here.merged_into_id) if here.merged_into_id else None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A campaign that still expects a report from a unit, and the report's state."""

    campaign: str
    state: State


def unfinished(session: Session, now: datetime) -> Sequence[Unfinished]:
    """The reports that the session's organisation owes: expected, not accepted, not too late."""
    until = (
        select(func.max(Extension.until))
        .where(
            Extension.campaign_id == Campaign.id,
            Extension.organisation_id == Expectation.organisation_id,
        )
        .correlate(Campaign, Expectation)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Campaign.name, Campaign.closes, Report.state, until.label("until"))
        .join(Expectation, Expectation.campaign_id == Campaign.id)
        .outerjoin(
            Report,
            (Report.campaign_id == Campaign.id)
            & (Report.organisation_id == Expectation.organisation_id),
        )
        .where(Campaign.status == Status.PUBLISHED, Expectation.expected)
        .order_by(Campaign.due, Campaign.code)
    )
    return [
        Unfinished(row.name, State(row.state or State.NOT_STARTED))
        for row in rows
        if row.state != State.ACCEPTED and now <= max(row.closes, row.until or row.closes)
    ]


ON_THE_UNIT = (
    Action.ORGANISATION_ADDED,
    Action.ORGANISATION_CHANGED,
    Action.ORGANISATION_MOVED,
    Action.MOVE_PLANNED,
    Action.MOVE_CANCELLED,
    Action.ORGANISATION_CLOSED,
    Action.ORGANISATION_REOPENED,
    Action.ORGANISATION_MERGED,
    Action.ROSTER_IMPORTED,
    Action.USER_CREATED,
    Action.USER_CHANGED,
    Action.USER_HANDED_OVER,
    Action.USER_DISABLED,
    Action.USER_ENABLED,
    Action.USER_LEFT,
    Action.USER_CAME,
    Action.PASSWORD_RESET,
    Action.LINK_MADE,
    Action.LINK_REVOKED,
)
"""The actions that a unit's page lists: those on the unit itself and on its accounts."""

MAX_ENTRIES = 50


def history(session: Session) -> Sequence[TrailEntry]:
    """The newest changes of the session's organisation and of its accounts."""
    return session.scalars(
        select(TrailEntry)
        .where(TrailEntry.report_id.is_(None), TrailEntry.action.in_(ON_THE_UNIT))
        .order_by(TrailEntry.number.desc())
        .limit(MAX_ENTRIES)
    ).all()
