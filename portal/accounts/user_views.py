"""Views of the people that an administrator looks after: the list, one person, their links."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import (
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.datastructures import MultiDict

from portal import clock
from portal.access import links, passwords, tenancy
from portal.access.actor import Actor
from portal.access.identity import actor, organisation_here
from portal.access.links import HandOut, link_address
from portal.access.rules import admin, allow
from portal.accounts import operations, queries
from portal.accounts.typed import Typed, as_stored, read, with_problems
from portal.accounts.views import bp
from portal.domain.report_state import NotAllowedNow
from portal.models import User
from portal.models.user import Role
from portal.storage.db import db, writing
from portal.web.attachments import attachment
from portal.workbooks.sheet import attachment_name
from portal.workbooks.sign_in_links import links_workbook

NOTHING = Typed(roles=(Role.REPORTER,))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/o/<organisation>/users")
@allow(admin)
def users() -> Any:
    """The page that lists the users of this organisation and of those below it."""
    looked_for = request.args.get("name", "").replace("\0", "")[:100]
    page = request.args.get("page", 1, type=int)
    with tenancy.subtree(organisation_here()) as below:
        people = queries.users_below(below, looked_for, min(page, 1000))
    return render_template(
        "accounts/users.html", here=organisation_here(), people=people, looked_for=looked_for
    )


@bp.get("/o/<organisation>/new-user")
@allow(admin)
def new_user() -> Any:
    """The page with the form for a new user of this organisation."""
    return _new_page(NOTHING)


def _new_page(typed: Typed) -> str:
    return render_template("accounts/new_user.html", here=organisation_here(), typed=typed)


@bp.post("/o/<organisation>/users")
@allow(admin)
def create_user() -> Any:
    """Give a person an account and show the one-time link that opens it."""
    typed, here, now = _typed(username=True), organisation_here(), clock.now()
    if typed.problems:
        return _new_page(typed), 422
    with tenancy.all_people() as door, writing(door):
        try:
            user = operations.create_user(door, here, typed, by=actor(), at=now)
        except ValueError as taken:
            return _new_page(with_problems(typed, {"username": str(taken)})), 422
        handed = links.make_links(door, [(user, here)], by=_by(), at=now)
        door.commit()
    return _links_page(handed, f"已新建用户 {user.name}（{user.username}）。")


def _typed(*, username: bool = False, roles: bool = True) -> Typed:
    """Read the form; the next page names the invisible characters that were removed."""
    typed = read(request.form, username=username, roles=roles)
    if typed.said:
        flash(typed.said)
    return typed


def _by() -> Actor:
    return Actor(actor().name, actor().id)


def _links_page(handed: Sequence[HandOut], sentence: str) -> str:
    """The page with the links, which are shown this once."""
    public_url = current_app.config["PORTAL"].public_url
    return render_template(
        "accounts/links.html",
        here=organisation_here(),
        handed=[(one, link_address(public_url, one.token)) for one in handed],
        until=clock.now() + links.VALID_FOR,
        sentence=sentence,
    )


@bp.get("/o/<organisation>/users/<username>")
@allow(admin)
def user(username: str) -> Any:
    """The page of one user: the account, where it is signed in, what can be done with it."""
    return _user_page(user_or_404(username))


def _user_page(user: User, typed: Typed | None = None, refused: str = "") -> str:
    session = db.session()
    return render_template(
        "accounts/user.html",
        here=organisation_here(),
        user=user,
        typed=typed or as_stored(user),
        refused=refused,
        sign_ins=queries.sign_ins_of(session, user, clock.now()),
        link=links.living_link_of(session, user, clock.now()),
    )


@bp.post("/o/<organisation>/users/<username>")
@allow(admin)
def change_user(username: str) -> Any:
    """Change a user's name, phone and roles."""
    typed = _typed()
    with writing() as here:
        user = user_or_404(username)
        if typed.problems:
            return _user_page(user, typed), 422
        try:
            operations.change_user(here, user, typed, by=actor(), at=clock.now())
        except NotAllowedNow as refused:
            return _stale(user, typed, refused)
        here.commit()
    return _back_to(user, "已保存。")


def _stale(user: User, typed: Typed, refused: NotAllowedNow) -> Any:
    """The page as stored now with what was typed; saving it again overrides the other change."""
    now = replace(typed, username=user.username, seen=as_stored(user).seen)
    return _user_page(user, now, refused.sentence), 409


