"""Operations on the tree. Each changes rows and writes the trail; the view commits.

Access follows the live tree at once. Campaigns keep the copy that they made when they opened, so
past boards, sums, names and orders never change.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.access import links
from portal.access.identity import Person
from portal.collection import moves
from portal.collection.moves import named
from portal.domain.campaign.calendar import in_words
from portal.domain.campaign.tree_moves import OpenCampaign
from portal.domain.report_state import NotAllowedNow
from portal.models import Organisation, SignIn, User
from portal.models.organisation import add_organisation, organisation_by_code
from portal.models.trail import Entry, record, record_all
from portal.models.trail_actions import Action
from portal.organisations.queries import Unfinished
from portal.organisations.typed import Typed, mark
from portal.register.units import MAX_DEPTH


def add_below(
    session: Session, above: Organisation, typed: Typed, *, by: Person, at: datetime
) -> Organisation:
    """Add an organisation below `above`.

    Raises `NotAllowedNow` (409) where `above` is closed or on the lowest level, `ValueError` (422)
    where the code is taken.
    """
    moves.hold_tree(session)
    above = moves.read_anew(session, above)
    if above.closed_at:
        raise NotAllowedNow(f"{above.name}已关闭，不能在下面新增单位。")
    if moves.levels(above.path) >= MAX_DEPTH:
        raise NotAllowedNow(f"单位最多 {MAX_DEPTH} 级，这里不能再往下新增。")
    if organisation_by_code(session, typed.code):
        raise ValueError(f"代码 {typed.code} 已经有单位用了，请换一个。")
    made = add_organisation(
        session,
        code=typed.code,
        name=typed.name,
        kind=typed.kind,
        parent=above,
        position=int(typed.position),
    )
    made.contact, made.phone = typed.contact, typed.phone
    session.flush()
    record(session, Action.ORGANISATION_ADDED, above.about, by=by, at=at, note=named(made))
    return made


def change(session: Session, unit: Organisation, typed: Typed, *, by: Person, at: datetime) -> None:
    """Change an organisation's name, kind, order and contact; an equal value writes no trail.

    Only the unions above change a unit's name, kind and order, since their tables print them.
    Raises `NotAllowedNow` (409) for those fields at home, and where somebody changed the unit since
    the page was shown.
    """
    unit = moves.read_anew(session, unit)
    if unit.id == by.organisation.id and unit.parent_id:
        own = (unit.name, unit.kind, str(unit.position))
        if (typed.name, typed.kind, typed.position) != own:
            raise NotAllowedNow("本单位的名称、类型和排序号由上级工会修改，您可以改联系人和电话。")
    before = _described(unit)
    wanted = (typed.name, typed.kind, int(typed.position), typed.contact, typed.phone)
    if wanted == (unit.name, unit.kind, unit.position, unit.contact, unit.phone):
        return
    if typed.seen != mark(unit):
        raise NotAllowedNow("这个单位刚才已被别人修改，您的修改没有保存。请看过现在的内容再改。")
    unit.name, unit.kind, unit.position, unit.contact, unit.phone = wanted
    session.flush()
    record(
        session,
        Action.ORGANISATION_CHANGED,
        unit.about,
        by=by,
        at=at,
        old=before,
        new=_described(unit),
    )


def _described(unit: Organisation) -> str:
    """An organisation in one line, for the trail."""
    parts = (unit.name, unit.kind, f"排序号 {unit.position}", unit.contact, unit.phone)
    return "，".join(part for part in parts if part)[:500]


def move(
    session: Session, unit: Organisation, target: Organisation, *, by: Person, at: datetime
) -> Sequence[OpenCampaign]:
    """Move a unit and its subtree below another one, now or once its campaigns have closed.

    Returns the open campaigns that the move waits for; none when it is done. Raises `ValueError`
    (422) with a sentence when the target cannot take it, `NotAllowedNow` (409) when the unit must
    not be moved. A move to where it stands changes nothing.
    """
    moves.hold_tree(session)
    unit, target = moves.read_anew(session, unit), moves.read_anew(session, target)
    _refuse_own(unit, by, "移动")
    if unit.closed_at:
        raise NotAllowedNow("单位已关闭，请先恢复再移动。")
    if target.id == unit.parent_id:
        return ()
    if refused := moves.objection(session, unit, target):
        raise ValueError(refused)
    if waits := moves.open_campaigns(unit, at):
        moves.plan(session, unit, target, waits, by=by, at=at)
    else:
        moves.put_below(session, unit, target, by=by, at=at)
    return waits


def cancel_move(session: Session, unit: Organisation, *, by: Person, at: datetime) -> None:
    """取消移动: cancel a planned move; the unit stays below its present union.

    Raises `NotAllowedNow` (409) for the city and for one's own unit.
    """
    moves.hold_tree(session)
    unit = moves.read_anew(session, unit)
    _refuse_own(unit, by, "移动")
    moves.cancel(session, unit, by=by, at=at)


def _refuse_own(unit: Organisation, by: Person, what: str) -> None:
    if unit.parent_id is None:
        raise NotAllowedNow(f"最上级单位不能{what}。")
    if unit.id == by.organisation.id:
        raise NotAllowedNow(f"本单位不能由自己{what}，请联系上级工会的管理员。")


def close(
    session: Session,
    unit: Organisation,
    unfinished: Sequence[Unfinished],
    *,
    by: Person,
    at: datetime,
) -> None:
    """关闭: nobody of the unit can sign in, new campaigns do not expect it, past years stay.

    `unfinished` are the reports that it still owes. Raises `NotAllowedNow` (409) where there is
    one, where open units are below it (nobody would review their reports) or wait to move there,
    for the city and for one's own unit.
    """
    moves.hold_tree(session)
    unit = moves.read_anew(session, unit)
    _refuse_own(unit, by, "关闭")
    if unit.closed_at:
        return
    _refuse_unfinished(unfinished, "关闭")
    if below := len(_children(session, unit)):
        raise NotAllowedNow(f"还有 {below} 个下级单位，请先移动、合并或关闭它们。")
    _refuse_awaited(session, unit, "关闭")
    note = f"{named(unit)}{moves.dropped(session, unit)}"
    _shut(session, unit, at)
    record(session, Action.ORGANISATION_CLOSED, unit.about, by=by, at=at, note=note)


def _refuse_unfinished(unfinished: Sequence[Unfinished], what: str) -> None:
    if unfinished:
        names = "、".join(f"“{one.campaign}”（{one.state.label}）" for one in unfinished)
        raise NotAllowedNow(
            f"{names}里，这个单位的报表还没有审核通过。请先审核通过或改为免报；"
            f"确实要现在{what}，请勾选“仍要{what}”。"
        )


def _refuse_awaited(session: Session, unit: Organisation, what: str) -> None:
    if coming := moves.arriving(session, unit):
        names = "、".join(each.name for each in coming)
        raise NotAllowedNow(f"{names}等待移到{unit.name}之下，请先取消移动，再{what}。")


def _children(session: Session, unit: Organisation) -> Sequence[Organisation]:
    """The open organisations directly below a unit, in the city's fixed order."""
    return session.scalars(
        select(Organisation)
        .where(Organisation.parent_id == unit.id, Organisation.closed_at.is_(None))
        .order_by(Organisation.position, Organisation.code)
        .execution_options(populate_existing=True)
    ).all()


