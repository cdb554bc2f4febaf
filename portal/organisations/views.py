"""Views of the tree: its outline, the page of one unit, and the changes of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from portal import clock
from portal.access import tenancy
from portal.access.identity import actor, organisation_here
from portal.access.rules import admin, allow
from portal.collection import moves
from portal.domain.report_state import NotAllowedNow
from portal.models import Organisation
from portal.models.organisation import KINDS, organisation_by_code
from portal.organisations import operations, queries
from portal.organisations.typed import Typed, as_stored, read
from portal.storage.db import db, writing

bp = Blueprint("organisations", __name__, url_prefix="/o/<organisation>")


@bp.get("/organisations")
@allow(admin)
def tree() -> Any:
    """The page with the outline of this organisation and its subtree."""
    here = organisation_here()
    with tenancy.subtree(here) as below:
        return render_template(
            "organisations/tree.html", here=here, branch=queries.outline(below, here)
        )


@bp.get("/new-organisation")
@allow(admin)
def new_organisation() -> Any:
    """The page with the form for a new unit below this organisation."""
    place = queries.next_place(db.session(), organisation_here())
    return _new_page(Typed(kind="基层", position=str(place)))


def _typed(*, new: bool) -> Typed:
    """Read the form; the next page names the invisible characters that were removed."""
    typed = read(request.form, new=new)
    if typed.said:
        flash(typed.said)
    return typed


def _new_page(typed: Typed) -> str:
    return render_template(
        "organisations/new.html", here=organisation_here(), typed=typed, kinds=KINDS
    )


@bp.post("/organisations")
@allow(admin)
def add() -> Any:
    """Add a unit below this organisation."""
    typed = _typed(new=True)
    if typed.problems:
        return _new_page(typed), 422
    with writing() as session:
        try:
            made = operations.add_below(
                session, organisation_here(), typed, by=actor(), at=clock.now()
            )
        except ValueError as taken:
            return _new_page(replace(typed, problems={"code": str(taken)})), 422
        session.commit()
    flash(f"已新增{made.name}。接下来可以为它新建用户。")
    return redirect(url_for("organisations.organisation", organisation=made.code), 303)


@bp.get("/organisation")
@allow(admin)
def organisation() -> Any:
    """The page of one unit: its data, its neighbours in the tree, what can be done with it."""
    return _page()


def _page(typed: Typed | None = None, refused: str = "") -> str:
    here, session = organisation_here(), db.session()
    home = actor().organisation
    return render_template(
        "organisations/organisation.html",
        here=here,
        typed=typed or as_stored(here),
        kinds=KINDS,
        refused=refused,
        above=queries.above(session, here),
        places=queries.places(session, home, but=here),
        is_own=here.id == home.id,
        unfinished=queries.unfinished(session, clock.now()),
        history=queries.history(session),
        waits=moves.open_campaigns(here, clock.now()),
        moves=queries.planned_moves(session, here),
        merged_into=queries.merged_into(session, here),
    )


@bp.post("/organisation")
@allow(admin)
def change() -> Any:
    """Change name, kind, order, contact and phone."""
    typed = _typed(new=False)
    if typed.problems:
        return _page(typed), 422
    with writing() as session:
        try:
            operations.change(session, organisation_here(), typed, by=actor(), at=clock.now())
        except NotAllowedNow as refused:
            here = as_stored(organisation_here())
            return _page(replace(typed, seen=here.seen), refused.sentence), 409
        session.commit()
    return _back("已保存。")


@bp.post("/organisation/place")
@allow(admin)
def move() -> Any:
    """Move this unit and its subtree below another one."""

    def act(session: Session) -> str:
        target = _place("target")
        waits = operations.move(session, organisation_here(), target, by=actor(), at=clock.now())
        if waits:
            return f"已安排：停止填报后自动移到{target.name}之下；在那以前可以取消。"
        return f"已移到{target.name}之下。"

    return _done(act)


@bp.post("/organisation/place/cancellation")
@allow(admin)
def cancel_move() -> Any:
    """取消移动: this unit stays below its present union."""

    def act(session: Session) -> str:
        operations.cancel_move(session, organisation_here(), by=actor(), at=clock.now())
        return "已取消移动，单位留在现在的上级之下。"

    return _done(act)


@bp.post("/organisation/closing")
@allow(admin)
def close() -> Any:
    """关闭: close this unit."""

    def act(session: Session) -> str:
        here, now = organisation_here(), clock.now()
        owed = () if request.form.get("despite") else queries.unfinished(session, now)
        operations.close(session, here, owed, by=actor(), at=now)
        return "单位已关闭。"

    return _done(act)


@bp.post("/organisation/opening")
@allow(admin)
def reopen() -> Any:
    """恢复: reopen this unit."""

    def act(session: Session) -> str:
        operations.reopen(session, organisation_here(), by=actor(), at=clock.now())
        return "单位已恢复。"

    return _done(act)


@bp.post("/organisation/merger")
@allow(admin)
def merge() -> Any:
    """合并: close this unit in favour of another one."""
    here, now = organisation_here(), clock.now()
    # read in the unit's own session: that of the door for accounts sees no reports
    owed = () if request.form.get("despite") else queries.unfinished(db.session(), now)

    def act(session: Session) -> str:
        into = _place("into")
        operations.merge(
            session,
            here,
            into,
            owed,
            with_people=request.form.get("people") == "move",
            units_into=request.form.get("units") != "above",
            by=actor(),
            at=now,
        )
        return f"已并入{into.name}。"

    with tenancy.all_people() as door:
        return _done(act, door)


def _place(field: str) -> Organisation:
    """The unit that a form names, within the administrator's subtree; raises `ValueError` (422)."""
    found = organisation_by_code(db.session(), request.form.get(field, "").replace("\0", ""))
    if found is None or not tenancy.is_below(found, actor().organisation):
        raise ValueError("请从名单里选择一个单位。")
    return found


def _done(act: Callable[[Session], str], door: Session | None = None) -> Any:
    """Do it and return to the unit's page, which also says why something was refused."""
    with writing(door) as session:
        try:
            sentence = act(session)
        except NotAllowedNow as refused:
            return _page(refused=refused.sentence), 409
        except ValueError as wrong:
            return _page(refused=str(wrong)), 422
        session.commit()
    return _back(sentence)


def _back(sentence: str) -> Any:
    flash(sentence)
    return redirect(url_for("organisations.organisation"), 303)
