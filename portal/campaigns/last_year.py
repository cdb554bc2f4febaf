"""Importing last year's figures of all units from an old workbook: preview, then write.

The city's administrator confirms a preview. What is confirmed is written in one transaction, with a
trail entry in every unit's own chain.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.domain.campaign.calendar import Status
from portal.domain.figures import canonical
from portal.domain.form.form import Form, Item
from portal.domain.intake.grid import Grid
from portal.domain.intake.old_table import OldTable, OldUnit, read_old_table
from portal.domain.intake.old_units import KnownUnit, Told
from portal.domain.report_state import NotAllowedNow
from portal.models import Campaign, Expectation, LastYearFigure, Report, Submission
from portal.models.base import About
from portal.models.trail import Entry, record_everywhere
from portal.models.trail_actions import Action, EntryChannel
from portal.web import carried

MAX_UNITS = 400
"""Units of one workbook; the page that carries their figures has no room for more."""

STALE = "预览以后有单位的上年数又有改动，什么都没有写入。请重新上传旧表，看过现在的预览再确认。"

Standing = Mapping[tuple[int, str], LastYearFigure]
"""The stored rows, by organisation id and item."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the preview: the stored value, the value to be written, and its cell."""

    item: Item
    old: str
    new: str
    cell: str


@dataclass(frozen=True)
class Line:
    """One unit of the preview.

    `held` says why none of its figures can be taken. `doubts` say why it is not ticked by default.
    """

    old: OldUnit
    figures: tuple[Figure, ...]
    held: str
    doubts: tuple[Told, ...]

    @property
    def code(self) -> str:
        """The unit's code."""
        return self.old.unit.code

    @property
    def changes(self) -> int:
        """How many figures confirming would write."""
        return sum(figure.old != figure.new for figure in self.figures)


@dataclass(frozen=True)
class Preview:
    """What a workbook would write; `unnamed` are units of the campaign that it does not name."""

    file: str
    lines: tuple[Line, ...]
    problems: tuple[Told, ...]
    unnamed: tuple[str, ...]
    packed: str

    @property
    def to_choose(self) -> bool:
        """Whether anything can be confirmed."""
        return any(line.figures and not line.held for line in self.lines)


@dataclass(frozen=True, slots=True)
class KeptUnit:
    """A unit with figures from an old workbook: how many, and the last change of them."""

    code: str
    name: str
    figures: int
    newest: LastYearFigure


def kept_units(session: Session, campaign: Campaign) -> list[KeptUnit]:
    """The units that have such figures, in the city's order; the session reads the whole tree."""
    rows: dict[int, list[LastYearFigure]] = {}
    for (owner, _), row in _standing(session, campaign).items():
        rows.setdefault(owner, []).append(row)
    return [
        KeptUnit(
            unit.code,
            unit.name,
            sum(row.value is not None for row in rows[unit.organisation_id]),
            max(rows[unit.organisation_id], key=lambda row: row.saved_at),
        )
        for unit in _expectations(session, campaign).values()
        if unit.organisation_id in rows
    ]


def require_published(campaign: Campaign) -> None:
    """Raise `NotAllowedNow` (409) while the campaign is a draft, and once it is archived."""
    if campaign.status == Status.DRAFT:
        raise NotAllowedNow("任务还是草稿，应报单位还会变。请发布以后再导入上年的旧表。")
    if campaign.status == Status.ARCHIVED:
        raise NotAllowedNow("任务已经归档，不能再导入上年的旧表。")


def year_before(campaign: Campaign) -> int:
    """The year that an old workbook of a campaign should be of."""
    named = re.search(r"20\d\d", campaign.name)
    return (int(named[0]) if named else campaign.due.year) - 1


def preview(session: Session, campaign: Campaign, form: Form, grid: Grid, file: str) -> Preview:
    """What a workbook would write for each unit; the session reads the whole tree."""
    expected = _expectations(session, campaign)
    units = [KnownUnit(row.code, row.name, row.parent_id is None) for row in expected.values()]
    old = read_old_table(form, grid, units, year_before(campaign))
    if len(old.units) > MAX_UNITS:
        old = OldTable((), (_too_many(len(old.units)),))
    standing, reported = _standing(session, campaign), _reported(session, campaign)
    found = {each.unit.code: each for each in old.units}
    lines = tuple(
        _line(form, found[code], row.organisation_id, standing, reported)
        for code, row in expected.items()
        if code in found
    )
    named = {line.code for line in lines}
    return Preview(
        file=file,
        lines=lines,
        problems=old.problems,
        unnamed=tuple(row.name for code, row in expected.items() if code not in named),
        packed=carried.pack([file, _packed(lines, expected, standing)]),
    )


