"""What the trail tells of the list of units: what was registered as passed down, and when."""

import re
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from portal.collection.opening import ALLOCATED
from portal.domain.figures import parse_figure
from portal.models import TrailEntry
from portal.models.trail_actions import Action

LABEL = "下拨资金（万元）"
"""The field's name in the list of units and in the trail."""

EXPECTED_LABEL = "应报"
"""The field that says whether a unit's report is in the sum at all."""

_changes = (
    select(TrailEntry.note, TrailEntry.old)
    .where(
        TrailEntry.campaign_id == bindparam("campaign_id"),
        TrailEntry.action == Action.EXPECTATION_CHANGED,
        TrailEntry.at > bindparam("moment", type_=TrailEntry.at.type),
        TrailEntry.note.endswith(LABEL),
    )
    .order_by(TrailEntry.number.desc())
)
_moving = select(func.max(TrailEntry.at)).where(
    TrailEntry.campaign_id == bindparam("campaign_id"),
    TrailEntry.action == Action.EXPECTATION_CHANGED,
    or_(TrailEntry.note.endswith(LABEL), TrailEntry.note.endswith(EXPECTED_LABEL)),
)
_OF_UNIT = re.compile(rf".*（([^（）]+)）{LABEL}")


def note_on(name: str, code: str, label: str) -> str:
    """The trail's note that names the changed field and unit."""
    return f"{name}（{code}）{label}"


def allocated_before_changes(
    session: Session, campaign_id: int, moment: datetime
) -> dict[str, int | None]:
    """The allocation at `moment` of every unit whose allocation changed later, in fen by code.

    The oldest later trail entry has the value before it in `old`.
    """
    before: dict[str, int | None] = {}
    for note, old in session.execute(_changes, {"campaign_id": campaign_id, "moment": moment}):
        if unit := _OF_UNIT.fullmatch(note):
            before[unit[1]] = parse_figure(old or "", ALLOCATED).figure
    return before


def last_move_of_sums(session: Session, campaign_id: int) -> datetime | None:
    """When the list of units last moved a sum: an amount passed down, or 应报 and 免报."""
    return session.scalar(_moving, {"campaign_id": campaign_id})
