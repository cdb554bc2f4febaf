"""`portal copy --to`: a city is copied to PostgreSQL completely, or not at all."""

import sqlite3
from contextlib import closing
from typing import Any

import psycopg
import pytest

from portal.maintenance import copying
from portal.models import Base
from portal.storage import guards, schema
from tests.maintenance.conftest import Province, content

pytestmark = pytest.mark.postgresql


def moved(demo, province: Province, **environment: str):
    """Copy the demonstration to a province, as its owner said beside the role that will serve."""
    given = {"PORTAL_DATABASE_ADMIN_URL": province.owner, **environment}
    return demo("copy", "--to", province.addresses["PORTAL_DATABASE_URL"], **given)


def test_every_row_arrives_and_everything_holds(demo, province):
    before = content(demo)

    answer = moved(demo, province)
    checked = demo("verify", **province.addresses)

    assert (answer.errors, checked.errors) == ("", "")
    assert content(demo) == before
    for table in Base.metadata.sorted_tables:
        there = province.rows(f'SELECT count(*) FROM "{table.name}"')
        assert there == [(len(before[table.name]),)]


def test_figures_and_chains_are_the_same_on_both_sides(demo, province):
    moved(demo, province)

    for query in (
        "SELECT report_id, item, value, version, saved_by FROM figure",
        "SELECT organisation_id, number, actor, old, new, note, hash FROM trail",
        "SELECT report_id, number, document, sha256 FROM submission",
        'SELECT username, password_hash, organisation_id FROM "user"',
    ):
        assert sorted(province.rows(query), key=repr) == sorted(demo.ask(query), key=repr)


def test_copied_database_can_be_used_at_once(demo, province):
    moved(demo, province)

    new = ("new", "--organisation", "qiye", "--name", "新人", "--role", "reporter")
    made = demo("user", "create", *new, **province.addresses)

    assert made.errors == ""
    assert demo("verify", **province.addresses).status == 0


def test_guards_exist_after_copying(demo, province):
    moved(demo, province)

    with province.connection("city_app") as connection:
        assert connection.execute("SELECT count(*) FROM report").fetchall() == [(0,)]
    for statement in ("UPDATE trail SET note = ''", "UPDATE figure SET value = 1"):
        with pytest.raises(psycopg.errors.RaiseException):
            province.change(statement)
    with pytest.raises(psycopg.errors.ForeignKeyViolation), province.connection() as connection:
        connection.execute("UPDATE organisation SET parent_id = 9999")


def test_the_owners_address_alone_is_enough_and_init_gives_the_rights(demo, province):
    answer = demo("copy", "--to", province.owner)
    demo("init", **province.addresses)

    assert answer.errors == ""
    assert demo("verify", **province.addresses).status == 0


def test_a_target_with_anything_in_it_is_refused(demo, province):
    moved(demo, province)
    before = province.rows("SELECT count(*) FROM trail")

    answer = moved(demo, province)

    assert (answer.status, answer.errors) == (1, "目标库里已经有内容，没有搬。\n")
    assert province.rows("SELECT count(*) FROM trail") == before


def test_a_target_with_tables_of_others_is_left_alone(demo, province):
    province.change("CREATE TABLE other (id int)")

    answer = moved(demo, province)

    assert (answer.status, answer.errors) == (1, "目标库里有别的表（other），没有搬。\n")
    assert province.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [
        ("other",)
    ]


def test_database_of_a_running_server_is_not_copied(demo, province):
    with closing(sqlite3.connect(demo.database)) as server:
        server.execute("SELECT count(*) FROM organisation").fetchall()
        answer = moved(demo, province)

    assert (answer.status, answer.errors) == (1, "库正在使用中，请先停掉服务（portal serve）。\n")


def test_a_row_that_postgresql_cannot_take_stops_all(demo, province):
    demo.change("UPDATE campaign SET name = hex(zeroblob(150)) WHERE code = '2027-spring'")

    answer = moved(demo, province)

    assert answer.status == 1
    assert answer.errors.count("\n") == 1
    assert province.rows("SELECT count(*) FROM organisation") == [(0,)]
    with province.connection("city_app") as connection:
        assert connection.execute("SELECT count(*) FROM trail").fetchall() == [(0,)]


def test_faults_are_found_after_copying(demo, province):
    demo.tamper("UPDATE trail SET note = 'x' WHERE id = 20")

    answer = moved(demo, province)

    assert answer.status == 1
    assert answer.errors.startswith("目标库没有通过核对，不能使用：操作日志")


@pytest.mark.parametrize("address", ["sqlite:////tmp/x", "postgresql://x/y", "x"])
def test_only_postgresql_is_a_target(demo, address):
    answer = demo("copy", "--to", address)

    assert answer.status == 2
    assert "postgresql+psycopg://" in answer.errors


def test_a_target_has_to_be_named(demo):
    assert demo("copy").status == 2


def test_two_different_databases_are_no_target(demo, province):
    answer = moved(
        demo, province, PORTAL_DATABASE_ADMIN_URL=province.owner.replace("city", "other")
    )

    assert answer.status == 1
    assert "不是同一个库" in answer.errors


def test_from_postgresql_nothing_is_moved(ready):
    answer = ready("copy", "--to", ready.owner)

    assert answer.status == 1
    assert "只从 SQLite 搬出" in answer.errors


def test_a_server_that_is_not_there_is_told_in_one_line(demo, tmp_path):
    answer = demo("copy", "--to", f"postgresql+psycopg://nobody@/city?host={tmp_path}")

    assert answer.status == 1
    assert answer.errors.count("\n") == 1


def carried(demo, province: Province) -> None:
    """Copy all rows without the command."""
    schema.upgrade(province.owner)
    with (
        copying.at_one_moment(f"sqlite:///{demo.database}") as source,
        copying.connected(province.owner) as target,
    ):
        copying.carry(source, target)
        target.commit()


def test_a_unit_below_one_with_a_greater_number_arrives(demo, province):
    demo.change("UPDATE organisation SET parent_id = 9 WHERE id = 2")

    carried(demo, province)

    assert province.rows("SELECT parent_id FROM organisation WHERE id = 2") == [(9,)]


def test_a_broken_key_within_a_table_is_noticed(demo, province):
    demo.change("UPDATE organisation SET parent_id = 999 WHERE id = 2")

    with pytest.raises(Exception, match="fk_organisation_parent_id_organisation"):
        carried(demo, province)


def test_a_row_that_arrives_otherwise_is_noticed(demo, province, monkeypatch):
    copy = copying._copy

    def forgetful(source: Any, target: Any, table: Any) -> None:
        copy(source, target, table)
        if table.name == "figure":
            target.exec_driver_sql("UPDATE figure SET value = value + 1 WHERE item = 'C9'")

    monkeypatch.setattr(copying, "_copy", forgetful)

    with pytest.raises(copying.NotCarried, match="figure"):
        carried(demo, province)


def test_with_the_guards_down_the_owner_sees_every_row(demo, province):
    carried(demo, province)

    with copying.connected(province.owner) as owner:
        behind = copying.counted(owner)["figure"]
        guards.drop(owner)
        free = copying.counted(owner)["figure"]

    assert behind == 0
    assert free == len(demo.rows("figure"))
