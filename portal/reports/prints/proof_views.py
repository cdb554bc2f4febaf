"""Views of proofs: the comparison of a print with the system, and the 更正单."""

from typing import Any

from flask import abort, render_template, request

from portal.access.rules import allow, report_reader
from portal.domain.report_state import NotAllowedNow
from portal.reports.page_views import bp
from portal.reports.prints import proofs
from portal.storage.db import db
from portal.web.assignments import assignment_here
from portal.web.form_fields import number_in

NO_CORRECTION = "停止填报以后改报的数才有更正单；这两次报送之间没有这样的更正。"


@bp.get("/submissions/<int(max=9999):number>/comparison")
@allow(report_reader)
def comparison(campaign: str, number: int) -> Any:
    """核对纸质件: the page that compares a submission's print with the system now."""
    assignment = assignment_here(campaign)
    found = proofs.comparison(db.session(), assignment, number) or abort(404)
    return render_template("reports/comparison.html", assignment=assignment, found=found)


@bp.get("/submissions/<int(max=9999):number>/correction")
@allow(report_reader)
def correction(campaign: str, number: int) -> Any:
    """更正单: the page of corrections after the close, by item, with reason and names."""
    assignment = assignment_here(campaign)
    if proofs.comparison(db.session(), assignment, number) is None:
        abort(404)
    found = proofs.correction(db.session(), assignment, number, _since(number))
    if found is None:
        raise NotAllowedNow(NO_CORRECTION)
    return render_template("reports/correction.html", assignment=assignment, found=found)


def _since(number: int) -> int:
    """The submission that the correction starts from: the one named, else the one before."""
    since = number_in(request.args.get("since", ""))
    return number - 1 if since is None else since
