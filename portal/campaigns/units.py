"""The expected organisations of a campaign: the list, parsing it as typed, changing it.

Typed values are compared with those that the page showed and with those stored now, so that two
administrators never overwrite each other unseen.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.campaigns.plan import plain
from portal.collection import allocations, announcements
from portal.collection.expected import expected_of
from portal.collection.opening import ALLOCATED, CLOSED, expectations_of, new_expectation, tree
from portal.domain.campaign.calendar import Status
from portal.domain.consolidation.placement import Basis, Expected
from portal.domain.figures import Kind, Unit, canonical, parse_figure
from portal.domain.report_state import NotAllowedNow, State
from portal.models import Campaign, Expectation, Organisation, Report
from portal.models.organisation import path_below
from portal.models.trail import Entry
from portal.models.trail_actions import Action
from portal.register.city_trail import record_all_for_city, record_for_city

LABELS = {
    "basis": "口径",
    "position": "排序号",
    "expected": allocations.EXPECTED_LABEL,
    "reason": "免报理由",
    "allocated": allocations.LABEL,
    "households": "建档户数",
}
"""The labels of a listed unit's fields on pages and in the trail."""

CHANGEABLE: Mapping[Status, frozenset[str]] = {
    Status.DRAFT: frozenset(LABELS),
    Status.PUBLISHED: frozenset({"expected", "reason", "allocated", "households"}),
    Status.ARCHIVED: frozenset(),
}
"""The fields that can still be changed: basis and order would change published sums and prints."""

EXPECTED, EXEMPT = "应报", "免报"
SHOWN = Unit("万元", Kind.MONEY, 2)
HOUSEHOLDS = Unit("户", Kind.COUNT, 0)
MAX_REASON_LENGTH = 500
UNITS_A_PAGE = 50
"""Units on one page of the list."""

Texts = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """A unit of the list as its page shows it; `typed` is refused text, with its problems."""

    code: str
    name: str
    kind: str
    depth: int
    closed: bool
    stored: Texts
    state: State | None = None
    typed: Texts = field(default_factory=dict)
    problems: Texts = field(default_factory=dict)
    conflict: bool = False

    @property
    def shown(self) -> Texts:
        """The texts in the unit's fields."""
        return {**self.stored, **self.typed}

    @property
    def was(self) -> str:
        """The values that the page showed, to be posted back."""
        return json.dumps([self.stored[name] for name in LABELS], ensure_ascii=False)


def texts_of(row: Expectation) -> dict[str, str]:
    """The texts of a unit's fields."""
    return {
        "basis": row.basis,
        "position": str(row.position),
        "expected": EXPECTED if row.expected else EXEMPT,
        "reason": row.exempt_reason,
        "allocated": canonical(row.allocated, SHOWN),
        "households": canonical(row.households, HOUSEHOLDS),
    }


def listed(session: Session, campaign: Campaign) -> list[Expectation]:
    """Every unit of a campaign, each before those below it, siblings in the city's order."""
    rows = session.scalars(
        select(Expectation).where(Expectation.campaign_id == campaign.id).order_by(Expectation.path)
    ).all()
    places: dict[int, tuple[tuple[int, str], ...]] = {}
    for row in rows:
        above = places.get(row.parent_id or 0, ())
        places[row.organisation_id] = (*above, (row.position, row.code))
    return sorted(rows, key=lambda row: places[row.organisation_id])


@dataclass(frozen=True)
class Roll:
    """One page of the list, with the counts over all of it."""

    lines: Sequence[Line]
    expected: Expected
    found: int
    page: int
    pages: int


