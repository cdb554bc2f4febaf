"""Views of a draft being edited: its head, items, sections, checks and counterparts."""

from collections.abc import Mapping
from typing import Any

from flask import abort, render_template, request, url_for

from portal.access.rules import allow, city_admin
from portal.domain.checks.kinds import CHECK_KINDS
from portal.domain.drafting.checks import (
    GRADE_WORDS,
    USUAL,
    as_typed,
    check_of,
    with_check,
    without_check,
)
from portal.domain.drafting.counterparts import suggested, with_counterparts, wrong_counterparts
from portal.domain.drafting.document import Document
from portal.domain.drafting.draft import item_of, with_head, with_unit, without_unit
from portal.domain.drafting.items import (
    MEASURES,
    partner_of,
    place_of,
    uses_of,
    with_item,
    with_item_changed,
    with_item_moved,
    with_item_placed,
    without_item,
)
from portal.domain.drafting.sections import (
    with_section,
    with_section_moved,
    with_section_renamed,
    without_section,
)
from portal.domain.form.check_rules import GRADES
from portal.domain.form.form import FormError
from portal.domain.report_state import NotAllowedNow
from portal.forms import queries
from portal.forms.operations import PUBLISHED
from portal.forms.queries import Opened
from portal.forms.views import EDITION, at_edition, bp, changed, edition_page, here_or_404
from portal.storage.db import db
from portal.web.form_fields import number_in

Fields = Mapping[str, str]


def _draft_or_409(form: str, version: str) -> Opened:
    here = here_or_404(form, version)
    if not here.is_draft:
        raise NotAllowedNow(PUBLISHED)
    return here


@bp.get(f"{EDITION}/head")
@allow(city_admin)
def head(form: str, version: str) -> Any:
    """The page of a draft's title, lines around the table, 填报说明 and units."""
    return _head_page(_draft_or_409(form, version))


def _head_page(here: Opened, *, problems: list[str] | None = None, stale: str = "") -> str:
    kept = {
        "title": here.form.title,
        "annex": here.form.annex,
        "unit_line": here.form.unit_line,
        "guide": here.form.note,
        "paper_notes": "\n".join(here.form.paper_notes),
        "signatures": "\n".join(here.form.signatures),
    }
    used = {item.unit.name for item in here.form.items}
    return render_template(
        "forms/head.html",
        here=here,
        typed=kept | (request.form.to_dict() if request.endpoint == "forms.save_head" else {}),
        used=used,
        problems=problems or [],
        stale=stale,
    )


@bp.post(f"{EDITION}/head")
@allow(city_admin)
def save_head(form: str, version: str) -> Any:
    """Save title, lines and 填报说明."""
    return changed(
        form,
        version,
        lambda here: with_head(here.document, request.form),
        _head_page,
        url_for(".head", form=form, version=version),
    )


@bp.post(f"{EDITION}/units")
@allow(city_admin)
def change_units(form: str, version: str) -> Any:
    """Add a unit of measure, or remove one that no item uses."""

    def act(here: Opened) -> Document:
        if removed := request.form.get("remove"):
            return without_unit(here.document, removed)
        return with_unit(here.document, request.form.get("unit_name", ""))

    return changed(
        form,
        version,
        act,
        _head_page,
        url_for(".head", form=form, version=version, _anchor="units"),
    )


@bp.get(f"{EDITION}/new-item")
@allow(city_admin)
def new_item(form: str, version: str) -> Any:
    """The page for a new item in the section asked for."""
    here = _draft_or_409(form, version)
    numbers = {str(section.number) for section in here.form.sections}
    section = request.args.get("section", "")
    return _new_item_page(here, {"section": section if section in numbers else ""})


def _new_item_page(
    here: Opened, typed: Fields | None = None, *, problems: list[str] | None = None, stale: str = ""
) -> str:
    return _item_template(here, None, request.form if typed is None else typed, problems, stale)


def _item_template(
    here: Opened, code: str | None, typed: Fields, problems: list[str] | None, stale: str
) -> str:
    last_year = queries.last_year_of(db.session(), here)
    return render_template(
        "forms/item.html",
        here=here,
        code=code,
        typed=typed,
        partner=partner_of(here.document, code) if code else None,
        place=place_of(here.document, code) if code else None,
        uses=uses_of(here.document, code) if code else [],
        measures=MEASURES,
        last_year=last_year,
        problems=problems or [],
        stale=stale,
    )


