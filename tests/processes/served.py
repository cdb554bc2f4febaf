"""`portal serve` in processes of their own, which can be killed and started again."""

import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.commands.serving import HERE, ROOT
from tests.demonstration import NOW

PORTAL = [sys.executable, "-c", "from tests.processes.fixed_clock import run; run()"]


def lasting_port() -> int:
    """A free port that stays free while nobody listens there.

    The ports that systems give to clients would not: a client that keeps knocking at such a
    port can come to be given that very one, and then it talks to itself.
    """
    for port in random.sample(range(20_000, 30_000), 100):
        with suppress(OSError), socket.create_server((HERE, port)):
            return port
    raise OSError("no port is free")


@dataclass
class Process:
    """One serving process; what it says beyond its greeting is kept in a file."""

    environment: Mapping[str, str]
    log: Path
    port: int = field(default_factory=lasting_port)
    running: "subprocess.Popen[str] | None" = None

    def start(self) -> None:
        """Start it; `wait` for its greeting before asking anything."""
        outside = {name: text for name, text in os.environ.items() if not _is_ours(name)}
        with self.log.open("a") as log:
            given = {"PORTAL_TEST_NOW": NOW, "PORTAL_PORT": str(self.port), **self.environment}
            self.running = subprocess.Popen(
                [*PORTAL, "serve"],
                env={**outside, **given},
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                encoding="utf-8",
            )

    def wait(self) -> None:
        """Wait until it says that it serves."""
        assert self.running is not None
        assert self.running.stdout is not None
        said = self.running.stdout.readline()
        assert "提供服务" in said, self.log.read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it as a power cut does, without a word (`kill -9`)."""
        assert self.running is not None
        self.running.kill()
        self.running.communicate(timeout=30)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return HERE, self.port


def _is_ours(name: str) -> bool:
    return name.startswith("PORTAL_") and not name.startswith("PORTAL_TEST_")


@contextmanager
def serving(log: Path, *environments: Mapping[str, str]) -> Iterator[list[Process]]:
    """One process for each environment, all of them gone at the end."""
    with ExitStack() as ends:
        made = [Process(given, log) for given in environments]
        for each in made:
            each.start()
            ends.callback(each.kill)
        for each in made:
            each.wait()
        yield made
