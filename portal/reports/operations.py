"""Operations on a report: save, declare zeros, explain, submit, withdraw. The view commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import FilledReport, Stored
from portal.collection.on_behalf import confirm
from portal.domain.campaign.calendar import Permission
from portal.domain.checks import explanations
from portal.domain.checks.finding import Issue, blanks
from portal.domain.figures import Problem
from portal.domain.form.check_rules import Grade
from portal.domain.form.form import Item
from portal.domain.report import submission
from portal.domain.report.return_answers import Asked
from portal.domain.report_state import Move, NotAllowedNow, State, after
from portal.models import Explanation, Report, Submission
from portal.models.trail import record
from portal.models.trail_actions import Action, EntryChannel
from portal.reports import answering, idempotency, saving
from portal.reports.saving import SaveResult, Undone
from portal.reports.typed import Typed


def save_item(
    session: Session, filling: FilledReport, item: Item, typed: Typed, *, by: Person, at: datetime
) -> tuple[FilledReport, SaveResult]:
    """Write one figure; its neighbours stay as they are.

    Returns the report as it is now and the result of the typed text: a problem (422) and a conflict
    (409) are values. Raises `NotAllowedNow` (409) when the report cannot be written to at this
    moment.
    """
    filling, entered = save_items(session, filling, {item: typed}, by=by, at=at)
    return filling, entered[0]


def save_items(
    session: Session,
    filling: FilledReport,
    typed: Mapping[Item, Typed],
    *,
    by: Person,
    at: datetime,
) -> tuple[FilledReport, list[SaveResult]]:
    """Write several figures, each by itself: a refused figure stops no other.

    Raises `NotAllowedNow` (409) when the report cannot be written to at this moment.
    """
    filling.assignment.may_write(at).require()
    judged = [
        idempotency.replayed(session, filling, saving.evaluate(filling, item, text))
        for item, text in typed.items()
    ]
    wanted = [one for one in judged if one.written]
    if not wanted:
        return _as_told(filling, judged), judged
    report = saving.ensure_draft(session, filling.assignment, by=by, at=at)
    filling = saving.in_report(filling, report)
    kept = saving.save(session, filling, wanted, by=by, at=at)
    now = replace(filling, stored={**filling.stored, **kept})
    return now, [_as_kept(one, kept) for one in judged]


def _as_told(filling: FilledReport, judged: list[SaveResult]) -> FilledReport:
    """The report as the answers to these entries show it: a replayed save as it was then."""
    told = {one.item.code: one.stored for one in judged if not one.refused}
    return replace(filling, stored={**filling.stored, **told})


def _as_kept(one: SaveResult, kept: Mapping[str, Stored]) -> SaveResult:
    return replace(one, stored=kept.get(one.item.code, one.stored))


def fill_zeros(
    session: Session, filling: FilledReport, *, zero_report: bool, by: Person, at: datetime
) -> int:
    """空白项补“0” or 零报告, as one batch that can be undone; returns the number of blanks.

    Raises `NotAllowedNow` (409) when the report cannot be written to at this moment, or a 零报告 is
    declared over a figure.
    """
    filling.assignment.may_write(at).require()
    return saving.fill_zeros(session, filling, zero_report=zero_report, by=by, at=at)


def undo_batch(
    session: Session, filling: FilledReport, *, number: int | None, by: Person, at: datetime
) -> Undone:
    """Undo the newest change of many figures at once, be it 补“0”, 零报告, 粘贴 or 导入.

    `number` is the batch that the page offered to undo, None for whichever is the newest. Raises
    `NotAllowedNow` (409) where there is none or a newer one, or when the report cannot be written
    to at this moment.
    """
    filling.assignment.may_write(at).require()
    batch = saving.open_batch(session, filling.assignment.report)
    if batch is None:
        raise NotAllowedNow("没有可以撤销的批量填写（补“0”、零报告、粘贴、导入）。")
    if number not in (None, batch.id):
        raise NotAllowedNow("这一次已经撤销，或者之后又有一次批量填写，请刷新页面后再看。")
    return saving.undo_batch(session, filling, batch, by=by, at=at)


def explain(
    session: Session,
    filling: FilledReport,
    seen: Mapping[str, str],
    *,
    reason: str,
    words: str,
    by: Person,
    at: datetime,
    channel: EntryChannel = EntryChannel.WEB,
) -> Problem | None:
    """Save one explanation for the queries in `seen`; a returned problem means nothing was saved.

    `seen` has the numbers that the writer saw by the query's key; several keys are one cause
    (多项同一原因). Raises `NotAllowedNow` (409) where a query is gone or its numbers have changed,
    or when the report cannot be written to at this moment.
    """
    filling.assignment.may_write(at).require()
    if not seen:
        return NONE_TICKED
    issues = [
        issue
        for issue in filling.issues
        if issue.grade is Grade.QUERY and seen.get(issue.key) == issue.numbers
    ]
    if not issues or len(issues) < len(seen):
        raise NotAllowedNow("要说明的数刚才已经改变，说明没有保存。请返回“检查并上报”重新查看。")
    retired = {filling.explanations[key].reason for key in seen if key in filling.explanations}
    if problem := explanations.refuse_for(issues, reason, words, retired):
        return problem
    report = saving.ensure_draft(session, filling.assignment, by=by, at=at)
    shared = _is_shared(filling, issues, words)
    for issue in issues:
        text = filling.slip_answer(issue) or words.strip()
        kept = explanations.Explanation(reason, text, issue.numbers, shared)
        _keep_explanation(session, report, issue, kept, by, at, channel)
    return None


def _is_shared(filling: FilledReport, issues: Sequence[Issue], words: str) -> bool:
    """Whether these items are said to have one cause, now or earlier.

    The page asks once: a yes holds for items that later get the same text.
    """
    if any(map(explanations.is_slip, issues)):
        return False
    others = (text for text in filling.shared_texts if text.agreed)
    again = any(explanations.said(text.words) == explanations.said(words) for text in others)
    return again or len({issue.code for issue in issues}) > 1


def _keep_explanation(
    session: Session,
    report: Report,
    issue: Issue,
    kept: explanations.Explanation,
    by: Person,
    at: datetime,
    channel: EntryChannel,
) -> None:
    session.execute(
        delete(Explanation).where(
            Explanation.report_id == report.id, Explanation.issue == issue.key
        )
    )
    row = {
        "organisation_id": report.organisation_id,
        "report_id": report.id,
        "issue": issue.key,
        "reason": kept.reason,
        "words": kept.words,
        "numbers": kept.numbers,
        "shared": kept.shared,
        "explained_at": at,
        "explained_by": by.name,
    }
    session.execute(insert(Explanation), [row])
    record(
        session,
        Action.EXPLAINED,
        report.about,
        by=by,
        at=at,
        channel=channel,
        item=issue.code,
        note=f"{kept.reason}：{kept.words}" + ("（多项同一原因）" if kept.shared else ""),
    )


NONE_TICKED = Problem("请先勾选同一原因的各项。")
FOUR_EYES = "本次填报要求填报与上报由两人分别完成，请由本单位另一位人员上报。"


@dataclass(frozen=True, slots=True)
class NotReady:
    """What stops a report from being submitted; false when nothing does."""

    blank: tuple[Item, ...]
    errors: tuple[Issue, ...]
    unexplained: tuple[Issue, ...]
    unanswered: tuple[Asked, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.blank or self.errors or self.unexplained or self.unanswered)


def not_ready(filling: FilledReport, asked: Sequence[Asked] = ()) -> NotReady:
    """What a report lacks before it can be submitted; false when nothing.

    `asked` is what the sending back asks, where the report was returned.
    """
    open_queries = tuple(
        issue
        for issue in filling.issues
        if issue.grade is Grade.QUERY and issue.key not in filling.explained
    )
    return NotReady(
        blank=blanks(filling.form, filling.figures),
        errors=tuple(issue for issue in filling.issues if issue.grade is Grade.ERROR),
        unexplained=open_queries,
        unanswered=tuple(each for each in asked if not each.reply),
    )


def may_submit(filling: FilledReport, *, by: Person, at: datetime) -> Permission:
    """Whether this person may submit now: at the right moment, and with four eyes if asked."""
    permission = filling.assignment.may_submit(at)
    report = filling.assignment.report
    alone = report is not None and report.saved_by_id == by.id
    if permission.allowed and alone and filling.assignment.campaign.four_eyes:
        return replace(permission, allowed=False, sentence=FOUR_EYES)
    return permission


def submission_for(session: Session, filling: FilledReport, nonce: str) -> Submission | None:
    """The submission that an earlier click with this nonce made, or None."""
    report = filling.assignment.report
    if report is None or not nonce:
        return None
    return session.scalar(
        select(Submission).where(Submission.report_id == report.id, Submission.nonce == nonce)
    )


def submit(
    session: Session,
    filling: FilledReport,
    *,
    nonce: str,
    by: Person,
    at: datetime,
    channel: EntryChannel = EntryChannel.WEB,
    ground: str = "",
) -> Submission | NotReady:
    """Freeze the report and store the whole form as the next submission.

    `ground` is why the next union up submits for the unit (代录), with the matching channel. A
    second click with the same nonce returns the first click's submission. Returns what is missing
    when the form is not ready; raises `NotAllowedNow` (409) at the wrong moment.
    """
    if known := submission_for(session, filling, nonce):
        return known
    may_submit(filling, by=by, at=at).require()
    asked = answering.asked_now(session, filling)
    if missing := not_ready(filling, asked):
        return missing
    answering.keep_standing(session, filling, asked, by=by, at=at, channel=channel)
    report = saving.ensure_draft(session, filling.assignment, by=by, at=at)
    before = State(report.state)
    report.came_from = before
    report.state = after(Move.SUBMIT, before)
    report.submissions += 1
    report.submitted_at = at
    report.first_submitted_at = report.first_submitted_at or at
    session.flush()
    submitted = _keep_submission(session, filling, report, asked, nonce, by, at, ground)
    if not ground:
        confirm(session, report, by=by, at=at)  # submitting confirms what was entered on behalf
    note = f"第 {report.submissions} 次报送" + (f"，代为上报，依据：{ground}" if ground else "")
    record(session, Action.SUBMITTED, report.about, by=by, at=at, channel=channel, note=note)
    return submitted


def _keep_submission(
    session: Session,
    filling: FilledReport,
    report: Report,
    asked: Sequence[Asked],
    nonce: str,
    by: Person,
    at: datetime,
    ground: str,
) -> Submission:
    expectation = filling.assignment.expectation
    content = submission.canonical_bytes(
        submission.document(
            filling.form,
            filling.figures,
            organisation_code=expectation.code,
            organisation_name=expectation.name,
            campaign_code=filling.assignment.campaign.code,
            number=report.submissions,
            submitted_at=at,
            submitted_by=by.name,
            explanations=_living_explanations(filling),
            filler=report.saved_by,
            phone=by.organisation.phone,
            on_behalf=ground,
            answers={each.code: each.reply.text for each in asked if each.reply},
            includes_passed_down=report.includes_passed_down,
        )
    )
    kept = Submission(
        organisation_id=report.organisation_id,
        report_id=report.id,
        number=report.submissions,
        document=content.decode(),
        sha256=submission.fingerprint(content),
        submitted_at=at,
        submitted_by_id=by.id,
        submitted_by=by.name,
        nonce=nonce,
    )
    session.add(kept)
    session.flush()
    return kept


def _living_explanations(filling: FilledReport) -> dict[str, submission.Json]:
    return {
        key: {"reason": kept.reason, "words": kept.words} | _shared(kept)
        for key, kept in filling.explanations.items()
        if key in filling.explained
    }


def _shared(kept: explanations.Explanation) -> dict[str, submission.Json]:
    return {"shared": True} if kept.shared else {}


def withdraw(session: Session, filling: FilledReport, *, by: Person, at: datetime) -> None:
    """Withdraw the submission; the report returns to its state before it.

    Raises `NotAllowedNow` (409) unless it is submitted and the campaign open to the unit.
    """
    filling.assignment.may_withdraw(at).require()
    report = filling.assignment.report
    if report is None:
        raise NotAllowedNow("报表尚未上报，不必撤回。")
    report.state = after(Move.WITHDRAW, State(report.state), State(report.came_from))
    session.flush()
    note = f"第 {report.submissions} 次报送"
    record(session, Action.WITHDRAWN, report.about, by=by, at=at, note=note)
