"""Shared by the pages of a consolidation: the blueprint, the node shown and its past."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import (
    Blueprint,
    abort,
    current_app,
    request,
)
from sqlalchemy.orm import Session

from portal.access.identity import organisation_here
from portal.access.tenancy import subtree
from portal.consolidation.choice import Query
from portal.consolidation.node import ConsolidationScope
from portal.consolidation.past import Past, past_assignment, past_of
from portal.consolidation.sum_cache import Cache
from portal.consolidation.tree import read_tree
from portal.domain.consolidation.placement import Scope
from portal.storage.db import db
from portal.web.assignments import assignment_here

bp = Blueprint(
    "consolidation", __name__, url_prefix="/o/<organisation>/campaigns/<campaign>/consolidation"
)


@contextmanager
def consolidation_here(
    campaign: str, asked: Query | None = None
) -> Iterator[tuple[Session, ConsolidationScope]]:
    """This organisation's consolidation in the scope asked for, and the session that reads it."""
    assignment = assignment_here(campaign)
    scope = asked_scope(request.args if asked is None else asked)
    with subtree(organisation_here()) as session:
        yield (
            session,
            ConsolidationScope(assignment, read_tree(session, assignment.expectation), scope),
        )


@contextmanager
def consolidation_with_past(
    campaign: str, asked: Query | None = None
) -> Iterator[tuple[Session, ConsolidationScope, Past | None]]:
    """The same as `consolidation_here`, with the sums of the campaign before."""
    with consolidation_here(campaign, asked) as (session, node):
        before = past_assignment(db.session(), node.assignment)
        yield session, node, past_of(session, node, before, sum_shelf())


def sum_shelf() -> Cache:
    shelf: Cache = current_app.extensions.setdefault("last-sums", Cache())
    return shelf


def asked_scope(asked: Query) -> Scope:
    try:
        return Scope(asked.get("scope", Scope.SUBMITTED))
    except ValueError:
        abort(404)
