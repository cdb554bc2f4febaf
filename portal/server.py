"""The production server: waitress, tuned for slow lines, stopped without losing an answer."""

import ctypes
import errno
import gc
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import create_server

from portal.settings import SettingError, Settings
from portal.web.early_refusals import RefusingChannel

CONNECTIONS = 2000
"""Browsers that may be connected at once; the many slow or silent ones among them cost little."""

TIMEOUT_SECONDS = 20
"""Seconds that running requests get to finish once the server is told to stop."""

MAX_ARENAS = -8
"""What ``mallopt(3)`` calls M_ARENA_MAX."""

Application = Callable[..., Any]


def adjustments(settings: Settings) -> dict[str, Any]:
    """What waitress is told beside the address."""
    return {
        "threads": 32,
        "connection_limit": CONNECTIONS,
        "asyncore_use_poll": hasattr(select, "poll"),
        "channel_timeout": 30,
        "cleanup_interval": 10,
        "max_request_body_size": 12 * 1024 * 1024,  # the application itself refuses earlier
        "max_request_header_size": 32 * 1024,
        "ident": None,
        "url_scheme": "https" if settings.https else "http",
        # Behind a proxy that is named, the application itself reads what it may believe.
        "clear_untrusted_proxy_headers": not settings.proxies,
    }


def serve(
    application: Application,
    settings: Settings,
    bound: socket.socket,
    announce: Callable[[], None],
) -> None:
    """Serve on a socket until told to stop (SIGTERM, Ctrl-C), then answer what was asked already.

    `announce` is called once requests are answered.
    """
    _allow_files(CONNECTIONS + 200)
    _collect_seldom()
    _share_memory()
    connections: dict[int, Any] = {}
    server = create_server(application, map=connections, sockets=[bound], **adjustments(settings))
    server.channel_class = RefusingChannel
    with _asked_to_stop() as stop:
        announce()
        while not stop:
            _turn(server, connections)
        _stop_accepting(server)
        patient_until = time.monotonic() + TIMEOUT_SECONDS
        _turn(server, connections)
        while _busy(connections) and time.monotonic() < patient_until:
            _turn(server, connections)
    server.task_dispatcher.shutdown()
    wasyncore.close_all(connections)


def _collect_seldom() -> None:
    """Every save makes and drops thousands of small objects; looking for cycles costs a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _share_memory() -> None:
    """Let all threads take memory from one place, and so hand on what another gave back.

    Otherwise each of them keeps for good what the largest answer that it ever made took: a
    workbook of a thousand units, once in every thread, comes to half a gigabyte.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # glibc; other C libraries share anyway
        mallopt(MAX_ARENAS, 1)


def _allow_files(number: int) -> None:
    """Every connection is an open file, and systems begin with leave for about a thousand."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY:
        number = min(number, hard)
    if soft != resource.RLIM_INFINITY and soft < number:
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, hard))


REASONS = {
    errno.EADDRINUSE: "已被别的程序占用；请换一个端口：--port、PORTAL_PORT 或 make run PORT=8001",
    errno.EACCES: "没有权限；1024 以下的端口请交给反向代理，门户用 8000 这样的",
    errno.EADDRNOTAVAIL: "这台机器没有这个地址；请核对 --host 或 PORTAL_HOST",
}


def bound_socket(settings: Settings) -> socket.socket:
    """The socket that was handed over, or one bound now; raises `SettingError` with the remedy."""
    return inherited_socket(os.environ) or _bound_socket(settings.host, settings.port)


def _bound_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server((host, port), family=family, dualstack_ipv6=both)
    except OSError as error:
        reason = REASONS.get(error.errno or 0, f"请核对 --host 或 PORTAL_HOST：{error.strerror}")
        raise SettingError(f"{host}:{port} 无法监听，{reason}。") from error


def inherited_socket(environment: Mapping[str, str]) -> socket.socket | None:
    """The socket that systemd opened for this very process, or None (sd_listen_fds(3))."""
    if environment.get("LISTEN_PID") != str(os.getpid()) or environment.get("LISTEN_FDS") != "1":
        return None
    return socket.socket(fileno=3)


@contextmanager
def _asked_to_stop() -> Iterator[list[int]]:
    """A list that fills when the process is asked to stop; asked again, it stops at once."""
    asked: list[int] = []

    def ask(number: int, _frame: Any) -> None:
        asked.append(number)
        signal.signal(number, signal.SIG_DFL)

    before = {each: signal.signal(each, ask) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield asked
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _turn(server: Any, connections: dict[int, Any]) -> None:
    wasyncore.loop(timeout=0.5, use_poll=server.adj.asyncore_use_poll, map=connections, count=1)


def _stop_accepting(server: Any) -> None:
    # Closing the server as a whole would close the trigger by which threads report their answers.
    server.del_channel()
    server.socket.close()


def _busy(connections: Mapping[int, Any]) -> bool:
    channels = [each for each in connections.values() if isinstance(each, HTTPChannel)]
    return any(each.requests or each.total_outbufs_len for each in channels)