def _too_many(units: int) -> Told:
    sentence = f"旧表里有 {units} 个单位，一次最多 {MAX_UNITS} 个，请分成几个文件导入。"
    return Told("", "", None, sentence)


def _expectations(session: Session, campaign: Campaign) -> dict[str, Expectation]:
    wanted = select(Expectation).where(Expectation.campaign_id == campaign.id)
    rows = session.scalars(wanted.order_by(Expectation.position, Expectation.code))
    return {row.code: row for row in rows}


def _standing(session: Session, campaign: Campaign) -> Standing:
    wanted = select(LastYearFigure).where(LastYearFigure.campaign_id == campaign.id)
    return {(row.organisation_id, row.item): row for row in session.scalars(wanted)}


def _reported(session: Session, campaign: Campaign) -> frozenset[int]:
    """Units that reported in the campaign before: their report counts, not the old workbook."""
    if campaign.previous_id is None:
        return frozenset()
    wanted = (
        select(Report.organisation_id)
        .join(
            Submission,
            (Submission.organisation_id == Report.organisation_id)
            & (Submission.report_id == Report.id),
        )
        .where(Report.campaign_id == campaign.previous_id)
    )
    return frozenset(session.scalars(wanted))


def _line(
    form: Form, old: OldUnit, owner: int, standing: Standing, reported: frozenset[int]
) -> Line:
    held = "上年在本系统有上报数，以上报数为准。" if owner in reported else ""
    if not old.filled and not held:
        held = "没有可以录入的数。"
    figures = tuple(_figures(form, old, owner, standing))
    return Line(old, figures, held, (*old.doubts, *_overwritten(old, owner, figures, standing)))


def _figures(form: Form, old: OldUnit, owner: int, standing: Standing) -> Iterator[Figure]:
    for item in form.items:
        if item.code in old.figures:
            row = standing.get((owner, item.code))
            new = canonical(old.figures[item.code], item.unit)
            before = canonical(row.value, item.unit) if row else ""
            yield Figure(item, before, new, old.cells.get(item.code, ""))


def _overwritten(
    old: OldUnit, owner: int, figures: Sequence[Figure], standing: Standing
) -> Iterator[Told]:
    """The stored figures that the workbook would change, and who wrote them last."""
    others = [
        row
        for figure in figures
        if (row := standing.get((owner, figure.item.code))) and figure.old != figure.new
    ]
    if others:
        newest = max(others, key=lambda row: row.saved_at)
        sentence = (
            f"已经录入过上年数，{len(others)} 项与旧表不同"
            f"（最后由{newest.saved_by}写入），勾选就以这份旧表为准。"
        )
        yield Told(old.sheet, "", None, sentence)


def _packed(
    lines: Sequence[Line], expected: Mapping[str, Expectation], standing: Standing
) -> dict[str, Any]:
    """By unit: the stored versions, and every figure with its cell."""
    return {
        line.code: [
            _seen(standing, expected[line.code].organisation_id),
            {
                code: [figure, f"{line.old.sheet} {line.old.cells.get(code, '')}".strip()[:60]]
                for code, figure in line.old.figures.items()
            },
        ]
        for line in lines
        if not line.held
    }


