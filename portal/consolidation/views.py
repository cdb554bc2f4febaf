"""Views of a consolidation: the table, a drill-down, the overview, charts, checks, the print."""

from typing import Any

from flask import (
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)

from portal import clock
from portal.access.identity import actor
from portal.access.rules import allow, desk, may
from portal.collection.assignment import find_assignment
from portal.consolidation import filters
from portal.consolidation.as_of import as_of
from portal.consolidation.charts import charts_of, main_items
from portal.consolidation.checks import checks_of
from portal.consolidation.choice import Query, Show, choice_of
from portal.consolidation.exports import paper
from portal.consolidation.item import drill_down
from portal.consolidation.node import ConsolidationScope
from portal.consolidation.overview import Wording, overview_of, paragraph_of
from portal.consolidation.page_views import (
    bp,
    consolidation_here,
    consolidation_with_past,
    sum_shelf,
)
from portal.consolidation.past import past_assignment, past_of
from portal.consolidation.table import Table, table_of
from portal.domain.consolidation.placement import Scope
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here
from portal.web.form_fields import number_in


def _page() -> int:
    return number_in(request.args.get("page", "1")) or 0


@bp.get("")
@allow(desk)
def table(campaign: str) -> Any:
    """The page with every item's sum over this subtree: total, by kind and by unit."""
    return _table(campaign, request.args)


def _table(campaign: str, asked: Query, *, name: str = "", problem: str = "") -> str:
    with consolidation_here(campaign, asked) as (session, node):
        choice = choice_of(asked, node) or abort(404)
        past = None
        if Show.YEAR in choice.shows:
            before = past_assignment(db.session(), node.assignment)
            past = past_of(session, node, before, sum_shelf())
        shown = table_of(session, node, _page(), choice, past) or abort(404)
    return render_template(
        "consolidation/table.html",
        node=node,
        table=shown,
        opened=_opened(node, shown),
        scopes=list(Scope),
        shows=list(Show),
        filters=filters.filters_of(db.session(), node, actor()),
        may_share=filters.may_share(actor(), node.tree.node.organisation_id),
        name=name,
        problem=problem,
    )


def _opened(node: ConsolidationScope, shown: Table) -> set[str]:
    """The codes of the units among the columns whose own consolidation the person may open."""
    codes = (column.member.code for column in shown.columns if column.is_node)
    return {code for code in codes if may(desk, node.tree.organisations[code])}


@bp.post("/filters")
@allow(desk)
def save_filter(campaign: str) -> Any:
    """Save the shown choice under a name, for oneself or for the whole desk."""
    asked = request.form
    name = " ".join(asked.get("name", "").split())
    with consolidation_here(campaign, asked) as (_, node):
        choice = choice_of(asked, node) or abort(404)
    problem = filters.refuse_name(name)
    if problem is None:
        with writing() as session:
            find_assignment(
                session, campaign
            )  # locks the expectation row, so a double click saves once
            problem = filters.save(
                session,
                node,
                choice,
                name,
                shared=asked.get("shared") == "1",
                by=actor(),
                at=clock.now(),
            )
            session.commit()
    if problem:
        return _table(campaign, asked, name=name, problem=problem), 422
    flash(f"已保存常用筛选：{name}。")
    there = url_for(".table", campaign=campaign, scope=node.scope.value, **choice.query)
    return redirect(there, 303)


@bp.post("/filters/removal")
@allow(desk)
def remove_filter(campaign: str) -> Any:
    """Delete a saved filter."""
    name, shared = request.form.get("name", ""), request.form.get("shared") == "1"
    with writing() as session:
        assignment_here(campaign)
        removed = filters.remove(session, name, shared=shared, by=actor(), at=clock.now())
        session.commit()
    flash(f"已删除常用筛选：{name}。" if removed else "没有这个常用筛选，可能已经删除。")
    return redirect(url_for(".table", campaign=campaign), 303)


@bp.get("/items/<item>")
@allow(desk)
def item(campaign: str, item: str) -> Any:
    """The page with one item's sum by organisation."""
    kind = request.args.get("kind")
    with consolidation_with_past(campaign) as (session, node, past):
        found = node.form.by_code.get(item)
        if found is None or kind not in (None, *node.kinds):
            abort(404)
        shown = drill_down(session, node, found, kind, past)
    return render_template("consolidation/item.html", node=node, shown=shown, scopes=list(Scope))


@bp.get("/overview")
@allow(desk)
def overview(campaign: str) -> Any:
    """主要指标分单位一览表 on one A4 sheet, with the paragraph for the leaders."""
    wording = Wording.asked(request.args)
    with consolidation_with_past(campaign) as (session, node, past):
        moment = as_of(session, node, clock.now())
        shown = overview_of(session, node, past, moment)
        words = paragraph_of(node, shown, past, moment, wording)
    return render_template(
        "consolidation/overview.html",
        node=node,
        overview=shown,
        paragraph=words,
        wording=wording,
        comparable=past is not None,
        scopes=list(Scope),
    )


@bp.get("/charts")
@allow(desk)
def charts(campaign: str) -> Any:
    """The page with charts: contribution by unit, progress to the deadline, this year and last."""
    with consolidation_with_past(campaign) as (session, node, past):
        known = {each.code: each for each in main_items(node.form)}
        asked = request.args.get("item", next(iter(known)))
        if asked not in known:
            abort(404)
        shown = charts_of(session, node, known[asked], past, _page(), clock.now()) or abort(404)
    return render_template(
        "consolidation/charts.html", node=node, charts=shown, past=past, scopes=list(Scope)
    )


@bp.get("/checks")
@allow(desk)
def checks(campaign: str) -> Any:
    """The page that compares every 全口径 unit with the reports below it."""
    with consolidation_here(campaign) as (session, node):
        shown = checks_of(session, node, _page()) or abort(404)
    return render_template("consolidation/checks.html", node=node, checks=shown, scopes=list(Scope))


@bp.get("/print")
@allow(desk)
def print_table(campaign: str) -> Any:
    """The sum on A4, in the layout of the notice's annex."""
    with consolidation_here(campaign) as (session, node):
        sheet = paper.form_of_totals(session, node, clock.now())
    return render_template("consolidation/print.html", node=node, sheet=sheet)
