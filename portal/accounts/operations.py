"""Operations on accounts: each changes rows and leaves its trail; the view commits."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal import passwords
from portal.accounts import throttle
from portal.domain.passwords import canonical_username, weakness
from portal.identity import Person, hashed, new_token
from portal.models import SignIn, User
from portal.models.trail import Action, record

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
    """Why an attempt did not succeed: the sentence, and whether it was one too many."""

    sentence: str
    too_many: bool = False


def name_as_typed(typed: str) -> str:
    """The canonical name, or the text itself where it can be nobody's name."""
    try:
        return canonical_username(typed)
    except ValueError:
        return typed[:64]


def check_attempt(session: Session, attempt: Attempt) -> User | Refusal:
    """The user whose password this is; reads only, and hashes before any write begins."""
    counted = throttle.keys(attempt.username, attempt.address)
    if throttle.spent(session, counted, attempt.at):
        return Refusal(LOCKED, too_many=True)
    user = session.scalar(select(User).where(User.username == attempt.username))
    right = passwords.matches(user.password_hash if user else None, attempt.password)
    if user is None or not right or user.disabled_at is not None:
        return Refusal(SAME_ANSWER)
    return user


def count_failure(session: Session, attempt: Attempt) -> None:
    """Count a failed attempt; where the name is somebody's, it stands in their trail."""
    throttle.count_failure(session, throttle.keys(attempt.username, attempt.address), attempt.at)
    user = session.scalar(select(User).where(User.username == attempt.username))
    if user:
        record(
            session,
            Action.SIGN_IN_FAILED,
            organisation_id=user.organisation_id,
            actor=user.username,
            actor_id=user.id,
            at=attempt.at,
            note=attempt.address,
        )


def start_sign_in(session: Session, user: User, *, address: str, at: datetime) -> str:
    """Sign the user in; answers the token that the browser will carry."""
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
    record(
        session,
        Action.SIGNED_IN,
        organisation_id=user.organisation_id,
        actor=user.name,
        actor_id=user.id,
        at=at,
        note=address,
    )
    return token


def end_sign_in(session: Session, person: Person, *, at: datetime) -> None:
    """Sign out: this browser's token is worth nothing from now on."""
    session.execute(
        update(SignIn).where(SignIn.token_hash == hashed(person.token)).values(ended_at=at)
    )
    record(
        session,
        Action.SIGNED_OUT,
        organisation_id=person.organisation.id,
        actor=person.name,
        actor_id=person.id,
        at=at,
    )


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
    """Why the password cannot be changed so, as a sentence; None when it can."""
    kept = session.scalar(select(User.password_hash).where(User.id == person.id))
    if not passwords.matches(kept, current):
        return "原密码不正确。"
    if new != again:
        return "两次输入的新密码不一致。"
    if new == current:
        return "新密码不能与原密码相同。"
    return weakness(new, person.username, person.organisation.code)


def change_password(
    session: Session, person: Person, password_hash: str, *, address: str, at: datetime
) -> str:
    """Set the new password, end every sign-in and start a new one; answers its token."""
    user = session.scalars(select(User).where(User.id == person.id)).one()
    user.password_hash = password_hash
    user.must_change_password = False
    end_all_sign_ins(session, user.id, at=at)
    record(
        session,
        Action.PASSWORD_CHANGED,
        organisation_id=user.organisation_id,
        actor=user.name,
        actor_id=user.id,
        at=at,
    )
    return start_sign_in(session, user, address=address, at=at)


def reset_password(
    session: Session, user: User, password_hash: str, *, by: Person, at: datetime
) -> None:
    """Give a user a one-time password, to be changed at once; every sign-in of theirs ends.

    A lock-out after failed attempts is lifted: the administrator has seen who asks.
    """
    user.password_hash = password_hash
    user.must_change_password = True
    throttle.forget(session, user.username, at)
    _done_to(session, Action.PASSWORD_RESET, user, by, at)


def end_sign_ins_of(session: Session, user: User, *, by: Person, at: datetime) -> None:
    """End every sign-in of a user."""
    _done_to(session, Action.SIGN_INS_ENDED, user, by, at)


def disable(session: Session, user: User, *, by: Person, at: datetime) -> None:
    """Close an account: nobody can sign in with it and every sign-in ends."""
    user.disabled_at = at
    _done_to(session, Action.USER_DISABLED, user, by, at)


def enable(session: Session, user: User, *, by: Person, at: datetime) -> None:
    """Open a closed account again."""
    user.disabled_at = None
    _done_to(session, Action.USER_ENABLED, user, by, at)


def _done_to(session: Session, action: Action, user: User, by: Person, at: datetime) -> None:
    end_all_sign_ins(session, user.id, at=at)
    session.flush()
    record(
        session,
        action,
        organisation_id=user.organisation_id,
        actor=by.name,
        actor_id=by.id,
        at=at,
        note=f"{user.name}（{user.username}）",
    )
