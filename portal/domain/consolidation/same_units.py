"""Same units: the units that have figures in both years and so can be compared.

Units are matched by organisation, whatever their name and place in the tree. If one report of a
year covers what several reports of the other year say (a unit became 全口径, or moved below one),
they are compared together or not at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Year:
    """One year's units, by the ids of their organisations.

    `holders` maps each organisation to the one whose report holds its figures, None without
    one; `full` are the holders that report 全口径, `reported` those whose submitted report is in
    the sum. `parents` maps each organisation to the one above it.
    """

    holders: Mapping[int, int | None]
    full: frozenset[int]
    reported: frozenset[int]
    parents: Mapping[int, int | None]

    @property
    def bearers(self) -> Iterator[int]:
        """The organisations whose own reports are, or should be, in the sum."""
        return (one for one, holder in self.holders.items() if one == holder)


@dataclass(frozen=True, slots=True)
class Group:
    """Units of the two years that cover the same organisations; mostly one unit and itself."""

    now: tuple[int, ...]
    then: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SameUnits:
    """The comparable groups of two years, and the units that are in none.

    `alone` are this year's units in the sum without any figure last year, `uneven` those whose
    last year's figures are incomplete, `gone` last year's units without a submitted figure in this
    year's sum.
    """

    groups: tuple[Group, ...]
    alone: frozenset[int]
    uneven: frozenset[int]
    gone: frozenset[int]

    @property
    def now(self) -> frozenset[int]:
        """This year's compared units."""
        return frozenset(one for group in self.groups for one in group.now)

    @property
    def then(self) -> frozenset[int]:
        """Last year's compared units."""
        return frozenset(one for group in self.groups for one in group.then)

    @property
    def whole(self) -> bool:
        """Whether every unit of both sums is compared."""
        return not (self.alone or self.uneven or self.gone)

    @property
    def sentence(self) -> str:
        """The number of compared units and why others are left out, without a full stop."""
        return self.sentence_with("")

    def sentence_with(self, among: str) -> str:
        """The same, with what is told of some among those that are compared."""
        told = [f"按两年均已报送的 {len(self.now)} 家比较{among and f'（{among}）'}"]
        if self.alone:
            told.append(f"另有 {len(self.alone)} 家上年无数")
        if self.uneven:
            told.append(f"另有 {len(self.uneven)} 家口径或隶属有变、上年数不全")
        if self.gone:
            told.append(f"上年有数的 {len(self.gone)} 家本次尚无可比的数")
        return "，".join(told)


def same_units(now: Year, then: Year) -> SameUnits:
    """Group the units that are in both sums, and list those of each sum in no group."""
    groups, uneven = [], set[int]()
    for group in _groups(now, then):
        in_now, in_then = now.reported.issuperset(group.now), then.reported.issuperset(group.then)
        if group.now and group.then and in_now and in_then:
            groups.append(group)
        elif not then.reported.isdisjoint(group.then):
            uneven.update(group.now)
    compared = {one for group in groups for one in group.now}
    left = now.reported - compared
    return SameUnits(
        groups=tuple(groups),
        alone=left - uneven,
        uneven=left & uneven,
        gone=then.reported.difference(*(group.then for group in groups)),
    )


def _groups(now: Year, then: Year) -> Iterator[Group]:
    """Group the units with figures of either year that cover the same organisations."""
    bearers, bore = tuple(now.bearers), tuple(then.bearers)
    links = [(one, then.holders.get(one)) for one in bearers]
    links += [(one, _heir(one, now, then)) for one in bore]
    heads = _united((one, other) for one, other in links if other is not None and other != one)
    groups: dict[int, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for one in bearers:
        groups[heads.get(one, one)][0].append(one)
    for one in bore:
        groups[heads.get(one, one)][1].append(one)
    return (Group(tuple(ours), tuple(theirs)) for ours, theirs in groups.values())


def _heir(one: int, now: Year, then: Year) -> int | None:
    """The unit whose report holds this year what `one` reported last year.

    For a unit that left the tree, that is the nearest unit that stood above it, if that one is
    全口径 or covered by a 全口径 report.
    """
    at: int | None = one
    while at is not None and at not in now.holders:
        at = then.parents.get(at)
    holder = now.holders.get(at) if at is not None else None
    return holder if at == one or holder in now.full else None


def _united(links: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Map each unit in `links` to one representative of its connected group (union-find)."""
    above: dict[int, int] = {}

    def head(one: int) -> int:
        while (higher := above.setdefault(one, one)) != one:
            one = higher
        return one

    for one, other in links:
        above[head(one)] = head(other)
    return {one: head(one) for one in tuple(above)}
