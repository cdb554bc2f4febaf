"""Views of entries on behalf (代录): the sheet, its submission, the unit's word."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from portal import clock
from portal.access import allow, reporter, upper_reviewer
from portal.assignment import Filling, fill_of, find_assignment
from portal.db import db, writing
from portal.domain.explanations import REASONS
from portal.domain.figures import Problem
from portal.domain.report_state import NotAllowedNow
from portal.identity import actor
from portal.on_behalf import unconfirmed
from portal.reports import entering, operations, rows
from portal.reports.entering import GROUNDS, Ground
from portal.reports.operations import NotReady
from portal.reports.saving import Entered
from portal.reports.views import _typed, bp
from portal.typed import legible, nonce_in


def _filling(campaign: str) -> Filling:
    session = db.session()
    filling = fill_of(session, find_assignment(session, campaign) or abort(404))
    entering.require_level(session, actor(), filling.assignment.expectation)
    return filling


NO_GROUND = Ground()


@bp.get("/on-behalf")
@allow(upper_reviewer)
def on_behalf(campaign: str) -> Any:
    """The sheet for entering what the unit gave by telephone, fax or photo."""
    return _sheet(_filling(campaign))


def _sheet(
    filling: Filling,
    entered: Sequence[Entered] = (),
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
            before = _filling(campaign)
            typed = _typed(before, request.form)
            if ground.problem:
                return _kept_back(before, ground, ground.problem), 422
            now, entered = entering.keep(
                session, before, typed, ground, zero_rest=zero_rest, by=actor(), at=clock.now()
            )
            session.commit()
    except NotAllowedNow as too_late:
        return _sheet(_filling(campaign), ground=ground, refused=too_late.sentence), 409
    refused = [one for one in entered if one.refused]
    saved = sum(one.written for one in entered)
    if refused:
        page = _sheet(_filling(campaign), refused, ground=ground)
        return page, 409 if any(one.conflict for one in refused) else 422
    left = now.counters.blanks
    rest = f"还有 {left} 项空白" if left else "已填齐"
    flash(f"已代录 {saved} 项，{rest}。单位确认以前标明“代录”。")
    return redirect(url_for(".on_behalf", campaign=campaign), 303)


def _kept_back(filling: Filling, ground: Ground, problem: Problem) -> str:
    """The sheet with everything that was typed, none of which was saved."""
    typed = _typed(filling, request.form)
    entered = [
        Entered(item, text, filling.at(item.code), problem=problem) for item, text in typed.items()
    ]
    return _sheet(filling, entered, ground=ground, problem=problem)


@bp.get("/on-behalf/submission")
@allow(upper_reviewer)
def on_behalf_submission(campaign: str) -> Any:
    """What stands between the unit's report and its submission by the upper union."""
    return _submission(_filling(campaign))


def _submission(
    filling: Filling,
    *,
    ground: Ground = NO_GROUND,
    typed: Mapping[str, str] | None = None,
    problem: Problem | None = None,
) -> str:
    return render_template(
        "reports/on_behalf_submission.html",
        assignment=filling.assignment,
        campaign=filling.assignment.campaign,
        filling=filling,
        missing=operations.not_ready(filling),
        permission=operations.may_submit(filling, by=actor(), at=clock.now()),
        reasons=REASONS,
        grounds=GROUNDS,
        ground=ground,
        typed=typed or {},
        problem=problem,
        nonce=secrets.token_hex(16),
    )


@bp.post("/on-behalf/submission")
@allow(upper_reviewer)
def submit_on_behalf(campaign: str) -> Any:
    """上报 for the unit."""
    ground, nonce = Ground.of(request.form), nonce_in(request.form)
    reason, words = request.form.get("reason", ""), request.form.get("words", "")
    problem = ground.problem
    with writing() as session:
        filling = _filling(campaign)
        if problem is None:
            outcome = entering.submit(
                session,
                filling,
                ground,
                reason=reason,
                words=words,
                nonce=nonce,
                by=actor(),
                at=clock.now(),
            )
            if not isinstance(outcome, NotReady | Problem):
                session.commit()
                flash("已代为上报，等待审核；单位确认以前标明“代录”。")
                return redirect(url_for(".receipt", campaign=campaign, number=outcome.number), 303)
            unready = Problem("还不能上报，请先处理下面的问题。")
            problem = outcome if isinstance(outcome, Problem) else unready
        session.rollback()
    typed = {"reason": reason, "words": legible(words)}
    return _submission(_filling(campaign), ground=ground, typed=typed, problem=problem), 422


@bp.post("/on-behalf/confirmation")
@allow(reporter)
def confirm_on_behalf(campaign: str) -> Any:
    """确认代录: the unit's word that what was entered for it is right."""
    with writing() as session:
        assignment = find_assignment(session, campaign) or abort(404)
        count = entering.confirm(session, assignment.report, by=actor(), at=clock.now())
        session.commit()
    flash("已确认代录的数。" if count else "代录的数已经确认过。")
    return redirect(url_for(".report", campaign=campaign), 303)
