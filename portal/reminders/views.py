"""Views of reminders: the desk's list of missing units, and the page that reminds one."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)

from portal import clock
from portal.access.identity import actor, organisation_here
from portal.access.rules import allow, chaser
from portal.access.tenancy import inside, subtree
from portal.collection.assignment import Assignment, FilledReport
from portal.domain.campaign.board import HANDED_IN, Unit
from portal.domain.campaign.calendar import close_of
from portal.domain.campaign.reminders import (
    OF_A_CALL,
    MessageChannel,
    Missing,
    Outcome,
    text_for_group,
    text_for_unit,
)
from portal.domain.report_state import NotAllowedNow
from portal.messages.channel import Channel, Letter, NotSent, Recipient
from portal.messages.channels import channels_of
from portal.models import Reminder
from portal.models.organisation import organisation_by_code
from portal.reminders import operations, queries
from portal.reminders.queries import Desk
from portal.reminders.typed import Call
from portal.settings import Settings
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here, filled_report
from portal.web.errors import BadInput
from portal.web.form_fields import nonce_in

bp = Blueprint("reminders", __name__, url_prefix="/o/<organisation>/campaigns/<campaign>")


def _settings() -> Settings:
    settings: Settings = current_app.config["PORTAL"]
    return settings


def _link(campaign: str) -> str:
    """The URL where a unit fills its report, as sent to people."""
    return _settings().public_url + url_for("reports.report", campaign=campaign)


@bp.get("/reminders")
@allow(chaser)
def desk(campaign: str) -> Any:
    """Who has not submitted at this second, with the text that says so to the group."""
    assignment = assignment_here(campaign)
    found = _missing(assignment)
    only_number = request.args.get("only") == "number"
    return render_template(
        "reminders/desk.html",
        assignment=assignment,
        desk=found,
        only_number=only_number,
        text=_group_text(assignment, found, found.missing, only_number=only_number),
        standing=queries.standing,
        nonce=secrets.token_hex(16),
    )


def _missing(assignment: Assignment) -> Desk:
    with subtree(organisation_here()) as session:
        return queries.read_desk(session, assignment, clock.now())


def _group_text(
    assignment: Assignment, desk: Desk, units: Sequence[Unit], *, only_number: bool = False
) -> str:
    return text_for_group(
        assignment.campaign.name,
        [unit.name for unit in units],
        expected=desk.expected,
        due=assignment.campaign.due,
        closes=assignment.campaign.closes,
        now=desk.read_at,
        link=_settings().public_url,
        only_number=only_number,
        gone=[(unit.name, unit.gone) for unit in desk.gone],
    )


@bp.post("/reminders")
@allow(chaser)
def note_posted(campaign: str) -> Any:
    """Note that the text was posted in the group: it chased those who are still missing."""
    assignment = assignment_here(campaign)
    found = _missing(assignment)
    named = set(request.form.getlist("unit"))
    units = [unit for unit in found.missing if unit.code in named]
    text = _group_text(assignment, found, units)
    for each in units:
        _note_posted(assignment, each, text)
    flash(f"已记下：在群里催报了 {len(units)} 家。" if units else "没有未上报的单位，没有记录。")
    return redirect(url_for(".desk", campaign=campaign), 303)


def _note_posted(assignment: Assignment, chased: Unit, text: str) -> None:
    organisation = organisation_by_code(db.session(), chased.code)
    if organisation is None:
        return
    reminder = Reminder(
        organisation_id=organisation.id,
        campaign_id=assignment.campaign.id,
        channel=MessageChannel.CHAT,
        outcome=Outcome.POSTED,
        made_at=clock.now(),
        made_by=actor().name,
        text=text,
        nonce=nonce_in(request.form) or None,
    )
    with inside(organisation) as session, writing(session):
        operations.keep(session, reminder, by=actor())
        session.commit()


@bp.get("/report/reminders")
@allow(chaser)
def unit(campaign: str) -> Any:
    """One unit: the text that chases it, the call that was made, every chase so far."""
    return _unit_page(filled_report(campaign))


NOTHING = Call()
NO_PROBLEMS: Mapping[str, str] = {}


def _unit_page(
    filling: FilledReport, *, call: Call = NOTHING, problems: Mapping[str, str] = NO_PROBLEMS
) -> str:
    assignment, session = filling.assignment, db.session()
    people = _recipients(assignment)
    return render_template(
        "reminders/unit.html",
        assignment=assignment,
        handed_in=assignment.state in HANDED_IN,
        gone=queries.gone(session, organisation_here()),
        text=text_for_unit(_owed(filling), clock.now(), assignment.campaign.contact),
        reminders=queries.reminders_of(session, assignment),
        ways=[
            (channel, _reached(channel, people)) for channel in channels_of(_settings()).values()
        ],
        outcomes=OF_A_CALL,
        call=call,
        problems=problems,
        nonce=secrets.token_hex(16),
    )


def _owed(filling: FilledReport) -> Missing:
    assignment = filling.assignment
    return Missing(
        unit=assignment.expectation.name,
        campaign=assignment.campaign.name,
        standing=queries.standing_of(db.session(), filling),
        due=assignment.due,
        closes=close_of(assignment.campaign.dates, assignment.extension),
        link=_link(assignment.campaign.code),
    )


@bp.post("/report/reminders")
@allow(chaser)
def note_call(campaign: str) -> Any:
    """Record a call: its outcome, and by when the unit promised to report."""
    call, now = Call.of(request.form), clock.now()
    if problems := call.problems(now):
        return _unit_page(filled_report(campaign), call=call, problems=problems), 422
    with writing() as session:
        assignment = assignment_here(campaign)
        operations.require_missing(assignment, organisation_here())
        reminder = Reminder(
            organisation_id=assignment.expectation.organisation_id,
            campaign_id=assignment.campaign.id,
            channel=MessageChannel.PHONE,
            outcome=call.outcome,
            made_at=now,
            made_by=actor().name,
            promised_at=call.promised_at,
            note=call.note,
            nonce=nonce_in(request.form) or None,
        )
        operations.keep(session, reminder, by=actor())
        session.commit()
    flash("已记下这次电话催报。")
    return redirect(url_for(".unit", campaign=campaign), 303)


@bp.post("/report/reminders/messages/<channel>")
@allow(chaser)
def send_message(campaign: str, channel: str) -> Any:
    """Send the text, by one channel, to those who fill this unit's report or answer for it."""
    filling, way = filled_report(campaign), _channel(channel)
    operations.require_missing(filling.assignment, organisation_here())
    reached = _reached(way, _recipients(filling.assignment))
    if not reached:
        raise BadInput(f"这个单位的填报人和负责人都没有登记{way.address_name}，没有发送。")
    # Composed for all before the first is sent: sending commits, which ends the read.
    owed, now, contact = _owed(filling), clock.now(), filling.assignment.campaign.contact
    letters = [way.compose([owed], to.name, now, contact) for to in reached]
    reminders = [
        _reminder(filling.assignment, way, to, letter.text, number)
        for number, (to, letter) in enumerate(zip(reached, letters, strict=True))
    ]
    sent = [_sent(way, *each) for each in zip(reached, letters, reminders, strict=True)]
    flash("；".join(sent) + "。")
    return redirect(url_for(".unit", campaign=campaign), 303)


