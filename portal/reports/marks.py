"""Marks: what the report page says of its rows besides their state.

None of it is read when a row is saved: a mark carries a field of its own, by which the answer
knows that it has to go.
"""

from typing import Any

from sqlalchemy.orm import Session

from portal.collection import clarifications
from portal.collection.assignment import FilledReport
from portal.collection.duties import division
from portal.collection.on_behalf import unconfirmed


def marks_of(session: Session, filling: FilledReport, *, me: int) -> dict[str, Any]:
    """Who looks after which row, what was entered on behalf, and what the city has said."""
    published = clarifications.in_force(session, filling.assignment.campaign.id)
    return {
        "division": division(session, filling, me),
        "waiting": unconfirmed(session, filling),
        "clarified": published,
        "to_review": clarifications.to_review(session, filling, published),
    }
