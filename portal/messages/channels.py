"""The channels that the settings enable."""

from portal.domain.campaign.reminders import MessageChannel
from portal.messages.channel import Channel
from portal.messages.mail import MailChannel
from portal.settings import Settings


def channels_of(settings: Settings) -> dict[MessageChannel, Channel]:
    """Every enabled channel, by its kind."""
    opened: list[Channel] = []
    if settings.post:
        opened.append(MailChannel(settings.post))
    return {channel.kind: channel for channel in opened}
