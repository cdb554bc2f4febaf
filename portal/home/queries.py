"""Queries of home: the campaigns of an organisation, the most urgent first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.collection import clarifications
from portal.collection.assignment import (
    Assignment,
    FilledReport,
    SendBack,
    fill_of,
    find_assignment,
    last_reproof,
)
from portal.collection.board import units_below
from portal.collection.signed_copies import scan_of
from portal.domain.campaign import board, calendar
from portal.domain.campaign.board import HANDED_IN, Scan, Show, Unit
from portal.domain.campaign.calendar import Phase, Status
from portal.domain.report_state import State
from portal.models import Campaign, Expectation, Question


@dataclass(frozen=True)
class Card:
    """One campaign on an organisation's home.

    `filling` is set while the report can be filled, `units` for those who look down. `waiting`
    counts the reports that wait for this organisation's decision, `scan` says how its own stamped
    print stands, `to_review` counts the clarifications that its figures must still be checked
    against, `asked` the questions that wait for the city's answer.
    """

    assignment: Assignment
    phase: Phase
    filling: FilledReport | None = None
    reproof: SendBack | None = None
    units: Sequence[Unit] = ()
    waiting: int = 0
    scan: Scan | None = None
    to_review: int = 0
    asked: int = 0

    @property
    def campaign(self) -> Campaign:
        """The campaign."""
        return self.assignment.campaign

    @property
    def is_open(self) -> bool:
        """Whether this organisation can still report."""
        return self.phase in (Phase.OPEN, Phase.LATE)

    @property
    def asks_for_report(self) -> bool:
        """Whether a report is expected from this organisation, whoever fills it."""
        return self.is_open and self.assignment.expectation.expected

    @cached_property
    def counts(self) -> Mapping[Show, int]:
        """The counts over the units, 应报, 已报 and so on."""
        return board.counts(self.units)

    @property
    def rate(self) -> str:
        """上报率."""
        return board.rate(self.counts)

    @property
    def aside(self) -> int:
        """How many units are 仅供核对, besides those counted."""
        return board.aside(self.units)


_codes = (
    select(Campaign.code)
    .join(Expectation, Expectation.campaign_id == Campaign.id)
    .where(Campaign.status != Status.DRAFT)
)


def assignments(session: Session) -> list[Assignment]:
    """The session's organisation in every published campaign."""
    codes = session.scalars(_codes).all()
    return [found for code in codes if (found := find_assignment(session, code))]


def card(session: Session, assignment: Assignment, now: datetime) -> Card:
    """The card of a campaign, with the open work where it is open."""
    phase = phase_of(assignment, now)
    if phase in (Phase.NOT_OPEN, Phase.CLOSED):
        return Card(assignment, phase)
    returned = assignment.state is State.RETURNED
    reproof = last_reproof(session, assignment.report) if returned else None
    scan = scan_of(session, assignment)
    filling = fill_of(session, assignment)
    published = clarifications.in_force(session, assignment.campaign.id)
    waiting = clarifications.to_review(session, filling, published)
    return Card(
        assignment,
        phase,
        filling,
        reproof,
        scan=scan,
        to_review=sum(len(some) for some in waiting.values()),
    )


def phase_of(assignment: Assignment, now: datetime) -> Phase:
    """Where `now` lies among the organisation's own dates; an archived campaign is closed."""
    if assignment.status is Status.ARCHIVED:
        return Phase.CLOSED
    return calendar.phase(assignment.campaign.dates, assignment.extension, now)


def asked_in(session: Session, card: Card) -> int:
    """How many questions of units wait for an answer; the session reads the subtree."""
    waiting = select(func.count(Question.id)).where(
        Question.campaign_id == card.campaign.id, Question.answered_at.is_(None)
    )
    return session.scalar(waiting) or 0


def counted(session: Session, card: Card, now: datetime) -> Sequence[Unit]:
    """The units below a card's organisation; the session reads its subtree."""
    return units_below(session, card.assignment, now)


def in_order(cards: Sequence[Card]) -> list[Card]:
    """Open campaigns by due time, then those to come, then past ones, newest first.

    An open campaign past its due time comes after the other open ones once its report is submitted.
    """
    return sorted(cards, key=_order)


def _order(card: Card) -> tuple[int, float, str]:
    due = card.assignment.due.timestamp()
    if card.is_open:
        done = card.phase is Phase.LATE and card.assignment.state in HANDED_IN
        return int(done), due, card.campaign.code
    if card.phase is Phase.NOT_OPEN:
        return 2, due, card.campaign.code
    return 3, -due, card.campaign.code


def to_fill(cards: Sequence[Card]) -> Card | None:
    """The one campaign that the button for filling leads to; None where no report is asked."""
    return next((card for card in cards if card.asks_for_report), None)
