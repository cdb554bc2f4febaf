"""Announcements for the city: write a draft, publish it, withdraw it.

The session comes from `tenancy.opening`; the view commits.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.campaigns.plan import plain
from portal.collection import announcements
from portal.domain.campaign.calendar import Status
from portal.domain.report_state import NotAllowedNow
from portal.models import Announcement, Campaign, Expectation
from portal.models.trail_actions import Action
from portal.register.city_trail import record_for_city

MAX_TITLE_LENGTH = 100
MAX_TEXT_LENGTH = 5_000


def problems_of(title: str, text: str) -> dict[str, str]:
    """The problems of a draft as typed: a sentence by field."""
    found = {}
    if not 0 < len(title) <= MAX_TITLE_LENGTH:
        found["title"] = f"标题应为 1 至 {MAX_TITLE_LENGTH} 字。"
    if not 0 < len(text) <= MAX_TEXT_LENGTH:
        found["text"] = f"内容应为 1 至 {MAX_TEXT_LENGTH:,} 字。"
    return found


def typed(fields: Mapping[str, str]) -> tuple[str, str]:
    """The title and the text as posted."""
    return plain(fields.get("title", "")).replace("\n", " "), plain(fields.get("text", ""))


def write(
    session: Session, campaign: Campaign, title: str, text: str, *, by: Actor, at: datetime
) -> Announcement:
    """Save a draft, or return the draft that says the same.

    Raises `NotAllowedNow` (409) for an archived campaign.
    """
    if campaign.status == Status.ARCHIVED:
        raise NotAllowedNow("填报任务已归档，不能再发通知公告。")
    same = session.scalar(
        select(Announcement).where(
            Announcement.campaign_id == campaign.id,
            Announcement.title == title,
            Announcement.text == text,
            Announcement.published_at.is_(None),
        )
    )
    if same:
        return same
    return announcements.add_draft(session, campaign, title, text, by=by, at=at)


def change(
    draft: Announcement, title: str, text: str, *, version: int, by: Actor, at: datetime
) -> None:
    """Change the title and text of a draft.

    Raises `NotAllowedNow` (409) when it is published, or was changed since `version`.
    """
    if (draft.title, draft.text) == (title, text):
        return
    if not draft.is_draft:
        raise NotAllowedNow("通知公告已经发布，不能再改；有误请撤回后重发。")
    if draft.version != version:
        raise NotAllowedNow(
            f"{draft.written_by}刚刚也改了这条草稿，您的没有保存。请看过现在的内容再改。"
        )
    draft.title, draft.text = title, text
    draft.version += 1
    draft.written_by, draft.written_at = by.name, at


def publish(
    session: Session,
    campaign: Campaign,
    draft: Announcement,
    codes: Sequence[str] | None,
    *,
    version: int,
    by: Actor,
    at: datetime,
) -> int:
    """Publish a draft to all expected units, or to those with `codes`; returns how many.

    A published announcement never changes: publishing it again returns 0. Raises `NotAllowedNow`
    (409) while the campaign is a draft or archived, or when the draft changed since `version`;
    `ValueError` with a sentence when it would reach no unit.
    """
    if not draft.is_draft:
        return 0
    if campaign.status != Status.PUBLISHED:
        raise NotAllowedNow("填报任务还没有发布（或已归档），现在发通知公告，单位看不到。")
    if draft.version != version:
        raise NotAllowedNow(f"{draft.written_by}刚刚改了这条草稿，还没有发布。请看过再发布。")
    draft.to_all = codes is None
    units = announcements.expected_units(session, campaign)
    if codes is not None:
        units = _named(session, campaign, codes)
    if not units:
        raise ValueError("请选定要发给哪些单位。")
    return announcements.publish(session, draft, units, by=by, at=at)


def _named(session: Session, campaign: Campaign, codes: Iterable[str]) -> Sequence[int]:
    return session.scalars(
        select(Expectation.organisation_id)
        .where(Expectation.campaign_id == campaign.id, Expectation.code.in_(list(codes)))
        .order_by(Expectation.path)
    ).all()


def withdraw(session: Session, announcement: Announcement, *, by: Actor, at: datetime) -> None:
    """Withdraw an announcement, so that units no longer see it; a draft is deleted."""
    if announcement.withdrawn_at is not None:
        return
    if announcement.is_draft:
        session.delete(announcement)
        session.flush()
        return
    announcement.withdrawn_at = at
    session.flush()
    record_for_city(
        session,
        Action.ANNOUNCEMENT_WITHDRAWN,
        announcement.title,
        by=by,
        at=at,
        campaign_id=announcement.campaign_id,
    )


def announcements_of(session: Session, campaign: Campaign) -> Sequence[Announcement]:
    """Every announcement of a campaign, drafts and withdrawn ones too, newest first."""
    return session.scalars(
        select(Announcement)
        .where(Announcement.campaign_id == campaign.id)
        .order_by(Announcement.id.desc())
    ).all()


def announcement_in(session: Session, campaign: Campaign, number: int) -> Announcement | None:
    """The announcement with this number in this campaign, or None."""
    return session.scalar(
        select(Announcement).where(
            Announcement.id == number, Announcement.campaign_id == campaign.id
        )
    )
