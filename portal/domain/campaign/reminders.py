"""Reminders (催报): their channels and outcomes, when a mail is due, and its text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from portal.domain.campaign.calendar import MINUTE, in_words, time_left


class MessageChannel(StrEnum):
    """The channel by which a unit was reminded."""

    CHAT = "chat"
    PHONE = "phone"
    MAIL = "mail"

    @property
    def label(self) -> str:
        """The channel in Chinese."""
        return {"chat": "群聊", "phone": "电话", "mail": "邮件"}[self.value]


class Outcome(StrEnum):
    """The outcome of a reminder: what a called unit said, or whether a mail was sent."""

    POSTED = "posted"
    PROMISED = "promised"
    FORGOT = "forgot"
    HEAD_BUSY = "head-busy"
    REPLACED = "replaced"
    NO_ANSWER = "no-answer"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"

    @property
    def label(self) -> str:
        """The outcome in Chinese."""
        return _OUTCOMES[self]


_OUTCOMES = {
    Outcome.POSTED: "已发到群里",
    Outcome.PROMISED: "已答应",
    Outcome.FORGOT: "忘记了",
    Outcome.HEAD_BUSY: "领导未审",
    Outcome.REPLACED: "换人了",
    Outcome.NO_ANSWER: "无人接听",
    Outcome.SENDING: "正在发送",
    Outcome.SENT: "已发送",
    Outcome.FAILED: "没有发出",
}
OF_A_CALL = (
    Outcome.PROMISED,
    Outcome.FORGOT,
    Outcome.HEAD_BUSY,
    Outcome.REPLACED,
    Outcome.NO_ANSWER,
)
"""The outcomes of a call, in the order of the form."""


class Moment(StrEnum):
    """The three times at which the portal mails every unit that has not submitted."""

    MIDDLE = "middle"
    DAY_BEFORE = "day-before"
    DAY_OF = "day-of"

    @property
    def label(self) -> str:
        """The moment in Chinese."""
        return {"middle": "期中", "day-before": "截止前一天", "day-of": "截止当天"}[self.value]


MAIL_TIME = time(9, 0)
"""The time at which a day's mails are sent, if the due time is not before it."""


def moments(opens: datetime, due: datetime) -> list[tuple[datetime, Moment]]:
    """The moments between opening and due time, in order.

    The middle one is exact to the minute. The other two are at 09:00, or one hour before the
    due time if that is earlier. A moment before the opening is left out.
    """
    middle = opens + (due - opens) / 2
    planned = {
        Moment.MIDDLE: middle.replace(second=0, microsecond=0),
        Moment.DAY_BEFORE: _morning(due - timedelta(days=1)),
        Moment.DAY_OF: min(_morning(due), due - timedelta(hours=1)),
    }
    return sorted((at, moment) for moment, at in planned.items() if at >= opens)


def _morning(day: datetime) -> datetime:
    return datetime.combine(day.date(), MAIL_TIME, day.tzinfo)


def moment_now(opens: datetime, due: datetime, now: datetime) -> Moment | None:
    """The latest moment that has passed; None before the first one and after the due time.

    A unit that missed earlier moments is mailed once, for the latest.
    """
    if now >= due + MINUTE:
        return None
    come = [moment for at, moment in moments(opens, due) if at <= now]
    return come[-1] if come else None


@dataclass(frozen=True, slots=True)
class Missing:
    """One unit's missing report: the unit's name, the report's state, and its due time.

    `closes` is 停止填报 for the unit; after it the unit can report only with an extension.
    """

    unit: str
    campaign: str
    standing: str
    due: datetime
    closes: datetime
    link: str


def text_for_unit(missing: Missing, now: datetime, contact: str) -> str:
    """The reminder to one unit: what is missing, the due time, the link.

    Raises `ValueError` for a naive instant, as all texts here do.
    """
    asked = _asked(contact)
    return (
        f"{missing.unit}：{missing.campaign}统计表{missing.standing}。"
        f"{_until(missing.due, missing.closes, now)}"
        f"请登录填报并上报：{missing.link}{asked}"
    )


def text_for_group(
    campaign: str,
    names: Sequence[str],
    *,
    expected: int,
    due: datetime,
    closes: datetime,
    now: datetime,
    link: str,
    only_number: bool,
    gone: Sequence[tuple[str, str]] = (),
) -> str:
    """The reminder for the group chat: the units that have not submitted by now, or their number.

    `gone` names missing units that were closed or merged, with what became of them; the text
    lists them without asking them to report.
    """
    if not names:
        rest = f"除{_told(gone)}外，" if gone else ""
        return f"{campaign}统计表：应报 {expected} 家，{rest}已全部上报，感谢各单位支持。"
    missing = f"尚有 {len(names)} 家未上报{'' if only_number else '：' + '、'.join(names)}"
    if gone:
        missing += f"；另有 {len(gone)} 家不再催报：{_told(gone)}"
    return (
        f"{campaign}统计表：截至{_clock(now)}，应报 {expected} 家，{missing}。"
        f"{_until(due, closes, now)}请尚未上报的单位登录填报：{link}"
    )


def _told(gone: Sequence[tuple[str, str]]) -> str:
    return "、".join(f"{name}（{words}）" for name, words in gone)


def subject_of_mail(campaign: str) -> str:
    """The subject of a reminder mail."""
    return f"催报：{campaign}统计表"


def text_of_mail(missing: Sequence[Missing], name: str, now: datetime, contact: str) -> str:
    """One reminder mail to one person, listing every report that is owed."""
    owed = "\n".join(_owed(each, now) for each in missing)
    return f"{name}，您好：\n\n{owed}\n\n已经上报的请不必理会。{_asked(contact)}\n"


def _owed(missing: Missing, now: datetime) -> str:
    what = f"{missing.unit}，{missing.campaign}统计表{missing.standing}"
    return f"· {what}。{_until(missing.due, missing.closes, now)}\n  {missing.link}"


def _clock(now: datetime) -> str:
    return f"{now.month}月{now.day}日{now:%H:%M:%S}"


def _until(due: datetime, closes: datetime, now: datetime) -> str:
    if now >= closes + MINUTE:
        return f"报送截止 {in_words(due)} 已过，现已停止填报；补报请先联系我们办理延期。"
    if now >= due + MINUTE:
        return f"报送截止 {in_words(due)} 已过，请尽快补报。"
    return f"报送截止 {in_words(due)}，还有 {time_left(now, due)}。"


def _asked(contact: str) -> str:
    return f" 有疑问请联系：{contact}。" if contact else ""


@dataclass(frozen=True, slots=True)
class Chased:
    """A unit's reminders so far: their number, the last one, and the last promise."""

    times: int
    last_at: datetime
    channel: MessageChannel
    outcome: Outcome
    promised_at: datetime | None = None


def broken(promised_at: datetime | None, now: datetime) -> bool:
    """Whether the time that a missing unit promised to report by is over."""
    return promised_at is not None and now >= promised_at + MINUTE
