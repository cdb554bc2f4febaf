"""The schema: upgraded by migrations, with the guards re-created at the end.

Migrations run on a connection of their own. On SQLite foreign keys are off during a migration,
since rebuilding a parent table with them on would delete its children (ON DELETE CASCADE). Guards
are dropped first and created last, since rebuilding a table drops its triggers.
"""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from portal.settings import SettingError
from portal.storage import guards

MIGRATIONS = Path(__file__).parents[1] / "migrations"


def alembic_config(connection: Connection) -> Config:
    """Alembic's settings for the migrations inside this package."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def migration_engine(url: str) -> Engine:
    """An engine for migrations only: no pool, and no implicit BEGIN on SQLite."""
    # What stands in rows stands in no message and no traceback.
    if url.startswith("sqlite"):
        return create_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT", hide_parameters=True
        )
    return create_engine(url, poolclass=NullPool, hide_parameters=True)


def upgrade(url: str, revision: str = "head", *, role: str | None = None) -> None:
    """Migrate the database at `url` to `revision`; a second run changes nothing.

    `role` is the PostgreSQL role that will serve pages: it is given what they need. The guards
    are those of the newest structure, so an older one is left without.
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
    if revision_of(connection) not in ("", *known_revisions()):
        raise SettingError(NEWER)
    guards.drop(connection)
    command.upgrade(alembic_config(connection), revision)
    if revision == "head":
        guards.create(connection, role)


def _refuse_broken_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"foreign keys are broken after migrating: {broken[:5]}")


MISSING = "还没有数据，请先运行 portal init。"
OLDER = "数据库是旧版程序的，请先运行 portal init 升级。"
NEWER = "程序比数据库旧：数据库已经由新版程序升级过，请安装新版程序。"


def fault_of(connection: Connection) -> str:
    """Why this program cannot use the database, as a sentence; empty if it can."""
    if not inspect(connection).has_table("organisation"):
        return MISSING
    stands_at, known = revision_of(connection), known_revisions()
    if stands_at == known[0]:
        return ""
    return OLDER if stands_at in known else NEWER


def require_usable(url: str) -> None:
    """Raise `SettingError` unless the database at `url` has the schema that this program knows."""
    with migration_engine(url).connect() as connection:
        if sentence := fault_of(connection):
            raise SettingError(sentence)


def require_writable(url: str) -> None:
    """Raise `SettingError` unless the database is usable and this process may write to it."""
    try:
        sentence = fault_at(url)
    except OperationalError as error:
        sentence = f"数据库现在写不进去，请核对它的属主、权限和空间：{error.orig}。"
    if sentence:
        raise SettingError(sentence)


def fault_at(url: str) -> str:
    """`fault_of`, and also whether the database is writable; changes nothing.

    Raises the driver's error when the database cannot be reached or its write lock is not free.
    """
    with migration_engine(url).connect() as connection:
        return fault_of(connection) or _fault_of_writing(connection)


def _fault_of_writing(connection: Connection) -> str:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # a read-only file refuses the change alone
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = version_num")
        connection.exec_driver_sql("ROLLBACK")
        return ""
    readonly = connection.exec_driver_sql("SHOW transaction_read_only").scalar()
    return "数据库只读。" if readonly == "on" else ""


def size_at(url: str) -> int:
    """As `size_of`, of the database at `url`; raises what the driver does without an answer."""
    with migration_engine(url).connect() as connection:
        return size_of(connection)


def size_of(connection: Connection) -> int:
    """How many bytes the database takes on the disk, its log of writes not counted."""
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())
    asked = connection.exec_driver_sql("SELECT pg_database_size(current_database())")
    return int(asked.scalar_one())


def revision_of(connection: Connection) -> str:
    """The revision of a database; empty if it was never migrated."""
    return MigrationContext.configure(connection).get_current_revision() or ""


@cache
def known_revisions() -> tuple[str, ...]:
    """Every revision that this program knows, the newest first."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    return tuple(script.revision for script in scripts.walk_revisions())
