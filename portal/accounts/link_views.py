"""Views of one-time links: what their receiver sees, and the one press that spends a link.

Chat programs open links by themselves, so opening one does nothing: it only leads to an address
without the token, which neither a referrer nor a later page can give away.
"""

from typing import Any

from flask import redirect, render_template, request, session, url_for

from portal import clock
from portal.access import throttle
from portal.access.identity import address, sign_in_door, who
from portal.access.links import find_living
from portal.access.rules import allow, public
from portal.accounts import operations
from portal.accounts.views import bp, carry
from portal.storage.db import writing
from portal.web.errors import refuse

CARRIED = "link"
"""The key of a link's token in the session cookie, between opening a link and confirming it."""

MAX_TOKEN_LENGTH = 100


@bp.get("/sign-in-links/<token>")
@allow(public)
def open_link(token: str) -> Any:
    """Move the token into the session and redirect to an address that does not show it."""
    session[CARRIED] = token[:MAX_TOKEN_LENGTH]
    return redirect(url_for("accounts.confirm_link"), 303)


@bp.get("/sign-in-link")
@allow(public)
def confirm_link() -> Any:
    """The page that asks whether to sign in, and whose link it is; opening it spends nothing."""
    token = session.get(CARRIED)
    if not token:
        return redirect(url_for("accounts.login"), 303)
    with sign_in_door() as door:
        found = find_living(door, token, clock.now())
    if found is None:
        return _opens_nothing()
    link, user, organisation = found
    return render_template(
        "accounts/link.html", token=token, link=link, user=user, organisation=organisation
    )


@bp.post("/sign-in-link")
@allow(public)
def spend_link() -> Any:
    """Sign in by the link and go on to the page for choosing a password."""
    token, here, now = request.form.get(CARRIED, "")[:MAX_TOKEN_LENGTH], address(), clock.now()
    with sign_in_door() as door:
        if throttle.spent(door, throttle.link_keys(here), now):
            return refuse(429)
        with writing(door):
            try:
                _, carried = operations.spend_link(door, token, address=here, at=now)
            except LookupError:
                door.commit()
                session.pop(CARRIED, None)
                return _opens_nothing()
            if before := who():
                operations.end_sign_in(door, before, at=now)
            door.commit()
    carry(carried)
    return redirect(url_for("accounts.change_password"), 303)


def _opens_nothing() -> Any:
    return render_template("accounts/dead_link.html"), 404
