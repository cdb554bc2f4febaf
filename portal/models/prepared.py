"""Prepared statements: compiled once for each engine and kind of scope, then only executed.

A save runs a dozen short statements. Looking up the compiled form of each and loading rows through
the ORM takes several times as long as the database itself.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Result, Table, inspect
from sqlalchemy.orm import DeclarativeBase, Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.util import find_tables

Row = Any
"""A row with its columns by name, as a named tuple."""

Process = Callable[[Any], Any]
Model = TypeVar("Model", bound=DeclarativeBase)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A statement's text for the driver, with the converters of its parameters and columns."""

    text: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]
    bound: Mapping[str, Process]
    positional: bool
    row: Callable[[Iterable[Any]], Row]
    processes: tuple[Process | None, ...]

    def arguments(self, parameters: Mapping[str, Any]) -> Any:
        """The driver's arguments; raises `KeyError` for a missing parameter."""
        values = [
            self._bound(name, parameters[name] if name in parameters else self.fixed[name])
            for name in self.names
        ]
        return tuple(values) if self.positional else dict(zip(self.names, values, strict=True))

    def _bound(self, name: str, value: Any) -> Any:
        process = self.bound.get(name)
        return process(value) if process else value

    def rows(self, fetched: Sequence[Sequence[Any]]) -> list[Row]:
        """The rows, each value converted by its column's type."""
        return [
            self.row(
                process(value) if process else value
                for process, value in zip(self.processes, each, strict=True)
            )
            for each in fetched
        ]


class Prepared:
    """A statement that is run often; parameters are its `bindparam`s, or an insert's columns.

    `FencedSession.run` executes it and adds the fence's criterion as to any other statement.
    """

    def __init__(self, statement: Any) -> None:
        self.statement = statement
        self.reads: bool = statement.is_select
        self.inserts: bool = statement.is_insert
        self._plans: dict[tuple[Any, ...], _Plan] = {}

    @cached_property
    def tables(self) -> frozenset[Table]:
        """Every table in the statement."""
        found = find_tables(
            self.statement,
            check_columns=True,
            include_aliases=True,
            include_joins=True,
            include_selects=True,
            include_crud=True,
        )
        return frozenset(table for table in found if isinstance(table, Table))

    def run(self, connection: Connection, parameters: Any, criterion: Any = None) -> list[Row]:
        """Execute the statement with `parameters` (a list of them for an insert of several rows).

        `criterion` is an ORM option that is compiled into the statement. Returns the rows of a
        query, and an empty list for a write.
        """
        if isinstance(parameters, list):
            columns = tuple(parameters[0])
            plan = self._plan(connection.dialect, criterion, columns)
            _execute(connection, plan.text, [plan.arguments(each) for each in parameters])
            return []
        plan = self._plan(connection.dialect, criterion)
        done = _execute(connection, plan.text, plan.arguments(parameters))
        return plan.rows(done.fetchall()) if self.reads else []

    def _plan(
        self, dialect: Dialect, criterion: Any, columns: tuple[str, ...] | None = None
    ) -> _Plan:
        key = (dialect.name, criterion, columns)
        if key not in self._plans:
            self._plans[key] = _plan(self.statement, dialect, criterion, columns)
        return self._plans[key]


def _execute(connection: Connection, text: str, arguments: Any) -> Any:
    """Execute on the driver's cursor, since SQLAlchemy's execution costs more than the statement.

    The engine's `before_cursor_execute` listeners are called as usual.
    """
    if connection.dispatch.before_cursor_execute:
        return connection.exec_driver_sql(text, arguments)
    cursor = connection.connection.cursor()
    try:
        execute = cursor.executemany if isinstance(arguments, list) else cursor.execute
        execute(text, arguments)
    except Exception as error:
        connection._handle_dbapi_exception(error, text, arguments, cursor, None)
    return cursor


def _plan(
    statement: Any, dialect: Dialect, criterion: Any, columns: tuple[str, ...] | None
) -> _Plan:
    restricted = statement.options(criterion) if criterion is not None else statement
    compiled = restricted.compile(dialect=dialect, column_keys=columns)
    answered = compiled._result_columns if statement.is_select else ()
    row = _named(tuple(each.keyname for each in answered))
    return _Plan(
        text=str(compiled),
        names=tuple(compiled.positiontup or compiled.bind_names.values()),
        fixed={name: value for name, value in compiled.params.items() if value is not None},
        bound={name: p for name, p in compiled._bind_processors.items() if callable(p)},
        positional=bool(compiled.positional),
        row=row._make,
        processes=tuple(each.type._cached_result_processor(dialect, None) for each in answered),
    )


def as_rows(result: Result[Any]) -> list[Row]:
    """The rows of a large result as named tuples.

    SQLAlchemy's own rows look a column up by name on every access, which for a thousand units
    takes longer than reading them from the database.
    """
    return list(map(_named(tuple(result.keys()))._make, result))


@lru_cache(maxsize=64)
def _named(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns)


def columns_of(model: type) -> list[Any]:
    """All columns of a model, for a prepared statement whose rows `as_detached` reads."""
    return [getattr(model, name).label(label) for name, label in _labels(model)]


def as_detached(model: type[Model], row: Row) -> Model:
    """The columns that `columns_of(model)` selected, as an object outside any session.

    It is read-only: it never expires, and changes to it are never flushed.
    """
    made = model()
    vars(made).update({name: getattr(row, label) for name, label in _labels(model)})
    return made


def attach(session: Session, read: Model) -> Model:
    """Attach an object that was just read to the session, so that changes to it are flushed.

    If the session holds that row already, its object is refreshed and returned.
    """
    known: Model | None = session.identity_map.get(identity_key(instance=read))
    if known is None:
        make_transient_to_detached(read)
        session.add(read)
        return read
    for name, _ in _labels(type(read)):
        set_committed_value(known, name, vars(read)[name])
    return known


@lru_cache(maxsize=64)
def _labels(model: Any) -> tuple[tuple[str, str], ...]:
    names: list[str] = inspect(model).column_attrs.keys()
    return tuple((name, f"{model.__name__.lower()}_{name}") for name in names)


def execute(session: Session, prepared: Prepared, parameters: Any) -> list[Row]:
    """Execute a prepared statement in a session typed as a plain `Session`."""
    rows: list[Row] = session.run(prepared, parameters)  # type: ignore[attr-defined]
    return rows
