"""Views of a campaign for the city that plans it: the list, a new one, its plan, publication."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from portal import clock
from portal.access import tenancy
from portal.access.actor import Actor
from portal.access.identity import actor, organisation_here, who
from portal.access.rules import allow, city_admin, city_records, may
from portal.campaigns import operations, plan, queries, readiness
from portal.campaigns.operations import Refused, Stale
from portal.collection import moves
from portal.collection.rounds import rounds_of
from portal.domain.campaign import calendar, schedule
from portal.domain.campaign.calendar import Status
from portal.models import Campaign
from portal.models.campaign import campaign_by_code
from portal.storage.db import db, writing
from portal.web.form_fields import number_asked

bp = Blueprint("campaigns", __name__, url_prefix="/o/<organisation>/campaigns")

NOTHING: Mapping[str, str] = {}


@bp.context_processor
def _tabs() -> dict[str, Any]:
    """Whether the tabs of a campaign lead to its planning, or to what has changed alone."""
    person = who()
    return {"plans": person is not None and may(city_admin, person.organisation.id)}


def by_me() -> Actor:
    """The signed-in person as the actor of the trail."""
    person = actor()
    return Actor(person.name, person.id)


@contextmanager
def changing(code: str = "") -> Iterator[tuple[Session, Campaign]]:
    """A write transaction on the campaign with this code, of any status, and on its units."""
    with tenancy.opening() as door, writing(door) as session:
        yield session, campaign_by_code(session, code) or abort(404)


def planned_or_404(code: str) -> Campaign:
    """The campaign with this code, of any status, to read."""
    db.session().rollback()
    return campaign_by_code(db.session(), code) or abort(404)


@bp.get("")
@allow(city_admin)
def index() -> Any:
    """The page with every campaign of the city."""
    with tenancy.subtree(organisation_here()) as session:
        return render_template(
            "campaigns/index.html",
            counted=queries.counted(session),
            phase=lambda campaign: calendar.phase(campaign.dates, None, clock.now()),
        )


@bp.get("/new")
@allow(city_admin)
def new() -> Any:
    """The page for planning a campaign from nothing."""
    return _new_page(NOTHING)


def _new_page(texts: Mapping[str, str], problems: Mapping[str, str] = NOTHING) -> str:
    return _form("campaigns/new.html", texts, problems)


def _form(template: str, texts: Mapping[str, str], problems: Mapping[str, str], **more: Any) -> str:
    session = db.session()
    return render_template(
        template,
        texts=texts,
        problems=problems,
        labels=plan.LABELS,
        editions=plan.editions(session),
        edition_name=plan.edition_name,
        others=[each for each in queries.all_campaigns(session) if each.status != Status.DRAFT],
        **more,
    )


@bp.post("")
@allow(city_admin)
def create() -> Any:
    """Save a new draft that expects every unit."""
    texts = plan.posted(request.form)
    try:
        with tenancy.opening() as door, writing(door) as session:
            made = operations.create(session, texts, by=by_me(), at=clock.now())
            session.commit()
    except Refused as refused:
        return _new_page(texts, refused.problems), 422
    return _to_plan(made.code, f"已新建草稿：{made.name}。请核对应报单位，再发布。")


def _to_plan(code: str, sentence: str = "") -> Any:
    if sentence:
        flash(sentence)
    return redirect(url_for(".page", planned=code), 303)


@bp.get("/<planned>/copy")
@allow(city_admin)
def copy(planned: str) -> Any:
    """The page for a copy of a campaign, with every date a year later."""
    source = planned_or_404(planned)
    texts = plan.texts_of(db.session(), source) | {"name": operations.base_name(source)}
    suggested = plan.suggested_copy(texts, source.dates, clock.now())
    return _copy_page(source, {**suggested, "previous": source.code})


def _copy_page(
    source: Campaign, texts: Mapping[str, str], problems: Mapping[str, str] = NOTHING
) -> str:
    return _form("campaigns/copy.html", texts, problems, source=source)


@bp.post("/<planned>/copies")
@allow(city_admin)
def keep_copy(planned: str) -> Any:
    """Save the copy as a draft: edition, units, limits and dates in one transaction."""
    texts = plan.posted(request.form)
    try:
        with changing(planned) as (session, source):
            made = operations.copy(session, source, texts, by=by_me(), at=clock.now())
            session.commit()
    except Refused as refused:
        return _copy_page(planned_or_404(planned), texts, refused.problems), 422
    return _to_plan(made.code, f"已复制成草稿：{made.name}。请核对日期和应报单位，再发布。")


@bp.get("/<planned>/rounds")
@allow(city_admin)
def rounds(planned: str) -> Any:
    """The page with the rounds of a campaign and the form for the next one."""
    return _rounds_page(planned_or_404(planned))


def _rounds_page(
    campaign: Campaign, texts: Mapping[str, str] = NOTHING, problems: Mapping[str, str] = NOTHING
) -> str:
    session = db.session()
    found = rounds_of(session, campaign)
    return render_template(
        "campaigns/rounds.html",
        planned=campaign,
        rounds=found,
        last=found[-1],
        base=operations.base_name(campaign),
        texts=texts,
        problems=problems,
        labels=plan.LABELS,
        stretches=schedule.stretches,
    )


@bp.post("/<planned>/rounds")
@allow(city_admin)
def keep_round(planned: str) -> Any:
    """Save the next round as a draft that starts from this one's units and, later, figures."""
    texts = plan.posted(request.form)
    names = {name: plan.plain(request.form.get(name, "")) for name in ("round_name", "first_name")}
    try:
        with changing(planned) as (session, source):
            made = operations.next_round(
                session, source, texts, **names, by=by_me(), at=clock.now()
            )
            session.commit()
    except Refused as refused:
        page = _rounds_page(planned_or_404(planned), {**texts, **names}, refused.problems)
        return page, 422
    return _to_plan(made.code, f"已新建下一轮草稿：{made.name}。")


