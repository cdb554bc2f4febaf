"""Views of entries on behalf (代录): the sheet, its submission, the unit's confirmation."""

import secrets
from collections.abc import Sequence
from typing import Any, TypeAlias

from flask import flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.access.identity import actor
from portal.access.rules import allow, reporter, upper_reviewer
from portal.collection.assignment import FilledReport
from portal.collection.on_behalf import alone_in, unconfirmed
from portal.domain.checks.explanations import CONFIRMED, REASONS
from portal.domain.figures import Problem
from portal.domain.report.return_answers import Answer, Asked
from portal.domain.report.sole_handling import Act, Assurance
from portal.domain.report_state import NotAllowedNow
from portal.models import Submission
from portal.reports import answering, operations, rows
from portal.reports.on_behalf import operations as entering
from portal.reports.on_behalf.operations import GROUNDS, Ground, Said, Text
from portal.reports.operations import NotReady
from portal.reports.page_views import bp, typed_fields
from portal.reports.saving import SaveResult
from portal.reports.typed import seen_in
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here, filled_report
from portal.web.assurance import assurance_in
from portal.web.form_fields import nonce_in, printable


def unit_report(campaign: str) -> FilledReport:
    filling = filled_report(campaign)
    entering.require_level(db.session(), actor(), filling.assignment.expectation)
    return filling


NO_GROUND, NO_ASSURANCE = Ground(), Assurance()
Fields: TypeAlias = MultiDict[str, str]
NOTHING_TYPED: Fields = MultiDict()


@bp.get("/on-behalf")
@allow(upper_reviewer)
def on_behalf(campaign: str) -> Any:
    """The sheet for entering what the unit gave by telephone, fax or photo."""
    return _sheet(unit_report(campaign))


def _sheet(
    filling: FilledReport,
    entered: Sequence[SaveResult] = (),
    *,
    ground: Ground = NO_GROUND,
    problem: Problem | None = None,
    refused: str = "",
) -> str:
    permission = filling.assignment.may_write(clock.now())
    return render_template(
        "reports/on_behalf.html",
        assignment=filling.assignment,
        campaign=filling.assignment.campaign,
        filling=filling,
        sheet=rows.page_sheet(filling),
        rows=rows.item_rows(filling, editable=permission.allowed, entered=entered),
        permission=permission,
        unsaved=[one.item for one in entered],
        waiting=unconfirmed(db.session(), filling),
        grounds=GROUNDS,
        ground=ground,
        problem=problem,
        refused=refused,
    )


@bp.post("/on-behalf")
@allow(upper_reviewer)
def enter_on_behalf(campaign: str) -> Any:
    """Write the figures that were typed for the unit."""
    ground, zero_rest = Ground.of(request.form), "zero-rest" in request.form
    try:
        with writing() as session:
            before = unit_report(campaign)
            typed = typed_fields(before, request.form)
            if ground.problem:
                return _kept_back(before, ground, ground.problem), 422
            now, entered = entering.keep(
                session, before, typed, ground, zero_rest=zero_rest, by=actor(), at=clock.now()
            )
            session.commit()
    except NotAllowedNow as too_late:
        return _sheet(unit_report(campaign), ground=ground, refused=too_late.sentence), 409
    refused = [one for one in entered if one.refused]
    saved = sum(one.written for one in entered)
    if refused:
        page = _sheet(unit_report(campaign), refused, ground=ground)
        return page, 409 if any(one.conflict for one in refused) else 422
    left = now.counters.blanks
    rest = f"还有 {left} 项空白" if left else "已填齐"
    flash(f"已代录 {saved} 项，{rest}。单位确认以前标明“代录”。")
    return redirect(url_for(".on_behalf", campaign=campaign), 303)


def _kept_back(filling: FilledReport, ground: Ground, problem: Problem) -> str:
    """The sheet with everything that was typed; nothing was saved."""
    typed = typed_fields(filling, request.form)
    entered = [
        SaveResult(item, text, filling.at(item.code), problem=problem)
        for item, text in typed.items()
    ]
    return _sheet(filling, entered, ground=ground, problem=problem)


