"""Operations on accounts. Each changes rows and writes the trail; the view commits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.access import links, passwords, throttle
from portal.access.actor import Actor
from portal.access.identity import Person, hashed, new_token
from portal.access.links import named
from portal.access.passwords import NO_PASSWORD
from portal.accounts.typed import Typed, mark
from portal.domain.passwords import canonical_username, weakness
from portal.domain.report_state import NotAllowedNow
from portal.models import Organisation, SignIn, User
from portal.models.trail import record
from portal.models.trail_actions import Action
from portal.models.user import ROLE_LABELS, Role
from portal.register.people import add_user
from portal.storage.db import hold

SAME_ANSWER = "用户名或密码不正确。连续输错 5 次后，15 分钟内不能再试。"
LOCKED = "尝试次数过多，请 15 分钟后再试，或请管理员重置密码。"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in, as it was typed."""

    username: str
    password: str
    address: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an attempt failed: the sentence, and whether the throttle now blocks further attempts."""

    sentence: str
    too_many: bool = False


def name_as_typed(typed: str) -> str:
    """The canonical username, or the text itself where no username can read like it."""
    try:
        return canonical_username(typed)
    except ValueError:
        return typed[:64]


def check_attempt(session: Session, attempt: Attempt) -> User | Refusal:
    """Return the user whose password this is, or why not; reads only, hashes before any write."""
    counted = throttle.keys(attempt.username, attempt.address)
    if throttle.spent(session, counted, attempt.at):
        return Refusal(LOCKED, too_many=True)
    user = session.scalar(select(User).where(User.username == attempt.username))
    right = passwords.matches(user.password_hash if user else None, attempt.password)
    if user is None or not right or _is_closed(session, user):
        return Refusal(SAME_ANSWER)
    return user


def _is_closed(session: Session, user: User) -> bool:
    """Whether the account is disabled or its organisation closed, so that nobody can sign in."""
    home = session.get_one(Organisation, user.organisation_id)
    return user.disabled_at is not None or home.closed_at is not None


def count_failure(session: Session, attempt: Attempt) -> None:
    """Count a failed attempt, and write it to the trail of the user if the name is somebody's."""
    throttle.count_failure(session, throttle.keys(attempt.username, attempt.address), attempt.at)
    user = session.scalar(select(User).where(User.username == attempt.username))
    if user:
        by, note = Actor(user.username, user.id), attempt.address
        record(session, Action.SIGN_IN_FAILED, user.about, by=by, at=attempt.at, note=note)


def start_sign_in(session: Session, user: User, *, address: str, at: datetime) -> str:
    """Sign the user in and return the token that the browser will carry."""
    token = new_token()
    session.add(
        SignIn(
            token_hash=hashed(token),
            organisation_id=user.organisation_id,
            user_id=user.id,
            started_at=at,
            seen_at=at,
            address=address,
        )
    )
    throttle.forget(session, user.username, at)
    record(session, Action.SIGNED_IN, user.about, by=_self(user), at=at, note=address)
    return token


def _self(user: User) -> Actor:
    return Actor(user.name, user.id)


def end_sign_in(session: Session, person: Person, *, at: datetime) -> None:
    """Sign out by ending the sign-in of this browser's token."""
    session.execute(
        update(SignIn).where(SignIn.token_hash == hashed(person.token)).values(ended_at=at)
    )
    record(session, Action.SIGNED_OUT, person.organisation.about, by=person, at=at)


def end_all_sign_ins(session: Session, user_id: int, *, at: datetime) -> None:
    """End every sign-in of one user at once."""
    session.execute(
        update(SignIn)
        .where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
        .values(ended_at=at)
    )


def refuse_new_password(
    session: Session, person: Person, current: str, new: str, again: str
) -> str | None:
    """Why the password cannot be changed, as a sentence; None when it can."""
    kept = session.scalar(select(User.password_hash).where(User.id == person.id))
    if kept and not passwords.matches(kept, current):
        return "原密码不正确。"
    if new != again:
        return "两次输入的新密码不一致。"
    if kept and new == current:
        return "新密码不能与原密码相同。"
    return weakness(new, person.username, person.organisation.code)


