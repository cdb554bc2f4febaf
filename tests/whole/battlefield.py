"""The battlefield: a served city on either engine, whose walls can be taken down one by one.

Every attack of the list is made on it; what it read or changed is looked for, and the city is put
right again.
"""

import gc
import re
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from flask_sqlalchemy.session import Session as UnfencedSession
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, IntegrityError, InvalidRequestError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from portal.models import Base, Organisation
from portal.storage import fence, guards
from portal.storage.db import db
from portal.storage.fence import FencedSession, OutsideFence, OwnScope
from tests.engines import POSTGRESQL, SQLITE, address_past_the_walls
from tests.whole.attacks import ATTACKS, MARK, WAYS, Raid, Way
from tests.whole.gate import Gate, GateRefused
from tests.whole.marked_city import (
    NOW,
    OPEN,
    PLACE,
    MarkedCity,
    open_marked,
    organisation_of,
    select_all,
)

FENCE = frozenset({"criteria", "attach", "flush", "bulk"})
"""The parts of the fence: the criterion of statements, the looks at objects that are put into a
session and that are flushed, and the refusal to write in bulk."""

BEHIND = {SQLITE: "gate", POSTGRESQL: "policies"}
"""The wall behind the fence: the tests' gate before every statement, row-level security."""

LEAK, NOTHING = "LEAK", "nothing"
Outcomes = Mapping[str, str]
"""What became of each attack: a leak, nothing, or who refused it."""


def columns(engine: str) -> dict[str, frozenset[str]]:
    """The walls that stand in each column of the table; keys of the database always stand."""
    wall = BEHIND[engine]
    parts = {f"no {part}": FENCE - {part} for part in sorted(FENCE)} if engine == SQLITE else {}
    return {
        "no wall": frozenset(),
        f"{wall} only": frozenset({wall}),
        "fence": FENCE,
        **parts,
        "all": FENCE | {wall},
    }


class Battlefield(ABC):
    """A served city on which attacks are made; it is put right again after each."""

    def __init__(self, city: MarkedCity) -> None:
        self.city = city
        self._untouched = self._rows()
        self._seen = self._version()

    def table(self, engine: str) -> dict[str, Outcomes]:
        """What becomes of every attack, column by column."""
        return {column: self.outcomes(walls) for column, walls in columns(engine).items()}

    def outcomes(self, walls: frozenset[str]) -> Outcomes:
        """What becomes of every attack while these walls stand."""
        with ExitStack() as down:
            for wall in [*FENCE, *BEHIND.values()]:
                if wall not in walls:
                    down.enter_context(self._without(wall))
            return {name: self.outcome(name) for name in ATTACKS}

    def outcome(self, name: str) -> str:
        """What becomes of one attack."""
        with raid_on(self.city) as raid:
            try:
                loot = ATTACKS[name](raid)
                outcome = LEAK if MARK in words(loot) else NOTHING
            except Exception as error:
                outcome = refusal(error)
            raid.session.rollback()
        return LEAK if self._put_right() else outcome

    def _put_right(self) -> bool:
        """Restore the database where it was changed; whether something of others was changed."""
        if self._version() == self._seen:
            return False
        rows = self._rows()
        if rows != self._untouched:
            self._restore([name for name in rows if rows[name] != self._untouched[name]])
        self._seen = self._version()
        return foreign(rows) != foreign(self._untouched)

    @abstractmethod
    def _rows(self) -> dict[str, list[Any]]:
        """Every row of every table, past every wall."""

    @abstractmethod
    def _version(self) -> object:
        """Something that changes with every transaction that changed something."""

    @abstractmethod
    def _restore(self, tables: list[str]) -> None:
        """Let the changed tables be as they were."""

    @abstractmethod
    def close(self) -> None:
        """Leave the field."""

    @contextmanager
    def _without(self, wall: str) -> Iterator[None]:
        take_down, put_up = self._switch(wall)
        take_down()
        try:
            yield
        finally:
            put_up()

    def _switch(self, wall: str) -> tuple[Callable[[], Any], Callable[[], Any]]:
        """What takes a wall down, and what puts it up again."""
        if wall == "bulk":
            return partial(_swap_bulk, UNFENCED), partial(_swap_bulk, REFUSING)
        listeners: dict[str, tuple[str, Any]] = {
            "criteria": ("do_orm_execute", fence._bind_to_scope),
            "attach": ("before_attach", fence._check_attached),
            "flush": ("before_flush", fence._check_flushed),
        }
        if wall not in listeners:
            return _nothing, _nothing  # it does not stand on this engine
        name, listener = listeners[wall]
        return (
            lambda: event.remove(FencedSession, name, listener),
            lambda: event.listen(FencedSession, name, listener),
        )


