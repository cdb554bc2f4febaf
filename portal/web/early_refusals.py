"""The refusing channel: a request that never reaches the application is refused in Chinese too.

waitress answers such requests (too large, not understood) by itself and closes at once; where
the browser is still sending, the answer is lost in the reset that follows. So the connection
is closed for writing first, and what still arrives is read and dropped until the other side
closes, or falls silent for as long as any connection may.
"""

import socket
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from portal.web.errors import SENTENCES
from portal.web.headers import ALWAYS


class Refusal(ErrorTask):  # type: ignore[misc]
    """The answer, in the portal's words and with its headers."""

    def execute(self) -> None:
        """Write the answer and let the channel close after it."""
        error = self.request.error
        body = SENTENCES.get(error.code, SENTENCES[400]).encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        self.response_headers.extend([*ALWAYS.items(), ("Cache-Control", "no-store")])
        self.channel.refused = True
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class RefusingChannel(HTTPChannel):  # type: ignore[misc]
    """A connection that stays until its refusal was read."""

    error_task_class = Refusal
    refused = False
    lingering = False

    def readable(self) -> bool:
        """Whether to read: while lingering, whatever comes."""
        return self.lingering or bool(super().readable())

    def handle_read(self) -> None:
        """Read what came; while lingering, for nothing."""
        if self.lingering:
            self.recv(self.adj.recv_bytes)
        else:
            super().handle_read()

    def handle_close(self) -> Any:
        """Close, but for a refusal only the writing side at first."""
        if not self.refused or self.lingering or not self.connected:
            return super().handle_close()
        self.lingering, self.will_close = True, False
        try:
            return self.socket.shutdown(socket.SHUT_WR)
        except OSError:  # the other side is gone already
            return super().handle_close()
