"""One node's consolidation in one scope: whose reports it adds, who is missing, who is aside."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from portal.collection.assignment import Assignment
from portal.consolidation.tree import Tree
from portal.domain.consolidation import placement as domain
from portal.domain.consolidation.allocation import NOTHING, Allocation, Allocations
from portal.domain.consolidation.placement import Basis, Coverage, Member, Placement, Scope
from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures
from portal.domain.paper.sheet import Contribution, Part
from portal.domain.report_state import State

_RETURNED = "退回中"


@dataclass(frozen=True)
class ConsolidationScope:
    """An organisation as the head of its subtree in a campaign, seen in one scope.

    Variables call it `node`, as the pages do; `scope` is its `Scope`: 已审核, 已上报 or 含填报中.
    """

    assignment: Assignment
    tree: Tree
    scope: Scope

    @property
    def form(self) -> Form:
        """The edition that the campaign is filled with."""
        return self.assignment.form

    @property
    def code(self) -> str:
        """The organisation's code."""
        return self.tree.node.code

    @cached_property
    def placement(self) -> Placement:
        """The part of every unit of the subtree in the sum."""
        return domain.place(self.tree.members, self.code)

    @cached_property
    def below(self) -> Placement:
        """The placement without the node's own report: what its children alone would add."""
        return domain.place_below(self.tree.members, self.code)

    @cached_property
    def standing(self) -> Coverage:
        """Which units are in the sum and which are missing."""
        return domain.coverage_of(self.placement, self.scope)

    @cached_property
    def allocations(self) -> Allocations:
        """The allocations to the units in the sum; empty for any node but the city."""
        if self.tree.node.parent_id is not None:
            return NOTHING
        placement = self.placement
        known = Allocations(
            giver=self.code,
            registered=self._allocated_to(placement.contributing),
            aside=self._allocated_to((*placement.for_checking, *placement.exempt)),
            answer=self.tree.answer,
        )
        return known or NOTHING

    def _allocated_to(self, members: Iterable[Member]) -> tuple[Allocation, ...]:
        allocated = self.tree.allocated
        return tuple(
            Allocation(one.code, one.name, allocated[one.code])
            for one in members
            if one.code in allocated and one.code != self.code
        )

    @property
    def covers_its_units(self) -> bool:
        """Whether the node's own report is 全口径, so that reports below it are 仅供核对."""
        member = self.placement.node
        return member.expected and member.basis is Basis.FULL

    @cached_property
    def columns(self) -> tuple["Column", ...]:
        """The columns of the node itself and its direct children, in the city's fixed order."""
        added = {member.code for member in self.placement.contributing}
        parents = {member.parent for member in self.tree.members}
        own = self.placement.columns[0]
        return tuple(
            Column(
                drawn,
                drawn.member.title if drawn is own else drawn.member.name,
                self.scope,
                counts=all(member.code in added for member in drawn.contributing),
                is_node=drawn is not own and drawn.member.code in parents,
            )
            for drawn in (own, *self.below.columns)
        )

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the units whose reports are added or missing."""
        return tuple(dict.fromkeys(member.kind for member in self.placement.contributing))

    @property
    def footnotes(self) -> tuple[str, ...]:
        """The lines below every sum: who is in, who is missing, who is 仅供核对."""
        return (self.standing.footnote, *self._aside(len(self.placement.for_checking)))

    def footnotes_of(self, most_names: int) -> tuple[str, ...]:
        """The same lines with at most `most_names` names in each."""
        return (self.standing.brief(most_names), *self._aside(most_names))

    def _aside(self, most_names: int) -> tuple[str, ...]:
        aside = self.placement.for_checking
        if not aside:
            return ()
        names = "、".join(member.title for member in aside[:most_names])
        more = f"等 {len(aside)} 家" if len(aside) > most_names else ""
        return (f"仅供核对，不计入汇总：{names}{more}。",)

    @property
    def subject(self) -> str:
        """Whose sum it is, as the beginning of a sentence."""
        name = self.tree.node.name
        return f"{name}及所属各级工会" if len(self.tree.members) > 1 else name

    @cached_property
    def included_of_kind(self) -> Mapping[str, int]:
        """How many units of each kind are in the sum."""
        return Counter(member.kind for member in self.standing.included)

    def progress_of_kind(self, kind: str) -> str:
        """How many units of a kind are in the sum and how many missing, in words."""
        return _progress(
            len(of_kind(self.standing.included, kind)), len(of_kind(self.standing.missing, kind))
        )


@dataclass(frozen=True)
class Column:
    """A column of the table: its title, its part in the total, and the reason.

    `counts` is false where a 全口径 report above contains its figures; `is_node` says that the unit
    has a consolidation of its own.
    """

    drawn: domain.Column
    title: str
    scope: Scope
    counts: bool
    is_node: bool

    @property
    def member(self) -> Member:
        """The unit at the head of the column."""
        return self.drawn.member

    @cached_property
    def _included(self) -> int:
        return sum(member.state in self.scope.states for member in self.drawn.contributing)

    @property
    def part(self) -> Part:
        """The column's part in the total."""
        if not (self.counts and self.drawn.contributing):
            return Part.FOR_CHECKING
        return Part.ADDED if self._included else Part.MISSING

    @property
    def remark(self) -> str:
        """The line below the title: the report's state, or how many are in and missing."""
        if not self.drawn.contributing:
            return "免报"
        if not self.counts:
            return f"{Part.FOR_CHECKING.remark}·{self._progress}"
        return self._progress if self._included else f"未含：{self._progress}"

    @property
    def _progress(self) -> str:
        contributing = self.drawn.contributing
        if contributing == (self.member,):
            return state_in_words(self.member.state)
        return _progress(self._included, len(contributing) - self._included)

    def contribution(self, figures: Figures) -> Contribution:
        """The column in the form that a sheet takes."""
        return Contribution(self.member.code, self.title, figures, self.part, self.remark)


def _progress(included: int, missing: int) -> str:
    if not included:
        return f"{missing} 家"
    return f"含 {included} 家" + (f"，缺 {missing} 家" if missing else "")


def state_in_words(state: State) -> str:
    """A state as a consolidation names it: 退回中 for a returned report."""
    return _RETURNED if state is State.RETURNED else state.label


def of_kind(members: Iterable[Member], kind: str | None) -> tuple[Member, ...]:
    """The members of one kind, or all of them."""
    return tuple(member for member in members if kind in (None, member.kind))
