"""The benchmark: what the portal does in a second, beside the least that such a route costs.

``make bench`` prints a table. It is a measurement, not a test: nothing here passes or fails.
The yardstick is a Flask route that makes one durable commit, on the same server and engine.
"""

import http.client
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import insert

from portal import create_app
from portal.access import tenancy
from portal.access.identity import hashed, new_token, sign_in_door
from portal.domain.campaign.calendar import ZONE
from portal.models import (
    Campaign,
    Expectation,
    Figure,
    Organisation,
    Report,
    SignIn,
    Submission,
    User,
)
from portal.models.form import add_edition
from portal.models.organisation import add_organisation
from portal.settings import Settings, make_instance, read_settings
from portal.storage import schema
from portal.storage.db import writing

CLIENTS = 16
SECONDS = 6.0
WARMING = 2.0
"""Seconds of load before the first round: every thread opens its connection at its first work."""
ORGANISATIONS = 1000
EDITION = Path(__file__).parent.parent / "portal" / "editions" / "songwennuan-2022.1.json"
PORT, YARDSTICK_PORT = 8765, 8766
VERSION = re.compile(r'name="C1.version" form="sheet" value="([0-9]+)"')
CAMPAIGN = "bench"


@dataclass
class City:
    """A city of 1 000 organisations, with a signed-in cookie for the first of them."""

    settings: Settings
    cookies: dict[str, str] = field(default_factory=dict)
    desk: str = ""


def build(folder: Path) -> City:
    """Fill a fresh database: every organisation but the clients' has a submitted report."""
    make_instance(folder)
    settings = read_settings({"PORTAL_INSTANCE": str(folder), "PORTAL_PORT": str(PORT)})
    schema.upgrade(settings.database_url)
    app = create_app(settings)
    city = City(settings)
    with app.app_context():
        organisations = _organisations()
        codes = _campaign(organisations)
        _reports(organisations[CLIENTS + 1 :], codes)
        people = _people([organisations[0], *organisations[1 : CLIENTS + 1]])
    for code, token in people.items():
        city.cookies[code] = _cookie(app, token)
    city.desk = city.cookies.pop("shizong")
    return city


def _organisations() -> list[Organisation]:
    with writing() as session:
        root = add_organisation(
            session, code="shizong", name="市总工会", kind="市总", parent=None, position=0
        )
        below = [
            add_organisation(
                session, code=f"u{n}", name=f"单位{n}", kind="区总", parent=root, position=n
            )
            for n in range(1, ORGANISATIONS + 1)
        ]
        session.commit()
    return [root, *below]


def _campaign(organisations: list[Organisation]) -> list[str]:
    now = datetime.now(ZONE)
    day = timedelta(days=1)
    document = json.loads(EDITION.read_text())
    with writing() as session:
        edition = add_edition(session, document, at=now)
        edition.published_at = now
        session.flush()
        campaign = Campaign(
            code=CAMPAIGN,
            name="测速",
            edition_id=edition.id,
            opens=now - day,
            due=now + day,
            closes=now + day,
            status="published",
        )
        session.add(campaign)
        session.commit()
        campaign_id = campaign.id
    with tenancy.opening() as session, writing(session):
        session.add_all(
            Expectation(
                campaign_id=campaign_id,
                organisation_id=each.id,
                parent_id=each.parent_id,
                path=each.path,
                code=each.code,
                name=each.name,
                kind=each.kind,
                position=each.position,
                basis="full" if each.parent_id else "own",
            )
            for each in organisations
        )
        session.commit()
    return [item["code"] for item in document["items"] if "formula" not in item]


def _reports(organisations: list[Organisation], codes: list[str]) -> None:
    now = datetime.now(ZONE)
    for place, organisation in enumerate(organisations):
        tenancy.enter(organisation)
        with writing() as session:
            report = Report(
                organisation_id=organisation.id,
                campaign_id=1,
                edition_id=1,
                saved_at=now,
                saved_by="",
                saved_by_id=0,
            )
            session.add(report)
            session.flush()
            figures = dict.fromkeys(codes, place * 10_000)
            rows = [
                {
                    "organisation_id": organisation.id,
                    "report_id": report.id,
                    "item": code,
                    "value": value,
                    "version": 1,
                    "saved_at": now,
                    "saved_by": "",
                }
                for code, value in figures.items()
            ]
            session.execute(insert(Figure), rows)
            report.state, report.submissions, report.submitted_at = "submitted", 1, now
            session.add(_submission(report, organisation, figures, now))
            session.commit()


def _submission(
    report: Report, organisation: Organisation, figures: dict[str, int], at: datetime
) -> Submission:
    document = json.dumps({"organisation": organisation.code, "figures": figures})
    return Submission(
        organisation_id=organisation.id,
        report_id=report.id,
        number=1,
        document=document,
        sha256=sha256(document.encode()).hexdigest(),
        submitted_at=at,
        submitted_by_id=0,
        submitted_by="",
        nonce="",
    )


