"""One-time sign-in links: handed out instead of a password, each used once by pressing a button.

Only the hash of a link's token is stored. A user has at most one valid link: a new one revokes the
one before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.access.identity import hashed, new_token
from portal.models import Organisation, SignInLink, User
from portal.models.trail import Entry, record_everywhere
from portal.models.trail_actions import Action

VALID_FOR = timedelta(days=7)
"""The time for which a link is valid."""


@dataclass(frozen=True, slots=True)
class HandOut:
    """A link to hand to one person; its token is stored nowhere."""

    user: User
    organisation: Organisation
    token: str


def make_links(
    session: Session, people: Sequence[tuple[User, Organisation]], *, by: Actor, at: datetime
) -> list[HandOut]:
    """Make a link for each of `people` and revoke their earlier links."""
    revoke(session, [user.id for user, _ in people], at=at)
    made = [HandOut(user, organisation, new_token()) for user, organisation in people]
    rows = [
        {
            "organisation_id": one.user.organisation_id,
            "user_id": one.user.id,
            "token_hash": hashed(one.token),
            "made_at": at,
            "made_by": by.name,
            "expires_at": at + VALID_FOR,
        }
        for one in made
    ]
    if rows:
        session.execute(insert(SignInLink), rows)
    told = ((user.about, Entry(Action.LINK_MADE, note=named(user))) for user, _ in people)
    record_everywhere(session, told, by=by, at=at)
    return made


def named(user: User) -> str:
    """The user in the trail's words: the person's current name, and the username."""
    return f"{user.name}（{user.username}）"


MAX_PARAMETERS = 500
"""Users in one statement; databases limit the number of its parameters."""


def revoke(session: Session, user_ids: Sequence[int], *, at: datetime) -> int:
    """Revoke the valid links of these users; returns their number."""
    revoked = 0
    for start in range(0, len(user_ids), MAX_PARAMETERS):
        done = session.execute(
            update(SignInLink)
            .where(
                SignInLink.user_id.in_(user_ids[start : start + MAX_PARAMETERS]),
                SignInLink.spent_at.is_(None),
                SignInLink.revoked_at.is_(None),
            )
            .values(revoked_at=at)
            .returning(SignInLink.token_hash)
            .execution_options(synchronize_session=False)
        )
        revoked += len(done.all())
    return revoked


Living = tuple[SignInLink, User, Organisation]
"""A valid link with its user and organisation."""


def find_living(session: Session, token: str, now: datetime) -> Living | None:
    """The valid link of a token with its user; None if it is unknown, used, revoked or too old.

    A link of a closed account or a closed organisation is not valid either.
    """
    return find_all_living(session, [token], now).get(token)


def find_all_living(session: Session, tokens: Sequence[str], now: datetime) -> dict[str, Living]:
    """The valid links among `tokens`."""
    by_hash = {hashed(token): token for token in tokens}
    hashes = list(by_hash)
    found: dict[str, Living] = {}
    for start in range(0, len(hashes), MAX_PARAMETERS):
        rows = session.execute(
            select(SignInLink, User, Organisation)
            .join(User, User.id == SignInLink.user_id)
            .join(Organisation, Organisation.id == SignInLink.organisation_id)
            .where(
                SignInLink.token_hash.in_(hashes[start : start + MAX_PARAMETERS]),
                SignInLink.spent_at.is_(None),
                SignInLink.revoked_at.is_(None),
                SignInLink.expires_at > now,
                User.disabled_at.is_(None),
                Organisation.closed_at.is_(None),
            )
        )
        found |= {by_hash[row[0].token_hash]: (row[0], row[1], row[2]) for row in rows}
    return found


def living_link_of(session: Session, user: User, now: datetime) -> SignInLink | None:
    """The user's valid link, or None."""
    return session.scalar(
        select(SignInLink).where(
            SignInLink.user_id == user.id,
            SignInLink.spent_at.is_(None),
            SignInLink.revoked_at.is_(None),
            SignInLink.expires_at > now,
        )
    )


def link_address(public_url: str, token: str) -> str:
    """The address to hand out; opening it redirects at once to one without the token."""
    return f"{public_url}/sign-in-links/{token}"
