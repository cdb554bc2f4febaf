"""Carrying over: fills the blanks of a later round's report from the round before."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import FilledReport, last_submitted
from portal.collection.rounds import rounds_before
from portal.domain.figures import canonical
from portal.models import Campaign
from portal.models.trail_actions import Action
from portal.reports import saving
from portal.reports.saving import SaveResult
from portal.reports.typed import Typed


@dataclass(frozen=True, slots=True)
class Earlier:
    """The round that a report can start from, and its figures where this report is blank."""

    campaign: Campaign
    figures: Mapping[str, int]


def earlier(session: Session, filling: FilledReport) -> Earlier | None:
    """What can be carried over from the nearest submitted round; None without any."""
    for before in rounds_before(session, filling.assignment.campaign):
        submitted = last_submitted(session, before.id)
        if submitted is not None:
            found = {
                item.code: value
                for item in filling.form.leaves
                if filling.at(item.code).value is None
                and (value := submitted.get(item.code)) is not None
            }
            return Earlier(before, found) if found else None
    return None


def carry_over(session: Session, filling: FilledReport, *, by: Person, at: datetime) -> int:
    """Write the figures of the round before into the blanks, as one batch that can be undone.

    Returns how many; a second call writes none. Raises `NotAllowedNow` (409) when the report cannot
    be written to at this moment.
    """
    filling.assignment.may_write(at).require()
    found = earlier(session, filling)
    if found is None:
        return 0
    entered = [
        SaveResult(
            item,
            Typed(canonical(found.figures[item.code], item.unit), None),
            replace(filling.at(item.code), value=found.figures[item.code]),
            written=True,
        )
        for item in filling.form.leaves
        if item.code in found.figures
    ]
    saving.save_batch(session, filling, entered, Action.CARRIED_OVER, by=by, at=at)
    return len(entered)
