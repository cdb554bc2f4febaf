"""Answers to a sending back: 已修改, 维持原数 or 已补附件 for each item. The view commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import FilledReport, last_reproof
from portal.collection.return_answers import asked_of
from portal.domain.figures import Problem
from portal.domain.report.return_answers import WHOLE_FORM, Answer, Asked, Reply
from portal.domain.report_state import NotAllowedNow, State
from portal.models import ReturnAnswer
from portal.models.trail import Entry, record_all
from portal.models.trail_actions import Action, EntryChannel

NOT_RETURNED = "报表没有被退回，不需要答复退回意见。"


def asked_now(session: Session, filling: FilledReport) -> tuple[Asked, ...]:
    """What the unit must answer before it submits again; empty unless it was sent back."""
    returned = filling.assignment.state is State.RETURNED
    return asked_of(session, filling) if returned else ()


def replies_in(fields: Mapping[str, str], asked: Sequence[Asked]) -> dict[str, Reply]:
    """Read the picked answers by item; an item without a pick is left out."""
    known = {answer.value: answer for answer in Answer}
    picked = {each.code: known.get(fields.get(f"answer.{each.code}", "")) for each in asked}
    return {
        code: Reply(answer, fields.get(f"words.{code}", "").strip())
        for code, answer in picked.items()
        if answer
    }


def answer(
    session: Session,
    filling: FilledReport,
    replies: Mapping[str, Reply],
    *,
    by: Person,
    at: datetime,
    channel: EntryChannel = EntryChannel.WEB,
) -> dict[str, Problem]:
    """Save the answers; returns the problems of refused ones by item.

    Raises `NotAllowedNow` (409) where the report was not sent back or cannot be written to.
    """
    filling.assignment.may_write(at).require()
    asked = {each.code: each for each in asked_now(session, filling)}
    if not asked:
        raise NotAllowedNow(NOT_RETURNED)
    found = {code: asked[code].refuse(reply) for code, reply in replies.items() if code in asked}
    problems = {code: problem for code, problem in found.items() if problem}
    wanted = {
        code: replies[code]
        for code in found
        if code not in problems and not _same(asked[code].kept, replies[code])
    }
    _keep(session, filling, wanted, by, at, channel)
    return problems


def keep_standing(
    session: Session,
    filling: FilledReport,
    asked: Sequence[Asked],
    *,
    by: Person,
    at: datetime,
    channel: EntryChannel,
) -> None:
    """Save the answer 已修改 for each item whose figure changed, so that every item has one."""
    standing = {each.code: each.reply for each in asked if each.reply}
    kept = {each.code: each.kept for each in asked}
    wanted = {code: reply for code, reply in standing.items() if not _same(kept[code], reply)}
    _keep(session, filling, wanted, by, at, channel)


def _same(kept: Reply | None, reply: Reply) -> bool:
    return kept is not None and (kept.answer, kept.words) == (reply.answer, reply.words)


def _keep(
    session: Session,
    filling: FilledReport,
    replies: Mapping[str, Reply],
    by: Person,
    at: datetime,
    channel: EntryChannel,
) -> None:
    report = filling.assignment.report
    sent = last_reproof(session, report)
    if not replies or report is None or sent is None:
        return
    session.execute(
        delete(ReturnAnswer).where(
            ReturnAnswer.sent_back_id == sent.id, ReturnAnswer.item.in_(replies)
        )
    )
    rows = [
        {
            "organisation_id": report.organisation_id,
            "sent_back_id": sent.id,
            "item": code,
            "answer": reply.answer,
            "words": reply.words,
            "answered_at": at,
            "answered_by": by.name,
        }
        for code, reply in replies.items()
    ]
    session.execute(insert(ReturnAnswer), rows)
    entries = [
        Entry(Action.RETURN_ANSWERED, item=None if code == WHOLE_FORM else code, note=reply.text)
        for code, reply in replies.items()
    ]
    record_all(session, report.about, entries, by=by, at=at, channel=channel)
