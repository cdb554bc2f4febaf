"""Old units: match the names in an old workbook to units, and locate each unit's figures.

A workbook has a sheet for each unit, or one table with units as columns or as rows. Each unit's
part is cut out as a sheet of its own, so that one reader reads them all.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from portal.domain.form.form import Form
from portal.domain.intake.code_columns import Codes, code_columns
from portal.domain.intake.grid import Cell, CellKind, Table, table_of
from portal.domain.intake.surroundings import HEAD_ROWS

OWN = "本级"
TOTALS = re.compile(r"合计|总计|小计|全市|汇总|累计")
NO_UNIT = re.compile(
    r"序号|行次|代码|编码|项目|指标|说明|备注|计量单位|上年|增减|增幅|占比|次均|%|\(\d+家\)"
)
MAX_NAME_LENGTH = 60

CITY_OR_ALL = "分不清是市总本级还是全市合计"


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit of the campaign; `is_city` marks the root, whose name may mean the total."""

    code: str
    name: str
    is_city: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A message about a workbook: sheet, cell and item, the latter two possibly empty."""

    sheet: str
    address: str
    code: str | None
    sentence: str


@dataclass(frozen=True)
class Part:
    """The figures of one unit, cut out of a table; `turned` if the items are its columns."""

    unit: KnownUnit
    table: Table
    turned: bool
    source: Table


def plain(text: str) -> str:
    """The text in half-width characters and without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def units_called(text: str, units: Iterable[KnownUnit]) -> tuple[KnownUnit, ...]:
    """The units that a name may mean: exact matches, else those that it abbreviates.

    It means the city's own report only with 本级, since the city's bare name may head the total.
    """
    name = plain(text)
    if not name or ":" in name or len(name) > MAX_NAME_LENGTH:
        return ()
    units = tuple(units)
    city = tuple(one for one in units if one.is_city)
    if OWN in name:
        bare = name.replace(f"({OWN})", "").replace(OWN, "")
        own = bare in ("", "市总", "市总工会") or any(_may_mean(bare, one.name) for one in city)
        return city if own else units_called(bare, units)
    if any(name == one.code for one in city):
        return city
    others = [one for one in units if not one.is_city]
    exact = [one for one in others if name in (one.code, plain(one.name))]
    return tuple(exact or (one for one in others if _may_mean(name, one.name)))


ABOVE = "(?:.*[省市县州]|市)?"
"""Names of the places above, which people may add or leave out."""

KIND_OF_PLACE = "(?:区|县|市|开发区|经济区|新区|高新区|系统)?"
"""An ending that people may leave out: 葛店 is 葛店开发区. The ending alone names no unit."""


def _may_mean(name: str, unit: str) -> bool:
    """Whether `name` is `unit` with places added or left out in front, or its ending left out."""
    said, known = _core(name), _core(unit)
    if len(said) < 2 or len(known) < 2:
        return plain(name) == plain(unit)
    short = re.fullmatch(f"{ABOVE}{re.escape(said)}{KIND_OF_PLACE}", known)
    return bool(short or re.fullmatch(f"{ABOVE}{re.escape(known)}", said))


def _core(name: str) -> str:
    without_asides = re.sub(r"\([^)]*\)", "", plain(name))
    return re.sub(r"(总工会|工会委员会|工会)$", "", without_asides)


def means_the_city(text: str, units: Iterable[KnownUnit]) -> bool:
    """Whether a name is the city's without 本级, so that it may mean the total."""
    name = plain(text)
    if not name or ":" in name or OWN in name:
        return False
    return any(one.is_city and _may_mean(name, one.name) for one in units)


def turned(table: Table) -> Table:
    """The table transposed."""
    cells = [replace(cell, row=cell.column, column=cell.row) for cell in table.cells.values()]
    return table_of(table.name, cells, hidden=table.hidden)


