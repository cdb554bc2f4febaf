"""Same units: which units two years can be compared by, since both hold their figures.

A unit is the same organisation in both years, whatever it is called and wherever it stands. Where
one year's report holds what another year's several reports say (a unit became 全口径, or moved
below one), these are compared together or not at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Year:
    """One year's units, by the ids of their organisations.

    `holders` gives for each organisation the one whose report holds its figures, None where no
    report does; `full` are the holders that report 全口径, `reported` those whose submitted report
    is in the sum. `parents` give what stood above each.
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
    """Units of this year and of the year before that say the same; mostly one and itself."""

    now: tuple[int, ...]
    then: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SameUnits:
    """What two years can be compared by.

    `alone` are this year's units in the sum without a figure of the year before, `uneven` those
    whose figures of then are not all there, `gone` those of then without a submitted figure in
    this year's sum.
    """

    groups: tuple[Group, ...]
    alone: frozenset[int]
    uneven: frozenset[int]
    gone: frozenset[int]

    @property
    def now(self) -> frozenset[int]:
        """This year's units that are compared."""
        return frozenset(one for group in self.groups for one in group.now)

    @property
    def then(self) -> frozenset[int]:
        """The units of the year before that they are compared with."""
        return frozenset(one for group in self.groups for one in group.then)

    @property
    def whole(self) -> bool:
        """Whether every unit of both sums is compared."""
        return not (self.alone or self.uneven or self.gone)

    @property
    def sentence(self) -> str:
        """How many are compared, and why the others are not, without a full stop."""
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
    """The groups of units in both sums, and those of each sum that are in none of them."""
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
    """Every unit that bears figures in a year, together with those that hold the same figures."""
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
    """Whose report holds this year what `one` reported then.

    What is no longer in the tree is held by the nearest unit that stood above it, if that is
    全口径 or below one that is.
    """
    at: int | None = one
    while at is not None and at not in now.holders:
        at = then.parents.get(at)
    holder = now.holders.get(at) if at is not None else None
    return holder if at == one or holder in now.full else None


def _united(links: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For each unit in `links` one that stands for all that are linked with it."""
    above: dict[int, int] = {}

    def head(one: int) -> int:
        while (higher := above.setdefault(one, one)) != one:
            one = higher
        return one

    for one, other in links:
        above[head(one)] = head(other)
    return {one: head(one) for one in tuple(above)}
