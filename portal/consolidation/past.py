"""Last campaign's sums beside this one's, by 上年对应项 and over units that can be compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from portal.assignment import Assignment, find_assignment
from portal.consolidation.node import Node
from portal.consolidation.reported import reported_of
from portal.consolidation.stamp import Shelf, Stamp, stamp_of
from portal.consolidation.sums import figures_of_item, total_of
from portal.consolidation.tree import read_tree
from portal.domain import narrative
from portal.domain.comparison import Change, change
from portal.domain.consolidation import Basis, Member, Scope
from portal.domain.form import Form, Item
from portal.domain.formulas import Figures
from portal.models import Campaign


@dataclass(frozen=True)
class Past:
    """The sums of the campaign before, under the codes of this one's edition.

    `figures` are added simply, `reported` are without what the city passed down. An item
    without a confirmed counterpart is in neither. `whole` tells that all units of then are
    added, `members` which they are.
    """

    node: Node
    members: tuple[Member, ...]
    figures: Figures
    reported: Figures
    whole: bool

    @property
    def campaign(self) -> Campaign:
        """The campaign before."""
        return self.node.assignment.campaign

    @property
    def remark(self) -> str:
        """Whose figures stand beside this campaign's, as the foot of a table says it."""
        if self.whole:
            return f"上年数为{self.campaign.name}的汇总数：{self.node.standing.footnote}"
        return (
            f"上年数只含本次已汇总的单位在{self.campaign.name}的数（{len(self.members)} 家），"
            "以便与本次比较。"
        )

    def told(self, year: int) -> narrative.Past:
        """The figures as the words for the leaders of a campaign of `year` compare with them."""
        before = self.campaign.due.year
        if before == year - 1:
            return narrative.Past(self.reported, "同比", "同比")
        return narrative.Past(self.reported, f"比{before}年")

    def change(self, item: Item, figure: int | None) -> Change:
        """How `figure` moved against the same item of the campaign before."""
        return change(figure, self.figures.get(item.code), comparable=item.code in self.figures)

    def reported_change(self, item: Item, figure: int | None) -> Change:
        """The same for figures as they are reported upward, without what was passed down."""
        return change(figure, self.reported.get(item.code), comparable=item.code in self.reported)

    def of_item(self, session: Session, item: Item) -> Mapping[int, int | None]:
        """One item of each unit in the campaign before, by its organisation's id."""
        if item.previous is None or item.previous not in self.node.form.by_code:
            return {}
        tree = self.node.tree
        each = figures_of_item(session, tree, self.members, item.previous, self.node.form)
        return {tree.organisations[code]: figure for code, figure in each.items()}


def past_assignment(session: Session, assignment: Assignment) -> Assignment | None:
    """The same organisation's part in the campaign before; None without one."""
    if assignment.campaign.previous_id is None:
        return None
    before = session.get(Campaign, assignment.campaign.previous_id)
    return find_assignment(session, before.code) if before else None


def past_of(session: Session, node: Node, before: Assignment | None, shelf: Shelf) -> Past | None:
    """The sums of the campaign before over the node's subtree; None where nothing was reported.

    Beside a whole sum stands the whole sum of the year before. A partial sum is compared with
    the units in it alone: against everybody it would always have fallen.
    """
    if before is None or not node.standing.included:
        return None
    stamp = stamp_of(session, before.expectation)
    last = _last_node(session, before, stamp, shelf)
    whole = not node.standing.missing
    members = last.standing.included if whole else tuple(_same_units(node, last))
    if not members:
        return None
    total = _last_total(session, last, members, stamp, shelf)
    reported = _last_reported(session, last, total, members, stamp, shelf)
    return Past(
        node=last,
        members=members,
        figures=_under_codes_of(node.form, total),
        reported=_under_codes_of(node.form, reported),
        whole=whole,
    )


def _last_node(session: Session, before: Assignment, stamp: Stamp, shelf: Shelf) -> Node:
    expectation = before.expectation
    tree = shelf.get(("tree", stamp), lambda: read_tree(session, expectation))
    return Node(before, replace(tree, node=expectation), Scope.SUBMITTED)


def _last_total(
    session: Session, last: Node, members: tuple[Member, ...], stamp: Stamp, shelf: Shelf
) -> Figures:
    codes = tuple(member.code for member in members)
    key = ("total", last.form, codes, stamp)
    return shelf.get(key, lambda: total_of(session, last.tree, members, last.form))


def _last_reported(
    session: Session,
    last: Node,
    total: Figures,
    members: tuple[Member, ...],
    stamp: Stamp,
    shelf: Shelf,
) -> Figures:
    key = ("reported", last.form, tuple(member.code for member in members), stamp)
    return shelf.get(key, lambda: reported_of(session, last, total, members).figures)


def _under_codes_of(form: Form, figures: Figures) -> Figures:
    return {
        item.code: figures[item.previous]
        for item in form.items
        if item.previous and item.previous in figures
    }


def _same_units(node: Node, last: Node) -> Iterator[Member]:
    """The units of the campaign before whose figures are, this time, in a report of the sum.

    That is their own report or that of the nearest 全口径 unit that stood above them.
    """
    now = node.tree.organisations
    bearers = {now[member.code]: member for member in node.placement.contributing}
    included = {now[member.code] for member in node.standing.included}
    by_code = {member.code: member for member in last.tree.members}
    for member in last.standing.included:
        bearer = last.tree.organisations[member.code]
        above = by_code.get(member.parent or "")
        while above and bearer not in bearers:
            at = last.tree.organisations[above.code]
            if at in bearers and bearers[at].basis is Basis.FULL:
                bearer = at
            above = by_code.get(above.parent or "")
        if bearer in included:
            yield member
