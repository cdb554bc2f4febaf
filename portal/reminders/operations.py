"""Operations of reminders: record what was posted, said or sent, with its trail. No commits."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.access.identity import Person
from portal.collection.assignment import Assignment
from portal.domain.campaign.board import HANDED_IN
from portal.domain.campaign.reminders import MessageChannel, Moment, Outcome
from portal.domain.report_state import NotAllowedNow
from portal.models import Organisation, Reminder, Report
from portal.models.base import About
from portal.models.trail import record
from portal.models.trail_actions import Action


def require_missing(assignment: Assignment, unit: Organisation) -> None:
    """Raise `NotAllowedNow` (409) where the unit is closed, exempt or has submitted."""
    if unit.closed_at:
        raise NotAllowedNow("这个单位已经撤销或合并，没有人可催；请改为免报，或由上级代录。")
    if not assignment.expectation.expected:
        raise NotAllowedNow("这个单位本次免报，不用催报。")
    if assignment.state in HANDED_IN:
        raise NotAllowedNow("这个单位刚才已经上报，不用再催；没有记录。")


def keep(session: Session, reminder: Reminder, *, by: Person) -> int | None:
    """Record one reminder of the session's unit; returns its id, None for a repeated click.

    A message is recorded before it is sent, and its trail is written once the outcome is known.
    """
    if reminder.nonce and _kept(session, reminder):
        return None
    session.add(reminder)
    session.flush()
    if reminder.outcome != Outcome.SENDING:
        _record_chase(session, reminder, by=by)
    return reminder.id


def _kept(session: Session, reminder: Reminder) -> bool:
    same = select(Reminder.id).where(
        Reminder.campaign_id == reminder.campaign_id, Reminder.nonce == reminder.nonce
    )
    return session.scalar(same) is not None


def reserve_message(
    session: Session,
    *,
    channel: MessageChannel,
    organisation_id: int,
    campaign_id: int,
    moment: Moment,
    recipient: str,
    by: Actor,
    at: datetime,
) -> Reminder | None:
    """Reserve the message to one person for one moment; None when it was reserved already.

    The row is committed before the message is sent, so that a run that dies in between sends
    nothing twice. A failed message can be reserved again.
    """
    known = session.scalar(
        select(Reminder)
        .where(
            Reminder.campaign_id == campaign_id,
            Reminder.moment == moment,
            Reminder.recipient == recipient,
        )
        .with_for_update()
    )
    if known is None:
        known = Reminder(
            organisation_id=organisation_id,
            campaign_id=campaign_id,
            channel=channel,
            moment=moment,
            recipient=recipient,
        )
        session.add(known)
    elif known.outcome != Outcome.FAILED:
        return None
    known.outcome, known.made_at, known.made_by = Outcome.SENDING, at, by.name
    session.flush()
    return known


def record_message_outcome(
    session: Session,
    reminder_id: int,
    outcome: Outcome,
    text: str,
    note: str,
    *,
    by: Person | Actor,
) -> None:
    """Record the outcome of a reserved message."""
    reminder = session.scalars(select(Reminder).where(Reminder.id == reminder_id)).one()
    reminder.outcome, reminder.text, reminder.note = outcome, text, note
    session.flush()
    _record_chase(session, reminder, by=by)


def _record_chase(session: Session, reminder: Reminder, *, by: Person | Actor) -> None:
    channel, outcome = MessageChannel(reminder.channel), Outcome(reminder.outcome)
    record(
        session,
        Action.REMINDED,
        About(reminder.organisation_id, report_id=_report_id(session, reminder)),
        by=by,
        at=reminder.made_at,
        new=f"{channel.label}：{outcome.label}",
        note=reminder.note,
    )


def _report_id(session: Session, reminder: Reminder) -> int | None:
    """The reminded report, so that its trail shows the reminder; None before it is started."""
    return session.scalar(select(Report.id).where(Report.campaign_id == reminder.campaign_id))
