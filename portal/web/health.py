"""Health: whether this process can answer, and reach its database."""

from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal.access.rules import allow, public
from portal.models import Organisation
from portal.storage.db import db


def init_app(app: Flask) -> None:
    """Answer `GET /healthz`."""
    app.add_url_rule("/healthz", "healthz", healthz)


@allow(public)
def healthz() -> Any:
    """200 `ok` when the database answers, 503 otherwise; tells nothing else to anybody."""
    try:
        db.session().execute(select(Organisation.id).limit(1))
    except SQLAlchemyError:
        return "unavailable", 503, {"Content-Type": "text/plain; charset=utf-8"}
    return "ok", 200, {"Content-Type": "text/plain; charset=utf-8"}
