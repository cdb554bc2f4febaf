"""`/healthz`: a server that cannot do its work says so, and strangers cause no writes."""

import sqlite3
from collections import namedtuple
from contextlib import closing
from typing import Any

import pytest

from portal import __version__
from portal.storage import schema
from portal.web import health
from portal.web.health import Probe
from tests.cast import City

Usage = namedtuple("Usage", "total used free")


def asked(city: City) -> Any:
    """What a server answers that has not looked at itself yet; the application is reused."""
    city.app.extensions["health-probe"] = Probe(lambda: health.fault_of(city.app))
    return city.app.test_client().get("/healthz")


def test_healthy_server_answers_ok(city_app):
    answer = asked(city_app)

    assert (answer.status_code, answer.text) == (200, "ok")


def test_health_and_every_page_tell_the_version(city_app):
    page = city_app.app.test_client().get("/login")

    assert asked(city_app).headers["X-Portal-Version"] == __version__
    assert f"{__version__} 版" in page.text


def test_a_full_disk_is_no_health(city_app, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: Usage(10**9, 10**9, 1000))

    answer = asked(city_app)

    assert (answer.status_code, answer.text) == (503, "unavailable")


@pytest.mark.parametrize("stands_at", ["0001", "9999"])
def test_database_of_another_version_is_unhealthy(city_app, monkeypatch, stands_at):
    monkeypatch.setattr(schema, "revision_of", lambda _: stands_at)

    assert asked(city_app).status_code == 503


def test_read_only_database_is_unhealthy(city_app, monkeypatch):
    def refuse(_connection):
        raise sqlite3.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(schema, "_fault_of_writing", refuse)

    assert asked(city_app).status_code == 503


def test_a_probe_looks_at_most_every_ten_seconds():
    looks, seconds = [], [0.0]
    probe = Probe(lambda: looks.append(1) or "", clock=lambda: seconds[0])

    for seconds[0] in (0.0, 1.0, 9.9, 10.0):
        probe.fault()

    assert len(looks) == 1
    seconds[0] = 10.1
    probe.fault()
    settle(probe)
    assert len(looks) == 2


def test_a_fault_is_looked_at_again_soon():
    faults, seconds = ["满了", ""], [0.0]
    probe = Probe(lambda: faults.pop(0), clock=lambda: seconds[0])

    assert probe.fault() == "满了"
    seconds[0] = 1.1
    probe.fault()
    settle(probe)

    assert probe.fault() == ""


def settle(probe: Probe) -> None:
    """Wait for a look that is under way."""
    if looking := probe._looking:
        looking.join()


@pytest.mark.parametrize(
    ("stands_at", "sentence"),
    [
        ("0070", "数据库是旧版程序的，请先运行 portal init 升级。"),
        ("zzzz", "程序比数据库旧：数据库已经由新版程序升级过，请安装新版程序。"),
    ],
)
def test_a_database_of_another_version_is_not_served(tmp_path, stands_at, sentence):
    url = f"sqlite:///{tmp_path / 'portal.sqlite3'}"
    schema.upgrade(url)
    schema.require_usable(url)
    with closing(sqlite3.connect(tmp_path / "portal.sqlite3")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [stands_at])
        connection.commit()

    with pytest.raises(schema.SettingError, match=sentence):
        schema.require_usable(url)


def test_a_newer_database_is_not_migrated(tmp_path):
    url = f"sqlite:///{tmp_path / 'portal.sqlite3'}"
    schema.upgrade(url)
    with closing(sqlite3.connect(tmp_path / "portal.sqlite3")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'zzzz'")
        connection.commit()

    with pytest.raises(schema.SettingError, match="程序比数据库旧"):
        schema.upgrade(url)
