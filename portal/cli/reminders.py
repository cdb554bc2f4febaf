"""The command that mails those who have not submitted; a clock of the machine calls it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

import click
from flask import current_app, url_for
from flask.cli import with_appcontext
from sqlalchemy import select

from portal.access.tenancy import inside, subtree
from portal.cli.city import now, operator
from portal.collection import moves
from portal.collection.assignment import Assignment, find_assignment
from portal.collection.board import filled_in, units_below
from portal.domain.campaign import calendar
from portal.domain.campaign.board import HANDED_IN, Unit
from portal.domain.campaign.calendar import Status
from portal.domain.campaign.reminders import (
    Missing,
    Moment,
    Outcome,
    moment_now,
    subject_of_mail,
    text_of_mail,
)
from portal.messages import mail
from portal.models import Campaign, Organisation
from portal.models.organisation import organisation_by_code, root_organisation
from portal.reminders import operations, queries
from portal.reminders.queries import Recipient
from portal.settings import PostOffice, SettingError
from portal.storage.db import db, writing


@dataclass(frozen=True, slots=True)
class Owed:
    """One report that is missing, and the moment for which its people are mailed."""

    campaign: Campaign
    unit: Unit
    moment: Moment
    missing: Missing


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is mailed, and the claims that were made for it."""

    to: Recipient
    owed: list[Owed] = field(default_factory=list)


@click.command(help="给尚未上报单位的填报人和负责人发催报邮件：期中、截止前一天、截止当天各一次。")
@click.option("--dry-run", is_flag=True, help="只列出会发给谁，不发送，不记录")
@with_appcontext
def remind(dry_run: bool) -> None:
    """Mail everybody who owes a report now, once for each moment."""
    post = current_app.config["PORTAL"].post
    if post is None and not dry_run:
        raise SettingError("没有设置 PORTAL_SMTP_URL，不能发邮件；可以先用 --dry-run 看会发给谁。")
    at, failed, sent = now(), 0, 0
    if not dry_run:
        moves.carry_out_due(at)
    for letter in _letters(at):
        if dry_run or post is None:
            click.echo(_line(letter, "将发送"))
        elif outcome := _send(post, letter, at):
            click.echo(_line(letter, outcome.label))
            sent, failed = sent + (outcome is Outcome.SENT), failed + (outcome is Outcome.FAILED)
    if not dry_run:
        click.echo(f"发出 {sent} 封，没有发出 {failed} 封。")
    if failed:
        raise ValueError(f"有 {failed} 封邮件没有发出，下次运行会再试。")


def _line(letter: Letter, what: str) -> str:
    units = "、".join(
        f"{owed.unit.name}（{owed.campaign.code}，{owed.moment.label}）" for owed in letter.owed
    )
    return f"{what} {letter.to.name} <{letter.to.email}>：{units}"


def _letters(at: datetime) -> list[Letter]:
    """One letter for each address, whatever is owed there."""
    root = root_organisation(db.session())
    if root is None:
        return []
    owed = sorted(_owed_to(root, at), key=lambda pair: pair[0].email)
    return [
        Letter(next(iter(pairs))[0], [each for _, each in pairs])
        for _, grouped in groupby(owed, key=lambda pair: pair[0].email)
        if (pairs := list(grouped))
    ]


def _owed_to(root: Organisation, at: datetime) -> Iterator[tuple[Recipient, Owed]]:
    with subtree(root) as session:
        people = queries.recipients(session)
    for assignment in _running(root):
        with subtree(root) as session:
            filled = filled_in(session, assignment.campaign)
            units = units_below(session, assignment, at, filled)
        for unit in units:
            if owed := _owed(assignment, unit, at):
                yield from ((to, owed) for to in people.get(unit.organisation_id, []))


def _running(root: Organisation) -> list[Assignment]:
    with inside(root) as session:
        codes = session.scalars(
            select(Campaign.code).where(Campaign.status == Status.PUBLISHED).order_by(Campaign.due)
        ).all()
        return [found for code in codes if (found := find_assignment(session, code))]


def _owed(assignment: Assignment, unit: Unit, at: datetime) -> Owed | None:
    campaign = assignment.campaign
    due = max(campaign.due, unit.extended_until or campaign.due)
    moment = moment_now(campaign.opens, calendar.to_the_minute(due), at)
    if moment is None or not unit.expected or unit.gone or unit.state in HANDED_IN:
        return None
    link = current_app.config["PORTAL"].public_url + _path_of(campaign, unit)
    standing = queries.standing(unit.state, unit.filled, len(assignment.form.leaves))
    closes = max(campaign.closes, due)
    missing = Missing(unit.name, campaign.name, standing, due, closes, link)
    return Owed(campaign, unit, moment, missing)


def _path_of(campaign: Campaign, unit: Unit) -> str:
    with current_app.test_request_context():
        return url_for("reports.report", organisation=unit.code, campaign=campaign.code)


def _send(post: PostOffice, letter: Letter, at: datetime) -> Outcome | None:
    """Send one letter; None when everything in it was mailed before."""
    claimed = [(owed, number) for owed in letter.owed if (number := _claimed(letter, owed, at))]
    if not claimed:
        return None
    letter.owed[:] = [owed for owed, _ in claimed]
    names = "、".join(dict.fromkeys(owed.campaign.name for owed in letter.owed))
    contact = letter.owed[0].campaign.contact
    text = text_of_mail([owed.missing for owed in letter.owed], letter.to.name, at, contact)
    outcome, note = Outcome.SENT, ""
    try:
        mail.send(post, letter.to.email, subject_of_mail(names), text)
    except mail.NotSent as refused:
        outcome, note = Outcome.FAILED, refused.sentence
    for owed, number in claimed:
        _note(owed, number, outcome, text, note)
    return outcome


def _claimed(letter: Letter, owed: Owed, at: datetime) -> int | None:
    with inside(_organisation(owed)) as session, writing(session):
        reminder = operations.reserve_mail(
            session,
            organisation_id=owed.unit.organisation_id,
            campaign_id=owed.campaign.id,
            moment=owed.moment,
            recipient=letter.to.email,
            by=operator(),
            at=at,
        )
        number = reminder.id if reminder else None
        session.commit()
    return number


def _note(owed: Owed, number: int, outcome: Outcome, text: str, note: str) -> None:
    with inside(_organisation(owed)) as session, writing(session):
        operations.record_mail_outcome(session, number, outcome, text, note, by=operator())
        session.commit()


def _organisation(owed: Owed) -> Organisation:
    found = organisation_by_code(db.session(), owed.unit.code)
    if found is None:
        raise ValueError(f"没有代码为“{owed.unit.code}”的单位。")
    return found
