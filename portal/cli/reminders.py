"""The command that mails those who have not submitted; a clock of the machine calls it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from portal.access.tenancy import inside, subtree
from portal.cli.city import now, operator, published_campaigns
from portal.collection import moves
from portal.collection.assignment import Assignment
from portal.collection.board import filled_in, units_below
from portal.domain.campaign import calendar
from portal.domain.campaign.board import HANDED_IN, Unit
from portal.domain.campaign.reminders import (
    Missing,
    Moment,
    Outcome,
    moment_now,
)
from portal.messages.channel import Channel, NotSent, Recipient
from portal.messages.channels import channels_of
from portal.messages.mail import MailChannel
from portal.models import Campaign, Organisation
from portal.models.organisation import organisation_by_code, root_organisation
from portal.reminders import operations, queries
from portal.settings import PostOffice, SettingError, Settings
from portal.storage.db import db, writing

NO_POST = PostOffice("", 0, "smtp", "", "", "")
"""Stands for the mail server in a dry run before one is set: nothing is sent."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One report that is missing, the moment for which its people are chased, and who they are."""

    campaign: Campaign
    unit: Unit
    moment: Moment
    missing: Missing
    people: Sequence[Recipient]


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is sent at one address, for every report that is owed there."""

    to: Recipient
    address: str
    owed: list[Owed] = field(default_factory=list)


@click.command(help="给尚未上报单位的填报人和负责人发催报邮件：期中、截止前一天、截止当天各一次。")
@click.option("--dry-run", is_flag=True, help="只列出会发给谁，不发送，不记录")
@with_appcontext
def remind(dry_run: bool) -> None:
    """Send to everybody who owes a report now, by every channel, once for each moment."""
    settings: Settings = current_app.config["PORTAL"]
    channels = channels_of(settings)
    if not channels and not dry_run:
        raise SettingError("没有设置 PORTAL_SMTP_URL，不能发邮件；可以先用 --dry-run 看会发给谁。")
    at = now()
    if not dry_run:
        moves.carry_out_due(at)
    owed = list(_owed_below(root_organisation(db.session()), at))
    if dry_run:
        _list(owed, list(channels.values()) or [MailChannel(NO_POST)])
    else:
        _send_all(owed, list(channels.values()), at)


def _list(owed: Sequence[Owed], channels: Sequence[Channel]) -> None:
    """Print who would be sent what, and how many units nobody of whom can be reached."""
    for channel in channels:
        for letter in _letters(owed, channel):
            click.echo(_line(letter, "将发送"))
        unreachable = sum(not _addresses(each, channel) for each in owed)
        units = f"欠报 {len(owed)} 家"
        click.echo(f"{units}，其中 {unreachable} 家没有登记{channel.address_name}。")


def _send_all(owed: Sequence[Owed], channels: Sequence[Channel], at: datetime) -> None:
    """Send every letter once; raises `ValueError` when one was not taken."""
    outcomes: Counter[Outcome] = Counter()
    for channel in channels:
        for letter in _letters(owed, channel):
            if outcome := _send(channel, letter, at):
                click.echo(_line(letter, outcome.label))
                outcomes[outcome] += 1
    sent, failed = outcomes[Outcome.SENT], outcomes[Outcome.FAILED]
    click.echo(f"发出 {sent} 封，没有发出 {failed} 封。")
    if failed:
        raise ValueError(f"有 {failed} 封邮件没有发出，下次运行会再试。")


def _line(letter: Letter, what: str) -> str:
    units = "、".join(
        f"{owed.unit.name}（{owed.campaign.code}，{owed.moment.label}）" for owed in letter.owed
    )
    return f"{what} {letter.to.name} <{letter.address}>：{units}"


def _letters(owed: Iterable[Owed], channel: Channel) -> list[Letter]:
    """One letter for each address, whatever is owed there."""
    letters: dict[str, Letter] = {}
    for each in owed:
        for address, person in _addresses(each, channel):
            letters.setdefault(address, Letter(person, address)).owed.append(each)
    return [letters[address] for address in sorted(letters)]


def _addresses(owed: Owed, channel: Channel) -> list[tuple[str, Recipient]]:
    return [(address, one) for one in owed.people if (address := channel.address_of(one))]


def _owed_below(root: Organisation | None, at: datetime) -> Iterator[Owed]:
    if root is None:
        return
    with subtree(root) as session:
        people = queries.recipients(session)
    for assignment in published_campaigns(root):
        with subtree(root) as session:
            filled = filled_in(session, assignment.campaign)
            units = units_below(session, assignment, at, filled)
        for unit in units:
            if owed := _owed(assignment, unit, people.get(unit.organisation_id, []), at):
                yield owed


def _owed(
    assignment: Assignment, unit: Unit, people: Sequence[Recipient], at: datetime
) -> Owed | None:
    campaign = assignment.campaign
    due = max(campaign.due, unit.extended_until or campaign.due)
    moment = moment_now(campaign.opens, calendar.to_the_minute(due), at)
    if moment is None or not unit.expected or unit.gone or unit.state in HANDED_IN:
        return None
    link = _link_to(campaign, unit)
    standing = queries.standing(unit.state, unit.filled, len(assignment.form.leaves))
    closes = max(campaign.closes, due)
    missing = Missing(unit.name, campaign.name, standing, due, closes, link)
    return Owed(campaign, unit, moment, missing, people)


def _link_to(campaign: Campaign, unit: Unit) -> str:
    # A command has no request whose host could be trusted, so the map alone builds the path.
    addresses = current_app.url_map.bind("localhost")
    place = {"organisation": unit.code, "campaign": campaign.code}
    settings: Settings = current_app.config["PORTAL"]
    return settings.public_url + addresses.build("reports.report", place)


def _send(channel: Channel, letter: Letter, at: datetime) -> Outcome | None:
    """Send one letter; None when everything in it was sent before."""
    claimed = [
        (owed, number)
        for owed in letter.owed
        if (number := _claimed(channel, letter.address, owed, at))
    ]
    if not claimed:
        return None
    letter.owed[:] = [owed for owed, _ in claimed]
    contact = letter.owed[0].campaign.contact
    missing = [owed.missing for owed in letter.owed]
    words = channel.compose(missing, letter.to.name, at, contact)
    outcome, note = Outcome.SENT, ""
    try:
        channel.send(letter.address, words)
    except NotSent as refused:
        outcome, note = Outcome.FAILED, refused.sentence
    for owed, number in claimed:
        _note(owed, number, outcome, words.text, note)
    return outcome


def _claimed(channel: Channel, address: str, owed: Owed, at: datetime) -> int | None:
    with inside(_organisation(owed)) as session, writing(session):
        reminder = operations.reserve_message(
            session,
            channel=channel.kind,
            organisation_id=owed.unit.organisation_id,
            campaign_id=owed.campaign.id,
            moment=owed.moment,
            recipient=address,
            by=operator(),
            at=at,
        )
        number = reminder.id if reminder else None
        session.commit()
    return number


def _note(owed: Owed, number: int, outcome: Outcome, text: str, note: str) -> None:
    with inside(_organisation(owed)) as session, writing(session):
        operations.record_message_outcome(session, number, outcome, text, note, by=operator())
        session.commit()


def _organisation(owed: Owed) -> Organisation:
    found = organisation_by_code(db.session(), owed.unit.code)
    if found is None:
        raise ValueError(f"没有代码为“{owed.unit.code}”的单位。")
    return found