def _people(organisations: list[Organisation]) -> dict[str, str]:
    now = datetime.now(ZONE)
    tokens = {}
    with sign_in_door() as session, writing(session):
        for each in organisations:
            tokens[each.code] = new_token()
            user = User(
                organisation_id=each.id,
                username=each.code,
                name=each.name,
                roles=["reporter", "reviewer"],
                password_hash="",
                must_change_password=False,
                created_at=now,
            )
            session.add(user)
            session.flush()
            session.add(
                SignIn(
                    token_hash=hashed(tokens[each.code]),
                    organisation_id=each.id,
                    user_id=user.id,
                    started_at=now,
                    seen_at=now,
                    address="",
                )
            )
        session.commit()
    return tokens


def _cookie(app: Flask, token: str) -> str:
    client = app.test_client()
    with client.session_transaction(base_url=f"http://127.0.0.1:{PORT}") as session:
        session["_user_id"] = token
        session["csrf_token"] = token_hex()
    return str(client.get_cookie("portal", domain="127.0.0.1").value)


YARDSTICK = """
import sqlite3, sys, threading
from flask import Flask
from portal.storage.db import WriteQueue
from pathlib import Path
from waitress import serve
app = Flask("yardstick")
kept = threading.local()
queue = WriteQueue(Path(sys.argv[1]).with_suffix(".lock"))
def connection():
    if not hasattr(kept, "it"):
        kept.it = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=5)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            kept.it.execute("PRAGMA " + pragma)
    return kept.it
connection().execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, n INTEGER)")
connection().execute("INSERT OR IGNORE INTO t VALUES (1, 0)")
@app.post("/save")
def save():
    with queue.turn():
        connection().execute("BEGIN IMMEDIATE")
        connection().execute("UPDATE t SET n = n + 1 WHERE id = 1")
        connection().execute("COMMIT")
    return "ok"
@app.get("/healthz")
def healthz():
    return "ok"
serve(app, host="127.0.0.1", port=int(sys.argv[2]), threads=32, connection_limit=2000,
      asyncore_use_poll=True)
"""


@contextmanager
def serving(command: list[str], port: int, environment: dict[str, str]) -> Iterator[int]:
    """A server process on `port`, until the block ends; gives its process number."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            if _get(port, "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the server did not start")


def _get(port: int, path: str, cookie: str = "") -> tuple[int, str, float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    started = time.perf_counter()
    connection.request("GET", path, headers={"Cookie": f"portal={cookie}"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text, time.perf_counter() - started


Client = Callable[[http.client.HTTPConnection, int], int]


def load(port: int, clients: list[Client], seconds: float) -> tuple[float, list[float], int]:
    """Requests a second, their latencies in ms, and how many did not answer 200."""
    latencies: list[list[float]] = [[] for _ in clients]
    wrong = [0]
    start = threading.Barrier(len(clients) + 1)
    until = [0.0]

    def run(place: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        start.wait()
        n = 0
        while time.perf_counter() < until[0]:
            began = time.perf_counter()
            wrong[0] += clients[place](connection, n) != 200
            latencies[place].append((time.perf_counter() - began) * 1000)
            n += 1

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(clients))]
    for thread in threads:
        thread.start()
    until[0] = time.perf_counter() + seconds
    start.wait()
    for thread in threads:
        thread.join()
    every = sorted(value for each in latencies for value in each)
    return len(every) / seconds, every, wrong[0]


def saver(cookie: str, code: str) -> Client:
    """A client that saves one figure of its own report again and again."""
    base = f"/o/{code}/campaigns/{CAMPAIGN}/report"
    page = _get(PORT, base, cookie)[1]
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    token = found.group(1) if found else ""
    versions = {"C1": 0}

    def save(connection: http.client.HTTPConnection, n: int) -> int:
        body = urlencode(
            {"csrf_token": token, "C1": str(n % 900 + 1), "C1.version": str(versions["C1"])}
        )
        headers = {
            "Cookie": f"portal={cookie}",
            "Content-Type": "application/x-www-form-urlencoded",
            "HX-Request": "true",
        }
        connection.request("POST", f"{base}/items/C1", body, headers)
        answer = connection.getresponse()
        kept = VERSION.search(answer.read().decode())
        if kept:
            versions["C1"] = int(kept.group(1))
        return answer.status

    return save


def durable(connection: http.client.HTTPConnection, _n: int) -> int:
    """A client of the yardstick."""
    connection.request("POST", "/save", "")
    answer = connection.getresponse()
    answer.read()
    return answer.status


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of `values` lie."""
    return values[min(len(values) - 1, int(len(values) * share))]


