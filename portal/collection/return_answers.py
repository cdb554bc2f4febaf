"""Answers to a sending back, loaded from the database: the returned items and their answers."""

import json
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.collection.assignment import FilledReport, SendBack, last_reproof
from portal.domain.report import return_answers
from portal.domain.report.return_answers import WHOLE_FORM, Answer, Asked, Reply
from portal.domain.report.submission import figures_of
from portal.models import ReturnAnswer, Submission


def answers_to(session: Session, send_back: SendBack) -> dict[str, Reply]:
    """The answers to a sending back, by item."""
    wanted = select(
        ReturnAnswer.item,
        ReturnAnswer.answer,
        ReturnAnswer.words,
        ReturnAnswer.answered_by,
        ReturnAnswer.answered_at,
    ).where(ReturnAnswer.sent_back_id == send_back.id)
    rows = session.execute(wanted)
    return {item: Reply(Answer(answer), words, by, at) for item, answer, words, by, at in rows}


def asked_of(session: Session, filled_report: FilledReport) -> tuple[Asked, ...]:
    """The items of a report's last sending back; the report must have been sent back."""
    send_back = last_reproof(session, filled_report.assignment.report)
    if send_back is None:
        return ()
    return return_answers.asked(
        filled_report.form,
        send_back.items or {WHOLE_FORM: send_back.reason},
        (_figures_sent_back(session, filled_report, send_back), filled_report.figures),
        answers_to(session, send_back),
    )


def _figures_sent_back(
    session: Session, filled_report: FilledReport, send_back: SendBack
) -> Mapping[str, int | None]:
    report = filled_report.assignment.report
    document = session.scalar(
        select(Submission.document).where(
            Submission.report_id == (report.id if report else 0),
            Submission.number == send_back.submission,
        )
    )
    return figures_of(json.loads(document)) if document else {}
