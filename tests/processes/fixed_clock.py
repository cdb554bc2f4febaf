"""Runs `portal` on a clock that stands still also where PORTAL_NOW is refused: behind TLS."""

import os
from datetime import datetime

from portal import settings
from portal.cli import main
from portal.domain.campaign.calendar import ZONE


def run() -> None:
    """Run one command at the instant that PORTAL_TEST_NOW names."""
    moment = datetime.fromisoformat(os.environ["PORTAL_TEST_NOW"])
    settings._fixed_now = lambda *_: moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
    main()
