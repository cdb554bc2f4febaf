"""Throttle: counts failures by name, address and person in the database.

The rows outlive a restart and are shared by all processes. Existing and unknown names are
answered alike.
"""

from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.models import Throttle

WINDOW = timedelta(minutes=15)
NAME_LIMIT = 5
ADDRESS_LIMIT = 60
PERSON_LIMIT = 20


def keys(username: str, address: str) -> dict[str, int]:
    """The keys counted for one attempt, each with its limit of failures per window."""
    name = sha256(username.encode()).hexdigest()
    return {f"name:{name}": NAME_LIMIT, f"address:{address}": ADDRESS_LIMIT}


def link_keys(address: str) -> dict[str, int]:
    """The keys counted for an invalid one-time link: the client's address."""
    return {f"link:{address}": ADDRESS_LIMIT}


def of_person(what: str, user_id: int) -> dict[str, int]:
    """The keys counted for a signed-in person who tries `what`."""
    return {f"{what}:{user_id}": PERSON_LIMIT}


def spent(session: Session, counted: dict[str, int], now: datetime) -> bool:
    """Whether a key has reached its limit."""
    rows = session.scalars(select(Throttle).where(Throttle.key.in_(counted)))
    return any(row.failures >= counted[row.key] for row in rows if now - row.since < WINDOW)


def count_failure(session: Session, counted: dict[str, int], now: datetime) -> None:
    """Count one failure for every key; an expired window starts anew."""
    rows = session.scalars(select(Throttle).where(Throttle.key.in_(counted)))
    known = {row.key: row for row in rows}
    for key in counted:
        row = known.get(key)
        if row is None:
            session.add(Throttle(key=key, failures=1, since=now))
        elif now - row.since >= WINDOW:
            row.failures, row.since = 1, now
        else:
            row.failures += 1


def forget(session: Session, username: str, now: datetime) -> None:
    """Reset the count of a name after a success, and delete expired windows."""
    name = next(iter(keys(username, "")))
    stale = Throttle.since < now - WINDOW
    session.execute(delete(Throttle).where((Throttle.key == name) | stale))
