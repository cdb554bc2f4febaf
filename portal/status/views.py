"""Views of the status board: the page, and the fragment that refreshes itself."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from portal import clock
from portal.access.identity import actor, organisation_here
from portal.access.rules import Rule, allow, chaser, desk, report_reader, reviewer, trail_reader
from portal.access.tenancy import subtree
from portal.collection.assignment import Assignment
from portal.domain.campaign.board import Show, Unit
from portal.status import queries
from portal.status.queries import Board
from portal.web.assignments import assignment_here
from portal.web.form_fields import number_in

bp = Blueprint("status", __name__, url_prefix="/o/<organisation>/campaigns/<campaign>/status")


@bp.get("")
@allow(desk)
def board(campaign: str) -> Any:
    """Every expected organisation of this subtree, and how far its report is."""
    assignment = assignment_here(campaign)
    return _drawn("status/board.html", assignment, _board(assignment))


@bp.get("/rows")
@allow(desk)
def rows(campaign: str) -> Any:
    """The same again for a page that is open: 204 while nothing is otherwise than it showed."""
    assignment = assignment_here(campaign)
    now = _board(assignment)
    if request.args.get("seen") == now.fingerprint:
        return "", 204
    return _drawn("status/_board.html", assignment, now)


def _board(assignment: Assignment) -> Board:
    try:
        show = Show(request.args.get("show", Show.EXPECTED))
    except ValueError:
        abort(404)
    urgent = request.args.get("urgent") == "1"
    page = number_in(request.args.get("page", "1")) or abort(404)
    with subtree(organisation_here()) as session:
        return queries.read_board(
            session, assignment, clock.now(), show=show, urgent=urgent, page=page
        )


def _drawn(template: str, assignment: Assignment, drawn: Board) -> str:
    campaign = assignment.campaign.code
    return render_template(
        template,
        assignment=assignment,
        board=drawn,
        report_of=_address("reports.report", report_reader, campaign),
        review_of=_address("review.page", reviewer, campaign),
        trail_of=_address("trail.report", trail_reader, campaign),
        chase_of=_address("reminders.unit", chaser, campaign),
    )


def _address(endpoint: str, rule: Rule, campaign: str) -> Callable[[Unit], str | None]:
    """A function from a row to its unit's page, None where the rule bars it.

    The URL is built once and not for each of a thousand rows.
    """
    before, after = url_for(endpoint, organisation="~", campaign=campaign).split("~")
    person = actor()
    home = person.organisation.id
    at_home, below = (
        rule.permits(person, home),
        person.may_look_down() and rule.below & person.roles,
    )

    def address(unit: Unit) -> str | None:
        permitted = at_home if unit.organisation_id == home else below
        return f"{before}{unit.code}{after}" if permitted else None

    return address
