"""A kept edition read back: what its document says, in whichever format it was written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.domain.consolidation.allocation import (
    Allocation,
    Allocations,
    Deduction,
    Line,
    received_item,
)
from portal.domain.consolidation.edition import FORMAT, Frozen, FrozenColumn
from portal.domain.consolidation.placement import Scope
from portal.domain.consolidation.sources import Source, Sources
from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures
from portal.domain.report.submission import Json
from portal.domain.report_state import State


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
        as_of=said.instant("as_of"),
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

    def instant(self, name: str) -> datetime | None:
        value = self.words.get(name)
        return None if value is None else datetime.fromisoformat(str(value))

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
