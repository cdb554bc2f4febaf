"""Views of announcements for the city: drafts, publication, who has read them."""

from collections.abc import Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from portal import clock
from portal.access import tenancy
from portal.access.identity import organisation_here
from portal.access.rules import allow, city_admin
from portal.campaigns import announcing, plan, reading, units
from portal.campaigns.views import NOTHING, bp, by_me, changing, planned_or_404
from portal.collection import announcements
from portal.domain.report_state import NotAllowedNow
from portal.models import Announcement, Campaign
from portal.storage.db import db

NUMBER = "<int(max=999999999):announcement>"


@bp.get("/<planned>/announcements/all")
@allow(city_admin)
def announcement_list(planned: str) -> Any:
    """The page with every announcement of a campaign, drafts too, and the form for a new one."""
    return _list(planned_or_404(planned))


def _list(
    campaign: Campaign, typed: Mapping[str, str] = NOTHING, problems: Mapping[str, str] = NOTHING
) -> str:
    with tenancy.subtree(organisation_here()) as session:
        counts = announcements.read_counts(session, campaign)
        found = announcing.announcements_of(session, campaign)
    return render_template(
        "campaigns/announcements.html",
        planned=campaign,
        found=found,
        counts=counts,
        typed=typed,
        problems=problems,
    )


@bp.post("/<planned>/announcements/all")
@allow(city_admin)
def write_announcement(planned: str) -> Any:
    """Save a new draft of an announcement; no unit sees it yet."""
    title, text = announcing.typed(request.form)
    typed = {"title": title, "text": text}
    if problems := announcing.problems_of(title, text):
        return _list(planned_or_404(planned), typed, problems), 422
    with changing(planned) as (session, campaign):
        draft = announcing.write(session, campaign, title, text, by=by_me(), at=clock.now())
        session.commit()
    return _to_draft(planned, draft)


def _to_draft(planned: str, announcement: Announcement) -> Any:
    target = url_for(".announcement_draft", planned=planned, announcement=announcement.id)
    return redirect(target, 303)


@bp.get(f"/<planned>/announcements/all/{NUMBER}")
@allow(city_admin)
def announcement_draft(planned: str, announcement: int) -> Any:
    """The city's page of one announcement: a draft to publish, or who has read it."""
    campaign = planned_or_404(planned)
    return _draft_page(campaign, _found(db.session(), campaign, announcement))


def _found(session: Session, campaign: Campaign, number: int) -> Announcement:
    return announcing.announcement_in(session, campaign, number) or abort(404)


def _draft_page(
    campaign: Campaign,
    announcement: Announcement,
    typed: Mapping[str, str] = NOTHING,
    problems: Mapping[str, str] = NOTHING,
    chosen: tuple[str, ...] = (),
    refused: str = "",
) -> str:
    with tenancy.subtree(organisation_here()) as session:
        readers = reading.readers(session, announcement)
        listed = units.listed(session, campaign) if announcement.is_draft else []
    return render_template(
        "campaigns/announcement_draft.html",
        planned=campaign,
        announcement=announcement,
        readers=readers,
        listed=listed,
        typed=typed or {"title": announcement.title, "text": announcement.text},
        problems=problems,
        chosen=chosen,
        refused=refused,
    )


@bp.post(f"/<planned>/announcements/all/{NUMBER}/draft")
@allow(city_admin)
def rewrite_announcement(planned: str, announcement: int) -> Any:
    """Change the title and text of a draft."""
    title, text = announcing.typed(request.form)
    typed = {"title": title, "text": text}
    problems = announcing.problems_of(title, text)
    try:
        with changing(planned) as (session, campaign):
            draft = _found(session, campaign, announcement)
            if not problems:
                version = plan.version_in(request.form)
                announcing.change(draft, title, text, version=version, by=by_me(), at=clock.now())
                session.commit()
                flash("草稿已保存。")
                return _to_draft(planned, draft)
    except NotAllowedNow as refused:
        campaign = planned_or_404(planned)
        found = _found(db.session(), campaign, announcement)
        return _draft_page(campaign, found, typed, refused=refused.sentence), 409
    campaign = planned_or_404(planned)
    found = _found(db.session(), campaign, announcement)
    return _draft_page(campaign, found, typed, problems), 422


@bp.post(f"/<planned>/announcements/all/{NUMBER}/publication")
@allow(city_admin)
def publish_announcement(planned: str, announcement: int) -> Any:
    """Publish a draft to all expected units, or to those that are ticked."""
    named = request.form.getlist("unit") if request.form.get("to") == "named" else None
    try:
        with changing(planned) as (session, campaign):
            draft = _found(session, campaign, announcement)
            count = announcing.publish(
                session,
                campaign,
                draft,
                named,
                version=plan.version_in(request.form),
                by=by_me(),
                at=clock.now(),
            )
            session.commit()
    except ValueError as error:
        campaign = planned_or_404(planned)
        found = _found(db.session(), campaign, announcement)
        page = _draft_page(campaign, found, chosen=tuple(named or ()), refused=str(error))
        return page, 422
    flash(f"已发布给 {count} 家单位。" if count else "这条通知公告已经发布过了。")
    return _to_draft(planned, draft)


@bp.post(f"/<planned>/announcements/all/{NUMBER}/withdrawal")
@allow(city_admin)
def withdraw_announcement(planned: str, announcement: int) -> Any:
    """Withdraw a published announcement, or delete a draft."""
    with changing(planned) as (session, campaign):
        found = _found(session, campaign, announcement)
        was_draft = found.is_draft
        announcing.withdraw(session, found, by=by_me(), at=clock.now())
        session.commit()
    flash("草稿已删除。" if was_draft else "已撤回，各单位不再看到。")
    return redirect(url_for(".announcement_list", planned=planned), 303)
