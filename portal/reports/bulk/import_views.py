"""Views of importing: download the template, upload a workbook, preview it, confirm."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal import clock
from portal.access.identity import actor
from portal.access.rules import allow, reporter
from portal.domain.characters import without_unseen
from portal.reports.bulk import importing
from portal.reports.bulk.importing import Chosen, Unfit
from portal.reports.bulk.packing import pack, unpack
from portal.reports.page_views import bp
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here, filled_report
from portal.web.attachments import attachment
from portal.web.form_fields import printable
from portal.web.uploads import takes_file, uploaded
from portal.workbooks.gate import MAX_FILE_BYTES, Refused

MAX_EXCESS_BYTES = 1024 * 1024
"""A body so much larger than a file may be is still read, so that the answer can say why."""


@bp.get("/template")
@allow(reporter)
def template(campaign: str) -> Any:
    """The form as a workbook to fill in with an office program."""
    name, content = importing.template_of(filled_report(campaign))
    return attachment(name, content)


@bp.get("/import")
@allow(reporter)
def import_page(campaign: str) -> Any:
    """The page with the upload of a filled workbook."""
    return _import_page(campaign)


def _import_page(campaign: str, refused: str = "", file: str = "", cell: str = "") -> str:
    assignment = assignment_here(campaign)
    return render_template(
        "reports/import.html",
        assignment=assignment,
        permission=assignment.may_write(clock.now()),
        refused=refused,
        file=file,
        cell=cell,
    )


@bp.post("/import")
@takes_file(MAX_FILE_BYTES + MAX_EXCESS_BYTES)
@allow(reporter)
def preview_import(campaign: str) -> Any:
    """The page that previews what a workbook would change; nothing is written."""
    assignment_here(campaign).may_write(clock.now()).require()
    upload = uploaded("workbook")
    if upload is None:
        return _import_page(campaign, "请先选择要导入的 xlsx 文件。"), 422
    file = printable(without_unseen(upload.name))
    try:
        intake = importing.read_intake(db.session(), assignment_here(campaign), upload.content)
    except (Refused, Unfit) as refused:
        return _import_page(campaign, str(refused), file, getattr(refused, "cell", "")), 422
    asked = pack(intake) if intake.stale else ""
    preview = importing.preview(filled_report(campaign), intake)
    return _preview_page(campaign, preview, file, asked=asked)


@bp.post("/import/answer")
@allow(reporter)
def answer_import(campaign: str) -> Any:
    """The preview again with every line ticked: its old title is confirmed to be wrong."""
    assignment_here(campaign).may_write(clock.now()).require()
    file = printable(request.form.get("file", "")[:100])
    try:
        intake = unpack(assignment_here(campaign).form, request.form.get("sheet", ""))
    except ValueError:
        return _import_page(campaign, "请重新选择文件。", file), 422
    return _preview_page(campaign, importing.preview(filled_report(campaign), intake), file)


def _preview_page(campaign: str, preview: importing.Preview, file: str, **said: Any) -> str:
    assignment = assignment_here(campaign)
    return render_template(
        "reports/import_preview.html",
        assignment=assignment,
        form=assignment.form,
        preview=preview,
        file=file,
        **said,
    )


@bp.post("/import/confirmation")
@allow(reporter)
def confirm_import(campaign: str) -> Any:
    """Write the ticked figures as one batch that can be undone."""
    chosen = Chosen.of(assignment_here(campaign).form, request.form.getlist("take"), request.form)
    if not chosen.typed:
        return _import_page(campaign, "没有勾选任何一项，没有写入。", chosen.file), 422
    with writing() as session:
        imported = importing.keep(
            session, filled_report(campaign), chosen, by=actor(), at=clock.now()
        )
        session.commit()
    if imported.left:
        return _left(campaign, chosen, imported)
    flash(imported.sentence)
    return redirect(url_for(".report", campaign=campaign), 303)


def _left(campaign: str, chosen: Chosen, imported: importing.Imported) -> Any:
    """The page of the figures that were not written, and why, with the figures stored now."""
    preview = importing.again(filled_report(campaign), chosen, imported.left)
    moved = [one for one in imported.left if one.conflict]
    page = _preview_page(campaign, preview, chosen.file, imported=imported, moved=moved)
    return page, 409 if moved else 422
