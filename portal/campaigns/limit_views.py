"""Views of a campaign's own limits for the checks of its form."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from portal import clock
from portal.access.rules import allow, city_admin
from portal.campaigns import operations, plan
from portal.campaigns.operations import Stale
from portal.campaigns.views import NOTHING, bp, by_me, changing, planned_or_404
from portal.collection.assignment import base_form
from portal.domain.checks.limits import SETTABLE_GRADES, Setting, read_limits, settings_of
from portal.models import Campaign, FormEdition
from portal.storage.db import db


@bp.get("/<planned>/limits")
@allow(city_admin)
def limits(planned: str) -> Any:
    """The page of the checks' limits: those of the edition and the campaign's own."""
    return _page(planned_or_404(planned))


def _settings(campaign: Campaign) -> tuple[Setting, ...]:
    edition = db.session().get_one(FormEdition, campaign.edition_id)
    return settings_of(base_form(edition), campaign.limits or {})


def _page(
    campaign: Campaign,
    typed: Mapping[str, str] = NOTHING,
    problems: Mapping[str, str] = NOTHING,
    **more: Any,
) -> str:
    settings = _settings(campaign)
    checks = {each.check: each.about for each in settings}
    return render_template(
        "campaigns/limits.html",
        planned=campaign,
        groups=[
            (check, about, [each for each in settings if each.check == check])
            for check, about in checks.items()
        ],
        texts={each.name: each.own for each in settings} | dict(typed),
        grades=SETTABLE_GRADES,
        problems=problems,
        **more,
    )


@bp.post("/<planned>/limits")
@allow(city_admin)
def set_limits(planned: str) -> Any:
    """Set the checks' limits for this campaign; the trail records every change."""
    campaign = planned_or_404(planned)
    settings = _settings(campaign)
    typed = {
        each.name: plan.plain(request.form[each.name])
        for each in settings
        if each.name in request.form
    }
    wanted, problems = read_limits(settings, typed)
    if problems:
        return _page(campaign, typed, problems), 422
    try:
        with changing(planned) as (session, changed):
            found = operations.set_limits(
                session,
                changed,
                wanted,
                version=plan.version_in(request.form),
                by=by_me(),
                at=clock.now(),
            )
            session.commit()
    except Stale as stale:
        return _page(planned_or_404(planned), typed, stale=stale), 409
    flash(f"已修改 {len(found)} 项审核标准。" if found else "没有改动，不需要保存。")
    return redirect(url_for(".limits", planned=planned), 303)
