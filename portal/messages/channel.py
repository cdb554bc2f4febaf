"""The interface of message channels: a channel finds the address, writes the text and sends it.

Mail is the first channel. A second one is a file beside `mail.py`, a line in `channels_of` and a
setting; commands and pages use every channel that the settings enable.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portal.domain.campaign.reminders import MessageChannel, Missing


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person who fills a unit's report or is responsible for it, with registered addresses.

    An address that nobody registered is empty.
    """

    name: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """The message to one person; `subject` is empty for a channel without subjects."""

    text: str
    subject: str = ""


class NotSent(Exception):
    """A message could not be sent; `sentence` says why, for the desk."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Channel(Protocol):
    """A channel by which the portal sends messages."""

    @property
    def kind(self) -> MessageChannel:
        """The channel recorded with a reminder."""

    @property
    def address_name(self) -> str:
        """What an address of this channel is called on a page, such as 电子邮箱."""

    def address_of(self, person: Recipient) -> str:
        """The person's address; empty when this channel cannot reach them."""

    def compose(self, missing: Sequence[Missing], name: str, now: datetime, contact: str) -> Letter:
        """Compose the reminder to one person for every report that is owed."""

    def send(self, address: str, letter: Letter) -> None:
        """Send one letter; raises `NotSent` when it is not accepted."""
