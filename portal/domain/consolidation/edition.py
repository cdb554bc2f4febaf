"""Editions of a consolidation (汇总表第 n 版): the document of one, and what differs later.

An edition stands on submissions, which never change: it lists each by its number and sha256, so
two moments differ only where a unit's submission does. It holds the figures of every unit too,
and so stands by itself for good, whatever becomes of the tree. What was passed down inside the
sum stands in it by unit; a document of format 1 has of that only the sentence at its foot.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from portal.domain.campaign.calendar import ZONE
from portal.domain.consolidation.allocation import (
    NOTHING,
    Deduction,
    Reported,
    Said,
    said_in,
)
from portal.domain.consolidation.placement import Scope
from portal.domain.consolidation.sources import Sources, allocation_words
from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures
from portal.domain.report.submission import Json

FORMAT = 2
"""The number of the document's layout; a document keeps the one that it was written in."""


@dataclass(frozen=True, slots=True)
class FrozenColumn:
    """A column of units as an edition keeps it: heading, remark, what it is to the total.

    `units` are the codes of those of its units that are added to the total.
    """

    code: str
    title: str
    part: str
    remark: str
    figures: Figures
    units: tuple[str, ...] = ()

    @property
    def words(self) -> dict[str, Json]:
        """The column as a document writes it down."""
        return {
            "code": self.code,
            "title": self.title,
            "part": self.part,
            "remark": self.remark,
            "figures": dict(self.figures),
            "units": list(self.units),
        }


@dataclass(frozen=True)
class Frozen:
    """What an edition says, apart from its number, who froze it and when.

    `figures` are those of each included unit, by its code. `total` is added simply, `deduction`
    what was taken off it. `as_of` is the instant of the figures; None where the document is from
    before editions kept it.
    """

    form: Form
    scope: Scope
    campaign: str
    organisation: tuple[str, str]
    period: str
    sources: Sources
    figures: Mapping[str, Figures]
    total: Figures
    kinds: Mapping[str, Figures]
    columns: tuple[FrozenColumn, ...]
    footnotes: tuple[str, ...]
    deduction: Deduction | None = None
    as_of: datetime | None = None

    @property
    def reported(self) -> Reported:
        """The sums as they are reported upward."""
        return Reported(self.total, self.deduction)

    @property
    def is_first_format(self) -> bool:
        """Whether the document says of what was passed down no more than a sentence."""
        return self.sources.allocations is None

    @cached_property
    def said(self) -> Said | None:
        """The three amounts that a document of the first format says in its sentence."""
        return said_in(self.footnotes) if self.is_first_format else None

    @property
    def seen(self) -> str:
        """The fingerprint that a page carries, to notice that something has moved since."""
        return self.sources.seen(self.scope, self.form)


def document(frozen: Frozen, *, number: int, at: datetime, by: str) -> dict[str, Json]:
    """The `number`-th edition as it is kept for good; raises `ValueError` for a naive instant."""
    if at.tzinfo is None:
        raise ValueError("the instant of an edition needs a time zone")
    frozen_by: dict[str, Json] = {
        "format": FORMAT,
        "kind": "consolidation",
        "number": number,
        "frozen_at": _instant_words(at),
        "frozen_by": by,
    }
    return frozen_by | _subject_words(frozen) | _sums_words(frozen) | _units_words(frozen)


def _subject_words(frozen: Frozen) -> dict[str, Json]:
    """Of whom and of what the edition is."""
    code, name = frozen.organisation
    return {
        "form": {"id": frozen.form.id, "version": frozen.form.version},
        "campaign": frozen.campaign,
        "organisation": {"code": code, "name": name},
        "scope": frozen.scope.value,
        "period": frozen.period,
        "as_of": _instant_words(frozen.as_of) if frozen.as_of else None,
    }


def _sums_words(frozen: Frozen) -> dict[str, Json]:
    """The table of the sums and the foot of its paper."""
    return {
        "total": dict(frozen.total),
        "reported": _reported_words(frozen),
        "kinds": [
            {"kind": kind, "figures": dict(figures)} for kind, figures in frozen.kinds.items()
        ],
        "columns": [column.words for column in frozen.columns],
        "footnotes": list(frozen.footnotes),
    }


def _units_words(frozen: Frozen) -> dict[str, Json]:
    """Every unit with its submission, and the figures of each, leaf by leaf."""
    leaves = [leaf.code for leaf in frozen.form.leaves]
    return {
        "units": frozen.sources.words,
        "leaves": leaves,
        "figures": {
            code: [figures.get(leaf) for leaf in leaves] for code, figures in frozen.figures.items()
        },
    }


def _instant_words(instant: datetime) -> str:
    return instant.astimezone(ZONE).isoformat(timespec="seconds")


def _reported_words(frozen: Frozen) -> dict[str, Json]:
    """Simple less passed down is net, item by item, with the units that it was passed down to."""
    known, taken = frozen.sources.allocations or NOTHING, frozen.deduction
    net = frozen.reported.figures
    return {
        "net": dict(net),
        "passed_down": {
            code: (figure or 0) - (net[code] or 0)
            for code, figure in frozen.total.items()
            if figure != net[code]
        },
        "allocations": allocation_words(known),
        "remark": taken.remark if taken else "",
        "item": taken.item.code if taken else None,
        "units": [
            {
                "code": line.code,
                "name": line.name,
                "registered": line.registered,
                "received": line.received,
                "deducted": line.deducted,
                "added": line.added,
            }
            for line in (taken.lines if taken else ())
        ],
    }
