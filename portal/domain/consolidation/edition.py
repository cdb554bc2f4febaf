"""Editions of a consolidation (汇总表第 n 版): their document, and later differences.

An edition lists each unit's submission by number and sha256. Submissions never change, so two
moments differ only where a unit's submission does. The document also holds every unit's figures
and stays readable whatever becomes of the tree. It holds the allocations by unit; a document of
format 1 has only the deduction's sentence at its foot.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from portal.domain.campaign.calendar import ZONE
from portal.domain.consolidation.allocation import (
    NOTHING,
    Allocation,
    Allocations,
    Deduction,
    Line,
    Reported,
    Said,
    received_item,
    said_in,
)
from portal.domain.consolidation.placement import Scope
from portal.domain.figures import Unit, show
from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures
from portal.domain.report.submission import Change, Json, canonical_bytes, changes, fingerprint
from portal.domain.report_state import State

FORMAT, FIRST_FORMAT = 2, 1
"""The version of the document's layout; a stored document keeps its version."""

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
        said: dict[str, Json] = {"counted": sorted(map(_pinned, self.included))}
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
    return "\t".join((source.name, source.kind, source.state.value, _pinned(source)))


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


def _pinned(source: Source) -> str:
    return f"{source.code} {source.number} {source.sha256}"


def allocation_words(known: Allocations) -> dict[str, Json]:
    """The allocations as JSON of a document."""
    return {
        "giver": known.giver,
        "answer": known.answer,
        "registered": [[one.code, one.name, one.amount] for one in known.registered],
        "aside": [[one.code, one.name, one.amount] for one in known.aside],
    }


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

    `figures` are those of each included unit, by its code. `total` is 简单合计, `deduction` the
    deduction from it.
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
        "reported": _reported_words(frozen),
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


def _leaves(form: Form) -> list[str]:
    return [leaf.code for leaf in form.leaves]


def read_document(form: Form, kept: Mapping[str, Json]) -> Frozen:
    """Parse a stored document; raises `KeyError`, `TypeError` or `ValueError` if it is none."""
    said = _Reading(kept)
    organisation = said.part("organisation")
    units = said.part("units")
    taken = said.part("reported") if said.number("format") >= FORMAT else None
    allocations = _allocations(taken.part("allocations")) if taken else None
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
            allocations=allocations,
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
        deduction=_deduction(form, said, taken, allocations) if taken and allocations else None,
    )


def _allocations(said: "_Reading") -> Allocations:
    answer = said.words["answer"]
    if answer is not None and not isinstance(answer, bool):
        raise TypeError(f"no answer: {answer!r}")
    registered, aside = (said.allocations(name) for name in ("registered", "aside"))
    return Allocations(said.text("giver"), registered, aside, answer)


