"""Comparison: what stands beside a figure, computed from whole numbers alone."""

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

LEAST_CARRIED = 80
"""Percent of a sum that the compared units must carry; with less, their change is not the sum's."""

LEAST: Mapping[Kind, int] = MappingProxyType({Kind.COUNT: 100, Kind.MONEY: 10})
"""Below so many (人次, 家, 万元) last year's sum is too small for a percent, where the form's own
check 与上年比 sets no limit: it is what that check has for 人次 and 万元."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure against last year's: the difference, the percent (``+12.3%``), and the words.

    `difference` is in the figure's own whole numbers, None where one of the two is unknown;
    `percent_text` is None where there is nothing to divide by.
    """

    difference: int | None
    percent_text: str | None
    sentence: str


def change(current: int | None, previous: int | None, *, comparable: bool = True) -> Change:
    """How `current` moved against `previous`; `comparable` is false without a confirmed 上年对应项.

    None is a blank, which is not 0 and is compared with nothing.
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
    """An item of a sum and of the same units in both years; None is blank.

    `total` is this year's whole sum, `now` this year's and `last` last year's figure of those
    units alone that have both years.
    """

    total: int | None
    now: int | None
    last: int | None


def change_of_sum(form: Form, item: Item, sums: Compared, *, comparable: bool = True) -> Change:
    """How the same units' sum moved; no percent where it would mislead, and the words why.

    That is: last year blank, 0 or below the small number of the form's own check, or the units
    with both years carrying under `LEAST_CARRIED` percent of the sum.
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
    if total > 0 and now * 100 < LEAST_CARRIED * total:
        return f"可比单位不足 {LEAST_CARRIED}%"
    if not last:
        return "上年为 0"
    least = least_of(form, unit)
    scale = FEN_PER_WAN if unit.kind is Kind.MONEY else 1
    return f"上年不足 {least} {unit.name}" if now != last and last < least * scale else ""


def least_of(form: Form, unit: Unit) -> int:
    """Below how many of `unit` last year's sum is too small, as the form's own check has it."""
    limits = (rule.base for rule in form.checks if rule.id == YEAR_ON_YEAR.id)
    return next(limits, {}).get(unit.name, LEAST[unit.kind])


def times_more(now: int, before: int) -> str | None:
    """增长 n 倍 from a doubling on (``1.5倍`` is +150 %), half up; None for less and for a fall.

    Decided on the percent as it is written, so that nothing is told as 增长100.0%.
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
    """次均 beside the money of a pair; nothing beside any other item, or without both figures."""
    people = form.partners.get(item.code)
    if people is None or item.unit.kind is not Kind.MONEY or people.unit.kind is not Kind.COUNT:
        return ""
    return per_head(figures[item.code], figures[people.code]) or ""


def share(part: int | None, whole: int | None) -> str | None:
    """`part` of `whole` in percent (``12.3%``), rounded half up; None where there is no share."""
    return _percent(part, whole) if part is not None and whole else None


def _percent(part: int, whole: int) -> str:
    permille = (2000 * part + whole) // (2 * whole)
    return f"{permille // 10:,}.{permille % 10}%"
