"""Operations on questions: ask, answer, publish a clarification, review a figure. No commits.

A clarification names no unit. A new version is a new row with its own moment; published rows never
change.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import Assignment
from portal.domain.campaign.calendar import Status
from portal.domain.characters import IN_LINES, objection
from portal.domain.figures import Problem
from portal.domain.form.form import Item
from portal.domain.report_state import NotAllowedNow
from portal.models import Clarification, ClarificationReview, Question
from portal.models.question import MAX_ANSWER_LENGTH, MAX_QUESTION_LENGTH
from portal.models.trail import record
from portal.models.trail_actions import Action

ARCHIVED = "填报任务已归档，只能查看。"


@dataclass(frozen=True, slots=True)
class Published:
    """A clarification to publish: the question in words that name nobody, and the answer.

    `thread` is the id of the clarification that it replaces, None for a new one.
    """

    question: str
    answer: str
    thread: int | None = None

    @property
    def problem(self) -> Problem | None:
        """What is missing or too long, or None."""
        return refuse_text(self.question, "问题", MAX_QUESTION_LENGTH) or refuse_text(
            self.answer, "答复", MAX_ANSWER_LENGTH
        )


def refuse_text(text: str, name: str, longest: int) -> Problem | None:
    """Why a text is refused, or None."""
    if sentence := objection(text, IN_LINES):
        return Problem(f"{name}{sentence}。")
    if not text:
        return Problem(f"请写{name}的内容。")
    if len(text) > longest:
        return Problem(f"{name}不超过 {longest} 字，现在是 {len(text)} 字。")
    return None


def ask(
    session: Session, assignment: Assignment, item: Item, text: str, *, by: Person, at: datetime
) -> Problem | None:
    """Save a unit's question; the same open question is saved once.

    Returns the problem of a refused text. Raises `NotAllowedNow` (409) for an archived campaign.
    """
    if assignment.status is Status.ARCHIVED:
        raise NotAllowedNow(ARCHIVED)
    if problem := refuse_text(text, "问题", MAX_QUESTION_LENGTH):
        return problem
    campaign_id = assignment.campaign.id
    if session.scalar(
        select(Question.id).where(
            Question.campaign_id == campaign_id,
            Question.item == item.code,
            Question.text == text,
            Question.answered_at.is_(None),
        )
    ):
        return None
    session.add(
        Question(
            organisation_id=assignment.expectation.organisation_id,
            campaign_id=campaign_id,
            item=item.code,
            text=text,
            asked_at=at,
            asked_by=by.name,
            asked_by_id=by.id,
        )
    )
    session.flush()
    record(
        session, Action.QUESTION_ASKED, assignment.about, by=by, at=at, item=item.code, note=text
    )
    return None


def question_open(session: Session, assignment: Assignment, number: int) -> Question | None:
    """A question of the session's unit in this campaign, or None."""
    return session.scalar(
        select(Question).where(
            Question.id == number, Question.campaign_id == assignment.campaign.id
        )
    )


def answer(
    session: Session,
    assignment: Assignment,
    question: Question,
    published: Published,
    *,
    by: Person,
    at: datetime,
) -> Problem | None:
    """Publish the answer to a question to every unit.

    Returns the problem of a refused text. Raises `NotAllowedNow` (409) for an archived campaign,
    for a question already answered, and for a `thread` of another item.
    """
    _require_open(assignment, question)
    if problem := published.problem:
        return problem
    kept = _publish(session, assignment, question.item, published, by, at)
    question.clarification_id = kept.id
    _settle(session, question, by, at)
    note = f"{published.question}——{published.answer}"
    about, item = assignment.about, question.item
    record(session, Action.QUESTION_ANSWERED, about, by=by, at=at, item=item, note=note)
    return None


