"""Chasing (催报): by which channel, with what outcome, when a mail is due, and what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from portal.domain.campaign.calendar import MINUTE, in_words, time_left


class MessageChannel(StrEnum):
    """How a unit was chased."""

    CHAT = "chat"
    PHONE = "phone"
    MAIL = "mail"

    @property
    def label(self) -> str:
        """The channel in Chinese."""
        return {"chat": "群聊", "phone": "电话", "mail": "邮件"}[self.value]


class Outcome(StrEnum):
    """What a chase brought: of a call what was said, of a mail whether it went out."""

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
"""What a call can bring, in the order in which the form offers it."""


class Moment(StrEnum):
    """The three times at which those who have not submitted are mailed by themselves."""

    MIDDLE = "middle"
    DAY_BEFORE = "day-before"
    DAY_OF = "day-of"

    @property
    def label(self) -> str:
        """The moment in Chinese."""
        return {"middle": "期中", "day-before": "截止前一天", "day-of": "截止当天"}[self.value]


MORNING = time(9, 0)
"""When the mails of a day go out, if the time for reporting does not end before that."""


def moments(opens: datetime, due: datetime) -> list[tuple[datetime, Moment]]:
    """The moments between opening and due time, the first one first.

    The middle is to the minute; the other two are at nine in the morning, or an hour before the
    due time where that comes first. One that would lie before the opening is left out.
    """
    middle = opens + (due - opens) / 2
    planned = {
        Moment.MIDDLE: middle.replace(second=0, microsecond=0),
        Moment.DAY_BEFORE: _morning(due - timedelta(days=1)),
        Moment.DAY_OF: min(_morning(due), due - timedelta(hours=1)),
    }
    return sorted((at, moment) for moment, at in planned.items() if at >= opens)


def _morning(day: datetime) -> datetime:
    return datetime.combine(day.date(), MORNING, day.tzinfo)


def moment_now(opens: datetime, due: datetime, now: datetime) -> Moment | None:
    """The newest moment that has come; None before the first one and after the due time.

    Whoever was not mailed at an earlier moment is mailed once, for the newest.
    """
    if now >= due + MINUTE:
        return None
    come = [moment for at, moment in moments(opens, due) if at <= now]
    return come[-1] if come else None


@dataclass(frozen=True, slots=True)
class Missing:
    """What one unit still owes: its name, how its report stands, and until when.

    `closes` is 停止填报 of the unit: after it only an extension lets the unit report.
    """

    unit: str
    campaign: str
    standing: str
    due: datetime
    closes: datetime
    link: str


def text_for_unit(missing: Missing, now: datetime, contact: str) -> str:
    """The text that chases one unit: what is missing, the due time, the link."""
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
    """The text for the group chat: those who have not submitted at this second, or how many.

    `gone` are the names of those missing that were closed or merged, with what became of them:
    they are told of and not asked.
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
    """The subject of a mail that chases."""
    return f"催报：{campaign}统计表"


def text_of_mail(missing: Sequence[Missing], name: str, now: datetime, contact: str) -> str:
    """One mail to one person, whatever number of reports is owed."""
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
    """How a unit was chased so far: how often, when last and how, and what it promised last."""

    times: int
    last_at: datetime
    channel: MessageChannel
    outcome: Outcome
    promised_at: datetime | None = None


def broken(promised_at: datetime | None, now: datetime) -> bool:
    """Whether the time that a unit promised to report by is over; asked of those still missing."""
    return promised_at is not None and now >= promised_at + MINUTE
