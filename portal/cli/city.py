"""The city that a command works on: there already, or refused."""

import getpass
from datetime import datetime
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from portal import clock, create_app
from portal.access.actor import Actor
from portal.access.tenancy import inside
from portal.collection.assignment import Assignment, find_assignment
from portal.domain.campaign.calendar import Status
from portal.models import Campaign, Organisation
from portal.models.trail_actions import EntryChannel
from portal.settings import SettingError, Settings, read_settings
from portal.storage import schema
from portal.storage.db import db

FILE = click.Path(path_type=Path)


def existing_city() -> Flask:
    """The application on the database that is there; raises `SettingError` when none is."""
    settings = read_settings()
    require_database(settings)
    app = create_app(settings)
    with app.app_context():
        click.get_current_context().call_on_close(db.engine.dispose)
    return app


def require_database(settings: Settings) -> None:
    """Raise `SettingError` unless `portal init` of this version has been here; makes no file."""
    file = settings.database_file
    if file and not file.exists():
        raise SettingError(schema.MISSING)
    schema.require_usable(settings.database_url)


def operator() -> Actor:
    """Who the trail names for a command: the account of this machine."""
    try:
        return Actor(f"命令行（{getpass.getuser()}）"[:100], channel=EntryChannel.COMMAND)
    except (OSError, KeyError):  # a container's user may have no name
        return Actor("命令行", channel=EntryChannel.COMMAND)


def published_campaigns(root: Organisation) -> list[Assignment]:
    """The city's own assignments in every published campaign, the one due first at the top."""
    with inside(root) as session:
        published = select(Campaign.code).where(Campaign.status == Status.PUBLISHED)
        codes = session.scalars(published.order_by(Campaign.due)).all()
        return [found for code in codes if (found := find_assignment(session, code))]


def now() -> datetime:
    """This moment on the server's clock."""
    return clock.now()
