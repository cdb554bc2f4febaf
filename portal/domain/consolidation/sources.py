"""The sources of a consolidation: whose submissions it adds, and the fingerprint of them.

A submission never changes, so that the sums of two moments differ only where the sources do.
"""

from dataclasses import dataclass, replace
from functools import cached_property

from portal.domain.consolidation.allocation import (
    NOTHING,
    Allocations,
)
from portal.domain.consolidation.placement import Scope
from portal.domain.form.form import Form
from portal.domain.report.submission import Json, canonical_bytes, fingerprint
from portal.domain.report_state import State

FREEZABLE = (Scope.ACCEPTED, Scope.SUBMITTED)
"""The scopes that can be frozen; 含填报中 is excluded, since drafts are not submitted."""


@dataclass(frozen=True, slots=True)
class Source:
    """One unit of a consolidation: its report's state and the submission that is counted.

    `number` is 0 and `sha256` empty before the first submission.
    """

    code: str
    name: str
    kind: str
    state: State
    number: int = 0
    sha256: str = ""

    @property
    def pinned(self) -> str:
        """The unit and its submission in one line: another one when either is another."""
        return f"{self.code} {self.number} {self.sha256}"

    @property
    def words(self) -> dict[str, Json]:
        """The unit as JSON of a document."""
        return {
            "code": self.code,
            "name": self.name,
            "kind": self.kind,
            "state": self.state.value,
            "number": self.number,
            "sha256": self.sha256,
        }


@dataclass(frozen=True)
class Sources:
    """The units of a consolidation in fixed order: included, missing, 仅供核对 and 免报.

    `allocations` are the allocations inside the sum; None where the document has none.
    """

    included: tuple[Source, ...]
    missing: tuple[Source, ...]
    for_checking: tuple[Source, ...]
    exempt: tuple[Source, ...]
    allocations: Allocations | None = NOTHING

    @property
    def words(self) -> dict[str, Json]:
        """All units as JSON of a document."""
        return {
            "included": [each.words for each in self.included],
            "missing": [each.words for each in self.missing],
            "for_checking": [each.words for each in self.for_checking],
            "exempt": [each.words for each in self.exempt],
        }

    @cached_property
    def counted(self) -> str:
        """The sha256 over what is added and deducted; equal as long as no sum can change."""
        said: dict[str, Json] = {"counted": sorted(each.pinned for each in self.included)}
        return fingerprint(canonical_bytes(said | self._allocated))

    @property
    def as_in_first_format(self) -> "Sources":
        """These sources without allocations, as fingerprints of format 1 were computed."""
        return replace(self, allocations=None)

    @property
    def _allocated(self) -> dict[str, Json]:
        known = self.allocations
        return {} if known is None else {"allocations": allocation_words(known)}

    def seen(self, scope: Scope, form: Form) -> str:
        """The sha256 over everything on the page from which an edition is frozen."""
        groups = (self.included, self.missing, self.for_checking, self.exempt)
        said: dict[str, Json] = {
            "scope": scope.value,
            "form": {"id": form.id, "version": form.version},
            "units": [[_told(each) for each in group] for group in groups],
        } | self._allocated
        return fingerprint(canonical_bytes(said))


def _told(source: Source) -> str:
    """A unit as one line; cheap, since every view of a large city's page computes the sha256."""
    return "\t".join((source.name, source.kind, source.state.value, source.pinned))


def live_fingerprint(organisation: str, campaign: str, scope: Scope, sources: Sources) -> str:
    """The sha256 that identifies live sums: organisation, campaign, scope and sources."""
    said = {
        "kind": "live consolidation",
        "organisation": organisation,
        "campaign": campaign,
        "scope": scope.value,
        "counted": sources.counted,
    }
    return fingerprint(canonical_bytes(said))


def allocation_words(known: Allocations) -> dict[str, Json]:
    """The allocations as JSON of a document."""
    return {
        "giver": known.giver,
        "answer": known.answer,
        "registered": [[one.code, one.name, one.amount] for one in known.registered],
        "aside": [[one.code, one.name, one.amount] for one in known.aside],
    }
