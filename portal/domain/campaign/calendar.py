"""The dates of a campaign: what is open, who is late, and whether a unit may write now.

Every instant has a time zone (+08:00) and is cut to the minute. The named minute belongs to the
time allowed: a report due at 17:30 is on time until 17:30:59.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from enum import StrEnum

from portal.domain.report_state import EDITABLE, Move, NotAllowedNow, State, after

# A fixed offset: slim images lack the time zone database, and China has no summer time.
ZONE = timezone(timedelta(hours=8))
MINUTE = timedelta(minutes=1)
CLOSE_OF_BUSINESS = time(17, 30)
"""The default hour of a date without one."""

START_OF_DAY = time(0)
"""The hour meant by 填报开始 that names none: the day that is named is a day to fill in."""


def to_the_minute(instant: datetime) -> datetime:
    """`instant` at +08:00 with its seconds cut; raises `ValueError` when it has no time zone."""
    if instant.tzinfo is None:
        raise ValueError("时间没有时区，无法比较先后")
    return instant.astimezone(ZONE).replace(second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Dates:
    """The three instants of a campaign: 填报开始, 报送截止 and 停止填报.

    Raises `ValueError` with a sentence when they are not in that order.
    """

    opens: datetime
    due: datetime
    closes: datetime

    def __post_init__(self) -> None:
        for name in ("opens", "due", "closes"):
            object.__setattr__(self, name, to_the_minute(getattr(self, name)))
        if self.opens >= self.due:
            raise ValueError("填报开始时间应早于报送截止时间。")
        if self.closes < self.due:
            raise ValueError("停止填报时间不应早于报送截止时间。")


@dataclass(frozen=True, slots=True)
class Extension:
    """延期报送 for one unit: until when, why, and who granted it when.

    It moves due and close to `until`, and lapses when that minute is over. It never shortens the
    time: where the campaign's own due or close is later, that one counts.
    """

    until: datetime
    reason: str
    granted_by: str
    granted_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "until", to_the_minute(self.until))


class Status(StrEnum):
    """The stored status of a campaign; whether it is open is derived from its dates."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        """The status in Chinese."""
        return {"draft": "草稿", "published": "已发布", "archived": "已归档"}[self.value]


class Phase(StrEnum):
    """The part of a campaign that a moment lies in, for one unit; derived, never stored."""

    NOT_OPEN = "not-open"
    OPEN = "open"
    LATE = "late"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The phase of a published campaign in Chinese."""
        return _PHASES[self]


