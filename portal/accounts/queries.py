"""Queries on accounts: whom to ask about a password, and whom an administrator looks after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from portal.access.identity import MAX_AGE, MAX_IDLE
from portal.access.links import HandOut, find_all_living
from portal.access.passwords import NO_PASSWORD
from portal.models import Organisation, SignIn, User
from portal.models.organisation import end_of_subtree, root_organisation


def whom_to_ask(session: Session) -> Organisation | None:
    """The city, whose administrators reset forgotten passwords."""
    return root_organisation(session)


def user_named(session: Session, username: str) -> User | None:
    """The user of this organisation with that name, or None."""
    return session.scalar(select(User).where(User.username == username))


USERS_A_PAGE = 200
"""Users on one page of their list."""


@dataclass(frozen=True, slots=True)
class People:
    """A page of users, each a row of user, organisation and when they were last seen."""

    rows: Sequence[Any]
    page: int
    pages: int


def users_below(session: Session, looked_for: str = "", page: int = 1) -> People:
    """One page of the users in the session's subtree whose names contain `looked_for`."""
    wanted = [_holds(word) for word in looked_for.split()]
    count = select(func.count(User.id)).join(Organisation, Organisation.id == User.organisation_id)
    pages = max(1, ceil((session.scalar(count.where(*wanted)) or 0) / USERS_A_PAGE))
    page = min(max(1, page), pages)
    seen = func.max(SignIn.seen_at).label("seen_at")
    rows = session.execute(
        select(User, Organisation, seen)
        .join(Organisation, Organisation.id == User.organisation_id)
        .outerjoin(
            SignIn,
            (SignIn.organisation_id == User.organisation_id) & (SignIn.user_id == User.id),
        )
        .where(*wanted)
        .group_by(User.id, Organisation.id)
        .order_by(Organisation.position, Organisation.code, User.username)
        .offset((page - 1) * USERS_A_PAGE)
        .limit(USERS_A_PAGE)
    ).all()
    return People(rows, page, pages)


def _holds(word: str) -> ColumnElement[bool]:
    return or_(
        *(
            column.contains(word, autoescape=True)
            for column in (User.username, User.name, User.phone, Organisation.name)
        )
    )


def has_password(session: Session, user_id: int) -> bool:
    """Whether a user has a password; who came by a one-time link and chose none has none."""
    return bool(session.scalar(select(User.password_hash).where(User.id == user_id)))


def sign_ins_of(session: Session, user: User, now: datetime) -> Sequence[SignIn]:
    """The browsers in which a user is signed in at this moment, the newest first."""
    return session.scalars(
        select(SignIn)
        .where(
            SignIn.user_id == user.id,
            SignIn.ended_at.is_(None),
            SignIn.seen_at >= now - MAX_IDLE,
            SignIn.started_at >= now - MAX_AGE,
        )
        .order_by(SignIn.started_at.desc(), SignIn.token_hash)
    ).all()


def without_password(session: Session, path: str) -> Sequence[tuple[User, Organisation]]:
    """Everybody at `path` and below who never had a password, in the city's fixed order."""
    rows = session.execute(
        select(User, Organisation)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(
            Organisation.path >= path,
            Organisation.path < end_of_subtree(path),
            Organisation.closed_at.is_(None),
            User.password_hash == NO_PASSWORD,
            User.disabled_at.is_(None),
        )
        .order_by(Organisation.position, Organisation.code, User.username)
    ).all()
    return [(row[0], row[1]) for row in rows]


def handed_out(
    session: Session, tokens: Sequence[str], path: str, now: datetime
) -> Sequence[HandOut]:
    """The valid links of `tokens` whose users stand at `path` or below, in the same order."""
    living = find_all_living(session, tokens, now)
    return [
        HandOut(living[token][1], living[token][2], token)
        for token in tokens
        if token in living and living[token][2].path.startswith(path)
    ]
