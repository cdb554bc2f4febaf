"""All routes × all roles × own, foreign and missing: refused as the domain says, or granted.

What is refused changes no row and shows nothing of anybody; what is granted shows nothing of
those whom the person may not see.
"""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from portal.models import Base
from tests.whole.marked_city import DRAFT, PLACES, MarkedCity, without_tokens
from tests.whole.routes import (
    EXAMPLES,
    NOT_THERE,
    PEOPLE,
    STRANGER,
    Route,
    Walk,
    at,
    everything_in,
    hidden_from,
    is_sentence,
    refusal,
    routes,
    told,
    who_is_granted,
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")
ORGANISATIONS = (*(place.code for place in PLACES), "nowhere")
GRANTED = {200, 303}
GRANTED_BUT_NOT_NOW = GRANTED | {409, 422}


def test_every_view_that_takes_posts_has_an_example(walk):
    known = {route.endpoint for route in routes(walk.city.app)}
    taking = {route.endpoint for route in routes(walk.city.app) if route.method == "POST"}

    assert taking <= set(EXAMPLES) <= known


@pytest.mark.parametrize("person", PEOPLE)
def test_a_request_is_refused_or_granted_as_the_domain_says(walk, person):
    wrong = []
    for route in routes(walk.city.app):
        for organisation in ORGANISATIONS if route.of_organisation else [""]:
            for method in methods_asked(route, organisation):
                wrong += trouble(walk, route, person, organisation, method)

    assert not wrong, told(wrong)


def methods_asked(route: Route, organisation: str) -> list[str]:
    """The methods to ask with; HEAD is GET without its body, and one organisation shows that."""
    apart = {"OPTIONS"} if organisation in {"", "echeng"} else {"OPTIONS", "HEAD"}
    return sorted(route.methods - apart)


def trouble(walk: Walk, route: Route, person: str, organisation: str, method: str) -> list[str]:
    """What is wrong with the answer to one request."""
    expected = refusal(route, person, organisation)
    answer = walk.request(person, method, route.path(organisation), route.example.fields)
    changed, text = walk.changed(), everything_in(answer)
    if changed:
        walk.put_right()
    found = [f"shows {canary}" for canary in hidden_from(person) if canary in text]
    if expected is not None:
        found += [f"is {answer.status_code}, not {expected}"] * (answer.status_code != expected)
        found += ["was refused and changed rows"] * changed
    else:
        found += [f"is {answer.status_code}"] * (answer.status_code not in GRANTED_BUT_NOT_NOW)
        found += ["only reads and changed rows"] * (changed and method != "POST")
    return [f"{method} {route.path(organisation)} by {person} {fault}" for fault in found]


def test_every_view_grants_its_example_to_everybody_who_may(walk):
    wrong, granted = [], set()
    for route in routes(walk.city.app):
        for person in who_is_granted(route):
            answer = walk.granted(person, route, at(route))
            walk.put_right()
            granted.add(route.endpoint)
            if answer.status_code not in GRANTED:
                wrong.append(f"{route.endpoint} by {person} is {answer.status_code}")

    assert not wrong, told(wrong)
    assert granted == set(walk.city.app.view_functions)


@pytest.mark.parametrize("person", ["ours-reporter", "city-admin", STRANGER])
def test_a_method_that_no_view_knows_is_answered_405(walk, person):
    known: dict[str, set[str]] = {}
    paths: dict[str, str] = {}
    for route in routes(walk.city.app):
        known.setdefault(route.url.rule, set()).update(route.methods)
        paths[route.url.rule] = route.path("echeng")

    wrong = []
    for rule, methods in known.items():
        path = paths[rule]
        for method in sorted({*METHODS} - methods - {"OPTIONS"}):
            answer = walk.request(person, method, path)
            if answer.status_code != 405 or walk.changed() or not is_sentence(answer, method):
                wrong.append(f"{method} {path} is {answer.status_code}")

    assert not wrong, told(wrong)


@pytest.mark.parametrize("argument", [*NOT_THERE, "organisation"])
def test_what_is_not_there_is_answered_404(walk, argument):
    wrong = []
    for route in routes(walk.city.app):
        if argument not in route.url.arguments:
            continue
        person = who_is_granted(route)[0]
        for value in NOT_THERE.get(argument, NO_ORGANISATION):
            path = route.path(**{"organisation": at(route), argument: value})
            answer = walk.request(person, route.method, path, route.example.fields)
            if answer.status_code != 404 or walk.changed() or not is_sentence(answer, route.method):
                wrong.append(f"{route.method} {path[:120]} is {answer.status_code}")

    assert not wrong, told(wrong)


NO_ORGANISATION = ("nowhere", "ECHENG", "echeng%20", "%00", "x" * 300, "..", "2")


@pytest.mark.parametrize("person", ["ours-reporter", "ours-admin", "ours-reviewer"])
def test_a_foreign_organisation_answers_like_a_missing_one(walk, person):
    wrong = []
    for route in routes(walk.city.app):
        if route.of_organisation:
            foreign, missing = (
                walk.request(person, route.method, route.path(code), route.example.fields)
                for code in ("gedian", "nowhere")
            )
            if told_apart(foreign, missing):
                wrong.append(f"{route.method} {route.path('gedian')}")

    assert not wrong, told(wrong)


@pytest.mark.parametrize(
    ("argument", "there", "missing"),
    [("campaign", DRAFT, "1999-spring"), ("username", "next-reporter", "nobody")],
)
def test_a_hidden_thing_answers_like_a_missing_one(walk, argument, there, missing):
    wrong = []
    for route in routes(walk.city.app):
        if argument in route.url.arguments:
            person = who_is_granted(route)[0]
            answers = [
                walk.request(person, route.method, route.path(at(route), **{argument: value}))
                for value in (there, missing)
            ]
            if told_apart(*answers):
                wrong.append(f"{route.method} {route.path(at(route))}")

    assert not wrong, told(wrong)


def told_apart(one: Any, other: Any) -> bool:
    """Whether two answers differ in anything but their tokens and ids."""
    unlike = {"Set-Cookie": "", "X-Request-Id": ""}
    heads = [{**answer.headers, **unlike} for answer in (one, other)]
    return (
        one.status_code != other.status_code
        or heads[0] != heads[1]
        or without_tokens(one.text) != without_tokens(other.text)
    )


@pytest.mark.parametrize("token", ["", "wrong", "somebody else's", "a stranger's"])
def test_a_post_without_its_own_token_is_answered_400(walk, token):
    given = {
        "somebody else's": walk.tokens["next-admin"],
        "a stranger's": walk.tokens[STRANGER],
    }.get(token, token)

    wrong = []
    for route in routes(walk.city.app):
        if route.method == "POST":
            person = who_is_granted(route)[0]
            fields = walk.prepared(person, route, at(route))
            answer = walk.request(person, "POST", route.path(at(route)), fields, token=given)
            if answer.status_code != 400 or walk.changed() or not is_sentence(answer, "POST"):
                wrong.append(f"{route.path(at(route))} is {answer.status_code}")
            walk.put_right()

    assert not wrong, told(wrong)


def test_fields_named_like_columns_change_nothing(walk):
    wrong = []
    for route in routes(walk.city.app):
        if route.method == "POST" and route.of_organisation:
            person = who_is_granted(route)[0]
            plain = written(walk, route, person, {})
            loaded = written(walk, route, person, columns(route))
            wrong += [
                f"{route.endpoint}: {table}" for table in plain if plain[table] != loaded[table]
            ]

    assert not wrong, told(wrong)


def test_deleted_neighbour_leaves_our_pages_unchanged(marked):
    walk = Walk(marked)
    before = our_pages(walk)

    vanish(marked, "gedian")
    after = our_pages(walk)

    walk.close()
    assert len(before) > 20
    assert [path for path in before if before[path] != after[path]] == []


def our_pages(walk: Walk) -> dict[str, str]:
    """Every page of 鄂城's people, without tokens."""
    pages = {}
    for route in routes(walk.city.app):
        for person in ("ours-reporter", "ours-reviewer", "ours-admin"):
            if route.method == "GET" and refusal(route, person, "echeng") is None:
                answer = walk.request(person, "GET", route.path("echeng"))
                if answer.mimetype == "text/html":
                    pages[f"{route.path('echeng')} {person}"] = without_tokens(answer.text)
    return pages


def vanish(city: MarkedCity, code: str) -> None:
    """Take every row of one organisation out of the file, past all guards."""
    with closing(sqlite3.connect(city.file)) as connection:
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        for table in Base.metadata.tables.values():
            if "organisation_id" in table.columns:
                query = (
                    f'DELETE FROM "{table.name}" WHERE organisation_id = '
                    "(SELECT id FROM organisation WHERE code = ?)"
                )
                connection.execute(query, (code,))
        connection.commit()


def columns(route: Route) -> dict[str, str]:
    """A field for every column of every table, but for those that the view reads."""
    names = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    return dict.fromkeys(names - route.example.reads, "3")


def written(walk: Walk, route: Route, person: str, more: dict[str, str]) -> dict[str, list[Any]]:
    """The tables as they are after a view has granted its example, but for what is random."""
    answer = walk.granted(person, route, at(route), **more)
    assert answer.status_code in GRANTED, f"{route.endpoint} is {answer.status_code}"
    rows = walk.city.rows()
    walk.put_right()
    # put in order again: a key that is random put its rows in a random order
    return {
        table: sorted(
            (
                [
                    one
                    for place, one in enumerate(row)
                    if not is_random(one) and (table, place) not in BY_CHANCE
                ]
                for row in held
            ),
            key=repr,
        )
        for table, held in rows.items()
    }


BY_CHANCE = {("made_workbook", 0), ("made_workbook", 3)}
"""Columns that differ from one run to the next: the number of a workbook, drawn by lot, and the
file itself, which names the second in which it was made."""


def is_random(field: Any) -> bool:
    """Whether a stored field is a hash, which differs from one run to the next."""
    return isinstance(field, str) and (len(field) == 64 or field.startswith("$argon2"))
