"""View that starts a later round's report from the figures of the round before."""

from typing import Any

from flask import flash, redirect, url_for

from portal import clock
from portal.access.identity import actor
from portal.access.rules import allow, reporter
from portal.reports import carry_over
from portal.reports.page_views import bp
from portal.storage.db import writing
from portal.web.assignments import filled_report


@bp.post("/carrying")
@allow(reporter)
def carry(campaign: str) -> Any:
    """Copy the figures of the round before into the blanks."""
    with writing() as session:
        filling = filled_report(campaign)
        count = carry_over.carry_over(session, filling, by=actor(), at=clock.now())
        session.commit()
    flash(
        f"已带入上一轮的 {count} 个数，请改动有变化的；带错了可以撤销。"
        if count
        else "没有可以带入的数。"
    )
    return redirect(url_for(".report", campaign=campaign), 303)
