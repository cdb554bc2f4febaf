"""Moves: a unit changes its upper union when no open campaign collects from it.

Review and row-level security follow the current tree; a campaign's board and sums follow the copy
made at its publication. A move during a campaign would make them differ, so it is stored in the
unit's row as planned. It is carried out by the first page opened after the last of those campaigns
has stopped, by the publication of a campaign, or by `portal remind`. So no background job is
needed, and no copy of the tree is made too early.
"""

from collections.abc import Sequence
from datetime import datetime

from flask import Flask, current_app, request
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal import clock
from portal.access import tenancy
from portal.access.actor import Actor
from portal.access.identity import Person
from portal.domain.campaign.calendar import Status, in_words, to_the_minute
from portal.domain.campaign.tree_moves import OpenCampaign, still_open
from portal.models import Campaign, Expectation, Extension, Organisation
from portal.models.organisation import SEGMENT_LENGTH, end_of_subtree, path_below
from portal.models.trail import record
from portal.models.trail_actions import Action
from portal.register.units import MAX_DEPTH
from portal.storage.db import hold, writing

LOOKED = "moves looked for"
NO_PAGES = frozenset({None, "static", "healthz"})


def init_app(app: Flask) -> None:
    """Carry out due moves before a page's organisation is entered, since its path may change."""
    app.extensions[LOOKED] = None
    app.url_value_preprocessor(_look)


def _look(endpoint: str | None, _values: object) -> None:
    """Carry out due moves, at most once a minute, since moves fall due on a full minute."""
    if request.method != "GET" or endpoint in NO_PAGES:
        return
    now = clock.now()
    if current_app.extensions[LOOKED] == to_the_minute(now):
        return
    current_app.extensions[LOOKED] = to_the_minute(now)
    carry_out_due(now)


def hold_tree(session: Session) -> None:
    """Lock the root's row, so that changes of the tree run one after another and form no cycle.

    Publishing a campaign takes the lock too, since it copies the tree. The lock does not block
    rows that only refer to the root by foreign key, such as those of the trail.
    """
    root = select(Organisation.id).where(Organisation.parent_id.is_(None))
    hold(session, root.with_for_update(key_share=True), {})


def read_anew(session: Session, unit: Organisation) -> Organisation:
    """Reload the organisation in the session that changes it."""
    found = session.scalars(
        select(Organisation)
        .where(Organisation.id == unit.id)
        .execution_options(populate_existing=True)
    )
    return found.one()


def open_campaigns(unit: Organisation, now: datetime) -> tuple[OpenCampaign, ...]:
    """The published campaigns that have not stopped and list `unit` or a unit below it.

    免报 units count too, since the city can expect them until the campaign stops.
    """
    with tenancy.subtree(unit) as below:
        rows = below.execute(_published)
        found = [OpenCampaign(row.name, max(row.closes, row.until or row.closes)) for row in rows]
    return still_open(found, now)


_published = (
    select(Campaign.name, Campaign.closes, func.max(Extension.until).label("until"))
    .join(Expectation, Expectation.campaign_id == Campaign.id)
    .outerjoin(
        Extension,
        (Extension.campaign_id == Campaign.id)
        & (Extension.organisation_id == Expectation.organisation_id),
    )
    .where(Campaign.status == Status.PUBLISHED)
    .group_by(Campaign.id, Campaign.name, Campaign.closes)
    .order_by(Campaign.closes, Campaign.code)
)


def named(unit: Organisation) -> str:
    """An organisation in the trail's words."""
    return f"{unit.name}（{unit.code}）"


def levels(path: str) -> int:
    """The number of levels from the city to this path, both included."""
    return path.count("/") - 1


def objection(session: Session, unit: Organisation, target: Organisation) -> str | None:
    """Why `unit` cannot be moved below `target`, as a sentence; None if it can."""
    if target.closed_at:
        return f"{target.name}已关闭，不能作为上级单位。"
    if target.path.startswith(unit.path):
        return "不能移到自己或自己的下级单位下面。"
    if levels(target.path) + _height(session, unit) > MAX_DEPTH:
        return f"移过去后单位会超过 {MAX_DEPTH} 级。"
    return None


def _height(session: Session, unit: Organisation) -> int:
    """The number of levels of a unit's subtree."""
    longest = session.scalar(
        select(func.max(func.length(Organisation.path))).where(
            Organisation.path >= unit.path, Organisation.path < end_of_subtree(unit.path)
        )
    )
    return ((longest or len(unit.path)) - len(unit.path)) // SEGMENT_LENGTH + 1


