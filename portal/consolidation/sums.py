"""The sums of every consolidation: the database adds the reports, in integers only."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from portal.consolidation.sum_cache import Cache
from portal.consolidation.tree import Tree
from portal.domain.consolidation.placement import Column, Member, Scope
from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures, total, with_totals
from portal.models import Expectation, Figure
from portal.models.organisation import SEGMENT_LENGTH, path_below

MAX_AT_ONCE = 10_000
"""Reports in one statement; SQLite allows 32 766 parameters."""

_of_reports = Figure.report_id.in_(bindparam("reports", expanding=True))
_by_item = select(Figure.item, func.sum(Figure.value)).where(_of_reports).group_by(Figure.item)

_filled = (
    select(Figure.item, func.count(Figure.value), func.count(func.nullif(Figure.value, 0)))
    .where(_of_reports)
    .group_by(Figure.item)
)

_segment = func.substr(Expectation.path, bindparam("start"), SEGMENT_LENGTH)
_by_segment = (
    select(_segment, Figure.item, func.sum(Figure.value))
    .join(Expectation, Expectation.organisation_id == Figure.organisation_id)
    .where(Expectation.campaign_id == bindparam("campaign_id"), _of_reports)
    .group_by(_segment, Figure.item)
)

_one_by_one = select(Figure.report_id, Figure.item, Figure.value).where(
    _of_reports, Figure.item.in_(bindparam("items", expanding=True))
)

_frozen = Cache()
"""Sums of frozen reports by their content, so that a second page view does not add again."""


def total_of(session: Session, tree: Tree, members: Iterable[Member], form: Form) -> Figures:
    """The sum of the reports of `members` by item; calculated items come from the added leaves."""
    members = tuple(members)
    reports, content = tree.reports_of(members), tree.content_of(members)
    if content is None:
        return with_totals(form, _added(session, reports))
    return with_totals(form, _frozen.get(content, lambda: _added(session, reports)))


def _added(session: Session, reports: Sequence[int]) -> Figures:
    leaves: dict[str, int | None] = {}
    for some in _batches(reports):
        for item, added in session.execute(_by_item, {"reports": some}):
            leaves[item] = total([leaves.get(item), _whole(added)])
    return leaves


@dataclass(frozen=True, slots=True)
class Filled:
    """How many reports in a sum have 0 at an item, and how many a blank."""

    zeros: int
    blanks: int

    @property
    def sentence(self) -> str:
        """Both numbers in words; empty where every report has a figure above 0."""
        told = (f"填“0” {self.zeros} 家" if self.zeros else "", self._blanks)
        return "，".join(filter(None, told))

    @property
    def _blanks(self) -> str:
        return f"空白 {self.blanks} 家" if self.blanks else ""


def filled_of(session: Session, tree: Tree, members: Iterable[Member]) -> Mapping[str, Filled]:
    """For each leaf the zeros and blanks among the reports of `members`."""
    reports = tree.reports_of(members)
    counts: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for some in _batches(reports):
        for item, filled, above_zero in session.execute(_filled, {"reports": some}):
            known = counts[item]
            counts[item] = (known[0] + filled, known[1] + above_zero)
    told = {
        item: Filled(zeros=filled - above, blanks=len(reports) - filled)
        for item, (filled, above) in counts.items()
    }
    return defaultdict(lambda: Filled(0, len(reports)), told)


def sums_by_kind(
    session: Session, tree: Tree, members: Iterable[Member], form: Form
) -> dict[str, Figures]:
    """The sums of the reports of `members`, by the kind of unit.

    One statement for each kind takes half the time of one statement that looks up the kind of every
    figure.
    """
    kinds: dict[str, list[Member]] = defaultdict(list)
    for member in members:
        kinds[member.kind].append(member)
    return {kind: total_of(session, tree, of_kind, form) for kind, of_kind in kinds.items()}


def sums_by_column(
    session: Session, tree: Tree, columns: Iterable[Column], scope: Scope, form: Form
) -> dict[str, Figures]:
    """The sums of the reports in `scope` below each of `columns`, by its unit's code."""
    columns = tuple(columns)
    states = scope.states
    members = [m for column in columns for m in column.contributing if m.state in states]
    codes = {_segment_of(tree, column.member): column.member.code for column in columns}
    leaves: dict[str, dict[str, int | None]] = {code: {} for code in codes.values()}
    where = {"campaign_id": tree.node.campaign_id, "start": len(tree.node.path) + 1}
    for some in _batches(tree.reports_of(members)):
        for segment, item, added in session.execute(_by_segment, {**where, "reports": some}):
            column = leaves[codes[segment]]
            column[item] = total([column.get(item), _whole(added)])
    return {code: with_totals(form, column) for code, column in leaves.items()}


def _segment_of(tree: Tree, member: Member) -> str:
    """The path segment just below the node, which a column's units share; empty for the node."""
    if member.code == tree.node.code:
        return ""
    return path_below("", tree.organisations[member.code])


def figures_of_item(
    session: Session, tree: Tree, members: Iterable[Member], code: str, form: Form
) -> dict[str, int | None]:
    """One item of each report of `members`, by the unit's code; calculated from its leaves."""
    members = tuple(members)
    leaves: Mapping[int, dict[str, int | None]] = defaultdict(dict)
    items = [leaf.code for leaf in form.leaves if code in (leaf.code, *form.sums_over[leaf.code])]
    for some in _batches(tree.reports_of(members)):
        for report, item, value in session.execute(_one_by_one, {"reports": some, "items": items}):
            leaves[report][item] = value
    return {
        member.code: with_totals(form, leaves.get(tree.reports.get(member.code, 0), {}))[code]
        for member in members
    }


def _batches(reports: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(reports), MAX_AT_ONCE):
        yield reports[start : start + MAX_AT_ONCE]


def _whole(added: int | Decimal | None) -> int | None:
    """The integer of a sum: PostgreSQL returns sums of bigint as exact decimals."""
    return None if added is None else int(added)
