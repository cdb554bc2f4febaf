"""A draft: the data of an edition under change; each change returns a new, complete document.

Every change either returns a usable document or raises `FormError` with sentences; the original
is never modified. `parse_form` checks the consequences of a change, such as a formula that names
a removed item.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from portal.domain.drafting.document import UNSEEN, Document, require_shape
from portal.domain.figures import Kind
from portal.domain.form.form import FormError, parse_form

Typed = Mapping[str, str]
"""Typed texts by field."""


def checked(document: Document) -> Document:
    """The document unchanged; raises `FormError` when it is no usable form."""
    require_shape(document)
    parse_form(document)
    return document


def one_line(text: str) -> str:
    """The text on one line, without invisible characters."""
    return re.sub(r" *\n *| {2,}", " ", several_lines(text))


def several_lines(text: str) -> str:
    """The text with its line breaks, without invisible characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return UNSEEN.sub("", lines).strip()


def as_code(text: str) -> str:
    """A typed code, half-width and in capitals."""
    return unicodedata.normalize("NFKC", one_line(text)).upper()


def as_whole(text: str, called: str) -> int:
    """Parse a whole number ≥ 0; raises `FormError` when the text is none."""
    plain = unicodedata.normalize("NFKC", one_line(text)).replace(",", "")
    if not re.fullmatch(r"[0-9]{1,8}", plain):
        raise FormError([f"{called}应为整数，不能是“{one_line(text)[:20]}”"])
    return int(plain)


def put(holder: dict[str, Any], name: str, value: Any) -> None:
    """Set a value; an empty value is removed from the document."""
    if value in (None, "", [], ()):
        holder.pop(name, None)
    else:
        holder[name] = value


def copied(document: Document, version: str, title: str, *, from_last_year: bool) -> Document:
    """Copy an edition as a new draft; raises `FormError` when the copy is no usable form.

    With `from_last_year` each item's counterpart is its original; otherwise the counterparts of
    the original are kept.
    """
    copy = deepcopy(document)
    copy |= {"version": version.strip(), "title": one_line(title), "copied_from": copy["version"]}
    if from_last_year:
        copy["previous_edition"] = document["version"]
        for item in copy["items"]:
            item["previous"] = item["code"]
    return checked(copy)


HEAD_LINES = {"annex": "top_left", "unit_line": "right"}


def with_head(document: Document, typed: Typed) -> Document:
    """Change the title, the lines around the table and the 填报说明 of the whole form.

    The fields are `title`, `annex`, `unit_line`, `guide`, and `signatures` and `paper_notes` with
    one per line; notes that are not among the fields are kept. Raises `FormError` with every
    wrong field.
    """
    draft = deepcopy(document)
    draft["title"] = one_line(typed.get("title", ""))
    head = draft.setdefault("head", {})
    for field, name in HEAD_LINES.items():
        head[name] = one_line(typed.get(field, ""))
    draft["footer"] = _lines(typed.get("signatures", ""))
    if "paper_notes" in typed:
        put(draft, "paper_notes", _lines(typed["paper_notes"]))
    put(draft, "note", several_lines(typed.get("guide", "")))
    if not draft["title"]:
        raise FormError(["请填写标题"])
    return checked(draft)


def _lines(text: str) -> list[str]:
    return [line for line in map(one_line, several_lines(text).split("\n")) if line]


def with_unit(document: Document, name: str) -> Document:
    """Add a unit of counts, such as 户; raises `FormError` for a wrong or taken name."""
    draft = deepcopy(document)
    name = one_line(name)
    if not name:
        raise FormError(["请填写计量单位的名称"])
    if name in draft["units"]:
        raise FormError([f"计量单位“{name}”已经有了"])
    draft["units"][name] = {"kind": Kind.COUNT.value, "decimals": 0}
    return checked(draft)


def without_unit(document: Document, name: str) -> Document:
    """Remove a unit; raises `FormError` while an item uses it."""
    draft = deepcopy(document)
    users = [item["code"] for item in draft["items"] if item["unit"] == name]
    if users:
        raise FormError([f"计量单位“{name}”还用在 {'、'.join(users)}，不能去掉"])
    if draft["units"].pop(name, None) is None:
        raise FormError([f"没有计量单位“{name}”"])
    for check in draft["checks"]:
        check.get("base", {}).pop(name, None)
    return checked(draft)


def item_of(document: Document, code: str) -> dict[str, Any]:
    """The document's item with this code."""
    return next(item for item in document["items"] if item["code"] == code)


def in_order(document: Document, items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort items by section; the order within a section is kept."""
    places = {section["number"]: place for place, section in enumerate(document["sections"])}
    return sorted(items, key=lambda item: places.get(item["section"], len(places)))
