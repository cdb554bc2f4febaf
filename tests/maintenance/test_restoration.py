"""`portal restore`: a backup is checked first, then restored completely or not at all."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.maintenance import backup
from tests.commands.shell import Shell
from tests.maintenance.conftest import content


def test_a_backup_comes_back_into_an_empty_city(demo, file, empty):
    answer = empty("restore", file)

    assert answer.errors == ""
    assert "核对全部正确" in answer.text
    assert content(empty) == content(demo)
    assert empty("verify").status == 0


def test_a_city_with_anything_in_it_is_not_replaced_unasked(demo, file):
    demo.change("UPDATE organisation SET phone = '0711-7777777'")
    before = content(demo)

    answer = demo("restore", file)

    assert answer.status == 1
    assert "--replace" in answer.errors
    assert content(demo) == before


def test_what_is_replaced_is_kept_and_can_be_put_back(demo, file):
    old = content(demo)
    demo.change("UPDATE organisation SET phone = '0711-7777777'")
    changed = content(demo)

    replaced = demo("restore", file, "--replace")
    after = content(demo)
    [kept] = demo.instance.glob("before-restore-*.zip")
    again = demo("restore", kept, "--replace")

    assert (replaced.status, after) == (0, old)
    assert str(kept) in replaced.text
    assert kept.stat().st_mode & 0o777 == 0o600
    assert (again.status, content(demo)) == (0, changed)


def test_into_an_empty_city_nothing_is_kept(file, empty):
    empty("restore", file, "--replace")

    assert list(empty.instance.glob("*.zip")) == []


def test_nothing_is_left_beside_the_database(demo, file):
    before = {each.name for each in demo.instance.iterdir()}

    demo("restore", file)

    assert {each.name for each in demo.instance.iterdir()} <= before | {"write.lock"}


def test_without_a_city_there_is_nothing_to_restore_into(file, tmp_path):
    answer = Shell(tmp_path / "nowhere")("restore", file)

    assert (answer.status, answer.errors) == (1, "还没有数据，请先运行 portal init。\n")
    assert not (tmp_path / "nowhere").exists()


def packed(file: Path, said: dict[str, Any] | str, database: bytes) -> None:
    """Forge a backup with a valid manifest."""
    with ZipFile(file, "w") as archive:
        text = said if isinstance(said, str) else json.dumps(said)
        archive.writestr("manifest.json", text)
        archive.writestr("portal.sqlite3", database)


def repacked(file: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the manifest of a backup."""
    with ZipFile(file) as archive:
        said, database = json.loads(archive.read("manifest.json")), archive.read("portal.sqlite3")
    change(said)
    packed(file, said, database)


@contextmanager
def opened(file: Path, folder: Path):
    """The database of a backup, to be changed; its manifest follows."""
    with ZipFile(file) as archive:
        said = json.loads(archive.read("manifest.json"))
        place = Path(archive.extract("portal.sqlite3", folder))
    with closing(sqlite3.connect(place)) as database:
        yield database
        database.commit()
    content = place.read_bytes()
    said |= {"size": len(content), "sha256": sha256(content).hexdigest()}
    packed(file, said, content)


WRONG = [
    (lambda said: said.update(format="other"), "不是门户的备份"),
    (lambda said: said.update(version=2), "备份的格式是第 2 版，本程序只认第 1 版"),
    (lambda said: said.pop("sha256"), "不是门户的备份"),
    (lambda said: said.update(more=1), "不是门户的备份"),
    (lambda said: said.update(sha256="0" * 64), "校验码不符"),
    (lambda said: said.update(size=1), "校验码不符"),
    (lambda said: said["rows"].update(figure=1), "行数与清单不符"),
    (lambda said: said["rows"].pop("figure"), "行数与清单不符"),
    (lambda said: said.update(padding="x" * 100_000), "不是门户的备份"),
]


@pytest.mark.parametrize(("change", "sentence"), WRONG)
def test_a_manifest_that_does_not_fit_is_refused(file, empty, change, sentence):
    repacked(file, change)
    before = content(empty)

    answer = empty("restore", file)

    assert answer.status == 1
    assert sentence in answer.errors
    assert content(empty) == before