def put_below(
    session: Session,
    unit: Organisation,
    target: Organisation,
    *,
    by: Person | Actor,
    at: datetime,
    note: str = "",
) -> None:
    """Move a unit with its subtree below another one, and clear a planned move.

    The caller must have called `hold_tree` and found no `objection`.
    """
    left = session.get_one(Organisation, unit.parent_id)
    # first, since row-level security compares the old path in this transaction
    record(
        session,
        Action.ORGANISATION_MOVED,
        unit.about,
        by=by,
        at=at,
        old=named(left),
        new=named(target),
        note=f"{named(unit)}{note or dropped(session, unit)}",
    )
    unit.forget_planned_move()
    session.flush()
    _rewrite_paths(session, unit.path, path_below(target.path, unit.id))
    session.execute(
        update(Organisation)
        .where(Organisation.id == unit.id)
        .values(parent_id=target.id)
        .execution_options(synchronize_session=False)
    )


def dropped(session: Session, unit: Organisation) -> str:
    """The trail's words for a planned move that is cancelled by something else, or empty."""
    if unit.next_parent_id is None:
        return ""
    target = session.get_one(Organisation, unit.next_parent_id)
    return f"，原安排移到{named(target)}，不再执行"


def _rewrite_paths(session: Session, old: str, new: str) -> None:
    """Replace the prefix `old` of every path by `new`, in one statement."""
    session.execute(
        update(Organisation)
        .where(Organisation.path >= old, Organisation.path < end_of_subtree(old))
        .values(path=new + func.substr(Organisation.path, len(old) + 1))
        .execution_options(synchronize_session=False)
    )


def plan(
    session: Session,
    unit: Organisation,
    target: Organisation,
    waits: Sequence[OpenCampaign],
    *,
    by: Person | Actor,
    at: datetime,
) -> None:
    """停止填报后自动移动: store the move in the unit's row; a repetition changes nothing."""
    if unit.next_parent_id == target.id:
        return
    note = f"{named(unit)}，待{_listed(waits)}停止填报{dropped(session, unit)}"
    left = session.get_one(Organisation, unit.parent_id)
    unit.next_parent_id = target.id
    unit.move_planned_at, unit.move_planned_by, unit.move_planned_by_id = at, by.name, by.id
    session.flush()
    old, new = named(left), named(target)
    record(session, Action.MOVE_PLANNED, unit.about, by=by, at=at, old=old, new=new, note=note)


def _listed(campaigns: Sequence[OpenCampaign]) -> str:
    return "、".join(f"“{each.name}”" for each in campaigns)


def cancel(
    session: Session, unit: Organisation, *, by: Person | Actor, at: datetime, note: str = ""
) -> None:
    """取消移动: clear a planned move; without one nothing changes."""
    if unit.next_parent_id is None:
        return
    target = session.get_one(Organisation, unit.next_parent_id)
    unit.forget_planned_move()
    session.flush()
    words = f"{named(unit)}{note}"
    old = named(target)
    record(session, Action.MOVE_CANCELLED, unit.about, by=by, at=at, old=old, note=words)


def carry_out_due(now: datetime) -> None:
    """Carry out every planned move whose campaigns have stopped, each in its own transaction."""
    with tenancy.shared() as session:
        planned = session.scalars(
            select(Organisation).where(Organisation.next_parent_id.is_not(None))
        ).all()
    for unit in planned:
        if not open_campaigns(unit, now):
            _carry_out(unit, now)


def _carry_out(unit: Organisation, now: datetime) -> None:
    """Move one unit in the name of the person who planned it.

    The conditions are read again under the tree's lock: only one of two processes moves the unit,
    and a campaign published in the meantime delays the move.
    """
    with tenancy.inside(unit) as session, writing(session):
        hold_tree(session)
        there = read_anew(session, unit)
        if there.next_parent_id is None or there.path != unit.path or open_campaigns(there, now):
            return
        target = session.get_one(Organisation, there.next_parent_id)
        decided = there.move_planned_at or now
        by = Actor(there.move_planned_by, there.move_planned_by_id)
        if refused := objection(session, there, target):
            cancel(session, there, by=by, at=now, note=f"，没有移动：{refused}")
        else:
            note = f"，停止填报后自动移动，{in_words(decided)}决定"
            put_below(session, there, target, by=by, at=now, note=note)
        session.commit()


def leaving(session: Session, union: Organisation) -> Sequence[Organisation]:
    """The units directly below a union with a planned move."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.parent_id == union.id, Organisation.next_parent_id.is_not(None))
        .order_by(Organisation.position, Organisation.code)
    ).all()


def arriving(session: Session, union: Organisation) -> Sequence[Organisation]:
    """The units with a planned move to a union."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.next_parent_id == union.id)
        .order_by(Organisation.position, Organisation.code)
    ).all()
