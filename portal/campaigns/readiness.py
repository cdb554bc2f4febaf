"""Whether a draft can be published: what is missing, and what deserves a second look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.collection.assignment import base_form
from portal.collection.expected import expected_of
from portal.collection.opening import NOT_LISTED
from portal.domain.campaign import schedule
from portal.domain.campaign.calendar import in_words
from portal.domain.consolidation.placement import Expected
from portal.models import Campaign, Expectation, FormEdition, ItemConfirmation, User
from portal.models.user import Role

SUBMITTING = {Role.REPORTER, Role.HEAD}
MAX_NAMES = 8
"""Units named in one sentence; further ones are counted."""


@dataclass(frozen=True)
class Readiness:
    """What the confirming page says: `missing` blocks publication, `doubts` do not."""

    edition: FormEdition
    expected: Expected
    missing: tuple[str, ...]
    doubts: tuple[str, ...]


def readiness(session: Session, campaign: Campaign, now: datetime) -> Readiness:
    """What a draft lacks, and its doubts; the session reads the whole tree."""
    edition = session.get_one(FormEdition, campaign.edition_id)
    rows = session.scalars(
        select(Expectation).where(Expectation.campaign_id == campaign.id).order_by(Expectation.path)
    ).all()
    units = [row for row in rows if row.expected]
    return Readiness(
        edition,
        expected_of(rows),
        missing=tuple(_missing(campaign, edition, units, now)),
        doubts=(
            *_doubts_of_form(session, edition),
            *_doubts_of_plan(campaign),
            *_doubts_of_dates(campaign, now),
            *_doubts_of_people(session, campaign, units),
            *_doubts_of_list(rows),
        ),
    )


def _missing(
    campaign: Campaign, edition: FormEdition, units: Sequence[Expectation], now: datetime
) -> Iterator[str]:
    if edition.published_at is None:
        yield f"表样 {edition.title}（{edition.version}）还是草稿，请先发布表样，或换一个版次。"
    if not units:
        yield "没有应报单位，请先在“应报单位”里列出。"
    if campaign.due <= now:
        yield f"报送截止时间（{in_words(campaign.due)}）已经过去，请先改时间。"


def _doubts_of_form(session: Session, edition: FormEdition) -> Iterator[str]:
    rebuilt = [item.code for item in base_form(edition).items if item.reconstructed]
    confirmed = set(
        session.scalars(
            select(ItemConfirmation.code).where(ItemConfirmation.edition_id == edition.id)
        )
    )
    if left := [code for code in rebuilt if code not in confirmed]:
        yield f"表样里有 {len(left)} 行是按附件还原的，还没有核对确认：{'、'.join(left)}。"


def _doubts_of_plan(campaign: Campaign) -> Iterator[str]:
    if not campaign.notice_number:
        yield "没有通知文号。"
    if not (campaign.notice or campaign.summary):
        yield "没有通知正文和摘要，各单位看不到要求。"
    if not campaign.period:
        yield "没有统计时段，打印的表上会空着。"
    if not campaign.contact:
        yield "没有联系方式，各单位不知道有问题问谁。"
    if campaign.previous_id is None:
        yield "没有上年的填报任务，各项不能与上年比较。"


def _doubts_of_dates(campaign: Campaign, now: datetime) -> Iterator[str]:
    if schedule.on_weekend(campaign.due):
        yield f"报送截止在周末：{in_words(campaign.due)}。"
    if campaign.due - max(campaign.opens, now) < schedule.MIN_FILLING_TIME:
        start = max(campaign.opens, now)
        yield f"填报时间只有 {schedule.length(start, campaign.due)}。"


def _doubts_of_people(
    session: Session, campaign: Campaign, units: Sequence[Expectation]
) -> Iterator[str]:
    able: dict[int, int] = {}
    users = session.execute(
        select(User.organisation_id, User.roles).where(User.disabled_at.is_(None))
    )
    for user in users:
        if SUBMITTING & {Role(role) for role in user.roles}:
            able[user.organisation_id] = able.get(user.organisation_id, 0) + 1
    if nobody := [row.name for row in units if not able.get(row.organisation_id)]:
        yield f"没有填报人账号的应报单位：{_names(nobody)}。"
    if campaign.four_eyes:
        alone = [row.name for row in units if able.get(row.organisation_id) == 1]
        if alone:
            yield (f"要求两人分别完成，但只有一个账号、将无法上报的单位：{_names(alone)}。")


def _doubts_of_list(rows: Sequence[Expectation]) -> Iterator[str]:
    if left := [row.name for row in rows if row.exempt_reason == NOT_LISTED]:
        yield f"未列入应报范围的单位：{_names(left)}。"


def _names(names: Sequence[str]) -> str:
    if len(names) <= MAX_NAMES:
        return "、".join(names)
    return f"{'、'.join(names[:MAX_NAMES])}等 {len(names)} 家"
