"""The actor of a change: a person in the browser, or a command."""

from dataclasses import dataclass

from portal.models.trail_actions import EntryChannel


@dataclass(frozen=True, slots=True)
class Actor:
    """The actor of a change: a person in the browser, or a command without a signed-in person."""

    name: str
    id: int | None = None
    channel: EntryChannel = EntryChannel.WEB
