"""The fence: a session reads and writes the rows of one organisation, and raises without a scope.

A session's scope is set when it is created and never changes. Every ORM statement gets the scope as
a criterion; statements that bypass the ORM are refused, since no criterion can be added to them.
"""

from dataclasses import dataclass
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as BaseSession
from sqlalchemy import Connection, Engine, bindparam, event, select
from sqlalchemy.orm import ORMExecuteState, UOWTransaction, with_loader_criteria
from sqlalchemy.orm import Session as AnySession

from portal.models.base import Base, TenantOwned
from portal.models.organisation import Organisation, end_of_own, end_of_subtree
from portal.models.prepared import Prepared, Row


class OutsideFence(RuntimeError):
    """A statement or a row is outside the scope of its session."""


@dataclass(frozen=True, slots=True)
class OwnScope:
    """One organisation, read and write; row-level security compares its path."""

    organisation_id: int
    path: str = ""


@dataclass(frozen=True, slots=True)
class SubtreeScope:
    """An organisation and everything below it, read-only."""

    path: str


@dataclass(frozen=True, slots=True)
class Door:
    """A declared exception from the fence, for the named models only."""

    name: str
    models: frozenset[type]


Scope = OwnScope | SubtreeScope | Door

_own = with_loader_criteria(
    TenantOwned,
    lambda owned: owned.organisation_id == bindparam("fence_organisation", type_=None),
    include_aliases=True,
    track_closure_variables=False,
)
_below = with_loader_criteria(
    TenantOwned,
    lambda owned: owned.organisation_id.in_(
        select(Organisation.id).where(
            Organisation.path >= bindparam("fence_from"),
            Organisation.path < bindparam("fence_to"),
        )
    ),
    include_aliases=True,
    track_closure_variables=False,
)


