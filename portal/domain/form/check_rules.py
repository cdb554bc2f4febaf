"""Check rules: the rules of an edition, parsed from the form's data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.domain.figures import FEN_PER_WAN


class Grade(StrEnum):
    """The grade of an issue: it stops a submission, needs an explanation, or is a hint."""

    ERROR = "error"
    QUERY = "query"
    HINT = "hint"

    @property
    def label(self) -> str:
        """The grade in Chinese."""
        return {"error": "强制", "query": "核实", "hint": "提示"}[self.value]


GRADES = {grade.label: grade for grade in Grade}


@dataclass(frozen=True, slots=True)
class CheckRule:
    """One rule of an edition: its kind, its grade, its items and its limits.

    `pairs` are item codes in the order of the form's data; `tolerance` is in fen, the
    `…_yuan` limits are whole yuan a 人次, percents are whole percents.
    """

    id: str
    grade: Grade
    about: str
    pairs: tuple[tuple[str, str], ...] = ()
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    tolerance: int = 0
    limit_yuan: int = 0
    limits_yuan: Mapping[str, int] = field(default_factory=dict)
    low_yuan: int = 0
    low_grade: Grade = Grade.HINT
    up_percent: int = 0
    down_percent: int = 0
    hint_percent: int = 0
    base: Mapping[str, int] = field(default_factory=dict)
    at_least: int = 0

    @property
    def codes(self) -> frozenset[str]:
        """Every item in the rule."""
        paired = {code for pair in self.pairs for code in pair}
        return frozenset(paired | {*self.left, *self.right, *self.items, *self.limits_yuan})


def parse_rule(document: Mapping[str, Any]) -> CheckRule:
    """Read one rule from the form's data; raises `KeyError` or `ValueError` when it is not one.

    Which kinds there are, and what each needs, is known to `checks.kinds`, above the form:
    `drafting.document` holds every document against them before it becomes an edition.
    """
    return CheckRule(
        id=document["id"],
        grade=GRADES[document["grade"]],
        about=str(document["about"]),
        pairs=tuple((str(one), str(other)) for one, other in document.get("pairs", ())),
        left=tuple(document.get("left", ())),
        right=tuple(document.get("right", ())),
        items=tuple(document.get("items", ())),
        tolerance=_fen(document.get("tolerance", "0")),
        limit_yuan=int(document.get("limit_yuan", 0)),
        limits_yuan={code: int(yuan) for code, yuan in document.get("limits_yuan", {}).items()},
        low_yuan=int(document.get("low_yuan", 0)),
        low_grade=GRADES[document.get("low_grade", "提示")],
        up_percent=int(document.get("up_percent", 0)),
        down_percent=int(document.get("down_percent", 0)),
        hint_percent=int(document.get("hint_percent", 0)),
        base={unit: int(least) for unit, least in document.get("base", {}).items()},
        at_least=int(document.get("at_least", 0)),
    )


def _fen(wan: str) -> int:
    whole, _, fraction = str(wan).partition(".")
    if len(fraction) > 6:
        raise ValueError(f"容差 {wan} 万元细于一分")
    return int(whole) * FEN_PER_WAN + int(fraction.ljust(6, "0") or 0)
