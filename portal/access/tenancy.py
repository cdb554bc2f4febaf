"""Tenancy: the URL names the organisation; here it is found, entered and fenced, once.

`subtree` is the declared way to look down the tree: a second session, for reading.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, abort, current_app, g

from portal.access.identity import Person, sign_in_door, who
from portal.models import (
    ConsolidationEdition,
    Delivery,
    DraftPrint,
    Expectation,
    Figure,
    LastYearFigure,
    Organisation,
    Report,
    SignedPage,
    SignIn,
    SignInLink,
    Submission,
    TrailEntry,
    TrailHead,
    User,
)
from portal.models.organisation import organisation_by_code
from portal.storage.db import db
from portal.storage.fence import Door, FencedSession, OwnScope, SubtreeScope


class SignInNeeded(Exception):
    """Nobody is signed in, or not any more; answered 401 with a way to sign in."""


def init_app(app: Flask) -> None:
    """Enter the organisation of every URL that names one, before anything else looks at it."""
    app.url_value_preprocessor(_enter)
    app.url_defaults(_name_organisation)


def _enter(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if not values or "organisation" not in values:
        return
    if any("\0" in str(value) for value in values.values()):
        abort(404)  # PostgreSQL knows no such text, and so nothing of that name
    code = values.pop("organisation")
    person = who()
    if person is None:
        raise SignInNeeded
    organisation = _organisation_for(person, code)
    if organisation is None:
        abort(404)
    g.organisation = organisation
    enter(organisation)


def _organisation_for(person: Person, code: str) -> Organisation | None:
    if person.organisation.code == code:
        return person.organisation
    if not person.may_look_down():
        return None
    with sign_in_door() as session:
        organisation = organisation_by_code(session, code)
    return organisation if organisation and is_below(organisation, person.organisation) else None


def is_below(organisation: Organisation, above: Organisation) -> bool:
    """Whether `organisation` is `above` itself or stands somewhere below it."""
    return organisation.path.startswith(above.path)


def enter(organisation: Organisation) -> None:
    """Give this request (or command) a session that holds `organisation` and nothing else."""
    db.session.remove()
    db.session(scope=OwnScope(organisation.id, organisation.path))


def _name_organisation(endpoint: str, values: dict[str, Any]) -> None:
    here = g.get("organisation")
    if here is None or "organisation" in values:
        return
    if current_app.url_map.is_endpoint_expecting(endpoint, "organisation"):
        values["organisation"] = here.code


@contextmanager
def inside(organisation: Organisation) -> Iterator[FencedSession]:
    """A session of its own on one organisation, for work that goes from one unit to the next."""
    scope = OwnScope(organisation.id, organisation.path)
    session = FencedSession(db, scope=scope, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


@contextmanager
def shared() -> Iterator[FencedSession]:
    """A session without a scope: it reads what all share, such as the tree, and nothing else."""
    session = FencedSession(db, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


@contextmanager
def subtree(organisation: Organisation) -> Iterator[FencedSession]:
    """A session that reads `organisation` and everything below it, and writes nothing."""
    session = FencedSession(db, scope=SubtreeScope(organisation.path), expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


OPENING = Door("opening", frozenset({Expectation, Delivery, TrailEntry, TrailHead}))
"""Opening a campaign copies the whole tree, one row for each organisation; what is announced to
its units is delivered to each."""


@contextmanager
def opening() -> Iterator[FencedSession]:
    """A session for opening a campaign: the expected units of all organisations at once."""
    session = FencedSession(db, scope=OPENING, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


LAST_YEAR = Door("last_year", frozenset({LastYearFigure, TrailEntry, TrailHead}))
"""One old workbook brings last year's figures of all units of a campaign."""


@contextmanager
def last_years() -> Iterator[FencedSession]:
    """A session for last year's figures of all organisations, and what their trails say of them."""
    session = FencedSession(db, scope=LAST_YEAR, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


PEOPLE = Door("people", frozenset({User, SignIn, SignInLink, TrailEntry, TrailHead}))
"""A username is unique among all organisations, a roster founds the people of many, and a
merger lets them go on in another."""


@contextmanager
def all_people() -> Iterator[FencedSession]:
    """A session for the accounts of several organisations at once.

    It shows everybody, so whoever opens it holds what is read and written to the organisation
    that the administrator was let into and to those below it.
    """
    session = FencedSession(db, scope=PEOPLE, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


FORMER_NAMES = Door("former_names", frozenset({Expectation}))
"""A sheet may name another unit as it was called in an older campaign."""


@contextmanager
def former_names() -> Iterator[FencedSession]:
    """A session that reads under what names the units of all organisations once stood."""
    session = FencedSession(db, scope=FORMER_NAMES, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


VERIFYING = Door(
    "verifying",
    frozenset(
        {
            ConsolidationEdition,
            DraftPrint,
            Expectation,
            Figure,
            LastYearFigure,
            Report,
            SignedPage,
            Submission,
            TrailEntry,
            TrailHead,
        }
    ),
)
"""Checking everything means reading the reports and chains of all organisations."""


@contextmanager
def verifying() -> Iterator[FencedSession]:
    """A session for checking what all organisations have stored."""
    session = FencedSession(db, scope=VERIFYING, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()
