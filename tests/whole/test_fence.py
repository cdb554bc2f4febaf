"""The fence under attack: nothing of the neighbour is read, nothing of the neighbour changes."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask_sqlalchemy.session import Session as UnfencedSession
from sqlalchemy import event, select
from sqlalchemy.exc import DatabaseError, IntegrityError, InvalidRequestError, StatementError
from sqlalchemy.orm.exc import StaleDataError

from portal import fence, guards, tenancy
from portal.db import db
from portal.fence import FencedSession, OutsideFence, OwnScope
from portal.models import Base, Explanation, Organisation, Report
from tests.whole.attacks import ATTACKS, MARK, Raid
from tests.whole.gate import GateRefused
from tests.whole.marked_city import NOW, OPEN, PLACE, MarkedCity, open_marked, organisation_of

# An attacker does not heed warnings.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")

WALLS = ("criteria", "attach", "flush", "bulk", "gate")
"""What is switched off in turn: the criterion of statements, the looks at objects that are put
into a session and that are flushed, the refusal to write in bulk, and the gate of the tests.
Keys of the database always stand."""

FENCE = {"criteria", "attach", "flush", "bulk"}
COLUMNS: dict[str, set[str]] = {
    "no wall": set(),
    "gate only": {"gate"},
    "fence": FENCE,
    **{f"no {wall}": FENCE - {wall} for wall in sorted(FENCE)},
    "all": FENCE | {"gate"},
}
LEAK, NOTHING = "LEAK", "nothing"


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_the_fence_yields_nothing_foreign(name, battlefield):
    outcome = battlefield.outcome(name)

    assert outcome != LEAK


def test_own_work_goes_on_behind_all_walls(marked):
    with raid_on(marked) as raid:
        report = raid.session.get_one(Report, raid.our_report)
        report.saved_by = "changed"
        raid.session.add(raid.new_report(raid.ours.id))
        raid.session.commit()
        words = raid.session.scalars(select(Explanation.words)).all()
        with tenancy.subtree(raid.ours) as below:
            owners = {report.organisation_id for report in below.scalars(select(Report))}

    assert words == [f"说明{PLACE['echeng'].canary}"] * 2
    assert owners == {
        raid.ours.id,
        marked.scalar("SELECT id FROM organisation WHERE code='jiceng'"),
    }


def test_keys_between_rows_of_organisations_name_the_organisation():
    owned = {table.name: table for table in guards.tenant_tables()}

    careless = [
        key.name
        for table in owned.values()
        for key in table.foreign_key_constraints
        if key.referred_table.name in owned and "organisation_id" not in key.column_keys
    ]

    assert careless == []


def test_every_wall_holds_attacks_that_no_other_part_of_the_fence_holds(battlefield):
    table = {column: battlefield.outcomes(up) for column, up in COLUMNS.items()}
    print(drawn(table))  # noqa: T201 - for reading with -s

    leaks = {column: leaking(outcomes) for column, outcomes in table.items()}

    assert leaks["all"] == set()
    assert len(leaks["no wall"]) >= 90
    assert leaks["fence"] == ROUND_THE_ORM
    assert leaks["gate only"] == set()
    for wall in FENCE:
        assert leaks[f"no {wall}"] > leaks["fence"], f"the list does not notice {wall} missing"


ROUND_THE_ORM = {
    "attribute from foreign subquery",
    "connection of the session",
    "core columns of entity",
    "core exists in entity",
    "core insert by connection",
    "core join from entity",
    "core table beside entity",
    "core table through a subtree",
    "core update by connection",
    "delete where foreign exists",
    "driver cursor",
    "driver cursor of the pool",
    "driver cursor update",
    "driver statement",
    "driver statement with its own owner",
    "engine after a door",
    "engine after a neighbour",
    "engine connect",
    "exists through the sign in door",
    "give own rows away by criteria",
    "literal column subquery",
    "literal condition with or",
    "new row from foreign subquery",
    "order by text",
    "reload forged object",
    "replace foreign row",
    "spoofed parameter without scope",
    "subquery through the sign in door",
    "suffix with union",
    "text as entities",
    "text condition with or",
    "text join condition",
    "update from foreign rows",
    "update where text has or",
    "upsert over foreign row",
}
"""What the fence alone cannot hold, since it goes round the ORM or hides from it; each of these
ways is on the list of `test_doors`, and the gate holds them all."""


def leaking(outcomes: dict[str, str]) -> set[str]:
    """The attacks that got something."""
    return {name for name, outcome in outcomes.items() if outcome == LEAK}


def drawn(table: dict[str, dict[str, str]]) -> str:
    """The table of attacks × walls, for reading with -s."""
    widths = [max(map(len, ATTACKS)), *(max(len(column), 8) for column in table)]
    lines = [["attack", *table]]
    lines += [[name, *(outcomes[name] for outcomes in table.values())] for name in ATTACKS]
    lines += [["leaks", *(str(len(leaking(outcomes))) for outcomes in table.values())]]
    texts = ("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)
    return "\n" + "\n".join(texts)


# The battlefield


class Battlefield:
    """A served city on which attacks are made; it is put right again after each."""

    def __init__(self, original: Path, city: MarkedCity) -> None:
        self.city = city
        self._original = original / "portal.sqlite3"
        self._untouched = city.rows()
        self._watch = sqlite3.connect(city.file)
        self._seen = self._version()

    def outcomes(self, walls: set[str]) -> dict[str, str]:
        """What becomes of every attack while these walls stand."""
        with ExitStack() as down:
            for wall in WALLS:
                if wall not in walls:
                    down.enter_context(self._without(wall))
            return {name: self.outcome(name) for name in ATTACKS}

    def outcome(self, name: str) -> str:
        """What becomes of one attack: a leak, nothing, or who refused it."""
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
        harmed = foreign(self.city.rows()) != foreign(self._untouched)
        kept, changed = sqlite3.connect(self._original), sqlite3.connect(self.city.file)
        with closing(kept), closing(changed):
            kept.backup(changed)
        self._seen = self._version()
        return harmed

    def _version(self) -> int:
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Leave the field."""
        self._watch.close()
        self.city.close()

    @contextmanager
    def _without(self, wall: str) -> Iterator[None]:
        take_down, put_up = self._switch(wall)
        take_down()
        try:
            yield
        finally:
            put_up()

    def _switch(self, wall: str) -> tuple[Callable[[], Any], Callable[[], Any]]:
        gate = self.city.gate
        if wall == "gate":
            return gate.remove, gate.put_up
        if wall == "bulk":
            return partial(_swap_bulk, UNFENCED), partial(_swap_bulk, REFUSING)
        name, listener = {
            "criteria": ("do_orm_execute", fence._bind_to_scope),
            "attach": ("before_attach", fence._check_attached),
            "flush": ("before_flush", fence._check_flushed),
        }[wall]
        return (
            lambda: event.remove(FencedSession, name, listener),
            lambda: event.listen(FencedSession, name, listener),
        )


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
    if isinstance(error, DatabaseError) and "number of bindings" in str(error):
        return "driver"
    if isinstance(error, InvalidRequestError):
        for meant in ("already present", "Could not refresh instance"):
            if meant in str(error):
                return "session"
    raise error


@pytest.fixture(scope="module")
def battlefield(
    founded_marked: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Battlefield]:
    """One served city for all attacks."""
    city = open_marked(founded_marked, tmp_path_factory.mktemp("battlefield") / "city")
    battlefield = Battlefield(founded_marked, city)
    yield battlefield
    battlefield.close()
