"""Last campaign's sums, by 上年对应项 and over the units that both years have."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy.orm import Session

from portal.collection.assignment import Assignment, find_assignment
from portal.consolidation import entered
from portal.consolidation.entered import Entered
from portal.consolidation.node import ConsolidationScope
from portal.consolidation.reported import reported_of
from portal.consolidation.sum_cache import Cache, CacheKey, stamp_of
from portal.consolidation.sums import figures_of_item, total_of
from portal.consolidation.tree import read_tree
from portal.domain.campaign.board import HANDED_IN
from portal.domain.consolidation import placement as domain
from portal.domain.consolidation.placement import Basis, Member, Scope
from portal.domain.consolidation.same_units import Group, SameUnits, Year, same_units
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import Figures, total
from portal.domain.paper import narrative
from portal.domain.report.comparison import NO_LAST_YEAR, Change, Compared, change, change_of_sum
from portal.models import Campaign


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over some units: added simply, and without what the city passed down to them."""

    simple: Figures
    reported: Figures


@dataclass(frozen=True)
class Past:
    """The campaign before, compared over the `units` that have both years.

    `now` has the sums of these units in this campaign, `then` those in the one before, by the codes
    of this edition; an item without a confirmed counterpart is not in `then`. `node` and `members`
    are those of the campaign before, `footnote` names who was in its sum. `entered` has figures
    from old workbooks (录入自旧表), of units that had no report then; if all figures are such,
    `node` is None.
    """

    form: Form
    node: ConsolidationScope | None
    footnote: str
    units: SameUnits
    now: Sums
    then: Sums
    members: tuple[Member, ...]
    partial: bool
    entered: Entered

    @property
    def name(self) -> str:
        """The name of the campaign before, else 上年."""
        return self.node.assignment.campaign.name if self.node else "上年"

    @property
    def number(self) -> int:
        """How many of this campaign's units are compared."""
        return len(self.units.now)

    @property
    def remark(self) -> str:
        """Which units are compared, as a footnote."""
        if self.node and not self._which:
            return f"上年数为{self.name}的汇总数：{self.footnote}"
        return f"与{self.name}{self._which}。"

    @property
    def _which(self) -> str:
        """Which units are compared, and how many by an old workbook; empty where they are all."""
        if self.units.whole and not self.entered:
            return ""
        return self.units.sentence_with(entered.remark(self.entered))

    @property
    def told(self) -> narrative.Past:
        """The figures that the paragraph for the leaders compares with."""
        return narrative.Past(
            self.then.reported,
            self.name,
            self.now.reported,
            self._which,
        )

    def change(self, item: Item, figure: int | None) -> Change:
        """The change of an item whose whole sum is `figure`, over the units with both years."""
        return self._change(item, figure, self.now.simple, self.then.simple)

    def reported_change(self, item: Item, figure: int | None) -> Change:
        """The same for figures as reported upward, without what was passed down."""
        return self._change(item, figure, self.now.reported, self.then.reported)

    def _change(self, item: Item, figure: int | None, now: Figures, then: Figures) -> Change:
        sums = Compared(figure, now.get(item.code), then.get(item.code))
        return change_of_sum(self.form, item, sums, comparable=item.code in then)

    def of_item(self, session: Session, item: Item) -> "PastItem | None":
        """One item of each unit in the year before; None where no unit has it."""
        figures = {one: each[item.code] for one, each in self.entered.items() if item.code in each}
        if self.node and item.previous in self.node.form.by_code:
            tree, form = self.node.tree, self.node.form
            each = figures_of_item(session, tree, self.members, item.previous, form)
            figures |= {tree.organisations[code]: each[code] for code in each}
        return PastItem(item, self, figures) if figures else None


@dataclass(frozen=True)
class PastItem:
    """One item of the campaign before, by organisation of that campaign."""

    item: Item
    past: Past
    figures: Mapping[int, int | None]

    def of(self, organisation_id: int) -> int | None:
        """Last year's figure of a unit; None where the unit cannot be compared alone."""
        return self._alone.get(organisation_id)

    def change(self, organisation_id: int, figure: int | None) -> Change:
        """The change of one unit's figure; its words say why where there is none."""
        if organisation_id in self._alone:
            return change(figure, self._alone[organisation_id])
        units = self.past.units
        if organisation_id in units.alone:
            return Change(None, None, NO_LAST_YEAR)
        changed = organisation_id in units.uneven or organisation_id in units.now
        return Change(None, None, "口径或隶属有变" if changed else "尚未上报")

    def sums(self, figures: Mapping[int, int | None]) -> Compared:
        """The item summed over the units in `figures` (by id) that have both years."""
        groups = [g for g in self._groups if figures.keys() >= set(g.now)]
        return Compared(
            total(figures.values()),
            total(figures[one] for group in groups for one in group.now),
            total(self.figures[one] for group in groups for one in group.then),
        )

    @property
    def _groups(self) -> Iterator[Group]:
        """The groups that have the item in both years; an old workbook may lack it."""
        groups = self.past.units.groups
        return (group for group in groups if self.figures.keys() >= set(group.then))

    @cached_property
    def _alone(self) -> dict[int, int | None]:
        return {
            group.now[0]: total(self.figures[one] for one in group.then)
            for group in self._groups
            if len(group.now) == 1
        }


