"""A consolidation as of an earlier moment, replayed from the trail to check old prints.

The trail has every move of a report, and every submission is kept: so a print of the live sums can
be reproduced without keeping the print.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.collection.allocations import allocated_before_changes
from portal.consolidation.editions.operations import moment_now
from portal.consolidation.node import ConsolidationScope
from portal.consolidation.reported import Rule, reported_from
from portal.consolidation.sources import answer_of, figures_by_unit, sources_of
from portal.consolidation.tree import Last
from portal.domain.consolidation import allocation
from portal.domain.consolidation.allocation import NOTHING
from portal.domain.consolidation.difference import (
    Difference,
    Moment,
    difference,
    moved,
)
from portal.domain.consolidation.sources import Sources, live_fingerprint
from portal.domain.form.formulas import Figures
from portal.domain.paper.code import code_of
from portal.domain.report_state import Move, State, after
from portal.models import Report, Submission, TrailEntry
from portal.models.trail_actions import MOVES, Action

_moves = (
    select(TrailEntry.report_id, TrailEntry.action)
    .join(
        Report,
        (Report.id == TrailEntry.report_id)
        & (Report.organisation_id == TrailEntry.organisation_id),
    )
    .where(
        Report.campaign_id == bindparam("campaign_id"),
        TrailEntry.at <= bindparam("moment", type_=TrailEntry.at.type),
        TrailEntry.action.in_([*MOVES]),
    )
    .order_by(TrailEntry.report_id, TrailEntry.number)
)
_submissions = (
    select(Submission.report_id, Submission.number, Submission.sha256)
    .join(
        Report,
        (Report.id == Submission.report_id)
        & (Report.organisation_id == Submission.organisation_id),
    )
    .where(Report.campaign_id == bindparam("campaign_id"))
)


@dataclass(frozen=True)
class Printed:
    """What a print of the live sums said: whose submissions it added, and the sums."""

    sources: Sources
    figures: Mapping[str, Figures]
    moment: Moment


def fingerprint_of(node: ConsolidationScope, sources: Sources) -> str:
    """The fingerprint of a print of these sums."""
    campaign = node.assignment.campaign.code
    return live_fingerprint(node.code, campaign, node.scope, sources)


def print_of(
    session: Session, node: ConsolidationScope, moment: datetime, code: str | None
) -> Printed | None:
    """The print that carried `code` at `moment`, by today's list of units; None if none did.

    Prints of the first format have a fingerprint without allocations and deduct by the rule of
    then.
    """
    sources = sources_at(session, node, moment)
    if code_of(fingerprint_of(node, sources)) == code:
        return _printed(session, node, sources, allocation.reported)
    if code_of(fingerprint_of(node, sources.as_in_first_format)) == code:
        return _printed(session, node, sources, allocation.reported_in_full)
    return None


def _printed(session: Session, node: ConsolidationScope, sources: Sources, rule: Rule) -> Printed:
    figures = figures_by_unit(session, sources.included)
    known = sources.allocations or NOTHING
    reported = reported_from(node.form, figures, known, rule)
    return Printed(sources, figures, Moment.of(reported))


def sources_at(session: Session, node: ConsolidationScope, moment: datetime) -> Sources:
    """Whose submissions `node` added at `moment`, and the allocations registered by then."""
    campaign = {"campaign_id": node.tree.node.campaign_id}
    kept = {(row[0], row[1]): row[2] for row in session.execute(_submissions, campaign)}
    states: dict[int, State] = {}
    last: dict[int, Last] = {}
    rows = session.execute(_moves, {**campaign, "moment": moment})
    for report, moves in groupby(rows, key=lambda row: row.report_id):
        state, number = _played([MOVES[Action(row.action)] for row in moves])
        states[report] = state
        if number:
            last[report] = (number, kept[report, number])
    return sources_of(_at(session, node, moment, states, last))


def _played(moves: list[Move]) -> tuple[State, int]:
    """The state of a report after these moves, and the number of its last submission."""
    state = came_from = State.DRAFT
    for move in moves:
        came_from = state if move is Move.SUBMIT else came_from
        state = after(move, state, came_from)
    return state, moves.count(Move.SUBMIT)


def _at(
    session: Session,
    node: ConsolidationScope,
    moment: datetime,
    states: dict[int, State],
    last: dict[int, Last],
) -> ConsolidationScope:
    reports = node.tree.reports
    submitted = {code: last[report] for code, report in reports.items() if report in last}
    members = (
        replace(one, state=states.get(reports.get(one.code, 0), State.NOT_STARTED))
        for one in node.tree.members
    )
    tree = replace(
        node.tree,
        members=tuple(members),
        last=submitted,
        allocated=_allocated_at(session, node, moment),
        answer=answer_of(session, submitted[node.code]) if node.code in submitted else None,
    )
    return replace(node, tree=tree)


def _allocated_at(session: Session, node: ConsolidationScope, moment: datetime) -> dict[str, int]:
    """The allocations registered at `moment`: today's, with later changes undone."""
    if node.tree.node.parent_id is not None:
        return {}
    since = allocated_before_changes(session, node.tree.node.campaign_id, moment)
    known = {**node.tree.allocated, **since}
    return {code: amount for code, amount in known.items() if amount}


def difference_since(session: Session, node: ConsolidationScope, then: Printed) -> Difference:
    """What differs between the sums of an earlier print and those of now."""
    pairs = moved(then.sources, sources_of(node))
    now = figures_by_unit(session, [new for _, new in pairs if new])
    turned = moment_now(session, node)
    return difference(node.form, pairs, then.figures, now, then.moment, turned)
