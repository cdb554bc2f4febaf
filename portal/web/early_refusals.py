"""Early refusals: a request that never reaches the application is refused in Chinese too.

waitress answers such requests (too large, malformed) itself and closes at once. While the browser
is still sending, that causes a TCP reset, which loses the answer. So the connection is first closed
for writing only, and further input is read and dropped until the other side closes, or sends
nothing for the usual timeout.
"""

import socket
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask

from portal.web.errors import SENTENCES
from portal.web.headers import ALWAYS


class Refusal(ErrorTask):  # type: ignore[misc]
    """The refusal, in the portal's words and with its headers."""

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
    """A connection that stays open until the client has read the refusal."""

    error_task_class = Refusal
    refused = False
    lingering = False

    def readable(self) -> bool:
        """Whether to read; always while lingering."""
        return self.lingering or bool(super().readable())

    def handle_read(self) -> None:
        """Read input; drop it while lingering."""
        if self.lingering:
            self.recv(self.adj.recv_bytes)
        else:
            super().handle_read()

    def handle_close(self) -> Any:
        """Close the connection; after a refusal first close only its writing side."""
        if not self.refused or self.lingering or not self.connected:
            return super().handle_close()
        self.lingering, self.will_close = True, False
        try:
            return self.socket.shutdown(socket.SHUT_WR)
        except OSError:  # the client has already closed
            return super().handle_close()
