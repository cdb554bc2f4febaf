"""The plan of a campaign as typed: its fields, reading them, finding differences."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from unicodedata import category

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.campaign import schedule
from portal.domain.campaign.calendar import Dates, Status, hour_meant, read_instant
from portal.models import Campaign, FormEdition
from portal.models.campaign import campaign_by_code
from portal.models.form import edition_of
from portal.register.units import CODE, CODE_RULE

MAX_LENGTH = {
    "name": 200,
    "notice_number": 100,
    "notice": 20_000,
    "summary": 500,
    "period": 100,
    "contact": 200,
    "reason": 300,
}
"""The greatest length of each text, in characters."""

LABELS = {
    "code": "代码",
    "name": "名称",
    "edition": "表样版次",
    "previous": "上年的填报任务",
    "notice_number": "通知文号",
    "summary": "通知摘要",
    "notice": "通知正文",
    "period": "统计时段",
    "contact": "联系方式",
    "opens": "填报开始",
    "due": "报送截止",
    "closes": "停止填报",
    "four_eyes": "填报与上报由两人分别完成",
    "signed_copy_required": "必须上传盖章件",
}
"""The labels of a plan's fields on pages and in the trail, in their order."""

DATES = ("opens", "due", "closes")
SWITCHES = ("four_eyes", "signed_copy_required")
YES = "是"

CHANGEABLE: Mapping[Status, frozenset[str]] = {
    Status.DRAFT: frozenset(LABELS) - {"code"},
    Status.PUBLISHED: frozenset({"summary", "contact", *DATES}),
    Status.ARCHIVED: frozenset(),
}
"""The fields that can still be changed, by the campaign's status."""

Texts = Mapping[str, str]


def texts_of(session: Session, campaign: Campaign) -> dict[str, str]:
    """The texts of a campaign's plan, by field."""
    edition = session.get_one(FormEdition, campaign.edition_id)
    previous = session.get(Campaign, campaign.previous_id) if campaign.previous_id else None
    return {
        "code": campaign.code,
        "name": campaign.name,
        "edition": edition_name(edition),
        "previous": previous.code if previous else "",
        "notice_number": campaign.notice_number,
        "summary": campaign.summary,
        "notice": campaign.notice,
        "period": campaign.period,
        "contact": campaign.contact,
        **date_texts(campaign.dates),
        "four_eyes": YES if campaign.four_eyes else "",
        "signed_copy_required": YES if campaign.signed_copy_required else "",
    }


def date_texts(dates: Dates) -> dict[str, str]:
    """The three dates as texts, by field."""
    return {name: getattr(dates, name).strftime("%Y-%m-%d %H:%M") for name in DATES}


def edition_name(edition: FormEdition) -> str:
    """The value of an edition in the form's field."""
    return f"{edition.form}@{edition.version}"


def posted(fields: Texts) -> dict[str, str]:
    """The fields of a posted plan, without control characters."""
    texts = {name: plain(fields[name]) for name in (*LABELS, "reason") if name in fields}
    for name in SWITCHES:
        # browsers do not post an unticked box; a hidden field says that the page had it
        if f"{name}.shown" in fields:
            texts[name] = YES if fields.get(name) else ""
    return texts


def plain(text: str) -> str:
    """The text without control characters and without blanks around it."""
    lines = text.replace("\r\n", "\n").replace("\t", " ")
    return "".join(sign for sign in lines if sign == "\n" or category(sign) != "Cc").strip()


@dataclass(frozen=True, slots=True)
class Values:
    """The typed fields that are more than a text, parsed."""

    dates: Dates
    edition: FormEdition
    previous: Campaign | None


def read_plan(
    session: Session, texts: Texts, *, but: Campaign | None = None
) -> Values | dict[str, str]:
    """Parse the fields of a plan; returns a sentence by field where any is wrong.

    `but` is the campaign being changed, which cannot be its own previous one.
    """
    problems = dict(_wrong_texts(texts))
    dates = _dates(texts, problems)
    edition = _edition(session, texts, problems)
    previous = _previous(session, texts, problems, but)
    if problems or dates is None or edition is None:
        return problems
    return Values(dates, edition, previous)


