"""A kind of check: one object that says everything the portal knows of it.

A kind stands beside its finder, in the `KINDS` of its file; `kinds.CHECK_KINDS` holds them all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.checks.issues import Facts, Issue
from portal.domain.figures import Kind
from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.form import Form, Item


class InputKind(StrEnum):
    """How a setting is typed and kept."""

    PAIRS = "pairs"
    CODES = "codes"
    WHOLE = "whole"
    WAN = "wan"
    BY_ITEM = "by-item"
    BY_UNIT = "by-unit"
    GRADE = "grade"


@dataclass(frozen=True, slots=True)
class Limit:
    """What a campaign may replace of a setting: its label there, its unit, the greatest number.

    `{}` in the label stands for the item or the unit that the number is about.
    """

    label: str
    unit: str
    greatest: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a kind: its name in the data, its label, a hint, and its sort.

    `limit` is None where every campaign has what the edition says.
    """

    name: str
    label: str
    hint: str
    sort: InputKind
    limit: Limit | None = None

    @property
    def is_long(self) -> bool:
        """Whether it is typed on several lines."""
        return self.sort in (InputKind.PAIRS, InputKind.BY_ITEM, InputKind.BY_UNIT)

    @property
    def is_needed(self) -> bool:
        """Whether the check says nothing without it: it names the items that are looked at."""
        return self.sort in (InputKind.PAIRS, InputKind.CODES)


def pairs_of(first: str, second: str) -> Setting:
    """The pairs of items that a check compares, and what the two of a pair are."""
    hint = f"每行一对：先写{first}的代码，空一格，再写{second}的代码"
    return Setting("pairs", f"各对指标（{first} {second}）", hint, InputKind.PAIRS)


def codes_of(name: str, label: str) -> Setting:
    """Items that a check names."""
    return Setting(name, label, "写代码，中间空一格，例如 A1 A2", InputKind.CODES)


def whole(name: str, label: str, limit: Limit) -> Setting:
    """A whole number that each campaign may replace; 0 is a limit not set."""
    return Setting(name, label, "整数；填 0 表示不查", InputKind.WHOLE, limit)


Finder = Callable[[CheckRule, Form, Facts], Iterator[Issue]]


def is_named(rule: CheckRule, form: Form, item: Item) -> bool:
    """Whether the edition names the item in this rule."""
    return item.code in rule.codes


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckKind:
    """A kind of check: what it is called and asks, its usual grade, its settings, its finder.

    `source` is where it comes from: the place on the statistics form, in the notice, or in the
    rules on 送温暖 funds. The text of those rules did not reach the project, so it is cited by
    its subject. `units` are the kinds of unit that its pairs, or the items of each side, must
    have; None stands for one unit, whichever it is. An issue of this kind is dropped where the
    kind `dropped_for` finds one at the same item. `looks_at` tells at which items it stands
    among the checks shown.
    """

    id: str
    name: str
    sentence: str
    source: str
    grade: Grade
    settings: tuple[Setting, ...]
    find: Finder
    units: tuple[Kind | None, ...] = ()
    dropped_for: str = ""
    looks_at: Callable[[CheckRule, Form, Item], bool] = is_named


PEOPLE_MONEY = (Kind.COUNT, Kind.MONEY)
MONEY_PEOPLE = (Kind.MONEY, Kind.COUNT)
