"""The old table: last year's figures of many units, read from one workbook of the city.

Figures that contradict each other, the year or the unit of money are read, reported and left for
somebody to decide; unreadable cells are reported by address. Nothing is guessed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from portal.domain.figures import Kind, parse_figure
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import Figures, with_totals
from portal.domain.intake.grid import Cell, CellKind, Grid, Table, table_of
from portal.domain.intake.number_format import plain_number
from portal.domain.intake.old_units import (
    CITY_OR_ALL,
    KnownUnit,
    Part,
    Told,
    address_in,
    parts_of,
    plain,
)
from portal.domain.intake.workbook import Intake, find_figures

YUAN_PER_WAN = 10_000


@dataclass(frozen=True)
class OldUnit:
    """Last year's figures of one unit under this edition's codes, with their addresses.

    An item without a row in the workbook is not in `figures`; a blank there is None. `problems`
    are the refused cells. Figures with `doubts` are taken only if somebody confirms them.
    """

    unit: KnownUnit
    sheet: str
    figures: Figures
    cells: Mapping[str, str]
    problems: tuple[Told, ...] = ()
    doubts: tuple[Told, ...] = ()

    @property
    def filled(self) -> int:
        """The number of items with a figure."""
        return sum(figure is not None for figure in self.figures.values())


@dataclass(frozen=True)
class OldTable:
    """Last year's figures in a workbook; `problems` are those that belong to no unit."""

    units: tuple[OldUnit, ...]
    problems: tuple[Told, ...]


def completed(form: Form, kept: Figures) -> dict[str, int | None]:
    """Last year's figures with their sums: added if all parts are known, else as given."""
    sums = with_totals(form, kept)
    return {
        item.code: sums[item.code] if _has_parts(form, item, kept) else kept[item.code]
        for item in form.items
        if item.code in kept or _has_parts(form, item, kept)
    }


def _has_parts(form: Form, item: Item, kept: Figures) -> bool:
    """Whether every leaf of a sum is known; false for a leaf itself."""
    parts = [leaf.code for leaf in form.leaves if item.code in form.sums_over[leaf.code]]
    return item.calculated and all(code in kept for code in parts)


def read_old_table(
    form: Form, grid: Grid, units: Sequence[KnownUnit], year: int | None
) -> OldTable:
    """Read the figures of `units` from a workbook; `year` is the expected year."""
    then = _last_years_form(form)
    found: list[OldUnit] = []
    told: list[Told] = []
    for table in grid.visible:
        for part in parts_of(then, table, units):
            if isinstance(part, Told):
                told.append(part)
                continue
            unit, more = _read(form, then, part, year)
            told += more
            if unit.filled or unit.problems:
                found.append(unit)
    chosen, clashes = _one_of_each(found)
    met = {one.unit.code for one in chosen}
    return OldTable(chosen, (*clashes, *_still_true(told, units, met)))


def _last_years_form(form: Form) -> Form:
    """The form under last year's codes, by 上年对应项; under its own codes if no item has one.

    A sum with a part without counterpart is read as a typed figure.
    """
    names = _counterparts(form)
    items = {
        names[item.code]: replace(
            item,
            code=names[item.code],
            formula=tuple(names[part] for part in item.formula)
            if all(part in names for part in item.formula)
            else (),
            within=None,
        )
        for item in form.items
        if item.code in names
    }
    return replace(form, items=tuple(items.values()), checks=())


def _counterparts(form: Form) -> dict[str, str]:
    """Last year's code of each item; the same codes if the edition confirms none."""
    confirmed = {item.code: item.previous for item in form.items if item.previous}
    return confirmed or {item.code: item.code for item in form.items}


def _read(form: Form, then: Form, part: Part, year: int | None) -> tuple[OldUnit, Iterable[Told]]:
    """Read one unit's part; also the messages about the table as a whole."""
    money, at = _money_unit(part.source)
    sheet = part.source.name
    if money not in ("万元", "元"):
        sentence = f"金额单位写的是“{money}”，只认得万元和元，没有读入。"
        return OldUnit(part.unit, sheet, {}, {}, (Told(sheet, at, None, sentence),)), ()
    table = _in_wan(then, part.table) if money == "元" else part.table
    intake = find_figures(then, Grid((table,)))
    if not intake.sheet:
        said = tuple(Told(sheet, "", None, each.sentence) for each in intake.problems)
        return OldUnit(part.unit, sheet, {}, {}, said), ()
    known, problems, doubts = _figures(then, intake, table, part)
    rows = _counterparts(form)
    figures = _to_keep(form, {new: known[old] for new, old in rows.items() if old in known})
    cells = {code: intake.addresses.get(rows[code], "") for code in figures}
    if money == "元":
        sentence = "金额单位写的是元，已除以 10,000 折成万元，请核对后再勾选。"
        doubts = (Told(sheet, at, None, sentence), *doubts)
    doubts = (*_wrong_year(part.source, year), *doubts)
    cells = {code: _turned_back(cell, table, part.turned) for code, cell in cells.items()}
    own = tuple(each for each in problems if each.code)
    unit = OldUnit(part.unit, sheet, figures, cells, own, doubts)
    return unit, [each for each in problems if not each.code]


