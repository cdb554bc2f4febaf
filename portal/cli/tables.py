"""Tables on a terminal, where a Chinese character is two columns wide."""

from collections.abc import Sequence
from unicodedata import east_asian_width

import click


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows with their columns aligned; the first row is the head."""
    widths = [max(_width(row[place]) for row in rows) for place in range(len(rows[0]))]
    for row in rows:
        cells = (
            text + " " * (width - _width(text)) for text, width in zip(row, widths, strict=True)
        )
        click.echo("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
