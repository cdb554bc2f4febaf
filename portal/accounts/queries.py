"""Queries on accounts: whom to ask, and whom an administrator looks after."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import Organisation, SignIn, User
from portal.models.organisation import root_organisation


def whom_to_ask(session: Session) -> Organisation | None:
    """The city, whose administrators reset forgotten passwords."""
    return root_organisation(session)


def user_named(session: Session, username: str) -> User | None:
    """The user of this organisation with that name, or None."""
    return session.scalar(select(User).where(User.username == username))


def users_below(session: Session) -> Sequence[Any]:
    """Users of the session's subtree with their organisation and when they were last seen."""
    seen = func.max(SignIn.seen_at).label("seen_at")
    return session.execute(
        select(User, Organisation, seen)
        .join(Organisation, Organisation.id == User.organisation_id)
        .outerjoin(SignIn, SignIn.user_id == User.id)
        .group_by(User.id, Organisation.id)
        .order_by(Organisation.position, Organisation.code, User.username)
    ).all()
