"""Messages: the channels that carry a text to a person outside the portal."""
