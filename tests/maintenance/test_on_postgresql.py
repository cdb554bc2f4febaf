"""Backups on PostgreSQL: the same file from both engines, and back into either."""

import psycopg
import pytest

from portal.maintenance import restoration
from tests.maintenance.conftest import Province, content

pytestmark = pytest.mark.postgresql


@pytest.fixture
def filled(file, ready: Province) -> Province:
    """A province with the demonstration in it."""
    answer = ready("restore", file)
    assert answer.status == 0, answer.errors
    return ready


def test_a_city_goes_from_the_file_to_postgresql_and_back(demo, file, ready, empty, tmp_path):
    there = ready("restore", file)
    checked = ready("verify")
    kept = ready("backup", tmp_path / "province.zip")
    back = empty("restore", tmp_path / "province.zip")

    assert [each.errors for each in (there, checked, kept, back)] == [""] * 4
    assert content(empty) == content(demo)
    assert empty("verify").status == 0


def test_what_was_restored_can_be_worked_with(file, ready):
    ready("restore", file)

    made = ready(
        "user", "create", "new", "--organisation", "qiye", "--name", "新人", "--role", "reporter"
    )

    assert made.errors == ""
    assert ready("verify").status == 0


def test_the_serving_role_still_sees_nothing_without_a_scope(file, ready):
    ready("restore", file)

    with ready.connection("city_app") as connection:
        seen = connection.execute("SELECT count(*) FROM figure").fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM trail")

    assert seen == [(0,)]
    assert ready.rows("SELECT count(*) FROM figure") != [(0,)]


def test_a_province_with_anything_in_it_is_replaced_only_when_asked(file, filled):
    filled.change("UPDATE organisation SET phone = '0711-7777777'")

    unasked = filled("restore", file)
    asked = filled("restore", file, "--replace")
    phones = filled.rows("SELECT phone FROM organisation")
    [kept] = filled.shell.instance.glob("before-restore-*.zip")
    again = filled("restore", kept, "--replace")

    assert (unasked.status, asked.status, again.status) == (1, 0, 0)
    assert "--replace" in unasked.errors
    assert ("0711-7777777",) not in phones
    assert set(filled.rows("SELECT phone FROM organisation")) == {("0711-7777777",)}
    assert filled("verify").status == 0


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_the_owner_is_needed(file, ready, tmp_path, command):
    name = tmp_path / "province.zip" if command == "backup" else file

    answer = ready.shell(command, name, PORTAL_DATABASE_URL=ready.addresses["PORTAL_DATABASE_URL"])

    assert answer.status == 1
    assert "PORTAL_DATABASE_ADMIN_URL" in answer.errors


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_missing_door_raises_instead_of_omitting_rows(file, ready, tmp_path, command):
    ready.change("DROP POLICY verifying ON figure")
    name = tmp_path / "province.zip" if command == "backup" else file

    answer = ready(command, name)

    assert answer.status == 1
    assert answer.errors == "库里的行级策略不全，请先运行 portal init。\n"


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_database_of_another_version_is_left_alone(file, ready, tmp_path, command):
    ready.change("UPDATE alembic_version SET version_num = '0000'")
    name = tmp_path / "province.zip" if command == "backup" else file

    answer = ready(command, name)

    assert answer.status == 1
    assert answer.errors.startswith("程序比数据库旧")


def test_locked_tables_are_given_up_after_a_while(file, ready, monkeypatch):
    monkeypatch.setattr(restoration, "MAX_TRIES", 2)

    with ready.connection() as other:
        other.execute("LOCK TABLE figure IN ACCESS SHARE MODE")
        answer = ready("restore", file)

    assert answer.status == 1
    assert "没有恢复" in answer.errors
    assert ready.rows("SELECT count(*) FROM organisation") == [(0,)]


def test_open_write_neither_blocks_a_backup_nor_is_in_it(filled, empty, tmp_path):
    with filled.connection() as other:
        other.execute("UPDATE organisation SET phone = '0711-7777777'")
        answer = filled("backup", tmp_path / "province.zip")
        other.rollback()
    empty("restore", tmp_path / "province.zip")

    assert answer.errors == ""
    assert ("0711-7777777",) not in empty.ask("SELECT phone FROM organisation")
