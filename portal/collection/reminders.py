"""Reminders: how often and with what outcome the units of a subtree were reminded."""

from collections.abc import Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.domain.campaign.reminders import Chased, MessageChannel, Outcome
from portal.models import Campaign, Reminder

_reminders = (
    select(
        Reminder.organisation_id,
        Reminder.made_at,
        Reminder.channel,
        Reminder.outcome,
        Reminder.promised_at,
    )
    .where(
        Reminder.campaign_id == bindparam("campaign_id"),
        Reminder.outcome.not_in([Outcome.SENDING, Outcome.FAILED]),
    )
    .order_by(Reminder.made_at, Reminder.id)
)


def chased_below(session: Session, campaign: Campaign) -> Mapping[int, Chased]:
    """The reminders to each unit, by its id; the session reads a subtree.

    A mail that was not sent does not count. The newest promise counts.
    """
    found: dict[int, Chased] = {}
    for row in session.execute(_reminders, {"campaign_id": campaign.id}):
        before = found.get(row.organisation_id)
        found[row.organisation_id] = Chased(
            times=before.times + 1 if before else 1,
            last_at=row.made_at,
            channel=MessageChannel(row.channel),
            outcome=Outcome(row.outcome),
            promised_at=row.promised_at or (before.promised_at if before else None),
        )
    return found
