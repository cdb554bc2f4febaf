"""Planning a campaign's dates: copy them to a later year, measure phases, move them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.domain.campaign.calendar import MINUTE, Dates, in_words

_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}(?![0-9])")


def years_later(instant: datetime, years: int) -> datetime:
    """The same day and minute `years` later; 29 February becomes the 28th."""
    try:
        return instant.replace(year=instant.year + years)
    except ValueError:
        return instant.replace(year=instant.year + years, day=28)


def years_until(due: datetime, now: datetime) -> int:
    """The least number of years, at least one, that puts the same day after `now`."""
    years = 1
    while years_later(due, years) <= now:
        years += 1
    return years


def with_years_later(text: str, years: int) -> str:
    """The text with every year in it increased: 2026年春节 becomes 2027年春节."""
    return _YEAR.sub(lambda year: str(int(year[0]) + years), text)


def dates_later(dates: Dates, years: int) -> Dates:
    """All three instants `years` later."""
    return Dates(*(years_later(each, years) for each in (dates.opens, dates.due, dates.closes)))


def length(start: datetime, end: datetime) -> str:
    """The time between two instants in words: ``16 天 9 小时``; empty when it is zero."""
    days, rest = divmod((end - start) // MINUTE, 24 * 60)
    parts = ((days, "天"), (rest // 60, "小时"), (rest % 60, "分"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One phase of a campaign, with its length in words."""

    name: str
    length: str


def stretches(dates: Dates) -> tuple[Stretch, ...]:
    """The phases between the three instants; no phase 迟报 when due and close are equal."""
    found = (
        Stretch("按时填报", length(dates.opens, dates.due)),
        Stretch("迟报（截止后仍可上报）", length(dates.due, dates.closes)),
    )
    return tuple(each for each in found if each.length)


LABELS = {"opens": "填报开始", "due": "报送截止", "closes": "停止填报"}


def refuse_move(old: Dates, new: Dates, now: datetime) -> dict[str, str]:
    """Why a published campaign's dates cannot become `new`: a sentence by the date's name."""
    found = {}
    if new.opens != old.opens and old.opens <= now:
        found["opens"] = "填报已经开始，开始时间不能再改。"
    for name in ("due", "closes"):
        wanted = getattr(new, name)
        if wanted != getattr(old, name) and wanted <= now:
            found[name] = (
                f"{LABELS[name]}不能改到已经过去的时间（现在是 {in_words(now)}），"
                "否则没有来得及报的单位会被算作迟报。"
            )
    return found


@dataclass(frozen=True, slots=True)
class Moved:
    """One date that was moved."""

    name: str
    old: datetime
    new: datetime

    @property
    def sentence(self) -> str:
        """The change as an announcement words it."""
        later = "推迟" if self.new > self.old else "提前"
        return f"{LABELS[self.name]}由 {in_words(self.old)} {later}到 {in_words(self.new)}"


def moved(old: Dates, new: Dates) -> tuple[Moved, ...]:
    """The dates that differ, in their order."""
    return tuple(_moved(old, new))


def _moved(old: Dates, new: Dates) -> Iterator[Moved]:
    for name in LABELS:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Moved(name, before, after)


WEEKEND = 5


def on_weekend(instant: datetime) -> bool:
    """Whether the instant lies on a Saturday or Sunday, when nobody is at the desk."""
    return instant.weekday() >= WEEKEND


MIN_FILLING_TIME = timedelta(days=3)
"""A time for filling shorter than this is shown with a warning."""
