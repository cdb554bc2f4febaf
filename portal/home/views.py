"""Views of home, from which every other page is found."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from portal import clock
from portal.access.identity import actor, organisation_here
from portal.access.rules import (
    Rule,
    admin,
    allow,
    chaser,
    city_admin,
    city_answerer,
    city_records,
    desk,
    may,
    member,
    report_reader,
    reporter,
    reviewer,
    signed_in,
)
from portal.access.tenancy import subtree
from portal.collection.announcements import unread
from portal.collection.decisions import waiting_for
from portal.home import queries
from portal.home.line import own_line
from portal.home.queries import Card
from portal.models.user import Role
from portal.storage.db import db

bp = Blueprint("home", __name__)

LINKS: Mapping[str, Rule] = {
    "campaigns": city_admin,
    "register": admin,
    "report": report_reader,
    "review-queue": reviewer,
    "remind": chaser,
    "open-questions": city_answerer,
    "changes": city_records,
}
"""What the home page links to, by name, each with the rule of the page that it leads to."""

OWN_LINKS = {"changes"}
"""Links that stand only on the home page of the person's own organisation."""


@bp.get("/")
@allow(signed_in)
def home() -> Any:
    """Redirect everybody to the home of their own organisation."""
    return redirect(url_for("home.organisation", organisation=actor().organisation.code), 303)


@bp.get("/o/<organisation>/")
@allow(member)
def organisation() -> Any:
    """The home page of an organisation: its open reports and what its desk watches."""
    here, now, session = organisation_here(), clock.now(), db.session()
    cards = [queries.card(session, each, now) for each in queries.assignments(session)]
    cards = _with_units(queries.in_order(cards))
    fills = may(reporter, here.id)
    return render_template(
        "home/organisation.html",
        here=here,
        links=_links(),
        open_cards=[card for card in cards if card.is_open],
        coming=[card for card in cards if card.phase == "not-open"],
        past=[card for card in cards if card.phase == "closed"],
        fills=fills,
        to_fill=queries.to_fill(cards) if fills else None,
        looks_down=may(desk, here.id),
        audits=_audits(),
        unread=unread(session),
        own_line=lambda card: own_line(card.filling, card.phase, now, card.scan),
    )


def _with_units(cards: list[Card]) -> list[Card]:
    """The cards with the units below: the desk counts them, the auditor opens their trails."""
    here, audits = organisation_here(), _audits()
    if not (audits or may(desk, here.id)):
        return cards
    with subtree(here) as session:
        answers = may(city_answerer, here.id)
        waiting = Counter(each.campaign for each in waiting_for(session, here))
        return [
            replace(
                card,
                units=queries.counted(session, card, clock.now()) if card.is_open or audits else (),
                waiting=waiting[card.campaign.code],
                asked=queries.asked_in(session, card) if answers else 0,
            )
            for card in cards
        ]


def _links() -> set[str]:
    """The names of the `LINKS` that the person may follow here."""
    here = organisation_here()
    links = {name for name, rule in LINKS.items() if may(rule, here.id)}
    return links if here.id == actor().organisation.id else links - OWN_LINKS


def _audits() -> bool:
    """Whether this person reads trails only; a desk finds them on its board."""
    return Role.AUDITOR in actor().roles and not may(desk, organisation_here().id)
