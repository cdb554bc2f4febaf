"""Health: whether this process can answer, reach its database, write to it, and has room.

`/healthz` itself runs one query. Checks that need a lock or the disk are made by a separate thread
at most every `MAX_PROBE_AGE_SECONDS`, so that strangers cause no writes and no request waits.
"""

import logging
import shutil
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from portal.access.rules import allow, public
from portal.models import Organisation
from portal.settings import Settings
from portal.storage import schema
from portal.storage.db import db

MAX_PROBE_AGE_SECONDS = 10
MAX_FAULT_AGE_SECONDS = 1
"""A fault is rechecked soon, since a proxy waits for the server to recover."""
MIN_FREE_BYTES = 64 * 1024 * 1024
"""Free disk space below which saves may fail."""

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Answer `GET /healthz`."""
    app.extensions["health-probe"] = Probe(lambda: fault_of(app))
    app.add_url_rule("/healthz", "healthz", healthz)


@allow(public)
def healthz() -> Any:
    """Answer 200 `ok` when the database answers and the last probe found no fault, else 503.

    Beside that it tells the program's version alone; the log says what is wrong.
    """
    probe: Probe = current_app.extensions["health-probe"]
    try:
        db.session().execute(select(Organisation.id).limit(1))
        db.session().rollback()  # end the read; a probe that writes must not wait
        well = not probe.fault()
    except SQLAlchemyError:
        well = False
    plain = {
        "Content-Type": "text/plain; charset=utf-8",
        "X-Portal-Version": current_app.config["VERSION"],
    }
    return ("ok", 200, plain) if well else ("unavailable", 503, plain)


class Probe:
    """Caches the fault that `look` returns, and refreshes it in a separate thread when old."""

    def __init__(
        self, look: Callable[[], str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._look, self._clock = look, clock
        self._guard = threading.Lock()
        self._fault = ""
        self._looked_at = float("-inf")
        self._looking: threading.Thread | None = None

    def fault(self) -> str:
        """The fault at the last look, as a sentence; empty without one.

        The first call waits for the look, so that a faulty server never answers ok.
        """
        with self._guard:
            first = self._looked_at == float("-inf")
            most = MAX_FAULT_AGE_SECONDS if self._fault else MAX_PROBE_AGE_SECONDS
            if self._looking is None and self._clock() - self._looked_at > most:
                self._looking = threading.Thread(target=self._run, daemon=True)
                self._looking.start()
            looking = self._looking
        if first and looking is not None:
            looking.join(MAX_PROBE_AGE_SECONDS)
        return self._fault

    def _run(self) -> None:
        try:
            fault = self._look()
        except Exception as error:  # any error means that this server is not healthy
            fault = f"{type(error).__name__}: {error}"
        if fault and fault != self._fault:
            log.error("not healthy: %s", fault)
        with self._guard:
            self._fault, self._looked_at, self._looking = fault, self._clock(), None


def fault_of(app: Flask) -> str:
    """Why this process cannot work, as a sentence; empty if it can."""
    settings: Settings = app.config["PORTAL"]
    free = shutil.disk_usage(settings.instance).free
    if free < MIN_FREE_BYTES:
        return f"{settings.instance} 只剩 {free // 1024**2} MB。"
    return schema.fault_at(settings.database_url)
