"""The demonstration city in a shell, empty places beside it, and a throw-away PostgreSQL."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.commands.shell import Answer, Shell
from tests.postgresql import OWNER, SERVANT, Cluster, new_database


@pytest.fixture
def demo(demonstration: Path, tmp_path: Path) -> Shell:
    """A shell on a copy of the demonstration city."""
    shutil.copytree(demonstration, tmp_path / "demo")
    return Shell(tmp_path / "demo")


@pytest.fixture(scope="session")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a database with nothing in it; never changed."""
    shell = Shell(tmp_path_factory.mktemp("initialised") / "instance")
    assert shell("init").status == 0
    return shell.instance


@pytest.fixture
def empty(initialised: Path, tmp_path: Path) -> Shell:
    """A shell on a database with nothing in it."""
    shutil.copytree(initialised, tmp_path / "empty")
    return Shell(tmp_path / "empty")


@pytest.fixture(scope="session")
def backed_up(demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the demonstration city; never changed."""
    made = tmp_path_factory.mktemp("backed-up") / "city.zip"
    answer = Shell(demonstration)("backup", made)
    assert answer.status == 0, answer.errors
    return made


@pytest.fixture
def file(backed_up: Path, tmp_path: Path) -> Path:
    """A copy of a backup of the demonstration city."""
    return Path(shutil.copy(backed_up, tmp_path / "city.zip"))


def content(shell: Shell) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of a city on the embedded file."""
    return {name: sorted(shell.rows(name), key=repr) for name in shell.tables()}


@dataclass(frozen=True, slots=True)
class Province:
    """A database on PostgreSQL, with commands that work on it."""

    server: Cluster
    database: str
    shell: Shell

    def __call__(self, *arguments: object, **environment: str) -> Answer:
        return self.shell(*arguments, **{**self.addresses, **environment})

    @property
    def owner(self) -> str:
        """The address of the database for the role that owns it."""
        return self.server.url(OWNER, self.database)

    @property
    def addresses(self) -> Mapping[str, str]:
        """The settings that name the database, for the role that serves and for the owner."""
        return {
            "PORTAL_DATABASE_URL": self.server.url(SERVANT, self.database),
            "PORTAL_DATABASE_ADMIN_URL": self.owner,
        }

    def connection(self, role: str = "postgres") -> "psycopg.Connection[tuple[Any, ...]]":
        """A connection past the portal; that of the superuser passes the walls too."""
        folder = self.server.folder
        return psycopg.connect(f"postgresql://{role}@/{self.database}?host={folder}")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows read past the portal."""
        with self.connection() as connection:
            return connection.execute(query.encode()).fetchall()

    def change(self, *statements: str) -> None:
        """Change the database behind the portal's back."""
        with self.connection() as connection:
            for statement in statements:
                connection.execute(statement.encode())


@pytest.fixture(scope="session")
def tables(postgresql_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database with empty tables; never changed."""
    database = new_database(postgresql_cluster)
    shell = Shell(tmp_path_factory.mktemp("tables") / "instance")
    answer = Province(postgresql_cluster, database, shell)("init")
    assert answer.status == 0, answer.errors
    return database


@pytest.fixture
def province(postgresql_cluster: Cluster, tmp_path: Path) -> Province:
    """A database with nothing in it, not even tables."""
    database = new_database(postgresql_cluster)
    return Province(postgresql_cluster, database, Shell(tmp_path / "province"))


@pytest.fixture
def ready(postgresql_cluster: Cluster, tables: str, initialised: Path, tmp_path: Path) -> Province:
    """A database with empty tables."""
    shutil.copytree(initialised, tmp_path / "province")
    database = new_database(postgresql_cluster, tables)
    return Province(postgresql_cluster, database, Shell(tmp_path / "province"))
