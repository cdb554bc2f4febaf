"""Views of last year's figures from an old workbook: the unit's own page."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal import clock
from portal.access.identity import actor, organisation_here
from portal.access.rules import allow, may, report_reader, reporter
from portal.collection.assignment import previous_figures
from portal.reports import last_year as past
from portal.reports.page_views import bp
from portal.reports.typed import Typed, changed
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here
from portal.web.form_fields import printable

MAX_REASON_LENGTH = 200


@bp.get("/last-year")
@allow(report_reader)
def last_year(campaign: str) -> Any:
    """The page of last year's figures 录入自旧表 and their changes; the unit may correct them."""
    return report_page(campaign)


def report_page(
    campaign: str, texts: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None
) -> str:
    session, assignment = db.session(), assignment_here(campaign)
    return render_template(
        "reports/last_year.html",
        assignment=assignment,
        shown=past.last_year_of(session, assignment, clock.now()),
        reported=previous_figures(session, assignment) is not None,
        mine=may(reporter, organisation_here().id),
        texts=texts or {},
        problems=problems or {},
    )


@bp.post("/last-year")
@allow(reporter)
def correct_last_year(campaign: str) -> Any:
    """Save the corrected figures, with a reason."""
    fields, reason = request.form, printable(request.form.get("reason", "").strip())
    with writing() as session:
        assignment = assignment_here(campaign)
        typed = {
            item: Typed.of(fields, item.code)
            for item in assignment.form.items
            if changed(fields, item.code)
        }
        outcome = past.correct(
            session, assignment, typed, reason[:MAX_REASON_LENGTH], by=actor(), at=clock.now()
        )
        if not outcome.problems:
            session.commit()
    if outcome.problems:
        texts = {item.code: one.text for item, one in typed.items()} | {"reason": reason}
        return report_page(campaign, texts, outcome.problems), 409 if outcome.conflict else 422
    sentence = (
        f"已更正 {outcome.written} 项上年数。" if outcome.written else "没有改动，不需要保存。"
    )
    flash(sentence)
    return redirect(url_for(".last_year", campaign=campaign), 303)
