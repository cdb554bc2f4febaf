"""Database checks: integrity of the file, the foreign keys and the guards."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from portal.storage import guards, schema


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one check: what it looked at, and every fault."""

    name: str
    looked_at: str
    faults: tuple[str, ...]


def engine_outcomes(owner_url: str) -> Iterator[Outcome]:
    """Check the file, the foreign keys and the guards of the database, as its owner."""
    engine = schema.migration_engine(owner_url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            yield _pragma(connection, "数据库文件", "integrity_check")
            yield _pragma(connection, "外键", "foreign_key_check")
            yield _sqlite_triggers(connection)
        else:
            yield _foreign_keys(connection)
            yield _postgresql_guards(connection)
    engine.dispose()


def revision_and_size(url: str) -> tuple[str, int]:
    """The migration that the database at `url` stands at, and its size in bytes."""
    engine = schema.migration_engine(url)
    asked = (
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        if engine.dialect.name == "sqlite"
        else "SELECT pg_database_size(current_database())"
    )
    with engine.connect() as connection:
        size = connection.exec_driver_sql(asked).scalar_one()
        found = schema.revision_of(connection), int(size)
    engine.dispose()
    return found


def _pragma(connection: Connection, name: str, pragma: str) -> Outcome:
    rows = connection.exec_driver_sql(f"PRAGMA {pragma}").fetchall()
    return Outcome(name, "全库", tuple(" ".join(map(str, row)) for row in rows if row != ("ok",)))


def _sqlite_triggers(connection: Connection) -> Outcome:
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    there = {row.name: row.sql for row in rows}
    wanted = guards.sqlite_triggers()
    faults = [f"缺少 {name}" for name in wanted if name not in there]
    faults += [f"{name} 被改动" for name in wanted if there.get(name, wanted[name]) != wanted[name]]
    return Outcome("触发器", f"{len(wanted)} 个", tuple(faults))


def _foreign_keys(connection: Connection) -> Outcome:
    """Check foreign keys; on PostgreSQL only for constraints that were never validated."""
    rows = connection.exec_driver_sql(
        "SELECT conname, convalidated FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    ).fetchall()
    faults = tuple(f"{row.conname} 没有校验" for row in rows if not row.convalidated)
    return Outcome("外键", f"{len(rows)} 个", faults)


def _postgresql_guards(connection: Connection) -> Outcome:
    triggers = connection.exec_driver_sql(
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    walls = connection.exec_driver_sql(
        "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity "
        "AND relnamespace = current_schema()::regnamespace"
    )
    policies = connection.exec_driver_sql(
        "SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema()"
    )
    there = {row.tgname for row in triggers} | {row.relname for row in walls}
    allowed = {f"{row.tablename} 的策略 {row.policyname}" for row in policies}
    wanted = {*guards.postgresql_triggers(), *(table.name for table in guards.tenant_tables())}
    rules = {f"{table} 的策略 {name}" for table, name in guards.policies()}
    faults = [f"缺少 {name}" for name in sorted((wanted - there) | (rules - allowed))]
    # policies are combined with OR: an extra one lets more rows through
    faults += [f"多出 {name}" for name in sorted(allowed - rules)]
    return Outcome("触发器和行级策略", f"{len(wanted) + len(rules)} 个", tuple(faults))
