"""Packing: the page that asks about a workbook carries its figures; the server stores none.

Figures that are altered on the way are evaluated anew like any other.
"""

from collections.abc import Mapping
from typing import Any

from portal.domain.form.form import Form
from portal.domain.intake.workbook import CellProblem, Intake
from portal.web import carried
from portal.web.form_fields import printable

MAX_BYTES = 2 * 1024 * 1024
"""Bytes of an unpacked intake; a sheet of two thousand rows, each with a problem, takes 0.4 MB."""


def pack(intake: Intake) -> str:
    """Encode what was read from the sheet, except the question, as letters and digits."""
    kept = {
        "sheet": intake.sheet,
        "taken_from": intake.taken_from,
        "figures": dict(intake.figures),
        "addresses": dict(intake.addresses),
        "problems": [_plain(each) for each in intake.problems],
        "warnings": [_plain(each) for each in intake.warnings],
        "blanks": intake.blanks,
        "absent": intake.absent,
    }
    return carried.pack(kept)


def _plain(problem: CellProblem) -> list[str]:
    return [problem.address, problem.code or "", problem.sentence, problem.offer or ""]


def unpack(form: Form, text: str) -> Intake:
    """Decode an intake that `pack` made, its question answered; raises `ValueError` for others."""
    leaves = {item.code for item in form.leaves}
    try:
        kept = carried.unpack(text, MAX_BYTES)
        return Intake(
            sheet=_text(kept["sheet"]),
            taken_from=_text(kept["taken_from"]),
            figures={at: it for at, it in _texts(kept["figures"]).items() if at in leaves},
            addresses=_texts(kept["addresses"]),
            problems=tuple(_problem(form, *each) for each in kept["problems"]),
            warnings=tuple(_problem(form, *each) for each in kept["warnings"]),
            blanks=tuple(map(_text, kept["blanks"])),
            absent=tuple(map(_text, kept["absent"])),
        )
    except (LookupError, TypeError, AttributeError) as broken:
        raise ValueError("no packed intake") from broken


def _problem(form: Form, address: Any, code: Any, sentence: Any, offer: Any) -> CellProblem:
    known = code if isinstance(code, str) and code in form.by_code else None
    return CellProblem(_text(address), known, _text(sentence), _text(offer) or None)


def _texts(plain: Mapping[Any, Any]) -> dict[str, str]:
    return {_text(name): _text(text) for name, text in plain.items()}


def _text(text: Any) -> str:
    return printable(str(text)[:500])
