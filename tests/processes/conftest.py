"""The demonstration city on a throw-away PostgreSQL, and two processes that serve it."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.commands.shell import Shell
from tests.demonstration import NOW, PASSWORD
from tests.postgresql import OWNER, SERVANT, Cluster, cluster, new_database
from tests.processes.browser import Browser, Door
from tests.processes.served import Process, serving

CAMPAIGN = "2027-spring"


@dataclass
class Served:
    """A city, and the processes that serve it."""

    processes: list[Process]

    @property
    def doors(self) -> list[Door]:
        """Where each of the processes is reached."""
        return [Door(*process.address) for process in self.processes]

    def person(self, username: str) -> Browser:
        """Somebody signed in at the first process."""
        browser = Browser(self.doors[0])
        assert browser.sign_in(username, PASSWORD).status == 303
        return browser

    def report(self, unit: str) -> str:
        """The address of a unit's report in the campaign that is open."""
        return f"/o/{unit}/campaigns/{CAMPAIGN}/report"

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows read past the portal."""
        raise NotImplementedError

    def versions(self, unit: str, code: str) -> dict[int, str]:
        """What the trail says of a row of a unit's open report: the figure by its version."""
        rows = self.rows(
            "SELECT t.version, t.new FROM trail t JOIN organisation o ON o.id = t.organisation_id "
            "JOIN report r ON r.id = t.report_id JOIN campaign c ON c.id = r.campaign_id "
            "WHERE t.action = 'figure-saved' AND o.code = %s AND t.item = %s AND c.code = %s",
            unit,
            code,
            CAMPAIGN,
        )
        assert len(rows) == len(dict(rows))
        return dict(rows)


@dataclass
class City(Served):
    """A city on the embedded file."""

    folder: Path

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows read past the portal."""
        with closing(sqlite3.connect(self.folder / "portal.sqlite3")) as connection:
            return connection.execute(query.replace("%s", "?"), values).fetchall()


@dataclass
class Province(Served):
    """A city on PostgreSQL."""

    server: Cluster
    database: str

    def connection(self) -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection past the portal, and past its walls."""
        folder = self.server.folder
        return psycopg.connect(f"postgresql://postgres@/{self.database}?host={folder}")

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows read past the portal."""
        with self.connection() as connection:
            return connection.execute(query.encode(), values).fetchall()


def settings_of(server: Cluster, database: str, instance: Path) -> dict[str, str]:
    """The environment of the commands and of the processes on one database."""
    return {
        "PORTAL_INSTANCE": str(instance),
        "PORTAL_DATABASE_URL": server.url(SERVANT, database),
        "PORTAL_DATABASE_ADMIN_URL": server.url(OWNER, database),
        "PORTAL_NOW": NOW,
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests in one worker, so that what they serve is started once."""
    for item in items:
        if "processes" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("processes"))


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """A PostgreSQL that these tests may stop."""
    with cluster() as made:
        yield made


def carried_over(demonstration: Path, instance: Path, **addresses: str) -> None:
    """Make `instance` a copy of the demonstration whose rows were carried to PostgreSQL."""
    shutil.copytree(demonstration, instance)
    owner = {"PORTAL_DATABASE_ADMIN_URL": addresses["PORTAL_DATABASE_ADMIN_URL"]}
    answer = Shell(instance)("copy", "--to", addresses["PORTAL_DATABASE_URL"], **owner)
    assert answer.status == 0, answer.errors


@dataclass(frozen=True, slots=True)
class Original:
    """A database that holds the demonstration city, and its instance folder; never served."""

    database: str
    instance: Path


@pytest.fixture(scope="session")
def original(
    server: Cluster, demonstration: Path, tmp_path_factory: pytest.TempPathFactory
) -> Original:
    """The demonstration city, carried over from the embedded file."""
    instance = tmp_path_factory.mktemp("province") / "instance"
    database = new_database(server)
    carried_over(demonstration, instance, **settings_of(server, database, instance))
    return Original(database, instance)


@pytest.fixture(scope="session")
def served(
    server: Cluster, original: Original, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Province]:
    """Two processes on one copy of the city; a test gets it put right as `province`."""
    database = new_database(server, original.database)
    given = settings_of(server, database, original.instance)
    with serving(tmp_path_factory.mktemp("served") / "log", given, given) as processes:
        yield Province(processes, server, database)


@pytest.fixture
def province(served: Province, original: Original) -> Province:
    """The city as it was loaded, served by two processes that have been running for a while."""
    name = served.database
    served.server.execute(
        f"DROP DATABASE {name} WITH (FORCE)",
        f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {original.database}",
    )
    return served


@pytest.fixture
def city(demonstration: Path, tmp_path: Path) -> Iterator[City]:
    """The demonstration city on the embedded file, served by one process."""
    folder = tmp_path / "instance"
    shutil.copytree(demonstration, folder)
    with serving(tmp_path / "log", {"PORTAL_INSTANCE": str(folder)}) as processes:
        yield City(processes, folder)
