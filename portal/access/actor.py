"""The actor: who changes something, a person in the browser or a command."""

from dataclasses import dataclass

from portal.models.trail_actions import EntryChannel


@dataclass(frozen=True, slots=True)
class Actor:
    """Who founds something: a person in the browser, or a command with nobody signed in."""

    name: str
    id: int | None = None
    channel: EntryChannel = EntryChannel.WEB
