"""`portal init` on an older database: kept as it was, then migrated, on either engine."""

import shutil
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.maintenance import upgrading
from portal.storage import guards, schema
from tests.commands.shell import Shell
from tests.maintenance.conftest import Province, content
from tests.maintenance.unprivileged import as_nobody, folder_of_nobody, give

EARLIER = schema.known_revisions()[1:]
"""Every migration that an installation may stand at, but for the newest."""

OLD = EARLIER[-2]

ROWS = (
    "INSERT INTO organisation (id, code, name, kind, position, path, contact, phone) "
    "VALUES (1, 'shizong', '鄂州市总工会', '市总', 1, '/00000001/', '', '')",
    'INSERT INTO "user" (id, organisation_id, username, name, phone, roles, password_hash, '
    "must_change_password, created_at) VALUES (1, 1, 'desk', '李审核', '', "
    "'[\"reviewer\", \"admin\"]', 'x', TRUE, '2026-01-05 08:30:00.000000{zone}')",
)
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def older(initialised: Path, tmp_path: Path) -> Shell:
    """A shell on a SQLite city that stands at an older migration, with rows in it."""
    shutil.copytree(initialised, tmp_path / "older")
    return made_older(Shell(tmp_path / "older"))


def made_older(shell: Shell, revision: str = OLD) -> Shell:
    """Put an older database with rows in the place of what is there."""
    for file in shell.instance.glob("portal.sqlite3*"):
        file.unlink()
    schema.upgrade(f"sqlite:///{shell.database}", revision)
    for row in ROWS:
        shell.change(row.format(zone=""))
    return shell


@pytest.fixture
def older_province(province: Province, initialised: Path) -> Province:
    """The same city on PostgreSQL, behind the walls that it had then."""
    shutil.copytree(initialised, province.shell.instance)
    return made_older_province(province)


