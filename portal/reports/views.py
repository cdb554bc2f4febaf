"""Views of a report: the page, its rows, its submission, its paper and its workbook."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import (
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)

from portal import clock
from portal.access.identity import actor, organisation_here
from portal.access.rules import allow, may, report_reader, reporter
from portal.access.tenancy import subtree
from portal.collection.assignment import (
    Assignment,
    FilledReport,
)
from portal.collection.on_behalf import sole_handlings, unconfirmed
from portal.domain.checks.explanations import CONFIRMED, REASONS
from portal.domain.consolidation.allocation import QUESTION
from portal.domain.figures import Problem
from portal.domain.form.form import Item
from portal.domain.report.return_answers import Reply
from portal.domain.report_state import EDITABLE, NotAllowedNow
from portal.reports import (
    answering,
    comparing,
    operations,
    passed_down,
    rows,
)
from portal.reports.page_views import (
    action_bar,
    bp,
    is_onwards,
    recent_editor,
    report_page,
    send_back_shown,
    too_late,
    typed_fields,
)
from portal.reports.prints import draft_prints, paper
from portal.reports.saving import SaveResult
from portal.reports.typed import Typed, as_chosen, seen_in
from portal.storage.db import db, writing
from portal.web.assignments import filled_report
from portal.web.attachments import attachment
from portal.web.errors import BadInput
from portal.web.form_fields import nonce_in, printable
from portal.web.html import wants_fragment


@bp.get("")
@allow(report_reader)
def report(campaign: str) -> Any:
    """The report page: to fill for who may fill now, read-only for others."""
    return report_page(filled_report(campaign))


@bp.post("")
@allow(reporter)
def save_sheet(campaign: str) -> Any:
    """Save every figure whose text was changed, then go on to 检查并上报 if that was pressed."""
    entered, answer = _save_first(campaign)
    if answer:
        return answer
    onwards = is_onwards()
    if not _say_saved(entered) and not onwards:
        flash("没有改动，不需要保存。")
    return redirect(url_for(".submission" if onwards else ".report", campaign=campaign), 303)


def _say_saved(entered: Sequence[SaveResult]) -> int:
    """Flash how many figures were saved, if any were; returns how many."""
    if saved := sum(one.written for one in entered):
        flash(f"已保存 {saved} 项。")
    return saved


def _save_first(campaign: str) -> tuple[Sequence[SaveResult], Any]:
    """Save a posted sheet; returns the results, and the page where one was refused, else None.

    Without scripts every button above the table posts the sheet, so that nothing typed is lost.
    """
    fields = as_chosen(request.form)
    try:
        with writing() as session:
            before = filled_report(campaign)
            now, entered = operations.save_items(
                session, before, typed_fields(before, fields), by=actor(), at=clock.now()
            )
            session.commit()
    except NotAllowedNow:
        before = filled_report(campaign)
        if typed := typed_fields(before, fields):
            return (), too_late(before, typed)
        raise
    return entered, _refused_answer(now, entered)


def _refused_answer(filling: FilledReport, entered: Sequence[SaveResult]) -> Any:
    """The page with the refused texts of a sheet; None where all were saved."""
    refused = [one for one in entered if one.refused]
    if not refused:
        return None
    _say_saved(entered)
    page = report_page(filled_report(filling.assignment.campaign.code), refused)
    return page, 409 if any(one.conflict for one in refused) else 422


@bp.post("/items/<item>")
@allow(reporter)
def save_item(campaign: str, item: str) -> Any:
    """Save one item of this organisation's report and show its new state."""
    typed = Typed.of(request.form, item)
    try:
        with writing() as session:
            before = filled_report(campaign)
            leaf = _leaf(before, item)
            now, entered = operations.save_item(
                session, before, leaf, typed, by=actor(), at=clock.now()
            )
            session.commit()
    except NotAllowedNow as refused:
        return _frozen_row(filled_report(campaign), item, typed, refused.sentence)
    if wants_fragment():
        return _row_answer(before, now, entered)
    if answer := _refused_answer(now, [entered]):
        return answer
    _say_saved([entered])
    return redirect(url_for(".report", campaign=campaign), 303)


def _leaf(filling: FilledReport, code: str) -> Item:
    item = filling.form.by_code.get(code) or abort(404)
    if item.calculated:
        raise BadInput(f"{item.name}是合计项，由系统计算，不能填写。")
    return item


