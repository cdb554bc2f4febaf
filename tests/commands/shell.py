"""A shell for the tests: commands run in this process, on an instance folder of their own."""

import io
import os
import sqlite3
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from portal.cli.group import run


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command left behind: its exit status and both of its outputs."""

    status: int
    output: bytes
    errors: str

    @property
    def text(self) -> str:
        return self.output.decode()


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs `portal …` on one instance folder."""

    instance: Path

    def __call__(self, *arguments: object, **environment: str) -> Answer:
        given = {"PORTAL_INSTANCE": str(self.instance), **environment}
        outside = {name for name in os.environ if name.startswith("PORTAL_")}
        output, errors = io.TextIOWrapper(io.BytesIO()), io.StringIO()
        with mock.patch.dict(os.environ, given), redirect_stdout(output), redirect_stderr(errors):
            for name in outside - given.keys():
                del os.environ[name]
            status = run([str(argument) for argument in arguments])
        output.flush()
        return Answer(status, output.buffer.getvalue(), errors.getvalue())

    @property
    def database(self) -> Path:
        return self.instance / "portal.sqlite3"

    def ask(self, question: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the database behind the portal's back."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(question, values).fetchall()

    def tables(self) -> list[str]:
        """The names of all tables."""
        found = self.ask("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [name for (name,) in found]

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Every row of a table."""
        return self.ask(f'SELECT * FROM "{table}"')

    def change(self, statement: str) -> None:
        """Change the database behind the portal's back."""
        with closing(sqlite3.connect(self.database)) as connection:
            connection.execute(statement)
            connection.commit()

    def tamper(self, statement: str, *values: object) -> None:
        """Change the database as somebody would who has the file and knows about triggers."""
        with closing(sqlite3.connect(self.database)) as connection:
            triggers = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            for name, _ in triggers:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(statement, values)
            for _, made in triggers:
                connection.execute(made)
            connection.commit()