def not_a_zip(file: Path) -> None:
    file.write_text("hello")


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def no_manifest(file: Path) -> None:
    with ZipFile(file, "w") as archive:
        archive.writestr("portal.sqlite3", b"")


def a_list(file: Path) -> None:
    packed(file, "[]", b"")


def no_database(file: Path) -> None:
    content = b"no database at all" * 100
    said = {"made_at": "2027-01-20", "engine": "sqlite", "revision": "0001", "rows": {}}
    said |= {"size": len(content), "sha256": sha256(content).hexdigest()}
    packed(file, {**said, "format": "portal-backup", "version": 1}, content)


@pytest.mark.parametrize("harm", [not_a_zip, cut, no_manifest, a_list, no_database])
def test_what_is_no_backup_is_refused_in_one_line(file, empty, harm):
    harm(file)
    before = content(empty)

    answer = empty("restore", file)

    assert answer.status == 1
    assert answer.errors.count("\n") == 1
    assert "备份" in answer.errors or "损坏" in answer.errors
    assert content(empty) == before


def figures(database: Path) -> list[tuple[Any, ...]]:
    """Every figure that stands in a file."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT * FROM figure ORDER BY report_id, item").fetchall()


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 10**9), sign=st.integers(1, 255))
def test_one_wrong_byte_changes_nothing_that_is_restored(demo, file, tmp_path, where, sign):
    harmed = tmp_path / "harmed.zip"
    signs = bytearray(file.read_bytes())
    signs[where % len(signs)] ^= sign
    harmed.write_bytes(signs)

    with suppress(backup.BackupError), backup.unpacked(harmed, tmp_path) as (_, database):
        assert figures(database) == figures(demo.database)


TAMPERED = [
    ("UPDATE trail SET note = 'x' WHERE id = 20", "操作日志"),
    ("UPDATE submission SET sha256 = '' WHERE report_id = 1", "报送存档"),
    ("UPDATE report SET state = 'accepted' WHERE state = 'submitted'", "报表"),
    ("UPDATE report SET campaign_id = 99 WHERE id = 1", "foreign_key_check"),
]


@pytest.mark.parametrize(("statement", "named"), TAMPERED)
def test_a_backup_that_does_not_hold_is_refused_with_what_is_wrong(
    demo, file, tmp_path, statement, named
):
    with opened(file, tmp_path / "opened") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            database.execute(f"DROP TRIGGER {name}")
        database.execute(statement)
    before = content(demo)

    answer = demo("restore", file, "--replace")

    assert answer.status == 1
    assert named in answer.errors
    assert content(demo) == before
    assert list(demo.instance.glob("*.zip")) == []


def test_a_backup_of_a_newer_program_is_refused(file, empty, tmp_path):
    with opened(file, tmp_path / "opened") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    answer = empty("restore", file)

    assert answer.status == 1
    assert answer.errors == "备份来自更新的版本（9999），请先升级程序。\n"


def test_guards_that_a_backup_lost_are_made_again(file, empty, tmp_path):
    with opened(file, tmp_path / "opened") as database:
        database.execute("DROP TRIGGER trail_no_delete")

    answer = empty("restore", file)

    assert answer.errors == ""
    assert empty("verify").status == 0


def test_locked_database_is_given_up_after_a_while(demo, file):
    before = content(demo)

    with closing(sqlite3.connect(demo.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = demo("restore", file, "--replace")

    assert answer.status == 1
    assert answer.errors == "库正被别的程序占用，没有恢复；请停掉后再试。\n"
    assert content(demo) == before


def test_a_file_has_to_be_named(demo):
    assert demo("restore").status == 2


def test_a_file_that_is_not_there_is_told_in_one_line(demo, tmp_path):
    answer = demo("restore", tmp_path / "nothing.zip")

    assert answer.status == 1
    assert answer.errors.count("\n") == 1