def _nothing() -> None:
    pass


class OnFile(Battlefield):
    """The battlefield on the embedded file."""

    def __init__(self, original: Path, city: MarkedCity) -> None:
        self._original = original / "portal.sqlite3"
        self._watch = sqlite3.connect(city.file)
        super().__init__(city)

    def _rows(self) -> dict[str, list[Any]]:
        return self.city.rows()

    def _version(self) -> object:
        return self._watch.execute("PRAGMA data_version").fetchone()[0]

    def _restore(self, tables: list[str]) -> None:
        kept, changed = sqlite3.connect(self._original), sqlite3.connect(self.city.file)
        with closing(kept), closing(changed):
            kept.backup(changed)

    def _switch(self, wall: str) -> tuple[Callable[[], Any], Callable[[], Any]]:
        gate = self.city.gate
        if wall == "gate" and isinstance(gate, Gate):
            return gate.remove, gate.put_up
        return super()._switch(wall)

    def close(self) -> None:
        """Leave the field."""
        self._watch.close()
        self.city.close()


class OnPostgresql(Battlefield):
    """The battlefield on PostgreSQL; the rows as they were stand in a schema of their own."""

    def __init__(self, city: MarkedCity) -> None:
        self._watch = psycopg.connect(address_past_the_walls(city.folder), autocommit=True)
        self._watch.execute("CREATE SCHEMA kept")
        self._tables = [name for (name,) in self._watch.execute(PUBLIC)]
        self._run(f'CREATE TABLE kept."{name}" AS TABLE public."{name}"' for name in self._tables)
        super().__init__(city)

    def _run(self, statements: Iterator[str]) -> None:
        self._watch.execute("; ".join(statements).encode())

    def _rows(self) -> dict[str, list[Any]]:
        return {
            name: sorted(self._watch.execute(select_all(name)).fetchall(), key=repr)
            for name in self._tables
        }

    def _version(self) -> object:
        return self._watch.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())").fetchone()

    def _restore(self, tables: list[str]) -> None:
        with self._watch.transaction():
            # neither triggers nor keys look at rows that come back
            self._watch.execute("SET LOCAL session_replication_role = replica")
            self._run(
                f'DELETE FROM public."{name}"; '
                f'INSERT INTO public."{name}" SELECT * FROM kept."{name}"'
                for name in tables
            )

    def _switch(self, wall: str) -> tuple[Callable[[], Any], Callable[[], Any]]:
        if wall == "policies":
            return partial(self._security, "DISABLE"), partial(self._security, "ENABLE")
        return super()._switch(wall)

    def _security(self, verb: str) -> None:
        _let_go()  # who still holds a table would be waited for
        self._run(
            f'ALTER TABLE public."{table.name}" {verb} ROW LEVEL SECURITY'
            for table in guards.tenant_tables()
        )

    def close(self) -> None:
        """Leave the field."""
        _let_go()
        self._watch.close()
        self.city.close()


def _let_go() -> None:
    """A raid that was stopped hangs on its traceback, and its connection with it."""
    gc.collect()


PUBLIC = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"


def battlefield_on(engine: str, original: Path, folder: Path) -> Battlefield:
    """A field in `folder`, on a copy of the marked city that was founded in `original`."""
    city = open_marked(original, folder)
    return OnPostgresql(city) if engine == POSTGRESQL else OnFile(original, city)


@contextmanager
def raid_on(city: MarkedCity) -> Iterator[Raid]:
    """Somebody at 鄂城 with a fenced session."""
    with city.app.app_context():
        ours, neighbour = organisation_of("echeng"), organisation_of("gedian")
        session = FencedSession(db, scope=OwnScope(ours.id, ours.path), expire_on_commit=False)
        with closing(session):
            reports = [_report_of(city, owner) for owner in (ours, neighbour)]
            yield Raid(session, ours, neighbour, *reports, NOW)
        db.session.remove()


