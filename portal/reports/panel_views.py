"""Views beside the sheet: the panel of an item, its notes, and an amount in words."""

from typing import Any

from flask import Response, abort, current_app, flash, redirect, render_template, request, url_for

from portal import clock
from portal.access.identity import actor, organisation_here
from portal.access.rules import allow, may, note_writer, report_reader, reporter, trail_reader
from portal.collection import clarifications
from portal.collection.assignment import Assignment, FilledReport
from portal.domain.campaign.calendar import Status
from portal.domain.characters import taken_out
from portal.domain.figures import Kind, Problem, parse_figure
from portal.domain.form.form import Item
from portal.domain.paper.amount_words import exact_yuan, in_words
from portal.reports import comparing, notes, panel
from portal.reports.page_views import bp
from portal.reports.typed import MAX_LENGTH
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here, filled_report
from portal.web.form_fields import legible_in_lines
from portal.web.html import wants_fragment

COOKIE_SECONDS = 365 * 24 * 60 * 60


@bp.after_request
def remember_comparing(answer: Response) -> Response:
    """Store in a cookie whether the comparison columns are shown, once somebody has chosen."""
    asked = request.args.get("compare")
    if request.endpoint == "reports.report" and asked in ("0", "1"):
        answer.set_cookie(
            comparing.COOKIE,
            asked,
            max_age=COOKIE_SECONDS,
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
            httponly=True,
            samesite="Lax",
        )
    return answer


def _item(assignment: Assignment, code: str) -> Item:
    return assignment.form.by_code.get(code) or abort(404)


@bp.get("/items/<item>/panel")
@allow(report_reader)
def item_panel(campaign: str, item: str) -> Any:
    """What there is to know of one item: beside the sheet, or as a page of its own."""
    filling = filled_report(campaign)
    return _panel(filling, _item(filling.assignment, item))


def _panel(
    filling: FilledReport,
    item: Item,
    *,
    typed: str = "",
    problem: Problem | None = None,
    said: str = "",
) -> str:
    here = organisation_here().id
    may_read_trail = may(trail_reader, here)
    return render_template(
        "reports/_panel.html" if wants_fragment() else "reports/panel.html",
        assignment=filling.assignment,
        campaign=filling.assignment.campaign,
        filling=filling,
        panel=panel.read_panel(db.session(), filling, item, trail=may_read_trail),
        may_read_trail=may_read_trail,
        published=clarifications.in_force(db.session(), filling.assignment.campaign.id).get(
            item.code
        ),
        questions=clarifications.questions_of(
            db.session(), filling.assignment.campaign.id, item.code
        ),
        may_ask=may(reporter, here) and filling.assignment.status is not Status.ARCHIVED,
        may_write=may(note_writer, here) and filling.assignment.report is not None,
        typed=typed,
        problem=problem,
        said=said,
    )


@bp.post("/items/<item>/notes")
@allow(note_writer)
def write_note(campaign: str, item: str) -> Any:
    """Save a note on one item, whatever the report's state."""
    typed = request.form.get("text", "")
    with writing() as session:
        assignment = assignment_here(campaign)
        noted = _item(assignment, item)
        problem = notes.write(session, assignment, noted, typed, by=actor(), at=clock.now())
        session.commit()
    said = taken_out(typed)
    if wants_fragment() or problem:
        filling = filled_report(campaign)
        kept = legible_in_lines(typed) if problem else ""
        page = _panel(filling, noted, typed=kept, problem=problem, said=said)
        return page, 422 if problem else 200
    flash(f"备注已保存。{said}")
    return redirect(url_for(".item_panel", campaign=campaign, item=item), 303)


@bp.get("/items/<item>/words")
@allow(reporter)
def amount_words(campaign: str, item: str) -> Any:
    """The amount that `text` means, in words (大写) and in yuan; empty where it is none."""
    unit = _item(assignment_here(campaign), item).unit
    figure = parse_figure(request.args.get("text", "")[:MAX_LENGTH], unit).figure
    money = figure if unit.kind is Kind.MONEY else None
    return render_template(
        "reports/_words.html",
        item=item,
        words=None if money is None else f"{in_words(money)}，即 {exact_yuan(money)}",
    )
