"""Restoration: the rows of a checked backup in the place of what a database holds.

A database goes from the old rows to the new ones in one transaction, so the portal may be serving
meanwhile: a request sees the ones or the others, and none sees a half. What was there before is
kept as a backup of its own.
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

MOMENT = 500
"""Milliseconds that one try to lock PostgreSQL's tables waits; a deadlock is looked for later."""

TRIES = 20


def put_back(database: Path, settings: Settings, *, replace: bool, at: datetime) -> Path | None:
    """Let the portal hold the rows of a SQLite file of the newest structure, and no others.

    Answers the backup of what was there before, None where that was nothing. Raises
    `BackupError` when the portal holds something and `replace` does not say that it may go.
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
    """SQLite has waited five seconds already; Python would go on for ever."""
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
    """Keep everybody out of the tables until the end of the transaction.

    Every request first asks who is signed in. So requests that come now wait there, holding
    nothing, and those that are under way come to their end.
    """
    live.exec_driver_sql(f"SET LOCAL lock_timeout = '{MOMENT}ms'")
    _lock_patiently(live, SignIn.__tablename__)
    _lock_patiently(live, _names())


def _lock_patiently(live: Connection, names: str) -> None:
    """Lock tables, and let all of them go after a moment: somebody may wait for us in turn."""
    for tries_left in reversed(range(TRIES)):
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
    """The backup of what `there` holds before it goes."""
    if not any(copying.counted(there).values()):
        return None
    if not replace:
        raise BackupError(
            "库里已经有内容，没有恢复；确要替换请加 --replace，原来的内容会另存一份。"
        )
    return backup.back_up_into(folder, "before-restore", there, at)