def _wrong_texts(texts: Texts) -> Iterator[tuple[str, str]]:
    if not texts.get("name"):
        yield "name", "请写明填报任务的名称，如 2027年春节送温暖。"
    for name, most in MAX_LENGTH.items():
        if len(texts.get(name, "")) > most:
            yield name, f"这里有 {len(texts[name])} 字，请压缩到 {most} 字以内。"


def _dates(texts: Texts, problems: dict[str, str]) -> Dates | None:
    read: dict[str, datetime] = {}
    for name in DATES:
        try:
            read[name] = read_instant(texts.get(name, ""), hour_meant(name))
        except ValueError as error:
            problems[name] = str(error) if texts.get(name) else f"请写明{LABELS[name]}的时间。"
    if len(read) < len(DATES):
        return None
    try:
        return Dates(**read)
    except ValueError as error:
        problems["due" if read["opens"] >= read["due"] else "closes"] = str(error)
        return None


def _edition(session: Session, texts: Texts, problems: dict[str, str]) -> FormEdition | None:
    form, _, version = texts.get("edition", "").partition("@")
    found = edition_of(session, form, version) if form and version else None
    if found is None:
        problems["edition"] = "请选一个表样版次。"
    return found


def _previous(
    session: Session, texts: Texts, problems: dict[str, str], but: Campaign | None
) -> Campaign | None:
    code = texts.get("previous", "")
    if not code:
        return None
    found = campaign_by_code(session, code) if CODE.fullmatch(code) else None
    if found is None or (but is not None and found.first_round_id == but.first_round_id):
        problems["previous"] = "请从列表里选上年的填报任务。"
        return None
    return found


def wrong_code(session: Session, code: str) -> str | None:
    """Why a new campaign cannot have this code; None when it can."""
    if not CODE.fullmatch(code):
        return f"代码用在网址里，{CODE_RULE}，如 2027-spring。"
    if campaign_by_code(session, code):
        return f"代码 {code} 已经用过了，请换一个。"
    return None


def same(name: str, one: str, other: str) -> bool:
    """Whether two texts of a field mean the same: dates may be written in several ways."""
    if one == other:
        return True
    if name not in DATES:
        return False
    try:
        hour = hour_meant(name)
        return read_instant(one, hour) == read_instant(other, hour)
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Difference:
    """A field whose two texts differ."""

    name: str
    old: str
    new: str

    @property
    def label(self) -> str:
        """The field's label."""
        return LABELS[self.name]


def differences(old: Texts, new: Texts) -> tuple[Difference, ...]:
    """The fields that differ between `old` and `new`, in the order of the page."""
    return tuple(
        Difference(name, old[name], new[name])
        for name in LABELS
        if name in new and not same(name, old[name], new[name])
    )


_NUMBER = re.compile(r"[0-9]{1,9}")


def version_in(fields: Texts) -> int:
    """The version that the editor saw; 0, which no row has, when the form names none."""
    text = unicodedata.normalize("NFKC", fields.get("version", ""))
    return int(text) if _NUMBER.fullmatch(text) else 0


def suggested_copy(texts: Texts, dates: Dates, now: datetime) -> dict[str, str]:
    """A suggested name, code and dates for a copy, one or more years later."""
    years = schedule.years_until(dates.due, now)
    moved = {
        name: schedule.with_years_later(texts[name], years) for name in ("code", "name", "period")
    }
    return {
        **texts,
        **moved,
        "notice_number": "",
        **date_texts(schedule.dates_later(dates, years)),
    }


def editions(session: Session) -> list[FormEdition]:
    """Every edition of every form, the newest first."""
    return list(session.scalars(select(FormEdition).order_by(FormEdition.id.desc())))
