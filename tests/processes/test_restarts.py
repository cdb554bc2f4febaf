"""The database or the server goes away in the middle of work: what was acknowledged is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

import pytest

from tests.commands.shell import Shell
from tests.processes.browser import Browser
from tests.processes.conftest import Province, Served
from tests.processes.writers import Writer, more, turned_away, writing

UNITS = ("jiaoyu", "weijian")


def writers_at(served: Served) -> list[Writer]:
    """Two writers at each of two units."""
    changed = Condition()
    return [
        Writer(person, served.doors, unit, served.report(unit), code, changed)
        for unit in UNITS
        for person in [served.person(unit)]
        for code in ("C9", "E1")
    ]


def check(served: Served, writers: list[Writer]) -> None:
    """Nobody got a wrong answer, and every acknowledged save has its entry in the trail."""
    assert [writer.faults for writer in writers] == [[]] * len(writers)
    for writer in writers:
        trail = served.versions(writer.unit, writer.code)
        assert {each.version: each.text for each in writer.journal}.items() <= trail.items()
        assert sorted(trail) == list(range(1, len(trail) + 1))


@contextmanager
def stopped(province: Province, mode: str) -> Iterator[None]:
    """Stop the database, and start it again at the end."""
    province.server.stop(mode)
    try:
        yield
    finally:
        province.server.start()


@pytest.mark.postgresql
@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_a_database_that_goes_and_comes_back_loses_no_acknowledged_save(province, mode):
    writers = writers_at(province)

    with writing(writers) as work:
        for _ in range(2):
            work.until(more(3, writers))
            with stopped(province, mode):
                work.until(turned_away(writers))
        work.until(more(3, writers))

    check(province, writers)
    assert sum(writer.lost for writer in writers) == 0


CONNECTIONS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'city_app'"


@pytest.mark.postgresql
def test_connections_that_break_are_made_again(province):
    writers = writers_at(province)

    with writing(writers) as work:
        for _ in range(4):
            work.until(more(1, writers))
            province.server.execute(CONNECTIONS)
        work.until(more(3, writers))

    check(province, writers)
    assert sum(writer.lost for writer in writers) == 0


@pytest.mark.postgresql
def test_pages_and_health_say_that_the_database_is_away(province):
    person = province.person("echeng")

    with stopped(province, "fast"):
        pages = [person.at(door).get(province.report("echeng")) for door in province.doors]
        health = [Browser(door).get("/healthz") for door in province.doors]
    again = [person.at(door).get(province.report("echeng")) for door in province.doors]

    assert [(page.status, page.headers["Retry-After"]) for page in pages] == [(503, "5")] * 2
    assert all("系统暂时忙，您的改动没有保存。请稍后再试。" in page.text for page in pages)
    assert [(each.status, each.text) for each in health] == [(503, "unavailable")] * 2
    assert [page.status for page in again] == [200, 200]


@pytest.mark.postgresql
def test_a_writer_who_waits_too_long_gets_503(province):
    person = province.person("jiaoyu")

    with province.connection() as stuck:
        stuck.execute("SELECT 1 FROM expectation FOR UPDATE")
        refused = person.save(province.report("jiaoyu"), "C9", "5", 0)
    taken = person.save(province.report("jiaoyu"), "C9", "5", 0)

    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert taken.status == 200


def test_a_killed_server_on_the_file_loses_no_acknowledged_save(city):
    writers = writers_at(city)
    [process] = city.processes

    with writing(writers) as work:
        for _ in range(2):
            work.until(more(3, writers))
            process.kill()
            work.until(turned_away(writers))
            with work.resting():
                process.start()
                process.wait()
        work.until(more(3, writers))

    check(city, writers)
    assert Shell(city.folder)("verify").status == 0


@pytest.mark.postgresql
def test_while_one_process_is_killed_the_other_goes_on(province):
    writers = writers_at(province)
    first, _ = province.processes

    with writing(writers) as work:
        work.until(more(3, writers))
        first.kill()
        work.until(turned_away(writers))
        work.until(more(3, writers))
        first.start()
        first.wait()
        work.until(more(3, writers))

    check(province, writers)
