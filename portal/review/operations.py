"""Operations of a review: accept, send back, reopen, extend. The view commits."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.access.rules import NotYourRole
from portal.collection.assignment import Assignment, FilledReport
from portal.collection.decisions import decider_of, may_decide
from portal.collection.on_behalf import alone_in, keep_alone, refuse_alone
from portal.collection.signed_copies import scan_of
from portal.domain.campaign.board import Scan
from portal.domain.campaign.calendar import Status, in_words, to_the_minute
from portal.domain.figures import Problem
from portal.domain.report.sole_handling import Act, Assurance
from portal.domain.report_state import Move, NotAllowedNow, State, after
from portal.models import Expectation, Extension, Organisation, Report, SentBack, SentBackItem
from portal.models.trail import record
from portal.models.trail_actions import Action

NO_ASSURANCE = Assurance()
NO_ITEMS: Mapping[str, str] = MappingProxyType({})

ARCHIVED = "填报任务已归档，只能查看。"


def accept(
    session: Session,
    filling: FilledReport,
    *,
    number: int,
    by: Person,
    at: datetime,
    assurance: Assurance = NO_ASSURANCE,
) -> Problem | None:
    """审核通过 for the `number`-th submission.

    Who entered the figures or submitted for the unit must give an `assurance`; a returned problem
    says what it lacks, and nothing has changed. Raises `NotAllowedNow` (409) and `NotYourRole`
    (403) as `judged` does, and `NotAllowedNow` where the campaign asks for a signed copy that is
    missing.
    """
    assignment = filling.assignment
    report = judged(session, assignment, Move.ACCEPT, number=number, by=by)
    _require_signed_copy(session, assignment)
    acts = alone_in(session, report, Act.ACCEPT, by=by)
    if problem := refuse_alone(acts, assurance, assignment, at):
        return problem
    _decide(session, report, Move.ACCEPT, by, at)
    record(session, Action.ACCEPTED, assignment.about, by=by, at=at, note=f"第 {number} 次报送")
    keep_alone(session, report, acts, assurance, act=Act.ACCEPT, by=by, at=at)
    return None


def _require_signed_copy(session: Session, assignment: Assignment) -> None:
    """Raise `NotAllowedNow` where the campaign asks for a signed copy and none was uploaded.

    Acceptance waits for the scan, submission does not: on the last day nothing but wrong figures
    may stop a unit.
    """
    if not assignment.campaign.signed_copy_required:
        return
    if scan_of(session, assignment) is Scan.MISSING:
        raise NotAllowedNow("本次任务要求上传盖章件，该单位还没有传，不能审核通过。")


def send_back(
    session: Session,
    filling: FilledReport,
    *,
    number: int,
    reason: str,
    items: Mapping[str, str],
    until: datetime | None,
    by: Person,
    at: datetime,
) -> None:
    """退回修改, for the whole form or with words for the items named.

    `until` is the extension granted with it, which is required after the close. Raises
    `NotAllowedNow` (409) and `NotYourRole` (403) as `judged` does, and `ValueError` with the
    sentence of `refuse_until`.
    """
    report = judged(session, filling.assignment, Move.SEND_BACK, number=number, by=by)
    _grant_with_it(session, filling.assignment, until, reason, by, at)
    _give_back(session, report, Move.SEND_BACK, reason, items, by, at)
    note = _note(number, reason, items)
    record(session, Action.SENT_BACK, filling.assignment.about, by=by, at=at, note=note)


def reopen(
    session: Session,
    filling: FilledReport,
    *,
    number: int,
    reason: str,
    until: datetime | None,
    by: Person,
    at: datetime,
    items: Mapping[str, str] = NO_ITEMS,
) -> None:
    """取消审核并退回更正: send back an accepted report; raises as `send_back` does.

    Raises `NotAllowedNow` (409), `NotYourRole` (403) and `ValueError` with the sentence of
    `refuse_until`.
    """
    report = judged(session, filling.assignment, Move.REOPEN, number=number, by=by)
    _grant_with_it(session, filling.assignment, until, reason, by, at)
    _give_back(session, report, Move.REOPEN, reason, items, by, at)
    note = _note(number, reason, items)
    record(session, Action.REOPENED, filling.assignment.about, by=by, at=at, note=note)


def extend(
    session: Session,
    assignment: Assignment,
    *,
    until: datetime,
    reason: str,
    by: Person,
    at: datetime,
) -> None:
    """延期报送 for one unit; the same extension again changes nothing.

    Raises `NotAllowedNow` (409), `NotYourRole` (403), and `ValueError` with the sentence of
    `refuse_until`.
    """
    require_extendable(session, assignment, by=by)
    _grant_with_it(session, assignment, until, reason, by, at)


def require_extendable(session: Session, assignment: Assignment, *, by: Person) -> None:
    """Raise `NotYourRole` (403) or `NotAllowedNow` (409) unless `by` may extend the unit's time."""
    _require_level(session, assignment.expectation, by)
    if assignment.status is Status.ARCHIVED:
        raise NotAllowedNow(ARCHIVED)
    if not assignment.expectation.expected:
        raise NotAllowedNow("该单位本次免报，不需要延期。")


