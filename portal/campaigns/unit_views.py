"""Views of a campaign's expected organisations: the list, page by page."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from portal import clock
from portal.access import tenancy
from portal.access.identity import organisation_here
from portal.access.rules import allow, city_admin
from portal.campaigns import units
from portal.campaigns.units import Line
from portal.campaigns.views import bp, by_me, changing, planned_or_404
from portal.domain.campaign.calendar import Status
from portal.web.form_fields import number_asked

NOBODY: Mapping[str, Line] = {}


@bp.get("/<planned>/units")
@allow(city_admin)
def unit_list(planned: str) -> Any:
    """The page with the campaign's units, 应报 and 免报, to search and change."""
    return _list(planned)


def _list(planned: str, refused: Mapping[str, Line] = NOBODY) -> str:
    campaign = planned_or_404(planned)
    find, show = request.args.get("find", "").strip()[:50], request.args.get("show", "")
    page = request.args.get("page", 1, type=number_asked)
    with tenancy.subtree(organisation_here()) as session:
        roll = units.read_roll(session, campaign, find=find, show=show, page=page, refused=refused)
        new = units.not_on_list(session, campaign)
    return render_template(
        "campaigns/units.html",
        planned=campaign,
        roll=roll,
        new=new,
        find=find,
        show=show,
        labels=units.LABELS,
        changeable=units.CHANGEABLE[Status(campaign.status)],
        refused=refused,
    )


@bp.post("/<planned>/units")
@allow(city_admin)
def change_units(planned: str) -> Any:
    """Save the units whose fields were changed."""
    with changing(planned) as (session, campaign):
        outcome = units.change(
            session, campaign, units.posted(request.form), by=by_me(), at=clock.now()
        )
        session.commit()
    if outcome.refused:
        if outcome.changed:
            flash(f"已修改 {outcome.changed} 家，其余见下。")
        return _list(planned, outcome.refused), 409 if outcome.conflict else 422
    flash(f"已修改 {outcome.changed} 家。" if outcome.changed else "没有改动，不需要保存。")
    return _back(planned)


@bp.post("/<planned>/units/additions")
@allow(city_admin)
def add_unit(planned: str) -> Any:
    """Add a unit that was founded after the list was made."""
    code = request.form.get("code", "")
    with changing(planned) as (session, campaign):
        try:
            row = units.add(session, campaign, code, by=by_me(), at=clock.now())
        except LookupError:
            abort(422, "请从列表里选一个单位。")
        session.commit()
    flash(f"已列入应报单位：{row.name}。")
    return _back(planned)


def _back(planned: str) -> Any:
    asked = request.args
    target = url_for(
        ".unit_list",
        planned=planned,
        find=asked.get("find"),
        show=asked.get("show"),
        page=asked.get("page"),
    )
    return redirect(target, 303)
