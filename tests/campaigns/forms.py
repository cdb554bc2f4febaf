"""Forms as a browser would post them: every field as the page has it, some typed anew."""

from typing import Any
from xml.etree.ElementTree import Element

from werkzeug.test import TestResponse

from portal.access import tenancy
from portal.register.units import Unit, found_organisations
from portal.storage.db import writing
from tests.cast import Character, City
from tests.founding import BY, NOW
from tests.markup import Page

PLANS = "/o/shizong/campaigns"


def fields_of(page: Page, action: str) -> dict[str, str]:
    """The fields of the first form that posts to `action`, but for the token."""
    for form in page.elements():
        if form.get("method") == "post" and form.get("action", "").partition("?")[0] == action:
            named = {name: text for name, text in map(_field, form.iter()) if name}
            named.pop("csrf_token", None)
            return named
    raise AssertionError(f"no form posts to {action}")


def _field(element: Element) -> tuple[str, str]:
    name = element.get("name", "")
    if not name or "disabled" in element.attrib:
        return "", ""
    if element.tag == "select":
        options = list(element.iter("option"))
        chosen = next((o for o in options if "selected" in o.attrib), options[0])
        return name, chosen.get("value", "".join(chosen.itertext()).strip())
    if element.tag == "textarea":
        return name, (element.text or "").removeprefix("\n")
    if element.get("type") in ("checkbox", "radio") and "checked" not in element.attrib:
        return "", ""
    return name, element.get("value", "on")


def post_form(
    person: Character, page: str, action: str = "", without: tuple[str, ...] = (), **typed: Any
) -> TestResponse:
    """Open a page, type into one of its forms (``echeng__allocated``), and press its button."""
    action = action or page.partition("?")[0]
    fields = fields_of(person.page(page), action)
    fields |= {name.replace("__", "."): text for name, text in typed.items()}
    return person.post(action, **{n: t for n, t in fields.items() if n not in without})


def plan(code: str, below: str = "/plan") -> str:
    """The address of a page of a campaign's planning."""
    return f"{PLANS}/{code}{below}"


def found_later(city_app: City, *units: Unit) -> None:
    """Found units after the campaign was published."""
    with city_app.app.app_context(), tenancy.opening() as door, writing(door) as session:
        found_organisations(session, units, by=BY, at=NOW)
        session.commit()
