"""Which columns, kinds of units and sections of the form a consolidation page shows.

A choice only hides: the total stays that of all units, and a subtotal names what was chosen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from werkzeug.datastructures import MultiDict

from portal.consolidation.node import ConsolidationScope
from portal.domain.form.form import Form

Query = MultiDict[str, str]


class Show(StrEnum):
    """A group of columns that can be shown or hidden."""

    YEAR = "year"
    AVERAGE = "average"
    BLANKS = "blanks"
    KINDS = "kinds"
    UNITS = "units"

    @property
    def label(self) -> str:
        """The label of the group's tick box."""
        return _LABELS[self]


_LABELS = {
    Show.YEAR: "与上年比较",
    Show.AVERAGE: "次均（元/人次）",
    Show.BLANKS: "填“0”与空白的家数",
    Show.KINDS: "按类型",
    Show.UNITS: "按单位",
}

USUAL = frozenset({Show.YEAR, Show.AVERAGE, Show.KINDS, Show.UNITS})


@dataclass(frozen=True, slots=True)
class Choice:
    """What is shown; empty `kinds` or `sections` mean all of them."""

    shows: frozenset[Show] = USUAL
    kinds: tuple[str, ...] = ()
    sections: tuple[int, ...] = ()

    def of_kind(self, kind: str) -> bool:
        """Whether units of this kind are shown."""
        return not self.kinds or kind in self.kinds

    def in_section(self, number: int) -> bool:
        """Whether this section of the form is shown."""
        return not self.sections or number in self.sections

    @property
    def query(self) -> dict[str, Any]:
        """The parameters of the choice for a URL; none for the default choice."""
        if self == Choice():
            return {}
        return {
            "show": [show.value for show in Show if show in self.shows] or ["total"],
            "kind": list(self.kinds),
            "section": list(self.sections),
        }


def choice_of(query: Query, node: ConsolidationScope) -> Choice | None:
    """Read the choice from a URL; None where it names unknown columns, kinds or sections."""
    shows, kinds = query.getlist("show"), query.getlist("kind")
    sections = query.getlist("section")
    known = {str(section.number) for section in node.form.sections}
    if not ({*shows} <= {*Show, "total"} and {*kinds} <= {*node.kinds} and {*sections} <= known):
        return None
    return Choice(
        shows=frozenset(Show(show) for show in shows if show != "total") if shows else USUAL,
        kinds=tuple(kind for kind in node.kinds if kind in kinds),
        sections=_sections(node.form, sections),
    )


def kept_choice(
    node: ConsolidationScope, shows: Iterable[str], kinds: Iterable[str], sections: Iterable[int]
) -> Choice:
    """A saved choice, without what this campaign no longer has."""
    return Choice(
        shows=frozenset(Show(show) for show in shows if show in {*Show}),
        kinds=tuple(kind for kind in node.kinds if kind in {*kinds}),
        sections=_sections(node.form, map(str, sections)),
    )


def _sections(form: Form, chosen: Iterable[str]) -> tuple[int, ...]:
    wanted = {*chosen}
    return tuple(s.number for s in form.sections if str(s.number) in wanted)
