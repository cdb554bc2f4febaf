"""Views of importing a roster: preview the file, then confirm it."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for

from portal import clock
from portal.access import links, tenancy
from portal.access.identity import actor, organisation_here
from portal.access.links import link_address
from portal.access.rules import admin, allow
from portal.domain.intake.roster import Roster, read_roster
from portal.domain.report_state import NotAllowedNow
from portal.models.organisation import organisations_below
from portal.organisations import queries
from portal.organisations.importing import import_roster
from portal.organisations.packing import pack, unpack
from portal.organisations.planning import MAX_ROWS, Outcome, plan
from portal.organisations.views import bp
from portal.storage.db import db, writing
from portal.web.attachments import attachment
from portal.web.errors import BadInput
from portal.web.uploads import takes_file, uploaded
from portal.workbooks.gate import MAX_FILE_BYTES, Refused
from portal.workbooks.lists import read_list
from portal.workbooks.roster import roster_workbook
from portal.workbooks.sheet import attachment_name

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/roster")
@allow(admin)
def roster() -> Any:
    """The page with the upload of a roster of units and people."""
    return _roster_page()


def _roster_page(refused: str = "") -> str:
    return render_template("organisations/roster.html", here=organisation_here(), refused=refused)


@bp.get("/roster/workbook")
@allow(admin)
def download_roster() -> Any:
    """The roster as a workbook: blank, or with the units and people as they are now."""
    here, blank = organisation_here(), "blank" in request.args
    units = () if blank else queries.in_tree_order(organisations_below(db.session(), here.path))
    with tenancy.subtree(here) as below:
        people = () if blank else queries.people_below(below)
    living = [unit for unit in units if unit.closed_at is None]
    name = attachment_name(here.name, "单位和人员名单" + ("模板" if blank else ""))
    return attachment(name, roster_workbook(living, people))


@bp.post("/roster")
@allow(admin)
@takes_file(MAX_FILE_BYTES)
def preview_roster() -> Any:
    """The page that previews a roster line by line; nothing is written."""
    file = uploaded("workbook")
    if file is None:
        return _roster_page("请先选择名单文件。"), 422
    try:
        found = read_roster(read_list(file.content))
    except Refused as refused:
        return _roster_page(str(refused)), 422
    if not found.units and not found.people:
        return _roster_page(
            "没有找到名单：表头要有“单位代码、名称、类型、上级代码、排序号”，"
            "或“用户名、姓名、单位代码、角色”。可以先下载模板，把内容粘贴进去。"
        ), 422
    if max(len(found.units), len(found.people)) > MAX_ROWS:
        return _roster_page(f"名单太长，一次最多 {MAX_ROWS:,} 行，请分几次导入。"), 422
    return _preview(found)


def _preview(found: Roster, refused: str = "") -> str:
    here = organisation_here()
    with tenancy.all_people() as door:
        planned = plan(door, here, found, actor())
    return render_template(
        "organisations/roster_preview.html",
        here=here,
        plan=planned,
        left=found.left,
        outcomes=Outcome,
        packed=pack(found),
        refused=refused,
    )


@bp.post("/roster/import")
@allow(admin)
def confirm_roster() -> Any:
    """Import the previewed roster whole; the new people's links are shown this once."""
    here, now = organisation_here(), clock.now()
    try:
        found = unpack(request.form.get("roster", ""))
    except ValueError as broken:
        raise BadInput("预览的内容不完整，没有导入。请重新上传文件。") from broken
    try:
        with tenancy.all_people() as door, writing(door):
            handed = import_roster(
                door, here, found, request.form.get("mark", ""), by=actor(), at=now
            )
            door.commit()
    except NotAllowedNow as refused:
        return _preview(found, refused.sentence), 409
    if not handed:
        flash("名单已导入。")
        return redirect(url_for("organisations.tree"), 303)
    public_url = current_app.config["PORTAL"].public_url
    return render_template(
        "accounts/links.html",
        here=here,
        handed=[(one, link_address(public_url, one.token)) for one in handed],
        until=now + links.VALID_FOR,
        sentence=f"名单已导入，新增用户 {len(handed)} 人。",
    )
