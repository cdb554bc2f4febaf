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


def answers_to(session: Session, reproof: SendBack) -> dict[str, Reply]:
    """The answers to a sending back, by item."""
    wanted = select(
        ReturnAnswer.item,
        ReturnAnswer.answer,
        ReturnAnswer.words,
        ReturnAnswer.answered_by,
        ReturnAnswer.answered_at,
    ).where(ReturnAnswer.sent_back_id == reproof.id)
    rows = session.execute(wanted)
    return {item: Reply(Answer(answer), words, by, at) for item, answer, words, by, at in rows}


def asked_of(session: Session, filling: FilledReport) -> tuple[Asked, ...]:
    """The items of a report's last sending back; the report must have been sent back."""
    reproof = last_reproof(session, filling.assignment.report)
    if reproof is None:
        return ()
    return return_answers.asked(
        filling.form,
        reproof.items or {WHOLE_FORM: reproof.reason},
        (_figures_sent_back(session, filling, reproof), filling.figures),
        answers_to(session, reproof),
    )


def _figures_sent_back(
    session: Session, filling: FilledReport, reproof: SendBack
) -> Mapping[str, int | None]:
    report = filling.assignment.report
    document = session.scalar(
        select(Submission.document).where(
            Submission.report_id == (report.id if report else 0),
            Submission.number == reproof.submission,
        )
    )
    return figures_of(json.loads(document)) if document else {}
