"""Views of duties: which person of a unit looks after which item of a campaign."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from portal import clock
from portal.access.identity import actor
from portal.access.rules import allow, divider
from portal.collection.assignment import Assignment, fill_of
from portal.collection.duties import division, duties_of
from portal.duties import operations
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here
from portal.web.errors import BadInput

bp = Blueprint("duties", __name__, url_prefix="/o/<organisation>/campaigns/<campaign>/report")

NOBODY = "-"
"""The choice that takes a whole section from everybody; the empty one changes nothing."""


@bp.get("/duties")
@allow(divider)
def page(campaign: str) -> Any:
    """Who looks after which item, to be changed here."""
    session, assignment = db.session(), assignment_here(campaign)
    return render_template(
        "duties/page.html",
        assignment=assignment,
        people=operations.fillers(session),
        duties=duties_of(session, assignment.campaign.id),
        division=division(session, fill_of(session, assignment), actor().id),
    )


@bp.post("/duties")
@allow(divider)
def divide(campaign: str) -> Any:
    """Assign items to people: a whole section at once, or one by one."""
    with writing() as session:
        assignment = assignment_here(campaign)
        people = {user.username: user.id for user in operations.fillers(session)}
        wanted = _wanted(assignment, people, request.form)
        count = operations.divide(session, assignment, wanted, by=actor(), at=clock.now())
        session.commit()
    flash(f"分工已保存，{count} 项有变动。" if count else "分工没有变动。")
    return redirect(url_for(".page", campaign=campaign), 303)


def _wanted(
    assignment: Assignment, people: Mapping[str, int], fields: Mapping[str, str]
) -> dict[str, int | None]:
    wanted: dict[str, int | None] = {}
    for item in assignment.form.leaves:
        chosen = fields.get(f"section.{item.section}") or fields.get(f"item.{item.code}")
        if chosen is None:
            continue
        if chosen not in people and chosen not in ("", NOBODY):
            raise BadInput("所选的人不是本单位的填报人，没有做任何改动。请刷新后再试。")
        wanted[item.code] = people.get(chosen)
    return wanted
