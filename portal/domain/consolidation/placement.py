"""Consolidation: which reports add up to a unit's sum, who is missing, and the sums."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures, total, with_totals
from portal.domain.report_state import State


class Basis(StrEnum):
    """What a unit's figures cover: the unit alone, or also everything below it."""

    OWN = "own"
    FULL = "full"

    @property
    def label(self) -> str:
        """The basis in Chinese."""
        return {"own": "本级", "full": "全口径"}[self.value]


class Scope(StrEnum):
    """The scope of a consolidation: the states whose reports are added."""

    ACCEPTED = "accepted"
    SUBMITTED = "submitted"
    DRAFTS = "drafts"

    @property
    def label(self) -> str:
        """The scope in the words of its switch."""
        return {"accepted": "已审核", "submitted": "已上报", "drafts": "含填报中"}[self.value]

    @property
    def states(self) -> frozenset[State]:
        """The states whose reports are added."""
        return _STATES[self]


_STATES: Mapping[Scope, frozenset[State]] = {
    Scope.ACCEPTED: frozenset({State.ACCEPTED}),
    Scope.SUBMITTED: frozenset({State.ACCEPTED, State.SUBMITTED}),
    Scope.DRAFTS: frozenset(set(State) - {State.NOT_STARTED}),
}


@dataclass(frozen=True, slots=True)
class Member:
    """A unit in a campaign's tree, with the state of its report.

    `order` is the unit's position among its siblings; `expected` is false for 免报.
    """

    code: str
    name: str
    parent: str | None
    kind: str
    order: int
    basis: Basis
    expected: bool
    state: State

    @property
    def title(self) -> str:
        """The name; 本级 is appended where the report covers the unit alone."""
        return f"{self.name}本级" if self.basis is Basis.OWN else self.name


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: the node or one of its children, and the units that it adds."""

    member: Member
    contributing: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """The place of every unit of a node's subtree in the node's sum, in the city's fixed order.

    `for_checking` are 仅供核对: a 全口径 report above them already includes their figures.
    `exempt` are 免报: never added, even with a report.
    """

    node: Member
    columns: tuple[Column, ...]
    for_checking: tuple[Member, ...]
    exempt: tuple[Member, ...]

    @property
    def contributing(self) -> tuple[Member, ...]:
        """The units whose reports are, or should be, added."""
        return tuple(member for column in self.columns for member in column.contributing)


def place(members: Iterable[Member], node_code: str) -> Placement:
    """Sort the subtree of `node_code` into added, 仅供核对 and 免报.

    A report is added unless an expected 全口径 unit stands above it inside the subtree, the
    node included; units above the node are ignored. Raises `KeyError` when the node is not among
    `members`.
    """
    below = _children(members)
    node = _find(node_code, below)
    walks = [(node, [(node, False)]), *_walks(node, _stands_above(node), below)]
    return _placement(node, walks)


def place_below(members: Iterable[Member], node_code: str) -> Placement:
    """`place` without the node's own report, for `node_check`; raises `KeyError` like it."""
    below = _children(members)
    node = _find(node_code, below)
    return _placement(node, _walks(node, False, below))


@dataclass(frozen=True, slots=True)
class Expected:
    """应报: the expected units whose own reports count, and separately those 仅供核对.

    Board, lists, reminders and commands all take the number from here, so they agree.
    """

    counted: tuple[Member, ...]
    for_checking: tuple[Member, ...]
    exempt: tuple[Member, ...]

    @property
    def sentence(self) -> str:
        """Both numbers in words: 11 家（另 2 家仅供核对）."""
        aside = len(self.for_checking)
        return f"{len(self.counted)} 家" + (f"（另 {aside} 家仅供核对）" if aside else "")


def expected(members: Iterable[Member], head: str) -> Expected:
    """Sort `members` (`head` and all below it) into counted and 仅供核对.

    The report of `head` covers nobody here, even if it is 全口径: the units below owe `head` their
    own reports. Raises `KeyError` when `head` is not among `members`.
    """
    members = tuple(members)
    aside = place_below(members, head).for_checking
    covered = {member.code for member in aside}
    return Expected(
        counted=tuple(m for m in members if m.expected and m.code not in covered),
        for_checking=aside,
        exempt=tuple(m for m in members if not m.expected),
    )


def holders(members: Iterable[Member], node_code: str) -> dict[str, str | None]:
    """The unit whose report holds a unit's figures in the sum, for the subtree of `node_code`.

    That is the topmost expected 全口径 unit from the node down to it, else the unit itself; None
    where it is 免报. Raises `KeyError` as `place` does.
    """
    below = _children(members)
    return dict(_held(_find(node_code, below), None, below))


def _held(member: Member, holder: str | None, below: "Tree") -> Iterator[tuple[str, str | None]]:
    own = member.code if member.expected else None
    yield member.code, holder or own
    if _stands_above(member):
        holder = holder or own
    for child in below.get(member.code, ()):
        yield from _held(child, holder, below)


Tree = Mapping[str | None, Sequence[Member]]
Walk = list[tuple[Member, bool]]


def _children(members: Iterable[Member]) -> Tree:
    below: dict[str | None, list[Member]] = defaultdict(list)
    for member in sorted(members, key=lambda member: (member.order, member.code)):
        below[member.parent].append(member)
    return below


def _find(code: str, below: Tree) -> Member:
    for sisters in below.values():
        for member in sisters:
            if member.code == code:
                return member
    raise KeyError(code)


