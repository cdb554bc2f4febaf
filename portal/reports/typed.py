"""What the browser sends of one item: its text, and the version that its writer saw."""

from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from portal.web.form_fields import nonce_in, number_in, printable

MAX_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Typed:
    """The text typed for one item; `version` is None when it was not sent as a number."""

    text: str
    version: int | None
    nonce: str | None = None

    @classmethod
    def of(cls, fields: Mapping[str, str], code: str) -> "Typed":
        """Read the item `code` from `fields`."""
        return cls(
            text=printable(fields.get(code, "").strip()[:MAX_LENGTH]),
            version=number_in(fields.get(f"{code}.version", "")),
            nonce=nonce_in(fields) or None,
        )


def changed(fields: Mapping[str, str], code: str) -> bool:
    """Whether an item's text differs from what the page showed."""
    return code in fields and fields[code].strip() != fields.get(f"{code}.was", "").strip()


def as_chosen(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of the whole sheet, with the pressed button applied.

    `offer` replaces the typed text by an offered figure (``C9=0.34``); `theirs` drops one's own
    text, so that the figure stored by somebody else stays.
    """
    chosen = dict(fields)
    code, _, text = chosen.get("offer", "").partition("=")
    if code in chosen:
        chosen[code] = text
    given_up = chosen.get("theirs", "")
    if given_up in chosen:
        chosen[given_up] = chosen.get(f"{given_up}.was", "")
    return chosen


def seen_in(fields: MultiDict[str, str]) -> dict[str, str]:
    """The named queries, each with the numbers that its writer saw.

    A query comes as `issue` with its numbers, or ticked in fields of its own.
    """
    keys = fields.getlist("issue")
    beside = dict(zip(keys, fields.getlist("numbers"), strict=False))
    return {key: fields.get(f"numbers.{key}", beside.get(key, "")) for key in keys}
