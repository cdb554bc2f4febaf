"""Copy every row of one database into another, on either engine, and compare row by row.

Both stand at the same migration, and at the newest one the models describe both. Rows are read and
written with the types of the models: an instant or a list is the same thing on either side.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    ForeignKeyConstraint,
    MetaData,
    String,
    Table,
    func,
    inspect,
    select,
)
from sqlalchemy import table as any_table
from sqlalchemy.exc import OperationalError

from portal.models import Base
from portal.models.base import Instant
from portal.storage import guards, schema

TABLES = tuple(Base.metadata.sorted_tables)
"""Every table, sorted by foreign keys: a table follows those that it refers to."""

BATCH_ROWS = 1000
"""Rows in memory while a table is copied or compared."""


class NotCarried(ValueError):
    """The rows cannot be copied, or differ after copying; the message says why."""


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """A connection as the owner; an open transaction is rolled back at the end."""
    engine = schema.migration_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def at_one_moment(url: str) -> Iterator[Connection]:
    """A read-only connection with a snapshot of all rows; raises `NotCarried` as `see_all`."""
    with connected(url) as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            see_all(connection)
        yield connection


@contextmanager
def alone(url: str) -> Iterator[Connection]:
    """A connection with an exclusive lock on a SQLite file.

    Raises `NotCarried` when another process holds the file, as a running server does.
    """
    with connected(url) as connection:
        connection.exec_driver_sql("PRAGMA locking_mode=EXCLUSIVE")
        # A running server keeps its lock; give up after 1 s.
        connection.exec_driver_sql("PRAGMA busy_timeout=1000")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            raise NotCarried("库正在使用中，请先停掉服务（portal serve）。") from error
        yield connection


def see_all(connection: Connection) -> None:
    """Let this PostgreSQL transaction read the rows of all organisations.

    Raises `NotCarried` when row-level security has no such door, since rows would be missing
    without an error.
    """
    connection.exec_driver_sql("SELECT set_config('portal.door', 'verifying', true)")
    walls_without_door = connection.exec_driver_sql(
        "SELECT relname FROM pg_class WHERE relrowsecurity "
        "AND relnamespace = current_schema()::regnamespace AND relname NOT IN "
        "(SELECT tablename FROM pg_policies "
        "WHERE policyname = 'verifying' AND schemaname = current_schema())"
    ).scalars()
    if list(walls_without_door):
        raise NotCarried("库里的行级策略不全，请先运行 portal init。")


def counted(connection: Connection) -> dict[str, int]:
    """The number of rows in each existing table."""
    names = set(inspect(connection).get_table_names()) - {"alembic_version"}
    counts = {name: select(func.count()).select_from(any_table(name)) for name in sorted(names)}
    return {name: connection.execute(count).scalar_one() for name, count in counts.items()}


def strange_tables(connection: Connection) -> list[str]:
    """The names of tables that are not the portal's."""
    known = {table.name for table in TABLES} | {"alembic_version"}
    return sorted(set(inspect(connection).get_table_names()) - known)


def carry(source: Connection, target: Connection, role: str | None = None) -> None:
    """Fill the empty tables of `target` with every row of `source`, and compare them.

    It runs in the transaction of `target`, which the caller ends. The guards are dropped
    meanwhile, since they would refuse the figures of submitted reports; `role` is the role that
    will serve pages. Raises `NotCarried` when a row differs afterwards.
    """
    guards.drop(target)
    with _own_keys_at_the_end(target):
        for table in TABLES:
            _copy(source, target, table)
    for table in TABLES:
        _compare(source, target, table)
    _count_on(target)
    guards.create(target, role)


def carry_older(source: Connection, target: Connection) -> None:
    """Fill a SQLite file of an older migration with every row of a database that stands there too.

    The models no longer describe these tables, so the file itself is asked for their columns.
    Raises `NotCarried` when a row arrived otherwise.
    """
    tables = _described_tables(target)
    for table in tables:
        _copy(source, target, table)
    for table in tables:
        _compare(source, target, table)


def _described_tables(connection: Connection) -> list[Table]:
    """The tables that are there; their moments are the same on either engine."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != "alembic_version")
    for table in found.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, DateTime):
                column.type = Instant()
    return found.sorted_tables


@contextmanager
def _own_keys_at_the_end(target: Connection) -> Iterator[None]:
    """Defer PostgreSQL's foreign keys within a table until all rows are copied.

    A moved unit can have a parent with a greater id, copied later. SQLite checks no foreign keys
    on such a connection.
    """
    keys = _own_keys() if target.dialect.name == "postgresql" else []
    _look_at(target, keys, "DEFERRABLE INITIALLY DEFERRED")
    yield
    if keys:
        target.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    _look_at(target, keys, "NOT DEFERRABLE")


def _own_keys() -> list[ForeignKeyConstraint]:
    return [
        key
        for table in TABLES
        for key in table.foreign_key_constraints
        if key.referred_table is table
    ]


def _look_at(target: Connection, keys: list[ForeignKeyConstraint], when: str) -> None:
    for key in keys:
        table = key.table.name
        target.exec_driver_sql(f'ALTER TABLE "{table}" ALTER CONSTRAINT "{key.name}" {when}')


def _copy(source: Connection, target: Connection, table: Table) -> None:
    with source.execute(select(table), execution_options={"yield_per": BATCH_ROWS}) as rows:
        for some in rows.mappings().partitions():
            target.execute(table.insert(), [dict(row) for row in some])


def _compare(source: Connection, target: Connection, table: Table) -> None:
    with _in_order(source, table) as here, _in_order(target, table) as there:
        for number, (sent, arrived) in enumerate(zip_longest(here, there), 1):
            if sent is None or arrived is None or tuple(sent) != tuple(arrived):
                raise NotCarried(f"表 {table.name} 的第 {number} 行搬过去后与原来不同，没有搬。")


def _in_order(connection: Connection, table: Table) -> CursorResult[Any]:
    """The rows by primary key; texts by byte (collation C), as SQLite compares them."""
    signs = "C" if connection.dialect.name == "postgresql" else "BINARY"
    key = [
        column.collate(signs) if isinstance(column.type, String) else column
        for column in table.primary_key
    ]
    return connection.execute(
        select(table).order_by(*key), execution_options={"yield_per": BATCH_ROWS}
    )


def _count_on(target: Connection) -> None:
    """Set PostgreSQL's sequences to the greatest copied ids."""
    if target.dialect.name != "postgresql":
        return
    for table in TABLES:
        if (column := table.autoincrement_column) is not None:
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            last = func.max(column)
            target.execute(select(func.setval(sequence, func.coalesce(last, 1), last.is_not(None))))
