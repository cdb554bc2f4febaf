"""The seam for messages: a channel addresses a person, writes the text and hands it over.

Mail is the first channel. A second one is a file beside `mail.py`, its line in `channels_of` and
its setting; commands and pages work with whatever channels the settings open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portal.domain.campaign.reminders import MessageChannel, Missing


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who fills a unit's report or answers for it, with the addresses that are registered.

    An address that nobody registered is empty.
    """

    name: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is sent; a channel without subjects leaves `subject` empty."""

    text: str
    subject: str = ""


class NotSent(Exception):
    """A message could not be handed over; `sentence` says why, for the desk."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Channel(Protocol):
    """One way out of the portal."""

    @property
    def kind(self) -> MessageChannel:
        """The channel as a reminder records it."""

    @property
    def address_name(self) -> str:
        """What an address of this channel is called on a page, such as 电子邮箱."""

    def address_of(self, person: Recipient) -> str:
        """The person's address; empty when this channel cannot reach them."""

    def compose(self, missing: Sequence[Missing], name: str, now: datetime, contact: str) -> Letter:
        """The words that chase one person for every report that is owed."""

    def send(self, address: str, letter: Letter) -> None:
        """Hand one letter over; raises `NotSent` when it is not taken."""
