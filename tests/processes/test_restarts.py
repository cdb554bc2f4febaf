"""The database goes away in the middle of work and comes back; so does a process."""

from threading import Condition

import pytest

from tests.processes.browser import Browser
from tests.processes.conftest import PASSWORD, Province
from tests.processes.writers import Writer, writing

pytestmark = pytest.mark.postgresql

UNITS = ("jiaoyu", "weijian", "zhujian", "jiaotong")


def report_of(unit: str) -> str:
    """The address of a unit's report."""
    return f"/o/{unit}/campaigns/2027-spring/report"


def writers_at(province: Province) -> list[Writer]:
    """Two writers at each of four units."""
    changed = Condition()
    return [
        Writer(person, province.doors, report_of(unit), code, changed)
        for unit in UNITS
        for person in [province.person(unit)]
        for code in ("C9", "E1")
    ]


def kept(province: Province, writer: Writer) -> dict[int, str]:
    """What the trail says of a writer's row: the figure by its version."""
    rows = province.rows(
        "SELECT t.version, t.new FROM trail t JOIN organisation o ON o.id = t.organisation_id "
        "JOIN report r ON r.id = t.report_id JOIN campaign c ON c.id = r.campaign_id "
        "WHERE t.action = 'figure-saved' AND t.item = %s AND o.code = %s AND c.code = %s",
        writer.code,
        writer.report.split("/")[2],
        writer.report.split("/")[4],
    )
    assert len(rows) == len(dict(rows))
    return dict(rows)


def more(number: int, writers: list[Writer]):
    """Whether a writer has so many acknowledged saves more than now."""
    wanted = {id(writer): len(writer.journal) + number for writer in writers}
    return lambda writer: len(writer.journal) >= wanted[id(writer)]


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_a_database_that_goes_and_comes_back_loses_no_acknowledged_save(province, mode):
    writers = writers_at(province)

    with writing(writers) as until:
        for _ in range(2):
            until(more(3, writers))
            refused = {id(writer): writer.answers[503] for writer in writers}
            province.server.stop(mode)
            try:
                until(lambda writer, before=refused: writer.answers[503] > before[id(writer)])
            finally:
                province.server.start()
        until(more(3, writers))

    assert [writer.faults for writer in writers] == [[]] * len(writers)
    for writer in writers:
        trail = kept(province, writer)
        assert {each.version: each.text for each in writer.journal}.items() <= trail.items()
        assert max(trail) == len(trail)
