"""Queries of questions: the open questions of all units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Expectation, Question


@dataclass(frozen=True, slots=True)
class Asked:
    """One open question and its unit."""

    number: int
    code: str
    name: str
    item: str
    text: str
    asked_at: datetime
    asked_by: str


def open_questions(session: Session, campaign_id: int) -> Sequence[Asked]:
    """The open questions, oldest first; the session reads the city's subtree."""
    rows = session.execute(
        select(
            Question.id,
            Expectation.code,
            Expectation.name,
            Question.item,
            Question.text,
            Question.asked_at,
            Question.asked_by,
        )
        .join(
            Expectation,
            (Expectation.organisation_id == Question.organisation_id)
            & (Expectation.campaign_id == Question.campaign_id),
        )
        .where(Question.campaign_id == campaign_id, Question.answered_at.is_(None))
        .order_by(Question.asked_at, Question.id)
    )
    return [Asked(*row) for row in rows]
