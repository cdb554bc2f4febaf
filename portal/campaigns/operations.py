"""Operations on a campaign: create, copy, next round, change, publish, archive, remove.

The session comes from `tenancy.opening`; the view commits.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.campaigns.plan import (
    CHANGEABLE,
    DATES,
    LABELS,
    SWITCHES,
    YES,
    Difference,
    Values,
    differences,
    read_plan,
    texts_of,
    wrong_code,
)
from portal.collection import announcements
from portal.collection.assignment import base_form
from portal.collection.opening import Plan, copy_campaign, create_campaign, named, open_campaign
from portal.collection.rounds import rounds_of
from portal.domain.campaign import schedule
from portal.domain.campaign.calendar import Dates, Status, in_words, read_instant
from portal.domain.checks import limits as check_limits
from portal.domain.checks.limits import Limits, Reset
from portal.domain.consolidation.placement import Expected
from portal.domain.report_state import NotAllowedNow
from portal.models import Announcement, Campaign, Expectation, FormEdition
from portal.models.trail import Entry
from portal.models.trail_actions import Action
from portal.register.city_trail import record_all_for_city, record_for_city

MAX_TOLD_LENGTH = 480
"""Characters of an old or new text in the trail's columns."""


class Stale(Exception):
    """Somebody else changed the campaign since the page was shown (409); nothing was written."""

    def __init__(self, campaign: Campaign, found: Sequence[Difference]) -> None:
        super().__init__(campaign.code)
        self.version = campaign.version
        self.by = campaign.changed_by
        self.at = campaign.changed_at
        self.differences = tuple(found)


class Refused(Exception):
    """The typed plan is refused (422): `problems` has a sentence for each field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("；".join(problems.values()))
        self.problems = dict(problems)


def create(session: Session, texts: Mapping[str, str], *, by: Actor, at: datetime) -> Campaign:
    """Create a draft that expects every unit of the tree. Raises `Refused` (422)."""
    plan = _plan(session, texts, _read(session, texts))
    return create_campaign(session, plan, None, by=by, at=at)


def copy(
    session: Session, source: Campaign, texts: Mapping[str, str], *, by: Actor, at: datetime
) -> Campaign:
    """Create a draft with the units, limits and plan of `source`. Raises `Refused` (422)."""
    values = _read(session, texts)
    plan = _plan(session, texts, values, limits=_limits_for(source, values.edition))
    return copy_campaign(session, source, plan, allocations=False, by=by, at=at)


def next_round(
    session: Session,
    source: Campaign,
    texts: Mapping[str, str],
    *,
    round_name: str,
    first_name: str,
    by: Actor,
    at: datetime,
) -> Campaign:
    """Create the round after `source`: same form, same units, same year before.

    Raises `Refused` (422), and `NotAllowedNow` (409) while `source` is a draft.

    A first round without a name gets `first_name`. The round's name follows the campaign's own, so
    that pages tell rounds apart.
    """
    if source.status == Status.DRAFT:
        raise NotAllowedNow("上一轮还没有发布，发布以后才能新建下一轮。")
    stored = texts_of(session, source)
    first = session.get_one(Campaign, source.first_round_id)
    own_name = base_name(first)
    problems = dict(_wrong_rounds(session, first, round_name, first_name))
    texts = {**stored, **texts, "name": f"{own_name}（{round_name}）", "edition": stored["edition"]}
    values = _read(session, texts, problems)
    if values.dates.opens <= source.opens:
        sentence = f"下一轮要晚于上一轮开始（{in_words(source.opens)}）。"
        raise Refused({"opens": sentence})
    if not first.round_name:
        _name_first_round(session, first, first_name, by, at)
    plan = _plan(
        session, texts, values, limits=source.limits, round_of=first, round_name=round_name
    )
    return copy_campaign(session, source, plan, allocations=True, by=by, at=at)


def base_name(campaign: Campaign) -> str:
    """The campaign's name without the name of its round."""
    return campaign.name.removesuffix(f"（{campaign.round_name}）")


def _wrong_rounds(
    session: Session, first: Campaign, round_name: str, first_name: str
) -> list[tuple[str, str]]:
    found = []
    taken = {each.round_name for each in rounds_of(session, first)} | {first_name}
    if not 0 < len(round_name) <= 20:
        found.append(("round_name", "请写明这一轮的名称，如 节后报，不超过 20 字。"))
    elif round_name in taken:
        found.append(("round_name", f"已经有名为“{round_name}”的一轮了。"))
    if not first.round_name and not 0 < len(first_name) <= 20:
        found.append(("first_name", "请写明原来这一轮的名称，如 节前报，不超过 20 字。"))
    return found


def _name_first_round(
    session: Session, first: Campaign, name: str, by: Actor, at: datetime
) -> None:
    old = first.name
    first.round_name, first.name = name, f"{old}（{name}）"
    first.mark_changed(by.name, at)
    session.flush()
    entry = _told("name", old, first.name, "分轮次报送")
    record_all_for_city(session, [entry], by=by, at=at, campaign_id=first.id)