class FencedSession(BaseSession):
    """A session with a fixed scope; without a scope it reads only shared tables."""

    def __init__(self, db: SQLAlchemy, *, scope: Scope | None = None, **kwargs: Any) -> None:
        super().__init__(db, **kwargs)
        self._scope = scope
        self._engine = db.engine
        self._connected: Connection | None = None

    def get_bind(self, *_args: Any, bind: Any = None, **_kwargs: Any) -> Engine | Connection:
        """The one engine; SQLAlchemy's look-up would cost a tenth of every statement."""
        return bind or self._engine

    @property
    def scope(self) -> Scope | None:
        """The session's scope, set once at its creation."""
        return self._scope

    def run(self, prepared: Prepared, parameters: Any) -> list[Row]:
        """Execute a prepared statement with the scope's criterion, without the ORM's overhead."""
        criterion, bounds = _fence_round(self._scope, prepared, parameters)
        self.flush()
        given = parameters if isinstance(parameters, list) else {**parameters, **bounds}
        return prepared.run(self._connected or self.connection(), given, criterion)

    def bulk_save_objects(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Raise `OutsideFence`, as all bulk methods do: bulk writes bypass the fence."""
        raise OutsideFence("rows are written by flushing or by statements")

    bulk_insert_mappings = bulk_save_objects
    bulk_update_mappings = bulk_save_objects


def read_through(door: Door, db: SQLAlchemy, prepared: Prepared, parameters: Any) -> list[Row]:
    """Execute one query behind a door in its own transaction, without a session.

    Raises `OutsideFence` for a write, and for a table that the door does not lead to.
    """
    if not prepared.reads:
        raise OutsideFence("a statement without a session is for reading")
    _check_door(door, _owned_by_tenants(prepared))
    with db.engine.begin() as connection:
        _tell(connection, door)
        return prepared.run(connection, parameters)


def _fence_round(
    scope: Scope | None, prepared: Prepared, parameters: Any
) -> tuple[Any, dict[str, Any]]:
    """The scope's criterion for a prepared statement, with its parameters."""
    owned = _owned_by_tenants(prepared)
    if isinstance(scope, Door):
        _check_door(scope, owned)
        return None, {}
    if prepared.inserts:
        _check_inserted(scope, owned, parameters)
        return None, {}
    if isinstance(scope, SubtreeScope):
        if not prepared.reads:
            raise OutsideFence("a subtree is for reading")
        return _below, _bounds(scope)
    if scope is None and owned:
        raise OutsideFence("without a scope only what is shared can be read")
    return _own, {"fence_organisation": scope.organisation_id} if scope else {}


def _owned_by_tenants(prepared: Prepared) -> list[type]:
    made = _kept.setdefault(prepared, {})
    if "owned" not in made:
        mappers = [m for m in Base.registry.mappers if issubclass(m.class_, TenantOwned)]
        made["owned"] = [m.class_ for m in mappers if m.local_table in prepared.tables]
    owned: list[type] = made["owned"]
    return owned


def _bounds(scope: SubtreeScope) -> dict[str, Any]:
    return {"fence_from": scope.path, "fence_to": end_of_subtree(scope.path)}


@event.listens_for(FencedSession, "do_orm_execute")
def _bind_to_scope(state: ORMExecuteState) -> None:
    scope = state.session.scope  # type: ignore[attr-defined]
    if not state.is_orm_statement:
        raise OutsideFence("a statement that is not the ORM's cannot be fenced")
    if isinstance(scope, Door):
        _check_door(scope, _owned(state))
    elif state.is_insert:
        _check_inserted(scope, _owned(state), state.parameters)
    elif isinstance(scope, SubtreeScope):
        if not state.is_select:
            raise OutsideFence("a subtree is for reading")
        _restrict(state, _below, _bounds(scope))
    else:
        # without a scope the parameter is missing, so a statement that needs it raises
        _restrict(state, _own, {"fence_organisation": scope.organisation_id} if scope else {})


def _restrict(state: ORMExecuteState, criterion: Any, parameters: dict[str, Any]) -> None:
    if isinstance(state.parameters, list):
        raise OutsideFence("many rows are changed by criteria, not by their keys")
    state.statement = _restricted(state.statement, criterion)
    own: Any = state.parameters or {}
    state.parameters = {**own, **parameters}


# A cached statement is restricted and inspected once; otherwise every save would repeat most of
# # the fence's cost.
_kept: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()


def _restricted(statement: Any, criterion: Any) -> Any:
    made = _kept.setdefault(statement, {})
    if criterion not in made:
        made[criterion] = statement.options(criterion)
    return made[criterion]


def _owned(state: ORMExecuteState) -> list[type]:
    made = _kept.setdefault(state.statement, {})
    if "owned" not in made:
        mappers = state.all_mappers
        made["owned"] = [m.class_ for m in mappers if issubclass(m.class_, TenantOwned)]
    owned: list[type] = made["owned"]
    return owned


def _check_door(door: Door, owned: list[type]) -> None:
    for model in owned:
        if model not in door.models:
            raise OutsideFence(f"the door {door.name} does not lead to {model.__name__}")


def _check_inserted(scope: Scope | None, owned: list[type], rows: Any) -> None:
    if not owned:
        return
    if not rows:
        raise OutsideFence("rows are inserted by parameters, so that their owner can be seen")
    for row in rows if isinstance(rows, list) else [rows]:
        _check_owner(scope, row.get("organisation_id"))


def _check_owner(scope: Scope | None, organisation_id: int | None) -> None:
    if not isinstance(scope, OwnScope) or scope.organisation_id != organisation_id:
        raise OutsideFence(f"a row of organisation {organisation_id} was written in {scope}")


@event.listens_for(FencedSession, "before_attach")
def _check_attached(session: AnySession, row: Any) -> None:
    """Refuse an object from another session: it would be reloaded by key, outside the scope."""
    # read `__dict__`, since an expired attribute would be loaded
    _check_row(session, row, vars(row).get("organisation_id"))


@event.listens_for(FencedSession, "before_flush")
def _check_flushed(session: AnySession, _context: UOWTransaction, _objects: Any) -> None:
    for row in {*session.new, *session.dirty, *session.deleted}:
        _check_row(session, row, getattr(row, "organisation_id", None))


def _check_row(session: AnySession, row: Any, organisation_id: int | None) -> None:
    scope = session.scope  # type: ignore[attr-defined]
    if isinstance(scope, SubtreeScope):
        raise OutsideFence("a subtree is for reading")
    if not isinstance(row, TenantOwned):
        return
    if not isinstance(scope, Door):
        _check_owner(scope, organisation_id)
    elif type(row) not in scope.models:
        raise OutsideFence(f"the door {scope.name} does not lead to {type(row).__name__}")


@event.listens_for(FencedSession, "after_begin")
def _tell_connection(session: AnySession, _transaction: Any, connection: Connection) -> None:
    session._connected = connection  # type: ignore[attr-defined]
    _tell(connection, session.scope)  # type: ignore[attr-defined]


def _tell(connection: Connection, scope: Scope | None) -> None:
    connection.info["scope"] = scope
    if connection.dialect.name == "postgresql":
        _tell_postgresql(connection, scope)


@event.listens_for(FencedSession, "after_transaction_end")
def _forget_connection(session: AnySession, _transaction: Any) -> None:
    session._connected = None  # type: ignore[attr-defined]


_NAME_SCOPE = (
    "SELECT set_config('portal.low', %s, true), set_config('portal.high', %s, true), "
    "set_config('portal.door', %s, true)"
)


def _tell_postgresql(connection: Connection, scope: Scope | None) -> None:
    """Set the scope for row-level security (`set_config`), for this transaction only."""
    low = high = door = ""
    if isinstance(scope, OwnScope):
        low, high = scope.path, end_of_own(scope.path)
    elif isinstance(scope, SubtreeScope):
        low, high = scope.path, end_of_subtree(scope.path)
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    elif isinstance(scope, Door):
        door = scope.name
    connection.exec_driver_sql(_NAME_SCOPE, (low, high, door))
