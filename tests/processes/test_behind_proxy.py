"""What compose.yaml starts, started without containers: two processes, PostgreSQL, nginx."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands.serving import HERE
from tests.commands.shell import Shell
from tests.demonstration import NOW, PASSWORD
from tests.markup import Page
from tests.postgresql import Cluster
from tests.processes import compose
from tests.processes.browser import TIMEOUT_SECONDS, Answer, Browser, Door
from tests.processes.campaign import Unit, decide
from tests.processes.conftest import Province, carried_over
from tests.processes.proxy import NAME, certify, proxied, trusting
from tests.processes.served import Process, lasting_port, serving
from tests.processes.test_compose import health_check

pytestmark = [pytest.mark.postgresql, pytest.mark.proxy]

SPOOFED = {
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Prefix": "/evil",
    "Forwarded": "for=198.51.100.7;host=evil.example;proto=http",
}


@dataclass
class Composed(Province):
    """The services of the file at addresses of this machine."""

    secure: Door
    plain: Door
    instance: Path
    owner: dict[str, str]

    def signed_in(self, username: str) -> Browser:
        """A browser in which somebody has signed in, at the proxy."""
        browser = self.stranger()
        assert browser.sign_in(username, PASSWORD).status == 303
        return browser

    def stranger(self) -> Browser:
        """A browser in which nobody has signed in, at the proxy."""
        return Browser(self.secure)

    def addresses(self) -> list[tuple[str]]:
        """Where people signed in from, as the database keeps it."""
        return self.rows("SELECT address FROM sign_in ORDER BY started_at, token_hash")


@pytest.fixture(scope="module")
def composed(
    server: Cluster, demonstration: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Composed]:
    """The demonstration city as the services of compose.yaml serve it."""
    folder = tmp_path_factory.mktemp("composed")
    certify(folder)
    port, plain = lasting_port(), lasting_port()
    given = dict.fromkeys(("POSTGRES_PASSWORD", "OWNER_PASSWORD", "APP_PASSWORD"), "secret" * 10)
    given |= {
        "PORTAL_PUBLIC_URL": f"https://{NAME}:{port}",
        "PORTAL_SECRET_KEY": "only-for-this-test-" * 3,
    }
    whole = compose.filled(compose.file(), given)
    make_roles(server, whole["configs"]["roles"]["content"])
    owner = outside_container(whole["services"]["owner"]["environment"], server, folder)
    carried_over(demonstration, folder / "instance", **owner)
    environments = [
        outside_container(whole["services"][name]["environment"], server, folder)
        for name in ("portal-1", "portal-2")
    ]
    settings = whole["configs"]["proxy"]["content"]
    with (
        serving(folder / "log", *environments) as processes,
        proxied(settings, folder, processes, port, plain),
    ):
        secure = Door(HERE, port, trusting(folder), f"{NAME}:{port}")
        open_to_all = Door(HERE, plain, None, NAME)
        instance = folder / "instance"
        yield Composed(processes, server, "portal", secure, open_to_all, instance, owner)


def make_roles(server: Cluster, statements: str) -> None:
    """Make the roles and the database as the database's container does."""
    server.execute(*filter(str.strip, statements.split(";")))


def outside_container(environment: dict[str, str], server: Cluster, folder: Path) -> dict[str, str]:
    """A container's settings, with its places on this machine; ports are given to each process."""
    places = {
        "@database/portal": f"@/portal?host={server.folder}",
        "/var/lib/portal": str(folder / "instance"),
        "0.0.0.0": HERE,
    }
    anywhere = re.compile("|".join(map(re.escape, places)))
    settings = {
        name: anywhere.sub(lambda found: places[found[0]], text)
        for name, text in environment.items()
        if name != "PORTAL_PORT"
    }
    return {**settings, "PORTAL_TEST_NOW": NOW}


UNBEGUN = ("shizong", "liangzihu", "jiaoyu", "weijian", "zhujian", "jiaotong", "qiye")
BELOW_ECHENG = ("echeng-jiceng1", "echeng-jiceng2")


def test_a_whole_campaign(composed):
    def unit(code: str) -> Unit:
        username = "shizong-reporter" if code == "shizong" else code
        return Unit(composed.signed_in(username), composed.report(code))

    def nothing_to_report(code: str) -> None:
        each = unit(code)
        each.press("zero-report")
        assert "回执" in each.hand_in("only").text

    with ThreadPoolExecutor(4) as people:
        list(people.map(nothing_to_report, [*UNBEGUN, *BELOW_ECHENG]))
    echeng, linkong = unit("echeng"), unit("linkong")
    echeng.type("B1", "11")
    echeng.press("zeros")
    assert "回执" in echeng.hand_in("first").text
    linkong.type("E1", "3")
    assert "第 2 次报送" in linkong.hand_in("again").text

    desk, district = composed.signed_in("shizong"), composed.signed_in("echeng-reviewer")
    decide(desk, echeng.report, 1, "请核对重大项目慰问人次")
    echeng.type("C9", "41")
    assert "第 2 次报送" in echeng.hand_in("second").text
    twice = dict.fromkeys(("echeng", "linkong"), 2)
    for code in (*UNBEGUN, "gedian", *twice):
        decide(desk, composed.report(code), twice.get(code, 1))
    for code in BELOW_ECHENG:
        decide(district, composed.report(code), 1)

    city = "/o/shizong/campaigns/2027-spring"
    board = Page.of(desk.get(f"{city}/status").text)
    sums = Page.of(desk.get(f"{city}/consolidation").text)
    paper = desk.get(f"{city}/consolidation/print")
    assert {row.get("data-status") for row in board.all("tr", organisation=None)} == {"accepted"}
    assert sums.one("table", included=None).get("data-missing") == ""
    row = sums.one("tr", code="C9")
    units = [int(cell.get("data-value") or 0) for cell in row.all("td", organisation=None)]
    assert 41 in units
    assert int(row.one("td", total=None).get("data-total")) == sum(units)
    assert paper.status == 200
    assert Shell(composed.instance)("verify", **composed.owner).errors == ""