def reply(
    session: Session,
    assignment: Assignment,
    question: Question,
    text: str,
    *,
    by: Person,
    at: datetime,
) -> Problem | None:
    """Answer the unit alone, where other units need not know.

    Returns the problem of a refused text. Raises `NotAllowedNow` (409) as `answer` does.
    """
    _require_open(assignment, question)
    if problem := refuse_text(text, "答复", MAX_ANSWER_LENGTH):
        return problem
    question.reply = text
    _settle(session, question, by, at)
    about, item = assignment.about, question.item
    record(session, Action.QUESTION_ANSWERED, about, by=by, at=at, item=item, note=text)
    return None


def _require_open(assignment: Assignment, question: Question) -> None:
    if assignment.status is Status.ARCHIVED:
        raise NotAllowedNow(ARCHIVED)
    if question.answered_at is not None:
        raise NotAllowedNow(
            f"{question.answered_by} 已经答复过。口径有变化请在“口径答疑”里公布新的一版。"
        )


def _settle(session: Session, question: Question, by: Person, at: datetime) -> None:
    question.answered_at, question.answered_by = at, by.name
    session.flush()


def publish(
    session: Session,
    assignment: Assignment,
    item: Item,
    published: Published,
    *,
    by: Person,
    at: datetime,
) -> Problem | None:
    """Publish a clarification without a question, or a new version of one.

    Returns the problem of a refused text. Raises `NotAllowedNow` (409) for an archived campaign and
    for a `thread` of another item.
    """
    if assignment.status is Status.ARCHIVED:
        raise NotAllowedNow(ARCHIVED)
    if problem := published.problem:
        return problem
    _publish(session, assignment, item.code, published, by, at)
    note = f"{published.question}——{published.answer}"
    record(session, Action.CLARIFIED, assignment.about, by=by, at=at, item=item.code, note=note)
    return None


def _publish(
    session: Session,
    assignment: Assignment,
    item: str,
    published: Published,
    by: Person,
    at: datetime,
) -> Clarification:
    campaign_id, version = assignment.campaign.id, 1
    if published.thread is not None:
        version = 1 + _newest_version(session, campaign_id, item, published.thread)
    kept = Clarification(
        campaign_id=campaign_id,
        item=item,
        thread=published.thread,
        version=version,
        question=published.question,
        answer=published.answer,
        published_at=at,
        published_by=by.organisation.name,
    )
    session.add(kept)
    session.flush()
    return kept


def _newest_version(session: Session, campaign_id: int, item: str, thread: int) -> int:
    newest = session.scalar(
        select(func.max(Clarification.version)).where(
            Clarification.campaign_id == campaign_id,
            Clarification.item == item,
            (Clarification.id == thread) & Clarification.thread.is_(None)
            | (Clarification.thread == thread),
        )
    )
    if newest is None:
        raise NotAllowedNow("要更新的口径不在这一项里，没有做任何改动。请刷新后再试。")
    return newest


def review(
    session: Session, assignment: Assignment, clarification_id: int, *, by: Person, at: datetime
) -> bool:
    """Record that the unit's figure agrees with a clarification; again changes nothing.

    Returns False where the campaign has no such clarification, or the unit no report.
    """
    report = assignment.report
    known = session.scalar(
        select(Clarification).where(
            Clarification.id == clarification_id,
            Clarification.campaign_id == assignment.campaign.id,
        )
    )
    if known is None or report is None:
        return False
    done = session.scalar(
        select(ClarificationReview.reviewed_at).where(
            ClarificationReview.report_id == report.id,
            ClarificationReview.clarification_id == known.id,
        )
    )
    if done is None:
        row = {
            "organisation_id": report.organisation_id,
            "report_id": report.id,
            "clarification_id": known.id,
            "reviewed_at": at,
            "reviewed_by": by.name,
        }
        session.execute(insert(ClarificationReview), [row])
        note = f"口径第 {known.version} 版：{known.question}"
        record(
            session,
            Action.CLARIFICATION_REVIEWED,
            assignment.about,
            by=by,
            at=at,
            item=known.item,
            note=note,
        )
    return True