_PHASES = {
    Phase.NOT_OPEN: "尚未开始",
    Phase.OPEN: "正在填报",
    Phase.LATE: "已过报送截止",
    Phase.CLOSED: "已停止填报",
}


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether an action is allowed now, and the sentence that the page and a refusal show."""

    allowed: bool
    sentence: str
    phase: Phase

    def require(self) -> None:
        """Raise `NotAllowedNow` with the sentence unless the action is allowed."""
        if not self.allowed:
            raise NotAllowedNow(self.sentence)


def due_of(dates: Dates, extension: Extension | None) -> datetime:
    """报送截止 for the unit that has `extension`."""
    return max(dates.due, extension.until) if extension else dates.due


def close_of(dates: Dates, extension: Extension | None) -> datetime:
    """停止填报 for the unit that has `extension`."""
    return max(dates.closes, extension.until) if extension else dates.closes


def _past(minute: datetime, now: datetime) -> bool:
    return now >= minute + MINUTE


def phase(dates: Dates, extension: Extension | None, now: datetime) -> Phase:
    """Where `now` lies for the unit that has `extension`."""
    if now < dates.opens:
        return Phase.NOT_OPEN
    if not _past(due_of(dates, extension), now):
        return Phase.OPEN
    return Phase.CLOSED if _past(close_of(dates, extension), now) else Phase.LATE


def is_late(first_submitted_at: datetime | None, dates: Dates, extension: Extension | None) -> bool:
    """Whether the first submission came after the due time (迟报); false without a submission.

    An extension counts only when it was granted before that submission. One that is granted
    later, so that a returned report can be corrected, leaves the report late.
    """
    if first_submitted_at is None:
        return False
    if extension and extension.granted_at > first_submitted_at:
        extension = None
    return _past(due_of(dates, extension), first_submitted_at)


def handed_in_late(
    first_submitted_at: datetime | None, dates: Dates, extensions: Sequence[Extension]
) -> bool:
    """`is_late`, judged by the newest extension granted before the first submission."""
    if first_submitted_at is None:
        return False
    granted = [each for each in extensions if each.granted_at <= first_submitted_at]
    return is_late(first_submitted_at, dates, granted[-1] if granted else None)


def overdue(state: State, dates: Dates, extension: Extension | None, now: datetime) -> bool:
    """Whether the due time is over and nothing was submitted (逾期未报).

    A returned report was submitted once, so it is not overdue.
    """
    return state in (State.NOT_STARTED, State.DRAFT) and _past(due_of(dates, extension), now)


def may_write(
    *,
    status: Status,
    dates: Dates,
    extension: Extension | None,
    expected: bool,
    state: State,
    now: datetime,
) -> Permission:
    """Whether a unit may write figures into its report now, with the sentence shown.

    Raises `ValueError` for a naive `now`, as the other two permissions do.
    """
    now_in = phase(dates, extension, now)
    if refusal := _barred(status, expected) or _frozen(state, now_in):
        return Permission(False, refusal, now_in)
    if now_in in (Phase.NOT_OPEN, Phase.CLOSED):
        return Permission(False, _outside(dates, extension, now, now_in), now_in)
    return Permission(True, _time_left_sentence(dates, extension, now, now_in), now_in)


def may_submit(
    *,
    status: Status,
    dates: Dates,
    extension: Extension | None,
    expected: bool,
    state: State,
    now: datetime,
) -> Permission:
    """Whether a unit may submit its report now, by state and dates; figures are not looked at."""
    writing = may_write(
        status=status, dates=dates, extension=extension, expected=expected, state=state, now=now
    )
    return _if_it_starts_from(state, Move.SUBMIT, writing) if writing.allowed else writing


def may_withdraw(
    *,
    status: Status,
    dates: Dates,
    extension: Extension | None,
    expected: bool,
    state: State,
    now: datetime,
) -> Permission:
    """Whether a unit may withdraw its submission now: only from submitted, before the close."""
    now_in = phase(dates, extension, now)
    if refusal := _barred(status, expected):
        return Permission(False, refusal, now_in)
    if state is State.SUBMITTED and now_in is Phase.CLOSED:
        return Permission(False, _SUBMITTED_AND_CLOSED, now_in)
    sentence = f"撤回后可以修改，须在 {in_words(close_of(dates, extension))} 停止填报前重新上报。"
    return _if_it_starts_from(state, Move.WITHDRAW, Permission(True, sentence, now_in))


def _if_it_starts_from(state: State, move: Move, permission: Permission) -> Permission:
    try:
        after(move, state, came_from=State.DRAFT)
    except NotAllowedNow as refused:
        return Permission(False, refused.sentence, permission.phase)
    return permission


def _barred(status: Status, expected: bool) -> str | None:
    if status is Status.DRAFT:
        return "填报任务尚未发布，发布后才能填报。"
    if status is Status.ARCHIVED:
        return "填报任务已归档，只能查看。"
    return None if expected else "本单位本次免报，不需要填报；如需报送请联系上级工会。"


_SUBMITTED_AND_CLOSED = "报表已上报（待审核），现已停止填报，不能撤回；需要修改请联系上级工会退回。"


def _frozen(state: State, now_in: Phase) -> str | None:
    if state in EDITABLE:
        return None
    if state is State.ACCEPTED:
        return "报表已审核，不能修改；需要更正请联系上级工会取消审核并退回更正。"
    if now_in is Phase.CLOSED:
        return _SUBMITTED_AND_CLOSED
    return "报表已上报（待审核），不能修改；需要修改请先撤回。"


def _outside(dates: Dates, extension: Extension | None, now: datetime, now_in: Phase) -> str:
    if now_in is Phase.NOT_OPEN:
        return f"填报尚未开始，{in_words(dates.opens)} 起可以填报，{_still(now, dates.opens)}。"
    closed = f"已于 {in_words(dates.closes)} 停止填报"
    if extension:
        closed += f"，延期报送也已于 {in_words(extension.until)} 到期"
    return f"{closed}；如需报送，请联系上级工会申请延期报送。"


def _time_left_sentence(
    dates: Dates, extension: Extension | None, now: datetime, now_in: Phase
) -> str:
    due, close = due_of(dates, extension), close_of(dates, extension)
    if now_in is Phase.LATE:
        past = "延期报送的时间已到" if due != dates.due else "已过报送截止时间"
        return (
            f"{past}（{in_words(due)}），请尽快上报；"
            f"停止填报 {in_words(close)}，{_still(now, close)}。"
        )
    until = "已获延期至" if due != dates.due else "报送截止"
    return f"{until} {in_words(due)}，{_still(now, due)}。"


def _still(now: datetime, until: datetime) -> str:
    left = time_left(now, until)
    return f"还有 {left}" if left[0].isdigit() else f"还有{left}"


def time_left(now: datetime, until: datetime) -> str:
    """The time from `now` to the end of the minute `until`, in words: ``2 天 3 小时 10 分``."""
    if _past(until, now):
        return "已截止"
    minutes = max(until - now, timedelta()) // MINUTE
    days, rest = divmod(minutes, 24 * 60)
    parts = ((days, "天"), (rest // 60, "小时"), (rest % 60, "分"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "不到 1 分钟"


def in_words(instant: datetime) -> str:
    """The instant as a notice writes it: ``2022年1月26日（星期三）17:30``.

    Raises `ValueError` for an instant without a time zone, as every rule here does.
    """
    local = to_the_minute(instant)
    weekday = "一二三四五六日"[local.weekday()]
    return f"{local.year}年{local.month}月{local.day}日（星期{weekday}）{local:%H:%M}"


_INSTANT = re.compile(
    r"(?P<year>20[0-9]{2})(?:(?P<mark>[-/])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
    r"|年(?P<cn_month>[0-9]{1,2})月(?P<cn_day>[0-9]{1,2})日)"
    r"(?:(?:T|\s+|(?<=日))(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::[0-5][0-9](?:\.[0-9]+)?)?)?"
)


def hour_meant(field: str) -> time:
    """The hour meant by a date that names none, in a field of `Dates`."""
    return START_OF_DAY if field == "opens" else CLOSE_OF_BUSINESS


def read_instant(text: str, default_time: time = CLOSE_OF_BUSINESS) -> datetime:
    """Read a date, with or without an hour, as an instant at +08:00.

    Accepts ``2022-01-26``, ``2022/1/26 17:30``, ``2022-01-26T17:30`` and ``2022年1月26日17:30``,
    full-width too; seconds are cut. Raises `ValueError` with a sentence for anything else.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    match = _INSTANT.fullmatch(typed)
    if not match:
        raise ValueError(f"“{typed[:40]}”不是可以识别的时间，请写成 2022-01-26 17:30 的样子。")
    try:
        return _instant(match.groupdict(), default_time)
    except ValueError:
        raise ValueError(f"没有“{typed}”这个时间，请核对月、日和钟点。") from None


def _instant(parts: Mapping[str, str | None], default_time: time) -> datetime:
    month = parts["month"] or parts["cn_month"] or ""
    day = parts["day"] or parts["cn_day"] or ""
    hour, minute = parts["hour"], parts["minute"]
    at = time(int(hour), int(minute)) if hour and minute else default_time
    return datetime(int(parts["year"] or ""), int(month), int(day), at.hour, at.minute, tzinfo=ZONE)
