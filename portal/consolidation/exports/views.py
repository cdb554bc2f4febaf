"""Views of exports: a workbook at once, or a long one made while its page shows progress."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, current_app, request, stream_template, url_for

from portal import clock
from portal.access.identity import actor, organisation_here
from portal.access.rules import allow, desk
from portal.access.tenancy import inside
from portal.collection.assignment import Assignment, find_assignment
from portal.consolidation.as_of import as_of
from portal.consolidation.editions import operations
from portal.consolidation.editions import paper as edition_paper
from portal.consolidation.exports import operations as exports
from portal.consolidation.exports import paper
from portal.consolidation.overview import overview_of
from portal.consolidation.page_views import bp, consolidation_here, consolidation_with_past
from portal.domain.paper.overview import TITLE
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here
from portal.web.attachments import attachment
from portal.workbooks.consolidation import WorkbookBuilder, WorkbookContent, units_workbook
from portal.workbooks.overview import workbook_of
from portal.workbooks.sheet import attachment_name


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the progress page: the units written, and at the end the file's address."""

    drawn: int
    link: str = ""
    size: int = 0
    failed: bool = False


@bp.context_processor
def _long() -> dict[str, Any]:
    return {"long_export": exports.MAX_UNITS_AT_ONCE}


@bp.get("/workbook")
@allow(desk)
def workbook(campaign: str) -> Any:
    """The table as a workbook with live sums."""
    with consolidation_here(campaign) as (session, node):
        name, book = paper.book_to_export(session, node, clock.now())
    return attachment(name, units_workbook(book))


@bp.get("/editions/<int(max=9999):number>/workbook")
@allow(desk)
def edition_workbook(campaign: str, number: int) -> Any:
    """An edition as a workbook: only the frozen figures."""
    _assignment, name, book = _edition(campaign, number)
    return attachment(name, units_workbook(book))


@bp.get("/overview/workbook")
@allow(desk)
def overview_workbook(campaign: str) -> Any:
    """主要指标分单位一览表 as a workbook with live sums."""
    with consolidation_with_past(campaign) as (session, node, past):
        shown = overview_of(session, node, past, as_of(session, node, clock.now()))
    name = attachment_name(
        node.assignment.campaign.name, shown.organisation, f"{TITLE}（{node.scope.label}）"
    )
    return attachment(name, workbook_of(shown))


@bp.post("/exports")
@allow(desk)
def export(campaign: str) -> Any:
    """The progress page; makes the workbook of the table while it is sent."""
    with consolidation_here(campaign, request.form) as (session, node):
        name, book = paper.book_to_export(session, node, clock.now())
    back = url_for(".table", campaign=campaign, scope=node.scope.value)
    return _making(node.assignment, name, book, back)


@bp.post("/editions/<int(max=9999):number>/exports")
@allow(desk)
def export_edition(campaign: str, number: int) -> Any:
    """The progress page; makes the workbook of an edition while it is sent."""
    assignment, name, book = _edition(campaign, number)
    back = url_for(".edition", campaign=campaign, number=number)
    return _making(assignment, name, book, back)


@bp.get("/exports/<int(max=999999999):made>")
@allow(desk)
def made_workbook(campaign: str, made: int) -> Any:
    """The file of a long export, for as long as it is kept."""
    assignment = assignment_here(campaign)
    found = exports.made_workbook(db.session(), assignment, made) or abort(404)
    return attachment(found.file_name, found.content)


def _edition(campaign: str, number: int) -> tuple[Assignment, str, WorkbookContent]:
    assignment = assignment_here(campaign)
    kept = operations.edition_number(db.session(), assignment, number) or abort(404)
    return assignment, *edition_paper.book_to_export(assignment, kept)


def _making(assignment: Assignment, name: str, book: WorkbookContent, back: str) -> Response:
    page = stream_template(
        "consolidation/making.html",
        assignment=assignment,
        name=name,
        units=len(book.drawn),
        steps=_steps(assignment.campaign.code, name, book),
        back=back,
    )
    answer = Response(page)
    # a proxy that buffers the page would hide the progress
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _steps(campaign: str, name: str, book: WorkbookContent) -> Iterator[Step]:
    making, units = WorkbookBuilder(book), len(book.drawn)
    try:
        yield from (Step(drawn) for drawn in making if exports.is_told(drawn, units))
        # the session of the request is closed while its answer is being sent
        with inside(organisation_here()) as session, writing(session):
            assignment = find_assignment(session, campaign) or abort(404)
            kept = exports.store(
                session, assignment, name, making.content, by=actor(), at=clock.now()
            )
            session.commit()
    except Exception:
        # the status is already sent, so the last line of the page tells the failure
        current_app.logger.exception("an export was not made")
        yield Step(0, failed=True)
        return
    link = url_for(".made_workbook", campaign=campaign, made=kept.id)
    yield Step(units, link, len(making.content))
