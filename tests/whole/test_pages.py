"""Every page that anybody may open: whole, labelled, and without a way that leads nowhere."""

import html
import re
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit
from xml.etree.ElementTree import Element

import pytest
from werkzeug.exceptions import HTTPException

from tests import markup
from tests.markup import Page, words
from tests.whole.routes import PEOPLE, STRANGER, Walk, at, refusal, routes, told, who_is_granted

PUBLIC = "http://127.0.0.1:8000/"
"""Where the city of these tests is reached: a code on paper carries its whole address."""

TYPED = {"input", "select", "textarea"}
LOOKING = (
    *(name for name in PEOPLE if name.startswith("city-")),
    "ours-reporter",
    "ours-reviewer",
    "base-reporter",
    STRANGER,
)
"""One person for each role, and those whose pages differ from theirs."""

UNLABELLED = {"hidden", "submit", "button", "image", "reset"}


@pytest.mark.parametrize("person", LOOKING)
def test_every_page_and_everything_it_leads_to_is_in_order(walk, crawled, person):
    pages = crawled(person)
    wrong = [
        f"{path}: {fault}"
        for path, answer in pages.items()
        for fault in (*page_faults(answer), *form_faults(walk, person, path, answer))
    ]

    assert not wrong, told(wrong)
    assert len(pages) >= (2 if person == STRANGER else 5)


def test_every_page_is_reached_by_following_links(walk, crawled):
    reached = {kind_of(walk, path)[0] for person in LOOKING for path in crawled(person)}
    pages = {route.endpoint for route in routes(walk.city.app) if route.method == "GET"}

    assert pages - reached == NOT_LINKED


NOT_LINKED = {
    "accounts.confirm_link",
    "accounts.open_link",
    "consolidation.made_workbook",
    "healthz",
    "reports.amount_words",
    "static",
    "status.rows",
}
"""What no link leads to: a sign of life, files, what pages fetch for themselves, what comes by
mail or on paper, and the file at the end of a long export, which begins with a button."""


@pytest.fixture(scope="module")
def crawled(walk: Walk) -> Callable[[str], dict[str, Any]]:
    """The pages that a person finds, opened once."""
    return cache(lambda person: dict(crawl(walk, person)))


def crawl(walk: Walk, person: str) -> Iterator[tuple[str, Any]]:
    """Every page that a person finds by following links from the first one.

    Of pages that differ in their item or in what they are asked, one of a kind is opened.
    """
    waiting, seen = deque(["/"]), set()
    while waiting:
        path = waiting.popleft()
        answer = walk.request(person, "GET", path)
        yield path, answer
        for target in [answer.headers.get("Location", ""), *links(answer)]:
            there = urljoin(path, target).partition("#")[0]
            kind = kind_of(walk, there)
            if kind not in seen and not there.startswith("/static/"):
                seen.add(kind)
                waiting.append(there)


def links(answer: Any) -> list[str]:
    """Where the links of a page lead."""
    if answer.mimetype != "text/html":
        return []
    return [html.unescape(target) for target in LINK.findall(answer.text)]


LINK = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]*)\"")


def kind_of(walk: Walk, path: str) -> tuple[str, ...]:
    """What pages have in common that one test of them is enough; the path where it is nowhere."""
    there = urlsplit(path)
    try:
        endpoint, values = walk.city.app.url_map.bind("localhost").match(there.path)
    except HTTPException:
        return (path,)
    asked = sorted(parse_qs(there.query))
    campaign = values.get("campaign", values.get("planned", ""))
    return (endpoint, values.get("organisation", ""), campaign, *asked)


def page_faults(answer: Any) -> Iterator[str]:
    """What is wrong with a page itself."""
    if answer.status_code not in {200, 303}:
        yield f"is {answer.status_code}"
    if answer.mimetype == "text/html" and answer.status_code == 200:
        try:
            markup.check(answer.text)
        except Exception as error:
            yield f"{type(error).__name__}: {error}".splitlines()[0]
        page = Page.of(answer.text)
        yield from unlabelled(page)
        yield from (f"<{e.tag}> without a name" for e in page.elements() if is_nameless(e))
        yield from (f"leads to {link}" for link in links(answer) if not is_ours(link))
        if page.root.get("lang") != "zh-CN":
            yield "is not said to be Chinese"


def is_ours(link: str) -> bool:
    """Whether a link stays inside the portal."""
    there = urlsplit(link.removeprefix(PUBLIC))
    return not there.netloc and there.scheme in {"", "tel", "mailto"}


def unlabelled(page: Page) -> Iterator[str]:
    """The fields of a page that no label names."""
    named = {element.get("for") for element in page.elements() if element.tag == "label"}
    inside = {
        id(field)
        for element in page.elements()
        if element.tag == "label" and words(element)
        for field in element.iter()
    }
    for element in page.elements():
        if element.tag in TYPED and element.get("type", "text") not in UNLABELLED:
            labelled = element.get("aria-label") or element.get("aria-labelledby")
            if not labelled and element.get("id") not in named and id(element) not in inside:
                yield f"{element.tag} {element.get('name')} has no label"


def is_nameless(element: Element) -> bool:
    """Whether something to press, or a picture, has no words at all."""
    if element.tag == "img":
        return element.get("alt") is None
    pressed = element.tag in {"a", "button"}
    return pressed and not words(element) and not element.get("aria-label")


def form_faults(walk: Walk, person: str, path: str, answer: Any) -> Iterator[str]:
    """Forms of a page that lead to no view, or to one that refuses this person."""
    if answer.mimetype != "text/html":
        return
    for form in Page.of(answer.text).elements():
        if form.tag == "form":
            method = form.get("method", "get").upper()
            target = urlsplit(urljoin(path, form.get("action", ""))).path
            yield from destination_faults(walk, person, method, target)
            if method == "POST" and not has_token(form):
                yield f"the form to {target} has no token"


def has_token(form: Element) -> bool:
    """Whether a form posts its session's token."""
    return any(field.get("name") == "csrf_token" and field.get("value") for field in form.iter())


def destination_faults(walk: Walk, person: str, method: str, target: str) -> Iterator[str]:
    """What is wrong with where a form leads."""
    try:
        url, values = walk.city.app.url_map.bind("localhost").match(
            target, method=method, return_rule=True
        )
    except HTTPException:
        yield f"a form leads to {method} {target}, which is nowhere"
        return
    route = next(
        one for one in routes(walk.city.app) if one.url.rule == url.rule and method in one.methods
    )
    status = refusal(route, person, values.get("organisation", ""))
    if status is not None:
        yield f"a form leads to {method} {target}, which answers {status}"


def test_a_page_that_is_not_found_is_whole_too(walk):
    for person in PEOPLE:
        markup.check(walk.request(person, "GET", "/nowhere").text)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_a_view_answers_is_whole(walk, method):
    wrong = []
    for route in routes(walk.city.app):
        if route.method == method and route.endpoint != "static":
            for person in (who_is_granted(route)[0], STRANGER):
                answer = walk.request(person, method, route.path(at(route)), route.example.fields)
                walk.put_right()
                wrong += [
                    f"{route.endpoint} by {person}: {fault}" for fault in refusal_faults(answer)
                ]

    assert not wrong, told(wrong)


def refusal_faults(answer: Any) -> list[str]:
    """What is wrong with the markup of an answer of any status."""
    if answer.mimetype != "text/html" or answer.status_code in {303, 308}:
        return []
    try:
        markup.check(answer.text)
    except Exception as error:
        return [str(error).splitlines()[0]]
    return []