def made_older_province(province: Province, revision: str = OLD) -> Province:
    """Make the tables of a migration, their rows and their walls."""
    schema.upgrade(province.owner, revision)
    province.change(*(row.format(zone="+00") for row in ROWS))
    there = {name for (name,) in province.rows("SELECT relname FROM pg_class")}
    for (table, _), policy in guards.policies().items():
        if table in there:
            province.change(policy, f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
            province.change(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    return province


def kept_by(shell: Shell) -> list[Path]:
    """The backups that upgrades made."""
    return sorted(shell.instance.glob("before-upgrade-*.zip"))


def test_what_was_there_is_kept_before_it_is_migrated(older):
    before = content(older)

    answer = older("init")

    assert (answer.status, answer.errors) == (0, "")
    [kept] = kept_by(older)
    assert kept.name.startswith(f"before-upgrade-{OLD}-20")
    assert str(kept) in answer.text
    # A later migration may add columns at the end of a row.
    after = zip(content(older)["organisation"], before["organisation"], strict=True)
    assert all(now[: len(then)] == then for now, then in after)
    assert older("verify").status == 0


@pytest.mark.parametrize("state", ["new", "newest"])
def test_nothing_is_kept_where_nothing_is_migrated(empty, state):
    if state == "new":
        shutil.rmtree(empty.instance)

    assert empty("init").errors == ""
    assert kept_by(empty) == []


def test_what_was_kept_can_be_put_back(older):
    assert older("init").status == 0
    after = content(older)
    older.change("UPDATE organisation SET phone = '0711-7777777'")

    answer = older("restore", kept_by(older)[0], "--replace")

    assert answer.errors == ""
    assert content(older) == after


def test_what_was_kept_goes_back_to_the_program_that_it_came_from(older, monkeypatch):
    """As the upgrade page tells: the old program, a new database, the backup."""
    before = content(older)
    assert older("init").status == 0
    [kept] = kept_by(older)
    known, real = schema.known_revisions(), schema.upgrade
    monkeypatch.setattr(schema, "known_revisions", lambda: known[known.index(OLD) :])
    monkeypatch.setattr(schema, "upgrade", lambda url, *_, **__: real(url, OLD))
    monkeypatch.setattr("portal.cli.keeping._require_sound", lambda *_: None)
    for file in older.instance.glob("portal.sqlite3*"):
        file.unlink()

    assert older("init").errors == ""
    restored = older("restore", kept)
    assert restored.errors == ""
    assert content(older) == before


def test_an_operator_who_made_a_backup_can_do_without(older):
    assert older("init", "--no-backup").status == 0
    assert kept_by(older) == []


@pytest.mark.parametrize("revision", EARLIER)
def test_every_migration_that_was_released_is_kept_and_upgraded(older, revision):
    made_older(older, revision)

    assert older("init").errors == ""
    after = content(older)
    [kept] = kept_by(older)
    assert older("restore", kept, "--replace").errors == ""
    assert content(older) == after
    assert older.ask('SELECT created_at FROM "user"') == [("2026-01-05 08:30:00.000000",)]


@pytest.mark.postgresql
@pytest.mark.parametrize("revision", EARLIER)
def test_a_province_is_kept_with_every_row_behind_its_walls(
    older, province, initialised, empty, revision
):
    shutil.copytree(initialised, province.shell.instance)
    made_older_province(province, revision)
    made_older(older, revision)

    answer = province("init")

    assert (answer.status, answer.errors) == (0, "")
    [kept] = kept_by(province.shell)
    assert older("init").status == 0
    assert empty("restore", kept).errors == ""
    assert content(empty) == content(older)
    assert province.rows('SELECT username, roles FROM "user"') == [("desk", ["reviewer", "admin"])]


@pytest.mark.postgresql
def test_a_province_with_a_wall_without_a_door_is_not_migrated(older_province):
    older_province.change("DROP POLICY verifying ON figure")

    answer = older_province("init")

    assert answer.status == 1
    assert "没有升级" in answer.errors
    assert "--no-backup" in answer.errors
    assert older_province.rows("SELECT version_num FROM alembic_version") == [(OLD,)]
    assert older_province("init", "--no-backup").status == 0


def test_a_disk_too_full_for_a_backup_stops_the_upgrade(older, monkeypatch):
    monkeypatch.setattr(upgrading.shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 10**6))

    answer = older("init")

    assert answer.status == 1
    assert "请先腾出空间" in answer.errors
    assert answer.errors.count("\n") == 1
    assert older.rows("alembic_version") == [(OLD,)]


@pytest.fixture
def of_nobody(initialised: Path) -> Iterator[Shell]:
    """A shell whose instance folder the service's own user owns, at an older migration."""
    with folder_of_nobody() as folder:
        shutil.copytree(initialised, folder / "instance")
        shell = made_older(Shell(folder / "instance"))
        give(folder)
        yield shell


Spoil = Callable[[Path], None]
UNUSABLE: dict[str, tuple[Spoil, str]] = {
    "a read-only folder": (
        lambda instance: instance.chmod(0o500),
        "不能使用，请核对它的属主、权限和空间",
    ),
    "a folder that cannot be entered": (
        lambda instance: instance.chmod(0o000),
        "不能使用，请核对它的属主、权限和空间",
    ),
    "a read-only database": (
        lambda instance: (instance / "portal.sqlite3").chmod(0o400),
        "portal.sqlite3 不能读写，请核对它的属主和权限",
    ),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_the_user_of_the_service_may_not_use_is_said_in_one_sentence(of_nobody, name):
    spoil, sentence = UNUSABLE[name]
    spoil(of_nobody.instance)

    with as_nobody():
        answer = of_nobody("init")

    of_nobody.instance.chmod(0o700)
    assert answer.status == 1
    assert sentence in answer.errors
    assert answer.errors.count("\n") == 1
    assert of_nobody.rows("alembic_version") == [(OLD,)]


@pytest.mark.parametrize(
    ("file", "mode", "sentence"),
    [
        ("secret-key", 0o000, "读不了，请核对它的属主和权限"),
        ("portal.sqlite3", 0o400, "写不进去，请核对它的属主、权限和空间"),
    ],
)
def test_a_server_that_may_not_read_or_write_does_not_start(of_nobody, file, mode, sentence):
    with as_nobody():
        assert of_nobody("init").status == 0
    (of_nobody.instance / file).chmod(mode)

    with as_nobody():
        answer = of_nobody("serve", "--port", "8239")

    assert answer.status == 1
    assert sentence in answer.errors
    assert answer.errors.count("\n") == 1
