"""`portal backup FOLDER --keep N` and `portal drill`: the newest stay, and are known to work."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.commands.shell import Shell
from tests.maintenance.conftest import content


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """A folder for backups."""
    folder = tmp_path / "backups"
    folder.mkdir()
    return folder


def test_only_the_newest_stay_and_strangers_are_left_alone(empty: Shell, shelf):
    (shelf / "portal-mine.zip").touch()
    (shelf / "notes.txt").touch()

    for day in (20, 21, 22, 23):
        answer = empty("backup", shelf, "--keep", 2, PORTAL_NOW=f"2027-01-{day}T03:00")

    assert answer.status == 0
    assert "已删去旧备份 portal-20270121-030000.zip。" in answer.text
    assert names(shelf) == [
        "notes.txt",
        "portal-20270122-030000.zip",
        "portal-20270123-030000.zip",
        "portal-mine.zip",
    ]


def test_a_backup_that_fails_drops_none(empty: Shell, shelf):
    for _ in range(2):
        answer = empty("backup", shelf, "--keep", 1, PORTAL_NOW="2027-01-20T03:00")

    assert answer.status == 1
    assert names(shelf) == ["portal-20270120-030000.zip"]


@pytest.mark.parametrize("keep", ["0", "-1", "all"])
def test_at_least_one_backup_stays(empty: Shell, shelf, keep):
    assert empty("backup", shelf, "--keep", keep).status == 2
    assert names(shelf) == []


def test_a_folder_that_is_not_there_is_told(empty: Shell, shelf):
    answer = empty("backup", shelf / "none", "--keep", 3)

    assert answer.status == 1
    assert "请先建好" in answer.errors


def test_a_drill_restores_the_last_backup_aside(demo: Shell, shelf):
    for day in (19, 20):
        demo("backup", shelf, "--keep", 5, PORTAL_NOW=f"2027-01-{day}T03:00")
    before = content(demo)

    answer = demo("drill", shelf, PORTAL_NOW="2027-01-20T10:00")

    assert answer.status == 0, answer.errors
    assert "portal-20270120-030000.zip" in answer.text
    assert "距今 7 小时" in answer.text
    assert "核对全部正确，用时 " in answer.text
    assert content(demo) == before
    assert not [each for each in demo.instance.iterdir() if each.name.startswith(".portal-drill")]


def test_a_drill_needs_no_portal_of_its_own(backed_up: Path, tmp_path):
    elsewhere = Shell(tmp_path / "nowhere")

    assert elsewhere("drill", backed_up).status == 0
    assert not elsewhere.instance.exists()


def test_a_drill_without_a_backup_fails(empty: Shell, shelf):
    answer = empty("drill", shelf)

    assert answer.status == 1
    assert "没有备份" in answer.errors


def test_a_drill_with_a_harmed_backup_fails(backed_up: Path, empty: Shell, shelf):
    harmed = shelf / "portal-20270120-030000.zip"
    with ZipFile(backed_up) as good, ZipFile(harmed, "w") as bad:
        bad.writestr("manifest.json", good.read("manifest.json"))
        bad.writestr("portal.sqlite3", good.read("portal.sqlite3")[:-4096])

    answer = empty("drill", shelf)

    assert answer.status == 1
    assert "损坏" in answer.errors
