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
"""The scopes that can be frozen: a draft is nobody's word yet."""


@dataclass(frozen=True, slots=True)
class Source:
    """One unit of a consolidation: how far its report is, and the submission that it stands on.

    `number` is 0 and `sha256` empty where nothing was submitted.
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
        """The unit as a document writes it down."""
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
    """Whose reports a consolidation adds, whose are missing, 仅供核对 or 免报, in fixed order.

    `allocations` is what was passed down inside the sum; None where nobody wrote that down.
    """

    included: tuple[Source, ...]
    missing: tuple[Source, ...]
    for_checking: tuple[Source, ...]
    exempt: tuple[Source, ...]
    allocations: Allocations | None = NOTHING

    @property
    def words(self) -> dict[str, Json]:
        """All of them as a document writes them down."""
        return {
            "included": [each.words for each in self.included],
            "missing": [each.words for each in self.missing],
            "for_checking": [each.words for each in self.for_checking],
            "exempt": [each.words for each in self.exempt],
        }

    @cached_property
    def counted(self) -> str:
        """The fingerprint of what is added and taken off: the same as long as no sum can change."""
        said: dict[str, Json] = {"counted": sorted(each.pinned for each in self.included)}
        return fingerprint(canonical_bytes(said | self._allocated))

    @property
    def as_in_first_format(self) -> "Sources":
        """The same sources as fingerprints knew them before they named what was passed down."""
        return replace(self, allocations=None)

    @property
    def _allocated(self) -> dict[str, Json]:
        known = self.allocations
        return {} if known is None else {"allocations": allocation_words(known)}

    def seen(self, scope: Scope, form: Form) -> str:
        """The fingerprint of everything that somebody sees who is about to freeze."""
        groups = (self.included, self.missing, self.for_checking, self.exempt)
        said: dict[str, Json] = {
            "scope": scope.value,
            "form": {"id": form.id, "version": form.version},
            "units": [[_told(each) for each in group] for group in groups],
        } | self._allocated
        return fingerprint(canonical_bytes(said))


def _told(source: Source) -> str:
    """A unit in one line: the pages of a large city are fingerprinted each time they are shown."""
    return "\t".join((source.name, source.kind, source.state.value, source.pinned))


def live_fingerprint(organisation: str, campaign: str, scope: Scope, sources: Sources) -> str:
    """The fingerprint of sums that nobody has frozen: whose, in which scope, from what."""
    said = {
        "kind": "live consolidation",
        "organisation": organisation,
        "campaign": campaign,
        "scope": scope.value,
        "counted": sources.counted,
    }
    return fingerprint(canonical_bytes(said))


def allocation_words(known: Allocations) -> dict[str, Json]:
    """What was passed down as a document writes it down."""
    return {
        "giver": known.giver,
        "answer": known.answer,
        "registered": [[one.code, one.name, one.amount] for one in known.registered],
        "aside": [[one.code, one.name, one.amount] for one in known.aside],
    }
