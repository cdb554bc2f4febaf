"""A draft: the data of an edition being changed, each change a new document and never half a one.

Every change answers a whole document or raises `FormError` with sentences; the one it began
from is never touched. What follows from a change (a formula over an item that is gone) is
asked of `parse_form`, which holds the whole together.
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
"""What was typed, by the name of its field."""


def checked(document: Document) -> Document:
    """The document itself; raises `FormError` when it is no usable form."""
    require_shape(document)
    parse_form(document)
    return document


def one_line(text: str) -> str:
    """The text on one line, without signs that nobody sees."""
    return re.sub(r" *\n *| {2,}", " ", several_lines(text))


def several_lines(text: str) -> str:
    """The text with its lines, without signs that nobody sees."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return UNSEEN.sub("", lines).strip()


def as_code(text: str) -> str:
    """A code as it was meant: half-width, in capitals."""
    return unicodedata.normalize("NFKC", one_line(text)).upper()


def as_whole(text: str, called: str) -> int:
    """A whole number not below 0; raises `FormError` when the text is none."""
    plain = unicodedata.normalize("NFKC", one_line(text)).replace(",", "")
    if not re.fullmatch(r"[0-9]{1,8}", plain):
        raise FormError([f"{called}应为整数，不能是“{one_line(text)[:20]}”"])
    return int(plain)


def put(holder: dict[str, Any], name: str, value: Any) -> None:
    """Set a value; one that says nothing is left out of the document."""
    if value in (None, "", [], ()):
        holder.pop(name, None)
    else:
        holder[name] = value


def copied(document: Document, version: str, title: str, *, from_last_year: bool) -> Document:
    """The draft of a new edition; with `from_last_year` each item is compared with its original.

    Else the copy is compared with what its original was compared with.
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
    """Another title, other lines around the table, another 填报说明 of the whole form.

    The fields are `title`, `annex`, `unit_line`, `guide`, and `signatures` and `paper_notes`
    with a line each; notes that are not among the fields stay as they are.
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
    """One more unit to count in, such as 户; money is always 万元."""
    draft = deepcopy(document)
    name = one_line(name)
    if not name:
        raise FormError(["请填写计量单位的名称"])
    if name in draft["units"]:
        raise FormError([f"计量单位“{name}”已经有了"])
    draft["units"][name] = {"kind": Kind.COUNT.value, "decimals": 0}
    return checked(draft)


def without_unit(document: Document, name: str) -> Document:
    """The form without a unit that no item is counted in."""
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
    """The item with this code as the document has it."""
    return next(item for item in document["items"] if item["code"] == code)


def in_order(document: Document, items: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Items section by section, in the order in which they come."""
    places = {section["number"]: place for place, section in enumerate(document["sections"])}
    return sorted(items, key=lambda item: places.get(item["section"], len(places)))