def past_assignment(session: Session, assignment: Assignment) -> Assignment | None:
    """The same organisation's part in the campaign before; None without one."""
    if assignment.campaign.previous_id is None:
        return None
    before = session.get(Campaign, assignment.campaign.previous_id)
    return find_assignment(session, before.code) if before else None


def past_of(
    session: Session, node: ConsolidationScope, before: Assignment | None, shelf: Cache
) -> Past | None:
    """The year before over the node's subtree; None where no unit has both years.

    A unit without a report in the campaign before has the figures of its old workbook.
    """
    if not node.standing.included:
        return None
    stamp = stamp_of(session, before.expectation) if before else ()
    last = _last_node(session, before, stamp, shelf) if before else None
    before_us = shelf.get(("reported", stamp), lambda: _reported(last)) if last else NOTHING
    reported = same_units(year_of(node), before_us.year)
    old = entered.entered_here(session, node, reported, shelf)
    units = entered.with_entered(reported, old)
    if not units.groups:
        return None
    ours = tuple(_members(node, units.now))
    theirs = tuple(before_us.members[one] for one in before_us.members if one in reported.then)
    now = sums_of(session, node, ours)
    sums = _last_sums(session, last, theirs, stamp, shelf) if last and theirs else None
    return Past(
        form=node.form,
        node=last,
        footnote=before_us.footnote,
        units=units,
        now=now,
        then=_then(node.form, sums, now, old),
        members=theirs,
        partial=len(ours) < len(node.standing.included),
        entered=old,
    )


def _last_sums(
    session: Session,
    last: ConsolidationScope,
    theirs: tuple[Member, ...],
    stamp: CacheKey,
    shelf: Cache,
) -> Sums:
    key = ("sums", last.form, tuple(member.code for member in theirs), stamp)
    return shelf.get(key, lambda: sums_of(session, last, theirs))


def _then(form: Form, sums: Sums | None, now: Sums, old: Entered) -> Sums:
    """Last year's sums by this edition's codes.

    An old workbook does not record what was passed down, so a sum that is reported without it has
    no comparison there.
    """
    simple = _under_codes_of(form, sums.simple) if sums else None
    reported = _under_codes_of(form, sums.reported) if sums else None
    net = entered.added(reported, old)
    if old:
        net = {code: net[code] for code in net if now.simple[code] == now.reported[code]}
    return Sums(entered.added(simple, old), net)


def _last_node(
    session: Session, before: Assignment, stamp: CacheKey, shelf: Cache
) -> ConsolidationScope:
    expectation = before.expectation
    tree = shelf.get(("tree", stamp), lambda: read_tree(session, expectation))
    return ConsolidationScope(before, replace(tree, node=expectation), Scope.SUBMITTED)


def year_of(node: ConsolidationScope) -> Year:
    """The node's units in its campaign, as years are compared.

    A report being filled or corrected is not compared, not even where 含填报中 adds it: half of
    this year against all of last year is no decrease.
    """
    ids = node.tree.organisations
    submitted = (m for m in node.standing.included if m.state in HANDED_IN)
    held = domain.holders(node.tree.members, node.code)
    return Year(
        holders={ids[code]: ids[holder] if holder else None for code, holder in held.items()},
        full=frozenset(ids[m.code] for m in node.tree.members if m.basis is Basis.FULL),
        reported=frozenset(ids[member.code] for member in submitted),
        parents={ids[m.code]: ids[m.parent] if m.parent else None for m in node.tree.members},
    )


def _members(node: ConsolidationScope, wanted: frozenset[int]) -> Iterator[Member]:
    ids = node.tree.organisations
    return (member for member in node.standing.included if ids[member.code] in wanted)


@dataclass(frozen=True, slots=True)
class _Reported:
    """The part of the campaign before that the cache holds: its units and who is in its sum."""

    year: Year
    members: Mapping[int, Member]
    footnote: str


NOTHING = _Reported(Year({}, frozenset(), frozenset(), {}), {}, "")
"""No campaign before."""


def _reported(last: ConsolidationScope) -> _Reported:
    year, ids = year_of(last), last.tree.organisations
    members = {ids[member.code]: member for member in _members(last, year.reported)}
    return _Reported(year, members, last.standing.footnote)


def sums_of(session: Session, node: ConsolidationScope, members: tuple[Member, ...]) -> Sums:
    """The sums over some units of a campaign: one side of a comparison."""
    simple = total_of(session, node.tree, members, node.form)
    return Sums(simple, reported_of(session, node, simple, members).figures)


def _under_codes_of(form: Form, figures: Figures) -> Figures:
    return {
        item.code: figures[item.previous]
        for item in form.items
        if item.previous and item.previous in figures
    }
