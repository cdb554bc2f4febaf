"""Moving: a unit changes its upper union when no campaign collects from it any more.

Review and the database's own walls follow the living tree; a campaign's board and sums follow
the copy that was made when it was published. A move in the middle would part them. So a move
that is decided meanwhile waits in the unit's row. It is carried out with the first page that
anybody opens after the last of those campaigns has stopped, before a campaign is published, and
by `portal remind`: nothing has to run by itself, and no copy of the tree is made too early.
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
from portal.models.organisation import SEGMENT, end_of_subtree, path_below
from portal.models.trail import record
from portal.models.trail_actions import Action
from portal.register.units import MAX_DEPTH
from portal.storage.db import hold, writing

LOOKED = "moves looked for"
NO_PAGES = frozenset({None, "static", "healthz"})


def init_app(app: Flask) -> None:
    """Look for due moves before a page's organisation is entered, since its path may change."""
    app.extensions[LOOKED] = None
    app.url_value_preprocessor(_look)


def _look(endpoint: str | None, _values: object) -> None:
    """Carry out what is due with the first page of a minute: a move falls due on a minute."""
    if request.method != "GET" or endpoint in NO_PAGES:
        return
    now = clock.now()
    if current_app.extensions[LOOKED] == to_the_minute(now):
        return
    current_app.extensions[LOOKED] = to_the_minute(now)
    carry_out_due(now)


def hold_tree(session: Session) -> None:
    """Let one change of the tree wait for the other, so that no two moves make a ring.

    Publishing a campaign waits too: it copies the tree. Rows that only refer to the root, such
    as those of the trail, do not wait.
    """
    root = select(Organisation.id).where(Organisation.parent_id.is_(None))
    hold(session, root.with_for_update(key_share=True), {})


def read_anew(session: Session, unit: Organisation) -> Organisation:
    """The organisation as it is now, belonging to the session that changes it."""
    found = session.scalars(
        select(Organisation)
        .where(Organisation.id == unit.id)
        .execution_options(populate_existing=True)
    )
    return found.one()


def open_campaigns(unit: Organisation, now: datetime) -> tuple[OpenCampaign, ...]:
    """The published campaigns with `unit` or one below it on their lists that have not stopped.

    Units that are 免报 count too: the city can expect them until the campaign stops.
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
    """An organisation as the trail names it."""
    return f"{unit.name}（{unit.code}）"


def levels(path: str) -> int:
    """How many organisations stand on the way from the city to this one, both counted."""
    return path.count("/") - 1


def objection(session: Session, unit: Organisation, target: Organisation) -> str | None:
    """Why `unit` cannot stand below `target`, as a sentence; None when it can."""
    if target.closed_at:
        return f"{target.name}已关闭，不能作为上级单位。"
    if target.path.startswith(unit.path):
        return "不能移到自己或自己的下级单位下面。"
    if levels(target.path) + _height(session, unit) > MAX_DEPTH:
        return f"移过去后单位会超过 {MAX_DEPTH} 级。"
    return None


def _height(session: Session, unit: Organisation) -> int:
    """How many levels a unit and everything below it take."""
    longest = session.scalar(
        select(func.max(func.length(Organisation.path))).where(
            Organisation.path >= unit.path, Organisation.path < end_of_subtree(unit.path)
        )
    )
    return ((longest or len(unit.path)) - len(unit.path)) // SEGMENT + 1


def put_below(
    session: Session,
    unit: Organisation,
    target: Organisation,
    *,
    by: Person | Actor,
    at: datetime,
    note: str = "",
) -> None:
    """Put a unit, with everything below it, under another one; a move that waited is over.

    Whoever calls it holds the tree and has found no `objection`.
    """
    left = session.get_one(Organisation, unit.parent_id)
    # first, since the database's own wall knows this transaction by the path that is given up
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
    """What the trail says of a planned move that something else makes void; empty without one."""
    if unit.next_parent_id is None:
        return ""
    target = session.get_one(Organisation, unit.next_parent_id)
    return f"，原安排移到{named(target)}，不再执行"


def _rewrite_paths(session: Session, old: str, new: str) -> None:
    """Let every path that begins with `old` begin with `new`, in one statement."""
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
    """停止填报后自动移动: keep the move in the unit's row; the same once more changes nothing."""
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
    """取消移动: the unit stays where it stands; without a planned move nothing changes."""
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
    """Move one unit in the name of the person who decided it.

    What it decides on is read again once the tree is held: of two processes one moves it, and a
    campaign that was published meanwhile is waited for.
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
    """The units directly below a union that wait to move away from it."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.parent_id == union.id, Organisation.next_parent_id.is_not(None))
        .order_by(Organisation.position, Organisation.code)
    ).all()


def arriving(session: Session, union: Organisation) -> Sequence[Organisation]:
    """The units that wait to move below a union."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.next_parent_id == union.id)
        .order_by(Organisation.position, Organisation.code)
    ).all()
