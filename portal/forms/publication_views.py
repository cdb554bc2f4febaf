"""Views of an edition before publication: preview, differences, confirmations, publication."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from portal import clock
from portal.access.rules import allow, city_admin
from portal.domain.form.form import FormError
from portal.forms import operations, paper, queries
from portal.forms.operations import Stale
from portal.forms.queries import Opened
from portal.forms.views import EDITION, at_edition, bp, by, here_or_404, revision_in_form
from portal.storage.db import db, writing
from portal.web.attachments import attachment


@bp.get(f"{EDITION}/preview")
@allow(city_admin)
def preview(form: str, version: str) -> Any:
    """The edition as the page on which units fill it."""
    here = here_or_404(form, version)
    return render_template("forms/preview.html", here=here, sheet=paper.sheet_of(here))


@bp.get(f"{EDITION}/print")
@allow(city_admin)
def print_preview(form: str, version: str) -> Any:
    """The edition as printed."""
    here = here_or_404(form, version)
    return render_template("forms/print.html", here=here, sheet=paper.sheet_of(here))


@bp.get(f"{EDITION}/workbook")
@allow(city_admin)
def workbook(form: str, version: str) -> Any:
    """The edition as a workbook."""
    name, content = paper.workbook_of(here_or_404(form, version))
    return attachment(name, content)


@bp.get(f"{EDITION}/difference")
@allow(city_admin)
def difference(form: str, version: str) -> Any:
    """The page of differences from the edition it was copied from, or from another one."""
    here, session = here_or_404(form, version), db.session()
    return render_template(
        "forms/difference.html",
        here=here,
        compared=queries.compared(session, here, request.args.get("against")),
        siblings=queries.siblings(session, here),
    )


@bp.get(f"{EDITION}/confirmations")
@allow(city_admin)
def confirmations(form: str, version: str) -> Any:
    """The page of the reconstructed items, and who confirmed which on what ground."""
    return _confirmations_page(here_or_404(form, version))


def _confirmations_page(here: Opened, *, problems: list[str] | None = None) -> str:
    return render_template(
        "forms/confirmations.html",
        here=here,
        typed=request.form,
        ticked=request.form.getlist("code"),
        problems=problems or [],
    )


@bp.post(f"{EDITION}/confirmations")
@allow(city_admin)
def confirm(form: str, version: str) -> Any:
    """Confirm the ticked reconstructed items, or `everything`."""
    try:
        with writing() as session:
            here = operations.held(session, form, version) or abort(404)
            every = [item.code for item in here.form.items if item.reconstructed]
            codes = every if "everything" in request.form else request.form.getlist("code")
            statement = request.form.get("statement", "")
            new = operations.confirm(session, here, codes, statement, by=by(), at=clock.now())
            session.commit()
    except FormError as refused:
        return _confirmations_page(here_or_404(form, version), problems=refused.problems), 422
    flash(f"已确认 {len(new)} 行。" if new else "这些行已经确认过了。")
    return redirect(url_for(".confirmations", form=form, version=version), 303)


@bp.get(f"{EDITION}/publication")
@allow(city_admin)
def publication(form: str, version: str) -> Any:
    """The page of what still stops a draft from being published."""
    return _publication_page(here_or_404(form, version))


def _publication_page(here: Opened, *, stale: str = "") -> str:
    session = db.session()
    return render_template(
        "forms/publication.html",
        here=here,
        open_points=queries.open_points(session, here),
        compared=queries.compared(session, here, None),
        stale=stale,
    )


@bp.post(f"{EDITION}/publication")
@allow(city_admin)
def publish(form: str, version: str) -> Any:
    """Publish a draft; it never changes afterwards."""
    try:
        with writing() as session:
            here = operations.held(session, form, version) or abort(404)
            if here.is_draft:
                operations.require_draft(here, revision_in_form())
                operations.publish(session, here, by=by(), at=clock.now())
                session.commit()
    except FormError:
        return _publication_page(here_or_404(form, version)), 422
    except Stale as stale:
        return _publication_page(here_or_404(form, version), stale=stale.sentence), 409
    flash(f"已发布 {here.edition.form} {here.edition.version}，填报任务可以使用它了。")
    return redirect(at_edition(form, version), 303)
