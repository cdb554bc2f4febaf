"""Views that import last year's figures from an old workbook, for the city's administrator."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal import clock
from portal.access import tenancy
from portal.access.identity import organisation_here
from portal.access.rules import allow, city_admin
from portal.campaigns import last_year as past
from portal.campaigns.views import bp, by_me, planned_or_404
from portal.collection.assignment import base_form
from portal.domain.form.form import Form
from portal.models import Campaign, FormEdition
from portal.storage.db import db, writing
from portal.web.errors import BadInput
from portal.web.form_fields import printable
from portal.web.uploads import takes_file, uploaded
from portal.workbooks.gate import MAX_FILE_BYTES, Refused
from portal.workbooks.reading import read_workbook

MAX_EXCESS_BYTES = 1024 * 1024
"""A body so much larger than a file may be is still read, so that the answer can say why."""


@bp.get("/<planned>/last-year")
@allow(city_admin)
def last_year(planned: str) -> Any:
    """The page with the upload of last year's workbook."""
    return _page(planned)


def _page(planned: str, refused: str = "", file: str = "") -> str:
    campaign = planned_or_404(planned)
    with tenancy.subtree(organisation_here()) as session:
        kept = past.kept_units(session, campaign)
    return render_template(
        "campaigns/last_year.html",
        planned=campaign,
        year=past.year_before(campaign),
        kept=kept,
        refused=refused,
        file=file,
    )


def _form(campaign: Campaign) -> Form:
    return base_form(db.session().get_one(FormEdition, campaign.edition_id))


@bp.post("/<planned>/last-year")
@takes_file(MAX_FILE_BYTES + MAX_EXCESS_BYTES)
@allow(city_admin)
def preview_last_year(planned: str) -> Any:
    """The page that previews an old workbook unit by unit; nothing is written."""
    campaign = planned_or_404(planned)
    past.require_published(campaign)
    upload = uploaded("workbook")
    if upload is None:
        return _page(planned, "请先选择旧表的 xlsx 文件。"), 422
    file = printable(upload.name)
    try:
        grid = read_workbook(upload.content)
    except Refused as refused:
        return _page(planned, str(refused), file), 422
    with tenancy.subtree(organisation_here()) as session:
        shown = past.preview(session, campaign, _form(campaign), grid, file)
    return render_template("campaigns/last_year_preview.html", planned=campaign, shown=shown)


@bp.post("/<planned>/last-year/confirmation")
@allow(city_admin)
def confirm_last_year(planned: str) -> Any:
    """Write the ticked units' figures, all of them or none."""
    campaign = planned_or_404(planned)
    past.require_published(campaign)
    form, here = _form(campaign), organisation_here()
    try:
        chosen = past.confirmed(form, request.form.get("packed", ""), request.form.getlist("take"))
    except ValueError as broken:
        raise BadInput("预览的内容不完整，没有写入。请重新上传旧表。") from broken
    if not chosen.units:
        return _page(planned, "没有勾选任何单位，没有写入。", chosen.file), 422
    with tenancy.subtree(here) as session:
        owners = past.owners_of(session, campaign, chosen)
    with tenancy.last_years() as door, writing(door):
        written = past.keep(
            door, campaign, form, chosen, owners, here.id, by=by_me(), at=clock.now()
        )
        door.commit()
    flash(
        f"已录入 {written.units} 家单位的上年数，共 {written.figures} 项。"
        if written.figures
        else "这些数已经录入过，没有要写入的。"
    )
    return redirect(url_for(".last_year", planned=planned), 303)