def judged(
    session: Session, assignment: Assignment, move: Move, *, number: int, by: Person
) -> Report:
    """The report that `by` may decide on now; `number` is the submission that the page showed.

    Raises `NotYourRole` (403) when another level decides, `NotAllowedNow` (409) when the report
    cannot make this move or has been submitted again since.
    """
    _require_level(session, assignment.expectation, by)
    if assignment.status is Status.ARCHIVED:
        raise NotAllowedNow(ARCHIVED)
    after(move, assignment.state)
    report = assignment.report
    if report is None or report.submissions != number:
        again = report.submissions if report else 0
        raise NotAllowedNow(
            f"您看的是第 {number} 次报送，单位已重新上报（第 {again} 次），没有做任何改动。"
            "请看过现在的报表再决定。"
        )
    return report


def _require_level(session: Session, expectation: Expectation, by: Person) -> None:
    if not may_decide(session, by, expectation):
        above = session.get_one(Organisation, decider_of(session, expectation))
        raise NotYourRole(f"由上一级工会（{above.name}）审核。")


def refuse_until(assignment: Assignment, until: datetime | None, at: datetime) -> str | None:
    """Why a unit's time cannot be extended until `until`, as a sentence; None when it can.

    `until` None extends nothing; that is refused only after the close, since a report sent back
    then could not be corrected.
    """
    if until is None:
        if assignment.closed(at):
            return "现已停止填报，请同时写明延期到什么时候，否则该单位不能修改。"
        return None
    if until <= at:
        return f"延期的时间要晚于现在（{in_words(at)}）。"
    if until <= assignment.campaign.due:
        return f"延期的时间要晚于报送截止时间（{in_words(assignment.campaign.due)}）。"
    return None


def _grant_with_it(
    session: Session,
    assignment: Assignment,
    until: datetime | None,
    reason: str,
    by: Person,
    at: datetime,
) -> None:
    if sentence := refuse_until(assignment, until, at):
        raise ValueError(sentence)
    if until is not None and not _granted_already(assignment, until, reason, at):
        _grant(session, assignment, to_the_minute(until), reason, by, at)


def _granted_already(assignment: Assignment, until: datetime, reason: str, at: datetime) -> bool:
    newest = assignment.extension
    if newest is None:
        return False
    if (newest.until, newest.reason) == (to_the_minute(until), reason):
        return True
    if newest.granted_at >= at:
        raise NotAllowedNow("刚刚已有另一次延期，没有做任何改动。请刷新后查看。")
    return False


def _grant(
    session: Session, assignment: Assignment, until: datetime, reason: str, by: Person, at: datetime
) -> None:
    expectation = assignment.expectation
    session.add(
        Extension(
            organisation_id=expectation.organisation_id,
            campaign_id=expectation.campaign_id,
            until=until,
            reason=reason,
            granted_by=by.name,
            granted_at=at,
        )
    )
    session.flush()
    note = f"延期至 {in_words(until)}：{reason}"
    record(session, Action.EXTENDED, assignment.about, by=by, at=at, note=note)


def _give_back(
    session: Session,
    report: Report,
    move: Move,
    reason: str,
    items: Mapping[str, str],
    by: Person,
    at: datetime,
) -> None:
    sent = SentBack(
        organisation_id=report.organisation_id,
        report_id=report.id,
        move=move,
        submission=report.submissions,
        reason=reason,
        sent_at=at,
        sent_by=by.name,
    )
    session.add(sent)
    session.flush()
    for item, words in items.items():
        session.add(
            SentBackItem(
                organisation_id=report.organisation_id,
                sent_back_id=sent.id,
                item=item,
                reason=words,
            )
        )
    _decide(session, report, move, by, at)


def _decide(session: Session, report: Report, move: Move, by: Person, at: datetime) -> None:
    report.state = after(move, State(report.state))
    report.decided_at, report.decided_by = at, by.name
    session.flush()


def _note(number: int, reason: str, items: Mapping[str, str]) -> str:
    named = [f"{code} {words}".strip() for code, words in items.items()]
    return "；".join([f"第 {number} 次报送：{reason}", *named])
