"""Comparison: what stands beside a figure, computed from whole numbers alone."""

from dataclasses import dataclass

from portal.domain import check_words
from portal.domain.figures import Kind
from portal.domain.form import Form, Item
from portal.domain.formulas import Figures

WITHOUT_COUNTERPART = "上年无可比项"


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


def _moved(current: int, previous: int) -> Change:
    difference = current - previous
    if not difference:
        return Change(0, "0.0%", "与上年持平")
    percent = _percent(abs(difference), previous)
    if percent == "0.0%":
        return Change(difference, percent, "与上年基本持平")
    signed = f"{'+' if difference > 0 else '-'}{percent}"
    return Change(difference, signed, check_words.change(current, previous))


def per_head(money: int | None, people: int | None) -> str | None:
    """次均 of `money` fen over `people`, half up: ``1,234.50 元/人次``; None without either."""
    return check_words.per_head(money, people) if money is not None and people else None


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