NONE: Mapping[str, str] = {}


def _read(session: Session, texts: Mapping[str, str], problems: Mapping[str, str] = NONE) -> Values:
    values, found = read_plan(session, texts), dict(problems)
    if sentence := wrong_code(session, texts.get("code", "")):
        found["code"] = sentence
    if not isinstance(values, Values) or found:
        raise Refused({**(values if isinstance(values, dict) else {}), **found})
    return values


def _plan(
    session: Session,
    texts: Mapping[str, str],
    values: Values,
    *,
    limits: Mapping[str, Any] | None = None,
    round_of: Campaign | None = None,
    round_name: str = "",
) -> Plan:
    return Plan(
        code=texts["code"],
        name=texts["name"],
        edition=values.edition,
        dates=values.dates,
        previous=values.previous,
        notice_number=texts.get("notice_number", ""),
        notice=texts.get("notice", ""),
        summary=texts.get("summary", ""),
        period=texts.get("period", ""),
        contact=texts.get("contact", ""),
        four_eyes=texts.get("four_eyes") == YES,
        signed_copy_required=texts.get("signed_copy_required") == YES,
        limits=limits or {},
        round_of=round_of,
        round_name=round_name,
    )


def change(
    session: Session,
    campaign: Campaign,
    texts: Mapping[str, str],
    *,
    version: int,
    by: Actor,
    at: datetime,
) -> tuple[Difference, ...]:
    """Change the fields of the plan that `texts` has otherwise; returns the differences.

    `version` is the one that the editor saw. Raises `NotAllowedNow` (409) for a field that is fixed
    by now, `Stale` (409) when somebody changed the plan meanwhile, `Refused` (422) for wrong texts.
    Saving stored values changes nothing, so a second click is harmless.
    """
    stored = texts_of(session, campaign)
    status = Status(campaign.status)
    found = differences(stored, {n: t for n, t in texts.items() if n in LABELS and n != "code"})
    if not found:
        return ()
    if fixed := [each.label for each in found if each.name not in CHANGEABLE[status]]:
        raise NotAllowedNow(f"填报任务{status.label}，{'、'.join(fixed)}不能再改，没有做任何改动。")
    if version != campaign.version:
        raise Stale(campaign, found)
    values = read_plan(session, {**stored, **texts}, but=campaign)
    if not isinstance(values, Values):
        raise Refused(values)
    reason = texts.get("reason", "")
    if problems := _wrong_move(campaign, values.dates, reason, at):
        raise Refused(problems)
    _apply(session, campaign, found, values, by, at)
    moves = any(each.name in DATES for each in found)
    why = reason if moves else ""
    entries = [_told(each.name, each.old, each.new, why) for each in found]
    record_all_for_city(session, entries, by=by, at=at, campaign_id=campaign.id)
    return found


def _wrong_move(campaign: Campaign, dates: Dates, reason: str, now: datetime) -> dict[str, str]:
    if campaign.status != Status.PUBLISHED or not schedule.moved(campaign.dates, dates):
        return {}
    problems = schedule.refuse_move(campaign.dates, dates, now)
    if not reason:
        problems["reason"] = "改动已发布的日期要写明理由，各单位会在通知公告里看到。"
    return problems


def _apply(
    session: Session,
    campaign: Campaign,
    found: Sequence[Difference],
    values: Values,
    by: Actor,
    at: datetime,
) -> None:
    for each in found:
        if each.name in SWITCHES:
            setattr(campaign, each.name, each.new == YES)
        elif each.name == "edition":
            campaign.limits = _limits_for(campaign, values.edition)
            campaign.edition_id = values.edition.id
        elif each.name == "previous":
            campaign.previous_id = values.previous.id if values.previous else None
        elif each.name not in DATES:
            setattr(campaign, each.name, each.new)
    dates = values.dates
    campaign.opens, campaign.due, campaign.closes = dates.opens, dates.due, dates.closes
    campaign.mark_changed(by.name, at)
    session.flush()


def _limits_for(campaign: Campaign, edition: FormEdition) -> Limits:
    """The campaign's limits, without those that another edition has no check for."""
    settings = check_limits.settings_of(base_form(edition), campaign.limits or {})
    return check_limits.read_limits(settings, {each.name: each.own for each in settings})[0]


def set_limits(
    session: Session,
    campaign: Campaign,
    limits: Limits,
    *,
    version: int,
    by: Actor,
    at: datetime,
) -> tuple[Reset, ...]:
    """Set the campaign's own limits of the checks; returns what changed.

    Raises `NotAllowedNow` (409) for an archived campaign, `Stale` (409) when the limits changed
    since `version`.
    """
    form = base_form(session.get_one(FormEdition, campaign.edition_id))
    found = check_limits.resets(form, campaign.limits or {}, limits)
    if not found:
        return ()
    if campaign.status == Status.ARCHIVED:
        raise NotAllowedNow("填报任务已归档，审核标准不能再改。")
    if version != campaign.version:
        raise Stale(campaign, ())
    campaign.limits = limits
    campaign.mark_changed(by.name, at)
    session.flush()
    entries = [
        Entry(Action.CAMPAIGN_CHANGED, old=e.old, new=e.new, note=f"审核标准，{e.label}")
        for e in found
    ]
    record_all_for_city(session, entries, by=by, at=at, campaign_id=campaign.id)
    return found