@bp.get("/<planned>/plan")
@allow(city_admin)
def page(planned: str) -> Any:
    """The page with the plan of one campaign."""
    campaign = planned_or_404(planned)
    return _page(campaign, plan.texts_of(db.session(), campaign))


def _page(
    campaign: Campaign,
    texts: Mapping[str, str],
    problems: Mapping[str, str] = NOTHING,
    **more: Any,
) -> str:
    return _form(
        "campaigns/plan.html",
        texts,
        problems,
        planned=campaign,
        changeable=plan.CHANGEABLE[Status(campaign.status)],
        stretches=schedule.stretches(campaign.dates),
        **more,
    )


@bp.post("/<planned>/plan")
@allow(city_admin)
def change(planned: str) -> Any:
    """Change the plan; another's change meanwhile is shown and not overwritten."""
    texts, now = plan.posted(request.form), clock.now()
    version, reason = plan.version_in(request.form), texts.get("reason", "")
    try:
        with changing(planned) as (session, campaign):
            found = operations.change(session, campaign, texts, version=version, by=by_me(), at=now)
            told = operations.announce_move(session, campaign, found, reason, by=by_me(), at=now)
            session.commit()
    except Refused as refused:
        return _as_typed(planned, texts, problems=refused.problems), 422
    except Stale as stale:
        return _as_typed(planned, texts, stale=stale), 409
    if not found:
        return _to_plan(planned, "没有改动，不需要保存。")
    more = "，并已发通知公告告知各单位" if told else ""
    return _to_plan(planned, f"已修改：{'、'.join(each.label for each in found)}{more}。")


def _as_typed(planned: str, texts: Mapping[str, str], **more: Any) -> str:
    campaign = planned_or_404(planned)
    shown = {**plan.texts_of(db.session(), campaign), **texts}
    return _page(campaign, shown, more.pop("problems", NOTHING), **more)


@bp.get("/<planned>/publication")
@allow(city_admin)
def publication(planned: str) -> Any:
    """The page before publishing: what is missing, and which units it reaches."""
    return _publication_page(planned)


def _publication_page(planned: str, refused: str = "") -> str:
    campaign = planned_or_404(planned)
    with tenancy.subtree(organisation_here()) as session:
        found = readiness.readiness(session, campaign, clock.now())
    title, text = operations.first_announcement(campaign)
    return render_template(
        "campaigns/publication.html",
        planned=campaign,
        ready=found,
        title=title,
        text=text,
        stretches=schedule.stretches(campaign.dates),
        refused=refused,
    )


@bp.post("/<planned>/publication")
@allow(city_admin)
def publish(planned: str) -> Any:
    """Publish the campaign, so that its units can fill from its opening on."""
    now = clock.now()
    moves.carry_out_due(now)
    with changing(planned) as (session, campaign):
        if campaign.status == Status.PUBLISHED:
            return _to_plan(planned, "这个填报任务已经发布。")
        with tenancy.subtree(organisation_here()) as tree:
            missing = readiness.readiness(tree, campaign, now).missing
        if missing:
            session.rollback()
            return _publication_page(planned, "还不能发布，请先处理下面的问题。"), 422
        expected = operations.publish(
            session,
            campaign,
            version=plan.version_in(request.form),
            announce="announce" in request.form,
            by=by_me(),
            at=now,
        )
        session.commit()
    return _to_plan(planned, f"已发布：{campaign.name}，应报单位 {expected.sentence}。")


@bp.post("/<planned>/archive")
@allow(city_admin)
def archive(planned: str) -> Any:
    """Archive a campaign that is over; from then on it is read-only."""
    with changing(planned) as (session, campaign):
        operations.archive(session, campaign, by=by_me(), at=clock.now())
        session.commit()
    return _to_plan(planned, "已归档。")


@bp.post("/<planned>/removal")
@allow(city_admin)
def remove(planned: str) -> Any:
    """Delete a draft."""
    with changing(planned) as (session, campaign):
        operations.remove(session, campaign, by=by_me(), at=clock.now())
        session.commit()
    flash(f"已删除草稿：{campaign.name}。")
    return redirect(url_for(".index"), 303)


@bp.get("/<planned>/changes")
@allow(city_records)
def changes(planned: str) -> Any:
    """The page that lists who changed what of the campaign, and when."""
    campaign = planned_or_404(planned)
    before = request.args.get("before", type=number_asked)
    found = queries.trail_of(db.session(), campaign, before)
    return render_template("campaigns/changes.html", planned=campaign, page=found)
