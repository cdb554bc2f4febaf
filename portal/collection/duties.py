"""Dividing the work (分工): who of a unit looks after which items, and how far each of them is."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.collection.assignment import FilledReport
from portal.models import Duty, User


@dataclass(frozen=True, slots=True)
class Share:
    """What one person looks after: how many items, and how many of them are filled."""

    user_id: int
    name: str
    filled: int
    items: int

    @property
    def left(self) -> int:
        """How many of them are still blank."""
        return self.items - self.filled


@dataclass(frozen=True, slots=True)
class Division:
    """The items of a report among its people.

    `names` says by item who looks after it, `mine` are those of the person who looks,
    `shares` how far everybody is, in the order of the form.
    """

    names: Mapping[str, str]
    mine: frozenset[str]
    shares: tuple[Share, ...]


_duties = (
    select(Duty.item, Duty.user_id, User.name)
    .join(User, (User.organisation_id == Duty.organisation_id) & (User.id == Duty.user_id))
    .where(Duty.campaign_id == bindparam("of_campaign"))
)


def duties_of(session: Session, campaign_id: int) -> dict[str, tuple[int, str]]:
    """By item the id and the name of who looks after it, of the session's organisation."""
    rows = session.execute(_duties, {"of_campaign": campaign_id})
    return {row.item: (row.user_id, row.name) for row in rows}


def division(session: Session, filled_report: FilledReport, me: int) -> Division | None:
    """How the items of a report are divided; None where they are not."""
    duties = duties_of(session, filled_report.assignment.campaign.id)
    assigned = {
        item.code: duties[item.code] for item in filled_report.form.leaves if item.code in duties
    }
    if not assigned:
        return None
    people = dict.fromkeys(assigned.values())
    return Division(
        names={code: name for code, (_, name) in assigned.items()},
        mine=frozenset(code for code, (user_id, _) in assigned.items() if user_id == me),
        shares=tuple(_share(filled_report, assigned, *person) for person in people),
    )


def _share(
    filled_report: FilledReport, assigned: Mapping[str, tuple[int, str]], user_id: int, name: str
) -> Share:
    codes = [code for code, person in assigned.items() if person == (user_id, name)]
    filled = sum(filled_report.figures[code] is not None for code in codes)
    return Share(user_id, name, filled, len(codes))
