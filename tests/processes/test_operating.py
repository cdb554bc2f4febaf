"""docs/operating.md: followed from the first block to the last, on either engine."""

import re
import socket
import subprocess
from collections.abc import Callable
from configparser import ConfigParser
from datetime import datetime
from pathlib import Path
from unittest import mock

import pytest
from openpyxl import load_workbook

from portal import create_app, settings
from portal.domain.campaign.calendar import ZONE
from portal.server import adjustments
from portal.settings import SettingError, read_settings
from tests.commands.serving import HERE
from tests.commands.shell import Shell
from tests.commands.workbooks import CITY
from tests.postgresql import bare_cluster
from tests.processes.browser import Browser
from tests.processes.operating import ROOT, Machine, behind_nginx, blocks, faults
from tests.processes.proxy import NAME, certify
from tests.processes.served import lasting_port, serving
from tests.requirements import require

DEPLOY = ROOT / "deploy"
NOW = datetime(2027, 1, 6, 10, 0, tzinfo=ZONE)
"""While the campaign of the page is open."""

LATER = ("PostgreSQL", "用密码，经过 TCP")
"""Headings that stand behind what they prepare: followed first where PostgreSQL is wanted."""

FOUNDING = "建库、单位、管理员、填报任务"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A bare machine, with everybody who is needed to follow the page."""
    monkeypatch.setattr(settings, "_fixed_now", lambda *_: NOW)
    made = Machine(tmp_path)
    made.furnish()
    monkeypatch.chdir(made.source)
    with made.commands():
        yield made


def follow(machine: Machine, headings: list[str] | None = None) -> str:
    """Follow the page, or some of its headings; what a person does between blocks is done too."""
    printed = ""
    for heading, shell in blocks():
        if headings is None or heading in headings:
            printed += machine.run(without_a_service(shell))
            fill_in_units(machine.source / "单位.xlsx")
    return printed


def without_a_service(shell: str) -> str:
    """A block without the command that asks a running service; another test runs one."""
    return shell.replace("portal health\n", "")


def fill_in_units(file: Path) -> None:
    """Do what a person does with the template: the units of a city, on its first page."""
    if not file.exists():
        return
    book = load_workbook(file)
    if book["单位"].max_row > 1:
        return
    for code, *rest in CITY:
        parent = rest[2] and rest[2].replace("nanshan", "shizong")
        book["单位"].append([code.replace("nanshan", "shizong"), *rest[:2], parent, *rest[3:]])
    book.save(file)


def test_the_page_can_be_followed_on_the_embedded_database(machine):
    printed = follow(machine, [heading for heading, _ in blocks() if heading not in LATER])

    asked = machine.log.read_text(encoding="utf-8")
    assert "已新建用户 desk（李审核，南山市总工会）" in printed
    assert "填报开始 2027年1月5日（星期二）00:00" in printed
    assert "应报 3 家，已报 0 家" in printed
    assert "已恢复到新库，核对全部正确" in printed
    assert (machine.folder / "etc/portal/completion.bash").read_text(encoding="utf-8")
    assert "systemctl enable --now portal.socket portal.service" in asked
    assert "pip install --require-hashes" in asked
    assert (machine.folder / "etc/portal/portal.env").stat().st_mode & 0o777 == 0o600
    backups = [each.name for each in (machine.folder / "var/backups/portal").iterdir()]
    assert {"before-change.zip", "before-upgrade.zip"} < {*backups}


@pytest.mark.postgresql
def test_the_page_can_be_followed_on_postgresql_with_a_password(machine):
    port = lasting_port()
    machine.replaced |= {"127.0.0.1:5432": f"127.0.0.1:{port}"}
    with bare_cluster() as server:
        server.restart_on(port)
        machine.more |= {"PGHOST": str(server.folder), "PGPORT": str(port), "PGUSER": "postgres"}
        first = ("安装", *LATER)
        printed = follow(machine, [*first])
        printed += follow(machine, [each for each, _ in blocks() if each not in first])

    assert "数据库：PostgreSQL" in printed
    assert "已恢复到新库，核对全部正确" in printed
    kept = machine.settings()["PORTAL_DATABASE_URL"]
    assert kept.startswith("postgresql+psycopg://city_app:")


def test_the_command_reads_the_settings_as_systemd_does(machine):
    follow(machine, ["安装"])
    (machine.folder / "etc/portal/portal.env").write_text(
        "# a remark\n\nPATH=/nowhere\n"
        "PORTAL_DATABASE_URL=postgresql+psycopg://city_app@/city?host=/run&port=5433\n"
        "PORTAL_MAIL_FROM='鄂州市总工会 <portal@example.cn>'\n"
        'PORTAL_SMTP_URL="smtp://a:b%26$c`d@mail"\n'
        "PORTAL_PROXIES=1",
        encoding="utf-8",
    )
    stand_in = machine.folder / "opt/portal/bin/portal"
    stand_in.write_text("#!/bin/sh\nenv | grep ^PORTAL_ | sort\n")

    assert machine.run("portal status").splitlines() == [
        "PORTAL_DATABASE_URL=postgresql+psycopg://city_app@/city?host=/run&port=5433",
        "PORTAL_MAIL_FROM=鄂州市总工会 <portal@example.cn>",
        "PORTAL_PROXIES=1",
        "PORTAL_SMTP_URL=smtp://a:b%26$c`d@mail",
    ]


def units() -> dict[str, ConfigParser]:
    """Every unit of systemd, read as far as a reader without repeated keys can."""
    found = {}
    for file in sorted(DEPLOY.glob("portal*.*")):
        if file.suffix in {".service", ".socket", ".timer"}:
            parser = ConfigParser(strict=False, interpolation=None)
            parser.optionxform = str
            parser.read(file, encoding="utf-8")
            found[file.name] = parser
    return found


def test_every_timer_has_its_service_and_every_service_its_user():
    found = units()
    timers = {name.removesuffix(".timer") for name in found if name.endswith(".timer")}
    services = {name.removesuffix(".service") for name in found if name.endswith(".service")}

    assert timers == {"portal-remind", "portal-backup", "portal-drill"}
    assert services == {"portal", *timers}
    for name in services:
        service = found[f"{name}.service"]["Service"]
        assert service["User"] == "portal"
        assert service["NoNewPrivileges"] == "yes"
        assert service["ProtectSystem"] == "strict"
        assert service["ExecStart"].startswith("/opt/portal/bin/portal ")


def test_only_who_needs_the_owner_is_told_of_it():
    told = {file.name for file in DEPLOY.glob("*.service") if "owner.env" in file.read_text()}

    assert told == {"portal-backup.service", "portal-drill.service"}


def test_what_the_timers_start_can_be_run(machine):
    follow(machine, ["安装", FOUNDING])
    for name in ("portal-backup", "portal-drill"):
        command = units()[f"{name}.service"]["Service"]["ExecStart"]
        machine.run(command.replace("/opt/portal/bin/portal", "portal"))
    remind = units()["portal-remind.service"]["Service"]["ExecStart"]

    printed = machine.run(remind.replace("/opt/portal/bin/portal", "portal") + " --dry-run")

    assert "欠报" in printed


def test_systemd_reads_the_units(tmp_path):
    verifier = require("systemd")
    for file in DEPLOY.glob("portal*.*"):
        if file.suffix in {".service", ".socket", ".timer"}:
            there = re.sub(r"/opt/portal/bin/portal", "/bin/true", file.read_text("utf-8"))
            (tmp_path / file.name).write_text(there, encoding="utf-8")

    said = subprocess.run(
        [verifier, "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True,
        text=True,
    )

    ours = [line for line in said.stderr.splitlines() if str(tmp_path) in line]
    assert ours == []


@pytest.mark.proxy
def test_the_site_of_nginx_serves_what_the_page_set_up(machine):
    require("proxy")
    follow(machine, ["安装", "设置", FOUNDING])
    certify(machine.folder / "etc/portal")

    with (
        serving(machine.folder / "served.log", machine.settings()) as [process],
        behind_nginx(machine, process) as door,
    ):
        here = machine.settings() | {"PORTAL_PORT": str(process.port)}
        health = Shell(machine.folder)("health", **here)
        stranger = Browser(door)
        page = stranger.get("/login")
        large = stranger.post("/login", {"username": "x" * 300_000})
        refused = stranger.post("/login", {}, {"Content-Length": "17000000"})

    assert health.status == 0, health.errors
    assert page.status == 200
    assert [large.status, refused.status] == [413, 413]
    assert all("太大" in each.text for each in (large, refused))


def test_nginx_lets_through_whatever_the_portal_itself_would_refuse():
    allowed = re.search(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx.conf").read_text("utf-8"))

    assert allowed
    assert int(allowed[1]) * 1024**2 > adjustments(read_settings({}))["max_request_body_size"]


DATABASE = {"PORTAL_DATABASE_URL": "postgresql+psycopg://city_app:geheim@127.0.0.1:1/city"}


def with_setting(*command: object, **given: str) -> Callable[[Shell], str]:
    """What a command says where settings are as given."""
    return lambda portal: portal(*command, **given).errors


def prepared(*commands: tuple[object, ...]) -> Callable[[Shell], str]:
    """What the last of some commands says after `portal init`."""

    def said(portal: Shell) -> str:
        answers = [portal(*command) for command in (("init",), *commands)]
        assert [each.status for each in answers[:-1]] == [0] * len(commands)
        return answers[-1].errors

    return said


def without_instance(_portal: Shell) -> str:
    """What an installed program says without the one setting that it needs."""
    with mock.patch.object(settings, "__file__", "/opt/lib/site-packages/portal/settings.py"):
        try:
            read_settings({})
        except SettingError as error:
            return str(error)
    return ""


def empty_key(portal: Shell) -> str:
    portal("init")
    (portal.instance / "secret-key").write_text("")
    return portal("status").errors


def port_taken(portal: Shell) -> str:
    portal("init")
    with socket.create_server((HERE, 0)) as taken:
        return portal("serve", "--port", taken.getsockname()[1]).errors


def foreign_name(portal: Shell) -> str:
    portal("init")
    given = {"PORTAL_INSTANCE": str(portal.instance)}
    app = create_app(read_settings(given | {"PORTAL_PUBLIC_URL": f"https://{NAME}"}))
    return app.test_client().get("/login", headers={"Host": "10.2.3.4"}).text


def harmed_backup(portal: Shell) -> str:
    portal("init")
    harmed = portal.instance / "harmed.zip"
    harmed.write_bytes(b"PK nonsense")
    return portal("restore", harmed).errors


FAULTS: dict[str, Callable[[Shell], str]] = {
    "没有设 `PORTAL_INSTANCE`": without_instance,
    "没有运行过 `portal init`": with_setting("status"),
    "设置的名字写错": with_setting("status", PORTAL_PUBLIC_ULR="https://a.cn"),
    "公开地址的端口写错": with_setting("status", PORTAL_PUBLIC_URL="https://a.cn:port"),
    "数据库地址的端口写错": with_setting(
        "status", PORTAL_DATABASE_URL="postgresql+psycopg://a:b@db:abc/city"
    ),
    "邮件服务器的端口写错": with_setting("status", PORTAL_SMTP_URL="smtp://mail:xx"),
    "发件人不是邮箱地址": with_setting(
        "status", PORTAL_SMTP_URL="smtp://mail", PORTAL_MAIL_FROM="user@"
    ),
    "监听所有地址而没有公开地址": with_setting("serve", "--host", "0.0.0.0"),
    "端口被占用": port_taken,
    "密钥文件空了": empty_key,
    "用别的名字访问": foreign_name,
    "PostgreSQL 没有运行": with_setting("status", **DATABASE),
    "PostgreSQL 没有设属主": with_setting("init", **DATABASE),
    "服务没有启动": with_setting("health", PORTAL_PORT="1"),
    "没有设邮件服务器就催报": prepared(("remind",)),
    "备份的文件已经在": prepared(("backup", "/dev/null")),
    "备份损坏": harmed_backup,
    "恢复到有内容的库": prepared(
        ("form", "import", "songwennuan@2027.1"), ("backup", "x.zip"), ("restore", "x.zip")
    ),
    "演练时没有备份": prepared(("drill", ".")),
    "表样的名字写错": prepared(("form", "import", "songwennuan@2028.1")),
}


def test_every_fault_of_the_table_is_tried():
    assert list(faults()) == list(FAULTS)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_server_says_what_the_table_says(tmp_path, monkeypatch, fault):
    monkeypatch.chdir(tmp_path)

    said = FAULTS[fault](Shell(tmp_path / "instance"))

    assert faults()[fault] in said
