"""The drill-down of one sum: every organisation in it with its figure, its state and its share."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.consolidation.node import Node, of_kind, state_in_words
from portal.consolidation.sums import figures_of_item
from portal.domain.consolidation import Member
from portal.domain.form import Item
from portal.domain.formulas import Figures, total


@dataclass(frozen=True, slots=True)
class Line:
    """One organisation and the sum: its figure, and its share of the sum as text."""

    member: Member
    figure: int | None
    share: str

    @property
    def state(self) -> str:
        """How far its report is, in words."""
        return state_in_words(self.member.state)


@dataclass(frozen=True, slots=True)
class DrillDown:
    """One item's sum taken apart; `kind` narrows it to the units of one kind."""

    node: Node
    item: Item
    kind: str | None
    lines: tuple[Line, ...]
    total: int | None
    missing: tuple[Line, ...]
    aside: tuple[Line, ...]


def drill_down(session: Session, node: Node, item: Item, kind: str | None) -> DrillDown:
    """The organisations behind the sum of `item`, and those that are missing or aside."""
    scope = node.scope
    included = of_kind(node.standing.included, kind)
    aside = of_kind(node.placement.for_checking, kind)
    reported = [member for member in (*included, *aside) if member.state in scope.states]
    figures = figures_of_item(session, node.tree, reported, item.code, node.form)
    whole = total(figures[member.code] for member in included)
    return DrillDown(
        node=node,
        item=item,
        kind=kind,
        lines=tuple(_line(member, figures, whole) for member in included),
        total=whole,
        missing=tuple(_line(member, {}, None) for member in of_kind(node.standing.missing, kind)),
        aside=tuple(_line(member, figures, None) for member in aside),
    )


def _line(member: Member, figures: Figures, whole: int | None) -> Line:
    figure = figures.get(member.code)
    return Line(member, figure, share(figure, whole))


def share(part: int | None, whole: int | None) -> str:
    """`part` of `whole` in percent, rounded half up to one decimal; empty where there is none."""
    if part is None or not whole:
        return ""
    permille = (2000 * part + whole) // (2 * whole)
    return f"{permille // 10}.{permille % 10}%"