def change_password(
    session: Session, person: Person, password_hash: str, *, address: str, at: datetime
) -> str:
    """Set the new password, end every sign-in, start a new one and return its token."""
    user = session.scalars(select(User).where(User.id == person.id)).one()
    user.password_hash = password_hash
    user.must_change_password = False
    end_all_sign_ins(session, user.id, at=at)
    record(session, Action.PASSWORD_CHANGED, user.about, by=_self(user), at=at)
    return start_sign_in(session, user, address=address, at=at)


def reset_password(
    session: Session, user: User, password_hash: str, *, by: Person, at: datetime
) -> None:
    """Give a user a one-time password and end every sign-in of theirs.

    The user must change it at once. A lock-out after failed attempts is lifted, since the
    administrator has seen who asks.
    """
    user.password_hash = password_hash
    user.must_change_password = True
    throttle.forget(session, user.username, at)
    _done_to(session, Action.PASSWORD_RESET, user, by, at)


def end_sign_ins_of(session: Session, user: User, *, by: Person, at: datetime) -> None:
    """End every sign-in of a user."""
    _done_to(session, Action.SIGN_INS_ENDED, user, by, at)


SHOWN_HASH_LENGTH = 16
"""Characters of a sign-in's hash that identify it on a page, among one user's sign-ins."""


