"""The statement gate: a test tool that reads every final statement and looks for the fence in it.

The fence adds its criterion while the ORM compiles; what goes round the ORM, or what text turns
the criterion off, is seen only in the statement that reaches the driver. So the gate parses that
statement and lets it through only when each table of the tenants is held to the organisation of
the session it belongs to: every SELECT, however deep, UPDATE, DELETE and INSERT. What it cannot
parse or does not know is refused.

`install(engine)` puts it before every statement of an engine; a refusal raises `GateRefused` and
is kept, so that a test can assert `gate.refused == []` at its end.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlglot
from sqlalchemy import Engine, event
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokens import TokenType

from portal.models import Base, Organisation, TenantOwned
from portal.models.organisation import end_of_subtree
from portal.storage.fence import Door, OwnScope, Scope, SubtreeScope

KNOWN = frozenset(Base.metadata.tables)
OWNED = frozenset(
    mapper.local_table.name
    for mapper in Base.registry.mappers
    if issubclass(mapper.class_, TenantOwned)
)
ORGANISATION = Organisation.__table__.name
OWNER = "organisation_id"
FUNCTIONS_AS_TABLES = frozenset({"json_each", "json_tree"})
READABLE = exp.Query | exp.Insert | exp.Update | exp.Delete
WITHOUT_TABLES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
CHECKS = frozenset({"pragma foreign_key_check", "pragma integrity_check", "pragma quick_check"})
TOUCHING = frozenset(
    {sqlite3.SQLITE_READ, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}
)

Row = Sequence[Any]
Held = Callable[[exp.Expression, str], bool]
"""Whether a condition holds the table with this alias to the scope."""


class GateRefused(RuntimeError):
    """A statement was about to reach the database without the fence in it."""


class Gate:
    """Stands before every statement of an engine; `refused` are those that it did not let by.

    An error page hides the exception of a refused statement, so that a test looks here at its end.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.refused: list[str] = []
        self.put_up()

    def put_up(self) -> None:
        """Stand before every statement from now on."""
        for name, listener in self._listeners():
            event.listen(self._engine, name, listener)
        self._engine.dispose()  # connections made before have no guard

    def remove(self) -> None:
        """Take the gate away again, to see what it would have held."""
        for name, listener in self._listeners():
            event.remove(self._engine, name, listener)
        self._engine.dispose()

    def _listeners(self) -> Sequence[tuple[str, Callable[..., None]]]:
        return (
            ("connect", self._guard),
            ("before_cursor_execute", self._before),
            ("after_cursor_execute", self._after),
            ("handle_error", self._failed),
            ("checkin", self._forget),
        )

    def _guard(self, connection: Any, record: Any) -> None:
        """A cursor of the driver's own passes no event: SQLite itself asks what was let by."""

        def answer(action: int, table: str | None, *_rest: Any) -> int:
            let_by = action not in TOUCHING or table not in OWNED or record.info.get("let by")
            return sqlite3.SQLITE_OK if let_by else sqlite3.SQLITE_DENY

        connection.set_authorizer(answer)

    def _before(
        self, connection: Any, _cursor: Any, statement: str, given: Any, _context: Any, many: bool
    ) -> None:
        try:
            judge(statement, given if many else [given], connection.info.get("scope"))
        except GateRefused as refusal:
            self.refused.append(str(refusal))
            raise
        connection.info["let by"] = True

    def _after(self, connection: Any, *_rest: Any) -> None:
        connection.info["let by"] = False

    def _failed(self, context: Any) -> None:
        if context.connection is not None and not context.connection.invalidated:
            context.connection.info["let by"] = False

    def _forget(self, _connection: Any, record: Any) -> None:
        # The note of a session stays on a pooled connection; its next user has no scope yet.
        record.info.pop("scope", None)


class NoGate:
    """No gate at all: on PostgreSQL its own row-level security stands in its place."""

    def __init__(self) -> None:
        self.refused: list[str] = []


