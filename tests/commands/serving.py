"""A server for the tests, in a process of its own: it answers when it is told to.

Run as a program it serves an application that says `asked` on its standard output and waits
for a line on its standard input before it answers.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = "127.0.0.1"
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: Sequence[str], **given: Any) -> Iterator[subprocess.Popen[str]]:
    """A process with its standard input and output at hand; gone at the end."""
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        **given,
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def slow_server(port: int, handed_over: socket.socket | None = None) -> Any:
    """A process that serves the slow application, on `port` or on a socket handed over."""
    number = handed_over.fileno() if handed_over else -1
    command = [sys.executable, "-m", "tests.commands.serving", str(port), str(number)]
    return process(command, pass_fds=[number] if handed_over else [])


def ask(port: int, request: bytes) -> socket.socket:
    """A connection on which a request was sent."""
    connection = socket.create_connection((HERE, port), timeout=20)
    connection.sendall(request)
    return connection


def answer(connection: socket.socket) -> tuple[str, str]:
    """The status line and the body of the answer, to its very end."""
    with connection:
        content = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    head, _, body = content.partition("\r\n\r\n")
    return head.partition("\r\n")[0], body


GET = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _slowly(_environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
    _say("asked")
    told = sys.stdin.readline()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [told.strip().encode() * 100_000]


def _main(port: str, number: str) -> None:
    from portal.server import bound_socket, serve
    from portal.settings import read_settings

    if number != "-1":  # as systemd does it
        os.dup2(int(number), 3)
        os.environ |= {"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())}
    settings = read_settings({"PORTAL_PORT": port})
    serve(_slowly, settings, bound_socket(settings), lambda: _say("ready"))
    _say("stopped")


if __name__ == "__main__":
    _main(*sys.argv[1:])
