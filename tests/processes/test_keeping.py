"""Backups while people write, and a restore under a portal that goes on serving."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.commands.shell import Shell
from tests.processes.conftest import City, Province, Served, settings_of
from tests.processes.test_restarts import check, writers_at
from tests.processes.writers import Writer, more, writing


def acknowledged(writers: Sequence[Writer]) -> list[dict[int, str]]:
    """What every writer was told until now: the text by its version."""
    return [{each.version: each.text for each in list(writer.journal)} for writer in writers]


def city_of(file: Path, folder: Path) -> City:
    """A city, served by nobody, that was restored from a backup."""
    shell = Shell(folder)
    assert shell("init").status == 0
    answer = shell("restore", file)
    assert answer.errors == ""
    return City([], folder)


def check_backups(shell: Shell, served: Served, folder: Path, environment: dict[str, str]) -> None:
    """Each of some backups holds, and holds all that was acknowledged before it began."""
    writers = writers_at(served)
    told = []

    with writing(writers) as work:
        for number in range(2):
            work.until(more(2, writers))
            told.append(acknowledged(writers))
            answer = shell("backup", folder / f"{number}.zip", **environment)
            assert answer.errors == ""
        work.until(more(2, writers))

    check(served, writers)
    for number, before in enumerate(told):
        city = city_of(folder / f"{number}.zip", folder / f"city{number}")
        for writer, saves in zip(writers, before, strict=True):
            assert saves.items() <= city.versions(writer.unit, writer.code).items()


def test_a_backup_of_a_city_at_work_holds_all_that_was_acknowledged(city, tmp_path):
    check_backups(Shell(city.folder), city, tmp_path, {})


@pytest.mark.postgresql
def test_a_backup_of_a_province_at_work_holds_all_that_was_acknowledged(
    province, original, tmp_path
):
    environment = settings_of(province.server, province.database, original.instance)

    check_backups(Shell(original.instance), province, tmp_path, environment)


def test_a_city_is_restored_under_the_portal_that_serves_it(city, tmp_path):
    writers = writers_at(city)
    shell = Shell(city.folder)

    with writing(writers) as work:
        work.until(more(2, writers))
        assert shell("backup", tmp_path / "city.zip").status == 0
        work.until(more(2, writers))
        answer = shell("restore", tmp_path / "city.zip", "--replace")
        work.until(more(2, writers))

    assert answer.errors == ""
    assert [writer.faults for writer in writers] == [[]] * len(writers)
    assert shell("verify").status == 0


@pytest.mark.postgresql
def test_a_province_is_restored_under_the_processes_that_serve_it(
    province: Province, original, tmp_path
):
    writers = writers_at(province)
    environment = settings_of(province.server, province.database, original.instance)
    shell = Shell(tmp_path / "instance")
    assert shell("init", **environment).status == 0

    with writing(writers) as work:
        work.until(more(2, writers))
        assert shell("backup", tmp_path / "province.zip", **environment).status == 0
        work.until(more(2, writers))
        answer = shell("restore", tmp_path / "province.zip", "--replace", **environment)
        work.until(more(2, writers))

    assert answer.errors == ""
    assert [writer.faults for writer in writers] == [[]] * len(writers)
    assert shell("verify", **environment).status == 0
