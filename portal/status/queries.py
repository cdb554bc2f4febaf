"""Queries of the status board: its rows under a filter and in an order, and its counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from sqlalchemy.orm import Session

from portal.assignment import Assignment
from portal.board import filled_in, units_below
from portal.chased import chased_below
from portal.domain import board
from portal.domain.board import Show, Unit
from portal.models.organisation import KINDS


@dataclass(frozen=True)
class Board:
    """A node's units as the page shows them; `leaves` is what a full report has typed."""

    units: tuple[Unit, ...]
    leaves: int
    show: Show
    urgent: bool
    read_at: datetime

    @cached_property
    def counts(self) -> Mapping[Show, int]:
        """The counts above the table."""
        return board.counts(self.units)

    @property
    def rate(self) -> str:
        """上报率."""
        return board.rate(self.counts)

    @property
    def covered(self) -> int:
        """How many expected units are listed 仅供核对, besides those counted."""
        return sum(unit.expected and unit.covered for unit in self.units)

    @cached_property
    def groups(self) -> Sequence[tuple[str | None, Sequence[Unit]]]:
        """The rows under their kinds, or all in one group by urgency."""
        rows = board.listed(self.units, self.show)
        return ((None, board.urgent_first(rows)),) if self.urgent else board.by_kind(rows, KINDS)

    @cached_property
    def fingerprint(self) -> str:
        """The same while the page would look the same."""
        shown = repr((self.units, self.leaves, self.show, self.urgent))
        return sha256(shown.encode()).hexdigest()[:16]


def read_board(
    session: Session, assignment: Assignment, now: datetime, *, show: Show, urgent: bool
) -> Board:
    """The board of a node; the session reads its subtree."""
    filled = filled_in(session, assignment.campaign)
    chased = chased_below(session, assignment.campaign)
    units = units_below(session, assignment, now, filled, chased)
    return Board(units, len(assignment.form.leaves), show, urgent, now)
