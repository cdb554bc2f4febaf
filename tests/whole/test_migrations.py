"""Migrations: they end in the schema that the models describe, and lose nothing on their way."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect
from sqlalchemy.pool import NullPool

from portal.models import Base
from portal.storage import guards, schema
from tests.commands.shell import Shell

MIGRATIONS = schema.MIGRATIONS


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a database that migrations have made."""
    address = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    schema.upgrade(address)
    return address


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a city with rows in its tables; never changed."""
    shell = Shell(tmp_path_factory.mktemp("filled") / "instance")
    assert shell("demo", "--password", "any").status == 0
    return shell.database


@pytest.fixture
def city(filled: Path, tmp_path: Path) -> Path:
    """A copy of that file."""
    return Path(shutil.copy(filled, tmp_path / "city.sqlite3"))


@contextmanager
def connection_to(address: str) -> Iterator[Connection]:
    """A connection that leaves nothing open."""
    engine = create_engine(address, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def content(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with closing(sqlite3.connect(file)) as database:
        names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: database.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2').fetchall()
            for (name,) in names
            if name != "alembic_version"
        }


def triggers(file: Path) -> dict[str, str]:
    """The names and statements of every trigger."""
    with closing(sqlite3.connect(file)) as database:
        return dict(
            database.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
        )


def test_migrations_end_in_the_schema_of_the_models(url):
    with connection_to(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def described(connection: Connection) -> dict[str, Any]:
    """What Alembic's comparison leaves out as well: checks, keys and their names."""
    seen = inspect(connection)
    tables = [name for name in seen.get_table_names() if name != "alembic_version"]
    return {
        name: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["primary_key"])
                for column in seen.get_columns(name)
            },
            "key": seen.get_pk_constraint(name),
            "checks": sorted((c["name"], c["sqltext"]) for c in seen.get_check_constraints(name)),
            "uniques": sorted(
                (u["name"], u["column_names"]) for u in seen.get_unique_constraints(name)
            ),
            "indexes": sorted((i["name"], i["column_names"]) for i in seen.get_indexes(name)),
            "foreign keys": sorted(
                (k["name"], k["constrained_columns"], k["referred_table"], k["referred_columns"])
                for k in seen.get_foreign_keys(name)
            ),
        }
        for name in tables
    }


def test_constraints_are_those_of_the_models_down_to_their_names(url, tmp_path):
    with connection_to(url) as connection:
        migrated = described(connection)
    with connection_to(f"sqlite:///{tmp_path / 'models.sqlite3'}") as connection:
        Base.metadata.create_all(connection)
        modelled = described(connection)

    assert migrated == modelled


def test_figures_are_kept_without_a_row_number(url):
    with connection_to(url) as connection:
        [statement] = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE name = 'figure'"
        ).one()

    assert statement.rstrip().endswith("WITHOUT ROWID")


def test_migrations_form_one_line():
    scripts = ScriptDirectory.from_config(schema_config())

    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def schema_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def test_upgrading_again_changes_nothing(city):
    before, guarded = content(city), triggers(city)

    schema.upgrade(f"sqlite:///{city}")

    assert content(city) == before
    assert triggers(city) == guarded == guards.sqlite_triggers()


REBUILDING = '''
"""A migration as one will come: it rebuilds parents, a child and the trail."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
    for table in ("organisation", "campaign", "report", "form_edition", "trail", "submission"):
        with op.batch_alter_table(table, recreate="always") as batch:
            batch.add_column(sa.Column("later", sa.Integer()))
    {more}
'''


@pytest.fixture
def later_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that puts one more migration after those that are there."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = ScriptDirectory.from_config(schema_config()).get_current_head()
    real = schema.alembic_config

    def config(connection: Connection) -> Config:
        made = real(connection)
        made.set_main_option("script_location", str(folder))
        return made

    def write(more: str = "") -> None:
        source = REBUILDING.format(head=head, more=more)
        (folder / "versions" / "9999_later.py").write_text(source, encoding="utf-8")
        monkeypatch.setattr(schema, "alembic_config", config)

    return write


def test_rebuilding_parents_keeps_every_row_of_their_children(city, later_migration):
    before = content(city)
    later_migration()

    schema.upgrade(f"sqlite:///{city}")

    after = content(city)
    assert {name: len(rows) for name, rows in after.items()} == {
        name: len(rows) for name, rows in before.items()
    }
    assert after["figure"] == before["figure"]
    assert [row[:-1] for row in after["organisation"]] == before["organisation"]
    assert after["organisation"][0][-1] is None


def test_rebuilding_tables_keeps_every_trigger(city, later_migration):
    later_migration()

    schema.upgrade(f"sqlite:///{city}")

    assert triggers(city) == guards.sqlite_triggers()


@pytest.mark.parametrize(
    "trouble",
    ["raise RuntimeError('half way')", "op.execute('DELETE FROM form_edition')"],
    ids=["an accident", "broken foreign keys"],
)
def test_a_migration_that_fails_leaves_everything_as_it_was(city, later_migration, trouble):
    before, guarded = content(city), triggers(city)
    later_migration(trouble)

    with pytest.raises(RuntimeError):
        schema.upgrade(f"sqlite:///{city}")

    assert content(city) == before
    assert triggers(city) == guarded


REFUSED = [
    ("UPDATE trail SET note = 'x' WHERE id = 1", "trail is append-only"),
    ("DELETE FROM trail WHERE id = 1", "trail is append-only"),
    ("UPDATE submission SET sha256 = 'x'", "submission is append-only"),
    ("DELETE FROM submission", "submission is append-only"),
    ("UPDATE form_edition SET title = 'x'", "a published edition is immutable"),
    ("DELETE FROM form_edition", "a published edition is immutable"),
    ("UPDATE figure SET value = 1 WHERE report_id = :frozen", "a submitted report is frozen"),
    ("DELETE FROM figure WHERE report_id = :frozen", "a submitted report is frozen"),
    (
        "INSERT INTO figure SELECT :frozen, 'Z1', 1, 1, saved_at, saved_by, organisation_id "
        "FROM figure LIMIT 1",
        "a submitted report is frozen",
    ),
]


@pytest.mark.parametrize("state", ["submitted", "accepted"])
@pytest.mark.parametrize(("statement", "sentence"), REFUSED)
def test_the_database_itself_refuses(city, statement, sentence, state):
    before = content(city)

    with closing(sqlite3.connect(city)) as database:
        frozen = database.execute("SELECT id FROM report WHERE state = ?", [state]).fetchone()[0]
        with pytest.raises(sqlite3.IntegrityError, match=sentence):
            database.execute(statement, {"frozen": frozen})

    assert content(city) == before


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_figures_of_a_report_that_is_being_filled_can_be_changed(city, state):
    with closing(sqlite3.connect(city)) as database:
        changed = database.execute(
            "UPDATE figure SET value = 1 WHERE report_id = "
            "(SELECT id FROM report WHERE state = ? LIMIT 1)",
            [state],
        )

        assert changed.rowcount > 0
