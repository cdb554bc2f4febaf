"""Backups: the rows of a running system at one moment, in one file with checksums.

The file is a zip with a manifest and a SQLite database, whatever engine the rows came from. So a
backup needs no database tools of a matching version, can be restored on either engine, and is
verified completely before anything is replaced. It does not contain the secrets of the instance
folder.
"""

import json
import os
import sqlite3
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from itertools import chain, count
from pathlib import Path
from typing import IO, cast
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from portal.maintenance import copying
from portal.storage import schema

FORMAT, VERSION = "portal-backup", 1
MANIFEST, DATABASE = "manifest.json", "portal.sqlite3"
BLOCK_BYTES = 1024 * 1024
"""Bytes of a file that are in memory at once."""

MAX_MANIFEST_BYTES = 64 * 1024
UNREADABLE = (BadZipFile, EOFError, KeyError, RuntimeError, TypeError, ValueError, zlib.error)
"""The errors raised by reading a file that is no backup, or a damaged one."""


class BackupError(ValueError):
    """A backup cannot be made or used; the message is the sentence for the operator."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The manifest of a backup: its time, its engine, and the checksums of its database.

    `revision` is the migration of the rows, `size` (bytes) and `sha256` are those of the database,
    `rows` is the number of rows in each table.
    """

    made_at: str
    engine: str
    revision: str
    size: int
    sha256: str
    rows: dict[str, int]
    format: str = FORMAT
    version: int = VERSION

    @property
    def holds(self) -> str:
        """The amount of data in the backup, in words."""
        return f"{len(self.rows)} 张表，{sum(self.rows.values()):,} 行"


def back_up(source: Connection, file: Path, at: datetime) -> Manifest:
    """Write all rows that `source` reads in its transaction to a new file.

    The copy is checked and synced to disk before it is renamed to `file`. Raises `BackupError`
    when the file exists already or the copy is not sound, and `NotCarried` when the transaction
    cannot read all rows.
    """
    _refuse_existing(file)
    with tempfile.TemporaryDirectory(prefix=".portal-backup-", dir=file.parent) as folder:
        database, packed = Path(folder, DATABASE), Path(folder, "packed")
        _copy(source, database)
        manifest = _manifest(source, database, at)
        _pack(database, manifest, packed)
        with packed.open("rb") as made, Path(os.devnull).open("wb") as nowhere:
            _unpack(made, nowhere)
        _refuse_existing(file)
        packed.rename(file)
    _sync(file.parent)
    return manifest


def back_up_into(folder: Path, name: str, source: Connection, at: datetime) -> Path:
    """Write a backup into `folder` under `name` and the time; one that is there stays."""
    name = f"{name}-{at:%Y%m%d-%H%M%S}"
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    file = next(file for each in names if not (file := folder / f"{each}.zip").exists())
    back_up(source, file, at)
    return file


def _refuse_existing(file: Path) -> None:
    if file.exists():
        raise BackupError(f"{file} 已经存在，没有覆盖；请换一个文件名。")


def _copy(source: Connection, database: Path) -> None:
    """Copy all rows into a new SQLite file."""
    if source.dialect.name == "sqlite":
        _copy_file(source, database)
    else:
        _carry(source, database)
    with closing(sqlite3.connect(database)) as copy:
        copy.execute("PRAGMA journal_mode=DELETE")  # one file: no write-ahead log beside it


def _copy_file(source: Connection, database: Path) -> None:
    there = copying.counted(source)  # begins to read, so copy and counts are of one moment
    with closing(sqlite3.connect(database)) as copy:
        driver_of(source).backup(copy)
    with copying.connected(f"sqlite:///{database}") as copied:
        if copying.counted(copied) != there:
            raise BackupError("复制出来的行数与库里的不同，没有做成备份。")


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The sqlite3 connection, whose backup API can copy a database in use."""
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def _carry(source: Connection, database: Path) -> None:
    revision, (newest, *older) = schema.revision_of(source), schema.known_revisions()
    if revision not in older:
        require_newest(source)
    url = f"sqlite:///{database}"
    schema.upgrade(url, "head" if revision == newest else revision)
    with copying.connected(url) as target:
        target.exec_driver_sql("BEGIN IMMEDIATE")
        if revision == newest:
            copying.carry(source, target)
        else:
            copying.carry_older(source, target)
        target.exec_driver_sql("COMMIT")


def require_newest(connection: Connection) -> None:
    """Raise `BackupError` unless the database is at this program's newest revision."""
    if schema.revision_of(connection) != schema.known_revisions()[0]:
        raise BackupError("库的结构与本程序的版本不符：请用原来的版本，或者先运行 portal init。")


