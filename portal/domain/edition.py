"""Editions of a consolidation (汇总表第 n 版): the document of one, and what differs later.

An edition stands on submissions, which never change: it lists each by its number and sha256, so
two moments differ only where a unit's submission does. It holds the figures of every unit too,
and so stands by itself for good, whatever becomes of the tree.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from portal.domain.calendar import ZONE
from portal.domain.consolidation import Scope
from portal.domain.figures import Unit, show
from portal.domain.form import Form
from portal.domain.formulas import Figures, total
from portal.domain.report_state import State
from portal.domain.submission import Change, Json, canonical_bytes, changes, fingerprint

FORMAT = 1
"""The number of the document's layout; a document keeps the one that it was written in."""

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
    """Whose reports a consolidation adds, whose are missing, 仅供核对 or 免报, in fixed order."""

    included: tuple[Source, ...]
    missing: tuple[Source, ...]
    for_checking: tuple[Source, ...]
    exempt: tuple[Source, ...]

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
        """The fingerprint of what is added: the same as long as no sum can have changed."""
        return fingerprint(canonical_bytes({"counted": sorted(map(_pinned, self.included))}))

    def seen(self, scope: Scope, form: Form) -> str:
        """The fingerprint of everything that somebody sees who is about to freeze."""
        groups = (self.included, self.missing, self.for_checking, self.exempt)
        said: dict[str, Json] = {
            "scope": scope.value,
            "form": {"id": form.id, "version": form.version},
            "units": [[_told(each) for each in group] for group in groups],
        }
        return fingerprint(canonical_bytes(said))


def _told(source: Source) -> str:
    """A unit in one line: the pages of a large city are fingerprinted each time they are shown."""
    return "\t".join((source.name, source.kind, source.state.value, _pinned(source)))


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


def _pinned(source: Source) -> str:
    return f"{source.code} {source.number} {source.sha256}"


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

    `figures` are those of each included unit, by its code.
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

    @property
    def seen(self) -> str:
        """The fingerprint that a page carries, to notice that something has moved since."""
        return self.sources.seen(self.scope, self.form)


def document(frozen: Frozen, *, number: int, at: datetime, by: str) -> dict[str, Json]:
    """The `number`-th edition as it is kept for good; raises `ValueError` for a naive instant."""
    if at.tzinfo is None:
        raise ValueError("the instant of an edition needs a time zone")
    code, name = frozen.organisation
    return {
        "format": FORMAT,
        "kind": "consolidation",
        "number": number,
        "form": {"id": frozen.form.id, "version": frozen.form.version},
        "campaign": frozen.campaign,
        "organisation": {"code": code, "name": name},
        "scope": frozen.scope.value,
        "period": frozen.period,
        "frozen_at": at.astimezone(ZONE).isoformat(timespec="seconds"),
        "frozen_by": by,
        "total": dict(frozen.total),
        "kinds": [
            {"kind": kind, "figures": dict(figures)} for kind, figures in frozen.kinds.items()
        ],
        "columns": [column.words for column in frozen.columns],
        "units": frozen.sources.words,
        "leaves": _leaves(frozen.form),
        "figures": {
            code: [figures.get(leaf) for leaf in _leaves(frozen.form)]
            for code, figures in frozen.figures.items()
        },
        "footnotes": list(frozen.footnotes),
    }


def _leaves(form: Form) -> list[str]:
    return [leaf.code for leaf in form.leaves]


