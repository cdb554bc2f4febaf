"""The stage: one transaction in which people of several organisations act in turn.

The demonstration is loaded whole or not at all, and every row still passes its own organisation's
fence.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from portal.access.identity import Person
from portal.collection.assignment import FilledReport, fill_of, find_assignment
from portal.models import Organisation, User
from portal.models.user import Role
from portal.storage.db import db
from portal.storage.fence import FencedSession, OwnScope, Scope


class _Joined(FencedSession):
    """A session with its own scope inside the transaction of another session."""

    def get_bind(self, *_args: Any, **_kwargs: Any) -> Engine | Connection:
        """The connection of that transaction, for every statement.

        Raises `RuntimeError` when the transaction has no connection.
        """
        bind: Engine | Connection | None = self.bind
        if bind is None:
            raise RuntimeError("a joined session needs the connection that it joins")
        return bind


@dataclass(frozen=True)
class Stage:
    """The transaction, and everybody who acts in it, by username."""

    connection: Connection
    people: dict[str, Person] = field(default_factory=dict)

    @contextmanager
    def session(self, scope: Scope) -> Iterator[FencedSession]:
        """Open a session in this transaction; only one is used at a time."""
        session = _Joined(
            db, scope=scope, bind=self.connection, autoflush=True, expire_on_commit=False
        )
        try:
            yield session
            session.commit()
        finally:
            session.close()

    def enter(self, user: User, organisation: Organisation, at: datetime) -> None:
        """Add a user who acts from now on."""
        self.people[user.username] = Person(
            token="",
            id=user.id,
            username=user.username,
            name=user.name,
            roles=frozenset(Role(role) for role in user.roles),
            must_change_password=user.must_change_password,
            organisation=organisation,
            seen_at=at,
        )

    @contextmanager
    def report(self, code: str, campaign: str) -> Iterator[tuple[FencedSession, FilledReport]]:
        """The report of one organisation in one campaign.

        Raises `LookupError` when it has none.
        """
        home = next(p.organisation for p in self.people.values() if p.organisation.code == code)
        with self.session(OwnScope(home.id, home.path)) as session:
            assignment = find_assignment(session, campaign)
            if assignment is None:
                raise LookupError(f"{code} has no part in {campaign}")
            yield session, fill_of(session, assignment)
