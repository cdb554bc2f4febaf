"""Packing: a roster travels in the page between its preview and the confirmation, kept nowhere.

Whoever alters it on the way has only written another roster: it is planned anew.
"""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from typing import Any

from portal.domain.roster import Line, Roster

LARGEST = 4 * 1024 * 1024
"""Bytes of an unpacked roster; five thousand units and people take one."""


def pack(roster: Roster) -> str:
    """The roster as a text of letters and digits."""
    lines = [[_plain(line) for line in lines] for lines in (roster.units, roster.people)]
    return urlsafe_b64encode(zlib.compress(json.dumps(lines).encode(), 9)).decode().rstrip("=")


def _plain(line: Line) -> list[Any]:
    return [line.sheet, line.row, dict(line.texts), dict(line.columns)]


def unpack(text: str) -> Roster:
    """The roster in a text that `pack` made; raises `ValueError` for any other."""
    try:
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        reader = zlib.decompressobj()
        content = reader.decompress(packed, LARGEST)
        if reader.unconsumed_tail:
            raise ValueError("too large")
        units, people = json.loads(content)
        return Roster(_lines(units), _lines(people))
    except (Error, zlib.error, TypeError, AttributeError, RecursionError) as broken:
        raise ValueError("no packed roster") from broken


def _lines(plain: Any) -> Sequence[Line]:
    return [
        Line(
            str(sheet)[:100],
            int(row),
            {str(name): _text(text) for name, text in texts.items()},
            {str(name): min(int(column), 100) for name, column in columns.items()},
        )
        for sheet, row, texts, columns in plain
    ]


def _text(text: object) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in str(text)[:200])
