"""Shared by the pages of a report: the blueprint, the assignment, the page and its bar."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import (
    Blueprint,
    render_template,
    request,
)

from portal import clock
from portal.access.identity import actor, organisation_here
from portal.access.rules import Rule, divider, may, reporter, reviewer, trail_reader
from portal.collection.assignment import (
    Assignment,
    FilledReport,
    SendBack,
    last_reproof,
)
from portal.domain.form.form import Item
from portal.domain.report_state import State
from portal.reports import (
    carry_over,
    comparing,
    marks,
    presence,
    rows,
    saving,
)
from portal.reports.saving import SaveResult
from portal.reports.typed import Typed, changed
from portal.storage.db import db

bp = Blueprint("reports", __name__, url_prefix="/o/<organisation>/campaigns/<campaign>/report")

LINKS: Mapping[str, Rule] = {"review": reviewer, "duties": divider, "trail": trail_reader}
"""What the bar of a report links to, by name, each with the rule of the page it leads to."""


def report_page(filling: FilledReport, entered: Sequence[SaveResult] = (), **said: Any) -> str:
    bar = action_bar(filling, entered)
    editable = bar["permission"].allowed and bar["mine"]
    reproof = send_back_shown(filling.assignment)
    return render_template(
        "reports/edit.html",
        **marks.marks_of(db.session(), filling, me=actor().id),
        only_mine=request.args.get("mine") == "1",
        filling=filling,
        editable=editable,
        unsaved=[one.item for one in entered],
        onwards=is_onwards(),
        reproof=reproof,
        sheet=rows.page_sheet(filling),
        rows=rows.item_rows(filling, editable=editable, entered=entered, reproof=reproof),
        words=rows.WORDS,
        beside=beside_figures(filling),
        colleague=recent_editor(filling),
        earlier=carry_over.earlier(db.session(), filling) if editable else None,
        **bar,
        **said,
    )


def beside_figures(filling: FilledReport) -> Mapping[str, comparing.YearComparison]:
    """The comparison columns of every figure; empty where they are hidden."""
    asked, remembered = request.args.get("compare"), request.cookies.get(comparing.COOKIE)
    shown = comparing.wanted(filling, asked, remembered)
    return comparing.beside(filling, filling.form.items) if shown else {}


def recent_editor(filling: FilledReport) -> presence.Colleague | None:
    """Who else of the own unit saved within the last minutes."""
    if not may(reporter, organisation_here().id):
        return None
    return presence.recent_editor(filling, me=actor().name, now=clock.now())


def action_bar(filling: FilledReport, unsaved: Sequence[SaveResult] = ()) -> dict[str, Any]:
    """What the state, the counts and the buttons above the table are drawn from."""
    assignment, now = filling.assignment, clock.now()
    return {
        "assignment": assignment,
        "campaign": assignment.campaign,
        "mine": may(reporter, organisation_here().id),
        "links": {name for name, rule in LINKS.items() if may(rule, organisation_here().id)},
        "permission": assignment.may_write(now),
        "withdrawal": assignment.may_withdraw(now),
        "batch": saving.open_batch(db.session(), assignment.report),
        "progress": rows.progress(filling, unsaved=unsaved),
    }


def send_back_shown(assignment: Assignment) -> SendBack | None:
    returned = assignment.state is State.RETURNED
    return last_reproof(db.session(), assignment.report) if returned else None


def is_onwards() -> bool:
    """Whether 检查并上报 was pressed, which is a button of the sheet."""
    return request.form.get("then") == "submission"


def typed_fields(filling: FilledReport, fields: Mapping[str, str]) -> dict[Item, Typed]:
    leaves = (item for item in filling.form.leaves if changed(fields, item.code))
    return {item: Typed.of(fields, item.code) for item in leaves}


def too_late(filling: FilledReport, typed: Mapping[Item, Typed]) -> Any:
    """The report read-only, with the typed texts that were not saved."""
    unsaved = [SaveResult(item, text, filling.at(item.code)) for item, text in typed.items()]
    return report_page(filling, unsaved), 409