def read_roll(
    session: Session,
    campaign: Campaign,
    *,
    find: str = "",
    show: str = "",
    page: int = 1,
    refused: "Mapping[str, Line] | None" = None,
) -> Roll:
    """One page of the units whose name or code contains `find`, filtered by 应报 or 免报."""
    rows = listed(session, campaign)
    matching = [
        row
        for row in rows
        if (not find or find in row.name or find in row.code)
        and show in ("", EXPECTED if row.expected else EXEMPT)
    ]
    pages = max(1, -(-len(matching) // UNITS_A_PAGE))
    page = min(max(page, 1), pages)
    part = matching[(page - 1) * UNITS_A_PAGE : page * UNITS_A_PAGE]
    states = _states(session, campaign)
    return Roll(
        lines=[(refused or {}).get(row.code) or _line(row, states) for row in part],
        expected=expected_of(rows),
        found=len(matching),
        page=page,
        pages=pages,
    )


def _states(session: Session, campaign: Campaign) -> dict[int, State]:
    rows = session.execute(
        select(Report.organisation_id, Report.state).where(Report.campaign_id == campaign.id)
    )
    return {row.organisation_id: State(row.state) for row in rows}


def _line(row: Expectation, states: Mapping[int, State]) -> Line:
    return Line(
        code=row.code,
        name=row.name,
        kind=row.kind,
        depth=row.path.count("/") - 2,
        closed=row.exempt_reason == CLOSED,
        stored=texts_of(row),
        state=states.get(row.organisation_id),
    )


@dataclass(frozen=True)
class Posted:
    """One posted unit: the values that the page showed, and those typed now."""

    was: Texts
    typed: Texts

    @property
    def touched(self) -> bool:
        """Whether any field differs from what the page showed."""
        return any(text != self.was[name] for name, text in self.typed.items())


def posted(fields: Texts) -> dict[str, Posted]:
    """The units of a posted page of the list, by code."""
    found = {}
    for name, text in fields.items():
        code, _, rest = name.rpartition(".")
        if rest == "was" and (was := _read_was(text)) is not None:
            typed = {n: plain(fields[f"{code}.{n}"]) for n in LABELS if f"{code}.{n}" in fields}
            found[code] = Posted(was, typed)
    return found


def _read_was(text: str) -> dict[str, str] | None:
    try:
        texts = json.loads(text)
    except ValueError:
        return None
    if not isinstance(texts, list) or len(texts) != len(LABELS):
        return None
    return dict(zip(LABELS, map(str, texts), strict=True))


@dataclass(frozen=True)
class Outcome:
    """What a posted page of the list did: how many units changed, and the refused ones."""

    changed: int
    refused: Mapping[str, Line]

    @property
    def conflict(self) -> bool:
        """Whether somebody else had changed one of them meanwhile."""
        return any(line.conflict for line in self.refused.values())


def change(
    session: Session,
    campaign: Campaign,
    units: Mapping[str, Posted],
    *,
    by: Actor,
    at: datetime,
) -> Outcome:
    """Change the units whose fields were changed; a refused unit stops no other.

    The session comes from `tenancy.opening`. Raises `NotAllowedNow` (409) for a field that the
    campaign's status fixes.
    """
    rows = {row.code: row for row in listed(session, campaign)}
    refused: dict[str, Line] = {}
    changed = 0
    for code, one in units.items():
        row = rows.get(code)
        if row is None or not one.touched:
            continue
        line = _judged(campaign, row, one)
        if line.problems or line.conflict:
            refused[code] = line
        elif entries := _apply(row, line.typed):
            changed += 1
            session.flush()
            record_all_for_city(session, entries, by=by, at=at, campaign_id=campaign.id)
    return Outcome(changed, refused)


def _judged(campaign: Campaign, row: Expectation, one: Posted) -> Line:
    stored = texts_of(row)
    wanted = {name: text for name, text in one.typed.items() if text != one.was[name]}
    if wanted.get("expected") == EXPECTED:
        wanted["reason"] = ""
    different = {name for name, text in wanted.items() if text != stored[name]}
    _refuse_fixed(campaign, row, different)
    return replace(
        _line(row, {}),
        typed=wanted,
        problems=dict(_problems({**stored, **wanted}, different)),
        conflict=any(one.was[name] != stored[name] for name in different),
    )


def _refuse_fixed(campaign: Campaign, row: Expectation, names: Iterable[str]) -> None:
    fixed = [LABELS[name] for name in names if name not in CHANGEABLE[Status(campaign.status)]]
    if fixed:
        status = Status(campaign.status).label
        raise NotAllowedNow(f"填报任务{status}，{row.name}的{'、'.join(fixed)}不能再改。")


def _problems(texts: Texts, different: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in different:
        if sentence := _WRONG[name](texts[name]):
            yield name, sentence
    if texts["expected"] == EXEMPT and not texts["reason"]:
        yield "reason", "免报要写明理由。"


def _wrong_amount(text: str) -> str | None:
    problem = parse_figure(text, ALLOCATED).problem
    return problem.sentence if problem else None


def _wrong_households(text: str) -> str | None:
    problem = parse_figure(text, HOUSEHOLDS).problem
    return problem.sentence if problem else None


_WRONG: Mapping[str, Callable[[str], str | None]] = {
    "basis": lambda text: None if text in {*Basis} else "口径应为本级或全口径。",
    "position": lambda text: (
        None if re.fullmatch(r"[0-9]{1,6}", text) else "排序号应为不超过 6 位的整数。"
    ),
    "expected": lambda text: None if text in (EXPECTED, EXEMPT) else "请选应报或免报。",
    "reason": lambda text: (
        None if len(text) <= MAX_REASON_LENGTH else f"请压缩到 {MAX_REASON_LENGTH} 字以内。"
    ),
    "allocated": _wrong_amount,
    "households": _wrong_households,
}


def _apply(row: Expectation, wanted: Texts) -> list[Entry]:
    """Write what was typed into the row; answers the trail's entries, one for each field."""
    before = texts_of(row)
    for name, text in wanted.items():
        _SET[name](row, text)
    after = texts_of(row)
    return [
        Entry(
            Action.EXPECTATION_CHANGED,
            old=said(name, before[name]),
            new=said(name, after[name]),
            note=allocations.note_on(row.name, row.code, LABELS[name]),
        )
        for name in LABELS
        if before[name] != after[name]
    ]


def said(name: str, text: str) -> str:
    """A field's text as the trail shows it."""
    return Basis(text).label if name == "basis" else text


def _set_basis(row: Expectation, text: str) -> None:
    row.basis = Basis(text)


def _set_position(row: Expectation, text: str) -> None:
    row.position, row.own_position = int(text), True


def _set_expected(row: Expectation, text: str) -> None:
    row.expected = text == EXPECTED


def _set_reason(row: Expectation, text: str) -> None:
    row.exempt_reason = text


def _set_allocated(row: Expectation, text: str) -> None:
    row.allocated = parse_figure(text, ALLOCATED).figure


def _set_households(row: Expectation, text: str) -> None:
    row.households = parse_figure(text, HOUSEHOLDS).figure


_SET: Mapping[str, Callable[[Expectation, str], None]] = {
    "basis": _set_basis,
    "position": _set_position,
    "expected": _set_expected,
    "reason": _set_reason,
    "allocated": _set_allocated,
    "households": _set_households,
}


def not_on_list(session: Session, campaign: Campaign) -> list[Organisation]:
    """The open units that are not on the list, founded since it was made."""
    known = select(Expectation.organisation_id).where(Expectation.campaign_id == campaign.id)
    return list(
        session.scalars(
            select(Organisation)
            .where(Organisation.closed_at.is_(None), Organisation.id.not_in(known))
            .order_by(Organisation.path)
        )
    )


def add(session: Session, campaign: Campaign, code: str, *, by: Actor, at: datetime) -> Expectation:
    """Add a unit that was founded after the list was made; again changes nothing.

    Missing units above it are added as not listed. It receives the announcements to all. Raises
    `NotAllowedNow` (409) for an archived campaign, `LookupError` for a code of no open unit.
    """
    if campaign.status == Status.ARCHIVED:
        raise NotAllowedNow("填报任务已归档，应报单位不能再改。")
    rows = expectations_of(session, campaign)
    units = {unit.id: unit for unit in tree(session)}
    unit = next((u for u in units.values() if u.code == code and u.closed_at is None), None)
    if unit is None:
        raise LookupError(code)
    if unit.id in rows:
        return rows[unit.id]
    row = _add_with_those_above(session, campaign, unit, units, rows)
    session.flush()
    note = f"{unit.name}（{unit.code}），{Basis(row.basis).label}"
    record_for_city(session, Action.EXPECTATION_ADDED, note, by=by, at=at, campaign_id=campaign.id)
    if campaign.status == Status.PUBLISHED:
        announcements.deliver_to_new_unit(session, campaign, unit.id)
    return row


def _add_with_those_above(
    session: Session,
    campaign: Campaign,
    unit: Organisation,
    units: Mapping[int, Organisation],
    rows: dict[int, Expectation],
    listed: bool = True,
) -> Expectation:
    above = rows.get(unit.parent_id or 0)
    if above is None and unit.parent_id is not None:
        parent = units[unit.parent_id]
        above = _add_with_those_above(session, campaign, parent, units, rows, listed=False)
    row = new_expectation(campaign, unit, listed=listed)
    if above is not None:
        # The campaign's copy of the tree may be older than the live tree, and decides.
        row.path = path_below(above.path, unit.id)
    session.add(row)
    rows[unit.id] = row
    return row
