"""Views of paper: 核对纸质件, by the link in a QR or by typing the code of the print."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from portal import clock
from portal.access import throttle
from portal.access.identity import actor, organisation_here
from portal.access.rules import allow, member
from portal.access.tenancy import subtree
from portal.domain.paper.code import read_code
from portal.paper.queries import Paper, paper_with
from portal.storage.db import db, writing
from portal.web.form_fields import printable

bp = Blueprint("paper", __name__, url_prefix="/o/<organisation>/paper")

NO_CODE = "核对码是 10 个字母和数字，例如 7K3QM-X8R2A，印在纸的右上角。"
UNKNOWN = (
    "在您能看到的范围内没有这个核对码。请核对有没有抄错；别的单位的纸质件请由其本单位或上级核对；"
    "未锁定的汇总表请扫纸上的二维码。"
)
SPENT = "输错的次数太多，请 15 分钟后再试，或者扫纸上的二维码。"


@contextmanager
def _within_reach() -> Iterator[Session]:
    """A session to search: the organisation, and its subtree for who looks down."""
    if not actor().may_look_down():
        yield db.session()
        return
    with subtree(organisation_here()) as session:
        yield session


def _found(code: str | None) -> Paper | None:
    if code is None:
        return None
    with _within_reach() as session:
        return paper_with(session, code)


def _compared(paper: Paper) -> Any:
    address = url_for(
        paper.view,
        organisation=paper.organisation,
        campaign=paper.campaign,
        number=paper.number,
    )
    return redirect(address, 303)


@bp.get("")
@allow(member)
def enter_code() -> Any:
    """核对纸质件: the page for typing the code of a print."""
    return render_template("paper/enter.html", here=organisation_here())


@bp.post("")
@allow(member)
def find_code() -> Any:
    """Go to the print with the typed code; wrong codes are counted."""
    counted, now = throttle.of_person("paper", actor().id), clock.now()
    if throttle.spent(db.session(), counted, now):
        return _again(SPENT), 429
    code = read_code(request.form.get("code", ""))
    if code is None:
        return _again(NO_CODE), 422
    if paper := _found(code):
        return _compared(paper)
    with writing() as session:
        throttle.count_failure(session, counted, now)
        session.commit()
    return _again(UNKNOWN), 422


def _again(problem: str) -> str:
    typed = printable(request.form.get("code", "")[:40])
    return render_template(
        "paper/enter.html", here=organisation_here(), typed=typed, problem=problem
    )


@bp.get("/<code>")
@allow(member)
def open_code(code: str) -> Any:
    """The target of a QR: redirects to the comparison of the print with the system now."""
    return _compared(_found(read_code(code)) or abort(404))
