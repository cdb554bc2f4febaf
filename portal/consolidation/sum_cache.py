"""The cache of sums, keyed by a stamp: what a campaign's reports and units look like from afar.

Last year's sums are asked for with every page of this year's, and hardly ever change. Figures
are frozen while a report counts; they change only by another submission, which a stamp shows.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from portal.models import Expectation, Report
from portal.models.organisation import end_of_subtree

CacheKey = tuple[Any, ...]
Made = TypeVar("Made")

MAX_KEPT = 64
"""Sums kept in a process; a large city's tree takes about a megabyte."""

A_PRIME = 1_000_003
"""Keeps products within 64 bits however much was passed down."""

_within = (
    Expectation.campaign_id == bindparam("campaign_id"),
    Expectation.path >= bindparam("path"),
    Expectation.path < bindparam("path_end"),
)
_reports = (
    select(
        Report.state,
        func.count(),
        func.sum(Report.id),
        func.sum(Report.submissions),
        func.max(Report.submitted_at),
    )
    .join(
        Expectation,
        (Expectation.campaign_id == Report.campaign_id)
        & (Expectation.organisation_id == Report.organisation_id),
    )
    .where(*_within)
    .group_by(Report.state)
    .order_by(Report.state)
)
_units = (
    select(
        Expectation.basis,
        Expectation.expected,
        func.count(),
        func.sum(Expectation.organisation_id),
        func.sum(Expectation.parent_id),
        func.sum(Expectation.allocated),
        # who received what: money moved from one unit to another leaves the sum as it was
        func.sum(Expectation.allocated % A_PRIME * Expectation.organisation_id),
    )
    .where(*_within)
    .group_by(Expectation.basis, Expectation.expected)
    .order_by(Expectation.basis, Expectation.expected)
)


def stamp_of(session: Session, node: Expectation) -> CacheKey:
    """The stamp of a node's subtree in its campaign; another one means that sums may differ."""
    where = {
        "campaign_id": node.campaign_id,
        "path": node.path,
        "path_end": end_of_subtree(node.path),
    }
    rows = (session.execute(each, where).all() for each in (_reports, _units))
    told = tuple(tuple(map(str, row)) for found in rows for row in found)
    return (node.campaign_id, node.path, told)


class Cache:
    """What an application keeps between requests; nothing on it says more than its key."""

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}

    def get(self, key: Any, make: Callable[[], Made]) -> Made:
        """What `make` gave for this key before, or gives now."""
        found: Made | None = self._kept.get(key)
        if found is None:
            found = make()
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[key] = found
        return found
