"""People: create an account, or set a password as an administrator."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.access.links import named
from portal.domain.passwords import canonical_username
from portal.models import Organisation, SignIn, User
from portal.models.trail import Author, record
from portal.models.trail_actions import Action
from portal.models.user import ROLE_LABELS, Role
from portal.register.units import wrong_name


def add_user(
    session: Session,
    organisation: Organisation,
    *,
    username: str,
    name: str,
    roles: Sequence[Role],
    password_hash: str,
    must_change_password: bool = True,
    phone: str = "",
    email: str = "",
    by: Author,
    at: datetime,
) -> User:
    """Create an account in `organisation`; raises `ValueError` with a sentence.

    The session must see the users of all organisations, since a username is unique among them.
    """
    username, name = canonical_username(username), name.strip()
    if session.scalar(select(User.id).where(User.username == username)):
        raise ValueError(f"用户名 {username} 已经有人用了。")
    if sentence := wrong_name(name):
        raise ValueError(f"{sentence}。")
    user = User(
        organisation_id=organisation.id,
        username=username,
        name=name,
        phone=phone,
        email=email,
        roles=[role for role in Role if role in roles],
        password_hash=password_hash,
        must_change_password=must_change_password,
        created_at=at,
    )
    session.add(user)
    session.flush()
    duties = "、".join(ROLE_LABELS[Role(role)] for role in user.roles)
    note = f"{named(user)}，{duties}"
    record(session, Action.USER_CREATED, user.about, by=by, at=at, note=note)
    return user


def give_password(
    session: Session,
    user: User,
    password_hash: str,
    *,
    must_change_password: bool = True,
    by: Author,
    at: datetime,
) -> None:
    """Set a user's password as an administrator, and end all of the user's sign-ins."""
    user.password_hash = password_hash
    user.must_change_password = must_change_password
    session.execute(
        update(SignIn)
        .where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
        .values(ended_at=at)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    record(session, Action.PASSWORD_RESET, user.about, by=by, at=at, note=named(user))