def _frozen_row(filling: FilledReport, code: str, typed: Typed, sentence: str) -> Any:
    item = filling.form.by_code[code]
    if not wants_fragment():
        return too_late(filling, {item: typed})
    unsaved = SaveResult(item, typed, filling.at(code))
    row = rows.item_row(filling, item, editable=False, entered=unsaved)
    page = render_template(
        "reports/_frozen.html", row=row, locked_because=sentence, **action_bar(filling)
    )
    return page, 409


def _row_answer(before: FilledReport, now: FilledReport, entered: SaveResult) -> Any:
    sums, told = rows.rows_to_refresh(before, now, entered.item)
    reproof = send_back_shown(now.assignment)
    drawn = {
        item.code: rows.item_row(now, item, editable=True, reproof=reproof)
        for item in (*sums, *told)
    }
    page = render_template(
        "reports/_saved.html",
        row=rows.item_row(now, entered.item, editable=True, entered=entered, reproof=reproof),
        sums=[drawn[item.code] for item in sums],
        notices=[drawn[item.code] for item in told],
        assignment=now.assignment,
        progress=rows.progress(
            now, after=entered.item.code, unsaved=[entered] if entered.refused else []
        ),
        bar={} if rows.same_buttons(before, now) else action_bar(now),
        beside=_beside_saved(now, entered.item),
        colleague=recent_editor(now),
    )
    return page, 409 if entered.conflict else 422 if entered.problem else 200


def _beside_saved(now: FilledReport, saved: Item) -> Mapping[str, comparing.YearComparison]:
    """The comparison columns that one save changes, where the page shows them."""
    if "beside" not in request.form:
        return {}
    return comparing.beside(now, comparing.touched(now.form, saved))


@bp.post("/zeros")
@allow(reporter)
def fill_zeros(campaign: str) -> Any:
    """空白项补“0”: write zero into every blank, after the typed texts are saved."""
    _, answer = _save_first(campaign)
    if answer:
        return answer
    with writing() as session:
        count = operations.fill_zeros(
            session, filled_report(campaign), zero_report=False, by=actor(), at=clock.now()
        )
        session.commit()
    flash(f"已把 {count} 个空白项补为 0；补错了可以撤销。" if count else "没有空白项。")
    return redirect(url_for(".report", campaign=campaign), 303)


@bp.post("/zero-report")
@allow(reporter)
def zero_report(campaign: str) -> Any:
    """零报告: the organisation had none of this work and typed nothing."""
    _, answer = _save_first(campaign)
    if answer:
        return answer
    with writing() as session:
        operations.fill_zeros(
            session, filled_report(campaign), zero_report=True, by=actor(), at=clock.now()
        )
        session.commit()
    flash("已作零报告，全部指标为 0；请检查后上报。作错了可以撤销。")
    return redirect(url_for(".report", campaign=campaign), 303)


@bp.get("/submission")
@allow(reporter)
def submission(campaign: str) -> Any:
    """The page of what this report lacks before 上报, each point with its remedy."""
    return _submission_page(filled_report(campaign))


def _submission_page(filling: FilledReport, **extra: Any) -> str:
    asked = answering.asked_now(db.session(), filling)
    return render_template(
        "reports/submission.html",
        assignment=filling.assignment,
        filling=filling,
        asked=asked,
        missing=operations.not_ready(filling, asked),
        permission=operations.may_submit(filling, by=actor(), at=clock.now()),
        editable=_may_write(filling),
        reasons=REASONS,
        confirmed=CONFIRMED,
        standing=draft_prints.standing(db.session(), filling),
        asks_passed_down=asks_passed_down(filling.assignment),
        passed_down_question=QUESTION,
        nonce=secrets.token_hex(16),
        **extra,
    )


def asks_passed_down(assignment: Assignment) -> bool:
    """Whether the report has the question about passed-down money: only the city's own has."""
    if assignment.expectation.parent_id is not None:
        return False
    with subtree(organisation_here()) as session:
        return passed_down.passes_down(session, assignment)


def _may_write(filling: FilledReport) -> bool:
    return filling.assignment.may_write(clock.now()).allowed


@bp.post("/explanations")
@allow(reporter)
def explain(campaign: str) -> Any:
    """Save the explanation of one issue, or one for several with the same cause."""
    seen = seen_in(request.form)
    reason, words = request.form.get("reason", ""), request.form.get("words", "")
    try:
        with writing() as session:
            problem = operations.explain(
                session,
                filled_report(campaign),
                seen,
                reason=reason,
                words=words,
                by=actor(),
                at=clock.now(),
            )
            session.commit()
    except NotAllowedNow as refused:
        return _not_explained(campaign, seen, refused.sentence), 409
    if problem:
        return _not_explained(campaign, seen, problem.sentence), 422
    flash("说明已保存。")
    return redirect(url_for(".submission", campaign=campaign), 303)