@dataclass(frozen=True)
class _Side:
    """A table, transposed if needed so that each item is a row."""

    source: Table
    table: Table
    turned: bool
    columns: tuple[Codes, ...]

    @property
    def known(self) -> int:
        """The number of cells with codes."""
        return sum(map(len, self.columns))


def parts_of(form: Form, table: Table, units: Sequence[KnownUnit]) -> Iterator[Part | Told]:
    """Yield the part of each unit in a table, and a message for what is not read."""
    if not table.cells:
        return
    coded = _with_bare_codes(form, table)
    sides = [
        _Side(table, seen, across, code_columns(form, seen))
        for seen, across in ((coded, False), (turned(coded), True))
    ]
    side = max(sides, key=lambda each: each.known)
    if not side.known:
        yield Told(table.name, "", None, "没有指标代码，没有读入这张工作表。")
        return
    named = _named_columns(side, units)
    if len(side.columns) == 1 and named:
        yield from _parts_of_columns(side, named, units)
    else:
        yield from _one_unit(side, units)


CODE_AND_LABEL = re.compile(r"\s*([A-Z][A-Z0-9]{0,7})\s+\S.*", re.DOTALL)


def _with_bare_codes(form: Form, table: Table) -> Table:
    """The table with labels removed from cells that have code and label (``C9 突出贡献``)."""
    return table_of(table.name, [_bare_code(form, cell) for cell in table.cells.values()])


def _bare_code(form: Form, cell: Cell) -> Cell:
    both = CODE_AND_LABEL.fullmatch(unicodedata.normalize("NFKC", cell.text))
    is_code = cell.kind is CellKind.TEXT and both and both[1] in form.by_code
    return replace(cell, text=both[1]) if both and is_code else cell


def _named_columns(
    side: _Side, units: Sequence[KnownUnit]
) -> Mapping[int, tuple[Cell, tuple[KnownUnit, ...]]]:
    """The figure columns headed by a unit's name: the naming cell and the matching units."""
    found: dict[int, tuple[Cell, tuple[KnownUnit, ...]]] = {}
    for column, cells in _heads(side).items():
        named = [(cell, units_called(cell.text, units)) for cell in cells]
        named = [each for each in named if each[1]]
        if named and _has_numbers(side, column):
            found[column] = min(named, key=lambda each: len(each[1]))
    return found


def _heads(side: _Side) -> dict[int, list[Cell]]:
    """The heading texts of each column right of the codes."""
    top, codes = side.columns[0][0].row, side.columns[0][0].column
    heads: dict[int, list[Cell]] = {}
    for cell in side.table.cells.values():
        if top - HEAD_ROWS <= cell.row < top and cell.column > codes:
            heads.setdefault(cell.column, []).append(cell)
    return heads


def _has_numbers(side: _Side, column: int) -> bool:
    cells = (side.table.at(code.row, column) for code in side.columns[0])
    return any(cell is not None and cell.kind is not CellKind.TEXT for cell in cells) or any(
        cell is not None and re.fullmatch(r"[\d,.]+", plain(cell.text)) for cell in cells
    )


def _parts_of_columns(
    side: _Side,
    named: Mapping[int, tuple[Cell, tuple[KnownUnit, ...]]],
    units: Sequence[KnownUnit],
) -> Iterator[Part | Told]:
    heads = _heads(side)
    starts = sorted({*named, *(column for column in heads if _is_heading(heads[column]))})
    ends = [*starts[1:], max(column for _, column in side.table.cells) + 1]
    for start, end in zip(starts, ends, strict=True):
        group = [column for column in range(start, end) if _has_numbers(side, column)]
        if start not in named:
            if group:
                yield from _nobody(side, heads[start], units)
            continue
        cell, meant = named[start]
        if len(meant) > 1:
            names = "、".join(one.name for one in meant[:5])
            sentence = f"“{cell.text}”分不清是哪个单位（{names}），没有读入。"
            yield _told(side, cell, sentence)
        else:
            yield Part(meant[0], _cut_out(side, cell, group), side.turned, side.source)


