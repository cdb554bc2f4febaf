"""Rosters: the units and people that a workbook lists, as typed, each with the cell it stands in.

A table is known by its head, wherever in its first rows that stands. A table with a head for
units and one for people in the same row lists a person with the unit in each row.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from portal.domain.grid import CellKind, Grid, Table, address

HEADED_WITHIN = 10
"""Rows in which the head of a table is looked for, below titles and remarks."""

UNIT_HEADS: Mapping[str, str] = {
    "单位代码": "code",
    "代码": "code",
    "名称": "name",
    "单位名称": "name",
    "类型": "kind",
    "上级代码": "parent",
    "排序号": "position",
    "联系人": "contact",
    "联系电话": "phone",
    "电话": "phone",
}
PERSON_HEADS: Mapping[str, str] = {
    "用户名": "username",
    "姓名": "name",
    "单位代码": "code",
    "代码": "code",
    "角色": "roles",
    "手机": "phone",
    "用户电话": "phone",
    "电话": "phone",
}
UNIT_NEEDED = frozenset({"code", "name", "kind", "parent", "position"})
PERSON_NEEDED = frozenset({"username", "name", "code", "roles"})


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its texts by field, and the cell of each."""

    sheet: str
    row: int
    texts: Mapping[str, str]
    columns: Mapping[str, int]

    def __getitem__(self, field: str) -> str:
        return self.texts.get(field, "")

    def has(self, field: str) -> bool:
        """Whether the table has a column for a field at all."""
        return field in self.columns

    def cell(self, field: str) -> str:
        """The address of a field: ``单位!C7``."""
        return f"{self.sheet}!{address(self.row, self.columns.get(field, 1))}"


@dataclass(frozen=True, slots=True)
class Roster:
    """Everything that a workbook lists, in its order."""

    units: Sequence[Line]
    people: Sequence[Line]


def read_roster(grid: Grid) -> Roster:
    """What the visible tables of a workbook list; a table without a head is passed over."""
    units: list[Line] = []
    people: list[Line] = []
    for table in grid.visible:
        for of_units, line in _lines(table):
            (units if of_units else people).append(line)
    return Roster(units, people)


def _lines(table: Table) -> Iterator[tuple[bool, Line]]:
    rows = sorted({row for row, _ in table.cells})
    for row in rows[:HEADED_WITHIN]:
        unit, person = _columns(table, row, UNIT_HEADS), _columns(table, row, PERSON_HEADS)
        has_units, has_people = unit.keys() >= UNIT_NEEDED, person.keys() >= PERSON_NEEDED
        if has_units and has_people:
            unit, person = _apart(table, row, unit, person)
        if has_units or has_people:
            break
    else:
        return
    for below in (one for one in rows if one > row):
        if has_units and (line := _line(table, below, unit))["code"]:
            yield True, line
        if has_people:
            line = _line(table, below, person)
            if line["username"] or (not has_units and any(line.texts.values())):
                yield False, line


def _columns(table: Table, row: int, heads: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for (at, column), cell in sorted(table.cells.items()):
        field = heads.get("".join(unicodedata.normalize("NFKC", cell.text).split()))
        if at == row and field is not None:
            found.setdefault(field, column)
    return found


def _apart(
    table: Table, row: int, unit: dict[str, int], person: dict[str, int]
) -> tuple[dict[str, int], dict[str, int]]:
    """In a table of both, 名称 and 电话 are the unit's, 姓名 and 手机 the person's."""
    own = {"手机": "phone", "用户电话": "phone", "姓名": "name"}
    return unit, {k: c for k, c in person.items() if k not in {"phone", "name"}} | _columns(
        table, row, own
    )


def _line(table: Table, row: int, columns: Mapping[str, int]) -> Line:
    texts = {field: _text(table, row, column) for field, column in columns.items()}
    return Line(table.name, row, texts, columns)


def _text(table: Table, row: int, column: int) -> str:
    """A cell as it would be typed: a number without what its notation adds to it."""
    cell = table.at(row, column)
    if cell is None:
        return ""
    if cell.kind is CellKind.NUMBER:
        try:
            return f"{Decimal(cell.text).normalize():f}"
        except InvalidOperation:
            return cell.text
    return unicodedata.normalize("NFKC", cell.text).translate(_FULL_WIDTH).strip()


_FULL_WIDTH = str.maketrans("()", "（）")
