"""The comparison columns of the report page: last year's figure, the change, 次均."""

from collections.abc import Iterable
from dataclasses import dataclass

from portal.collection.assignment import FilledReport
from portal.domain.figures import Kind, show
from portal.domain.form.form import Form, Item
from portal.domain.report.comparison import change, per_head

COOKIE = "compare"
"""The cookie that remembers whether somebody wants the columns; it names nobody."""

_ANSWERS = {"0": False, "1": True}


@dataclass(frozen=True, slots=True)
class YearComparison:
    """The comparison columns of one figure: last campaign's, the change, and 次均.

    `sentence` is the change in words. `average` is None except at the money of a pair.
    """

    code: str
    last: str
    change: str
    sentence: str
    average: str | None


def wanted(filling: FilledReport, asked: str | None, remembered: str | None) -> bool:
    """Whether the columns are shown: as asked, else as remembered, else where there is a past."""
    for answer in (asked, remembered):
        if answer in _ANSWERS:
            return _ANSWERS[answer]
    return filling.previous is not None


def beside(filling: FilledReport, items: Iterable[Item]) -> dict[str, YearComparison]:
    """The comparison columns of `items`, by code."""
    return {item.code: _beside(filling, item) for item in items}


def _beside(filling: FilledReport, item: Item) -> YearComparison:
    previous = filling.previous or {}
    now, last = filling.figures[item.code], previous.get(item.code)
    moved = change(now, last, comparable=item.code in previous)
    waiting = now is None and last is not None
    return YearComparison(
        code=item.code,
        last=show(last, item.unit),
        change="" if waiting else moved.percent_text or moved.sentence,
        sentence=moved.sentence,
        average=_average(filling, item),
    )


def _average(filling: FilledReport, item: Item) -> str | None:
    people = filling.form.partners.get(item.code)
    if people is None or item.unit.kind is not Kind.MONEY or people.unit.kind is not Kind.COUNT:
        return None
    return per_head(filling.figures[item.code], filling.figures[people.code]) or ""


def touched(form: Form, saved: Item) -> list[Item]:
    """The items whose comparison columns one save changes: its own, those of its sums and pairs."""
    codes = (saved.code, *form.sums_over[saved.code])
    partners = (form.partners[code] for code in codes if code in form.partners)
    return list(dict.fromkeys((*(form.by_code[code] for code in codes), *partners)))