def server_time(path: str, cookie: str, times: int = 30) -> float:
    """The median time of one page, ms, one request at a time."""
    for _ in range(3):
        status, _text, _seconds = _get(PORT, path, cookie)
        if status != 200:
            return float("nan")
    return statistics.median(_get(PORT, path, cookie)[2] for _ in range(times)) * 1000


def export(cookie: str) -> tuple[float, int]:
    """Seconds that the workbook of all organisations takes with its page, and its bytes."""
    base = f"/o/shizong/campaigns/{CAMPAIGN}/consolidation"
    found = re.search(r'name="csrf_token" value="([^"]+)"', _get(PORT, base, cookie)[1])
    body = urlencode({"csrf_token": found.group(1) if found else "", "scope": "submitted"})
    headers = {
        "Cookie": f"portal={cookie}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
    started = time.perf_counter()
    connection.request("POST", f"{base}/exports", body, headers)
    link = re.search(
        r'data-action="download" href="([^"]+)"', connection.getresponse().read().decode()
    )
    connection.request(
        "GET", link.group(1) if link else "/", headers={"Cookie": f"portal={cookie}"}
    )
    answer = connection.getresponse()
    content = answer.read()
    taken = time.perf_counter() - started
    connection.close()
    whole = answer.status == 200 and content[:2] == b"PK"
    return (taken, len(content)) if whole else (float("nan"), 0)


def resident(pid: int, of: str = "VmRSS") -> float:
    """Resident memory of a process, MB, now or (``VmHWM``) at its highest; Linux only."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return float("nan")
    found = re.search(rf"{of}:\s+(\d+)", status.read_text())
    return int(found.group(1)) / 1024 if found else float("nan")


def main() -> None:
    """Build the city, run the loads in turn, print the table."""
    with tempfile.TemporaryDirectory() as folder:
        city = build(Path(folder) / "instance")
        rows = measure(city, Path(folder) / "yardstick.sqlite3")
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        print(f"{name:<{width}}  {value}")  # noqa: T201


def measure(city: City, yardstick_file: Path) -> list[tuple[str, str]]:
    """Every figure of the table."""
    portal = [str(Path(sys.executable).with_name("portal")), "serve"]
    environment = {"PORTAL_INSTANCE": str(city.settings.instance), "PORTAL_PORT": str(PORT)}
    yardstick = [sys.executable, "-c", YARDSTICK, str(yardstick_file), str(YARDSTICK_PORT)]
    with (
        serving(yardstick, YARDSTICK_PORT, {}),
        serving(portal, PORT, environment) as pid,
    ):
        savers = [saver(cookie, code) for code, cookie in city.cookies.items()]
        for port, clients in ((YARDSTICK_PORT, [durable] * CLIENTS), (PORT, savers)):
            load(port, clients, WARMING)
        rounds = [
            (load(YARDSTICK_PORT, [durable] * CLIENTS, SECONDS), load(PORT, savers, SECONDS))
            for _ in range(3)
        ]
        desk = f"/o/shizong/campaigns/{CAMPAIGN}"
        first = next(iter(city.cookies))
        pages = {
            "report page": server_time(
                f"/o/{first}/campaigns/{CAMPAIGN}/report", city.cookies[first]
            ),
            "status board, 1 000 organisations": server_time(f"{desk}/status", city.desk, 10),
            "consolidation, 1 000 organisations": server_time(
                f"{desk}/consolidation", city.desk, 10
            ),
            "overview for leaders, 1 000 organisations": server_time(
                f"{desk}/consolidation/overview", city.desk, 10
            ),
        }
        memory = resident(pid)
        seconds, size = export(city.desk)
        peak = resident(pid, "VmHWM")
    ratio = statistics.median(save[0] / commit[0] for commit, save in rounds)
    commit, save = rounds[-1]
    every = sorted(value for _, (_, values, _) in rounds for value in values)
    wrong = sum(wrong for _, (_, _, wrong) in rounds)
    return [
        (f"durable commit route, {CLIENTS} clients", f"{commit[0]:.0f}/s"),
        (f"row save, {CLIENTS} clients", f"{save[0]:.0f}/s"),
        ("row save / durable commit", f"{ratio:.2f}"),
        ("row save p50, p99", f"{percentile(every, 0.5):.0f} ms, {percentile(every, 0.99):.0f} ms"),
        ("row saves that were not answered 200", str(wrong)),
        *((name, f"{value:.1f} ms") for name, value in pages.items()),
        ("resident memory of the server", f"{memory:.0f} MB"),
        ("workbook, 1 000 organisations", f"{seconds:.2f} s, {size / 1024:.0f} kB"),
        ("highest resident memory of the server after it", f"{peak:.0f} MB"),
    ]


if __name__ == "__main__":
    main()
