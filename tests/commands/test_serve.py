"""`portal serve`: told where it is, refused politely, stopped without losing an answer."""

import os
import signal
import socket
import sys
import urllib.request
from pathlib import Path

import pytest

from portal.server import adjustments, inherited_socket
from portal.settings import read_settings
from tests.commands.serving import GET, HERE, answer, ask, free_port, process, slow_server
from tests.commands.shell import Shell

PORTAL = [sys.executable, "-c", "from portal.cli import main; main()"]


def refused(port: int) -> bool:
    """Whether nobody listens there any more."""
    try:
        socket.create_connection((HERE, port), timeout=5).close()
    except ConnectionError:
        return True
    return False


def test_the_served_city_answers_and_stops_with_status_0(demo: Shell):
    port = free_port()
    environment = {**os.environ, "PORTAL_INSTANCE": str(demo.instance)}

    with process([*PORTAL, "serve", "--port", str(port)], env=environment) as served:
        announced = served.stdout.readline()
        with urllib.request.urlopen(f"http://{HERE}:{port}/healthz", timeout=20) as answered:
            health = answered.read()
        served.send_signal(signal.SIGTERM)
        status = served.wait(timeout=20)

    assert f"http://127.0.0.1:{port}" in announced
    assert health == b"ok"
    assert status == 0


@pytest.mark.parametrize("asked_by", [signal.SIGTERM, signal.SIGINT])
def test_a_request_under_way_is_answered_before_the_server_stops(asked_by):
    port = free_port()

    with slow_server(port) as served:
        assert served.stdout.readline() == "ready\n"
        connection = ask(port, GET)
        assert served.stdout.readline() == "asked\n"
        served.send_signal(asked_by)
        while not refused(port):
            pass
        served.stdin.write("answered\n")
        served.stdin.flush()
        status_line, body = answer(connection)
        said = served.stdout.readline()
        status = served.wait(timeout=20)

    assert status_line == "HTTP/1.1 200 OK"
    assert body == "answered" * 100_000
    assert (said, status) == ("stopped\n", 0)


def test_a_second_signal_stops_at_once():
    port = free_port()

    with slow_server(port) as served:
        assert served.stdout.readline() == "ready\n"
        connection = ask(port, GET)
        assert served.stdout.readline() == "asked\n"
        served.send_signal(signal.SIGTERM)
        while not refused(port):
            pass
        served.send_signal(signal.SIGTERM)
        status = served.wait(timeout=20)
        connection.close()

    assert status == -signal.SIGTERM


def test_a_socket_handed_over_is_used_and_outlives_the_server():
    with socket.create_server((HERE, 0)) as handed_over:
        port = handed_over.getsockname()[1]
        with slow_server(free_port(), handed_over) as served:
            assert served.stdout.readline() == "ready\n"
            connection = ask(port, GET)
            assert served.stdout.readline() == "asked\n"
            served.stdin.write("here\n")
            served.stdin.flush()
            status_line, _ = answer(connection)
            served.send_signal(signal.SIGTERM)
            served.wait(timeout=20)
        still_there = not refused(port)

    assert status_line == "HTTP/1.1 200 OK"
    assert still_there


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"LISTEN_FDS": "1"},
        {"LISTEN_FDS": "1", "LISTEN_PID": "1"},
        {"LISTEN_FDS": "2", "LISTEN_PID": str(os.getpid())},
    ],
)
def test_a_socket_meant_for_another_process_is_left_alone(environment):
    assert inherited_socket(environment) is None


@pytest.mark.parametrize(
    ("request_bytes", "status", "sentence"),
    [
        (b"NONSENSE\r\n\r\n", "400", "请求不完整或来源不对"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nLong: " + b"x" * 400_000 + b"\r\n\r\n", "431", "请求过大"),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 13000000\r\n\r\n" + b"x" * 13_000_000,
            "413",
            "提交的内容太大",
        ),
    ],
    ids=["nonsense", "long head", "large body"],
)
def test_what_never_reaches_the_application_is_refused_in_chinese(request_bytes, status, sentence):
    port = free_port()

    with slow_server(port) as served:
        assert served.stdout.readline() == "ready\n"
        status_line, body = answer(ask(port, request_bytes))

    assert status_line.split()[1] == status
    assert body.startswith(sentence)
    assert "waitress" not in body


def test_a_taken_port_is_told_in_one_line(demo: Shell):
    with socket.create_server((HERE, 0)) as taken:
        answered = demo("serve", "--port", taken.getsockname()[1])

    assert answered.status == 1
    assert "已被别的程序占用" in answered.errors
    assert answered.errors.count("\n") == 1


def test_a_taken_port_is_told_before_anything_is_made_or_any_account_is_told(portal: Shell):
    with socket.create_server((HERE, 0)) as taken:
        answered = portal("serve", "--demo", "--port", taken.getsockname()[1])

    assert answered.status == 1
    assert "make run PORT=8001" in answered.errors
    assert answered.text == ""
    assert not portal.instance.exists()


@pytest.mark.parametrize(
    ("host", "sentence"),
    [("192.0.2.1", "这台机器没有这个地址"), ("nowhere.invalid", "请核对 --host 或 PORTAL_HOST")],
)
def test_an_address_that_is_not_ours_is_told(demo: Shell, host, sentence):
    answered = demo("serve", "--host", host)

    assert answered.status == 1
    assert f"{host}:8000 无法监听，{sentence}" in answered.errors
    assert answered.errors.count("\n") == 1


def test_a_wildcard_needs_the_address_that_people_use(demo: Shell):
    answered = demo("serve", "--host", "::")

    assert answered.status == 1
    assert "必须设置 PORTAL_PUBLIC_URL" in answered.errors


def test_headers_of_a_proxy_pass_only_where_one_is_named():
    alone = adjustments(read_settings({}))
    behind = adjustments(read_settings({"PORTAL_PROXIES": "1"}))

    assert alone["clear_untrusted_proxy_headers"] is True
    assert behind["clear_untrusted_proxy_headers"] is False


def test_the_scheme_is_that_of_the_public_address():
    secure = adjustments(read_settings({"PORTAL_PUBLIC_URL": "https://wennuan.example.cn"}))

    assert secure["url_scheme"] == "https"
    assert adjustments(read_settings({}))["url_scheme"] == "http"


def test_any_wsgi_server_can_take_the_application(demo: Shell, monkeypatch):
    monkeypatch.setenv("PORTAL_INSTANCE", str(demo.instance))
    source = (Path(__file__).parents[2] / "wsgi.py").read_text(encoding="utf-8")
    names: dict[str, object] = {}

    exec(compile(source, "wsgi.py", "exec"), names)  # noqa: S102 - a module that is not on the path

    assert callable(names["application"])
