"""Logs: whatever is asked of whichever view, no line holds what was typed or whom it is about."""

import logging

import pytest

from portal.web.request_log import JsonLines, TextLines
from tests.whole.marked_city import ACCOUNTS, LINK, PASSWORD, PLACES
from tests.whole.routes import Walk, at, routes, told, who_is_granted

TYPED = "zxqtyped王小明420704199001011234"
"""What somebody types into every field: a name and a number that no log may hold."""

FORMATTERS = (TextLines(), JsonLines())


@pytest.fixture
def written(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that any logger says from now on."""
    caplog.set_level(logging.INFO)
    caplog.clear()
    return caplog


def faults(walk: Walk, caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines with something in them that belongs into no log."""
    secret = [TYPED, PASSWORD, LINK, *ACCOUNTS, *walk.tokens.values()]
    secret += [place.canary for place in PLACES] + [place.name for place in PLACES]
    lines = [form.format(record) for record in caplog.records for form in FORMATTERS]
    return [line for line in lines if any(word in line for word in secret)]


def test_no_view_writes_what_was_typed_or_whom_it_is_about(walk, written):
    asked = routes(walk.city.app)
    for route in asked:
        person, organisation = who_is_granted(route)[0], at(route)
        path = f"{route.path(organisation)}?q={TYPED}&name={TYPED}"
        fields = dict.fromkeys(("name", *route.example.fields), TYPED)
        walk.request(person, route.method, path, fields, {"Referer": f"http://localhost/?{LINK}"})
        if walk.changed():
            walk.put_right()

    assert sum(one.name == "portal.requests" for one in written.records) == len(asked)
    assert not (wrong := faults(walk, written)), told(wrong)


def test_a_mistyped_link_and_a_mistyped_sign_in_leave_no_trace(walk, written):
    for path in (f"/sign-in-links/{LINK}", f"/sign-in-links/{LINK}/", f"/sign-in-link/{LINK}"):
        walk.request("stranger", "GET", path)
    walk.request("stranger", "POST", "/login", {"username": PASSWORD, "password": PASSWORD})
    walk.put_right()

    assert written.records
    assert not (wrong := faults(walk, written)), told(wrong)
