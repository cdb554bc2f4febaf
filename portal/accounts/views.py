"""Views of accounts: signing in and out, and one's own password."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import login_user
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.access import passwords
from portal.access.identity import actor, address, person_by_token, sign_in_door, who
from portal.access.rules import allow, public, signed_in
from portal.accounts import operations, queries
from portal.models import User
from portal.storage.db import db, writing
from portal.web.html import carried_fields, wants_fragment

bp = Blueprint("accounts", __name__)


@bp.get("/login")
@allow(public)
def login() -> Any:
    """The page for signing in; redirects home whoever is signed in."""
    if who():
        return redirect(url_for("home.home"), 303)
    return _login_page()


@bp.post("/login")
@allow(public)
def sign_in() -> Any:
    """Sign in and go on to the page asked for; inside a page only the token is renewed.

    Ends the sign-in that this browser had before.
    """
    if "\0" in request.form.get("username", ""):
        abort(400)  # PostgreSQL cannot store NUL in text, so it is never a name
    attempt = operations.Attempt(
        username=operations.name_as_typed(request.form.get("username", "")),
        password=request.form.get("password", "")[:200],
        address=address(),
        at=clock.now(),
    )
    with sign_in_door() as door:
        found = operations.check_attempt(door, attempt)
        with writing(door):
            if isinstance(found, operations.Refusal):
                operations.count_failure(door, attempt)
                door.commit()
                return _refused(found)
            token = operations.start_sign_in(door, found, address=attempt.address, at=attempt.at)
            if before := who():
                operations.end_sign_in(door, before, at=attempt.at)
            door.commit()
    carry(token)
    return _signed_in(found)


def _refused(refusal: operations.Refusal) -> Any:
    status = 429 if refusal.too_many else 401
    if wants_fragment():
        return render_template("accounts/_refused.html", sentence=refusal.sentence), status
    return _login_page(refusal.sentence), status


def _signed_in(user: User) -> Any:
    if wants_fragment():
        page = render_template("accounts/_signed_in.html", username=user.username)
        return make_response(page)
    target = safe_target(request.form.get("next"))
    if carried := carried_fields(request.form.get("carried")):
        return render_template(
            "accounts/go_on.html",
            heading="已登录，请继续提交",
            sentence="登录过期前提交的内容还在。按下面的按钮，把它再提交一次。",
            target=target,
            carried=carried,
        )
    return redirect(target, 303)


def carry(token: str) -> None:
    """Put the token of a sign-in into a new session cookie of this browser."""
    session.clear()
    login_user(person_by_token(token))
    generate_csrf()


def _login_page(problem: str | None = None) -> str:
    return render_template(
        "accounts/login.html",
        problem=problem,
        username=request.form.get("username", ""),
        target=safe_target(request.values.get("next")),
        carried=request.form.get("carried", ""),
    )


def safe_target(target: str | None) -> str:
    """A path of this portal to go on to; home for anything that could lead to another host."""
    if not target or not target.startswith("/") or target[1:2] in {"/", "\\"}:
        return "/"
    if any(ord(character) <= 32 or character == "\\" for character in target):
        return "/"
    return target


@bp.post("/logout")
@allow(public)
def logout() -> Any:
    """Sign out, and ask the browser to delete what it stored."""
    person = who()
    if person:
        with sign_in_door() as door, writing(door):
            operations.end_sign_in(door, person, at=clock.now())
            door.commit()
    session.clear()
    answer: Response = make_response(redirect(url_for("accounts.login"), 303))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.get("/forgotten-password")
@allow(public)
def forgotten_password() -> Any:
    """The page that says whom to ask for a new password."""
    return render_template("accounts/forgotten.html", city=queries.whom_to_ask(db.session()))


@bp.get("/password")
@allow(signed_in)
def change_password() -> Any:
    """The page for changing one's own password, or for the first one after a one-time link."""
    return _password_page()


def _password_page(problem: str | None = None) -> str:
    with sign_in_door() as door:
        has_password = queries.has_password(door, actor().id)
    return render_template("accounts/password.html", problem=problem, has_password=has_password)


@bp.post("/password")
@allow(signed_in)
def keep_password() -> Any:
    """Change one's own password; every other sign-in of this person ends."""
    person = actor()
    typed: MultiDict[str, str] = request.form
    new = typed.get("new", "")
    with sign_in_door() as door:
        problem = operations.refuse_new_password(
            door, person, typed.get("current", ""), new, typed.get("again", "")
        )
        if problem:
            return _password_page(problem), 422
        hashed = passwords.hash_password(new)
        with writing(door):
            token = operations.change_password(
                door, person, hashed, address=address(), at=clock.now()
            )
            door.commit()
    carry(token)
    flash("密码已修改，其他地方的登录已全部退出。")
    return redirect(url_for("home.home"), 303)
