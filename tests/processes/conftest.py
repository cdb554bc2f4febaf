"""The demonstration city on a throw-away PostgreSQL, and two processes that serve it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.commands.shell import Shell
from tests.postgresql import OWNER, SERVANT, Cluster, cluster, new_database
from tests.processes.browser import Browser, Door
from tests.processes.served import NOW, Process, serving

PASSWORD = "丹桂飘香满城时"


@dataclass
class Province:
    """A city on PostgreSQL, and the processes that serve it."""

    server: Cluster
    database: str
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

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows read past the portal, and past its walls."""
        address = f"postgresql://postgres@/{self.database}?host={self.server.folder}"
        with psycopg.connect(address) as connection:
            return connection.execute(query.encode(), values).fetchall()


def settings_of(server: Cluster, database: str, instance: Path) -> dict[str, str]:
    """The environment of the commands and of the processes on one database."""
    return {
        "PORTAL_INSTANCE": str(instance),
        "PORTAL_DATABASE_URL": server.url(SERVANT, database),
        "PORTAL_DATABASE_ADMIN_URL": server.url(OWNER, database),
        "PORTAL_NOW": NOW,
    }


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """A throw-away PostgreSQL."""
    with cluster() as made:
        yield made


@pytest.fixture(scope="session")
def demonstration(server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A database that holds the demonstration city, and its instance folder; never served."""
    instance = tmp_path_factory.mktemp("province") / "instance"
    database = new_database(server)
    answer = Shell(instance)(
        "demo", "--password", PASSWORD, **settings_of(server, database, instance)
    )
    assert answer.status == 0, answer.errors
    return database, instance


@pytest.fixture(scope="session")
def served(
    server: Cluster, demonstration: tuple[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Province]:
    """Two processes on one copy of the city; a test gets it put right as `province`."""
    original, instance = demonstration
    database = new_database(server, original)
    given = settings_of(server, database, instance)
    with serving(tmp_path_factory.mktemp("served") / "log", given, given) as processes:
        yield Province(server, database, processes)


@pytest.fixture
def province(served: Province, demonstration: tuple[str, Path]) -> Province:
    """The city as it was loaded, served by two processes that have been running for a while."""
    name = served.database
    served.server.execute(
        f"DROP DATABASE {name} WITH (FORCE)",
        f"CREATE DATABASE {name} OWNER {OWNER} TEMPLATE {demonstration[0]}",
    )
    return served