def _shut(session: Session, unit: Organisation, at: datetime) -> None:
    """Mark a unit as closed and end the sign-ins of its people."""
    unit.closed_at = at
    unit.forget_planned_move()
    session.execute(
        update(SignIn)
        .where(SignIn.organisation_id == unit.id, SignIn.ended_at.is_(None))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )
    users = session.scalars(select(User.id).where(User.organisation_id == unit.id)).all()
    links.revoke(session, users, at=at)
    session.flush()


def reopen(session: Session, unit: Organisation, *, by: Person, at: datetime) -> None:
    """恢复: a closed unit reports again, and its people sign in as before.

    Raises `NotAllowedNow` (409) while the union above it is closed.
    """
    moves.hold_tree(session)
    unit = moves.read_anew(session, unit)
    if unit.closed_at is None:
        return
    _refuse_own(unit, by, "恢复")
    above = session.get_one(Organisation, unit.parent_id)
    if above.closed_at:
        raise NotAllowedNow(f"上级单位{above.name}已关闭，请先恢复上级单位。")
    unit.closed_at = unit.merged_into_id = None
    session.flush()
    record(session, Action.ORGANISATION_REOPENED, unit.about, by=by, at=at, note=named(unit))


def merge(
    session: Session,
    unit: Organisation,
    into: Organisation,
    unfinished: Sequence[Unfinished],
    *,
    with_people: bool,
    units_into: bool,
    by: Person,
    at: datetime,
) -> None:
    """合并: close `unit` in favour of `into`; past campaigns keep both under their names.

    With `with_people` its accounts move over, else they stay closed. The units below it move below
    `into` with `units_into`, else below the union above them; that is refused while a campaign
    collects from them. The session sees the accounts of all organisations. Raises `NotAllowedNow`
    (409) and `ValueError` (422) as `move` and `close` do.
    """
    moves.hold_tree(session)
    unit, into = moves.read_anew(session, unit), moves.read_anew(session, into)
    _refuse_own(unit, by, "合并")
    _refuse_heir(unit, into)
    _refuse_unfinished(unfinished, "合并")
    heir = into if units_into else session.get_one(Organisation, unit.parent_id)
    children = _children(session, unit)
    _refuse_collected(children, at)
    _refuse_awaited(session, unit, "合并")
    for child in children:
        if refused := moves.objection(session, child, heir):
            raise ValueError(refused)
        moves.put_below(session, child, heir, by=by, at=at)
    dropped = moves.dropped(session, unit)
    _shut(session, unit, at)
    unit.merged_into_id = into.id
    session.flush()
    moved = _move_people(session, unit, into, by=by, at=at) if with_people else 0
    note = f"{named(unit)}并入{named(into)}，转入用户 {moved} 人，下级单位 {len(children)} 个"
    if children:
        note += f"归{heir.name}"
    note += dropped
    for place in (unit, into):
        record(session, Action.ORGANISATION_MERGED, place.about, by=by, at=at, note=note)


