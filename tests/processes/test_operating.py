"""docs/operating.md: followed from the first block to the last, on either engine."""

import re
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.commands.workbooks import CITY
from tests.postgresql import bare_cluster
from tests.processes.operating import ROOT, Machine, blocks
from tests.processes.served import lasting_port
from tests.requirements import require

DEPLOY = ROOT / "deploy"
LATER = ("PostgreSQL", "用密码，经过 TCP")
"""Headings that stand behind what they prepare: followed first where PostgreSQL is wanted."""

FOUNDING = "建库、单位、管理员、填报任务"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A bare machine, with everybody who is needed to follow the page."""
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
