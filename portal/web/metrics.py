"""Metrics: what a collector may count of this installation, on an address of their own.

Every process that serves counts into a file of its own in the instance folder; whichever of them
is asked adds all files up. Views are told by their names in the code: nothing in here is of an
organisation, a person or a figure.
"""

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from portal.settings import SettingError, Settings
from portal.storage import schema
from portal.storage.db import WriteQueue

SAVING = {
    "reports.save_item",
    "reports.save_sheet",
    "reports.paste",
    "reports.confirm_import",
    "reports.fill_zeros",
    "reports.zero_report",
    "reports.enter_on_behalf",
    "reports.undo_batch",
}
"""The views that write figures; an answer below 400 to a post says that they are kept."""

SIGNING_IN = {"accounts.sign_in", "accounts.spend_link"}
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
"""The bounds between which answers are counted by how long they took."""


def init_app(app: Flask) -> None:
    """Count every answer, where the settings name an address for metrics."""
    settings: Settings = app.config["PORTAL"]
    if settings.metrics is None:
        return
    metrics = app.extensions["metrics"] = Metrics(settings, app.extensions["write-queue"])
    app.after_request(metrics.count)


class Metrics:
    """The counters of this process, and the sums over all processes of the installation."""

    def __init__(self, settings: Settings, queue: WriteQueue) -> None:
        # Nobody else shall pay for it; and its files must be named before anything is counted.
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, values

        self._settings, self._queue = settings, queue
        self._folder = _folder_of_counters(settings.instance)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(self._folder)
        self.values = values.ValueClass = values.MultiProcessValue()
        kept = CollectorRegistry()
        self._requests = Counter(
            "portal_requests", "Answers by view and status", ["view", "status"], registry=kept
        )
        self._seconds = Histogram(
            "portal_request_seconds", "Seconds to an answer", registry=kept, buckets=SECONDS
        )
        self._saves = Counter("portal_saves", "Posts of figures that were kept", registry=kept)
        self._refusals = Counter(
            "portal_refusals", "Refused requests by status", ["status"], registry=kept
        )
        self._sign_ins = Counter(
            "portal_sign_ins", "Sign-ins by outcome", ["outcome"], registry=kept
        )
        self._waiting = Gauge(
            "portal_write_queue",
            "Writers waiting for their turn",
            registry=kept,
            multiprocess_mode="livesum",
        )

    def count(self, answer: Response) -> Response:
        """Count one answer; it stays as it is."""
        view, status = request.endpoint or "none", answer.status_code
        self._requests.labels(view, status).inc()
        if "begun_at" in g:
            self._seconds.observe(time.perf_counter() - g.begun_at)
        if status >= 400:
            self._refusals.labels(status).inc()
        elif request.method == "POST" and view in SAVING:
            self._saves.inc()
        if request.method == "POST" and view in SIGNING_IN:
            self._sign_ins.labels("ok" if status < 400 else "failed").inc()
        self._waiting.set(self._queue.waiting)
        return answer

    def text(self) -> bytes:
        """The sums over all processes, as Prometheus reads them."""
        from prometheus_client import CollectorRegistry, generate_latest
        from prometheus_client.multiprocess import MultiProcessCollector

        _forget_the_dead(self._folder)
        summed = CollectorRegistry()
        MultiProcessCollector(summed, str(self._folder))
        summed.register(self)
        return generate_latest(summed)

    def collect(self) -> Iterable[Any]:
        """What is asked of the database itself; nothing when it does not answer."""
        from prometheus_client.core import GaugeMetricFamily

        with suppress(SQLAlchemyError):
            size = schema.size_at(self._settings.database_url)
            yield GaugeMetricFamily("portal_database_bytes", "Size of the database", value=size)


def _folder_of_counters(instance: Path) -> Path:
    """The folder in which processes count; emptied when none of those that did is alive."""
    folder = instance / "metrics"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not any(_is_alive(_process_of(file)) for file in folder.glob("*.db")):
            for file in folder.glob("*.db"):
                file.unlink(missing_ok=True)
    except OSError as error:
        raise SettingError(
            f"PORTAL_METRICS 要在 {folder} 里计数，写不进去：{error.strerror}。"
        ) from error
    return folder


def _forget_the_dead(folder: Path) -> None:
    """Who no longer runs has nobody waiting any more; what it counted stays counted."""
    from prometheus_client.multiprocess import mark_process_dead

    for file in folder.glob("gauge_live*.db"):
        if not _is_alive(_process_of(file)):
            mark_process_dead(_process_of(file), str(folder))


def _process_of(file: Path) -> int:
    return int(file.stem.rpartition("_")[2])


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's, or a system that does not say
        return True
    return True