def publish(
    session: Session,
    campaign: Campaign,
    *,
    version: int,
    announce: bool,
    by: Actor,
    at: datetime,
) -> Expected:
    """Publish a draft, with an announcement to its units if asked; returns who reports.

    Raises `NotAllowedNow` (409) with the sentence when the draft is not ready, or was changed since
    `version`.
    """
    if campaign.status == Status.DRAFT and version != campaign.version:
        raise NotAllowedNow(
            f"{campaign.changed_by}刚刚修改过这个填报任务，还没有发布。请看过现在的内容再发布。"
        )
    try:
        expected = open_campaign(session, campaign, by=by, at=at)
    except ValueError as error:
        raise NotAllowedNow(str(error)) from error
    if announce:
        title, text = first_announcement(campaign)
        announcements.publish_at_once(session, campaign, title, text, by=by, at=at)
    return expected


def first_announcement(campaign: Campaign) -> tuple[str, str]:
    """Title and text of the announcement that a publication sends."""
    lines = [
        campaign.summary or campaign.notice,
        f"填报开始：{in_words(campaign.opens)}",
        f"报送截止：{in_words(campaign.due)}",
        f"停止填报：{in_words(campaign.closes)}",
        f"联系方式：{campaign.contact}" if campaign.contact else "",
    ]
    return f"开始填报：{campaign.name}"[:100], "\n".join(line for line in lines if line)


def announce_move(
    session: Session,
    campaign: Campaign,
    found: Sequence[Difference],
    reason: str,
    *,
    by: Actor,
    at: datetime,
) -> Announcement | None:
    """Announce moved dates to all units of a published campaign; None if no date moved."""
    old = {each.name: each.old for each in found}
    if campaign.status != Status.PUBLISHED or not set(old) & set(DATES):
        return None
    moves = [each.sentence for each in schedule.moved(_dates_before(campaign, old), campaign.dates)]
    text = "；\n".join(moves) + f"。\n理由：{reason}"
    title = f"时间调整：{campaign.name}"[:100]
    return announcements.publish_at_once(session, campaign, title, text, by=by, at=at)


def _dates_before(campaign: Campaign, old: Mapping[str, str]) -> Dates:
    return Dates(
        *(read_instant(old[name]) if name in old else getattr(campaign, name) for name in DATES)
    )


def archive(session: Session, campaign: Campaign, *, by: Actor, at: datetime) -> None:
    """Archive a campaign that is over; again changes nothing.

    Raises `NotAllowedNow` (409) while it is a draft or still open.
    """
    if campaign.status == Status.ARCHIVED:
        return
    if campaign.status == Status.DRAFT:
        raise NotAllowedNow("草稿没有发布过，不能归档；不要的草稿可以删除。")
    if at <= campaign.closes:
        raise NotAllowedNow(
            f"还没有停止填报（{in_words(campaign.closes)}），不能归档；"
            "要提前结束，请先把停止填报的时间提前。"
        )
    campaign.status = Status.ARCHIVED
    campaign.mark_changed(by.name, at)
    session.flush()
    note = named(campaign)
    record_for_city(session, Action.CAMPAIGN_ARCHIVED, note, by=by, at=at, campaign_id=campaign.id)


def remove(session: Session, campaign: Campaign, *, by: Actor, at: datetime) -> None:
    """Delete a draft.

    Raises `NotAllowedNow` (409) for a published or archived campaign, and where another campaign
    names it as the year before.
    """
    if campaign.status != Status.DRAFT:
        raise NotAllowedNow("已发布的填报任务不能删除，停止填报以后可以归档。")
    if session.scalar(select(Campaign.id).where(Campaign.previous_id == campaign.id).limit(1)):
        raise NotAllowedNow("别的填报任务把它作为上年，不能删除。")
    session.execute(delete(Announcement).where(Announcement.campaign_id == campaign.id))
    session.execute(delete(Expectation).where(Expectation.campaign_id == campaign.id))
    note = named(campaign)
    record_for_city(session, Action.CAMPAIGN_REMOVED, note, by=by, at=at, campaign_id=campaign.id)
    session.delete(campaign)
    session.flush()


def _told(name: str, old: str, new: str, reason: str = "") -> Entry:
    long = max(len(old), len(new)) > MAX_TOLD_LENGTH
    note = LABELS[name] + (f"，理由：{reason}" if reason else "")
    return Entry(
        Action.CAMPAIGN_CHANGED,
        old=_cut(old),
        new=_cut(new),
        note=f"{note}，改后全文：\n{new}" if long else note,
    )


def _cut(text: str) -> str:
    if len(text) <= MAX_TOLD_LENGTH:
        return text
    return f"{text[: MAX_TOLD_LENGTH - 20]}……（共 {len(text)} 字）"
