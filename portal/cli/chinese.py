"""Click's own words in Chinese: its catalogue, and the usage lines that it does not translate."""

import gettext
import os
from pathlib import Path

import click

CATALOGUES = Path(__file__).parent / "locale"
DOMAIN = "messages"
"""Where click looks, which names no domain of its own."""


def speak_chinese() -> None:
    """Let click find its words in Chinese whatever the language of the shell is."""
    gettext.bindtextdomain(DOMAIN, str(CATALOGUES))
    os.environ["LANGUAGE"] = "zh_CN"


def name_parts(command: click.Command) -> None:
    """Say 选项 and 命令 in the usage line of a command and of all below it."""
    command.options_metavar = "[选项]"
    if isinstance(command, click.Group):
        command.subcommand_metavar = "命令 [参数]..."
        for below in command.commands.values():
            name_parts(below)
