"""The cache of sums, keyed by a stamp: what a campaign's reports and units look like from afar.

Every page compares with last year, whose sums hardly ever change. Figures of a counted report are
frozen and change only by another submission, which changes the key.
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
"""Entries of a process's cache; a large city's tree takes about a megabyte."""

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
        # allocations by unit: moving money between units does not change their sum
        func.sum(Expectation.allocated % A_PRIME * Expectation.organisation_id),
    )
    .where(*_within)
    .group_by(Expectation.basis, Expectation.expected)
    .order_by(Expectation.basis, Expectation.expected)
)


def stamp_of(session: Session, node: Expectation) -> CacheKey:
    """The cache key of a node's subtree in its campaign; it changes whenever the sums may."""
    where = {
        "campaign_id": node.campaign_id,
        "path": node.path,
        "path_end": end_of_subtree(node.path),
    }
    rows = (session.execute(each, where).all() for each in (_reports, _units))
    told = tuple(tuple(map(str, row)) for found in rows for row in found)
    return (node.campaign_id, node.path, told)


class Cache:
    """Values that a process keeps between requests, by key."""

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}

    def get(self, key: Any, make: Callable[[], Made]) -> Made:
        """The value of `key`, made by `make` where the cache lacks it."""
        found: Made | None = self._kept.get(key)
        if found is None:
            found = make()
            if len(self._kept) >= MAX_KEPT:
                self._kept.clear()
            self._kept[key] = found
        return found
