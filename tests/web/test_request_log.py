"""The request log: who asked for what, found again by its id, and nothing that people typed."""

import json
import logging
import re

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from portal.access.rules import allow, public
from portal.web import request_log
from portal.web.request_log import JsonLines, TextLines

SECRET = "王小明4207041990"


@pytest.fixture
def lines(caplog):
    """What the log of requests says, as it is written for people and for collectors."""
    caplog.set_level(logging.INFO, logger="portal.requests")

    def written(formatter=None):
        return [(formatter or TextLines()).format(each) for each in caplog.records]

    return written


def test_a_save_is_one_line_with_unit_user_and_status(echeng, lines, caplog):
    caplog.clear()
    echeng.save("C9", "12")

    line = next(line for line in lines() if "POST" in line)

    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00 INFO request ", line)
    assert "path=/o/echeng/campaigns/2027-spring/report/items/C9" in line
    assert re.search(r"status=200 ms=\d+ organisation=echeng user=\d+$", line)


def test_json_has_the_same_fields(echeng, lines, caplog):
    caplog.clear()
    echeng.save("C9", "12")

    told = next(json.loads(line) for line in lines(JsonLines()) if "POST" in line)

    assert {"at", "level", "process", "method", "status", "ms", "user"} <= told.keys()
    assert told["organisation"] == "echeng"


@pytest.mark.parametrize("formatter", [TextLines(), JsonLines()])
def test_nothing_typed_is_in_the_log(echeng, lines, caplog, formatter):
    echeng.save("C9", SECRET)
    echeng.client.get(f"/o/echeng/?q={SECRET}")
    echeng.client.post("/login", data={"username": SECRET, "password": SECRET})

    assert SECRET not in "\n".join(lines(formatter))
    assert "csrf" not in "\n".join(lines(formatter))


def test_the_token_of_a_link_is_in_no_line(city_app, lines):
    city_app.app.test_client().get("/sign-in-links/verysecrettoken1234567890")

    text = "\n".join(lines())
    assert "/sign-in-links/<token>" in text
    assert "verysecret" not in text


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/sign-in-links/verysecret/more", "path=/sign-in-links/… "),
        ("/o/echeng/nowhere/verysecret", "path=/o/… "),
        ("/verysecretverysecretverysecret%0Aforged", "path=/verysecretverysecret/… "),
        ("/o/shizong/users/verysecret", "path=/o/shizong/users/<username> "),
        ("/o/o/users/o", "path=/o/o/users/<username> "),
        ("/o/echeng%0A2027-01-20%20INFO%20forged/", "path=/o/echeng%0A2027-01-20%20INFO%20forged/"),
        ("/static/css/page.css", "path=/static/css/page.css "),
    ],
)
def test_an_address_is_one_line_without_names_and_tokens(city_app, lines, caplog, path, shown):
    caplog.clear()
    city_app.app.test_client().get(path, buffered=True)

    [line] = lines()
    assert shown in line
    assert "\n" not in line


@pytest.mark.parametrize("formatter", [TextLines(), JsonLines()])
def test_an_accident_is_told_by_place_and_kind_without_what_it_quotes(
    city_app, lines, formatter, monkeypatch
):
    @allow(public)
    def fail():
        try:
            int(SECRET)
        except ValueError as error:
            raise RuntimeError(f"DETAIL: Key (name)=({SECRET})") from error

    monkeypatch.setitem(city_app.app.view_functions, "accounts.login", fail)
    city_app.app.test_client().get("/login")

    text = "\n".join(lines(formatter))
    assert SECRET not in text
    assert all(word in text for word in ("in fail", "ValueError", "RuntimeError"))


@pytest.mark.parametrize(
    ("proxies", "given", "kept"),
    [
        (1, "abcd-1234", True),
        (0, "abcd-1234", False),
        (1, "short", False),
        (1, "forged\tline-of-a-log", False),
        (1, "x" * 65, False),
    ],
)
def test_the_id_of_a_proxy_is_taken_over(new_city_app, proxies, given, kept):
    client = new_city_app(proxies=proxies).app.test_client()

    answer = client.get("/login", headers={"X-Request-Id": given})

    assert (answer.headers["X-Request-Id"] == given) is kept


def test_an_error_page_names_the_id(echeng):
    answer = echeng.client.get("/o/echeng/nowhere")

    assert answer.status_code == 404
    assert answer.headers["X-Request-Id"] in answer.text


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("x", None, Exception(f"busy\nDETAIL: ({SECRET})")), 503),
        (NoConnectionFree(), 503),
        (RuntimeError(SECRET), 500),
    ],
)
def test_what_is_our_fault_names_the_id_on_pages_and_in_rows(
    city_app, lines, monkeypatch, error, status, headers
):
    @allow(public)
    def fail():
        raise error

    monkeypatch.setitem(city_app.app.view_functions, "accounts.login", fail)

    answer = city_app.app.test_client().get("/login", headers=headers)

    assert answer.status_code == status
    assert answer.headers["X-Request-Id"] in answer.text
    assert SECRET not in answer.text + "\n".join(lines())


def test_an_accident_is_logged_with_its_id_and_without_values(city_app, caplog, monkeypatch):
    @allow(public)
    def fail():
        raise RuntimeError("nothing is well")

    monkeypatch.setitem(city_app.app.view_functions, "accounts.login", fail)

    answer = city_app.app.test_client().get("/login")

    assert answer.status_code == 500
    assert answer.headers["X-Request-Id"] in answer.text
    assert any("unexpected error" in each.getMessage() for each in caplog.records)


def test_a_foreign_host_is_told_the_name_that_is_ours(new_city_app):
    app = new_city_app(public_url="https://wennuan.example.cn").app

    answer = app.test_client().get("/login", base_url="https://elsewhere.example.cn")

    assert answer.status_code == 400
    assert "https://wennuan.example.cn" in answer.text
    assert "PORTAL_PUBLIC_URL" in answer.text


def test_a_process_writes_in_the_format_of_its_setting(monkeypatch):
    from portal.settings import read_settings

    for name, formatter in (("text", TextLines), ("json", JsonLines)):
        root = logging.getLogger()
        monkeypatch.setattr(root, "handlers", [])
        request_log.configure(read_settings({"PORTAL_LOG": name}))
        assert isinstance(root.handlers[0].formatter, formatter)
