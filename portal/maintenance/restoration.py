"""Restoration: replace the rows of a database by those of a checked backup.

The rows are replaced in one transaction, so the portal may go on serving: a request sees either
the old or the new rows. The old rows are saved as a backup of their own.
"""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import OperationalError

from portal.maintenance import backup, copying
from portal.maintenance.backup import BackupError
from portal.models import SignIn
from portal.settings import Settings
from portal.storage.db import WriteQueue

LOCK_TIMEOUT_MILLISECONDS = 500
"""Milliseconds that one attempt to lock PostgreSQL's tables waits, below deadlock_timeout."""

MAX_TRIES = 20


def put_back(database: Path, settings: Settings, *, replace: bool, at: datetime) -> Path | None:
    """Replace all rows by those of a SQLite file at the newest revision.

    Returns the backup of the old rows, None if there were none. Raises `BackupError` when there
    are old rows and `replace` is false.
    """
    into = _into_postgresql if settings.on_postgresql else _into_file
    return into(database, settings, replace, at)


def _into_file(database: Path, settings: Settings, replace: bool, at: datetime) -> Path | None:
    with WriteQueue(settings.instance / "write.lock").turn():
        with copying.at_one_moment(settings.database_url) as there:
            kept = _kept(there, settings.instance, replace, at)
        with (
            closing(sqlite3.connect(database)) as new,
            copying.connected(settings.database_url) as live,
        ):
            new.backup(backup.driver_of(live), progress=_refuse_waiting)
    return kept


def _refuse_waiting(status: int, _remaining: int, _total: int) -> None:
    """Stop when the database is locked: SQLite has waited 5 s, and Python would retry forever."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise BackupError("库正被别的程序占用，没有恢复；请停掉后再试。")


def _into_postgresql(
    database: Path, settings: Settings, replace: bool, at: datetime
) -> Path | None:
    with (
        copying.at_one_moment(f"sqlite:///{database}") as new,
        copying.connected(settings.owner_url) as live,
    ):
        backup.require_newest(live)
        _lock(live)
        copying.see_all(live)
        kept = _kept(live, settings.instance, replace, at)
        live.exec_driver_sql(f"TRUNCATE {_names()}")
        copying.carry(new, live, make_url(settings.database_url).username)
        live.commit()
    return kept


def _lock(live: Connection) -> None:
    """Lock the tables until the end of the transaction.

    The sign-in table is first: new requests wait for it without holding other locks, while those
    under way finish.
    """
    live.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_MILLISECONDS}ms'")
    _lock_patiently(live, SignIn.__tablename__)
    _lock_patiently(live, _names())


def _lock_patiently(live: Connection, names: str) -> None:
    """Lock tables, releasing all of them after each failed attempt, to avoid a deadlock."""
    for tries_left in reversed(range(MAX_TRIES)):
        try:
            with live.begin_nested():
                live.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
            return
        except OperationalError as error:
            if not tries_left:
                raise BackupError("库一直在忙，没有轮到，没有恢复；请停掉服务后再试。") from error


def _names() -> str:
    return ", ".join(f'"{table.name}"' for table in copying.TABLES)


def _kept(there: Connection, folder: Path, replace: bool, at: datetime) -> Path | None:
    """Back up the rows of `there` before they are replaced."""
    if not any(copying.counted(there).values()):
        return None
    if not replace:
        raise BackupError(
            "库里已经有内容，没有恢复；确要替换请加 --replace，原来的内容会另存一份。"
        )
    return backup.back_up_into(folder, "before-restore", there, at)
