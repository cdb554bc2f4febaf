"""The sections of a draft: add, rename, move and remove them; numbers follow the order."""

from copy import deepcopy

from portal.domain.drafting.document import Document
from portal.domain.drafting.draft import checked, in_order, one_line
from portal.domain.form.form import FormError


def with_section(document: Document, title: str) -> Document:
    """Add a section at the end; raises `FormError` for a wrong title."""
    draft = deepcopy(document)
    number = max((section["number"] for section in draft["sections"]), default=0) + 1
    draft["sections"].append({"number": number, "title": _title(draft, title)})
    return _numbered(draft)


def with_section_renamed(document: Document, number: int, title: str) -> Document:
    """Rename a section; raises `FormError` for a wrong title."""
    draft = deepcopy(document)
    section = next(section for section in draft["sections"] if section["number"] == number)
    section["title"] = _title(draft, title, but=number)
    return checked(draft)


def _title(draft: Document, title: str, *, but: int | None = None) -> str:
    title = one_line(title)
    if not title:
        raise FormError(["请填写这一部分的名称"])
    if any(one["title"] == title and one["number"] != but for one in draft["sections"]):
        raise FormError([f"“{title}”这一部分已经有了"])
    return title


def with_section_moved(document: Document, number: int, steps: int) -> Document:
    """Move a section with its items by `steps` places, up if negative; raises `FormError`."""
    draft = deepcopy(document)
    sections = draft["sections"]
    place = next(at for at, section in enumerate(sections) if section["number"] == number)
    section = sections.pop(place)
    sections.insert(max(place + steps, 0), section)
    return _numbered(draft)


def without_section(document: Document, number: int) -> Document:
    """Remove an empty section; raises `FormError` while it has items."""
    draft = deepcopy(document)
    items = [item["code"] for item in draft["items"] if item["section"] == number]
    if items:
        raise FormError([f"这一部分还有 {'、'.join(items)}，请先移到别的部分或删除"])
    if len(draft["sections"]) == 1:
        raise FormError(["表样至少要有一个部分"])
    draft["sections"] = [one for one in draft["sections"] if one["number"] != number]
    return _numbered(draft)


def _numbered(draft: Document) -> Document:
    """Renumber the sections from 1, and the items' section numbers with them."""
    numbers = {section["number"]: at for at, section in enumerate(draft["sections"], 1)}
    draft["items"] = in_order(draft, draft["items"])
    for item in draft["items"]:
        item["section"] = numbers[item["section"]]
    for section in draft["sections"]:
        section["number"] = numbers[section["number"]]
    return checked(draft)
