"""Views of the trail: the entries of one report."""

from typing import Any

from flask import Blueprint, abort, render_template, request

from portal.access.rules import allow, trail_reader
from portal.collection.assignment import find_assignment
from portal.storage.db import db
from portal.trail import queries
from portal.web.form_fields import number_asked

bp = Blueprint("trail", __name__)


@bp.get("/o/<organisation>/campaigns/<campaign>/report/trail")
@allow(trail_reader)
def report(campaign: str) -> Any:
    """The page with everything that was done to this organisation's report, newest first."""
    session = db.session()
    assignment = find_assignment(session, campaign)
    if assignment is None:
        abort(404)
    item = request.args.get("item")
    before = request.args.get("before", type=number_asked)
    page = queries.entries(session, assignment, item=item, before=before)
    return render_template("trail/report.html", assignment=assignment, page=page, item=item)