def sound_rows(database: Path) -> dict[str, int]:
    """The number of rows in each table of a sound file; raises `BackupError` otherwise."""
    try:
        with copying.connected(f"sqlite:///{database}") as connection:
            for pragma in ("integrity_check", "foreign_key_check"):
                faults = connection.exec_driver_sql(f"PRAGMA {pragma}").fetchall()
                if faults not in ([], [("ok",)]):
                    raise BackupError(f"库文件有损坏（{pragma}）：{faults[0]}。")
            return copying.counted(connection)
    except DatabaseError as error:
        raise BackupError(f"库文件有损坏：{error.orig}。") from error


def _manifest(source: Connection, database: Path, at: datetime) -> Manifest:
    with database.open("rb") as stream:
        size, fingerprint = _measure(stream)
    return Manifest(
        made_at=at.isoformat(timespec="seconds"),
        engine=source.dialect.name,
        revision=schema.revision_of(source),
        size=size,
        sha256=fingerprint,
        rows=sound_rows(database),
    )


def _measure(stream: IO[bytes], onward: IO[bytes] | None = None) -> tuple[int, str]:
    """Read a stream to its end, copying it to `onward`; returns its length and sha256."""
    size, hashing = 0, sha256()
    while block := stream.read(BLOCK_BYTES):
        size += len(block)
        hashing.update(block)
        if onward:
            onward.write(block)
    return size, hashing.hexdigest()


def _pack(database: Path, manifest: Manifest, packed: Path) -> None:
    handle = os.open(packed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
            archive.writestr(MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
            archive.write(database, DATABASE)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(folder: Path) -> None:
    """Sync the folder, so that the new name survives a power cut; Windows has no such call."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


@contextmanager
def unpacked(file: Path, folder: Path) -> Iterator[tuple[Manifest, Path]]:
    """Unpack a backup to a checked SQLite file at the newest revision, deleted after the block.

    The file is in a new folder below `folder`. Raises `BackupError` when the file is no backup, is
    damaged, or comes from a newer program.
    """
    with tempfile.TemporaryDirectory(prefix=".portal-restore-", dir=folder) as place:
        database = Path(place, DATABASE)
        with file.open("rb") as packed, database.open("wb") as stream:
            manifest = _unpack(packed, stream)
        if sound_rows(database) != manifest.rows:
            raise BackupError(f"{file.name} 的行数与清单不符，没有恢复。")
        _bring_up_to_date(database)
        yield manifest, database


def _unpack(packed: IO[bytes], onward: IO[bytes]) -> Manifest:
    """Copy a backup's database to `onward`; returns its manifest after comparing checksums."""
    try:
        with ZipFile(packed) as archive:
            manifest = _read_manifest(archive)
            with archive.open(DATABASE) as stream:
                measured = _measure(stream, onward)
    except BackupError:
        raise
    except UNREADABLE as error:
        raise BackupError("这个文件不是门户的备份，或者已经损坏。") from error
    if measured != (manifest.size, manifest.sha256):
        raise BackupError("备份的内容与清单里的校验码不符，文件已经损坏。")
    return manifest


def _read_manifest(archive: ZipFile) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > MAX_MANIFEST_BYTES:
        raise BackupError("这个文件不是门户的备份。")
    said = json.loads(archive.read(MANIFEST))
    if said["format"] != FORMAT:
        raise BackupError("这个文件不是门户的备份。")
    if said["version"] != VERSION:
        raise BackupError(f"备份的格式是第 {said['version']} 版，本程序只认第 {VERSION} 版。")
    return Manifest(**said)


def _bring_up_to_date(database: Path) -> None:
    url = f"sqlite:///{database}"
    with copying.connected(url) as connection:
        revision = schema.revision_of(connection)
    if revision not in schema.known_revisions():
        raise BackupError(f"备份来自更新的版本（{revision}），请先升级程序。")
    schema.upgrade(url)