@bp.get("/on-behalf/submission")
@allow(upper_reviewer)
def on_behalf_submission(campaign: str) -> Any:
    """What stands between the unit's report and its submission by the upper union."""
    return _submission(unit_report(campaign))


def _submission(
    filling: FilledReport,
    *,
    ground: Ground = NO_GROUND,
    assurance: Assurance = NO_ASSURANCE,
    typed: Fields = NOTHING_TYPED,
    problem: Problem | None = None,
) -> str:
    session, report = db.session(), filling.assignment.report
    asked = answering.asked_now(session, filling)
    return render_template(
        "reports/on_behalf_submission.html",
        assignment=filling.assignment,
        campaign=filling.assignment.campaign,
        filling=filling,
        asked=asked,
        missing=operations.not_ready(filling, asked),
        permission=operations.may_submit(filling, by=actor(), at=clock.now()),
        reasons=REASONS,
        grounds=GROUNDS,
        ground=ground,
        alone=alone_in(session, report, Act.SUBMIT, by=actor()),
        assurance=assurance,
        typed=typed,
        words=printable(typed.get("words", "")),
        answered=_answers_typed(typed, asked),
        answer_problems={},
        problem=problem,
        nonce=secrets.token_hex(16),
    )


def _answers_typed(typed: Fields, asked: Sequence[Asked]) -> dict[str, tuple[Answer, str]]:
    replies = answering.replies_in(typed, asked)
    return {code: (reply.answer, printable(reply.words)) for code, reply in replies.items()}


def _said(fields: Fields, asked: Sequence[Asked]) -> Said:
    """What the unit said, as typed: one text for the ticked queries, and the answers."""
    texts: list[Text] = [
        ({key: fields.get(f"numbers.{key}", "")}, CONFIRMED, "")
        for key in fields.getlist("confirmed")
    ]
    reason, words = fields.get("reason", ""), fields.get("words", "")
    if reason or words:
        texts.append((seen_in(fields), reason, words))
    return Said(texts, answering.replies_in(fields, asked))


UNREADY = Problem("还不能上报，请先处理下面的问题；已写好的说明和答复保存了。")


@bp.post("/on-behalf/submission")
@allow(upper_reviewer)
def submit_on_behalf(campaign: str) -> Any:
    """上报 for the unit."""
    ground, assurance = Ground.of(request.form), assurance_in(request.form)
    status = 422
    try:
        outcome = ground.problem or _submitted(campaign, ground, assurance)
    except NotAllowedNow as too_late:
        outcome, status = Problem(too_late.sentence), 409
    if isinstance(outcome, Submission):
        flash("已代为上报，等待审核；单位确认以前标明“代录”。")
        return redirect(url_for(".receipt", campaign=campaign, number=outcome.number), 303)
    unready = isinstance(outcome, NotReady)
    page = _submission(
        unit_report(campaign),
        ground=ground,
        assurance=assurance,
        typed=NOTHING_TYPED if unready else request.form,
        problem=UNREADY if isinstance(outcome, NotReady) else outcome,
    )
    return page, status


def _submitted(
    campaign: str, ground: Ground, assurance: Assurance
) -> Submission | NotReady | Problem:
    """The result of submitting; explanations and answers are saved unless one is a problem."""
    with writing() as session:
        filling = unit_report(campaign)
        outcome = entering.submit(
            session,
            filling,
            ground,
            _said(request.form, answering.asked_now(session, filling)),
            assurance,
            nonce=nonce_in(request.form),
            by=actor(),
            at=clock.now(),
        )
        if isinstance(outcome, Problem):
            session.rollback()
        else:
            session.commit()
    return outcome


@bp.post("/on-behalf/confirmation")
@allow(reporter)
def confirm_on_behalf(campaign: str) -> Any:
    """确认代录: the unit confirms what was entered for it."""
    with writing() as session:
        assignment = assignment_here(campaign)
        count = entering.confirm(session, assignment.report, by=actor(), at=clock.now())
        session.commit()
    flash("已确认代录的数。" if count else "代录的数已经确认过。")
    return redirect(url_for(".report", campaign=campaign), 303)
