"""The fence under attack: nothing of the neighbour is read, nothing of the neighbour changes."""

from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path

import pytest
from sqlalchemy import select, update

from portal.access import tenancy
from portal.access.identity import SIGN_IN
from portal.models import Explanation, Report, User
from portal.models.prepared import Prepared
from portal.storage import guards
from portal.storage.db import db
from portal.storage.fence import OutsideFence, read_through
from tests.engines import REFUSED, SQLITE, change_past_the_portal
from tests.whole.attacks import ATTACKS
from tests.whole.battlefield import (
    FENCE,
    LEAK,
    Battlefield,
    battlefield_on,
    drawn,
    in_short,
    leaking,
    raid_on,
)
from tests.whole.marked_city import PLACE, found

pytestmark = [
    # An attacker does not heed warnings.
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
    pytest.mark.xdist_group("attacks"),
]
ARCHITECTURE = Path(__file__).parents[2] / "docs" / "architecture.md"


@pytest.fixture(scope="module")
def battlefield(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Battlefield]:
    """One served city for all attacks."""
    folder = tmp_path_factory.mktemp("battlefield")
    found(folder / "original", engine)
    with closing(battlefield_on(engine, folder / "original", folder / "city")) as field:
        yield field


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_on_the_fence_yields_nothing_foreign(name, battlefield):
    outcome = battlefield.outcome(name)

    assert outcome != LEAK


def test_own_work_succeeds_with_all_walls(marked):
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


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (update(User).values(name="葛店"), "for reading"),
        (select(Report.id), "does not lead to Report"),
    ],
)
def test_door_reads_only_its_tables(marked, statement, says):
    with marked.app.app_context(), pytest.raises(OutsideFence, match=says):
        read_through(SIGN_IN, db, Prepared(statement), {})


def test_keys_between_rows_of_organisations_name_the_organisation():
    owned = {table.name: table for table in guards.tenant_tables()}

    careless = [
        key.name
        for table in owned.values()
        for key in table.foreign_key_constraints
        if key.referred_table.name in owned and "organisation_id" not in key.column_keys
    ]

    assert careless == []


def test_the_database_itself_lets_no_row_pass_to_another_organisation(engine, battlefield):
    for table in guards.tenant_tables():
        statement = f'UPDATE "{table.name}" SET organisation_id = organisation_id + 1'
        count = battlefield.city.scalar(f'SELECT count(*) FROM "{table.name}"')
        with pytest.raises(REFUSED) if count else nullcontext():
            change_past_the_portal(battlefield.city.folder, statement)


def test_every_wall_holds_attacks_that_no_other_part_of_the_fence_holds(engine, battlefield):
    table = battlefield.table(engine)
    print(f"\n{engine}\n{drawn(table)}")  # noqa: T201 - for reading with -s

    leaks = {column: leaking(outcomes) for column, outcomes in table.items()}

    assert leaks["all"] == set()
    assert len(leaks["no wall"]) >= 90
    assert leaks["fence"] == ROUND_THE_ORM | (set() if engine == SQLITE else {COMMENT})
    assert in_short(table) in ARCHITECTURE.read_text(encoding="utf-8")
    if engine == SQLITE:
        assert leaks["gate only"] == set()
        for wall in FENCE:
            assert leaks[f"no {wall}"] > leaks["fence"], f"the list does not notice {wall} missing"
    else:
        assert leaks["policies only"] == set()


COMMENT = "text condition with comment"
"""SQLite's driver counts the parameters that are left over; PostgreSQL's lets them be."""

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
ways is on the list of `test_doors`; the gate and row-level security hold them all."""
