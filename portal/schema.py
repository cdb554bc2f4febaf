"""The schema: brought up to date by migrations, with the triggers that guard it.

Migrations run on a connection of their own with foreign keys off, since rebuilding a parent
table with them on would empty its children; triggers are dropped first and made again last,
since rebuilding a table loses them.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.pool import NullPool

APPEND_ONLY = ("trail", "submission")
"""Tables whose rows are never changed and never removed."""


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for the migrations inside this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def migration_engine(url: str) -> Engine:
    """An engine for migrations alone: nothing pooled."""
    return create_engine(url, poolclass=NullPool)


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` to `revision`; doing it again changes nothing."""
    engine = migration_engine(url)
    with engine.connect() as connection:
        _begin_alone(connection)
        try:
            drop_triggers(connection)
            command.upgrade(alembic_config(connection), revision)
            _refuse_broken_keys(connection)
            create_triggers(connection)
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
    engine.dispose()


def _begin_alone(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - a checked-out connection has its driver's
    driver.isolation_level = None
    for statement in ("PRAGMA journal_mode=WAL", "PRAGMA foreign_keys=OFF", "BEGIN IMMEDIATE"):
        connection.exec_driver_sql(statement)


def _refuse_broken_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"foreign keys are broken after migrating: {broken[:5]}")


def triggers() -> dict[str, str]:
    """The names and statements of every trigger."""
    made = {}
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            made[f"{table}_no_{verb.lower()}"] = (
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    made["form_edition_published"] = (
        "CREATE TRIGGER form_edition_published BEFORE UPDATE ON form_edition "
        "WHEN OLD.published_at IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'a published edition is immutable'); END"
    )
    made["form_edition_kept"] = (
        "CREATE TRIGGER form_edition_kept BEFORE DELETE ON form_edition "
        "WHEN OLD.published_at IS NOT NULL "
        "BEGIN SELECT RAISE(ABORT, 'a published edition is immutable'); END"
    )
    for verb, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        made[f"figure_frozen_{verb.lower()}"] = (
            f"CREATE TRIGGER figure_frozen_{verb.lower()} BEFORE {verb} ON figure "
            f"WHEN (SELECT state FROM report WHERE id = {row}.report_id) "
            "IN ('submitted', 'accepted') "
            "BEGIN SELECT RAISE(ABORT, 'a submitted report is frozen'); END"
        )
    return made


def drop_triggers(connection: Connection) -> None:
    """Take every trigger away, so that tables can be rebuilt."""
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in names.fetchall():
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')


def create_triggers(connection: Connection) -> None:
    """Make every trigger."""
    for statement in triggers().values():
        connection.exec_driver_sql(statement)


def is_there(url: str) -> bool:
    """Whether the database at `url` holds the portal's tables."""
    engine = migration_engine(url)
    with engine.connect() as connection:
        return inspect(connection).has_table("organisation")