@bp.post(f"{EDITION}/items")
@allow(city_admin)
def add_item(form: str, version: str) -> Any:
    """Add an item to a draft."""

    def act(here: Opened) -> Document:
        return _compared_rightly(here, with_item(here.document, request.form), None)

    return changed(form, version, act, _new_item_page, at_edition(form, version, "items"))


def _compared_rightly(here: Opened, document: Document, code: str | None) -> Document:
    """The document itself; raises `FormError` for a counterpart that does not exist.

    `code` is the item's, None for the new one.
    """
    known = {item["code"] for item in here.document["items"]}
    meant = [one for one in document["items"] if one["code"] == code or one["code"] not in known]
    last_year = queries.last_year_of(db.session(), here)
    if last_year and (problems := list(wrong_counterparts({"items": meant}, last_year))):
        raise FormError(problems)
    return document


def _item_or_404(here: Opened, code: str) -> Mapping[str, Any]:
    if code not in here.form.by_code:
        abort(404)
    return item_of(here.document, code)


@bp.get(f"{EDITION}/items/<item>")
@allow(city_admin)
def item(form: str, version: str, item: str) -> Any:
    """The page of one item of a draft."""
    here = _draft_or_409(form, version)
    return _item_page(here, item, _as_typed(_item_or_404(here, item)))


def _as_typed(kept: Mapping[str, Any]) -> dict[str, str]:
    """An item of the document as the fields of its page."""
    return {name: str(value) for name, value in kept.items() if name != "formula"} | {
        "formula": "+".join(kept.get("formula", ()))
    }


def _item_page(
    here: Opened,
    code: str,
    typed: Fields,
    *,
    problems: list[str] | None = None,
    stale: str = "",
) -> str:
    _item_or_404(here, code)
    return _item_template(here, code, typed, problems, stale)


@bp.post(f"{EDITION}/items/<item>")
@allow(city_admin)
def save_item(form: str, version: str, item: str) -> Any:
    """Save an item's label, unit, formula and counterpart."""

    def act(here: Opened) -> Document:
        _item_or_404(here, item)
        document = with_item_changed(here.document, item, request.form)
        return _compared_rightly(here, document, item)

    return changed(
        form,
        version,
        act,
        lambda here, **told: _item_page(here, item, request.form, **told),
        at_edition(form, version, f"item-{item}"),
    )


@bp.post(f"{EDITION}/items/<item>/removal")
@allow(city_admin)
def remove_item(form: str, version: str, item: str) -> Any:
    """Remove an item from a draft, and its uses in formulas and checks where that was ticked."""

    def act(here: Opened) -> Document:
        _item_or_404(here, item)
        return without_item(here.document, item, and_its_uses="uses_too" in request.form)

    def page(here: Opened, **told: Any) -> str:
        return _item_page(here, item, _as_typed(_item_or_404(here, item)), **told)

    return changed(form, version, act, page, at_edition(form, version, "items"))


@bp.post(f"{EDITION}/places")
@allow(city_admin)
def place_item(form: str, version: str) -> Any:
    """Move an item `up` or `down`, or to the typed place of its section."""
    code = request.form.get("up") or request.form.get("down") or request.form.get("moved", "")

    def act(here: Opened) -> Document:
        _item_or_404(here, code)
        if "up" in request.form or "down" in request.form:
            return with_item_moved(here.document, code, -1 if "up" in request.form else 1)
        return with_item_placed(here.document, code, _place(request.form.get("to", "")))

    return changed(form, version, act, edition_page, at_edition(form, version, f"item-{code}"))


def _place(text: str) -> int:
    place = number_in(text.strip())
    if place is None:
        raise FormError(["位置应为 1 起的整数"])
    return place


@bp.get(f"{EDITION}/sections")
@allow(city_admin)
def sections(form: str, version: str) -> Any:
    """The page of a draft's sections."""
    return _sections_page(_draft_or_409(form, version))


def _sections_page(here: Opened, *, problems: list[str] | None = None, stale: str = "") -> str:
    return render_template(
        "forms/sections.html",
        here=here,
        typed=request.form,
        changing=(request.view_args or {}).get("section"),
        problems=problems or [],
        stale=stale,
    )


@bp.post(f"{EDITION}/sections")
@allow(city_admin)
def add_section(form: str, version: str) -> Any:
    """Add a section at the end of a draft."""
    return changed(
        form,
        version,
        lambda here: with_section(here.document, request.form.get("section_title", "")),
        _sections_page,
        url_for(".sections", form=form, version=version),
    )


