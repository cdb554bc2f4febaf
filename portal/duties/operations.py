"""Operations on duties: divide a report's items among the people of its unit. No commits."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import Assignment
from portal.collection.duties import duties_of
from portal.domain.campaign.calendar import Status
from portal.domain.report_state import NotAllowedNow
from portal.models import Duty, User
from portal.models.trail import record
from portal.models.trail_actions import Action
from portal.models.user import Role

FILLING = {Role.REPORTER, Role.HEAD}


def fillers(session: Session) -> Sequence[User]:
    """The active users of the session's organisation who may fill."""
    users = session.scalars(select(User).where(User.disabled_at.is_(None)).order_by(User.id))
    return [user for user in users if FILLING & {Role(role) for role in user.roles}]


def divide(
    session: Session,
    assignment: Assignment,
    wanted: Mapping[str, int | None],
    *,
    by: Person,
    at: datetime,
) -> int:
    """Assign each item of `wanted` to a person's id, or to nobody; returns how many changed.

    A duty locks nothing: whoever may fill may fill every item. Ids of people who cannot fill here
    are ignored. Raises `NotAllowedNow` (409) for an archived campaign.
    """
    if assignment.status is Status.ARCHIVED:
        raise NotAllowedNow("填报任务已归档，只能查看。")
    names = {user.id: user.name for user in fillers(session)}
    changed = _changing_hands(session, assignment, wanted, names)
    if not changed:
        return 0
    _hand_over(session, assignment, changed, by, at)
    record(session, Action.DIVIDED, assignment.about, by=by, at=at, note=_in_words(changed, names))
    return len(changed)


def _changing_hands(
    session: Session,
    assignment: Assignment,
    wanted: Mapping[str, int | None],
    names: Mapping[int, str],
) -> Mapping[str, int | None]:
    """What of `wanted` is another than now; whoever is not among `names` gets nothing."""
    before = duties_of(session, assignment.campaign.id)
    return {
        code: user_id
        for code, user_id in wanted.items()
        if (before[code][0] if code in before else None) != user_id
        and (user_id is None or user_id in names)
    }


def _hand_over(
    session: Session,
    assignment: Assignment,
    changed: Mapping[str, int | None],
    by: Person,
    at: datetime,
) -> None:
    """Replace the rows of these items; an item that is nobody's has none."""
    campaign_id = assignment.campaign.id
    session.execute(
        delete(Duty)
        .where(Duty.campaign_id == campaign_id, Duty.item.in_(changed))
        .execution_options(synchronize_session=False)
    )
    rows = [
        {
            "organisation_id": assignment.expectation.organisation_id,
            "campaign_id": campaign_id,
            "item": code,
            "user_id": user_id,
            "assigned_at": at,
            "assigned_by": by.name,
        }
        for code, user_id in changed.items()
        if user_id is not None
    ]
    if rows:
        session.execute(insert(Duty), rows)


def _in_words(changed: Mapping[str, int | None], names: Mapping[int, str]) -> str:
    by_name: dict[str, list[str]] = defaultdict(list)
    for code, user_id in changed.items():
        by_name["不分工" if user_id is None else names[user_id]].append(code)
    return "；".join(f"{name}：{'、'.join(codes)}" for name, codes in by_name.items())
