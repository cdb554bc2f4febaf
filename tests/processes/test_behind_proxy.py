"""What compose.yaml starts, started without containers: two processes, PostgreSQL, nginx."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.commands.serving import HERE
from tests.demonstration import NOW, PASSWORD
from tests.markup import Page
from tests.postgresql import Cluster
from tests.processes import compose
from tests.processes.browser import PATIENCE, Answer, Browser, Door
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
        yield Composed(processes, server, "portal", secure, Door(HERE, plain, None, NAME))


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
    return {**settings, "PORTAL_NOW": NOW}


def test_a_report_is_saved_and_submitted_and_the_desk_sees_it(composed):
    reporter, desk = composed.stranger(), composed.stranger()
    report = composed.report("linkong")

    assert reporter.sign_in("linkong", PASSWORD).status == 303
    version = reporter.get(report).version("E1")
    saved = reporter.save(report, "E1", "3", version)
    submitted = reporter.post(f"{report}/submission", {"nonce": "click"})
    receipt = reporter.get(submitted.headers["Location"])
    assert desk.sign_in("shizong", PASSWORD).status == 303
    board = desk.get("/o/shizong/campaigns/2027-spring/status")

    assert (saved.status, submitted.status, receipt.status) == (200, 303, 200)
    assert "回执" in receipt.text
    assert Page.of(board.text).one("tr", organisation="linkong", status="submitted")


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


def test_what_a_client_says_of_itself_is_not_believed(composed):
    browser = composed.stranger()
    before = composed.addresses()

    answer = signed_in(browser, "huarong", SPOOFED)
    home = browser.get("/", SPOOFED)

    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert home.status in (200, 303)
    assert "evil" not in home.text + str(home.headers)
    assert sorted(composed.addresses()) == sorted([*before, (HERE,)])


def test_what_the_one_proxy_says_is_believed(composed):
    first = composed.processes[0]
    browser = Browser(Door(*first.address, None, composed.secure.name))
    before = composed.addresses()
    told = {"X-Forwarded-For": "192.0.2.1, 198.51.100.7", "X-Forwarded-Proto": "https"}

    answer = signed_in(browser, "huarong", told)

    assert answer.status == 303
    assert sorted(composed.addresses()) == sorted([*before, ("198.51.100.7",)])


def test_without_a_proxy_nothing_of_it_is_believed(composed, tmp_path):
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


def test_without_one_process_nobody_notices_and_without_both_there_is_a_sentence(composed):
    browser = composed.stranger()
    browser.sign_in("gedian", PASSWORD)
    first, second = composed.processes
    page = composed.report("gedian")

    first.kill()
    with_one = [browser.get(page).status for _ in range(6)]
    second.kill()
    without = browser.get(page)
    start(first, second)
    patient_until = time.monotonic() + PATIENCE
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
