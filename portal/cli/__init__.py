"""The commands: a portal is founded, served and checked from a shell."""

from portal.cli.group import main

__all__ = ["main"]
