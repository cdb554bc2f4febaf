"""Views of form editions: the list, one edition, copies, export of the data."""

from collections.abc import Callable
from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)

from portal import clock
from portal.access.actor import Actor
from portal.access.identity import actor
from portal.access.rules import allow, city_admin
from portal.domain.checks.kinds import CHECK_KINDS
from portal.domain.drafting.checks import kinds_left
from portal.domain.drafting.document import Document
from portal.domain.form.form import FormError
from portal.forms import operations, queries
from portal.forms.operations import Stale
from portal.forms.queries import Opened
from portal.storage.db import db, writing
from portal.web.attachments import attachment
from portal.web.form_fields import number_in

bp = Blueprint("forms", __name__, url_prefix="/o/<organisation>/forms")

EDITION = "/<form>/<version>"


@bp.get("")
@allow(city_admin)
def editions() -> Any:
    """The page with all form editions and the import."""
    return editions_page()


def editions_page(*, problems: list[str] | None = None, stale: str = "") -> str:
    """The list, with the problems of a file that could not be imported."""
    return render_template(
        "forms/editions.html",
        editions=queries.editions(db.session()),
        problems=problems or [],
        stale=stale,
    )


@bp.get(EDITION)
@allow(city_admin)
def edition(form: str, version: str) -> Any:
    """The page of one edition: its items, its checks, what can be done with it."""
    return edition_page(here_or_404(form, version))


def edition_page(
    here: Opened, *, problems: list[str] | None = None, stale: str = "", copying: bool = False
) -> str:
    """The page of an edition; with `copying` the fields for a copy show what was typed."""
    session = db.session()
    return render_template(
        "forms/edition.html",
        here=here,
        kinds=CHECK_KINDS,
        kinds_left=kinds_left(here.document),
        history=queries.history(session, here.edition),
        open_points=queries.open_points(session, here),
        typed=request.form if copying else {},
        problems=problems or [],
        stale=stale,
    )


@bp.post(f"{EDITION}/copies")
@allow(city_admin)
def copy(form: str, version: str) -> Any:
    """Copy an edition into a new draft."""
    new = request.form.get("new_version", "").strip()
    try:
        with writing() as session:
            here = operations.held(session, form, version) or abort(404)
            draft = operations.copy(
                session,
                here,
                new,
                request.form.get("new_title", ""),
                from_last_year=request.form.get("compared_with") == "this",
                by=by(),
                at=clock.now(),
            )
            session.commit()
    except FormError as refused:
        page = edition_page(here_or_404(form, version), problems=refused.problems, copying=True)
        return page, 422
    flash(f"已复制为草稿 {draft.version}，可以开始修改。")
    return redirect(at_edition(draft.form, draft.version), 303)


@bp.post(f"{EDITION}/removal")
@allow(city_admin)
def remove(form: str, version: str) -> Any:
    """Delete a draft that no campaign uses."""
    try:
        with writing() as session:
            here = operations.held(session, form, version) or abort(404)
            operations.require_draft(here, revision_in_form())
            operations.remove(session, here, by=by(), at=clock.now())
            session.commit()
    except Stale as stale:
        return edition_page(here_or_404(form, version), stale=stale.sentence), 409
    flash(f"已删除草稿 {here.edition.form} {here.edition.version}。")
    return redirect(url_for(".editions"), 303)


@bp.get(f"{EDITION}/document")
@allow(city_admin)
def document(form: str, version: str) -> Any:
    """The edition's data as a JSON file, byte for byte as stored."""
    here = here_or_404(form, version)
    name = f"{here.edition.form}-{here.edition.version}.json"
    return attachment(name, here.edition.document.encode(), "application/json")


def here_or_404(form: str, version: str) -> Opened:
    """The edition in the URL, or 404."""
    return queries.find(db.session(), form, version) or abort(404)


def by() -> Actor:
    """The signed-in person as the actor of the trail."""
    person = actor()
    return Actor(person.name, person.id)


def revision_in_form() -> int:
    """The draft's revision that the page showed; 0, which no draft has, where it is missing."""
    return number_in(request.form.get("revision", "")) or 0


def changed(
    form: str,
    version: str,
    act: Callable[[Opened], Document],
    page: Callable[..., str],
    back: str,
) -> Any:
    """Apply one change to a draft and redirect to `back`, or show `page` with what was typed.

    `act` returns the changed document, or raises `FormError` with what is wrong (422); a draft that
    changed since the page was shown is answered 409.
    """
    try:
        with writing() as session:
            here = operations.held(session, form, version) or abort(404)
            operations.require_draft(here, revision_in_form())
            document = act(here)
            is_new = operations.keep(session, here, document, by=by(), at=clock.now())
            session.commit()
    except FormError as refused:
        return page(here_or_404(form, version), problems=refused.problems), 422
    except Stale as stale:
        return page(here_or_404(form, version), stale=stale.sentence), 409
    flash("已保存。" if is_new else "没有改动。")
    return redirect(back, 303)


def at_edition(form: str, version: str, anchor: str | None = None) -> str:
    """The URL of an edition's page."""
    return url_for("forms.edition", form=form, version=version, _anchor=anchor)