def _is_heading(cells: Iterable[Cell]) -> bool:
    """Whether a column has a heading of its own and does not continue the one before."""
    return any(
        cell.kind is CellKind.TEXT
        and not re.fullmatch(r"慰问对象|发放款物|人次|万元", plain(cell.text))
        for cell in cells
    )


def _nobody(side: _Side, cells: Sequence[Cell], units: Sequence[KnownUnit]) -> Iterator[Told]:
    """Report a column of figures whose heading names no unit of the campaign."""
    texts = [cell for cell in cells if cell.kind is CellKind.TEXT]
    if any(TOTALS.search(plain(cell.text)) or NO_UNIT.search(plain(cell.text)) for cell in texts):
        return
    for cell in texts[-1:]:
        yield _told(side, cell, _why_nobody(cell.text, units))


def _why_nobody(text: str, units: Sequence[KnownUnit]) -> str:
    if means_the_city(text, units):
        return f"“{text}”{CITY_OR_ALL}，没有读入；是市总本级的，请写成“市总本级”。"
    return f"“{text}”不是本次填报任务的单位，没有读入。"


def _told(side: _Side, cell: Cell, sentence: str) -> Told:
    return Told(side.source.name, address_in(cell, side.turned), None, sentence)


def address_in(cell: Cell, across: bool) -> str:
    """A cell's address in the workbook; `across` if the table was transposed."""
    return (replace(cell, row=cell.column, column=cell.row) if across else cell).address


def _cut_out(side: _Side, heading: Cell, group: Sequence[int]) -> Table:
    """Cut out the codes and one unit's columns as a sheet of its own."""
    codes = side.columns[0]
    rows = {code.row for code in codes}
    first, last = min(rows), max(rows)
    kept = [cell for cell in side.table.cells.values() if cell.column == codes[0].column]
    kept += [
        cell
        for cell in side.table.cells.values()
        if cell.column in group
        and (first <= cell.row <= last or (len(group) > 1 and heading.row < cell.row < first))
    ]
    if len(group) == 1:
        kept.append(Cell(first - 1, group[0], CellKind.TEXT, "数量"))
    return table_of(side.table.name, kept)


ORGANISATION_LABEL = re.compile(r"(?:填报|报送|上报)?单位(?:名称)?(?:\([^)]*\))?:?(.*)")


def _one_unit(side: _Side, units: Sequence[KnownUnit]) -> Iterator[Part | Told]:
    """The part of a sheet with one unit, identified by its head line or else by its tab."""
    sheet = side.source.name
    head, at = _head_name(side.source)
    named = head or sheet
    meant = units_called(named, units)
    tab = units_called(sheet, units)
    if head and not meant and OWN in plain(sheet):
        meant = tab
    if head and len(meant) == 1 and len(tab) == 1 and meant != tab:
        sentence = f"表头的填报单位是“{head}”，工作表名却是“{sheet}”，没有读入。"
        yield Told(sheet, at, None, sentence)
    elif len(meant) == 1:
        yield Part(meant[0], side.table, side.turned, side.source)
    elif len(meant) > 1:
        names = "、".join(one.name for one in meant[:5])
        yield Told(sheet, at, None, f"“{named}”分不清是哪个单位（{names}），没有读入。")
    else:
        yield Told(sheet, at, None, _why_nobody(named, units))


def _head_name(table: Table) -> tuple[str, str]:
    """The unit that a head line names, in the label's cell or the next one, with the address."""
    for (row, column), cell in sorted(table.cells.items()):
        line = plain(cell.text)
        label = ORGANISATION_LABEL.fullmatch(line) if cell.kind is CellKind.TEXT else None
        if not label or not re.match(r"(填报|报送|上报)单位|单位名称", line):
            continue
        beside = table.at(row, column + 1) or table.at(row, column + 2)
        name = label[1].strip("_") or (beside.text.strip() if beside else "")
        if name:
            return name, cell.address
    return "", ""
