"""主要指标分单位一览表 of a node, and the paragraph for the leaders."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.consolidation.choice import Query
from portal.consolidation.node import ConsolidationScope
from portal.consolidation.past import Past
from portal.consolidation.reported import reported_of
from portal.consolidation.sums import sums_by_column, sums_by_kind
from portal.domain.campaign.calendar import ZONE, in_words
from portal.domain.consolidation import placement
from portal.domain.consolidation.allocation import Deduction
from portal.domain.form.formulas import Figures
from portal.domain.paper import narrative
from portal.domain.paper.overview import MAX_LINES, Line, Overview
from portal.domain.paper.sheet import Part

MAX_NAMES = 40
"""Names of missing units in a line below the table."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Options of the paragraph: with last year's comparison or not, large counts in 万 or not."""

    compare: bool = True
    in_wan: bool = False

    @classmethod
    def asked(cls, query: Query) -> "Wording":
        """Read the options from a URL; the defaults where it has no `words`.

        A browser sends nothing for an unticked box, so the hidden field `words` says that the boxes
        were there.
        """
        if "words" not in query:
            return cls()
        return cls(compare=query.get("compare") == "1", in_wan=query.get("wan") == "1")

    @property
    def query(self) -> dict[str, int]:
        """The parameters of the options for a URL; none for the defaults."""
        if self == Wording():
            return {}
        chosen = {"words": True, "compare": self.compare, "wan": self.in_wan}
        return {name: 1 for name, ticked in chosen.items() if ticked}


def overview_of(
    session: Session, node: ConsolidationScope, past: Past | None, moment: datetime
) -> Overview:
    """The table of a node: a line for each unit, or for each kind in a very large node.

    `moment` is the instant of its figures.
    """
    kinds = sums_by_kind(session, node.tree, node.standing.included, node.form)
    total = placement.add_up(node.form, kinds.values())
    deduction = reported_of(session, node, total).deduction
    many = len(node.columns) > MAX_LINES
    return Overview(
        form=node.form,
        campaign=node.assignment.campaign.name,
        organisation=node.tree.node.name,
        as_of=in_words(moment),
        mark=f"汇总·{node.scope.label}",
        lines=tuple(_kinds(node, kinds) if many else _units(session, node)),
        total=total,
        deduction=deduction,
        last=past.then.reported if past else None,
        compared=past.now.reported if past else None,
        compared_title=f"其中：两年均报 {past.number} 家" if past and past.partial else "",
        footnotes=(*node.footnotes_of(MAX_NAMES), *_more_footnotes(deduction, past)),
    )


def _more_footnotes(deduction: Deduction | None, past: Past | None) -> Iterator[str]:
    if deduction:
        yield deduction.brief
    if past:
        yield past.remark


def _units(session: Session, node: ConsolidationScope) -> Iterator[Line]:
    drawn = [column.drawn for column in node.columns]
    figures = sums_by_column(session, node.tree, drawn, node.scope, node.form)
    for column in node.columns:
        if column.drawn.contributing:
            code = column.member.code
            yield Line(code, column.title, column.remark, column.part, figures[code])


def _kinds(node: ConsolidationScope, sums: Mapping[str, Figures]) -> Iterator[Line]:
    for kind in node.kinds:
        part = Part.ADDED if kind in sums else Part.MISSING
        yield Line("", kind, node.progress_of_kind(kind), part, sums.get(kind, {}))


def paragraph_of(
    node: ConsolidationScope,
    overview: Overview,
    past: Past | None,
    moment: datetime,
    wording: Wording,
) -> str:
    """The paragraph for the leaders, from the totals of `overview` alone."""
    missing = node.standing.brief(MAX_NAMES).rstrip("。") if node.standing.missing else ""
    account = narrative.Account(
        subject=node.subject,
        day=moment.astimezone(ZONE).date(),
        figures=overview.reported,
        past=past.told if past and wording.compare else None,
        missing=missing,
        in_wan=wording.in_wan,
    )
    return narrative.paragraph(node.form, account)