def test_the_cookie_stays_on_this_host_and_on_tls(composed):
    browser = composed.stranger()

    answer = browser.sign_in("gedian", PASSWORD)

    [cookie] = answer.headers.get_all("Set-Cookie")
    name, *marks = cookie.split("; ")
    assert name.startswith("__Host-portal=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} == set(marks)


def test_every_answer_asks_for_tls_from_now_on(composed):
    for path in ("/login", "/", "/nowhere", "/healthz", "/static/css/tokens.css"):
        assert composed.stranger().get(path).headers["Strict-Transport-Security"]


def test_plain_http_leads_to_tls(composed):
    answer = Browser(composed.plain).get("/login")

    assert (answer.status, answer.headers["Location"]) == (301, f"https://{NAME}/login")


def test_a_name_that_is_not_the_portals_is_refused(composed):
    answer = composed.stranger().get("/login", {"Host": "evil.example"})

    assert answer.status == 400
    assert "evil.example" not in answer.text


def signed_in(browser: Browser, username: str, headers: dict[str, str]) -> Answer:
    """A sign-in from the page at the portal's public address that says some more in its head."""
    browser.read_token("/login")
    said = {"Referer": f"https://{browser.door.name}/login", **headers}
    return browser.post("/login", {"username": username, "password": PASSWORD}, said)


def test_forwarded_headers_of_a_client_are_ignored(composed):
    browser = composed.stranger()
    before = composed.addresses()

    answer = signed_in(browser, "huarong", SPOOFED)
    home = browser.get("/", SPOOFED)

    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert home.status in (200, 303)
    assert "evil" not in home.text + str(home.headers)
    assert sorted(composed.addresses()) == sorted([*before, (HERE,)])


def test_forwarded_headers_of_the_one_proxy_are_trusted(composed):
    first = composed.processes[0]
    browser = Browser(Door(*first.address, None, composed.secure.name))
    before = composed.addresses()
    told = {"X-Forwarded-For": "192.0.2.1, 198.51.100.7", "X-Forwarded-Proto": "https"}

    answer = signed_in(browser, "huarong", told)

    assert answer.status == 303
    assert sorted(composed.addresses()) == sorted([*before, ("198.51.100.7",)])


def test_without_a_proxy_forwarded_headers_are_ignored(composed, tmp_path):
    environment = {**composed.processes[0].environment, "PORTAL_PROXIES": "0"}
    before = composed.addresses()

    with serving(tmp_path / "log", environment) as [alone]:
        browser = Browser(Door(*alone.address, None, composed.secure.name))
        answer = signed_in(browser, "huarong", SPOOFED)

    assert answer.status == 303
    assert sorted(composed.addresses()) == sorted([*before, (HERE,)])


def test_the_image_tells_whether_its_process_is_healthy(composed):
    python, *rest = health_check()
    first = composed.processes[0]
    environment = {**os.environ, **first.environment, "PORTAL_PORT": str(first.port)}
    nobody = {**environment, "PORTAL_PORT": str(lasting_port())}

    assert python == "python"
    healthy = subprocess.run([sys.executable, *rest], env=environment, check=False)
    sick = subprocess.run([sys.executable, *rest], env=nobody, check=False, capture_output=True)
    assert (healthy.returncode, sick.returncode) == (0, 1)


def test_one_lost_process_goes_unnoticed_and_two_give_a_sentence(composed):
    browser = composed.stranger()
    browser.sign_in("gedian", PASSWORD)
    first, second = composed.processes
    page = composed.report("gedian")

    first.kill()
    with_one = [browser.get(page).status for _ in range(6)]
    second.kill()
    without = browser.get(page)
    start(first, second)
    patient_until = time.monotonic() + TIMEOUT_SECONDS
    while (again := browser.get(page)).status == 503:  # nginx looks again after a moment
        assert time.monotonic() < patient_until

    assert with_one == [200] * 6
    assert (without.status, without.headers["Retry-After"]) == (503, "5")
    assert "系统正在启动或维护，您的改动没有保存。请稍后再试。" in without.text
    assert again.status == 200


def start(*processes: Process) -> None:
    """Start processes again and wait for them."""
    for process in processes:
        process.start()
    for process in processes:
        process.wait()
