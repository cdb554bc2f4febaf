"""Views of a report: the page, its rows, its submission, its paper and its workbook."""

import secrets
from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)

from portal import clock
from portal.access import allow, may, report_reader, reporter
from portal.assignment import (
    Assignment,
    Filling,
    fill_of,
    find_assignment,
    last_reproof,
)
from portal.db import db, writing
from portal.domain.explanations import REASONS
from portal.domain.form import Item
from portal.domain.report_state import State
from portal.errors import BadInput
from portal.html import wants_fragment
from portal.identity import actor, organisation_here
from portal.reports import operations, paper, rows, saving
from portal.reports.saving import Entered
from portal.reports.typed import Typed, as_chosen, changed

bp = Blueprint("reports", __name__, url_prefix="/o/<organisation>/campaigns/<campaign>/report")


def _assignment(campaign: str) -> Assignment:
    return find_assignment(db.session(), campaign) or abort(404)


def _filling(campaign: str) -> Filling:
    return fill_of(db.session(), _assignment(campaign))


@bp.get("")
@allow(report_reader)
def report(campaign: str) -> Any:
    """The report page: to fill in for whoever may now, to read for the others."""
    return _page(_filling(campaign))


def _page(filling: Filling, entered: list[Entered] | None = None) -> str:
    assignment, now = filling.assignment, clock.now()
    permission = assignment.may_write(now)
    mine = may(reporter, organisation_here().id)
    session = db.session()
    reproof = last_reproof(session, assignment.report)
    return render_template(
        "reports/edit.html",
        assignment=assignment,
        filling=filling,
        permission=permission,
        editable=permission.allowed and mine,
        mine=mine,
        withdrawal=assignment.may_withdraw(now),
        batch=saving.open_batch(session, assignment.report),
        reproof=reproof,
        sheet=rows.page_sheet(filling),
        rows=rows.item_rows(
            filling,
            editable=permission.allowed and mine,
            entered=entered or (),
            reproof=reproof if assignment.state is State.RETURNED else None,
        ),
        words=rows.WORDS,
        progress=rows.progress(filling),
        nonce=secrets.token_hex(16),
    )


@bp.post("")
@allow(reporter)
def save_sheet(campaign: str) -> Any:
    """Save every figure whose text was changed: the way that works without scripts."""
    fields = as_chosen(request.form)
    with writing() as session:
        filling = _filling(campaign)
        typed = {
            item: Typed.of(fields, item.code)
            for item in filling.form.leaves
            if changed(fields, item.code)
        }
        filling, entered = operations.save_items(
            session, filling, typed, by=actor(), at=clock.now()
        )
        session.commit()
    return _sheet_answer(filling, entered)


def _sheet_answer(filling: Filling, entered: list[Entered]) -> Any:
    refused = [one for one in entered if one.problem or one.conflict]
    if refused:
        page = _page(_read_again(filling), refused)
        return page, 409 if any(one.conflict for one in refused) else 422
    saved = sum(one.written for one in entered)
    flash(f"已保存 {saved} 项。" if saved else "没有改动，不需要保存。")
    return redirect(url_for(".report", campaign=filling.assignment.campaign.code), 303)


def _read_again(filling: Filling) -> Filling:
    return _filling(filling.assignment.campaign.code)


@bp.post("/items/<item>")
@allow(reporter)
def save_item(campaign: str, item: str) -> Any:
    """Save one item of this organisation's report and show its new state."""
    typed = Typed.of(request.form, item)
    with writing() as session:
        before = _filling(campaign)
        leaf = _leaf(before, item)
        if wants_fragment() and not before.assignment.may_write(clock.now()).allowed:
            return _frozen_row(before, leaf)
        now, entered = operations.save_item(
            session, before, leaf, typed, by=actor(), at=clock.now()
        )
        session.commit()
    if not wants_fragment():
        return _sheet_answer(now, [entered])
    return _row_answer(before, now, entered)


def _leaf(filling: Filling, code: str) -> Item:
    item = filling.form.by_code.get(code) or abort(404)
    if item.calculated:
        raise BadInput(f"{item.name}是合计项，由系统计算，不能填写。")
    return item


def _frozen_row(filling: Filling, item: Item) -> Any:
    row = rows.item_rows(filling, editable=False)[item.code]
    sentence = filling.assignment.may_write(clock.now()).sentence
    return render_template("reports/_state.html", row=row, locked_because=sentence), 409


def _row_answer(before: Filling, now: Filling, entered: Entered) -> Any:
    every = rows.item_rows(now, editable=True, entered=[entered])
    sums, notices = rows.told_again(before, now, entered.item.code)
    page = render_template(
        "reports/_saved.html",
        row=every[entered.item.code],
        sums=[every[code] for code in sums],
        notices=[every[code] for code in notices],
        progress=rows.progress(now, after=entered.item.code),
        assignment=now.assignment,
        saved_at=entered.stored.saved_at,
        refused=bool(entered.problem or entered.conflict),
    )
    return page, 409 if entered.conflict else 422 if entered.problem else 200


