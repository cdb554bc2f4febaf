"""Views of chasing: the desk's list of the missing, and the page that chases one unit."""

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
from portal.collection.assignment import Assignment, FilledReport, fill_of, find_assignment
from portal.domain.campaign.board import HANDED_IN, Unit
from portal.domain.campaign.calendar import close_of
from portal.domain.campaign.reminders import (
    OF_A_CALL,
    MessageChannel,
    Missing,
    Outcome,
    subject_of_mail,
    text_for_group,
    text_for_unit,
    text_of_mail,
)
from portal.domain.report_state import NotAllowedNow
from portal.messages import mail
from portal.models import Reminder
from portal.models.organisation import organisation_by_code
from portal.reminders import operations, queries
from portal.reminders.queries import Desk, Recipient
from portal.reminders.typed import Call
from portal.settings import PostOffice, Settings
from portal.storage.db import db, writing
from portal.web.errors import BadInput
from portal.web.form_fields import nonce_in

bp = Blueprint("reminders", __name__, url_prefix="/o/<organisation>/campaigns/<campaign>")


def _assignment(campaign: str) -> Assignment:
    return find_assignment(db.session(), campaign) or abort(404)


def _settings() -> Settings:
    settings: Settings = current_app.config["PORTAL"]
    return settings


def _link(campaign: str) -> str:
    """Where a unit fills its report, as it can be sent to people."""
    return _settings().public_url + url_for("reports.report", campaign=campaign)


@bp.get("/reminders")
@allow(chaser)
def desk(campaign: str) -> Any:
    """Who has not submitted at this second, with the text that says so to the group."""
    assignment = _assignment(campaign)
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
    assignment = _assignment(campaign)
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
    return _unit_page(_filling(campaign))


def _filling(campaign: str) -> FilledReport:
    return fill_of(db.session(), _assignment(campaign))


NOTHING = Call()
NO_PROBLEMS: Mapping[str, str] = {}


def _unit_page(
    filling: FilledReport, *, call: Call = NOTHING, problems: Mapping[str, str] = NO_PROBLEMS
) -> str:
    assignment, session = filling.assignment, db.session()
    here = assignment.expectation.organisation_id
    return render_template(
        "reminders/unit.html",
        assignment=assignment,
        handed_in=assignment.state in HANDED_IN,
        gone=queries.gone(session, organisation_here()),
        text=text_for_unit(_owed(filling), clock.now(), assignment.campaign.contact),
        reminders=queries.reminders_of(session, assignment),
        recipients=queries.recipients(session).get(here, []),
        mails=_settings().post is not None,
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
    """Note a call: what was said, and by when the unit promised to report."""
    call, now = Call.of(request.form), clock.now()
    if problems := call.problems(now):
        return _unit_page(_filling(campaign), call=call, problems=problems), 422
    with writing() as session:
        assignment = _assignment(campaign)
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


@bp.post("/report/reminders/mail")
@allow(chaser)
def send_mail(campaign: str) -> Any:
    """Mail the text to those who fill this unit's report or answer for it."""
    filling = _filling(campaign)
    post = _settings().post
    if post is None:
        raise NotAllowedNow("系统没有配置邮件服务器，不能发邮件；可以复制文字从群里或短信催报。")
    operations.require_missing(filling.assignment, organisation_here())
    here = filling.assignment.expectation.organisation_id
    found = queries.recipients(db.session()).get(here, [])
    if not found:
        raise BadInput("这个单位的填报人和负责人都没有登记电子邮箱，没有发送。")
    letters = [_letter(filling, to, number) for number, to in enumerate(found)]
    subject = subject_of_mail(filling.assignment.campaign.name)
    sent = [_mail(post, to, subject, letter) for to, letter in zip(found, letters, strict=True)]
    flash("；".join(sent) + "。")
    return redirect(url_for(".unit", campaign=campaign), 303)


def _letter(filling: FilledReport, to: Recipient, number: int) -> Reminder:
    """What one person is written; made for all before the first goes out."""
    assignment, nonce = filling.assignment, nonce_in(request.form)
    return Reminder(
        organisation_id=assignment.expectation.organisation_id,
        campaign_id=assignment.campaign.id,
        channel=MessageChannel.MAIL,
        outcome=Outcome.SENDING,
        made_at=clock.now(),
        made_by=actor().name,
        recipient=to.email,
        text=text_of_mail([_owed(filling)], to.name, clock.now(), assignment.campaign.contact),
        nonce=f"{nonce[:60]}-{number}" if nonce else None,
    )


def _mail(post: PostOffice, to: Recipient, subject: str, letter: Reminder) -> str:
    """Mail one person, kept before it goes out; the sentence for the desk."""
    text = letter.text
    with writing() as session:
        kept = operations.keep(session, letter, by=actor())
        if kept is None:
            return f"{to.name}的邮件这一次已经处理过"
        session.commit()
    outcome, sentence = _handed_over(post, to, subject, text)
    with writing() as session:
        operations.record_mail_outcome(session, kept, outcome, text, sentence, by=actor())
        session.commit()
    return f"{to.name}（{to.email}）：{sentence or outcome.label}"


def _handed_over(post: PostOffice, to: Recipient, subject: str, text: str) -> tuple[Outcome, str]:
    try:
        mail.send(post, to.email, subject, text)
    except mail.NotSent as refused:
        return Outcome.FAILED, refused.sentence
    return Outcome.SENT, ""
