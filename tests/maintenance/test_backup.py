"""`portal backup`: one complete file or none, with all data but no secrets."""

import json
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest

from portal.settings import kept_secret_key
from tests.commands.shell import Shell
from tests.demonstration import PASSWORD
from tests.maintenance.conftest import content


def manifest_of(file: Path) -> dict[str, object]:
    """The manifest of a backup."""
    with ZipFile(file) as archive:
        said: dict[str, object] = json.loads(archive.read("manifest.json"))
        return said


def unzipped(file: Path, instance: Path) -> Shell:
    """A shell on the database that stands in a backup."""
    with ZipFile(file) as archive:
        archive.extract("portal.sqlite3", instance)
    return Shell(instance)


def test_a_backup_holds_every_row(demo, file, tmp_path):
    assert content(unzipped(file, tmp_path / "unzipped")) == content(demo)


def test_a_backup_says_what_is_in_it(demo, file):
    said = manifest_of(file)

    with ZipFile(file) as archive:
        assert said["sha256"] == sha256(archive.read("portal.sqlite3")).hexdigest()
        assert said["size"] == archive.getinfo("portal.sqlite3").file_size
    tables = set(demo.tables()) - {"alembic_version"}
    assert said["rows"] == {name: len(demo.rows(name)) for name in tables}
    assert (said["format"], said["version"], said["engine"]) == ("portal-backup", 1, "sqlite")
    assert [(said["revision"],)] == demo.rows("alembic_version")


def test_backup_contains_no_secrets(demo, file):
    with ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}

    assert set(members) == {"manifest.json", "portal.sqlite3"}
    for secret in (kept_secret_key(demo.instance), PASSWORD):
        assert not any(secret.encode() in member for member in members.values())


def test_backup_is_readable_by_its_owner_only_and_leaves_no_other_files(file):
    assert file.stat().st_mode & 0o777 == 0o600
    assert not [each for each in file.parent.iterdir() if each.name.startswith(".")]


def test_a_file_that_is_there_is_not_overwritten(demo, tmp_path):
    there = tmp_path / "there.zip"
    there.write_text("mine")

    answer = demo("backup", there)

    assert (answer.status, answer.text) == (1, "")
    assert answer.errors == f"{there} 已经存在，没有覆盖；请换一个文件名。\n"
    assert there.read_text() == "mine"


def test_command_reports_the_content_of_the_backup(demo, tmp_path):
    answer = demo("backup", tmp_path / "city.zip")

    rows = sum(len(demo.rows(name)) for name in demo.tables()) - 1
    assert answer.text.startswith(f"已备份到 {tmp_path / 'city.zip'}：")
    assert f"{rows:,} 行" in answer.text


def test_a_place_that_cannot_be_written_to_is_told_in_one_line(demo, tmp_path):
    answer = demo("backup", tmp_path / "nowhere" / "city.zip")

    assert answer.status == 1
    assert answer.errors.count("\n") == 1


def test_without_a_city_there_is_nothing_to_back_up(tmp_path):
    answer = Shell(tmp_path / "nowhere")("backup", tmp_path / "city.zip")

    assert (answer.status, answer.errors) == (1, "还没有数据，请先运行 portal init。\n")
    assert list(tmp_path.iterdir()) == []


def test_a_file_has_to_be_named(demo):
    assert demo("backup").status == 2


def test_damaged_database_is_not_backed_up(demo, tmp_path):
    with demo.database.open("r+b") as stream:
        stream.seek(demo.database.stat().st_size // 2)
        stream.write(b"harm" * 2048)

    answer = demo("backup", tmp_path / "city.zip")

    assert answer.status == 1
    assert answer.errors.count("\n") == 1
    assert not (tmp_path / "city.zip").exists()


def test_saves_that_are_still_in_the_journal_are_in_it(demo, tmp_path):
    with closing(sqlite3.connect(demo.database)) as busy:
        busy.execute("UPDATE organisation SET phone = '0711-7777777'")
        busy.commit()
        journal = demo.database.with_name("portal.sqlite3-wal")
        assert journal.stat().st_size > 0
        demo("backup", tmp_path / "city.zip")

    kept = unzipped(tmp_path / "city.zip", tmp_path / "unzipped")
    assert set(kept.ask("SELECT phone FROM organisation")) == {("0711-7777777",)}


@pytest.mark.parametrize("statement", ["PRAGMA journal_mode", "PRAGMA integrity_check"])
def test_the_database_in_it_is_one_whole_file(file, tmp_path, statement):
    kept = unzipped(file, tmp_path / "unzipped")

    assert kept.ask(statement) in ([("delete",)], [("ok",)])