@bp.post("/zeros")
@allow(reporter)
def fill_zeros(campaign: str) -> Any:
    """空白项补“0”: declare every blank zero."""
    with writing() as session:
        count = operations.fill_zeros(
            session, _filling(campaign), zero_report=False, by=actor(), at=clock.now()
        )
        session.commit()
    flash(f"已把 {count} 个空白项补为 0；补错了可以撤销。" if count else "没有空白项。")
    return redirect(url_for(".report", campaign=campaign), 303)


@bp.post("/zero-report")
@allow(reporter)
def zero_report(campaign: str) -> Any:
    """零报告: this organisation had none of this work this time."""
    with writing() as session:
        operations.fill_zeros(
            session, _filling(campaign), zero_report=True, by=actor(), at=clock.now()
        )
        session.commit()
    flash("已作零报告，全部指标为 0；请检查后上报。作错了可以撤销。")
    return redirect(url_for(".report", campaign=campaign), 303)


@bp.post("/zeros/undoing")
@allow(reporter)
def undo_zeros(campaign: str) -> Any:
    """Take back the last 空白项补“0” or 零报告."""
    with writing() as session:
        restored, left = operations.undo_zeros(
            session, _filling(campaign), by=actor(), at=clock.now()
        )
        session.commit()
    since = f"；{'、'.join(left)} 在此之后已被修改，保持不变" if left else ""
    flash(f"已撤销，恢复 {restored} 项{since}。")
    return redirect(url_for(".report", campaign=campaign), 303)


@bp.get("/submission")
@allow(reporter)
def submission(campaign: str) -> Any:
    """What stands between this report and its submission, each with its remedy."""
    return _submission_page(_filling(campaign))


def _submission_page(filling: Filling, **extra: Any) -> str:
    return render_template(
        "reports/submission.html",
        assignment=filling.assignment,
        filling=filling,
        missing=operations.not_ready(filling),
        permission=filling.assignment.may_submit(clock.now()),
        reasons=REASONS,
        nonce=secrets.token_hex(16),
        **extra,
    )


@bp.post("/explanations")
@allow(reporter)
def explain(campaign: str) -> Any:
    """Keep the explanation of one issue, or one explanation for those of a section."""
    keys = request.form.getlist("issue")
    reason, words = request.form.get("reason", ""), request.form.get("words", "")
    with writing() as session:
        filling = _filling(campaign)
        problem = operations.explain(
            session, filling, keys, reason=reason, words=words, by=actor(), at=clock.now()
        )
        session.commit()
    if problem:
        typed = {"keys": keys, "reason": reason, "words": words, "sentence": problem.sentence}
        return _submission_page(_filling(campaign), typed=typed), 422
    flash("说明已保存。")
    return redirect(url_for(".submission", campaign=campaign), 303)


@bp.post("/submission")
@allow(reporter)
def submit(campaign: str) -> Any:
    """上报: freeze the report and hand it to the next union up."""
    nonce = request.form.get("nonce", "")[:64]
    with writing() as session:
        outcome = operations.submit(
            session, _filling(campaign), nonce=nonce, by=actor(), at=clock.now()
        )
        if not isinstance(outcome, operations.NotReady):
            session.commit()
            return redirect(url_for(".receipt", campaign=campaign, number=outcome.number), 303)
    page = _submission_page(_filling(campaign), refused="还不能上报，请先处理下面的问题。")
    return page, 422


@bp.post("/withdrawal")
@allow(reporter)
def withdraw(campaign: str) -> Any:
    """撤回: take the submission back to mend it."""
    with writing() as session:
        operations.withdraw(session, _filling(campaign), by=actor(), at=clock.now())
        session.commit()
    flash("已撤回，修改后请重新上报。")
    return redirect(url_for(".report", campaign=campaign), 303)


@bp.get("/submissions/<int:number>")
@allow(report_reader)
def receipt(campaign: str, number: int) -> Any:
    """回执: the proof of one submission, to be printed and kept."""
    assignment = _assignment(campaign)
    kept = paper.submission_number(db.session(), assignment, number) or abort(404)
    return render_template(
        "reports/receipt.html",
        assignment=assignment,
        submission=kept,
        changes=paper.changes_from_one_before(db.session(), assignment, kept),
        withdrawal=assignment.may_withdraw(clock.now()),
    )


@bp.get("/print")
@allow(report_reader)
def print_report(campaign: str) -> Any:
    """The report on A4, as the notice's annex draws it."""
    filling = _filling(campaign)
    return render_template(
        "reports/print.html",
        assignment=filling.assignment,
        sheet=paper.sheet_of(db.session(), filling, clock.now()),
    )


@bp.get("/workbook")
@allow(report_reader)
def workbook(campaign: str) -> Any:
    """The report as a workbook with live sums."""
    filling = _filling(campaign)
    name, content = paper.workbook_of(db.session(), filling, clock.now())
    answer = make_response(content)
    answer.mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
