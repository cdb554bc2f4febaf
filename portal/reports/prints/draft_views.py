"""Views of draft prints (送审稿): store one, and print it as it was stored."""

from typing import Any

from flask import abort, redirect, render_template, url_for

from portal import clock
from portal.access.identity import actor
from portal.access.rules import allow, report_reader, reporter
from portal.reports.page_views import bp
from portal.reports.prints import draft_prints
from portal.storage.db import db, writing
from portal.web.assignments import filled_report


@bp.post("/drafts")
@allow(reporter)
def keep_draft(campaign: str) -> Any:
    """打印送审稿: store what is printed, so that a later change is noticed."""
    with writing() as session:
        draft = draft_prints.keep(session, filled_report(campaign), by=actor(), at=clock.now())
        session.commit()
    return redirect(url_for(".draft", campaign=campaign, number=draft.number), 303)


@bp.get("/drafts/<int(max=9999):number>")
@allow(report_reader)
def draft(campaign: str, number: int) -> Any:
    """One draft print on A4, with the figures that have changed since."""
    filling = filled_report(campaign)
    kept = draft_prints.draft_number(db.session(), filling.assignment.report, number) or abort(404)
    return render_template(
        "reports/draft.html",
        assignment=filling.assignment,
        filling=filling,
        standing=draft_prints.Standing(
            kept, draft_prints.difference(filling, kept, filling.figures)
        ),
        sheet=draft_prints.sheet_of(filling, kept),
    )
