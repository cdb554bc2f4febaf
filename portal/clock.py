"""The server's clock: the only one that decides; browsers are never asked for the time."""

from datetime import datetime

from flask import current_app

from portal.domain.campaign.calendar import ZONE


def now() -> datetime:
    """This moment in the city's time, or the fixed one that tests set."""
    fixed: datetime | None = current_app.config["PORTAL"].fixed_now
    return fixed or datetime.now(ZONE)
