"""Tenancy: look up the organisation in the URL, check entry, and set the session's scope, once.

Reading below your own unit is explicit: `with tenancy.subtree(...)` opens a second, read-only
session.
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
    """Nobody is signed in (any more); answered 401 with a sign-in form."""


def init_app(app: Flask) -> None:
    """Register the entry check for URLs with an organisation; it runs before CSRF and rules."""
    app.url_value_preprocessor(_enter)
    app.url_defaults(_name_organisation)


def _enter(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    if not values or "organisation" not in values:
        return
    if any("\0" in str(value) for value in values.values()):
        abort(404)  # PostgreSQL cannot store NUL in text, so no organisation has this code
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
    """Whether `organisation` is `above` or anywhere below it."""
    return organisation.path.startswith(above.path)


def enter(organisation: Organisation) -> None:
    """Give this request (or command) a session with the scope of `organisation`."""
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
    """A separate session on one organisation, for work on one unit after another."""
    scope = OwnScope(organisation.id, organisation.path)
    session = FencedSession(db, scope=scope, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


@contextmanager
def shared() -> Iterator[FencedSession]:
    """A session without a scope, which reads only shared tables such as the tree."""
    session = FencedSession(db, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


@contextmanager
def subtree(organisation: Organisation) -> Iterator[FencedSession]:
    """A read-only session on `organisation` and everything below it."""
    session = FencedSession(db, scope=SubtreeScope(organisation.path), expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


OPENING = Door("opening", frozenset({Expectation, Delivery, TrailEntry, TrailHead}))
"""Opening a campaign writes one row for each organisation of the tree, and so does delivering
an announcement."""


@contextmanager
def opening() -> Iterator[FencedSession]:
    """A session on the expectations of all organisations, for opening a campaign."""
    session = FencedSession(db, scope=OPENING, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


LAST_YEAR = Door("last_year", frozenset({LastYearFigure, TrailEntry, TrailHead}))
"""One old workbook has last year's figures of all units of a campaign."""


@contextmanager
def last_years() -> Iterator[FencedSession]:
    """A session on last year's figures of all organisations, and on their trails."""
    session = FencedSession(db, scope=LAST_YEAR, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


PEOPLE = Door("people", frozenset({User, SignIn, SignInLink, TrailEntry, TrailHead}))
"""Usernames are unique among all organisations, a roster adds people of many, and a merger
moves them to another."""


@contextmanager
def all_people() -> Iterator[FencedSession]:
    """A session on the accounts of all organisations.

    The caller must restrict reads and writes to the administrator's organisation and those below
    it.
    """
    session = FencedSession(db, scope=PEOPLE, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()


FORMER_NAMES = Door("former_names", frozenset({Expectation}))
"""A sheet may use a unit's name from an older campaign."""


@contextmanager
def former_names() -> Iterator[FencedSession]:
    """A read-only session on the former names of all organisations."""
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
"""`portal verify` reads the reports and chains of all organisations."""


@contextmanager
def verifying() -> Iterator[FencedSession]:
    """A session that reads the stored rows of all organisations, for verification."""
    session = FencedSession(db, scope=VERIFYING, expire_on_commit=False)
    try:
        yield session
    finally:
        session.close()
