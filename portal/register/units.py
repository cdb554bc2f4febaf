"""Units: add organisations to the tree, for commands, the demonstration and the browser.

Each function changes rows and records the trail in the same transaction; the caller commits. Texts
are passed as typed, and all their faults are reported at once.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.domain.characters import objection, unseen_in
from portal.models import FormEdition, Organisation
from portal.models.organisation import KINDS, add_organisation
from portal.models.trail import Entry
from portal.models.trail_actions import Action
from portal.register.city_trail import record_all_for_city
from portal.register.editions import edition_label

CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
"""Codes of organisations and campaigns, which are parts of URLs."""

CODE_RULE = "应为 2 至 63 位小写字母、数字或 - ，并以字母或数字开头"

MAX_PERSON_LENGTH = 100
"""Characters of a person's name."""

MAX_DEPTH = 20
"""Levels of the tree that fit into the column `path`."""


@dataclass(frozen=True, slots=True)
class Objection:
    """A fault in one field of the entry at index `number`, from 0."""

    number: int
    field: str
    sentence: str


class NotFounded(ValueError):
    """Nothing was added; `objections` has every reason."""

    def __init__(self, objections: Sequence[Objection]) -> None:
        super().__init__("；".join(objection.sentence for objection in objections))
        self.objections = tuple(objections)


@dataclass(frozen=True, slots=True)
class Unit:
    """A union body as typed; `parent` is the code of the unit above it, empty for the city."""

    code: str
    name: str
    kind: str
    parent: str
    position: str
    contact: str = ""
    phone: str = ""


def found_organisations(
    session: Session, units: Sequence[Unit], *, by: Actor, at: datetime
) -> list[Organisation]:
    """Add units to the tree, in any order, all or none; existing units are left unchanged.

    Returns the new organisations. Raises `NotFounded` with every fault.
    """
    known = {each.code: each for each in session.scalars(select(Organisation))}
    if objections := list(_objections(units, known)):
        raise NotFounded(objections)
    wanted = {unit.code: unit for unit in units}
    new = [unit for unit in units if unit.code not in known]
    for unit in new:
        _found(session, unit, wanted, known)
    if new:
        _record_founding(session, new, by, at)
    return [known[unit.code] for unit in new]


def _objections(units: Sequence[Unit], known: Mapping[str, Organisation]) -> Iterator[Objection]:
    times = Counter(unit.code for unit in units)
    parents = {unit.code: unit.parent for unit in units}
    tops = {unit.code for unit in units if not unit.parent}
    tops |= {each.code for each in known.values() if each.parent_id is None}
    if not tops:
        yield Objection(0, "parent", "没有最上级单位，请把市总的上级代码留空")
    standing = _as_units(known)
    for number, unit in enumerate(units):
        for field, sentence in (
            *_wrong_code(unit, times, standing),
            *wrong_words(unit),
            *_wrong_place(unit, parents, tops, known),
        ):
            yield Objection(number, field, sentence)


def _wrong_code(
    unit: Unit, times: Mapping[str, int], standing: Mapping[str, Unit]
) -> Iterator[tuple[str, str]]:
    if not CODE.fullmatch(unit.code):
        yield "code", f"代码“{unit.code}”{CODE_RULE}"
    elif times[unit.code] > 1:
        yield "code", f"代码 {unit.code} 重复"
    elif standing.get(unit.code, unit) != unit:
        yield "code", f"代码 {unit.code} 已经有了，与这里写的不同"


def _as_units(known: Mapping[str, Organisation]) -> dict[str, Unit]:
    codes = {each.id: each.code for each in known.values()}
    return {
        each.code: Unit(
            each.code,
            each.name,
            each.kind,
            codes.get(each.parent_id or 0, ""),
            str(each.position),
            each.contact,
            each.phone,
        )
        for each in known.values()
    }


def wrong_words(unit: Unit) -> Iterator[tuple[str, str]]:
    """The faults of a unit's texts, as pairs of field and sentence without a full stop."""
    for field, called, text in (
        ("name", "名称", unit.name),
        ("contact", "联系人", unit.contact),
        ("phone", "电话", unit.phone),
    ):
        if sentence := objection(text):
            yield field, f"{called}{sentence}"
    if not 0 < len(unit.name) <= 200:
        yield "name", "名称应为 1 至 200 字"
    if unit.kind not in KINDS:
        yield "kind", f"类型“{unit.kind}”应为{'、'.join(KINDS)}之一"
    if not re.fullmatch(r"[0-9]{1,6}", unit.position):
        yield "position", f"排序号“{unit.position}”应为不超过 6 位的整数"
    if len(unit.contact) > 100:
        yield "contact", "联系人不能超过 100 字"
    if len(unit.phone) > 50:
        yield "phone", "电话不能超过 50 字"


def _wrong_place(
    unit: Unit, parents: Mapping[str, str], tops: set[str], known: Mapping[str, Organisation]
) -> Iterator[tuple[str, str]]:
    if not unit.parent:
        if len(tops) > 1:
            yield "parent", "最上级单位只能有一个，这里要写上级代码"
        return
    if unit.parent not in parents and unit.parent not in known:
        yield "parent", f"上级代码 {unit.parent} 不存在"
        return
    above, levels = unit.parent, 1
    while above in parents and parents[above] and levels <= MAX_DEPTH:
        above, levels = parents[above], levels + 1
    if above in known:
        levels += known[above].path.count("/") - 1
    if levels >= MAX_DEPTH:
        yield "parent", f"上级关系成了循环，或者超过 {MAX_DEPTH} 级"


def _found(
    session: Session, unit: Unit, wanted: Mapping[str, Unit], known: dict[str, Organisation]
) -> None:
    if unit.code in known:
        return
    if unit.parent and unit.parent not in known:
        _found(session, wanted[unit.parent], wanted, known)
    organisation = add_organisation(
        session,
        code=unit.code,
        name=unit.name,
        kind=unit.kind,
        parent=known.get(unit.parent),
        position=int(unit.position),
    )
    organisation.contact, organisation.phone = unit.contact, unit.phone
    known[unit.code] = organisation


def _record_founding(session: Session, new: Sequence[Unit], by: Actor, at: datetime) -> None:
    session.flush()
    entries = [Entry(Action.ORGANISATION_ADDED, note=f"{unit.name}（{unit.code}）") for unit in new]
    if any(not unit.parent for unit in new):
        # Entries for editions imported before the city existed are recorded now.
        entries += [
            Entry(Action.FORM_ADDED, note=edition_label(e)) for e in session.scalars(_editions)
        ]
    record_all_for_city(session, entries, by=by, at=at)


_editions = select(FormEdition).order_by(FormEdition.id)


def wrong_name(name: str) -> str:
    """The fault of a person's name, as a sentence without a full stop; empty without one."""
    if not 0 < len(name) <= MAX_PERSON_LENGTH:
        return f"姓名应为 1 至 {MAX_PERSON_LENGTH} 字"
    if unseen := unseen_in(name):
        return f"姓名里有看不见的字符 {unseen}，请删去"
    sentence = objection(name)
    return f"姓名{sentence}" if sentence else ""
