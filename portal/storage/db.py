"""The database: one engine, durable commits, and one writer at a time in a fair queue.

SQLite has one writer at a time. With SQLite's own retries a writer can wait for seconds while
others pass it, and a transaction that reads first and writes later fails at once. So reads use a
plain BEGIN; a write ends the read, waits for its turn in this process's queue and then for a file
lock among all processes, and begins with BEGIN IMMEDIATE.
"""

import os
import threading
import weakref
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, Select, event
from sqlalchemy.orm import Session

from portal.models import Base
from portal.settings import Settings
from portal.storage.fence import Door, FencedSession
from portal.storage.serving_role import refuse_mighty_role

try:
    import fcntl
except ImportError:  # Windows: a single process serves, and its own queue is enough
    fcntl = None  # type: ignore[assignment]

# SQLite pools a connection for every thread of the server. PostgreSQL limits connections over all
# # processes, so fewer are pooled there and some threads wait a moment.
SQLITE: dict[str, Any] = {
    "hide_parameters": True,  # keep typed values out of the log
    "pool_size": 48,
    "max_overflow": 48,
    "pool_use_lifo": True,  # LIFO: few connections stay in use, with warm caches
    "connect_args": {"check_same_thread": False, "timeout": 5, "cached_statements": 256},
}
POSTGRESQL: dict[str, Any] = {
    "hide_parameters": True,
    "pool_size": 16,
    "max_overflow": 16,
    "pool_timeout": 10,
    "pool_pre_ping": True,  # finds dead connections after a restart of the server
    # A long wait for a row lock (a dead process, a restore) ends in 503 "try again".
    "connect_args": {
        "connect_timeout": 5,
        "options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=60s",
    },
}

db = SQLAlchemy(
    metadata=Base.metadata,
    disable_autonaming=True,
    session_options={"class_": FencedSession, "expire_on_commit": False},
)


class WriteQueue:
    """A FIFO queue that admits one writer at a time."""

    def __init__(self, lock_file: Path) -> None:
        self._lock_file = lock_file
        self._opened: int | None = None
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._busy = False

    @property
    def waiting(self) -> int:
        """How many writers of this process wait for their turn at this moment."""
        return len(self._waiting)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for the turn, hold it for the block, then pass it to the next in the queue."""
        self._enter()
        try:
            with self._among_processes():
                yield
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            called = threading.Event()
            self._waiting.append(called)
        called.wait()

    def _leave(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._busy = False

    @contextmanager
    def _among_processes(self) -> Iterator[None]:
        if fcntl is None:
            yield
            return
        if self._opened is None:  # stays open: only the writer with the turn uses it
            self._opened = os.open(self._lock_file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            weakref.finalize(self, os.close, self._opened)
        fcntl.flock(self._opened, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._opened, fcntl.LOCK_UN)


def init_app(app: Flask) -> None:
    """Bind the engine to the application, its connections durable and strict.

    Raises `SettingError` when PostgreSQL's role could bypass row-level security.
    """
    settings: Settings = app.config["PORTAL"]
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = POSTGRESQL if settings.on_postgresql else SQLITE
    db.init_app(app)
    app.extensions["write-queue"] = WriteQueue(settings.instance / "write.lock")
    with app.app_context():
        prepare_engine(db.engine)
        if settings.on_postgresql and not settings.as_owner:
            refuse_mighty_role(db.engine)


def prepare_engine(engine: Engine) -> None:
    """Set up every connection of a SQLite engine: durable commits, explicit BEGIN."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_connection)
        event.listen(engine, "begin", _begin)


def _prepare_connection(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # _begin sends BEGIN; the driver must not
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # synchronous=FULL: an acknowledged save survives a power cut
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-1024",
        "journal_size_limit=67108864",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.connection.execute("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def writing(session: Session | None = None) -> Iterator[Session]:
    """A write transaction on the request's session (or on `session`), in the writers' queue.

    Objects read before are expired, so that the write decides on fresh rows. The body commits;
    without a commit everything is rolled back.
    """
    session = session or db.session()
    session.rollback()
    with _turn(session):
        connection = session.connection(execution_options={"writing": True})
        _hold_door(session, connection)
        session.info["writing on"] = connection.dialect.name
        try:
            yield session
        finally:
            session.info["writing on"] = None
            session.rollback()


def hold(session: Session, rows: Select[Any], parameters: dict[str, Any]) -> None:
    """Lock the rows that `rows` selects (FOR UPDATE) until the end of the transaction.

    The writer must read what it decides on afterwards, in another statement: a statement that
    waited for the lock still returns the snapshot from before. On SQLite, which has one writer
    at a time, it does nothing.
    """
    if session.info.get("writing on") == "postgresql":
        session.execute(rows, parameters)


def _turn(session: Session) -> AbstractContextManager[None]:
    if session.get_bind().dialect.name == "postgresql":
        return nullcontext()  # PostgreSQL's row locks order the writers
    queue: WriteQueue = current_app.extensions["write-queue"]
    return queue.turn()


def _hold_door(session: Session, connection: Connection) -> None:
    """On PostgreSQL, admit one writer per door at a time, since such writers share no row to lock.

    They are few (sign-in, opening a campaign) and count failures or write whole trees.
    """
    if connection.dialect.name == "postgresql" and isinstance(session.scope, Door):  # type: ignore[attr-defined]
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20220126)")
