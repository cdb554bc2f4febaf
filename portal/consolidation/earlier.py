"""A consolidation as it stood at a moment, played from the trail, for the prints of that moment.

Every move of a report is on the trail and every submission is kept, so that what a print of the
live sums said can be found again without keeping the print.
"""

from dataclasses import replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.consolidation.node import Node
from portal.consolidation.sources import figures_by_unit, sources_of
from portal.consolidation.tree import Last
from portal.domain.edition import Difference, Sources, difference, live_fingerprint, moved
from portal.domain.formulas import total, with_totals
from portal.domain.report_state import Move, State, after
from portal.models import Report, Submission, TrailEntry
from portal.models.trail import MOVES, Action

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


def fingerprint_of(node: Node, sources: Sources) -> str:
    """What a print of these sums is known by."""
    campaign = node.assignment.campaign.code
    return live_fingerprint(node.code, campaign, node.scope, sources)


def sources_at(session: Session, node: Node, moment: datetime) -> Sources:
    """Whose submissions `node` added at `moment`, by today's list of units."""
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
    return sources_of(_at(node, states, last))


def _played(moves: list[Move]) -> tuple[State, int]:
    """Where a report stood after these moves, and the number of its last submission."""
    state = came_from = State.DRAFT
    for move in moves:
        came_from = state if move is Move.SUBMIT else came_from
        state = after(move, state, came_from)
    return state, moves.count(Move.SUBMIT)


def _at(node: Node, states: dict[int, State], last: dict[int, Last]) -> Node:
    reports = node.tree.reports
    submitted = {code: last[report] for code, report in reports.items() if report in last}
    members = (
        replace(one, state=states.get(reports.get(one.code, 0), State.NOT_STARTED))
        for one in node.tree.members
    )
    return replace(node, tree=replace(node.tree, members=tuple(members), last=submitted))


def difference_since(session: Session, node: Node, then: Sources) -> Difference:
    """What differs between the sums of an earlier moment and those of now."""
    pairs = moved(then, sources_of(node))
    before = figures_by_unit(session, then.included)
    now = figures_by_unit(session, [new for _, new in pairs if new])
    leaves = {
        leaf.code: total(one.get(leaf.code) for one in before.values()) for leaf in node.form.leaves
    }
    return difference(node.form, pairs, before, now, with_totals(node.form, leaves))