def install(engine: Engine) -> "Gate | NoGate":
    """Put a gate before every statement of `engine`, where it understands the engine's words."""
    return Gate(engine) if engine.dialect.name == "sqlite" else NoGate()


def judge(statement: str, rows: Sequence[Row], scope: Scope | None) -> None:
    """Raise `GateRefused` unless `statement`, run with each of `rows`, stays inside `scope`."""
    if _has_no_tables(statement):
        return
    parsed = _parsed(statement)
    tables = [table for table in parsed.tables if table.owned]
    if isinstance(scope, SubtreeScope) and parsed.writes:
        raise GateRefused(f"a subtree is for reading: {statement}")
    if isinstance(scope, Door):
        _judge_door(scope, tables, statement)
        return
    for row in rows:
        for table in tables:
            if not _is_held(table, _criterion(scope, row)):
                raise GateRefused(f"{table.name} is not held to {scope} in: {statement} {row!r}")


def _has_no_tables(statement: str) -> bool:
    plain = " ".join(statement.split()).rstrip(";")
    return plain.split(" ")[0].upper() in WITHOUT_TABLES or plain.lower() in CHECKS


def _judge_door(door: Door, tables: "list[Used]", statement: str) -> None:
    leads_to = {model.__table__.name for model in door.models}  # type: ignore[attr-defined]
    for table in tables:
        if table.name not in leads_to:
            raise GateRefused(f"the door {door.name} does not lead to {table.name}: {statement}")


# What a statement says, once for each text


@dataclass(frozen=True)
class Used:
    """One use of a table in a statement, and the conditions that every row of it must meet.

    `inserted` are the expressions that an INSERT gives as the owner, None for other uses.
    """

    name: str
    alias: str
    conditions: tuple[exp.Expression, ...] = ()
    inserted: tuple[exp.Expression, ...] | None = None

    @property
    def owned(self) -> bool:
        return self.name in OWNED


@dataclass(frozen=True)
class Parsed:
    """The tables that a statement uses, and whether it writes."""

    tables: tuple[Used, ...]
    writes: bool


@lru_cache(maxsize=4096)
def _parsed(statement: str) -> Parsed:
    tree = _tree(statement)
    names = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    _refuse_the_unreadable(tree, names, statement)
    used = [_used(table, names, statement) for table in tree.find_all(exp.Table)]
    _refuse_one_alias_for_two(tree, statement)
    writes = tree.find(exp.Insert, exp.Update, exp.Delete) is not None
    return Parsed(tuple(one for one in used if one is not None), writes)


def _tree(statement: str) -> exp.Expression:
    try:
        trees = sqlglot.parse(_numbered(statement), dialect="sqlite")
    except SqlglotError as error:
        raise GateRefused(f"this statement cannot be read: {statement}") from error
    if len(trees) != 1 or not isinstance(trees[0], READABLE):
        raise GateRefused(f"not one statement of a known kind: {statement}")
    if any(trees[0].find_all(exp.Parameter)) or not all(
        re.fullmatch(r"p(0|[1-9]\d*)", mark.name) for mark in trees[0].find_all(exp.Placeholder)
    ):
        raise GateRefused(f"parameters are question marks and nothing else: {statement}")
    return trees[0]


def _numbered(statement: str) -> str:
    """The statement with its question marks numbered, so that each is found in the tree."""
    tokens = sqlglot.tokenize(statement, dialect="sqlite")
    marks = [token for token in tokens if token.token_type is TokenType.PLACEHOLDER]
    if any(token.token_type is TokenType.COLON for token in tokens):
        raise GateRefused(f"parameters are question marks and nothing else: {statement}")
    text = statement
    for number, mark in reversed(list(enumerate(marks))):
        text = f"{text[: mark.start]}:p{number}{text[mark.end + 1 :]}"
    return text


