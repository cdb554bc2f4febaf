"""Comparison: changes, averages and shares shown beside a figure, in integer arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from portal.domain.checks import words
from portal.domain.checks.years import YEAR_ON_YEAR
from portal.domain.figures import FEN_PER_WAN, Kind, Unit
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import Figures

WITHOUT_COUNTERPART = "上年无可比项"
NO_LAST_YEAR = "上年无数"

MIN_CARRIED_PERCENT = 80
"""The percent of the sum that the compared units must carry for a percent to be shown."""

MIN_COMPARED: Mapping[Kind, int] = MappingProxyType({Kind.COUNT: 100, Kind.MONEY: 10})
"""The least sum of last year for a percent (人次, 家, 万元), if the form's check 与上年比 sets no
limit; these are that check's own limits for 人次 and 万元."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure's change since last year: difference, percent (``+12.3%``) and words.

    `difference` is in stored integers, None if one of the two is unknown; `percent_text` is None
    if last year's figure is blank or 0.
    """

    difference: int | None
    percent_text: str | None
    sentence: str


def change(current: int | None, previous: int | None, *, comparable: bool = True) -> Change:
    """The change from `previous` to `current`; `comparable` is false without 上年对应项.

    None is a blank, which is not 0 and is never compared.
    """
    if not comparable:
        return Change(None, None, WITHOUT_COUNTERPART)
    if previous is None:
        return Change(None, None, "上年未填")
    if current is None:
        return Change(None, None, "本次未填")
    if not previous:
        return Change(current, None, "上年为 0")
    return _moved(current, previous)


@dataclass(frozen=True, slots=True)
class Compared:
    """One item of a sum, compared for the units that reported in both years; None is blank.

    `total` is this year's whole sum; `now` and `last` are this year's and last year's sums of
    those units.
    """

    total: int | None
    now: int | None
    last: int | None


def change_of_sum(form: Form, item: Item, sums: Compared, *, comparable: bool = True) -> Change:
    """The change of the same units' sum; without a percent where it would mislead, with the reason.

    A percent misleads if last year's sum is blank, 0 or below the threshold of the form's own
    check, or if the compared units carry under `MIN_CARRIED_PERCENT` percent of the sum.
    """
    if not comparable:
        return Change(None, None, WITHOUT_COUNTERPART)
    if sums.last is None:
        return Change(None, None, NO_LAST_YEAR)
    if sums.total is None or (sums.now is None and not sums.total):
        return Change(None, None, "本次未填")
    difference = sums.now - sums.last if sums.now is not None else None
    if why := _why_no_percent(form, item.unit, sums):
        return Change(difference, None, why)
    return _moved(sums.now or 0, sums.last)


def _why_no_percent(form: Form, unit: Unit, sums: Compared) -> str:
    total, now, last = sums.total or 0, sums.now or 0, sums.last or 0
    if total > 0 and now * 100 < MIN_CARRIED_PERCENT * total:
        return f"可比单位不足 {MIN_CARRIED_PERCENT}%"
    if not last:
        return "上年为 0"
    least = least_of(form, unit)
    scale = FEN_PER_WAN if unit.kind is Kind.MONEY else 1
    return f"上年不足 {least} {unit.name}" if now != last and last < least * scale else ""


def least_of(form: Form, unit: Unit) -> int:
    """The least sum of last year for a percent, in whole `unit`s, from the form's own check."""
    limits = (rule.base for rule in form.checks if rule.id == YEAR_ON_YEAR.id)
    return next(limits, {}).get(unit.name, MIN_COMPARED[unit.kind])


def times_more(now: int, before: int) -> str | None:
    """增长 n 倍 from a doubling on (``1.5倍`` is +150 %), half up; None below that.

    The rounded percent decides, so that 增长100.0% is never written.
    """
    more = now - before
    if before <= 0 or (2000 * more + before) // (2 * before) < 1000:
        return None
    tenths = (20 * more + before) // (2 * before)
    return f"{tenths // 10}.{tenths % 10}倍"


def _moved(current: int, previous: int) -> Change:
    difference = current - previous
    if not difference:
        return Change(0, "0.0%", "与上年持平")
    percent = _percent(abs(difference), previous)
    if percent == "0.0%":
        return Change(difference, percent, "与上年基本持平")
    signed = f"{'+' if difference > 0 else '-'}{percent}"
    return Change(difference, signed, words.change(current, previous))


def per_head(money: int | None, people: int | None) -> str | None:
    """次均 of `money` fen over `people`, half up: ``1,234.50 元/人次``; None without either."""
    return words.per_head(money, people) if money is not None and people else None


def average(form: Form, item: Item, figures: Figures) -> str:
    """次均 for the money of a pair; empty for any other item, or without both figures."""
    people = form.partners.get(item.code)
    if people is None or item.unit.kind is not Kind.MONEY or people.unit.kind is not Kind.COUNT:
        return ""
    return per_head(figures[item.code], figures[people.code]) or ""


def share(part: int | None, whole: int | None) -> str | None:
    """`part` of `whole` in percent (``12.3%``), rounded half up; None if it is undefined."""
    return _percent(part, whole) if part is not None and whole else None


def _percent(part: int, whole: int) -> str:
    permille = (2000 * part + whole) // (2 * whole)
    return f"{permille // 10:,}.{permille % 10}%"
