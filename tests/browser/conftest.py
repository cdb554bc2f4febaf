"""A Chromium of the machine, and pages that are watched for what must never happen in them."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    WebError,
    sync_playwright,
)

from tests.browser.axe import grave_violations
from tests.browser.served import Served, serving
from tests.requirements import require

OWN_HOSTS = {"127.0.0.1", "localhost"}
ASKED_BY_PEOPLE = {"document", "xhr", "fetch"}
LAUNCH_ARGUMENTS = [
    "--disable-background-networking",
    "--disable-gpu",
    # No other host can be reached, even by a page that tries.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
NewPage = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever drives the browser carries its marker, so that `-m "not browser"` leaves it out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all browser tests, without a sandbox (root has none)."""
    executable = require("browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable, args=LAUNCH_ARGUMENTS, chromium_sandbox=False
        )
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser: Browser) -> Iterator[NewPage]:
    """Open pages, each in a fresh context; troubles seen in any of them fail the test at its end.

    `provoked` holds pieces of text of troubles that the test itself brings about, such as
    ERR_INTERNET_DISCONNECTED.
    """
    opened: list[tuple[BrowserContext, Watch]] = []

    def open_page(
        *, javascript: bool = True, width: int = 1280, provoked: Sequence[str] = ()
    ) -> Page:
        context = browser.new_context(
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=javascript,
            viewport={"width": width, "height": 900},
        )
        opened.append((context, Watch(context, provoked)))
        return context.new_page()

    yield open_page
    for context, _ in opened:
        context.close()
    troubles = [trouble for _, watch in opened for trouble in watch.troubles]
    assert not troubles, "\n".join(troubles)


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A watched page with JavaScript, as wide as a desk's screen."""
    return new_page()


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """`axe(page)` lists the serious and critical violations of a page."""
    return grave_violations


@pytest.fixture
def served(founded_cast: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A fresh city of the cast, served by waitress."""
    with serving(founded_cast, tmp_path_factory.mktemp("served") / "instance") as served:
        yield served


class Watch:
    """What went wrong in a browser context, of the three kinds that nobody would notice."""

    def __init__(self, context: BrowserContext, provoked: Sequence[str] = ()) -> None:
        self.provoked = provoked
        self.csp_violations: list[str] = []
        self.foreign_requests: list[str] = []
        self._errors: list[tuple[str, str]] = []
        self._refused: set[str] = set()
        context.on("console", self._hear)
        context.on("weberror", self._catch)
        context.on("request", self._follow)
        context.on("response", self._read)

    @property
    def console_errors(self) -> list[str]:
        """Errors of the console, without its echo of a refusal that a page or htmx received."""
        return [f"{text} ({url})" for text, url in self._errors if not self._echo(text, url)]

    @property
    def troubles(self) -> list[str]:
        """Everything seen that the test did not provoke; empty after a good test."""
        seen = [f"console error: {error}" for error in self.console_errors]
        seen += [f"policy violated: {violation}" for violation in self.csp_violations]
        seen += [f"another host asked: {url}" for url in self.foreign_requests]
        return [trouble for trouble in seen if not any(p in trouble for p in self.provoked)]

    def _echo(self, text: str, url: str) -> bool:
        # Chromium asks for /favicon.ico by itself, once for all contexts: whose test that falls
        # into is chance.
        unasked = urlsplit(url).path == "/favicon.ico"
        return text.startswith("Failed to load resource") and (unasked or url in self._refused)

    def _hear(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.csp_violations.append(message.text)
        elif message.type == "error":
            self._errors.append((message.text, message.location["url"]))

    def _catch(self, uncaught: WebError) -> None:
        self._errors.append((str(uncaught.error), uncaught.page.url if uncaught.page else ""))

    def _follow(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in {"http", "https"} and url.hostname not in OWN_HOSTS:
            self.foreign_requests.append(request.url)

    def _read(self, response: Response) -> None:
        # 401, 409, 422 … are answers of the portal; a missing script or a 5xx is a fault.
        if 400 <= response.status < 500 and response.request.resource_type in ASKED_BY_PEOPLE:
            self._refused.add(response.url)
