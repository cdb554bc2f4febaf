"""Access: every view names its rule, and a view that names none stops the application.

A rule lists the roles that are allowed at their own organisation, and those allowed at one below
it. `tenancy` decides whether a person may enter an organisation at all (404); this module decides
whether their role allows the view (403).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for

from portal.access.identity import Person, organisation_here, who
from portal.access.tenancy import SignInNeeded
from portal.models.user import Role

View = TypeVar("View", bound=Callable[..., Any])


class NotYourRole(Exception):
    """The person's roles do not allow this; answered 403 with the sentence."""

    def __init__(self, sentence: str = "您的角色不能进行这项操作。") -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Rule:
    """The allowed roles, at the own organisation (`own`) and at one below it (`below`).

    With `of_city` the person's own organisation must be the city (the root).
    """

    name: str
    own: frozenset[Role] = field(default_factory=frozenset)
    below: frozenset[Role] = field(default_factory=frozenset)
    of_city: bool = False

    def permits(self, person: Person, organisation_id: int) -> bool:
        """Whether `person` is allowed at the organisation with this id."""
        if self.of_city and person.organisation.parent_id is not None:
            return False
        at_home = organisation_id == person.organisation.id
        return bool(person.roles & (self.own if at_home else self.below))


def _roles(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


# Every set names its roles: a role that is added later gets nothing until a rule names it.
_EVERYBODY = _roles(Role.REPORTER, Role.HEAD, Role.REVIEWER, Role.ADMIN, Role.VIEWER, Role.AUDITOR)
_DESK = _roles(Role.REVIEWER, Role.ADMIN, Role.VIEWER)

public = Rule("public")
"""Anybody, signed in or not."""

signed_in = Rule("signed_in", own=_EVERYBODY)
"""Everybody who is signed in, at a page that belongs to no organisation."""

member = Rule("member", own=_EVERYBODY, below=_DESK | _roles(Role.AUDITOR))
"""The home page of an organisation, and for roles that look down those below it."""

reporter = Rule("reporter", own=_roles(Role.REPORTER, Role.HEAD))
"""Fill, submit and withdraw the own report."""

report_reader = Rule("report_reader", own=_DESK | _roles(Role.REPORTER, Role.HEAD), below=_DESK)
"""Read and print one report."""

desk = Rule("desk", own=_DESK | _roles(Role.HEAD), below=_DESK)
"""Status board, consolidation, export and print of a subtree; a head only at the own unit."""

note_writer = Rule(
    "note_writer", own=_roles(Role.REPORTER, Role.HEAD, Role.REVIEWER), below=_roles(Role.REVIEWER)
)
"""Write a note on an item of a report."""

own_reviewer = Rule("own_reviewer", own=_roles(Role.REVIEWER))
"""Freeze an edition of the own consolidation; unions above may only read it."""

divider = Rule("divider", own=_roles(Role.REPORTER, Role.HEAD, Role.ADMIN))
"""Divide the items of the own report among one's people."""

reviewer = Rule("reviewer", own=_roles(Role.REVIEWER), below=_roles(Role.REVIEWER))
"""Accept, send back, reopen, extend; `collection.decisions` checks the level."""

chaser = Rule("chaser", own=_roles(Role.REVIEWER), below=_roles(Role.REVIEWER))
"""Remind units (催报), as any union above, whichever level reviews."""
upper_reviewer = Rule("upper_reviewer", below=_roles(Role.REVIEWER))
"""Enter for a unit below (代录); the operation checks that it is the next level up."""

answerer = Rule("answerer", own=_roles(Role.REVIEWER), below=_roles(Role.REVIEWER), of_city=True)
"""Answer a unit's question, as the city only, whichever level reviews."""

city_answerer = Rule("city_answerer", own=_roles(Role.REVIEWER), of_city=True)
"""The city's queue of questions, and what it publishes to all units."""

admin = Rule("admin", own=_roles(Role.ADMIN), below=_roles(Role.ADMIN))
"""Organisations and users."""

city_admin = Rule("city_admin", own=_roles(Role.ADMIN), of_city=True)
"""Manage campaigns and form editions, as the city."""

city_records = Rule(
    "city_records", own=_roles(Role.REVIEWER, Role.ADMIN, Role.AUDITOR), of_city=True
)
"""Read the trail of campaigns and form editions."""

trail_reader = Rule(
    "trail_reader",
    own=_roles(Role.REPORTER, Role.HEAD, Role.REVIEWER, Role.ADMIN, Role.AUDITOR),
    below=_roles(Role.REVIEWER, Role.ADMIN, Role.AUDITOR),
)
"""Read the trail of one report."""

RULES = (
    public,
    signed_in,
    member,
    reporter,
    report_reader,
    note_writer,
    desk,
    own_reviewer,
    divider,
    reviewer,
    chaser,
    upper_reviewer,
    answerer,
    city_answerer,
    admin,
    city_admin,
    city_records,
    trail_reader,
)


def allow(rule: Rule) -> Callable[[View], View]:
    """Attach a rule to a view (decorator)."""

    def named(view: View) -> View:
        view.rule = rule  # type: ignore[attr-defined]
        return view

    return named


def rule_of(app: Flask, endpoint: str) -> Rule:
    """The rule that the view behind `endpoint` names; raises `LookupError` when it names none."""
    rule = getattr(app.view_functions[endpoint], "rule", None)
    if not isinstance(rule, Rule):
        raise LookupError(f"the view {endpoint} names no rule")
    return rule


def init_app(app: Flask) -> None:
    """Ask the view's rule before every request."""
    app.before_request(_ask_rule)
    app.before_request(_refuse_nameless_fields)


def check_views(app: Flask) -> None:
    """Raise `LookupError` for a view without a rule or with an unsuitable one, at start."""
    app.view_functions["static"] = allow(public)(app.view_functions["static"])
    for rule in app.url_map.iter_rules():
        named = rule_of(app, rule.endpoint)
        if "organisation" in rule.arguments and named in (public, signed_in):
            raise LookupError(f"the view {rule.endpoint} names an organisation but lets all in")
        if "organisation" not in rule.arguments and named not in (public, signed_in):
            raise LookupError(f"the view {rule.endpoint} names no organisation to have a role in")


CHANGING_IT = {"accounts.change_password", "accounts.keep_password"}
"""The views open to somebody who must change the password first."""


def _ask_rule() -> Any:
    if request.endpoint is None:
        return None
    rule = rule_of(current_app, request.endpoint)
    if rule is public:
        return None
    person = who()
    if person is None:
        raise SignInNeeded
    if person.must_change_password and request.endpoint not in CHANGING_IT:
        return redirect(url_for("accounts.change_password"), 303)
    if rule is not signed_in and not rule.permits(person, organisation_here().id):
        raise NotYourRole
    return None


def _refuse_nameless_fields() -> None:
    """Refuse a multipart field without a name, which breaks the look-up of the CSRF token."""
    if None in request.form:
        abort(400)


def may(rule: Rule, organisation_id: int) -> bool:
    """Whether the rule allows the signed-in person; templates use it to show or hide a link."""
    person = who()
    return person is not None and rule.permits(person, organisation_id)
