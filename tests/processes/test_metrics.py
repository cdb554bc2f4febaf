"""Metrics: two processes of one city, asked at the one address that both listen on."""

import re
import shutil
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from portal.settings import SettingError, read_settings
from portal.web.metrics import SAVING, SIGNING_IN
from tests.commands.serving import HERE
from tests.commands.shell import Shell
from tests.demonstration import PASSWORD
from tests.processes.browser import Browser
from tests.processes.conftest import City
from tests.processes.served import lasting_port, serving


@pytest.fixture
def watched(demonstration: Path, tmp_path: Path) -> Iterator[tuple[City, int]]:
    """A city on the embedded file, served by two processes, and the port for its metrics."""
    folder, port = tmp_path / "city", lasting_port()
    shutil.copytree(demonstration, folder)
    given = {"PORTAL_INSTANCE": str(folder), "PORTAL_METRICS": f"{HERE}:{port}"}
    with serving(tmp_path / "log", given, given) as processes:
        yield City(processes, folder), port


def asked(port: int, path: str = "/metrics") -> tuple[int, str]:
    """What a collector reads."""
    connection = HTTPConnection(HERE, port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def value(text: str, name: str) -> float:
    """One number of what a collector reads; 0 where it was never counted."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
    return float(found[1]) if found else 0.0


def test_what_every_process_counted_is_added_up_and_names_nobody(watched):
    served, port = watched
    for door, person in zip(served.doors, ("jiaoyu", "liangzihu"), strict=True):
        browser = Browser(door)
        assert browser.sign_in(person, "wrong-wrong-wrong").status == 401
        assert browser.sign_in(person, PASSWORD).status == 303
        assert browser.save(served.report(person), "C9", "1", 0).status == 200
        assert browser.get("/o/gedian/nowhere").status == 404

    answers = [asked(port) for _ in range(8)]

    for status, text in answers:
        assert status == 200
        assert value(text, 'portal_sign_ins_total{outcome="ok"}') == 2
        assert value(text, 'portal_sign_ins_total{outcome="failed"}') == 2
        assert value(text, "portal_saves_total") == 2
        assert value(text, 'portal_refusals_total{status="404"}') == 2
        assert value(text, 'portal_requests_total{status="303",view="accounts.sign_in"}') == 2
        assert value(text, "portal_request_seconds_count") >= 8
        assert value(text, "portal_database_bytes") > 100_000
        assert value(text, "portal_write_queue") == 0
        assert not re.search("liangzihu|gedian|jiaoyu|教育|spring|C9", text)
    assert asked(port, "/")[0] == 404

    served.processes[0].kill()
    assert value(asked(port)[1], "portal_saves_total") == 2


def test_what_saves_and_signs_in_are_views_that_there_are(city_app):
    assert city_app.app.view_functions.keys() >= SAVING | SIGNING_IN


def test_an_address_in_use_stops_the_start_with_its_name(demonstration, tmp_path):
    with socket.create_server((HERE, 0)) as other:
        taken = f"{HERE}:{other.getsockname()[1]}"
        shutil.copytree(demonstration, tmp_path / "city")

        answer = Shell(tmp_path / "city")("serve", PORTAL_METRICS=taken)

    assert answer.status == 1
    assert answer.errors.startswith(f"PORTAL_METRICS 的 {taken} 无法监听")
    assert answer.errors.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "address"),
    [("127.0.0.1:9100", (HERE, 9100)), ("[::1]:9100", ("::1", 9100)), ("", None)],
)
def test_the_address_is_a_host_and_a_port(given, address):
    assert read_settings({"PORTAL_METRICS": given}).metrics == address


@pytest.mark.parametrize("given", ["9100", ":9100", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:0"])
def test_another_address_is_refused_by_its_name(given):
    with pytest.raises(SettingError, match="PORTAL_METRICS"):
        read_settings({"PORTAL_METRICS": given})