def _refuse_heir(unit: Organisation, into: Organisation) -> None:
    """Raise where `unit` is closed already, or cannot be closed for `into`."""
    if unit.closed_at:
        raise NotAllowedNow("单位已关闭，不能再合并。")
    if into.closed_at:
        raise ValueError(f"{into.name}已关闭，不能并入。")
    if into.path.startswith(unit.path):
        raise ValueError("不能并入自己或自己的下级单位；要并入下级单位，请先把它移出来。")


def _refuse_collected(children: Sequence[Organisation], at: datetime) -> None:
    """Raise `NotAllowedNow` where a campaign collects from a unit below the merged one."""
    for child in children:
        if waits := moves.open_campaigns(child, at):
            until = in_words(max(each.until for each in waits))
            raise NotAllowedNow(
                f"“{waits[0].name}”还没有停止填报，下级单位{child.name}现在不能换上级。"
                f"请在停止填报（{until}）以后再合并。"
            )


def _move_people(
    session: Session, unit: Organisation, into: Organisation, *, by: Person, at: datetime
) -> int:
    """Move every active account to `into`, under its username and with its password.

    A row never changes its owner: what a person did stays with the old account, which is disabled
    and renamed in its old unit.
    """
    people = session.scalars(
        select(User)
        .where(User.organisation_id == unit.id, User.disabled_at.is_(None))
        .order_by(User.username)
    ).all()
    successors = [_successor(user, into, at) for user in people]
    for user in people:
        user.username = f"{user.username[:MAX_RETIRED_LENGTH]}.{user.id}"
        user.disabled_at = at
    session.flush()
    session.add_all(successors)
    session.flush()
    for action, place, other in (
        (Action.USER_LEFT, unit, f"转到{into.name}"),
        (Action.USER_CAME, into, f"从{unit.name}转来"),
    ):
        entries = [Entry(action, note=f"{links.named(one)}，{other}") for one in successors]
        record_all(session, place.about, entries, by=by, at=at)
    return len(people)


MAX_RETIRED_LENGTH = 50
"""Characters kept of the username of a moved account; its number is appended."""


def _successor(user: User, into: Organisation, at: datetime) -> User:
    return User(
        organisation_id=into.id,
        username=user.username,
        name=user.name,
        phone=user.phone,
        roles=list(user.roles),
        password_hash=user.password_hash,
        must_change_password=user.must_change_password,
        created_at=at,
    )