def _report_of(city: MarkedCity, owner: Organisation) -> int:
    query = (
        "SELECT report.id FROM report JOIN campaign ON campaign.id = campaign_id "
        "WHERE organisation_id = ? AND campaign.code = ?"
    )
    return int(city.scalar(query, owner.id, OPEN))


BULK = ("bulk_save_objects", "bulk_insert_mappings", "bulk_update_mappings")
UNFENCED = {name: getattr(UnfencedSession, name) for name in BULK}
REFUSING = {name: getattr(FencedSession, name) for name in BULK}


def _swap_bulk(methods: dict[str, Any]) -> None:
    for name, method in methods.items():
        setattr(FencedSession, name, method)


def foreign(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The rows of everybody but 鄂城, among those of the tables that have owners."""
    kept = {}
    for table, owned in rows.items():
        columns = list(Base.metadata.tables[table].columns) if table in Base.metadata.tables else []
        names = [column.name for column in columns]
        if "organisation_id" in names:
            place = names.index("organisation_id")
            kept[table] = [row for row in owned if row[place] != OUR_ID]
    return kept


OUR_ID = 2


def words(loot: Any) -> str:
    """Everything that an attack brought back, as one text."""
    if isinstance(loot, Base):
        return str(vars(loot))
    if isinstance(loot, list | tuple) or hasattr(loot, "_mapping"):
        return " ".join(words(piece) for piece in loot)
    return str(loot).replace(str(PLACE["gedian"].number), MARK)


AUTHORIZER = re.compile("prohibited|not authorized")
MISCOUNTED = re.compile("number of bindings|placeholders? but|bind message supplies")


def refusal(error: Exception) -> str:
    """Who stopped an attack; an error that nobody meant is raised again."""
    if isinstance(error, OutsideFence):
        return "fence"
    if isinstance(error, GateRefused):
        return "gate"
    if isinstance(error, StaleDataError):
        return "owner key"
    if isinstance(error, IntegrityError):
        return "database"
    if isinstance(error, sqlite3.DatabaseError | DatabaseError) and AUTHORIZER.search(str(error)):
        return "gate"
    if isinstance(error, StatementError) and "fence_organisation" in str(error):
        return "fence"
    if isinstance(error, DatabaseError) and MISCOUNTED.search(str(error)):
        return "driver"
    if by := _refused_by_postgresql(getattr(error, "orig", error)):
        return by
    if isinstance(error, InvalidRequestError):
        for meant in ("already present", "Could not refresh instance", "has been deleted"):
            if meant in str(error):
                return "session"
    raise error


def _refused_by_postgresql(error: object) -> str | None:
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return "policies" if "row-level security" in str(error) else "grants"
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        return "read only"
    return "database" if isinstance(error, psycopg.errors.RaiseException) else None


# The table


def leaking(outcomes: Outcomes) -> set[str]:
    """The attacks that got something."""
    return {name for name, outcome in outcomes.items() if outcome == LEAK}


def drawn(table: Mapping[str, Outcomes]) -> str:
    """The table of attacks × walls."""
    widths = [max(map(len, ATTACKS)), *(max(len(column), 9) for column in table)]
    lines = [["attack", *table]]
    lines += [[name, *(outcomes[name] for outcomes in table.values())] for name in ATTACKS]
    lines += [["leaks", *(str(len(leaking(outcomes))) for outcomes in table.values())]]
    texts = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
    return "\n".join(texts)


IN_CHINESE = {
    "no wall": "都没有",
    "gate only": "只有语句门",
    "policies only": "只有行级安全",
    "fence": "只有围栏",
    "no attach": "缺“放入”",
    "no bulk": "缺“成批”",
    "no criteria": "缺“条件”",
    "no flush": "缺“写出”",
    "all": "都在",
}


def in_short(table: Mapping[str, Outcomes]) -> str:
    """How many attacks of each way got something, as docs/architecture.md shows it."""
    heads = ["攻击", "次数", *(IN_CHINESE[column] for column in table)]
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)]]
    for way in Way:
        names = {name for name in ATTACKS if WAYS[name] is way}
        counts = (len(leaking(outcomes) & names) for outcomes in table.values())
        lines.append([way, str(len(names)), *map(str, counts)])
    total = (len(leaking(outcomes)) for outcomes in table.values())
    lines.append(["合计", str(len(ATTACKS)), *map(str, total)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