@bp.post("/o/<organisation>/users/<username>/successor")
@allow(admin)
def hand_over(username: str) -> Any:
    """换人: the account passes to another person, whose one-time link is shown."""
    typed, now = _typed(roles=False), clock.now()
    with writing() as here:
        user = user_or_404(username)
        if typed.problems:
            return _user_page(user, refused="".join(typed.problems.values())), 422
        operations.hand_over(here, user, typed, by=actor(), at=now)
        handed = links.make_links(here, [(user, organisation_here())], by=_by(), at=now)
        here.commit()
    return _links_page(handed, f"账号 {user.username} 已移交给 {user.name}。")


@bp.post("/o/<organisation>/users/<username>/link")
@allow(admin)
def make_link(username: str) -> Any:
    """Make a new one-time link and show it this once; the earlier link is revoked."""
    with writing() as here:
        user = user_or_404(username)
        if user.disabled_at:
            raise NotAllowedNow("账号已停用，请先启用，再生成登录链接。")
        handed = links.make_links(here, [(user, organisation_here())], by=_by(), at=clock.now())
        here.commit()
    return _links_page(handed, f"已为 {user.name}（{user.username}）生成登录链接。")


@bp.post("/o/<organisation>/users/<username>/link/revocation")
@allow(admin)
def revoke_link(username: str) -> Any:
    """Revoke the link that a user was given."""
    with writing() as here:
        user = user_or_404(username)
        revoked = operations.revoke_link(here, user, by=actor(), at=clock.now())
        here.commit()
    return _back_to(user, "登录链接已作废。" if revoked else "没有还能使用的登录链接。")


@bp.post("/o/<organisation>/links")
@allow(admin)
def make_all_links() -> Any:
    """Make links for everybody of the subtree without a password, on one page to print."""
    path = organisation_here().path
    with tenancy.all_people() as door, writing(door):
        handed = links.make_links(
            door, queries.without_password(door, path), by=_by(), at=clock.now()
        )
        door.commit()
    return _links_page(handed, f"已生成 {len(handed)} 个登录链接，此前发出的同一批链接作废。")


@bp.post("/o/<organisation>/links/workbook")
@allow(admin)
def links_as_workbook() -> Any:
    """The links of the page just shown, as a workbook; the form posts their tokens."""
    tokens = request.form.get("links", "").split()[:5000]
    here = organisation_here()
    with tenancy.all_people() as door:
        handed = queries.handed_out(door, tokens, here.path, clock.now())
    content = links_workbook(
        handed,
        title=f"{here.name} 登录链接",
        public_url=current_app.config["PORTAL"].public_url,
        until=clock.now() + links.VALID_FOR,
    )
    return attachment(attachment_name(here.name, "登录链接"), content)


@bp.post("/o/<organisation>/users/<username>/password")
@allow(admin)
def reset_password(username: str) -> Any:
    """Give a user a one-time password, shown this once."""
    one_time = passwords.one_time_password()
    hashed = passwords.hash_password(one_time)
    with writing() as here:
        user = user_or_404(username)
        operations.reset_password(here, user, hashed, by=actor(), at=clock.now())
        here.commit()
    return render_template(
        "accounts/one_time_password.html", here=organisation_here(), user=user, password=one_time
    )


@bp.post("/o/<organisation>/users/<username>/sign-outs")
@allow(admin)
def end_sign_ins(username: str) -> Any:
    """End every sign-in of a user, or the one that the form names."""
    typed: MultiDict[str, str] = request.form
    with writing() as here:
        user = user_or_404(username)
        one = typed.get("sign_in")
        if one:
            operations.end_one_sign_in(here, user, one, by=actor(), at=clock.now())
        else:
            operations.end_sign_ins_of(here, user, by=actor(), at=clock.now())
        here.commit()
    return _back_to(user, "已结束这一处登录。" if one else f"已结束 {user.name} 的全部登录。")


@bp.post("/o/<organisation>/users/<username>/closing")
@allow(admin)
def disable(username: str) -> Any:
    """Disable an account, except one's own."""
    with writing() as here:
        user = user_or_404(username)
        if user.id == actor().id:
            abort(409, "不能停用自己的账号。")
        operations.disable(here, user, by=actor(), at=clock.now())
        here.commit()
    return _back_to(user, f"已停用 {user.name} 的账号。")


@bp.post("/o/<organisation>/users/<username>/opening")
@allow(admin)
def enable(username: str) -> Any:
    """Enable a disabled account."""
    with writing() as here:
        user = user_or_404(username)
        operations.enable(here, user, by=actor(), at=clock.now())
        here.commit()
    return _back_to(user, f"已启用 {user.name} 的账号。")


def _back_to(user: User, sentence: str) -> Any:
    flash(sentence)
    return redirect(url_for("accounts.user", username=user.username), 303)


def user_or_404(username: str) -> User:
    """The user of the organisation that the URL names."""
    user = queries.user_named(db.session(), username)
    if user is None:
        abort(404)
    return user