def end_one_sign_in(session: Session, user: User, start: str, *, by: Person, at: datetime) -> None:
    """End the sign-in of a user whose hash begins with `start`, if it has not ended already."""
    living = select(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    for one in session.scalars(living):
        if one.token_hash[:SHOWN_HASH_LENGTH] == start:
            one.ended_at = at
            where = f"，{one.started_at:%Y-%m-%d %H:%M} 从 {one.address or '未知地址'} 登录的一处"
            session.flush()
            note = f"{named(user)}{where}"
            record(session, Action.SIGN_INS_ENDED, user.about, by=by, at=at, note=note)


def create_user(
    session: Session, organisation: Organisation, typed: Typed, *, by: Person, at: datetime
) -> User:
    """Give a person an account without a password, which a one-time link opens.

    The session sees the users of all organisations. Raises `ValueError` where the username is
    taken, `NotAllowedNow` (409) where the organisation is closed.
    """
    if organisation.closed_at:
        raise NotAllowedNow("单位已关闭，不能新建用户。")
    return add_user(
        session,
        organisation,
        username=typed.username,
        name=typed.name,
        phone=typed.phone,
        email=typed.email,
        roles=typed.roles,
        password_hash=NO_PASSWORD,
        by=by,
        at=at,
    )


def change_user(session: Session, user: User, typed: Typed, *, by: Person, at: datetime) -> None:
    """Change a user's name, phone, mail address and roles; an equal value writes no trail.

    Raises `NotAllowedNow` (409) where somebody changed the user since the page was shown, where the
    roles are one's own, or where the city would lose its last administrator.
    """
    roles = [role.value for role in typed.roles]
    wanted = (typed.name, typed.phone, typed.email, roles)
    if (user.name, user.phone, user.email, user.roles) == wanted:
        return
    _refuse_stale(user, typed)
    if roles != user.roles:
        if user.id == by.id:
            raise NotAllowedNow("不能修改自己的角色，请另一位管理员修改。")
        if Role.ADMIN not in typed.roles:
            keep_an_admin(session, user)
    before = _described(user)
    user.name, user.phone, user.email, user.roles = wanted
    session.flush()
    after, note = _described(user), named(user)
    about = user.about
    record(session, Action.USER_CHANGED, about, by=by, at=at, old=before, new=after, note=note)


def _refuse_stale(user: User, typed: Typed) -> None:
    if typed.seen != mark(user):
        raise NotAllowedNow("这个用户刚才已被别人修改，您的修改没有保存。请看过现在的内容再改。")


def _described(user: User) -> str:
    roles = "、".join(ROLE_LABELS[Role(role)] for role in user.roles)
    return "，".join(text for text in (user.name, user.phone, user.email, roles) if text)[:500]


def keep_an_admin(session: Session, user: User) -> None:
    """Raise `NotAllowedNow` (409) when `user` is the last administrator of the city.

    Nobody above the city could let its people in again. On PostgreSQL the city's accounts are
    locked, so that two administrators cannot remove each other at once.
    """
    home = session.get_one(Organisation, user.organisation_id)
    if home.parent_id is not None or Role.ADMIN not in user.roles:
        return
    others_here = (User.organisation_id == home.id, User.id != user.id)
    hold(session, select(User.id).where(User.organisation_id == home.id).with_for_update(), {})
    others = session.execute(select(User.roles, User.disabled_at).where(*others_here)).all()
    if not any(Role.ADMIN in one.roles and one.disabled_at is None for one in others):
        raise NotAllowedNow("这是最上级单位唯一的管理员，请先给另一位用户管理员角色。")


def hand_over(session: Session, user: User, typed: Typed, *, by: Person, at: datetime) -> None:
    """换人: give the account to another person, whose one-time link the caller makes.

    Earlier trail entries keep the name of the one who acted. The old password and every sign-in end
    at once. Raises `NotAllowedNow` (409) where the account is one's own, or was changed since the
    page was shown.
    """
    if user.id == by.id:
        raise NotAllowedNow("不能移交自己的账号，请另一位管理员办理。")
    _refuse_stale(user, typed)
    before = _described(user)
    user.name, user.phone, user.email = typed.name, typed.phone, typed.email
    user.password_hash, user.must_change_password = NO_PASSWORD, True
    end_all_sign_ins(session, user.id, at=at)
    session.flush()
    after, note = _described(user), named(user)
    about = user.about
    record(session, Action.USER_HANDED_OVER, about, by=by, at=at, old=before, new=after, note=note)


def revoke_link(session: Session, user: User, *, by: Person, at: datetime) -> bool:
    """Revoke the user's valid link; returns whether there was one."""
    if not links.revoke(session, [user.id], at=at):
        return False
    record(session, Action.LINK_REVOKED, user.about, by=by, at=at, note=named(user))
    return True


def spend_link(session: Session, token: str, *, address: str, at: datetime) -> tuple[User, str]:
    """Sign in by a one-time link; returns the user and the browser's token.

    The user's old password and sign-ins end: the next step is a new password. Raises `LookupError`
    when the link is unknown, spent, revoked or too old, after counting the failure.
    """
    found = links.find_living(session, token, at)
    if found is None:
        throttle.count_failure(session, throttle.link_keys(address), at)
        raise LookupError("no living link")
    link, user, _ = found
    link.spent_at = at
    user.password_hash, user.must_change_password = NO_PASSWORD, True
    end_all_sign_ins(session, user.id, at=at)
    session.flush()
    note = f"{address}，链接由{link.made_by}于 {link.made_at:%Y-%m-%d %H:%M} 生成"
    record(session, Action.LINK_SPENT, user.about, by=_self(user), at=at, note=note)
    return user, start_sign_in(session, user, address=address, at=at)


def disable(session: Session, user: User, *, by: Person, at: datetime) -> None:
    """Disable an account and end its sign-ins; raises `NotAllowedNow` (409) for the last admin."""
    keep_an_admin(session, user)
    user.disabled_at = at
    _done_to(session, Action.USER_DISABLED, user, by, at)


def enable(session: Session, user: User, *, by: Person, at: datetime) -> None:
    """Enable a disabled account."""
    user.disabled_at = None
    _done_to(session, Action.USER_ENABLED, user, by, at)


def _done_to(session: Session, action: Action, user: User, by: Person, at: datetime) -> None:
    end_all_sign_ins(session, user.id, at=at)
    session.flush()
    record(session, action, user.about, by=by, at=at, note=named(user))
