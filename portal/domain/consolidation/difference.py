"""Differences of a consolidation: what one moment says otherwise than another, unit by unit."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from portal.domain.consolidation.allocation import (
    Deduction,
    Line,
    Reported,
    said_in,
)
from portal.domain.consolidation.edition import Frozen
from portal.domain.consolidation.sources import Source, Sources
from portal.domain.figures import Unit, show
from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures
from portal.domain.report.submission import Change, Json, canonical_bytes, changes, fingerprint


@dataclass(frozen=True, slots=True)
class UnitDifference:
    """One unit whose contribution to the sum changed, item by item.

    `before` and `now` are the unit's sources; None where it was not in the sum.
    """

    code: str
    name: str
    before: Source | None
    now: Source | None
    lines: tuple[Change, ...]


def effect(change: Change) -> int:
    """The effect of one change on the total; a blank counts as 0."""
    return (change.new or 0) - (change.old or 0)


def effect_in_words(change: Change, unit: Unit) -> str:
    """The effect of a change with its sign: ``+1,234.50``."""
    moved = effect(change)
    return f"+{show(moved, unit)}" if moved > 0 else show(moved, unit)


@dataclass(frozen=True, slots=True)
class AllocationChange:
    """One unit whose deduction changed; None where no deduction was known."""

    code: str
    name: str
    old: Line | None
    new: Line | None


@dataclass(frozen=True)
class AllocationDifference:
    """The difference of two moments in their deductions: by unit, and in their sentences.

    A document of format 1 has no units: only the sentences are compared, and `lines` is empty.
    `unit` is the unit of the amounts in `lines`.
    """

    before: tuple[str, ...]
    now: tuple[str, ...]
    lines: tuple[AllocationChange, ...] = ()
    unit: Unit | None = None


@dataclass(frozen=True)
class Difference:
    """The difference between two moments of one consolidation: by unit, and in the total.

    `total` compares the figures reported upward. If one of the two is a document of format 1 it
    compares 简单合计, since such a document holds nothing else.
    """

    units: tuple[UnitDifference, ...]
    total: tuple[Change, ...]
    allocations: AllocationDifference | None = None
    simple: bool = False

    def __bool__(self) -> bool:
        return bool(self.units or self.allocations)

    @cached_property
    def sha256(self) -> str:
        """The sha256 of this difference; any further change gives another one."""
        lines: list[Json] = [
            [unit.code, line.code, line.old, line.new] for unit in self.units for line in unit.lines
        ]
        said: dict[str, Json] = {"difference": lines}
        if self.allocations:
            said["allocations"] = [list(self.allocations.before), list(self.allocations.now)]
            said["passed_down"] = [
                [one.code, _line_words(one.old), _line_words(one.new)]
                for one in self.allocations.lines
            ]
        return fingerprint(canonical_bytes(said))

    @property
    def count(self) -> int:
        """The number of unit figures that differ."""
        return sum(len(unit.lines) for unit in self.units)

    @property
    def told(self) -> str:
        """The number of differences, in words."""
        figures = f"{len(self.units)} 家单位 {self.count} 项有变动" if self.units else ""
        return "，".join(filter(None, (figures, "市内下拨有变动" if self.allocations else "")))


def _line_words(line: Line | None) -> Json:
    return None if line is None else [line.registered, line.received, line.deducted]


def moved(before: Sources, now: Sources) -> tuple[tuple[Source | None, Source | None], ...]:
    """The units whose counted submission changed, each before and now, in today's order."""
    old = {each.code: each for each in before.included}
    new = {each.code: each for each in now.included}
    order = [*new, *(code for code in old if code not in new)]
    pairs = ((old.get(code), new.get(code)) for code in order)
    return tuple((a, b) for a, b in pairs if a is None or b is None or a.pinned != b.pinned)


@dataclass(frozen=True)
class Moment:
    """A consolidation at one moment: its figures, and the sentences at the foot of its print.

    `by_unit` is false for a document of format 1, which holds 简单合计 and frozen `sentences`.
    """

    reported: Reported
    sentences: tuple[str, ...]
    by_unit: bool = True

    @classmethod
    def of(cls, reported: Reported) -> "Moment":
        """The moment with these reported figures."""
        return cls(reported, reported.sentences)


def moment_of(frozen: Frozen) -> Moment:
    """The moment that an edition holds, in either format."""
    if not frozen.is_first_format:
        return Moment.of(frozen.reported)
    return Moment(frozen.reported, (frozen.said.sentence,) if frozen.said else (), by_unit=False)


def difference(
    form: Form,
    pairs: Iterable[tuple[Source | None, Source | None]],
    before: Mapping[str, Figures],
    now: Mapping[str, Figures],
    was: Moment,
    turned: Moment,
) -> Difference:
    """The difference made by `pairs`, the units that `moved` returns.

    `before` and `now` are figures by unit; `now` needs only those of `pairs`. `was` and `turned`
    are the two moments. A unit that submitted the same figures again does not differ.
    """
    units = []
    for old, new in pairs:
        named = new or old
        if named is None:
            continue
        figures = before.get(named.code, {}) if old else {}
        if lines := changes(form, figures, now[named.code] if new else {}):
            units.append(UnitDifference(named.code, named.name, old, new, lines))
    by_unit = was.by_unit and turned.by_unit
    sums = [one.reported.figures if by_unit else one.reported.simple for one in (was, turned)]
    return Difference(
        tuple(units),
        tuple(_changed(form, *sums)),
        _in_lines(was, turned) if by_unit else _in_words(was, turned),
        simple=not by_unit,
    )


def _changed(form: Form, old: Figures, new: Figures) -> Iterator[Change]:
    for item in form.items:
        before, now = old.get(item.code), new.get(item.code)
        if before != now:
            yield Change(item.code, before, now)


def _in_lines(was: Moment, turned: Moment) -> AllocationDifference | None:
    before, now = was.reported.deduction, turned.reported.deduction
    old, new = ({one.code: one for one in taken.lines} if taken else {} for taken in (before, now))
    lines = tuple(
        AllocationChange(code, (new.get(code) or old[code]).name, old.get(code), new.get(code))
        for code in dict.fromkeys((*new, *old))
        if _line_words(old.get(code)) != _line_words(new.get(code))
    )
    taken = now or before
    if taken is None or not (lines or _beside_lines(before) != _beside_lines(now)):
        return None
    return AllocationDifference(was.sentences, turned.sentences, lines, taken.item.unit)


def _beside_lines(taken: Deduction | None) -> object:
    return (taken.remark, taken.aside) if taken else None


def _in_words(was: Moment, turned: Moment) -> AllocationDifference | None:
    """Compare only the sentences; `total` of the difference compares the sums."""
    old, new = (said_in(one.sentences) for one in (was, turned))
    taken = [(said.passed_down, said.remark) if said else None for said in (old, new)]
    if taken[0] == taken[1]:
        return None
    return AllocationDifference(was.sentences[:1], turned.sentences[:1])