def _deduction(
    form: Form, said: "_Reading", taken: "_Reading", allocations: Allocations
) -> Deduction | None:
    if taken.words["item"] is None:
        return None
    item, net, simple = (
        form.by_code[taken.text("item")],
        taken.figures("net"),
        said.figures("total"),
    )
    return Deduction(
        item=item,
        simple=simple[item.code],
        passed_down=sum(each.number("deducted") for each in taken.parts("units")),
        net=net[item.code],
        figures=net,
        remark=taken.text("remark"),
        lines=tuple(
            Line(
                each.text("code"),
                each.text("name"),
                each.number("registered"),
                _figure(each.words["received"]),
                each.number("deducted"),
                added=bool(each.words["added"]),
            )
            for each in taken.parts("units")
        ),
        aside=allocations.aside,
        received=received_item(form),
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """A mapping of a document whose values are read by type."""

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

    def allocations(self, name: str) -> tuple[Allocation, ...]:
        rows = (_list(row) for row in self.list(name))
        return tuple(Allocation(str(row[0]), str(row[1]), _figure(row[2]) or 0) for row in rows)

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
    """One unit whose contribution to the sum changed, item by item.

    `before` and `now` are the unit's sources; None where it was not in the sum.
    """

    code: str
    name: str
    before: Source | None
    now: Source | None
    lines: tuple[Change, ...]


def effect(change: Change) -> int:
    """The effect of one change on the total; a blank counts as 0."""
    return (change.new or 0) - (change.old or 0)


def effect_in_words(change: Change, unit: Unit) -> str:
    """The effect of a change with its sign: ``+1,234.50``."""
    moved = effect(change)
    return f"+{show(moved, unit)}" if moved > 0 else show(moved, unit)


@dataclass(frozen=True, slots=True)
class AllocationChange:
    """One unit whose deduction changed; None where no deduction was known."""

    code: str
    name: str
    old: Line | None
    new: Line | None


@dataclass(frozen=True)
class AllocationDifference:
    """The difference of two moments in their deductions: by unit, and in their sentences.

    A document of format 1 has no units: only the sentences are compared, and `lines` is empty.
    `unit` is the unit of the amounts in `lines`.
    """

    before: tuple[str, ...]
    now: tuple[str, ...]
    lines: tuple[AllocationChange, ...] = ()
    unit: Unit | None = None


@dataclass(frozen=True)
class Difference:
    """The difference between two moments of one consolidation: by unit, and in the total.

    `total` compares the figures reported upward. If one of the two is a document of format 1 it
    compares 简单合计, since such a document holds nothing else.
    """

    units: tuple[UnitDifference, ...]
    total: tuple[Change, ...]
    allocations: AllocationDifference | None = None
    simple: bool = False

    def __bool__(self) -> bool:
        return bool(self.units or self.allocations)

    @cached_property
    def sha256(self) -> str:
        """The sha256 of this difference; any further change gives another one."""
        lines: list[Json] = [
            [unit.code, line.code, line.old, line.new] for unit in self.units for line in unit.lines
        ]
        said: dict[str, Json] = {"difference": lines}
        if self.allocations:
            said["allocations"] = [list(self.allocations.before), list(self.allocations.now)]
            said["passed_down"] = [
                [one.code, _line_words(one.old), _line_words(one.new)]
                for one in self.allocations.lines
            ]
        return fingerprint(canonical_bytes(said))

    @property
    def count(self) -> int:
        """The number of unit figures that differ."""
        return sum(len(unit.lines) for unit in self.units)

    @property
    def told(self) -> str:
        """The number of differences, in words."""
        figures = f"{len(self.units)} 家单位 {self.count} 项有变动" if self.units else ""
        return "，".join(filter(None, (figures, "市内下拨有变动" if self.allocations else "")))


def _line_words(line: Line | None) -> Json:
    return None if line is None else [line.registered, line.received, line.deducted]


def moved(before: Sources, now: Sources) -> tuple[tuple[Source | None, Source | None], ...]:
    """The units whose counted submission changed, each before and now, in today's order."""
    old = {each.code: each for each in before.included}
    new = {each.code: each for each in now.included}
    order = [*new, *(code for code in old if code not in new)]
    pairs = ((old.get(code), new.get(code)) for code in order)
    return tuple((a, b) for a, b in pairs if a is None or b is None or _pinned(a) != _pinned(b))


@dataclass(frozen=True)
class Moment:
    """A consolidation at one moment: its figures, and the sentences at the foot of its print.

    `by_unit` is false for a document of format 1, which holds 简单合计 and frozen `sentences`.
    """

    reported: Reported
    sentences: tuple[str, ...]
    by_unit: bool = True

    @classmethod
    def of(cls, reported: Reported) -> "Moment":
        """The moment with these reported figures."""
        return cls(reported, reported.sentences)


def moment_of(frozen: Frozen) -> Moment:
    """The moment that an edition holds, in either format."""
    if not frozen.is_first_format:
        return Moment.of(frozen.reported)
    return Moment(frozen.reported, (frozen.said.sentence,) if frozen.said else (), by_unit=False)


def difference(
    form: Form,
    pairs: Iterable[tuple[Source | None, Source | None]],
    before: Mapping[str, Figures],
    now: Mapping[str, Figures],
    was: Moment,
    turned: Moment,
) -> Difference:
    """The difference made by `pairs`, the units that `moved` returns.

    `before` and `now` are figures by unit; `now` needs only those of `pairs`. `was` and `turned`
    are the two moments. A unit that submitted the same figures again does not differ.
    """
    units = []
    for old, new in pairs:
        named = new or old
        if named is None:
            continue
        figures = before.get(named.code, {}) if old else {}
        if lines := changes(form, figures, now[named.code] if new else {}):
            units.append(UnitDifference(named.code, named.name, old, new, lines))
    by_unit = was.by_unit and turned.by_unit
    sums = [one.reported.figures if by_unit else one.reported.simple for one in (was, turned)]
    return Difference(
        tuple(units),
        tuple(_changed(form, *sums)),
        _in_lines(was, turned) if by_unit else _in_words(was, turned),
        simple=not by_unit,
    )


def _changed(form: Form, old: Figures, new: Figures) -> Iterator[Change]:
    for item in form.items:
        before, now = old.get(item.code), new.get(item.code)
        if before != now:
            yield Change(item.code, before, now)


def _in_lines(was: Moment, turned: Moment) -> AllocationDifference | None:
    before, now = was.reported.deduction, turned.reported.deduction
    old, new = ({one.code: one for one in taken.lines} if taken else {} for taken in (before, now))
    lines = tuple(
        AllocationChange(code, (new.get(code) or old[code]).name, old.get(code), new.get(code))
        for code in dict.fromkeys((*new, *old))
        if _line_words(old.get(code)) != _line_words(new.get(code))
    )
    taken = now or before
    if taken is None or not (lines or _beside_lines(before) != _beside_lines(now)):
        return None
    return AllocationDifference(was.sentences, turned.sentences, lines, taken.item.unit)


def _beside_lines(taken: Deduction | None) -> object:
    return (taken.remark, taken.aside) if taken else None


def _in_words(was: Moment, turned: Moment) -> AllocationDifference | None:
    """Compare only the sentences; `total` of the difference compares the sums."""
    old, new = (said_in(one.sentences) for one in (was, turned))
    taken = [(said.passed_down, said.remark) if said else None for said in (old, new)]
    if taken[0] == taken[1]:
        return None
    return AllocationDifference(was.sentences[:1], turned.sentences[:1])
