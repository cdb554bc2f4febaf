"""The database: one engine, durable commits, and one writer at a time in a fair queue.

SQLite lets one connection write. Left to its own retrying, one of several writers can wait for
seconds while others pass it, and a transaction that read first and writes later fails at once.
So reads use a plain BEGIN, and a write ends the read, waits its turn in this process and, by a
lock on a file, among all processes, and then begins as a writer.
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

# Connections kept suffice for every thread of the server; PostgreSQL counts them over all
# processes, so there fewer are kept and some threads wait a moment.
SQLITE: dict[str, Any] = {
    "hide_parameters": True,  # what people typed stands in no log
    "pool_size": 48,
    "max_overflow": 48,
    "pool_use_lifo": True,  # few connections stay warm, and their caches with them
    "connect_args": {"check_same_thread": False, "timeout": 5, "cached_statements": 256},
}
POSTGRESQL: dict[str, Any] = {
    "hide_parameters": True,
    "pool_size": 16,
    "max_overflow": 16,
    "pool_timeout": 10,
    "pool_pre_ping": True,  # a restarted server is noticed before a request meets it
    # Who waits long for a row, behind a process that died or a restore, is told to try again.
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
    """Lets one writer in at a time, in the order in which they came."""

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
        """Wait for one's turn, hold it, hand it to the next."""
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
        if self._opened is None:  # kept open: whoever has the turn is alone with it
            self._opened = os.open(self._lock_file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            weakref.finalize(self, os.close, self._opened)
        fcntl.flock(self._opened, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._opened, fcntl.LOCK_UN)


def init_app(app: Flask) -> None:
    """Bind the engine to the application; connections are made durable and strict."""
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
    """Make every connection of a SQLite engine durable, and every begin explicit."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_connection)
        event.listen(engine, "begin", _begin)


def _prepare_connection(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # BEGIN is said by _begin, not guessed by the driver
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",  # an acknowledged save survives a power cut
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
    """A write transaction on the request's session (or on `session`), in its fair turn.

    What was read before is forgotten, so that the write decides on what it reads itself.
    The body commits; without a commit nothing is kept.
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
    """Keep what `rows` selects for this writer alone until the end of its transaction.

    `rows` locks what it selects (FOR UPDATE). What the writer decides on is read after it by
    another statement, since one that had to wait goes on with what it saw before it waited.
    On SQLite there is one writer at a time and nothing to do.
    """
    if session.info.get("writing on") == "postgresql":
        session.execute(rows, parameters)


def _turn(session: Session) -> AbstractContextManager[None]:
    if session.get_bind().dialect.name == "postgresql":
        return nullcontext()  # its own locks on rows decide there
    queue: WriteQueue = current_app.extensions["write-queue"]
    return queue.turn()


def _hold_door(session: Session, connection: Connection) -> None:
    """On PostgreSQL, let the writers behind doors in one at a time: they hold no row in common.

    They are few (signing in, opening a campaign) and count failures or build whole trees.
    """
    if connection.dialect.name == "postgresql" and isinstance(session.scope, Door):  # type: ignore[attr-defined]
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(20220126)")
