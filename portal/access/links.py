"""One-time sign-in links: handed out in place of a password, each spent by one press of a button.

Only the hash of a link's token is kept. A user has one living link at most: a new one takes the
place of the one before.
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

LASTING = timedelta(days=7)
"""How long a link can be spent."""


@dataclass(frozen=True, slots=True)
class HandOut:
    """A link to be handed to one person; the token is known here and to nobody else."""

    user: User
    organisation: Organisation
    token: str


def make_links(
    session: Session, people: Sequence[tuple[User, Organisation]], *, by: Actor, at: datetime
) -> list[HandOut]:
    """Make a link for everybody in `people`; the links that they had before are revoked."""
    revoke(session, [user.id for user, _ in people], at=at)
    made = [HandOut(user, organisation, new_token()) for user, organisation in people]
    rows = [
        {
            "organisation_id": one.user.organisation_id,
            "user_id": one.user.id,
            "token_hash": hashed(one.token),
            "made_at": at,
            "made_by": by.name,
            "expires_at": at + LASTING,
        }
        for one in made
    ]
    if rows:
        session.execute(insert(SignInLink), rows)
    told = ((user.about, Entry(Action.LINK_MADE, note=named(user))) for user, _ in people)
    record_everywhere(session, told, by=by, at=at)
    return made


def named(user: User) -> str:
    """The user as the trail names them: the person's name now, and the account's."""
    return f"{user.name}（{user.username}）"


AT_ONCE = 500
"""Users named in one statement: databases limit how many values it may carry."""


def revoke(session: Session, user_ids: Sequence[int], *, at: datetime) -> int:
    """Make the living links of these users worthless; answers how many there were."""
    revoked = 0
    for start in range(0, len(user_ids), AT_ONCE):
        done = session.execute(
            update(SignInLink)
            .where(
                SignInLink.user_id.in_(user_ids[start : start + AT_ONCE]),
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
"""A link that can be spent, with its user and their organisation."""


def find_living(session: Session, token: str, now: datetime) -> Living | None:
    """The link behind a token with its user; None when it is unknown, spent, revoked or too old.

    A link of a closed account or a closed organisation opens nothing either.
    """
    return find_all_living(session, [token], now).get(token)


def find_all_living(session: Session, tokens: Sequence[str], now: datetime) -> dict[str, Living]:
    """The links behind those of `tokens` that can be spent."""
    by_hash = {hashed(token): token for token in tokens}
    hashes = list(by_hash)
    found: dict[str, Living] = {}
    for start in range(0, len(hashes), AT_ONCE):
        rows = session.execute(
            select(SignInLink, User, Organisation)
            .join(User, User.id == SignInLink.user_id)
            .join(Organisation, Organisation.id == SignInLink.organisation_id)
            .where(
                SignInLink.token_hash.in_(hashes[start : start + AT_ONCE]),
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
    """The user's link that can still be spent, or None."""
    return session.scalar(
        select(SignInLink).where(
            SignInLink.user_id == user.id,
            SignInLink.spent_at.is_(None),
            SignInLink.revoked_at.is_(None),
            SignInLink.expires_at > now,
        )
    )


def link_address(public_url: str, token: str) -> str:
    """The address to hand out; whoever opens it is led on at once to one without the token."""
    return f"{public_url}/sign-in-links/{token}"
