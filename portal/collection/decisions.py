"""Decisions: which union reviews a unit's report, and which reports wait for its decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from portal.access.identity import Person
from portal.domain.campaign.calendar import Status
from portal.domain.campaign.tree_moves import deciding_union
from portal.domain.report_state import State
from portal.models import Campaign, Expectation, Organisation, Report


def decider_of(session: Session, expectation: Expectation) -> int:
    """The id of the organisation that reviews a unit's report.

    It is the next union up; the city reviews its own report. For a unit that has moved since, it is
    the lowest union above it both then and now: unions that it left may not enter it any more, and
    the sums of those that it joined do not hold its report. A closed union is skipped.
    """
    unit = session.get_one(Organisation, expectation.organisation_id)
    return deciding_union(expectation.path, unit.path, _closed(session))


def _closed(session: Session) -> frozenset[int]:
    return frozenset(
        session.scalars(select(Organisation.id).where(Organisation.closed_at.is_not(None)))
    )


def may_decide(session: Session, by: Person, expectation: Expectation) -> bool:
    """Whether a reviewer belongs to the union that reviews the report; unions above only read."""
    return by.organisation.id == decider_of(session, expectation)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One submitted report that waits for a decision: its `number`-th submission.

    `on_behalf` is true until the unit confirms what was entered or submitted for it;
    `sole_handling` names what one person did alone.
    """

    campaign: str
    code: str
    name: str
    number: int
    submitted_at: datetime
    on_behalf: bool = False
    sole_handling: str = ""


_upper = aliased(Organisation)
_waiting = (
    select(
        Campaign.code.label("campaign"),
        Expectation.code,
        Expectation.name,
        Report.submissions,
        Report.submitted_at,
        Expectation.path,
        Organisation.path.label("living_path"),
        ((Report.on_behalf_by != "") & Report.on_behalf_confirmed_at.is_(None)).label("on_behalf"),
        Report.sole_handling,
    )
    .join(Expectation, Expectation.campaign_id == Campaign.id)
    .join(Organisation, Organisation.id == Expectation.organisation_id)
    .outerjoin(_upper, _upper.id == Organisation.parent_id)
    .join(
        Report,
        (Report.campaign_id == Expectation.campaign_id)
        & (Report.organisation_id == Expectation.organisation_id),
    )
    .where(
        Campaign.status == Status.PUBLISHED,
        Report.state == State.SUBMITTED,
        (Organisation.parent_id == bindparam("decider"))
        | (Organisation.parent_id != Expectation.parent_id)
        | _upper.closed_at.is_not(None)
        | ((Organisation.id == bindparam("decider")) & Organisation.parent_id.is_(None)),
    )
    .order_by(Report.submitted_at, Expectation.position, Expectation.code)
)


def waiting_for(session: Session, decider: Organisation) -> Sequence[Waiting]:
    """The reports of every campaign that `decider` has to review, the oldest submission first.

    The session reads its subtree; reports that a union further down reviews are left out.
    """
    rows = session.execute(_waiting, {"decider": decider.id}).all()
    closed = _closed(session) if rows else frozenset()
    return [
        Waiting(
            row.campaign,
            row.code,
            row.name,
            row.submissions,
            row.submitted_at,
            bool(row.on_behalf),
            row.sole_handling,
        )
        for row in rows
        if row.submitted_at and deciding_union(row.path, row.living_path, closed) == decider.id
    ]
