"""View of the question about passed-down money, which the city's own report alone gets."""

from typing import Any

from flask import flash, redirect, request, url_for

from portal import clock
from portal.access.identity import actor
from portal.access.rules import allow, reporter
from portal.domain.consolidation.allocation import QUESTION
from portal.domain.report_state import NotAllowedNow
from portal.reports import passed_down
from portal.reports.page_views import bp
from portal.storage.db import writing
from portal.web.assignments import assignment_here
from portal.web.errors import BadInput


@bp.post("/passed-down")
@allow(reporter)
def answer_passed_down(campaign: str) -> Any:
    """Save whether the 筹集数 of the own report includes what was passed down."""
    includes = passed_down.ANSWERS.get(request.form.get("answer", ""))
    with writing() as session:
        assignment = assignment_here(campaign)
        if assignment.expectation.parent_id is not None:
            raise NotAllowedNow("只有下拨款项的市总本级报表要答这一问，没有保存。")
        if includes is None:
            raise BadInput("请选“是”或“否”，没有保存。")
        passed_down.answer(session, assignment, includes, by=actor(), at=clock.now())
        session.commit()
    flash(f"已保存：{QUESTION}——{passed_down.WORDS[includes]}。")
    return redirect(url_for(".submission", campaign=campaign), 303)
