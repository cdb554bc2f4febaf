"""The signed-in person, identified by a random token whose hash is in the database.

Flask-Login keeps the token in the signed session cookie. Its row is ended by an administrator, a
new password, inactivity or age, which takes effect at the next request.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from flask import Flask, g, request
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy import bindparam, select, update

from portal import clock
from portal.models import Organisation, SignIn, SignInLink, TrailEntry, TrailHead, User
from portal.models.prepared import Prepared, as_detached, columns_of
from portal.models.trail_actions import EntryChannel
from portal.models.user import Role
from portal.storage.db import db, writing
from portal.storage.fence import Door, FencedSession, read_through

MAX_IDLE = timedelta(minutes=30)
"""Inactivity that ends a sign-in (GB/T 22239-2019, 8.1.4.1 b: 超时自动退出)."""

MAX_AGE = timedelta(hours=12)
"""Age that ends a sign-in, even an active one."""

SEEN_EVERY = timedelta(minutes=1)
"""The least time between two updates of `seen_at`; without it every page would write."""

SIGN_IN = Door("sign_in", frozenset({User, SignIn, SignInLink, TrailEntry, TrailHead}))
"""The door to users and sign-ins before anybody is signed in, so without a scope."""


@dataclass(frozen=True, slots=True, eq=False)
class Person(UserMixin):  # type: ignore[misc]
    """The signed-in user with the attributes that rules need."""

    token: str
    id: int
    username: str
    name: str
    roles: frozenset[Role]
    must_change_password: bool
    organisation: Organisation
    seen_at: datetime

    def get_id(self) -> str:
        """The value in the session cookie: the token, not the user's id."""
        return self.token

    @property
    def channel(self) -> EntryChannel:
        """How what this person does comes in."""
        return EntryChannel.WEB

    def may_look_down(self) -> bool:
        """Whether one of the person's roles reaches below their own organisation."""
        return bool(self.roles & LOOKING_DOWN)


LOOKING_DOWN = frozenset({Role.REVIEWER, Role.ADMIN, Role.VIEWER, Role.AUDITOR})


def init_app(app: Flask) -> None:
    """Register the look-up of people by token with Flask-Login."""
    manager = LoginManager(app)
    manager.session_protection = None  # our tokens can be ended; IP addresses change
    manager.user_loader(person_by_token)
    app.before_request(note_seen)


@contextmanager
def sign_in_door() -> Iterator[FencedSession]:
    """A session on users and sign-ins, before anybody is signed in."""
    session = FencedSession(db, scope=SIGN_IN, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


_known = Prepared(
    select(
        User.id,
        User.username,
        User.name,
        User.roles,
        User.must_change_password,
        SignIn.started_at,
        SignIn.seen_at,
        *columns_of(Organisation),
    )
    .join(User, User.id == SignIn.user_id)
    .join(Organisation, Organisation.id == User.organisation_id)
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        User.disabled_at.is_(None),
        Organisation.closed_at.is_(None),
    )
)


def person_by_token(token: str) -> Person | None:
    """The person of a token; None if it is unknown, ended, inactive or too old."""
    found = read_through(SIGN_IN, db, _known, {"token_hash": hashed(token)})
    row = found[0] if found else None
    if row is None or _lapsed(row, clock.now()):
        return None
    return Person(
        token=token,
        id=row.id,
        username=row.username,
        name=row.name,
        roles=frozenset(Role(role) for role in row.roles),
        must_change_password=row.must_change_password,
        organisation=as_detached(Organisation, row),
        seen_at=row.seen_at,
    )


def _lapsed(row: Any, now: datetime) -> bool:
    return bool(now - row.seen_at > MAX_IDLE or now - row.started_at > MAX_AGE)


def hashed(token: str) -> str:
    """The hash of a token, as stored."""
    return sha256(token.encode()).hexdigest()


def new_token() -> str:
    """A new random token of 256 bits."""
    return secrets.token_urlsafe(32)


def note_seen() -> None:
    """Update `seen_at` of this sign-in at most once a minute; polling does not count as use."""
    if request.endpoint == "static" or request.headers.get("X-Portal-Poll"):
        return
    person = who()
    if person is None or clock.now() - person.seen_at < SEEN_EVERY:
        return
    with sign_in_door() as door, writing(door) as session:
        session.execute(
            update(SignIn)
            .where(SignIn.token_hash == hashed(person.token))
            .values(seen_at=clock.now())
            .execution_options(synchronize_session=False)
        )
        session.commit()


def who() -> Person | None:
    """The signed-in person, or None."""
    person = current_user._get_current_object()
    return person if isinstance(person, Person) else None


def actor() -> Person:
    """The signed-in person, in a view whose rule requires one."""
    person: Person = current_user._get_current_object()
    return person


def address() -> str:
    """The address that the request came from."""
    return (request.remote_addr or "")[:64]


def organisation_here() -> Organisation:
    """The organisation named in the URL, which tenancy has let the person enter."""
    organisation: Organisation = g.organisation
    return organisation