def _walks(node: Member, covered: bool, below: Tree) -> list[tuple[Member, Walk]]:
    return [(child, list(_walk(child, covered, below))) for child in below.get(node.code, ())]


def _walk(member: Member, covered: bool, below: Tree) -> Iterator[tuple[Member, bool]]:
    """Yield the member and all below it, each with whether a 全口径 report covers it."""
    yield member, covered
    for child in below.get(member.code, ()):
        yield from _walk(child, covered or _stands_above(member), below)


def _stands_above(member: Member) -> bool:
    return member.expected and member.basis is Basis.FULL


def _placement(node: Member, walks: Sequence[tuple[Member, Walk]]) -> Placement:
    everybody = [pair for _, walk in walks for pair in walk]
    return Placement(
        node=node,
        columns=tuple(Column(top, tuple(_added(walk))) for top, walk in walks),
        for_checking=tuple(member for member, under in everybody if member.expected and under),
        exempt=tuple(member for member, _ in everybody if not member.expected),
    )


def _added(walk: Walk) -> Iterator[Member]:
    return (member for member, covered in walk if member.expected and not covered)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The units and columns that are in a sum and those missing, with the line that names them.

    A column with some reports in and some missing is in both lists of columns.
    """

    included: tuple[Member, ...]
    missing: tuple[Member, ...]
    included_columns: tuple[str, ...]
    missing_columns: tuple[str, ...]
    footnote: str

    def brief(self, most_names: int) -> str:
        """The line with at most `most_names` names and the number of the others."""
        return _footnote(self.included, self.missing, most_names)


def coverage_of(placement: Placement, scope: Scope) -> Coverage:
    """The units of `placement` that are in the sum under `scope`, and those missing."""
    included = _within(placement.contributing, scope)
    missing = _beyond(placement.contributing, scope)
    columns = placement.columns
    return Coverage(
        included=included,
        missing=missing,
        included_columns=tuple(c.member.code for c in columns if _within(c.contributing, scope)),
        missing_columns=tuple(c.member.code for c in columns if _beyond(c.contributing, scope)),
        footnote=_footnote(included, missing),
    )


def _within(members: Iterable[Member], scope: Scope) -> tuple[Member, ...]:
    states = scope.states
    return tuple(member for member in members if member.state in states)


def _beyond(members: Iterable[Member], scope: Scope) -> tuple[Member, ...]:
    states = scope.states
    return tuple(member for member in members if member.state not in states)


def _footnote(
    included: Sequence[Member], missing: Sequence[Member], most_names: int | None = None
) -> str:
    unfinished = len(_beyond(included, Scope.SUBMITTED))
    counted = f"汇总单位 {len(included)} 家"
    if unfinished:
        counted += f"（其中尚未上报 {unfinished} 家）"
    return f"{counted}；{_missing_words(included, missing, most_names)}。"


def _missing_words(
    included: Sequence[Member], missing: Sequence[Member], most_names: int | None
) -> str:
    if not missing:
        return "全部应报单位已汇总" if included else "没有应报单位"
    named = missing[:most_names]
    names = "、".join(member.title + _WHY_MISSING.get(member.state, "") for member in named)
    told = f"未含：{names}" + (f"等 {len(missing)} 家" if len(missing) > 1 else "")
    return told if len(named) == len(missing) else f"{told}（只列前 {len(named)} 家）"


_WHY_MISSING: Mapping[State, str] = {
    State.RETURNED: "（退回中）",
    State.SUBMITTED: "（待审核）",
}


@dataclass(frozen=True, slots=True)
class Sums:
    """The sums of every item by column (keyed by the unit's code), and the total."""

    columns: Mapping[str, Figures]
    total: Figures


def add(
    figures_by_code: Mapping[str, Figures], placement: Placement, scope: Scope, form: Form
) -> Sums:
    """Add the reports in `scope`, by column and in total; `figures_by_code` is keyed by unit.

    Leaves are added, and calculated items are computed from the added leaves. An item that is
    blank in every report stays blank.
    """
    columns = {
        column.member.code: add_up(
            form, [figures_by_code.get(m.code, {}) for m in _within(column.contributing, scope)]
        )
        for column in placement.columns
    }
    return Sums(columns, add_up(form, columns.values()))


def add_up(form: Form, reports: Iterable[Figures]) -> dict[str, int | None]:
    """Add several reports: leaves are added, calculated items computed from the added leaves."""
    added = tuple(reports)
    leaves = {leaf.code: total(one.get(leaf.code) for one in added) for leaf in form.leaves}
    return with_totals(form, leaves)


@dataclass(frozen=True, slots=True)
class NodeCheck:
    """One item of a 全口径 unit against the units below it; `difference` is only shown."""

    code: str
    reported: int | None
    below: int | None
    own_part: int | None

    @property
    def difference(self) -> int | None:
        """Reported − Σ below − own part; blanks count as 0, but the result is blank if all are."""
        taken = [-figure for figure in (self.below, self.own_part) if figure is not None]
        return total([self.reported, *taken])


def node_check(
    form: Form, own: Figures, below_sum: Figures, own_part: Figures
) -> tuple[NodeCheck, ...]:
    """Compare the report of a 全口径 unit with its parts, every item in the paper's order.

    `below_sum` is the total of `place_below`; `own_part` are the unit's own activities, empty
    when unknown.
    """
    reported, below, part = (with_totals(form, each) for each in (own, below_sum, own_part))
    return tuple(NodeCheck(code, reported[code], below[code], part[code]) for code in reported)