def read_document(form: Form, kept: Mapping[str, Json]) -> Frozen:
    """What a kept document says; raises `KeyError`, `TypeError` or `ValueError` for any other."""
    said = _Reading(kept)
    organisation = said.part("organisation")
    units = said.part("units")
    return Frozen(
        form=form,
        scope=Scope(said.text("scope")),
        campaign=said.text("campaign"),
        organisation=(organisation.text("code"), organisation.text("name")),
        period=said.text("period"),
        sources=Sources(
            included=units.sources("included"),
            missing=units.sources("missing"),
            for_checking=units.sources("for_checking"),
            exempt=units.sources("exempt"),
        ),
        figures=said.units("figures", list(map(str, said.list("leaves")))),
        total=said.figures("total"),
        kinds={each.text("kind"): each.figures("figures") for each in said.parts("kinds")},
        columns=tuple(
            FrozenColumn(
                each.text("code"),
                each.text("title"),
                each.text("part"),
                each.text("remark"),
                each.figures("figures"),
                tuple(map(str, each.list("units"))),
            )
            for each in said.parts("columns")
        ),
        footnotes=tuple(map(str, said.list("footnotes"))),
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """A mapping that came out of a document, read by kind."""

    words: Mapping[str, Json]

    def text(self, name: str) -> str:
        return str(self.words[name])

    def number(self, name: str) -> int:
        value = self.words[name]
        if not isinstance(value, int):
            raise TypeError(f"{name} is no number: {value!r}")
        return value

    def list(self, name: str) -> Sequence[Json]:
        return _list(self.words[name])

    def part(self, name: str) -> "_Reading":
        return _Reading(_mapping(self.words[name]))

    def parts(self, name: str) -> "Iterable[_Reading]":
        return (_Reading(_mapping(each)) for each in self.list(name))

    def figures(self, name: str) -> dict[str, int | None]:
        return {code: _figure(value) for code, value in _mapping(self.words[name]).items()}

    def units(self, name: str, leaves: Sequence[str]) -> dict[str, Figures]:
        return {
            code: dict(zip(leaves, map(_figure, _list(values)), strict=True))
            for code, values in _mapping(self.words[name]).items()
        }

    def sources(self, name: str) -> tuple[Source, ...]:
        return tuple(
            Source(
                each.text("code"),
                each.text("name"),
                each.text("kind"),
                State(each.text("state")),
                each.number("number"),
                each.text("sha256"),
            )
            for each in self.parts(name)
        )


def _figure(value: Json) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise TypeError(f"no figure: {value!r}")
    return value


def _list(value: Json) -> Sequence[Json]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError(f"no list: {value!r}")
    return value


def _mapping(value: Json) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        raise TypeError(f"no mapping: {value!r}")
    return value


@dataclass(frozen=True, slots=True)
class UnitDifference:
    """One unit whose part in the sum is another than before, item by item.

    `before` and `now` are how the unit stood; None where it was not in the sum.
    """

    code: str
    name: str
    before: Source | None
    now: Source | None
    lines: tuple[Change, ...]


def effect(change: Change) -> int:
    """What one change does to the total: a blank counts as nothing."""
    return (change.new or 0) - (change.old or 0)


def effect_in_words(change: Change, unit: Unit) -> str:
    """The effect of a change with its sign, for reading: ``+1,234.50``."""
    moved = effect(change)
    return f"+{show(moved, unit)}" if moved > 0 else show(moved, unit)


@dataclass(frozen=True)
class Difference:
    """All that differs between two moments of one consolidation: by unit, and in the total."""

    units: tuple[UnitDifference, ...]
    total: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.units)

    @cached_property
    def sha256(self) -> str:
        """The fingerprint of this difference: a new change makes another one."""
        lines: list[Json] = [
            [unit.code, line.code, line.old, line.new] for unit in self.units for line in unit.lines
        ]
        return fingerprint(canonical_bytes({"difference": lines}))

    @property
    def count(self) -> int:
        """How many figures of units differ."""
        return sum(len(unit.lines) for unit in self.units)


def moved(before: Sources, now: Sources) -> tuple[tuple[Source | None, Source | None], ...]:
    """The units whose counted submission is another, each before and now, in today's order."""
    old = {each.code: each for each in before.included}
    new = {each.code: each for each in now.included}
    order = [*new, *(code for code in old if code not in new)]
    pairs = ((old.get(code), new.get(code)) for code in order)
    return tuple((a, b) for a, b in pairs if a is None or b is None or _pinned(a) != _pinned(b))


def difference(
    form: Form,
    pairs: Iterable[tuple[Source | None, Source | None]],
    before: Mapping[str, Figures],
    now: Mapping[str, Figures],
    total_before: Figures,
) -> Difference:
    """What the `moved` pairs change: `before` and `now` are figures by unit, `now` of those alone.

    A unit that handed in the same figures anew differs in nothing.
    """
    units, standing = [], dict(before)
    for old, new in pairs:
        named = new or old
        if named is None:
            continue
        standing.pop(named.code, None)
        if new:
            standing[named.code] = now[named.code]
        figures = before.get(named.code, {}) if old else {}
        if lines := changes(form, figures, now[named.code] if new else {}):
            units.append(UnitDifference(named.code, named.name, old, new, lines))
    return Difference(tuple(units), _of_total(form, units, standing, total_before))


def _of_total(
    form: Form,
    units: Iterable[UnitDifference],
    standing: Mapping[str, Figures],
    before: Figures,
) -> tuple[Change, ...]:
    touched = {line.code for unit in units for line in unit.lines}
    leaves = {
        leaf: total(one.get(leaf) for one in standing.values())
        if leaf in touched
        else before.get(leaf)
        for leaf in _leaves(form)
    }
    return changes(form, before, leaves)
