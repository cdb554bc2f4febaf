"""Presence: who else of the unit is working on the same report."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.collection.assignment import FilledReport

RECENT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else who saved a figure recently; `minutes` are whole minutes."""

    name: str
    code: str
    minutes: int


def recent_editor(filling: FilledReport, *, me: str, now: datetime) -> Colleague | None:
    """Who saved last within ten minutes, other than `me`; None where nobody did.

    Entries on behalf (代录) by the upper union do not count.
    """
    report = filling.assignment.report
    apart = {me, report.on_behalf_by if report else ""}
    recent = [
        (kept.saved_at, code, kept.saved_by)
        for code, kept in filling.stored.items()
        if kept.saved_at and kept.saved_by not in apart and now - kept.saved_at < RECENT
    ]
    if not recent:
        return None
    saved_at, code, name = max(recent)
    return Colleague(name, code, max(now - saved_at, timedelta()) // timedelta(minutes=1))