def _figures(
    then: Form, intake: Intake, table: Table, part: Part
) -> tuple[dict[str, int | None], tuple[Told, ...], tuple[Told, ...]]:
    """All figures of the sheet, sums included; the refused cells; the doubts."""
    known: dict[str, int | None] = {
        code: parse_figure(text, then.by_code[code].unit).figure
        for code, text in intake.figures.items()
    }
    known |= dict.fromkeys(intake.blanks)
    said: dict[bool, list[Told]] = {True: [], False: []}
    for each in intake.problems:
        if each.code and each.offer:
            known[each.code] = parse_figure(each.offer, then.by_code[each.code].unit).figure
        where = _turned_back(each.address, table, part.turned)
        told = Told(part.source.name, where, each.code, each.sentence)
        said[bool(each.offer)].append(told)
    for each in intake.warnings:
        where = _turned_back(each.address, table, part.turned)
        told = Told(part.source.name, where, each.code, each.sentence)
        if each.code is None:
            said[False].append(told)
        elif then.by_code[each.code].calculated:
            said[True].append(told)
    for item in then.items:
        if item.calculated and not _has_parts(then, item, known):
            given = _given(item, intake, table)
            if given is not None:
                known[item.code] = given
    return completed(then, known), tuple(said[False]), tuple(said[True])


def _given(item: Item, intake: Intake, table: Table) -> int | None:
    """The sheet's own sum for an item; None without a readable one."""
    cell = _cell_at(intake.addresses.get(item.code, ""), table)
    if cell is None or cell.kind not in (CellKind.NUMBER, CellKind.TEXT):
        return None
    return parse_figure(plain_number(cell.text), item.unit).figure


def _cell_at(address: str, table: Table) -> Cell | None:
    return next((cell for cell in table.cells.values() if cell.address == address), None)


def _turned_back(address: str, table: Table, across: bool) -> str:
    cell = _cell_at(address, table) if across else None
    return address_in(cell, across) if cell else address


def _to_keep(form: Form, known: Figures) -> Figures:
    """The figures to store: every leaf, and sums whose parts are not all known."""
    return {
        code: figure
        for code, figure in known.items()
        if not _has_parts(form, form.by_code[code], known)
    }


MONEY_LINE = re.compile(
    r"(?:单位|金额|款物|资金|经费)[^。]*?((?:万|千|百|亿)?元)(?!/)|^\(?((?:万|千|百|亿)?元)\)?$"
)


def _money_unit(table: Table) -> tuple[str, str]:
    """The unit of money that the sheet states, with the cell's address; 万元 without one."""
    found: dict[str, str] = {}
    for _, cell in sorted(table.cells.items()):
        if cell.kind is CellKind.TEXT and (said := MONEY_LINE.search(plain(cell.text))):
            found.setdefault(said[1] or said[2], cell.address)
    if len(found) > 1:
        return "、".join(found), next(iter(found.values()))
    return next(iter(found.items()), ("万元", ""))


def _in_wan(then: Form, table: Table) -> Table:
    """The table with every amount divided by 10 000, and 元 replaced by 万元 in its texts."""
    money = {item.code for item in then.items if item.unit.kind is Kind.MONEY}
    rows = {cell.row for cell in table.cells.values() if plain(cell.text).upper() in money}
    cells = (_divided(cell) if cell.row in rows else cell for cell in table.cells.values())
    return table_of(table.name, [_said_in_wan(cell) for cell in cells])


YUAN = re.compile(r"(?<![万千百亿])元(?!/)")


def _said_in_wan(cell: Cell) -> Cell:
    # `find_figures` compares these texts too, and would divide a second time.
    return replace(cell, text=YUAN.sub("万元", cell.text), format=YUAN.sub("万元", cell.format))


def _divided(cell: Cell) -> Cell:
    try:
        amount = Decimal(plain_number(plain(cell.text).replace(",", "")))
    except InvalidOperation:
        return cell
    return replace(cell, text=f"{amount / YUAN_PER_WAN:f}") if amount.is_finite() else cell


YEAR = re.compile(r"(20\d\d)年")


def _wrong_year(table: Table, year: int | None) -> Iterator[Told]:
    """Report a table whose latest year is not last year."""
    years = [
        (int(found), cell)
        for cell in table.cells.values()
        if cell.kind is CellKind.TEXT
        for found in YEAR.findall(plain(cell.text))
    ]
    if not years or year is None:
        return
    newest, cell = max(years, key=lambda each: each[0])
    if newest != year:
        sentence = f"表里写的是 {newest} 年，上年应是 {year} 年；确是上年的数请勾选。"
        yield Told(table.name, cell.address, None, sentence)


def _one_of_each(found: Iterable[OldUnit]) -> tuple[tuple[OldUnit, ...], list[Told]]:
    """Merge duplicates of a unit with equal figures; refuse those with different figures."""
    by_unit: dict[str, list[OldUnit]] = {}
    for each in found:
        by_unit.setdefault(each.unit.code, []).append(each)
    chosen, clashes = [], []
    for several in by_unit.values():
        fullest = max(several, key=lambda each: (each.filled, not each.doubts))
        clash = next(_clashes(fullest, several), None)
        if clash:
            clashes.append(clash)
        else:
            chosen.append(fullest)
    return tuple(chosen), clashes


def _clashes(one: OldUnit, several: Iterable[OldUnit]) -> Iterator[Told]:
    for other in several:
        for code in one.figures.keys() & other.figures.keys():
            if one.figures[code] != other.figures[code]:
                sentence = (
                    f"{one.unit.name}在工作表“{other.sheet}”{other.cells[code]} 和“{one.sheet}”"
                    f"{one.cells[code]} 的 {code} 不同，没有读入这个单位，请只保留一处。"
                )
                yield Told(one.sheet, one.cells[code], code, sentence)


def _still_true(
    told: Iterable[Told], units: Sequence[KnownUnit], met: set[str]
) -> tuple[Told, ...]:
    """Drop repeated messages, and those on the city's bare name if its own report was found."""
    city = {one.code for one in units if one.is_city}
    unmet = not city & met
    return tuple(each for each in dict.fromkeys(told) if unmet or CITY_OR_ALL not in each.sentence)
