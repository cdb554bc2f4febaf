"""A real SMTP server of this machine, and people of the cast who have an address there."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from portal.access.identity import sign_in_door
from portal.models import User
from portal.settings import PostOffice
from portal.storage.db import writing
from tests.cast import City


@dataclass
class Postbox:
    """What the server took, and whom it refuses."""

    messages: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    office: PostOffice | None = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.refused:
            return "550 unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def to(self) -> list[str]:
        return [message["To"] for message in self.messages]


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """A server on a free port."""
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.office = PostOffice("127.0.0.1", port, "smtp", "", "", "portal@wennuan.example.cn")
    yield box
    controller.stop()


def give_addresses(city: City, **addresses: str) -> None:
    """Register mail addresses of people past the pages."""
    _register(city, "email", addresses)


def give_phones(city: City, **numbers: str) -> None:
    """Register telephones of people past the pages."""
    _register(city, "phone", numbers)


def _register(city: City, column: str, values: dict[str, str]) -> None:
    with city.app.app_context(), sign_in_door() as door, writing(door) as session:
        for user in session.scalars(select(User)).all():
            name = user.username.replace("-", "_")
            if name in values:
                setattr(user, column, values[name])
        session.commit()
