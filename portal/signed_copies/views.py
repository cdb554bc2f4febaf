"""Views of signed copies: the page, an upload, one page of a scan, the comparison."""

from io import BytesIO
from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)

from portal import clock
from portal.access.identity import actor, organisation_here
from portal.access.rules import allow, may, report_reader, reporter, reviewer
from portal.collection.assignment import Assignment
from portal.collection.decisions import may_decide
from portal.collection.signed_copies import scan_of, signed_copy
from portal.domain.characters import is_refused, without_unseen
from portal.domain.figures import Problem
from portal.domain.report.scans import SUFFIXES
from portal.signed_copies import operations, queries
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here
from portal.web.headers import INERT
from portal.web.uploads import MAX_NAME_LENGTH, takes_file

bp = Blueprint(
    "signed_copies",
    __name__,
    url_prefix="/o/<organisation>/campaigns/<campaign>/report/signed-copy",
)

MAX_BYTES = 10 * 1024 * 1024
"""All files of one upload together."""


@bp.get("")
@allow(report_reader)
def page(campaign: str) -> Any:
    """What was uploaded, and what is still to do."""
    return _page(assignment_here(campaign))


def _page(assignment: Assignment, problem: Problem | None = None) -> str:
    session = db.session()
    return render_template(
        "signed_copies/page.html",
        assignment=assignment,
        scan=scan_of(session, assignment),
        copy=signed_copy(session, assignment.report),
        uploads=queries.uploads_of(session, assignment.report),
        uploading=may(reporter, organisation_here().id),
        why_not=operations.why_not_now(assignment),
        matching=may(reviewer, organisation_here().id)
        and may_decide(session, actor(), assignment.expectation),
        most_pages=operations.MAX_PAGES,
        problem=problem,
    )


@bp.post("")
@takes_file(MAX_BYTES)
@allow(reporter)
def upload(campaign: str) -> Any:
    """Store the scan of the stamped print; it replaces the earlier one."""
    pages = operations.read_pages(_files())
    if isinstance(pages, Problem):
        return _page(assignment_here(campaign), pages), 422
    with writing() as session:
        operations.keep(session, assignment_here(campaign), pages, by=actor(), at=clock.now())
        session.commit()
    flash("盖章件已上传，等待审核人核对。")
    return redirect(url_for(".page", campaign=campaign), 303)


def _files() -> list[tuple[str, bytes]]:
    chosen = [each for each in request.files.getlist("page") if each.filename]
    return [(_name(each.filename or ""), each.read()) for each in chosen]


def _name(sent: str) -> str:
    """The file's name without folders and without invisible characters."""
    last = sent.replace("\\", "/").rpartition("/")[2]
    return without_unseen("".join(sign for sign in last if not is_refused(sign)))[-MAX_NAME_LENGTH:]


@bp.get("/<int(max=9999):number>/<int(max=99):page_number>")
@allow(report_reader)
def file(campaign: str, number: int, page_number: int) -> Any:
    """One page of a scan: handed out to be kept or shown as a picture, never to be run."""
    assignment = assignment_here(campaign)
    kept = queries.page_of(db.session(), assignment.report, number, page_number) or abort(404)
    suffix = SUFFIXES[kept.media_type]
    answer = send_file(
        BytesIO(kept.content),
        mimetype=kept.media_type,
        as_attachment=True,
        download_name=f"盖章件-{assignment.expectation.code}-{number}-{page_number}.{suffix}",
        etag=False,
    )
    answer.headers["Content-Security-Policy"] = INERT
    return answer


@bp.post("/match")
@allow(reviewer)
def match(campaign: str) -> Any:
    """核对一致: record that a reviewer found the paper equal to the submission."""
    number = request.form.get("number", type=int) or 0
    with writing() as session:
        assignment = assignment_here(campaign)
        operations.match(session, assignment, number=number, by=actor(), at=clock.now())
        session.commit()
    flash("盖章件已核对一致。")
    return redirect(url_for(".page", campaign=campaign), 303)