def _not_explained(campaign: str, seen: Mapping[str, str], sentence: str) -> str:
    typed = {
        "keys": list(seen),
        "together": "together" in request.form,
        "reason": request.form.get("reason", ""),
        "words": printable(request.form.get("words", "")),
        "sentence": sentence,
    }
    return _submission_page(filled_report(campaign), typed=typed, refused=sentence)


@bp.post("/return-answers")
@allow(reporter)
def answer(campaign: str) -> Any:
    """Save the answers to a sending back: 已修改, 维持原数 or 已补附件."""
    with writing() as session:
        filling = filled_report(campaign)
        replies = answering.replies_in(request.form, answering.asked_now(session, filling))
        problems = answering.answer(session, filling, replies, by=actor(), at=clock.now())
        session.commit()
    if problems:
        return _not_answered(campaign, replies, problems), 422
    flash("答复已保存。" if replies else "没有选择答复，没有保存。")
    return redirect(url_for(".submission", campaign=campaign), 303)


def _not_answered(
    campaign: str, replies: Mapping[str, Reply], problems: Mapping[str, Problem]
) -> str:
    typed = {code: (replies[code].answer, printable(replies[code].words)) for code in problems}
    sentence = "有的答复没有保存，请看退回意见下的说明。"
    return _submission_page(
        filled_report(campaign), answered=typed, answer_problems=problems, refused=sentence
    )


@bp.post("/submission")
@allow(reporter)
def submit(campaign: str) -> Any:
    """上报: freeze the report for the next union up, with the answers given on the page."""
    nonce, by, at = nonce_in(request.form), actor(), clock.now()
    with writing() as session:
        filling = filled_report(campaign)
        replies = answering.replies_in(request.form, answering.asked_now(session, filling))
        problems = answering.answer(session, filling, replies, by=by, at=at) if replies else {}
        if not problems:
            outcome = operations.submit(session, filling, nonce=nonce, by=by, at=at)
        session.commit()
    if problems:
        return _not_answered(campaign, replies, problems), 422
    if not isinstance(outcome, operations.NotReady):
        return redirect(url_for(".receipt", campaign=campaign, number=outcome.number), 303)
    page = _submission_page(filled_report(campaign), refused="还不能上报，请先处理下面的问题。")
    return page, 422


@bp.post("/withdrawal")
@allow(reporter)
def withdraw(campaign: str) -> Any:
    """撤回: withdraw the submission to correct it."""
    with writing() as session:
        operations.withdraw(session, filled_report(campaign), by=actor(), at=clock.now())
        session.commit()
    flash("已撤回，修改后请重新上报。")
    return redirect(url_for(".report", campaign=campaign), 303)


@bp.get("/submissions/<int(max=9999):number>")
@allow(report_reader)
def receipt(campaign: str, number: int) -> Any:
    """回执: the printable proof of one submission."""
    filling = filled_report(campaign)
    assignment = filling.assignment
    kept = paper.submission_number(db.session(), assignment, number) or abort(404)
    return render_template(
        "reports/receipt.html",
        assignment=assignment,
        filling=filling,
        submission=kept,
        standing=paper.draft_beside(db.session(), filling, kept),
        changes=paper.changes_from_one_before(db.session(), assignment, kept),
        withdrawal=assignment.may_withdraw(clock.now()),
        corrects=number > 1 and paper.after_close(assignment, kept),
        waiting=unconfirmed(db.session(), filling),
        alone=sole_handlings(db.session(), assignment.report, number),
    )


@bp.get("/print")
@allow(report_reader)
def print_report(campaign: str) -> Any:
    """The report on A4, in the layout of the notice's annex."""
    filling = filled_report(campaign)
    return render_template(
        "reports/print.html",
        assignment=filling.assignment,
        keeps_draft=filling.assignment.report is not None
        and filling.assignment.state in EDITABLE
        and may(reporter, organisation_here().id),
        sheet=paper.sheet_of(db.session(), filling, clock.now()),
    )


@bp.get("/workbook")
@allow(report_reader)
def workbook(campaign: str) -> Any:
    """The report as a workbook with live sums."""
    filling = filled_report(campaign)
    name, content = paper.workbook_of(db.session(), filling, clock.now())
    return attachment(name, content)
