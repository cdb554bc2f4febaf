"""A table added to the models is fenced, copied, backed up and verified automatically."""

import json
import subprocess
import sys

import psycopg
import pytest

from portal.maintenance import copying
from tests.commands.serving import ROOT
from tests.maintenance.conftest import Province

pytestmark = pytest.mark.postgresql


def lamps_seen(province: Province, low: str = "", high: str = "") -> list[str]:
    """The lamps that the serving role sees while its transaction names a range of paths."""
    with province.connection("city_app") as connection:
        connection.execute(
            "SELECT set_config('portal.low', %s, true), set_config('portal.high', %s, true)",
            (low, high),
        )
        return [light for (light,) in connection.execute("SELECT light FROM lamp ORDER BY light")]


def test_added_tenant_table_needs_no_list_edited(demo, province, tmp_path):
    program = [sys.executable, "-m", "tests.maintenance.one_more_table"]
    places = [f"sqlite:///{demo.database}", province.owner, str(tmp_path / "city.zip")]

    said = subprocess.run([*program, *places], cwd=ROOT, capture_output=True, text=True, check=True)

    assert json.loads(said.stdout) == {"rows": 2, "faults": []}
    [(path,)] = province.rows("SELECT path FROM organisation WHERE code = 'echeng'")
    assert province.rows("SELECT light FROM lamp ORDER BY light") == [("echeng",), ("gedian",)]
    assert lamps_seen(province) == []
    assert lamps_seen(province, path, f"{path[:-1]}0") == ["echeng"]
    assert lamps_seen(province, "/", "0") == ["echeng", "gedian"]
    with pytest.raises(psycopg.errors.RaiseException):
        province.change("UPDATE lamp SET organisation_id = organisation_id + 1")


OWNED = (
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
    "WHERE c.relkind = 'r' AND a.attname = 'organisation_id' "
    "AND c.relnamespace = 'public'::regnamespace"
)
WALLED = (
    "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid "
    "JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgname = c.relname || '_stays' "
    "WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.polname IN ('fence', 'verifying') "
    "GROUP BY c.relname HAVING count(*) = 2"
)


def test_every_tenant_table_has_guards_and_policies(ready):
    assert sorted(ready.rows(OWNED)) == sorted(ready.rows(WALLED))


def test_every_table_of_the_database_is_carried(ready):
    there = ready.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

    assert {name for (name,) in there} == {t.name for t in copying.TABLES} | {"alembic_version"}


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("DROP POLICY fence ON figure", "缺少 figure 的策略 fence"),
        ("CREATE POLICY open ON figure USING (true)", "多出 figure 的策略 open"),
        ("ALTER TABLE figure NO FORCE ROW LEVEL SECURITY", "缺少 figure"),
        ("DROP TRIGGER figure_stays ON figure", "缺少 figure_stays"),
    ],
)
def test_verification_notices_a_hole_in_a_wall(ready, statement, fault):
    ready.change(statement)

    answer = ready("verify")

    assert answer.status == 1
    assert fault in answer.text
