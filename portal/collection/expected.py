"""应报: a campaign's list of units as the domain counts it, for every page and command alike."""

from collections.abc import Iterable
from typing import Any

from portal.domain.consolidation.placement import Basis, Expected, Member, expected
from portal.domain.report_state import State


def expected_of(rows: Iterable[Any]) -> Expected:
    """Count the expected units of a subtree; `rows` are `Expectation` or have its columns.

    The rows are one unit and all below it, in any order; without rows nobody is expected.
    """
    rows = tuple(rows)
    codes = {row.organisation_id: row.code for row in rows}
    heads = [row.code for row in rows if row.parent_id not in codes]
    members = tuple(_member(row, codes.get(row.parent_id)) for row in rows)
    return expected(members, heads[0]) if heads else Expected((), (), ())


def _member(row: Any, parent: str | None) -> Member:
    return Member(
        code=row.code,
        name=row.name,
        parent=parent,
        kind=row.kind,
        order=row.position,
        basis=Basis(row.basis),
        expected=row.expected,
        state=State.NOT_STARTED,
    )
