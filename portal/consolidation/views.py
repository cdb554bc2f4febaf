"""Views of a consolidation: the table, a sum taken apart, the paper and the workbook."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, abort, make_response, render_template, request
from sqlalchemy.orm import Session

from portal import clock
from portal.access import allow, desk
from portal.assignment import find_assignment
from portal.consolidation import paper
from portal.consolidation.item import drill_down
from portal.consolidation.node import Node
from portal.consolidation.overview import overview_of, paragraph_of
from portal.consolidation.past import Past, past_assignment, past_of
from portal.consolidation.table import table_of
from portal.consolidation.tree import read_tree
from portal.db import db
from portal.domain.consolidation import Scope
from portal.domain.overview import TITLE
from portal.identity import organisation_here
from portal.overview_workbook import workbook_of
from portal.tenancy import subtree
from portal.workbook import XLSX, attachment_name

bp = Blueprint(
    "consolidation", __name__, url_prefix="/o/<organisation>/campaigns/<campaign>/consolidation"
)


@contextmanager
def _node(campaign: str) -> Iterator[tuple[Session, Node]]:
    """This organisation's consolidation in the scope asked for, and the session that reads it."""
    assignment = find_assignment(db.session(), campaign) or abort(404)
    scope = _scope()
    with subtree(organisation_here()) as session:
        yield session, Node(assignment, read_tree(session, assignment.expectation), scope)


@contextmanager
def _node_with_past(campaign: str) -> Iterator[tuple[Session, Node, Past | None]]:
    """As `_node`, with the sums of the campaign before."""
    with _node(campaign) as (session, node):
        before = past_assignment(db.session(), node.assignment)
        yield session, node, past_of(session, node, before)


def _scope() -> Scope:
    try:
        return Scope(request.args.get("scope", Scope.SUBMITTED))
    except ValueError:
        abort(404)


def _page() -> int:
    text = request.args.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@bp.get("")
@allow(desk)
def table(campaign: str) -> Any:
    """Every item's sum over this organisation's subtree: in all, by kind and by unit."""
    with _node(campaign) as (session, node):
        shown = table_of(session, node, _page()) or abort(404)
    return render_template("consolidation/table.html", node=node, table=shown, scopes=list(Scope))


@bp.get("/items/<item>")
@allow(desk)
def item(campaign: str, item: str) -> Any:
    """One item's sum taken apart: every organisation in it."""
    kind = request.args.get("kind")
    with _node(campaign) as (session, node):
        found = node.form.by_code.get(item)
        if found is None or kind not in (None, *node.kinds):
            abort(404)
        shown = drill_down(session, node, found, kind)
    return render_template("consolidation/item.html", node=node, shown=shown, scopes=list(Scope))


@bp.get("/overview")
@allow(desk)
def overview(campaign: str) -> Any:
    """主要指标分单位一览表 on one sheet of A4, with the words for the leaders."""
    now = clock.now()
    with _node_with_past(campaign) as (session, node, past):
        shown = overview_of(session, node, past, now)
        words = paragraph_of(node, shown, past, now)
    return render_template(
        "consolidation/overview.html",
        node=node,
        overview=shown,
        paragraph=words,
        scopes=list(Scope),
    )


@bp.get("/overview/workbook")
@allow(desk)
def overview_workbook(campaign: str) -> Any:
    """主要指标分单位一览表 as a workbook with live sums."""
    with _node_with_past(campaign) as (session, node, past):
        shown = overview_of(session, node, past, clock.now())
    name = attachment_name(
        node.assignment.campaign.name, shown.organisation, f"{TITLE}（{node.scope.label}）"
    )
    return _attached(name, workbook_of(shown))


@bp.get("/print")
@allow(desk)
def print_table(campaign: str) -> Any:
    """The sum on A4, as the notice's annex draws the form."""
    with _node(campaign) as (session, node):
        sheet = paper.form_of_totals(session, node, clock.now())
    return render_template("consolidation/print.html", node=node, sheet=sheet)


@bp.get("/workbook")
@allow(desk)
def workbook(campaign: str) -> Any:
    """The table as a workbook with live sums."""
    with _node(campaign) as (session, node):
        name, content = paper.workbook_of(session, node, clock.now())
    return _attached(name, content)


def _attached(name: str, content: bytes) -> Any:
    answer = make_response(content)
    answer.mimetype = XLSX
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
