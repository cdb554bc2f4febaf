"""The schema: brought up to date by migrations, with the guards made anew at their end.

Migrations run on a connection of their own. On SQLite foreign keys are off meanwhile, since
rebuilding a parent table with them on would empty its children; guards are dropped first and
made again last, since rebuilding a table loses them.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.pool import NullPool

from portal.storage import guards


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for the migrations inside this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def migration_engine(url: str) -> Engine:
    """An engine for migrations alone: nothing pooled, and SQLite's driver begins nothing."""
    if url.startswith("sqlite"):
        return create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    return create_engine(url, poolclass=NullPool)


def upgrade(url: str, revision: str = "head", *, role: str | None = None) -> None:
    """Bring the database at `url` to `revision`; doing it again changes nothing.

    `role` is the PostgreSQL role that will serve pages: it is given what they need.
    """
    engine = migration_engine(url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            _upgrade_sqlite(connection, revision)
        else:
            with connection.begin():
                _migrate(connection, revision, role)
    engine.dispose()


def _upgrade_sqlite(connection: Connection, revision: str) -> None:
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE"):
        connection.exec_driver_sql(statement)
    try:
        _migrate(connection, revision, None)
        _refuse_broken_keys(connection)
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise


def _migrate(connection: Connection, revision: str, role: str | None) -> None:
    guards.drop(connection)
    command.upgrade(alembic_config(connection), revision)
    guards.create(connection, role)


def _refuse_broken_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"foreign keys are broken after migrating: {broken[:5]}")


def is_there(url: str) -> bool:
    """Whether the database at `url` holds the portal's tables."""
    engine = migration_engine(url)
    with engine.connect() as connection:
        return inspect(connection).has_table("organisation")


def revision_of(connection: Connection) -> str:
    """The migration that a database stands at; empty when it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def revisions(connection: Connection) -> list[str]:
    """Every migration that this program knows, the newest one first."""
    scripts = ScriptDirectory.from_config(alembic_config(connection))
    return [script.revision for script in scripts.walk_revisions()]