def _channel(kind: str) -> Channel:
    if kind not in {*MessageChannel}:
        abort(404)
    wanted = MessageChannel(kind)
    opened = channels_of(_settings()).get(wanted)
    if opened is None:
        raise NotAllowedNow(f"系统不能直接发{wanted.label}；可以复制文字从群里或短信催报。")
    return opened


def _recipients(assignment: Assignment) -> list[Recipient]:
    here = assignment.expectation.organisation_id
    return queries.recipients(db.session()).get(here, [])


def _reached(channel: Channel, people: Sequence[Recipient]) -> list[Recipient]:
    return [person for person in people if channel.address_of(person)]


def _reminder(
    assignment: Assignment, channel: Channel, to: Recipient, text: str, number: int
) -> Reminder:
    nonce = nonce_in(request.form)
    return Reminder(
        organisation_id=assignment.expectation.organisation_id,
        campaign_id=assignment.campaign.id,
        channel=channel.kind,
        outcome=Outcome.SENDING,
        made_at=clock.now(),
        made_by=actor().name,
        recipient=channel.address_of(to),
        text=text,
        nonce=f"{nonce[:60]}-{number}" if nonce else None,
    )


def _sent(channel: Channel, to: Recipient, letter: Letter, reminder: Reminder) -> str:
    """Send to one person, recorded beforehand; returns the sentence for the desk."""
    with writing() as session:
        kept = operations.keep(session, reminder, by=actor())
        if kept is None:
            return f"给{to.name}的{channel.kind.label}这一次已经处理过"
        session.commit()
    address = channel.address_of(to)
    outcome, sentence = _handed_over(channel, address, letter)
    with writing() as session:
        operations.record_message_outcome(session, kept, outcome, letter.text, sentence, by=actor())
        session.commit()
    return f"{to.name}（{address}）：{sentence or outcome.label}"


def _handed_over(channel: Channel, address: str, letter: Letter) -> tuple[Outcome, str]:
    try:
        channel.send(address, letter)
    except NotSent as refused:
        return Outcome.FAILED, refused.sentence
    return Outcome.SENT, ""
