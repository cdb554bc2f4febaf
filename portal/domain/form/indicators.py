"""Indicators (主要指标): the few items that leaders ask for, identified by their meaning.

An edition may name the item of each indicator (`"indicators"` in its data); otherwise the item
with the usual code is taken. An indicator without an item in the form is left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from portal.domain.figures import Kind
from portal.domain.form.form import Form, Item


class Indicator(StrEnum):
    """The meaning of an item for readers of a summary."""

    RAISED = "raised"
    FROM_ABOVE = "from-above"
    VISITED = "visited"
    CONSOLED = "consoled"
    GIVEN = "given"
    REGISTERED = "registered"
    REGISTERED_GIVEN = "registered-given"
    HELPED = "helped"
    SERVED = "served"
    RETURNED_HOME = "returned-home"
    WAGES_CLAIMED = "wages-claimed"
    WAGES_RECOVERED = "wages-recovered"
    FRONT_LINE = "front-line"
    FRONT_LINE_GIVEN = "front-line-given"
    NEW_WORK = "new-work"
    NEW_WORK_GIVEN = "new-work-given"


_USUAL: Mapping[Indicator, tuple[str, Kind]] = {
    Indicator.RAISED: ("A", Kind.MONEY),
    Indicator.FROM_ABOVE: ("A2", Kind.MONEY),
    Indicator.VISITED: ("B", Kind.COUNT),
    Indicator.CONSOLED: ("C", Kind.COUNT),
    Indicator.GIVEN: ("D", Kind.MONEY),
    Indicator.REGISTERED: ("C11", Kind.COUNT),
    Indicator.REGISTERED_GIVEN: ("D11", Kind.MONEY),
    Indicator.HELPED: ("E", Kind.COUNT),
    Indicator.SERVED: ("F", Kind.COUNT),
    Indicator.RETURNED_HOME: ("G", Kind.COUNT),
    Indicator.WAGES_CLAIMED: ("H", Kind.COUNT),
    Indicator.WAGES_RECOVERED: ("I", Kind.MONEY),
    Indicator.FRONT_LINE: ("J1", Kind.COUNT),
    Indicator.FRONT_LINE_GIVEN: ("J2", Kind.MONEY),
    Indicator.NEW_WORK: ("J3", Kind.COUNT),
    Indicator.NEW_WORK_GIVEN: ("J4", Kind.MONEY),
}
"""The usual code of an indicator, and the kind of its unit."""


@lru_cache(maxsize=64)
def indicators_of(form: Form) -> Mapping[Indicator, Item]:
    """The items of `form` by their meaning, in the order of the narrative."""
    found = {}
    for indicator, (usual, kind) in _USUAL.items():
        item = form.by_code.get(form.indicators.get(indicator, usual))
        if item is not None and item.unit.kind is kind:
            found[indicator] = item
    return found


@dataclass(frozen=True, slots=True)
class Group:
    """One heading of the leaders' page over one or two columns."""

    title: str
    items: tuple[Item, ...]


_GROUPS: tuple[tuple[str, tuple[Indicator, ...]], ...] = (
    ("筹集款物", (Indicator.RAISED,)),
    ("走访企业", (Indicator.VISITED,)),
    ("慰问职工", (Indicator.CONSOLED, Indicator.GIVEN)),
    ("建档困难职工", (Indicator.REGISTERED, Indicator.REGISTERED_GIVEN)),
    ("帮扶救助", (Indicator.HELPED,)),
    ("服务职工", (Indicator.SERVED,)),
    ("帮助返乡", (Indicator.RETURNED_HOME,)),
    ("追讨欠薪", (Indicator.WAGES_CLAIMED, Indicator.WAGES_RECOVERED)),
    ("疫情防控一线", (Indicator.FRONT_LINE, Indicator.FRONT_LINE_GIVEN)),
    ("新就业形态劳动者", (Indicator.NEW_WORK, Indicator.NEW_WORK_GIVEN)),
)


def main_groups(form: Form) -> tuple[Group, ...]:
    """The columns of 主要指标分单位一览表 whose items this form has."""
    return tuple(_groups(form))


def _groups(form: Form) -> Iterator[Group]:
    known = indicators_of(form)
    for title, members in _GROUPS:
        items = tuple(known[one] for one in members if one in known)
        if items:
            is_part = Indicator.REGISTERED in members and registered_is_part(form)
            yield Group(f"其中：{title}" if is_part else title, items)


def registered_is_part(form: Form) -> bool:
    """Whether the form counts 建档困难职工 within those consoled, so that 其中 is true."""
    known = indicators_of(form)
    part, whole = known.get(Indicator.REGISTERED), known.get(Indicator.CONSOLED)
    return bool(part and whole and whole.code in form.sums_over[part.code])
