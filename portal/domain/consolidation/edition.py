"""Editions of a consolidation (汇总表第 n 版): their document, and later differences.

An edition lists each unit's submission by number and sha256. Submissions never change, so two
moments differ only where a unit's submission does. The document also holds every unit's figures
and stays readable whatever becomes of the tree. It holds the allocations by unit; a document of
format 1 has only the deduction's sentence at its foot.
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
"""The version of the document's layout; a stored document keeps its version."""


@dataclass(frozen=True, slots=True)
class FrozenColumn:
    """A column of an edition: its heading, its remark, and its part in the total.

    `units` are the codes of its units that are added to the total.
    """

    code: str
    title: str
    part: str
    remark: str
    figures: Figures
    units: tuple[str, ...] = ()

    @property
    def words(self) -> dict[str, Json]:
        """The column as JSON of a document."""
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
    """The content of an edition, without its number, its author and its time.

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
        """The sums as reported upward."""
        return Reported(self.total, self.deduction)

    @property
    def is_first_format(self) -> bool:
        """Whether the document has format 1, with the deduction as a sentence only."""
        return self.sources.allocations is None

    @cached_property
    def said(self) -> Said | None:
        """The three amounts in the deduction's sentence of a document of format 1."""
        return said_in(self.footnotes) if self.is_first_format else None

    @property
    def seen(self) -> str:
        """The sha256 that a page carries, so that a later change is noticed at freezing."""
        return self.sources.seen(self.scope, self.form)


def document(frozen: Frozen, *, number: int, at: datetime, by: str) -> dict[str, Json]:
    """The document of the `number`-th edition; raises `ValueError` for a naive instant."""
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
    """简单合计, 减：市内下拨 and 剔重后合计 by item, with the units that received the money."""
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
