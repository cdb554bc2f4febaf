"""HTML: the filters and globals of templates, and fragments or pages as answers."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from portal import clock
from portal.access import rules
from portal.access.identity import who
from portal.collection.rounds import published_rounds
from portal.domain.campaign import reminders
from portal.domain.campaign.calendar import Status, hour_meant, in_words, read_instant, time_left
from portal.domain.checks.kinds import CHECK_KINDS
from portal.domain.consolidation.difference import effect_in_words
from portal.domain.figures import canonical, show
from portal.domain.form.formulas import formula_text
from portal.domain.report_state import State
from portal.models import Campaign
from portal.models.trail_actions import Action, EntryChannel
from portal.models.user import ROLE_LABELS
from portal.storage.db import db

NOT_CARRIED = {"csrf_token", "password", "current", "new", "again", "username", "link", "links"}
"""Fields that are never carried through a sign-in page."""


def init_app(app: Flask) -> None:
    """Register the templates' filters and the values that every page shows."""
    app.jinja_env.filters |= {
        "figure": show,
        "canonical": canonical,
        "moment": in_words,
        "clock": lambda moment: moment.strftime("%H:%M:%S"),
        "stamp": lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S"),
        "formula": formula_text,
        "effect": effect_in_words,
        "state_label": lambda state: State(state).label,
        "role_label": lambda role: ROLE_LABELS[role],
        "check_name": lambda check: CHECK_KINDS[check].name,
        "action_label": lambda action: Action(action).label,
        "campaign_status": lambda status: Status(status).label,
        "typed_moment": _moment_typed,
        "channel_label": lambda channel: EntryChannel(channel).label,
        "chase_channel": lambda channel: reminders.MessageChannel(channel).label,
        "chase_outcome": lambda outcome: reminders.Outcome(outcome).label,
    }
    app.jinja_env.globals |= {
        "may": rules.may,
        "rules": rules,
        "time_left": time_left,
        "role_labels": ROLE_LABELS,
        "rounds_beside": rounds_beside,
    }
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    versions = _versions(Path(app.static_folder or ""))

    def static_url(name: str) -> str:
        return url_for("static", filename=name, v=versions[name])

    app.jinja_env.globals["static_url"] = static_url
    app.context_processor(_every_page)


def _versions(folder: Path) -> dict[str, str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {
        file.relative_to(folder).as_posix(): sha256(file.read_bytes()).hexdigest()[:12]
        for file in files
    }


def rounds_beside(campaign: Campaign) -> list[tuple[str, str]]:
    """The rounds of a campaign with this page's address in each; empty for the current round.

    A page without a counterpart in another round, such as one submission, links to the notice.
    """
    everywhere = set(request.view_args or {}) == {"campaign"} and request.method == "GET"
    endpoint = (request.endpoint or "") if everywhere else "campaigns.notice"
    return [
        (each.round_name, "" if each.id == campaign.id else url_for(endpoint, campaign=each.code))
        for each in published_rounds(db.session(), campaign)
    ]


def _moment_typed(text: str | None, field: str = "due") -> str:
    """A typed instant in words, with its weekday; empty if it is no instant."""
    try:
        return in_words(read_instant(text or "", hour_meant(field)))
    except ValueError:
        return ""


def _every_page() -> dict[str, Any]:
    return {"person": who(), "now": clock.now(), "csrf_field": csrf_field}


def csrf_field() -> Markup:
    """The hidden CSRF field of every form."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(
        escape(generate_csrf())
    )


def wants_fragment() -> bool:
    """Whether htmx made the request, so that a fragment is the answer."""
    return request.headers.get("HX-Request") == "true"


def carried_as_text() -> str:
    """The fields of a refused form post as text, to be posted again after signing in.

    Only posts from the portal's own pages are carried; otherwise another site could have its fields
    posted with this session's token by one click.
    """
    if not _posted_from_here():
        return ""
    pairs = [[name, text] for name, text in request.form.items(multi=True)]
    return json.dumps([pair for pair in pairs if pair[0] not in NOT_CARRIED], ensure_ascii=False)


def _posted_from_here() -> bool:
    source = request.headers.get("Origin") or request.headers.get("Referer") or ""
    return source.partition("://")[2].partition("/")[0] == request.host


def carried_fields(text: str | None) -> list[tuple[str, str]]:
    """Decode the fields carried by a sign-in page; empty for any other text."""
    try:
        pairs = json.loads(text or "[]")
        fields = [(str(name), str(value)) for name, value in pairs if name not in NOT_CARRIED]
        json.dumps(fields, ensure_ascii=False).encode()  # a lone surrogate cannot be encoded
        return fields
    except (ValueError, TypeError, RecursionError):
        return []
