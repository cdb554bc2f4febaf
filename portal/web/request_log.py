"""The request log: one line for each request with its id, without typed input.

Addresses stand without their query, the token of a sign-in link and the name of an account; one
that leads nowhere stands with its first part alone, since a mistyped link still holds its token.
A person is told by the number of the account alone. Of an accident its kind and its place are
kept, and not its message, which may quote a row. Every answer carries the id, and every error
page names it.
"""

import json
import logging
import os
import re
import secrets
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from traceback import format_tb
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, current_app, g, has_request_context, request
from flask_login import current_user

from portal.access.identity import Person
from portal.domain.campaign.calendar import ZONE
from portal.settings import LogFormat, Settings

log = logging.getLogger("portal.requests")

GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
"""Request ids accepted from a proxy; any other text could forge lines of the log."""

HIDDEN_ARGUMENTS = ("<token>", "<username>")
"""Parts of an address that open something to whoever knows them, or name a person."""


def init_app(app: Flask) -> None:
    """Set every request's id before all other hooks, and log it after them."""
    app.before_request_funcs.setdefault(None, []).insert(0, _begin)
    app.after_request_funcs.setdefault(None, []).insert(0, _end)


def configure(settings: Settings) -> None:
    """Write this process's log to standard error, in the format of the settings."""
    handler = logging.StreamHandler(sys.stderr)
    as_json = settings.log_format is LogFormat.JSON
    handler.setFormatter(JsonLines() if as_json else TextLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    log.setLevel(logging.INFO)


def request_id() -> str:
    """The id of this request; a new one if the hook did not run."""
    if "request_id" not in g:
        g.request_id = _given_id() or secrets.token_hex(8)
    known: str = g.request_id
    return known


def _given_id() -> str:
    given = request.headers.get("X-Request-Id", "")
    trusted = current_app.config["PORTAL"].proxies > 0
    return given if trusted and GIVEN_ID.fullmatch(given) else ""


def _begin() -> None:
    g.begun_at = time.perf_counter()
    request_id()


def _end(answer: Response) -> Response:
    answer.headers["X-Request-Id"] = request_id()
    if log.isEnabledFor(logging.INFO):
        log.info("request", extra={"fields": _fields(answer)})
    return answer


def _fields(answer: Response) -> dict[str, Any]:
    begun = g.get("begun_at")
    return {
        "method": request.method,
        "path": public_path(),
        "status": answer.status_code,
        "ms": round((time.perf_counter() - begun) * 1000) if begun else None,
        "organisation": _organisation(),
        "user": _user(),
    }


def public_path() -> str:
    """The path of this request on one line, its hidden parts replaced by their names."""
    if request.url_rule is None:
        return f"/{quote(request.path.split('/')[1][:20])}/…"
    parts = request.path.split("/")
    for place, argument in enumerate(request.url_rule.rule.split("/")):
        if argument in HIDDEN_ARGUMENTS:
            parts[place] = argument
    return quote("/".join(parts), safe="/<>")


def _organisation() -> str | None:
    entered = g.get("organisation")
    return entered.code if entered is not None else None


def _user() -> int | None:
    # Do not load the signed-in person here: that would query the database.
    if "_login_user" not in g:
        return None
    person = current_user._get_current_object()
    return person.id if isinstance(person, Person) else None


class TextLines(logging.Formatter):
    """A line for people: time, level, process, request id, what happened."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and below it a traceback where there is one."""
        fields = _common(record)
        head = f"{fields.pop('at')} {fields.pop('level')} {fields.pop('event')}"
        line = " ".join([head, *(f"{name}={value}" for name, value in fields.items())])
        return f"{line}\n{trace}" if (trace := _trace(record)) else line


class JsonLines(logging.Formatter):
    """The same for collectors: one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object, a traceback being one of its fields."""
        fields = _common(record)
        if trace := _trace(record):
            fields["traceback"] = trace
        return json.dumps(fields, ensure_ascii=False)


def _common(record: logging.LogRecord) -> dict[str, Any]:
    fields = {
        "at": datetime.fromtimestamp(record.created, ZONE).isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "event": " ".join(record.getMessage().split()),
        "process": os.getpid(),
        "id": request_id() if has_request_context() else None,
        **getattr(record, "fields", {}),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _trace(record: logging.LogRecord) -> str:
    """Where an accident happened, by the kinds of its errors without their messages."""
    error = record.exc_info[1] if record.exc_info else None
    return "".join(_told(error)).rstrip() if error else ""


def _told(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before:
        yield from _told(before)
        yield "→\n"
    yield from format_tb(error.__traceback__)
    yield f"{type(error).__name__}\n"
