"""Queries of the status board: its rows, filtered and ordered, and its counts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from math import ceil

from sqlalchemy.orm import Session

from portal.collection.assignment import Assignment
from portal.collection.board import filled_in, units_below
from portal.collection.reminders import chased_below
from portal.domain.campaign import board
from portal.domain.campaign.board import Group, Show, Unit
from portal.models.organisation import KINDS

ROWS_A_PAGE = 200
"""Enough for a whole district; a browser needs seconds to lay out a thousand rows."""


@dataclass(frozen=True)
class Board:
    """A page of a node's units; `leaves` is the number of items to fill.

    `asked` is the page asked for, from 1; where there are fewer pages, the last one is shown.
    """

    units: tuple[Unit, ...]
    leaves: int
    show: Show
    urgent: bool
    read_at: datetime
    asked: int

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
        """How many expected units are listed as 仅供核对, besides those counted."""
        return board.aside(self.units)

    @cached_property
    def listed(self) -> Sequence[Unit]:
        """Every row under the filter, in the chosen order."""
        rows = board.listed(self.units, self.show)
        return board.urgent_first(rows) if self.urgent else board.by_kind(rows, KINDS)

    @property
    def pages(self) -> int:
        """How many pages the rows fill, at least one."""
        return max(1, ceil(len(self.listed) / ROWS_A_PAGE))

    @property
    def page(self) -> int:
        """The page that is shown, from 1."""
        return min(self.asked, self.pages)

    @property
    def rows(self) -> Sequence[Unit]:
        """The rows of the page."""
        return self.listed[(self.page - 1) * ROWS_A_PAGE : self.page * ROWS_A_PAGE]

    @property
    def groups(self) -> Sequence[Group]:
        """The rows of the page under their kinds, or all together by urgency."""
        if self.urgent:
            return (Group("", tuple(self.rows), len(self.listed)),)
        return board.groups(self.rows, Counter(unit.kind for unit in self.listed))

    @cached_property
    def fingerprint(self) -> str:
        """A text that changes when the shown page does."""
        about = (self.counts, self.covered, self.page, self.pages, self.leaves)
        shown = repr((self.rows, about, self.show, self.urgent))
        return sha256(shown.encode()).hexdigest()[:16]


def read_board(
    session: Session, assignment: Assignment, now: datetime, *, show: Show, urgent: bool, page: int
) -> Board:
    """Read a page of a node's board; the session reads its subtree."""
    filled = filled_in(session, assignment.campaign)
    chased = chased_below(session, assignment.campaign)
    units = units_below(session, assignment, now, filled, chased)
    return Board(units, len(assignment.form.leaves), show, urgent, now, page)
