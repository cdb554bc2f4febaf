"""The demonstration city as `make run` serves it: the real commands, in processes of their own."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

PASSWORD = "a-warm-word-for-the-test"
PORTAL = str(Path(sys.executable).with_name("portal"))


@dataclass(frozen=True, slots=True)
class Demonstration:
    """The city at its address."""

    address: str

    def sign_in(self, page: Page, username: str) -> None:
        """Sign in through the page, as a person does, and arrive at home."""
        page.goto(f"{self.address}/login")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button")
        expect(page.locator(".top__person")).to_be_visible()


def load(folder: Path) -> None:
    """Load the demonstration city into a new instance folder."""
    environment = {**os.environ, "PORTAL_INSTANCE": str(folder)}
    command = [PORTAL, "demo", "--password", PASSWORD]
    subprocess.run(command, env=environment, check=True, capture_output=True)


@contextmanager
def serving(original: Path, folder: Path) -> Iterator[Demonstration]:
    """Serve a copy of a loaded city on a port that is free."""
    shutil.copytree(original, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PORTAL_INSTANCE": str(folder), "PORTAL_PORT": str(port)}
    server = subprocess.Popen(
        [PORTAL, "serve"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        assert server.stdout is not None
        server.stdout.readline()  # said once the address is bound
        address = f"http://127.0.0.1:{port}"
        yield Demonstration(address)
    finally:
        server.terminate()
        server.communicate(timeout=30)
