"""The document of a submission: the whole form, its sha256, and the changes since."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeAlias

from portal.domain.campaign.calendar import ZONE
from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures, with_totals

FORMAT = 1
"""The version of the document's layout; a stored document keeps its version."""

NO_ANSWERS: Mapping[str, str] = MappingProxyType({})

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"


def document(
    form: Form,
    figures: Figures,
    *,
    organisation_code: str,
    organisation_name: str,
    campaign_code: str,
    number: int,
    submitted_at: datetime,
    submitted_by: str,
    explanations: Mapping[str, Json],
    filler: str,
    phone: str,
    on_behalf: str = "",
    answers: Mapping[str, str] = NO_ANSWERS,
    includes_passed_down: bool | None = None,
) -> dict[str, Json]:
    """The document of the `number`-th submission of a report.

    Figures are integers as stored (counts, fen), calculated items too; a blank is null. The
    instant is stored to the second at +08:00. `on_behalf` is the ground on which the next union
    up submitted for the unit, `answers` are the answers to a sending back by item (`*` for the
    whole form), `includes_passed_down` is the answer of the city's own report; the document has
    each of them only if it was given. Raises `TypeError` for a float or a figure that is no
    integer, and `ValueError` when `submitted_at` has no time zone.
    """
    if submitted_at.tzinfo is None:
        raise ValueError("the instant of a submission needs a time zone")
    written: dict[str, Json] = {
        "format": FORMAT,
        "form": {"id": form.id, "version": form.version},
        "campaign": campaign_code,
        "organisation": {"code": organisation_code, "name": organisation_name},
        "number": number,
        "submitted_at": submitted_at.astimezone(ZONE).isoformat(timespec="seconds"),
        "submitted_by": submitted_by,
        "filler": filler,
        "phone": phone,
        "figures": with_totals(form, _whole(figures)),
        "explanations": dict(explanations),
    }
    written |= _where_given(on_behalf, answers, includes_passed_down)
    _refuse_what_json_bends(written)
    return written


def _where_given(
    on_behalf: str, answers: Mapping[str, str], includes_passed_down: bool | None
) -> dict[str, Json]:
    """The parts of a document that stand in it only where there is something to say."""
    given: dict[str, Json] = {}
    if on_behalf:
        given["on_behalf"] = on_behalf
    if answers:
        given["answers"] = dict(answers)
    if includes_passed_down is not None:
        given["includes_passed_down"] = includes_passed_down
    return given


def canonical_bytes(document: Mapping[str, Json]) -> bytes:
    """The canonical JSON of a document: sorted keys, no spaces, UTF-8.

    Raises `TypeError` for floats, which JSON can write in several ways, and for keys that are not
    text, which it would convert silently.
    """
    _refuse_what_json_bends(document)
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def fingerprint(content: bytes) -> str:
    """The sha256 of a document's canonical bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def figures_of(document: Mapping[str, Json]) -> dict[str, int | None]:
    """The figures of a parsed document; raises `TypeError` if it has none or wrong ones."""
    figures = document["figures"]
    if not isinstance(figures, Mapping):
        raise TypeError("the figures of a submission are a mapping of item codes")
    return _whole(figures)


def includes_passed_down(document: Mapping[str, Json]) -> bool | None:
    """A submission's answer to 本级筹集数是否含下拨各单位款项, or None."""
    answer = document.get("includes_passed_down")
    return answer if isinstance(answer, bool) else None


@dataclass(frozen=True, slots=True)
class Change:
    """One item whose figure changed; blank is ``None``."""

    code: str
    old: int | None
    new: int | None


def changes(form: Form, old: Figures, new: Figures) -> tuple[Change, ...]:
    """The changes from `old` to `new`, calculated items too, in the order of `form`."""
    before, now = with_totals(form, old), with_totals(form, new)
    return tuple(Change(code, before[code], now[code]) for code in now if before[code] != now[code])


def _whole(figures: Mapping[str, Json]) -> dict[str, int | None]:
    whole: dict[str, int | None] = {}
    for code, figure in figures.items():
        # A bool is an int to Python, and JSON would write it as true.
        if figure is not None and (isinstance(figure, bool) or not isinstance(figure, int)):
            raise TypeError(f"the figure of {code} is {figure!r}, not a whole number or blank")
        whole[code] = figure
    return whole


def _refuse_what_json_bends(value: object) -> None:
    if isinstance(value, float):
        raise TypeError(f"a submission holds no floats: {value!r}")
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"a key of a submission is text, not {key!r}")
            _refuse_what_json_bends(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            _refuse_what_json_bends(inner)