def _refuse_the_unreadable(tree: exp.Expression, ctes: set[str], statement: str) -> None:
    for table in tree.find_all(exp.Table):
        name = _table_name(table)
        if name not in KNOWN | ctes | FUNCTIONS_AS_TABLES or table.args.get("db"):
            raise GateRefused(f"{name} is no table of the portal: {statement}")
    if ctes & KNOWN:
        raise GateRefused(f"a common table expression hides a table: {statement}")
    if any(test.args.get("field") for test in tree.find_all(exp.In)):
        raise GateRefused(f"IN names a table without SELECT: {statement}")
    if any(join.side in {"RIGHT", "FULL"} for join in tree.find_all(exp.Join)):
        raise GateRefused(f"RIGHT and FULL joins turn conditions of ON off: {statement}")


def _refuse_one_alias_for_two(tree: exp.Expression, statement: str) -> None:
    for select in tree.find_all(exp.Select):
        aliases = [table.alias_or_name.lower() for table in _sources(select)]
        if len(aliases) != len(set(aliases)):
            raise GateRefused(f"one alias stands for two tables: {statement}")


def _sources(query: exp.Expression) -> Iterator[exp.Table]:
    return (table for table in query.find_all(exp.Table) if _home(table) is query)


def _home(table: exp.Expression) -> exp.Expression | None:
    return table.find_ancestor(exp.Select, exp.Insert, exp.Update, exp.Delete)


def _target(insert: exp.Insert) -> exp.Expression:
    return insert.this.this if isinstance(insert.this, exp.Schema) else insert.this


def _table_name(table: exp.Table) -> str:
    function = table.this
    return str(function.name if isinstance(function, exp.Anonymous) else table.name).lower()


def _used(table: exp.Table, ctes: set[str], statement: str) -> Used | None:
    name, alias = _table_name(table), table.alias_or_name.lower()
    if name in ctes or name not in OWNED:
        return None
    home = _home(table)
    if isinstance(home, exp.Insert) and table is _target(home):
        return Used(name, alias, inserted=_inserted(home, statement))
    if isinstance(home, exp.Update):
        _refuse_new_owner(home.expressions, statement)
    return Used(name, alias, tuple(_conditions(home, table)) if home else ())


# Conditions that every row must meet


def _conditions(query: exp.Expression, table: exp.Table) -> Iterator[exp.Expression]:
    """What is ANDed in WHERE, and in those ONs that no row of `table` gets round."""
    where = query.args.get("where")
    if where is not None:
        yield from _anded(where.this)
    for join in query.args.get("joins") or ():
        if join.args.get("on") is not None and (join.side != "LEFT" or join.this is table):
            yield from _anded(join.args["on"])


def _anded(condition: exp.Expression) -> Iterator[exp.Expression]:
    if isinstance(condition, exp.Paren):
        yield from _anded(condition.this)
    elif isinstance(condition, exp.And):
        yield from _anded(condition.left)
        yield from _anded(condition.right)
    else:
        yield condition


def _is_held(table: Used, holds: Held) -> bool:
    if table.inserted is not None:
        return bool(table.inserted) and all(holds(owner, "") for owner in table.inserted)
    return any(holds(condition, table.alias) for condition in table.conditions)


def _criterion(scope: Scope | None, row: Row) -> Held:
    """How `scope` shows itself in a statement that is run with the parameters of `row`."""
    if isinstance(scope, OwnScope):
        return lambda condition, alias: _is_own(condition, alias, scope.organisation_id, row)
    if isinstance(scope, SubtreeScope):
        return lambda condition, alias: _is_below(condition, alias, scope.path, row)
    return lambda condition, alias: False


def _is_own(condition: exp.Expression, alias: str, organisation_id: int, row: Row) -> bool:
    if not alias:  # the owner that an INSERT gives
        return _is_bound(condition, organisation_id, row)
    if not isinstance(condition, exp.EQ):
        return False
    sides = (condition.left, condition.right), (condition.right, condition.left)
    return any(
        _is_column(column, OWNER, alias) and _is_bound(value, organisation_id, row)
        for column, value in sides
    )


