"""The board of a campaign, loaded from the database: a row for each unit of a subtree.

The home page counts these rows, the status board shows them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from portal.collection.assignment import Assignment
from portal.collection.expected import expected_of
from portal.domain.campaign import calendar
from portal.domain.campaign.board import HANDED_IN, Scan, Unit
from portal.domain.campaign.reminders import Chased
from portal.domain.campaign.tree_moves import gone_words
from portal.domain.consolidation.placement import Basis
from portal.domain.report_state import State
from portal.models import (
    Campaign,
    Expectation,
    Extension,
    Figure,
    Organisation,
    Report,
    SignedCopy,
    Submission,
)
from portal.models.organisation import end_of_subtree
from portal.models.prepared import as_rows

NO_FIGURES: Mapping[int, int] = {}
NO_CHASES: Mapping[int, Chased] = {}

_heir = aliased(Organisation)
_units = (
    select(
        Expectation.organisation_id,
        Expectation.parent_id,
        Expectation.code,
        Expectation.name,
        Expectation.kind,
        Expectation.position,
        Expectation.basis,
        Expectation.expected,
        Expectation.exempt_reason,
        Organisation.contact,
        Organisation.phone,
        Organisation.closed_at,
        _heir.name.label("merged_into"),
        Report.id.label("report_id"),
        Report.state,
        Report.submissions,
        Report.first_submitted_at,
        Report.saved_at,
        Report.saved_by,
        Report.decided_at,
        Report.decided_by,
        Report.on_behalf_by,
        Report.on_behalf_confirmed_at,
        Report.sole_handling,
        Submission.submitted_at,
        Submission.submitted_by,
        SignedCopy.uploaded_at,
        SignedCopy.matched_at,
    )
    .join(Organisation, Organisation.id == Expectation.organisation_id)
    .outerjoin(_heir, _heir.id == Organisation.merged_into_id)
    .outerjoin(
        Report,
        (Report.campaign_id == Expectation.campaign_id)
        & (Report.organisation_id == Expectation.organisation_id),
    )
    .outerjoin(
        Submission,
        # Redundant with the report's id; without it SQLite scans all organisations for each row.
        (Submission.organisation_id == Report.organisation_id)
        & (Submission.report_id == Report.id)
        & (Submission.number == Report.submissions),
    )
    .outerjoin(
        SignedCopy,
        (SignedCopy.organisation_id == Report.organisation_id)
        & (SignedCopy.report_id == Report.id)
        & (SignedCopy.submission == Report.submissions),
    )
    .where(
        Expectation.campaign_id == bindparam("campaign_id"),
        Expectation.path >= bindparam("path"),
        Expectation.path < bindparam("path_end"),
    )
    .order_by(Expectation.path)
)
_extensions = (
    select(
        Extension.organisation_id,
        Extension.until,
        Extension.reason,
        Extension.granted_by,
        Extension.granted_at,
    )
    .where(Extension.campaign_id == bindparam("campaign_id"))
    .order_by(Extension.granted_at, Extension.id)
)
_filled = (
    select(Figure.report_id, func.count(Figure.value).label("filled"))
    .join(Report, Report.id == Figure.report_id)
    .where(
        Report.campaign_id == bindparam("campaign_id"),
        Report.state.in_([State.DRAFT, State.RETURNED]),
    )
    .group_by(Figure.report_id)
)


def filled_in(session: Session, campaign: Campaign) -> dict[int, int]:
    """The number of figures of each draft or returned report in the session's subtree, by id.

    A submitted report has no blanks, so it is not counted.
    """
    rows = session.execute(_filled, {"campaign_id": campaign.id})
    return {row.report_id: row.filled for row in rows}


def units_below(
    session: Session,
    assignment: Assignment,
    now: datetime,
    filled: Mapping[int, int] = NO_FIGURES,
    chased: Mapping[int, Chased] = NO_CHASES,
) -> tuple[Unit, ...]:
    """The node of `assignment` and everything below it in the city's fixed order.

    The tree is the campaign's own copy; contacts are read from the current organisations.
    """
    node = assignment.expectation
    bounds = {"path": node.path, "path_end": end_of_subtree(node.path)}
    rows = as_rows(session.execute(_units, {"campaign_id": node.campaign_id, **bounds}))
    granted = _granted(session, assignment.campaign)
    covered = {member.code for member in expected_of(rows).for_checking}
    dates = assignment.campaign.dates
    whole = len(assignment.form.leaves)
    return tuple(
        _unit(
            row,
            row.code in covered,
            granted[row.organisation_id],
            dates,
            now,
            whole if row.state in HANDED_IN else filled.get(row.report_id, 0),
            chased.get(row.organisation_id),
        )
        for row in _in_fixed_order(rows)
    )


def _granted(session: Session, campaign: Campaign) -> Mapping[int, list[calendar.Extension]]:
    granted: Mapping[int, list[calendar.Extension]] = defaultdict(list)
    for row in session.execute(_extensions, {"campaign_id": campaign.id}):
        granted[row.organisation_id].append(
            calendar.Extension(row.until, row.reason, row.granted_by, row.granted_at)
        )
    return granted


def _in_fixed_order(rows: Sequence[Any]) -> list[Any]:
    """Sort rows that are ordered by path: a unit before those below it, siblings by position."""
    places: dict[int, tuple[tuple[int, str], ...]] = {}
    for row in rows:
        above = places.get(row.parent_id, ())
        places[row.organisation_id] = (*above, (row.position, row.code))
    return sorted(rows, key=lambda row: places[row.organisation_id])


def _unit(
    row: Any,
    covered: bool,
    granted: Sequence[calendar.Extension],
    dates: calendar.Dates,
    now: datetime,
    filled: int,
    chased: Chased | None,
) -> Unit:
    state = State(row.state) if row.state else State.NOT_STARTED
    extension = granted[-1] if granted else None
    active_at, active_by = _last_activity(row)
    return Unit(
        organisation_id=row.organisation_id,
        code=row.code,
        name=f"{row.name}本级" if row.basis == Basis.OWN else row.name,
        kind=row.kind,
        expected=row.expected,
        exempt_reason=row.exempt_reason,
        covered=covered,
        state=state,
        late=calendar.handed_in_late(row.first_submitted_at, dates, granted),
        overdue=row.expected and calendar.overdue(state, dates, extension, now),
        filled=filled,
        submissions=row.submissions or 0,
        first_submitted_at=row.first_submitted_at,
        extended_until=extension.until if extension else None,
        scan=_scan(row),
        on_behalf=bool(row.on_behalf_by) and row.on_behalf_confirmed_at is None,
        sole_handling=row.sole_handling or "",
        active_at=active_at,
        active_by=active_by,
        contact=row.contact,
        phone=row.phone,
        chased=chased,
        gone=_gone(row, state, dates, extension),
    )


def _gone(
    row: Any, state: State, dates: calendar.Dates, extension: calendar.Extension | None
) -> str:
    """What became of a closed or merged unit; empty where the campaign's board must not change.

    It is shown while the report is still owed, and if the unit was closed before 停止填报.
    """
    stopped = calendar.close_of(dates, extension) + calendar.MINUTE
    concerns = row.closed_at and (state not in HANDED_IN or row.closed_at < stopped)
    return gone_words(row.closed_at, row.merged_into) if concerns else ""


def _scan(row: Any) -> Scan | None:
    if not row.submissions:
        return None
    if row.matched_at:
        return Scan.MATCHED
    return Scan.UPLOADED if row.uploaded_at else Scan.MISSING


def _last_activity(row: Any) -> tuple[datetime | None, str]:
    done = (
        (row.saved_at, row.saved_by),
        (row.submitted_at, row.submitted_by),
        (row.decided_at, row.decided_by),
    )
    return max(((at, by) for at, by in done if at), default=(None, ""))
