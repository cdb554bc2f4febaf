"""What there is, as a shell tells it: units, users, campaigns, and how the portal stands."""

import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

import portal as package
from portal.models.organisation import KINDS
from tests.commands.serving import HERE, ROOT, free_port
from tests.commands.shell import Shell


def lines(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


def test_units_are_listed_in_the_order_of_the_city(demo: Shell):
    listed = lines(demo("organisation", "list").text)

    assert listed[0] == ["代码", "名称", "类型", "上级代码", "排序号", "状态"]
    assert [row[0] for row in listed[1:4]] == ["shizong", "echeng", "echeng-jiceng1"]
    assert len(listed) == 1 + len(demo.rows("organisation"))


def test_users_are_listed_by_unit_without_their_passwords(demo: Shell):
    answer = demo("user", "list")
    [row] = lines(demo("user", "list", "--organisation", "gedian").text)[1:]

    assert len(answer.text.splitlines()) == 1 + len(demo.rows("user"))
    assert row[0] == "gedian"
    assert "填报人" in row
    assert "argon2" not in answer.text


def test_campaigns_are_listed_with_their_dates(demo: Shell):
    listed = lines(demo("campaign", "list").text)

    assert [row[0] for row in listed[1:]] == ["2027-spring", "2022-spring"]
    assert listed[1][2] == "已发布"


@pytest.mark.parametrize("what", ["organisation", "user", "campaign"])
def test_an_empty_city_has_empty_lists(empty: Shell, what):
    answer = empty(what, "list")

    assert (answer.status, len(answer.text.splitlines())) == (0, 1)


def test_the_status_tells_what_an_administrator_asks_first(demo: Shell):
    told = demo("status", PORTAL_PUBLIC_URL="https://wennuan.example.cn").text

    assert f"版本：{package.__version__}" in told
    assert "公开地址：https://wennuan.example.cn" in told
    assert "数据库：SQLite，结构 " in told
    assert "没有设置，不发邮件" in told
    assert "（2027-spring）：应报 11 家，已报 2 家" in told


def test_the_status_of_an_empty_city_says_that_nothing_runs(empty: Shell):
    assert "没有已发布的填报任务" in empty("status").text


class Health(BaseHTTPRequestHandler):
    """Answers as its server was told, and keeps the names it was asked by."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers["Host"]))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize(("status", "left"), [(200, 0), (503, 1), (400, 1)])
def test_health_asks_the_process_by_its_public_name(portal: Shell, status, left):
    with HTTPServer((HERE, 0), Health) as server:
        server.status, server.asked = status, []
        Thread(target=server.handle_request).start()
        port = str(server.server_address[1])
        answer = portal(
            "health", PORTAL_PORT=port, PORTAL_PUBLIC_URL="https://wennuan.example.cn:8443"
        )

    assert server.asked == [("/healthz", "wennuan.example.cn:8443")]
    assert answer.status == left
    assert ("正常" in answer.text) is (status == 200)


def test_health_says_that_nobody_is_there(portal: Shell):
    answer = portal("health", PORTAL_PORT=str(free_port()))

    assert answer.status == 1
    assert "没有回答" in answer.errors


def test_the_template_lists_the_kinds_and_can_be_imported(empty: Shell, tmp_path: Path):
    from openpyxl import load_workbook

    file = tmp_path / "单位.xlsx"
    written = empty("organisation", "template", file)
    book = load_workbook(file)
    for row in (
        ("nanshan", "南山市总工会", "市总", None, "1"),
        ("dongqu", "东区", "区总", "nanshan", "2"),
    ):
        book["单位"].append(row)
    book.save(file)
    again = empty("organisation", "template", file)
    imported = empty("organisation", "import", file)

    assert all(kind in written.text for kind in KINDS)
    assert again.status == 1
    assert "没有覆盖" in again.errors
    assert imported.status == 0, imported.errors
    assert len(empty.rows("organisation")) == 2


def test_the_template_can_go_where_the_shell_sends_it(portal: Shell, tmp_path: Path):
    answer = portal("organisation", "template", "-")

    assert answer.output.startswith(b"PK")
    assert answer.output == answer.output.rstrip(b"\n")
    assert all(kind in answer.errors for kind in KINDS)


def test_the_template_needs_no_database(portal: Shell, tmp_path: Path):
    assert portal("organisation", "template", tmp_path / "单位.xlsx").status == 0
    assert not portal.instance.exists()


def test_the_commands_can_be_reached_through_python():
    told = subprocess.run(
        [sys.executable, "-m", "portal", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert told.stdout == f"portal {package.__version__}\n"
