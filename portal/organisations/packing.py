"""Packing: the page carries a roster from its preview to the confirmation; the server stores none.

A roster that is altered on the way is planned anew like any other.
"""

from collections.abc import Sequence
from typing import Any

from portal.domain.characters import is_surrogate
from portal.domain.intake.roster import Line, Roster
from portal.web import carried

MAX_LENGTH = 500
"""Characters of one text; names and sentences are far shorter."""


def pack(roster: Roster) -> str:
    """Encode the roster as a text of letters and digits."""
    lines = [[_plain(line) for line in lines] for lines in (roster.units, roster.people)]
    return carried.pack([*lines, list(roster.left)])


def _plain(line: Line) -> list[Any]:
    return [line.sheet, line.row, *map(dict, (line.texts, line.columns, line.wrong, line.said))]


def unpack(text: str) -> Roster:
    """Decode a roster that `pack` made; raises `ValueError` for any other text."""
    try:
        units, people, left = carried.unpack(text)
        return Roster(_lines(units), _lines(people), tuple(map(_text, left)))
    except (TypeError, AttributeError) as broken:
        raise ValueError("no packed roster") from broken


def _lines(plain: Any) -> Sequence[Line]:
    return [
        Line(
            str(sheet)[:100],
            int(row),
            _texts(texts),
            {str(name): min(int(column), 100) for name, column in columns.items()},
            _texts(wrong),
            _texts(said),
        )
        for sheet, row, texts, columns, wrong, said in plain
    ]


def _texts(plain: Any) -> dict[str, str]:
    return {str(name): _text(text) for name, text in plain.items()}


def _text(text: object) -> str:
    """A text as `pack` had it; raises `ValueError` for one with signs that no page can show."""
    if any(map(is_surrogate, str(text))):
        raise ValueError("no packed text")
    return str(text)[:MAX_LENGTH]