def _seen(standing: Standing, owner: int) -> int:
    """A number that grows with every change of a unit's figures."""
    return sum(row.version for (one, _), row in standing.items() if one == owner)


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The units that somebody confirmed: for each the versions seen, and figures with cells."""

    file: str
    units: Mapping[str, tuple[int, Mapping[str, tuple[int | None, str]]]]


def confirmed(form: Form, packed: str, taken: Sequence[str]) -> Confirmed:
    """Read what the preview page posts back of the ticked units.

    Raises `ValueError` for anything that no preview made.
    """
    try:
        file, units = carried.unpack(packed)
        chosen = {code: units[code] for code in taken if code in units}
        return Confirmed(
            str(file)[:100],
            {
                str(code): (int(seen), {_code(form, c): _figure(*one) for c, one in each.items()})
                for code, (seen, each) in chosen.items()
            },
        )
    except (TypeError, AttributeError, KeyError) as broken:
        raise ValueError("no packed preview") from broken


def _code(form: Form, code: str) -> str:
    if code not in form.by_code:
        raise ValueError(f"no item {code}")
    return code


MAX_FIGURE = 10**15


def _figure(figure: int | None, cell: str) -> tuple[int | None, str]:
    if figure is not None and not (type(figure) is int and 0 <= figure <= MAX_FIGURE):
        raise ValueError("no figure")
    return figure, str(cell)[:60]


@dataclass(frozen=True, slots=True)
class Written:
    """What confirming wrote: how many figures of how many units."""

    units: int
    figures: int


def owners_of(session: Session, campaign: Campaign, chosen: Confirmed) -> Mapping[str, int]:
    """The organisations of the confirmed units; the session reads the whole tree.

    Raises `NotAllowedNow` (409) where a unit is not of the campaign, or reported in the year
    before.
    """
    expected, reported = _expectations(session, campaign), _reported(session, campaign)
    owners = {c: expected[c].organisation_id for c in chosen.units if c in expected}
    if len(owners) < len(chosen.units) or reported & {*owners.values()}:
        raise NotAllowedNow(STALE)
    return owners


def keep(
    session: Session,
    campaign: Campaign,
    form: Form,
    chosen: Confirmed,
    owners: Mapping[str, int],
    city: int,
    *,
    by: Actor,
    at: datetime,
) -> Written:
    """Write the confirmed figures of all units, with entries in each unit's trail and the city's.

    The session comes from `tenancy.last_years`. Raises `NotAllowedNow` (409), with nothing written,
    when a unit's figures have changed since the preview.
    """
    require_published(campaign)
    wanted = select(LastYearFigure).where(LastYearFigure.campaign_id == campaign.id)
    rows = session.scalars(wanted.with_for_update())
    standing = {(row.organisation_id, row.item): row for row in rows}
    told: list[tuple[About, Entry]] = []
    for code, (seen, figures) in chosen.units.items():
        owner = owners[code]
        changes = {
            item: one for item, one in figures.items() if _differs(standing, owner, item, one[0])
        }
        if changes and _seen(standing, owner) != seen:
            raise NotAllowedNow(STALE)
        for item, (figure, cell) in changes.items():
            row = standing.get((owner, item)) or _new(session, campaign, owner, item)
            source = f"{chosen.file} {cell}".strip()[:200]
            entry = _changed(row, form.by_code[item], figure, source, by, at)
            if entry.old != entry.new:
                told.append((About(owner, campaign_id=campaign.id), entry))
    written = Written(len({about for about, _ in told}), len(told))
    if told:
        note = f"旧表 {chosen.file}：{written.units} 家，{written.figures} 项"
        summary = Entry(Action.LAST_YEAR_ENTERED, note=note)
        told.append((About(city, campaign_id=campaign.id), summary))
    session.flush()
    record_everywhere(session, told, by=by, at=at, channel=EntryChannel.IMPORT)
    return written


def _differs(standing: Standing, owner: int, item: str, figure: int | None) -> bool:
    row = standing.get((owner, item))
    return row is None or row.value != figure


def _new(session: Session, campaign: Campaign, owner: int, item: str) -> LastYearFigure:
    row = LastYearFigure(
        campaign_id=campaign.id, organisation_id=owner, item=item, value=None, version=0
    )
    session.add(row)
    return row


def _changed(
    row: LastYearFigure, item: Item, figure: int | None, source: str, by: Actor, at: datetime
) -> Entry:
    """Put a figure into its row; answers what the trail is to say of it."""
    old = row.value
    row.value, row.version, row.source = figure, row.version + (old != figure), source
    row.saved_at, row.saved_by = at, by.name
    return Entry(
        Action.LAST_YEAR_ENTERED,
        item=item.code,
        old=canonical(old, item.unit),
        new=canonical(figure, item.unit),
        version=row.version,
        note=source,
    )
