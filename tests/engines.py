"""The engines that the stories run on: the embedded file, and a throw-away PostgreSQL.

A city lives in an instance folder. On PostgreSQL a file in it, `database-name`, says which
database is its own; copying the folder copies the database too.
"""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from portal.storage import schema
from tests.postgresql import OWNER, SERVANT, Cluster, Contents, cluster, new_database

SQLITE, POSTGRESQL = "sqlite", "postgresql"
ENGINES = (SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgresql))

_running: list[Cluster] = []


@contextmanager
def running_postgresql() -> Iterator[Cluster]:
    """A PostgreSQL for the cities that are founded meanwhile."""
    with cluster() as made:
        _running.append(made)
        yield made
        _running.remove(made)
        for address in [address for address in _open if str(made.folder) in address]:
            _open.pop(address).close()


@pytest.fixture(scope="session")
def postgresql_cluster() -> Iterator[Cluster]:
    """One PostgreSQL for all tests that want one."""
    with running_postgresql() as made:
        yield made


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The engine of this round of tests."""
    if request.param == POSTGRESQL:
        request.getfixturevalue("postgresql_cluster")
    return str(request.param)


def found_database(folder: Path, engine: str = SQLITE) -> None:
    """Make the empty, migrated database of a new city."""
    if engine == SQLITE:
        schema.upgrade(f"sqlite:///{folder / 'portal.sqlite3'}")
        return
    empty_database(folder)
    addresses = environment_of(folder)
    schema.upgrade(addresses["PORTAL_DATABASE_ADMIN_URL"], role=SERVANT)


def empty_database(folder: Path) -> None:
    """Give a folder a database of its own on PostgreSQL, with nothing in it."""
    _name_file(folder).write_text(new_database(_running[0]))


def copy_city(original: Path, folder: Path) -> None:
    """Copy a city, its database with it."""
    shutil.copytree(original, folder)
    if not is_a_file(folder):
        name = new_database(_running[0], _name_file(folder).read_text())
        _name_file(folder).write_text(name)


def renew_city(original: Path, folder: Path) -> None:
    """Make a copy that was lived in a fresh copy again, at the same address."""
    database = "" if is_a_file(folder) else _name_file(folder).read_text()
    shutil.rmtree(folder)
    shutil.copytree(original, folder)
    if database:
        _name_file(folder).write_text(database)
        _contents(address_past_the_walls(original)).restore(_past_the_walls(folder))


@cache
def _contents(address: str) -> Contents:
    """What an original holds; nobody lives in it, so that it is read once."""
    return Contents(address)


def is_a_file(folder: Path) -> bool:
    """Whether a city lives on the embedded engine, in a file of its folder."""
    return not _name_file(folder).exists()


def environment_of(folder: Path) -> dict[str, str]:
    """The settings that say where a city's database is."""
    if is_a_file(folder):
        return {"PORTAL_INSTANCE": str(folder)}
    name = _name_file(folder).read_text()
    return {
        "PORTAL_INSTANCE": str(folder),
        "PORTAL_DATABASE_URL": _running[0].url(SERVANT, name),
        "PORTAL_DATABASE_ADMIN_URL": _running[0].url(OWNER, name),
    }


def address_past_the_walls(folder: Path) -> str:
    """Where the superuser reaches a city's database on PostgreSQL."""
    return f"postgresql://postgres@/{_name_file(folder).read_text()}?host={_running[0].folder}"


class Row(dict[str, Any]):
    """A row that can be asked by the name or by the number of a column."""

    def __getitem__(self, key: Any) -> Any:
        return list(self.values())[key] if isinstance(key, int) else super().__getitem__(key)


def rows_of(folder: Path, query: str, values: Sequence[Any] = ()) -> list[Row]:
    """Rows read from the database itself, past the portal and past every wall."""
    if is_a_file(folder):
        with closing(sqlite3.connect(folder / "portal.sqlite3")) as connection:
            connection.row_factory = sqlite3.Row
            return [Row(dict(row)) for row in connection.execute(query, values)]
    return [Row(row) for row in _past_the_walls(folder).execute(query.replace("?", "%s"), values)]


_open: dict[str, psycopg.Connection[dict[str, Any]]] = {}


def _past_the_walls(folder: Path) -> psycopg.Connection[dict[str, Any]]:
    """The superuser's connection to a city's database; opening one costs more than a question."""
    address = address_past_the_walls(folder)
    if address not in _open or _open[address].closed:
        _open[address] = psycopg.connect(address, row_factory=dict_row, autocommit=True)
    return _open[address]


REFUSED = (sqlite3.IntegrityError, psycopg.errors.RaiseException)
"""What the guards of either engine raise."""


def change_past_the_portal(folder: Path, statement: str) -> None:
    """Try to change rows in the database itself; raises one of `REFUSED` where a guard stands."""
    if is_a_file(folder):
        with closing(sqlite3.connect(folder / "portal.sqlite3")) as connection:
            connection.execute(statement)
        return
    with psycopg.connect(address_past_the_walls(folder)) as database:
        database.execute(statement)


def _name_file(folder: Path) -> Path:
    return folder / "database-name"
