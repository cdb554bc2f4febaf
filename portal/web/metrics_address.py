"""The address for metrics: a small server beside the one for people, which never sees its pages.

All processes of an installation listen on the one address; the system picks who answers, and
whoever does adds up what all of them counted.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import AF_INET, AF_INET6
from socketserver import TCPServer
from threading import Thread
from typing import Any

from flask import Flask

from portal.settings import SettingError, Settings
from portal.web.metrics import Metrics


@contextmanager
def listening(app: Flask) -> Iterator[None]:
    """Answer collectors meanwhile; raises `SettingError` as `listen` does."""
    server = listen(app)
    try:
        yield
    finally:
        if server:
            server.shutdown()
            server.server_close()


def listen(app: Flask) -> "_Server | None":
    """Answer collectors from now on, in a thread; None where the settings name no address.

    Raises `SettingError` when the address cannot be listened on.
    """
    settings: Settings = app.config["PORTAL"]
    if settings.metrics is None:
        return None
    server = _bound(settings.metrics, app.extensions["metrics"])
    Thread(target=server.serve_forever, daemon=True, name="metrics").start()
    return server


def _bound(address: tuple[str, int], metrics: Metrics) -> "_Server":
    host, port = address
    try:
        return _Server(host, port, metrics)
    except OSError as error:
        raise SettingError(
            f"PORTAL_METRICS 的 {host}:{port} 无法监听：{error.strerror}；请换一个端口。"
        ) from error


class _Server(ThreadingHTTPServer):
    allow_reuse_port = True

    def __init__(self, host: str, port: int, metrics: Metrics) -> None:
        self.address_family = AF_INET6 if ":" in host else AF_INET
        self.metrics = metrics
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind without asking the network for the name of this machine, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version, sys_version = "portal", ""

    def do_GET(self) -> None:
        """Answer `/metrics`, and 404 to anything else."""
        found = self.path == "/metrics"
        body = self.server.metrics.text() if found else b"/metrics\n"
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        """Write nothing: collectors ask every few seconds, which is no event."""
