"""Views of importing an edition: preview a file, then confirm it."""

import json
from typing import Any

from flask import flash, redirect, render_template, request

from portal import clock
from portal.access.rules import allow, city_admin
from portal.domain.drafting.difference import difference
from portal.domain.drafting.document import MAX_BYTES, Document, read_document
from portal.domain.form.form import FormError, parse_form
from portal.forms import operations, queries
from portal.forms.operations import Stale
from portal.forms.views import at_edition, bp, by, editions_page, revision_in_form
from portal.storage.db import db, writing


@bp.post("/imports")
@allow(city_admin)
def preview_import() -> Any:
    """The page that previews a file; nothing is saved."""
    file = request.files.get("file")
    content = file.stream.read(MAX_BYTES + 1) if file else b""
    try:
        if not content:
            raise FormError(["请选择一个表样文件（JSON）"])
        document = _usable(read_document(content))
    except FormError as refused:
        return editions_page(problems=refused.problems), 422
    return _preview(document)


def _usable(document: Document) -> Document:
    form = parse_form(document)
    operations.require_name(form)
    found = queries.find(db.session(), form.id, form.version)
    if found and not found.is_draft and found.document != document:
        sentence = f"{found.name} 已经发布，不能改动；内容不同的请在文件里改用新的版次"
        raise FormError([sentence])
    return document


def _preview(document: Document) -> str:
    session = db.session()
    form = parse_form(document)
    there = queries.find(session, form.id, form.version)
    base = there or next(
        (each for each in queries.editions(session) if each.edition.form == form.id), None
    )
    return render_template(
        "forms/import.html",
        form=form,
        there=there,
        base=base,
        difference=difference(base.document, document) if base else None,
        document=json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        revision=there.edition.revision if there else 0,
    )


@bp.post("/confirmed-imports")
@allow(city_admin)
def confirm_import() -> Any:
    """Save the previewed document as a draft."""
    try:
        document = read_document(request.form.get("document", "").encode("utf-8", "replace"))
        with writing() as session:
            edition = operations.bring_in(
                session, document, revision_in_form(), by=by(), at=clock.now()
            )
            session.commit()
    except FormError as refused:
        return editions_page(problems=refused.problems), 422
    except Stale as stale:
        return editions_page(stale=stale.sentence), 409
    flash(f"已导入 {edition.form} {edition.version}。")
    return redirect(at_edition(edition.form, edition.version), 303)
