"""The submissions that a consolidation adds, and the content that an edition would freeze."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.consolidation.as_of import as_of
from portal.consolidation.node import Column, ConsolidationScope
from portal.consolidation.reported import reported_from
from portal.consolidation.sums import MAX_AT_ONCE
from portal.consolidation.tree import Last
from portal.domain.consolidation.edition import Frozen, FrozenColumn
from portal.domain.consolidation.placement import Member, add_up
from portal.domain.consolidation.sources import Source, Sources
from portal.domain.form.formulas import Figures
from portal.domain.report.submission import figures_of, includes_passed_down
from portal.models import Submission

_documents = select(Submission.sha256, Submission.document).where(
    Submission.sha256.in_(bindparam("fingerprints", expanding=True))
)


def sources_of(node: ConsolidationScope) -> Sources:
    """Whose reports `node` adds and whose it does not, each with its last submission."""

    def source(member: Member) -> Source:
        number, sha256 = node.tree.last.get(member.code, (0, ""))
        return Source(member.code, member.name, member.kind, member.state, number, sha256)

    return Sources(
        included=tuple(map(source, node.standing.included)),
        missing=tuple(map(source, node.standing.missing)),
        for_checking=tuple(map(source, node.placement.for_checking)),
        exempt=tuple(map(source, node.placement.exempt)),
        allocations=node.allocations,
    )


def figures_by_unit(session: Session, sources: Iterable[Source]) -> dict[str, Figures]:
    """The figures of the submissions in `sources`, by the unit's code."""
    wanted = {source.sha256: source.code for source in sources if source.sha256}
    fingerprints = list(wanted)
    found: dict[str, Figures] = {}
    for start in range(0, len(fingerprints), MAX_AT_ONCE):
        some = fingerprints[start : start + MAX_AT_ONCE]
        for sha256, document in session.execute(_documents, {"fingerprints": some}):
            found[wanted[sha256]] = figures_of(json.loads(document))
    return found


def answer_of(session: Session, submission: Last) -> bool | None:
    """The answer about passed-down money in a submission of the city's own report."""
    fingerprints = {"fingerprints": [submission[1]]}
    answers = (
        includes_passed_down(json.loads(row.document))
        for row in session.execute(_documents, fingerprints)
    )
    return next(answers, None)


def freezing(session: Session, node: ConsolidationScope, now: datetime) -> Frozen:
    """The consolidation of `node` as an edition would say it `now`.

    All its sums come from submissions, which never change.
    """
    sources = sources_of(node)
    standing = {source.code: source for source in (*sources.included, *sources.for_checking)}
    shown = {
        member.code
        for column in node.columns
        for member in column.drawn.contributing
        if member.state in node.scope.states
    }
    codes = [source.code for source in sources.included]
    figures = figures_by_unit(session, (standing[code] for code in {*codes, *shown}))
    each = {code: figures[code] for code in codes}
    sums = reported_from(node.form, each, node.allocations)
    return Frozen(
        form=node.form,
        scope=node.scope,
        campaign=node.assignment.campaign.code,
        organisation=(node.code, node.tree.node.name),
        period=node.assignment.campaign.period,
        sources=sources,
        figures=each,
        total=sums.simple,
        kinds={kind: _of_kind(node, kind, each, sources) for kind in node.kinds},
        columns=_columns(node, figures),
        footnotes=(*node.footnotes, *sums.sentences),
        deduction=sums.deduction,
        as_of=as_of(session, node, now),
    )


def _of_kind(
    node: ConsolidationScope, kind: str, each: Mapping[str, Figures], sources: Sources
) -> Figures:
    return add_up(node.form, [each[one.code] for one in sources.included if one.kind == kind])


def _columns(node: ConsolidationScope, figures: Mapping[str, Figures]) -> tuple[FrozenColumn, ...]:
    return tuple(_column(node, column, figures) for column in node.columns)


def _column(
    node: ConsolidationScope, column: Column, figures: Mapping[str, Figures]
) -> FrozenColumn:
    codes = [one.code for one in column.drawn.contributing if one.state in node.scope.states]
    return FrozenColumn(
        column.member.code,
        column.title,
        column.part,
        column.remark,
        add_up(node.form, [figures[code] for code in codes]),
        tuple(codes) if column.counts else (),
    )