@bp.post(f"{EDITION}/sections/<int:section>")
@allow(city_admin)
def change_section(form: str, version: str, section: int) -> Any:
    """Rename a section, move it `up` or `down`, or `remove` it when it is empty."""

    def act(here: Opened) -> Document:
        if section not in {one.number for one in here.form.sections}:
            abort(404)
        if "remove" in request.form:
            return without_section(here.document, section)
        if "up" in request.form or "down" in request.form:
            return with_section_moved(here.document, section, -1 if "up" in request.form else 1)
        return with_section_renamed(here.document, section, request.form.get("section_title", ""))

    return changed(
        form, version, act, _sections_page, url_for(".sections", form=form, version=version)
    )


@bp.get(f"{EDITION}/checks/<check>")
@allow(city_admin)
def check(form: str, version: str, check: str) -> Any:
    """The page of one check of a draft, or of a kind of check to be added."""
    return _check_page(_draft_or_409(form, version), check)


def _check_page(
    here: Opened, check: str, *, problems: list[str] | None = None, stale: str = ""
) -> str:
    kind = CHECK_KINDS.get(check) or abort(404)
    is_there = any(rule.id == check for rule in here.form.checks)
    kept = as_typed(check_of(here.document, check)) if is_there else USUAL[check]
    return render_template(
        "forms/check.html",
        here=here,
        kind=kind,
        is_there=is_there,
        typed=kept | (request.form.to_dict() if request.endpoint == "forms.save_check" else {}),
        grades=GRADES,
        grade_words=GRADE_WORDS,
        problems=problems or [],
        stale=stale,
    )


@bp.post(f"{EDITION}/checks/<check>")
@allow(city_admin)
def save_check(form: str, version: str, check: str) -> Any:
    """Add a check to a draft, or change it."""

    def act(here: Opened) -> Document:
        if check not in CHECK_KINDS:
            abort(404)
        return with_check(here.document, check, request.form)

    return changed(
        form,
        version,
        act,
        lambda here, **told: _check_page(here, check, **told),
        at_edition(form, version, "checks"),
    )


@bp.post(f"{EDITION}/checks/<check>/removal")
@allow(city_admin)
def remove_check(form: str, version: str, check: str) -> Any:
    """Remove a check from a draft."""

    def act(here: Opened) -> Document:
        if all(rule.id != check for rule in here.form.checks):
            abort(404)
        return without_check(here.document, check)

    return changed(form, version, act, edition_page, at_edition(form, version, "checks"))


@bp.get(f"{EDITION}/counterparts")
@allow(city_admin)
def counterparts(form: str, version: str) -> Any:
    """The page with each item's 上年对应项; `suggested` fills in items with equal labels."""
    return _counterparts_page(_draft_or_409(form, version))


def _counterparts_page(here: Opened, *, problems: list[str] | None = None, stale: str = "") -> str:
    session = db.session()
    wanted = request.values.get("last_year") or here.document.get("previous_edition")
    last = queries.sibling(session, here, wanted)
    kept = {item["code"]: item.get("previous") or "" for item in here.document["items"]}
    if last and "suggested" in request.args:
        kept |= suggested(here.document, last.form)
    typed = {code: request.form.get(f"previous.{code}", text) for code, text in kept.items()}
    return render_template(
        "forms/counterparts.html",
        here=here,
        last=last,
        siblings=queries.siblings(session, here),
        wanted=wanted,
        typed=typed,
        problems=problems or [],
        stale=stale,
    )


@bp.post(f"{EDITION}/counterparts")
@allow(city_admin)
def save_counterparts(form: str, version: str) -> Any:
    """Save the 上年对应项 of all items."""

    def act(here: Opened) -> Document:
        wanted = request.form.get("last_year", "")
        last = queries.sibling(db.session(), here, wanted)
        if wanted and last is None:
            raise FormError([f"没有版次 {wanted[:32]}，请重新选择上年的版次"])
        chosen = {
            name.removeprefix("previous."): text
            for name, text in request.form.items()
            if name.startswith("previous.")
        }
        return with_counterparts(here.document, last.form if last else None, chosen)

    return changed(
        form,
        version,
        act,
        _counterparts_page,
        url_for(".counterparts", form=form, version=version),
    )
