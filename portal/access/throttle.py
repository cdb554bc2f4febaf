"""Throttle: how many failures a name, an address or a person has left, kept in the database.

Kept there it outlives a restart and holds across processes. The answer is the same for names
that exist and names that do not.
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
    """What is counted for one attempt, with the failures that each may have in a window."""
    name = sha256(username.encode()).hexdigest()
    return {f"name:{name}": NAME_LIMIT, f"address:{address}": ADDRESS_LIMIT}


def link_keys(address: str) -> dict[str, int]:
    """What is counted for a one-time link that opens nothing: the address that it came from."""
    return {f"link:{address}": ADDRESS_LIMIT}


def of_person(what: str, user_id: int) -> dict[str, int]:
    """What is counted for somebody who is signed in and tries `what`."""
    return {f"{what}:{user_id}": PERSON_LIMIT}


def spent(session: Session, counted: dict[str, int], now: datetime) -> bool:
    """Whether some key has no attempt left."""
    rows = session.scalars(select(Throttle).where(Throttle.key.in_(counted)))
    return any(row.failures >= counted[row.key] for row in rows if now - row.since < WINDOW)


def count_failure(session: Session, counted: dict[str, int], now: datetime) -> None:
    """Count one failure for every key; a window that has run out starts anew."""
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
    """After a success: the name starts afresh, and windows that have run out are dropped."""
    name = next(iter(keys(username, "")))
    stale = Throttle.since < now - WINDOW
    session.execute(delete(Throttle).where((Throttle.key == name) | stale))
