"""What the pages of a consolidation share: the blueprint, the node that is shown and its past."""

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
from portal.collection.assignment import find_assignment
from portal.consolidation.choice import Query
from portal.consolidation.node import Node
from portal.consolidation.past import Past, past_assignment, past_of
from portal.consolidation.stamp import Shelf
from portal.consolidation.tree import read_tree
from portal.domain.consolidation.placement import Scope
from portal.storage.db import db

bp = Blueprint(
    "consolidation", __name__, url_prefix="/o/<organisation>/campaigns/<campaign>/consolidation"
)


@contextmanager
def node_of(campaign: str, asked: Query | None = None) -> Iterator[tuple[Session, Node]]:
    """This organisation's consolidation in the scope asked for, and the session that reads it."""
    assignment = find_assignment(db.session(), campaign) or abort(404)
    scope = asked_scope(request.args if asked is None else asked)
    with subtree(organisation_here()) as session:
        yield session, Node(assignment, read_tree(session, assignment.expectation), scope)


@contextmanager
def node_with_past(
    campaign: str, asked: Query | None = None
) -> Iterator[tuple[Session, Node, Past | None]]:
    """As `node_of`, with the sums of the campaign before."""
    with node_of(campaign, asked) as (session, node):
        before = past_assignment(db.session(), node.assignment)
        yield session, node, past_of(session, node, before, sum_shelf())


def sum_shelf() -> Shelf:
    shelf: Shelf = current_app.extensions.setdefault("last-sums", Shelf())
    return shelf


def asked_scope(asked: Query) -> Scope:
    try:
        return Scope(asked.get("scope", Scope.SUBMITTED))
    except ValueError:
        abort(404)
