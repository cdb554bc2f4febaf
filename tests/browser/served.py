"""The city of the cast served by waitress, and a person's browser at their report."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Route
from waitress import wasyncore
from waitress.server import create_server

from tests.cast import City, borrow_city, give_back
from tests.reports.reporter import Reporter


@dataclass
class Served:
    """A city at an address."""

    city: City
    address: str

    def reporter(self, username: str) -> Reporter:
        """Somebody of the cast at another browser, for what happens meanwhile."""
        return Reporter(self.city.person(username))

    def sit_down(self, page: Page, username: str, below: str = "") -> "Desk":
        """Give a browser to somebody who is signed in, and open their report."""
        reporter = self.reporter(username)
        known = reporter.character.client.get_cookie("portal")
        assert known is not None
        page.context.add_cookies([{"name": "portal", "value": known.value, "url": self.address}])
        desk = Desk(page, self.address + reporter.url())
        desk.open(below)
        return desk


@contextmanager
def serving(original: Path, folder: Path) -> Iterator[Served]:
    """Serve a copy of a founded city on a port that is free."""
    city = borrow_city(original, folder)
    connections: dict[int, Any] = {}
    server = create_server(city.app, map=connections, host="127.0.0.1", port=0, threads=8)
    stop = threading.Event()

    def serve() -> None:
        while not stop.is_set():
            wasyncore.loop(timeout=0.05, use_poll=True, map=connections, count=1)

    thread = threading.Thread(target=serve, name="served")
    thread.start()
    try:
        yield Served(city, f"http://127.0.0.1:{server.effective_port}")
    finally:
        stop.set()
        thread.join()
        server.task_dispatcher.shutdown()
        wasyncore.close_all(connections)
    refused = [*city.gate.refused]
    give_back(city, original)
    assert refused == []


@dataclass
class Desk:
    """A person's browser at their report."""

    page: Page
    report: str

    def open(self, below: str = "") -> None:
        """Open the report, or a page below it."""
        self.page.goto(self.report + below)

    def row(self, code: str) -> Locator:
        """A row of the sheet."""
        return self.page.locator(f"#item-{code}")

    def cell(self, code: str) -> Locator:
        """The box of a row."""
        return self.page.locator(f"input#{code}")

    def notice(self, code: str) -> Locator:
        """What a row says of itself."""
        return self.page.locator(f"#notice-{code}")

    def action(self, name: str) -> Locator:
        """A link or button by its name."""
        return self.page.locator(f"[data-action={name}]")

    def type(self, code: str, text: str) -> None:
        """Type into a cell as a person does, key by key, in place of what stood there."""
        self.cell(code).focus()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text) if text else self.page.keyboard.press("Delete")

    def fill(self, code: str, text: str, state: str = "saved") -> None:
        """Type into a cell, leave it with Enter, and see its row in the state that follows."""
        self.type(code, text)
        self.page.keyboard.press("Enter")
        self.sees(code, state)

    def sees(self, code: str, state: str, value: str | None = None) -> None:
        """The row comes to be in this state, with this figure."""
        seen = "" if value is None else f'[data-value="{value}"]'
        self.page.locator(f'#item-{code}[data-state="{state}"]{seen}').wait_for(state="attached")

    def is_at(self, code: str) -> None:
        """The focus is in this cell."""
        self.page.locator(f"input#{code}:focus").wait_for()

    @contextmanager
    def slow_line(self, path: str = "**/items/*") -> Iterator[list[Route]]:
        """Hold the requests to `path` back until the test lets them go (`route.continue_()`)."""
        held: list[Route] = []
        self.page.route(path, lambda route: held.append(route))
        yield held
        self.page.unroute(path)

    def until(self, held: list[Route], number: int) -> None:
        """Wait until so many requests are held back; two seconds are patience enough."""
        for _ in range(400):
            if len(held) >= number:
                return
            self.page.wait_for_timeout(5)
        raise AssertionError(f"{len(held)} requests came, not {number}")
