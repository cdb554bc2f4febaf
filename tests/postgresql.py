"""A throw-away PostgreSQL: a cluster of its own user, socket and folder, gone after the tests."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.memory import folder_in_memory
from tests.requirements import require

# an answer may be lost here at a power cut: nothing in it outlives the tests
QUICK = {"fsync": "off", "full_page_writes": "off", "max_connections": "200"}
OWNER, SERVANT = "city_owner", "city_app"
"""The role that owns the tables, and the one that serves pages and owns nothing."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server: its control program, its folder, and the user that runs it."""

    pg_ctl: str
    folder: Path
    user: str | None

    def url(self, role: str, database: str) -> str:
        """The address of a database for one role, over the cluster's own socket."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    def run(self, *arguments: str) -> None:
        """Call the control program as the cluster's user."""
        command = [self.pg_ctl, "-D", str(self.folder / "data"), "-w", "-s", *arguments]
        log = ["-l", str(self.folder / "log")]
        subprocess.run([*command, *log], check=True, user=self.user, cwd="/")

    def start(self) -> None:
        """Start the server, on its socket only."""
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder, **QUICK}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self.run("-o", options, "start")

    def restart_on(self, port: int) -> None:
        """Start again, over TCP too: who comes that way says a password (scram-sha-256)."""
        self.stop("fast")
        rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        file = self.folder / "data" / "pg_hba.conf"
        file.write_text(rules, encoding="ascii")
        settings = {"listen_addresses": "127.0.0.1", "port": port, **QUICK}
        settings |= {"unix_socket_directories": self.folder}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self.run("-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server; `immediate` is a crash."""
        self.run("-m", mode, "stop")

    def execute(self, *statements: str) -> None:
        """Run statements as the superuser."""
        with psycopg.connect(
            f"postgresql://postgres@/postgres?host={self.folder}", autocommit=True
        ) as connection:
            for statement in statements:
                connection.execute(statement)


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A fresh cluster with the two roles; stopped and removed at the end."""
    with bare_cluster() as made:
        made.execute(f"CREATE ROLE {OWNER} LOGIN", f"CREATE ROLE {SERVANT} LOGIN")
        yield made


@contextmanager
def bare_cluster() -> Iterator[Cluster]:
    """A fresh cluster with nothing in it; stopped and removed at the end."""
    pg_ctl = require("postgresql")
    user = _other_user()
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-", dir=folder_in_memory()))
    try:
        if user:
            shutil.chown(folder, user)
        made = Cluster(pg_ctl, folder, user)
        made.run("-o", "-A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync", "initdb")
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user() -> str | None:
    """The server refuses to run as root; then it runs as the package's own user."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        pytest.skip("postgresql refuses to run as root, and there is no user postgres")


_numbers = count(1)


def new_database(made: Cluster, template: str = "template1") -> str:
    """The name of a new database of the owner, copied from `template`."""
    name = f"city{next(_numbers)}"
    made.execute(f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {template}")
    return name


class Contents:
    """All rows of a database and where its sequences stand, to put a copy of it right again."""

    def __init__(self, original: str) -> None:
        with psycopg.connect(original) as database:
            names = [name for [name] in database.execute(TABLES)]
            self._rows = {name: _rows_of(database, name) for name in names}
            self._sequences = list(database.execute(SEQUENCES))

    def restore(self, database: psycopg.Connection[Any]) -> None:
        """Make a copy, however it was lived in, hold these rows and no others."""
        with database.transaction():
            database.execute("SET LOCAL session_replication_role = replica")  # no guard looks on
            database.execute("SET LOCAL lock_timeout = '5s'")
            database.execute(";".join(f'DELETE FROM "{name}"' for name in self._rows))
            for name, rows in self._rows.items():
                if rows:
                    with database.cursor().copy(f'COPY "{name}" FROM STDIN') as copy:
                        copy.write(rows)
            for name, last in self._sequences:
                database.execute(
                    "SELECT setval(%s::regclass, %s, %s)", [name, last or 1, last is not None]
                )


TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"


def _rows_of(database: psycopg.Connection[Any], table: str) -> bytes:
    with database.cursor().copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(copy)
