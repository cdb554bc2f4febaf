"""The marks beside the rows of the report page, besides their states.

A row save reads none of them: a marked row posts a field of its own, which tells the answer to
remove the mark.
"""

from typing import Any

from sqlalchemy.orm import Session

from portal.collection import clarifications
from portal.collection.assignment import FilledReport
from portal.collection.duties import division
from portal.collection.on_behalf import unconfirmed


def marks_of(session: Session, filling: FilledReport, *, me: int) -> dict[str, Any]:
    """Who looks after which row, what was entered on behalf, and the clarifications."""
    published = clarifications.in_force(session, filling.assignment.campaign.id)
    return {
        "division": division(session, filling, me),
        "waiting": unconfirmed(session, filling),
        "clarified": published,
        "to_review": clarifications.to_review(session, filling, published),
    }