def _is_below(condition: exp.Expression, alias: str, path: str, row: Row) -> bool:
    if not isinstance(condition, exp.In) or not _is_column(condition.this, OWNER, alias):
        return False
    chosen = condition.args.get("query")
    select = chosen.this if isinstance(chosen, exp.Subquery) else chosen
    return isinstance(select, exp.Select) and _chooses_subtree(select, path, row)


def _chooses_subtree(select: exp.Select, path: str, row: Row) -> bool:
    tables = list(_sources(select))
    if len(tables) != 1 or _table_name(tables[0]) != ORGANISATION or select.args.get("joins"):
        return False
    alias = tables[0].alias_or_name.lower()
    chosen = [one.unalias() for one in select.expressions]
    conditions = list(_conditions(select, tables[0]))
    return (
        len(chosen) == 1
        and _is_column(chosen[0], "id", alias)
        and any(_compares(one, exp.GTE, alias, path, row) for one in conditions)
        and any(_compares(one, exp.LT, alias, end_of_subtree(path), row) for one in conditions)
    )


def _compares(
    condition: exp.Expression, kind: type[exp.Binary], alias: str, bound: str, row: Row
) -> bool:
    return (
        isinstance(condition, kind)
        and _is_column(condition.left, "path", alias)
        and _is_bound(condition.right, bound, row)
    )


def _is_column(expression: exp.Expression, name: str, alias: str) -> bool:
    return (
        isinstance(expression, exp.Column)
        and expression.name.lower() == name
        and expression.table.lower() == alias
    )


def _is_bound(expression: exp.Expression, value: Any, row: Row) -> bool:
    """Whether this is a parameter that carries exactly `value` in this run."""
    if not isinstance(expression, exp.Placeholder) or not expression.name.startswith("p"):
        return False
    given = _given(row, int(expression.name[1:]))
    return type(given) is type(value) and given == value


def _given(row: Row, number: int) -> Any:
    if isinstance(row, Mapping) or number >= len(row):
        raise GateRefused("the parameters do not fit the statement")
    return row[number]


# Writing


def _inserted(insert: exp.Insert, statement: str) -> tuple[exp.Expression, ...]:
    """What an INSERT gives as the owner, once for each row of its VALUES."""
    if insert.args.get("alternative"):
        raise GateRefused(f"INSERT OR … can replace a row of another organisation: {statement}")
    _refuse_careless_conflict(insert, statement)
    columns = [column.name.lower() for column in _columns(insert)]
    values = insert.expression
    if OWNER not in columns or not isinstance(values, exp.Values):
        raise GateRefused(f"an INSERT does not say whose its rows are: {statement}")
    place = columns.index(OWNER)
    return tuple(row.expressions[place] for row in values.expressions)


def _columns(insert: exp.Insert) -> Sequence[exp.Expression]:
    return insert.this.expressions if isinstance(insert.this, exp.Schema) else ()


def _refuse_careless_conflict(insert: exp.Insert, statement: str) -> None:
    conflict = insert.args.get("conflict")
    if conflict is None or not conflict.expressions:
        return  # nothing is done to the row that is there
    target = {column.name.lower() for column in _keys(conflict)}
    if OWNER not in target:
        raise GateRefused(f"ON CONFLICT can change a row of another organisation: {statement}")
    _refuse_new_owner(conflict.expressions, statement)


def _keys(conflict: exp.OnConflict) -> Iterator[exp.Expression]:
    for key in conflict.args.get("conflict_keys") or ():
        yield from key.find_all(exp.Column)


def _refuse_new_owner(assignments: Sequence[exp.Expression], statement: str) -> None:
    for assignment in assignments:
        if any(column.name.lower() == OWNER for column in _assigned(assignment)):
            raise GateRefused(f"an UPDATE gives a row to another organisation: {statement}")


def _assigned(assignment: exp.Expression) -> Iterator[exp.Expression]:
    target = assignment.this
    yield from target.expressions if isinstance(target, exp.Tuple) else [target]
