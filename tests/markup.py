"""What every page must be, whoever fetches it: parsed strictly, and looked at as a whole."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from xml.etree.ElementTree import Element

import html5rdf

REFERENCES = ("for", "form", "aria-labelledby", "aria-describedby", "aria-controls")
"""Attributes that name the id of another element."""


@dataclass(frozen=True)
class Page:
    """A page or fragment, found through by the marks of its elements."""

    root: Element

    @classmethod
    def of(cls, text: str) -> "Page":
        """Read a text of HTML; raises html5rdf's error at the first thing that is no HTML."""
        return cls(_parsed(text))

    def all(self, tag: str = "*", **marks: str | None) -> "list[Part]":
        """The elements with these data-marks; None asks only that the mark is there."""
        wanted = {f"data-{name.replace('_', '-')}": mark for name, mark in marks.items()}
        return [
            Part(element)
            for element in self.elements()
            if tag in ("*", element.tag)
            and all(n in element.attrib and m in (None, element.get(n)) for n, m in wanted.items())
        ]

    def one(self, tag: str = "*", **marks: str | None) -> "Part":
        """The only element with these data-marks."""
        found = self.all(tag, **marks)
        assert len(found) == 1, f"{len(found)} elements {tag} with {marks}"
        return found[0]

    def by_id(self, name: str) -> "Part | None":
        """The element with this id, or None."""
        return next((Part(each) for each in self.elements() if each.get("id") == name), None)

    def elements(self) -> Iterator[Element]:
        """Every element; comments have no tag."""
        return (each for each in self.root.iter() if isinstance(each.tag, str))

    @property
    def text(self) -> str:
        """Everything that can be read, on one line."""
        body = self.root.find("body")
        return words(self.root if body is None else body)


@lru_cache(maxsize=32)
def _parsed(text: str) -> Element:
    """The tree of a text; a page is checked when it is fetched and then looked at."""
    if is_whole(text):
        return html5rdf.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    return html5rdf.parse(text, namespaceHTMLElements=False)


class Part(Page):
    """A part of a page."""

    def get(self, attribute: str) -> str:
        """An attribute that must be there."""
        return str(self.root.attrib[attribute])

    def has(self, attribute: str) -> bool:
        """Whether an attribute is there."""
        return attribute in self.root.attrib


APART = {"td", "th", "li", "p", "h1", "h2", "h3", "dt", "dd", "option", "button"}
"""Elements whose text is read apart from what stands beside them."""


def words(element: Element) -> str:
    """The text of an element on one line; comments are not read."""
    return " ".join("".join(_read(element)).split())


def _read(element: Element) -> Iterator[str]:
    if not isinstance(element.tag, str):
        return
    gap = " " if element.tag in APART else ""
    yield gap + (element.text or "")
    for each in element:
        yield from _read(each)
        yield each.tail or ""
    yield gap


def is_whole(text: str) -> bool:
    """Whether this is a page of its own and not a fragment of one."""
    return text.lstrip().lower().startswith("<!doctype")


RANDOM = re.compile(r'((?:csrf_token|nonce)" value=")[^"]*')
_in_order: set[bytes] = set()


def check(text: str) -> None:
    """Fail on what no answer may hold, and on a whole page on what it must have.

    The same page comes back in hundreds of tests, on either engine; it is looked at once.
    """
    mark = sha256(RANDOM.sub(r"\1", text).encode("utf-8", "surrogatepass")).digest()
    if mark not in _in_order:
        _check(text)
        _in_order.add(mark)


def _check(text: str) -> None:
    page = Page.of(text)
    ids = Counter(each.get("id") for each in page.elements() if each.get("id"))
    assert [name for name, times in ids.items() if times > 1] == [], "an id is used twice"
    assert list(_inline(page)) == [], "script or style inside the markup"
    assert list(_without_action(page)) == [], "a form without an action"
    if is_whole(text):
        assert len(page.all("h1")) == 1, "a page has one h1"
        assert [words(one.root) for one in page.all("title")] != [""], "a page has a title"
        assert list(_dangling(page, set(ids))) == [], "a reference leads to no element"


def _inline(page: Page) -> Iterator[str]:
    for each in page.elements():
        if each.tag == "style" or (each.tag == "script" and "src" not in each.attrib):
            yield f"<{each.tag}>"
        yield from (
            f"<{each.tag} {name}>"
            for name in map(str, each.attrib)
            if name == "style" or name.startswith("on")
        )


def _without_action(page: Page) -> Iterator[str]:
    return (
        str(each.attrib)
        for each in page.elements()
        if each.tag == "form" and not each.get("action")
    )


def _dangling(page: Page, ids: set[str]) -> Iterator[str]:
    for each in page.elements():
        for name in REFERENCES:
            yield from (f"{name}={one}" for one in each.get(name, "").split() if one not in ids)
