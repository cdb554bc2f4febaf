"""The drill-down of one sum: every organisation in it with figure, state and share."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from portal.consolidation.node import ConsolidationScope, of_kind, state_in_words
from portal.consolidation.past import Past, PastItem
from portal.consolidation.sums import Filled, figures_of_item
from portal.domain.consolidation.placement import Member
from portal.domain.form.form import Item
from portal.domain.form.formulas import Figures, total
from portal.domain.report.comparison import Change, Compared, change_of_sum


@dataclass(frozen=True, slots=True)
class Line:
    """One organisation in the sum: its figure, its share as text, its rank, last year's figure.

    `rank` is None where the figure is blank; equal figures share the better rank.
    """

    member: Member
    figure: int | None
    share: str
    rank: int | None = None
    last: int | None = None
    change: Change | None = None

    @property
    def state(self) -> str:
        """The state of its report, in words."""
        return state_in_words(self.member.state)


@dataclass(frozen=True, slots=True)
class DrillDown:
    """The organisations of one item's sum; `kind` narrows them to one kind.

    `filled` counts the zeros and the blanks. `compared` holds the sums over the units with both
    years and `change` compares them; both are None without last year.
    """

    node: ConsolidationScope
    item: Item
    kind: str | None
    lines: tuple[Line, ...]
    total: int | None
    missing: tuple[Line, ...]
    aside: tuple[Line, ...]
    filled: Filled
    past: Past | None
    compared: Compared | None = None
    change: Change | None = None


def drill_down(
    session: Session, node: ConsolidationScope, item: Item, kind: str | None, past: Past | None
) -> DrillDown:
    """The organisations in the sum of `item`, those missing, and those 仅供核对."""
    scope = node.scope
    included = of_kind(node.standing.included, kind)
    aside = of_kind(node.placement.for_checking, kind)
    reported = [member for member in (*included, *aside) if member.state in scope.states]
    figures = figures_of_item(session, node.tree, reported, item.code, node.form)
    whole = total(figures[member.code] for member in included)
    own = [figures[member.code] for member in included]
    ordered = sorted(figure for figure in own if figure is not None)
    last = past.of_item(session, item) if past else None
    shown = DrillDown(
        node=node,
        item=item,
        kind=kind,
        lines=tuple(
            _line(member, figures, whole, _rank(figures[member.code], ordered))
            for member in included
        ),
        total=whole,
        missing=tuple(_line(member, {}, None) for member in of_kind(node.standing.missing, kind)),
        aside=tuple(_line(member, figures, None) for member in aside),
        filled=Filled(zeros=own.count(0), blanks=own.count(None)),
        past=past if last else None,
    )
    return _compared(shown, last) if last else shown


def _line(member: Member, figures: Figures, whole: int | None, rank: int | None = None) -> Line:
    figure = figures.get(member.code)
    return Line(member, figure, share(figure, whole), rank)


def _rank(figure: int | None, ordered: Sequence[int]) -> int | None:
    """The rank of a figure; `ordered` are the known figures, smallest first."""
    return None if figure is None else 1 + len(ordered) - bisect_right(ordered, figure)


def _compared(shown: DrillDown, last: PastItem) -> DrillDown:
    """The same lines and sum, with last year's added."""
    ids = shown.node.tree.organisations
    figures = {ids[line.member.code]: line.figure for line in shown.lines}
    sums = last.sums(figures)
    return replace(
        shown,
        lines=tuple(_with_last(line, ids[line.member.code], last) for line in shown.lines),
        compared=sums,
        change=change_of_sum(shown.node.form, shown.item, sums),
    )


def _with_last(line: Line, organisation_id: int, last: PastItem) -> Line:
    moved = last.change(organisation_id, line.figure)
    return replace(line, last=last.of(organisation_id), change=moved)


def share(part: int | None, whole: int | None) -> str:
    """The percentage of `part` in `whole`, rounded half up to one decimal; empty without one."""
    if part is None or not whole:
        return ""
    permille = (2000 * part + whole) // (2 * whole)
    return f"{permille // 10}.{permille % 10}%"
