"""Views of a review: the queue, the page that a reviewer decides on, and the decisions."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from portal import clock
from portal.access.identity import actor, organisation_here
from portal.access.rules import allow, may, reviewer, upper_reviewer
from portal.access.tenancy import subtree
from portal.collection.assignment import Assignment, FilledReport
from portal.collection.decisions import Waiting, may_decide, waiting_for
from portal.collection.on_behalf import alone_in
from portal.domain.campaign.calendar import Status
from portal.domain.report.sole_handling import Act, Assurance
from portal.domain.report_state import Move, NotAllowedNow, State
from portal.review import operations, queries
from portal.review.typed import Typed, submission_in
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here, filled_report
from portal.web.assurance import assurance_in

bp = Blueprint("review", __name__, url_prefix="/o/<organisation>/campaigns/<campaign>")

EXTENSION = "extend"
"""The name of the form for an extension alone; a move's form is named after the move."""


@bp.get("/reviews")
@allow(reviewer)
def queue(campaign: str) -> Any:
    """待审核: the reports that wait for this desk, in the order in which they came."""
    assignment = assignment_here(campaign)
    with subtree(organisation_here()) as session:
        waiting = waiting_for(session, organisation_here())
    return render_template(
        "review/queue.html",
        assignment=assignment,
        waiting=[each for each in waiting if each.campaign == campaign],
    )


def _waiting_here(campaign: str) -> list[Waiting]:
    """The reports of this campaign that wait for the signed-in person's desk."""
    with subtree(actor().organisation) as session:
        waiting = waiting_for(session, actor().organisation)
    return [each for each in waiting if each.campaign == campaign]


@bp.get("/report/review")
@allow(reviewer)
def page(campaign: str) -> Any:
    """The report read-only, with what a reviewer needs to decide on it."""
    return _page(filled_report(campaign))


NOTHING = Typed()
NO_PROBLEMS: Mapping[str, str] = {}


def _page(
    filling: FilledReport,
    *,
    form: str = "",
    typed: Typed = NOTHING,
    problems: Mapping[str, str] = NO_PROBLEMS,
    refused: str = "",
    assurance: Assurance = operations.NO_ASSURANCE,
) -> str:
    assignment = filling.assignment
    decides = (
        may_decide(db.session(), actor(), assignment.expectation)
        and assignment.status is Status.PUBLISHED
    )
    with subtree(actor().organisation) as session:
        same_as = queries.same_as(session, filling)
    return render_template(
        "review/page.html",
        assignment=assignment,
        filling=filling,
        review=queries.read_review(db.session(), filling),
        same_as=same_as,
        waiting=_waiting_here(assignment.campaign.code),
        decides=decides,
        enters=decides and _may_enter(assignment),
        closed=assignment.closed(clock.now()),
        alone=alone_in(db.session(), assignment.report, Act.ACCEPT, by=actor()),
        assurance=assurance,
        refilled=form,
        typed=typed,
        problems=problems,
        refused=refused,
    )


def _may_enter(assignment: Assignment) -> bool:
    """Whether the person may enter figures for the unit (代录), which has not handed in."""
    handed_in = assignment.state in (State.SUBMITTED, State.ACCEPTED)
    return not handed_in and may(upper_reviewer, organisation_here().id)


@bp.post("/report/acceptance")
@allow(reviewer)
def accept(campaign: str) -> Any:
    """审核通过: accept the submission that the page showed."""
    number, assurance = submission_in(request.form), assurance_in(request.form)
    try:
        with writing() as session:
            filling = filled_report(campaign)
            problem = operations.accept(
                session, filling, number=number, by=actor(), at=clock.now(), assurance=assurance
            )
            session.commit()
    except NotAllowedNow as refused:
        return _page(filled_report(campaign), refused=refused.sentence), 409
    if problem:
        page = _page(filled_report(campaign), refused=problem.sentence, assurance=assurance)
        return page, 422
    return _decided(filling, "已审核通过")


@bp.post("/report/return")
@allow(reviewer)
def send_back(campaign: str) -> Any:
    """退回修改: send the report back to its unit."""
    return _give_back(campaign, Move.SEND_BACK)


@bp.post("/report/reopening")
@allow(reviewer)
def reopen(campaign: str) -> Any:
    """取消审核并退回更正: send back an accepted report."""
    return _give_back(campaign, Move.REOPEN)


def _give_back(campaign: str, move: Move) -> Any:
    number, typed = submission_in(request.form), Typed.of(request.form)
    now, by = clock.now(), actor()
    act = operations.send_back if move is Move.SEND_BACK else operations.reopen
    try:
        with writing() as session:
            filling = filled_report(campaign)
            operations.judged(session, filling.assignment, move, number=number, by=by)
            problems = typed.problems_of_giving_back(filling.assignment, now)
            if not problems:
                act(
                    session,
                    filling,
                    number=number,
                    reason=typed.reason_of_giving_back,
                    items=typed.items,
                    until=typed.extension,
                    by=by,
                    at=now,
                )
                session.commit()
                return _decided(filling, "已退回更正" if move is Move.REOPEN else "已退回修改")
    except NotAllowedNow as refused:
        return _page(filled_report(campaign), form=move, typed=typed, refused=refused.sentence), 409
    return _page(filled_report(campaign), form=move, typed=typed, problems=problems), 422


@bp.post("/report/extension")
@allow(reviewer)
def extend(campaign: str) -> Any:
    """延期报送: extend this unit's time."""
    typed, now, by = Typed.of(request.form), clock.now(), actor()
    try:
        with writing() as session:
            filling = filled_report(campaign)
            operations.require_extendable(session, filling.assignment, by=by)
            problems = typed.problems(filling.assignment, now, until_needed=True)
            if not problems and (until := typed.extension):
                operations.extend(
                    session,
                    filling.assignment,
                    until=until,
                    reason=typed.reason,
                    by=by,
                    at=now,
                )
                session.commit()
                flash(f"已准予延期：{filling.assignment.expectation.name}。")
                return redirect(url_for(".page", campaign=campaign), 303)
    except NotAllowedNow as refused:
        return _page(
            filled_report(campaign), form=EXTENSION, typed=typed, refused=refused.sentence
        ), 409
    return _page(filled_report(campaign), form=EXTENSION, typed=typed, problems=problems), 422


def _decided(filling: FilledReport, done: str) -> Any:
    """Redirect to the next waiting report, so that a desk works through all of them."""
    campaign, name = filling.assignment.campaign.code, filling.assignment.expectation.name
    waiting = _waiting_here(campaign)
    if not waiting:
        flash(f"{done}：{name}。没有别的报表待审核了。")
        return redirect(url_for(".page", campaign=campaign), 303)
    following = waiting[0]
    flash(f"{done}：{name}。还有 {len(waiting)} 份待审核，下面是{following.name}的报表。")
    return redirect(url_for(".page", organisation=following.code, campaign=campaign), 303)
