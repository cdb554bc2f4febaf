"""Rosters: the units and people listed in a file, as typed, each with its cell's address.

A table is recognised by its heading row, which may be any of its first rows; one table of words
has the accepted headings. If the row has headings for units and for people, each row lists a unit
and a person. The type of a cell counts: a date is no name, and a number is read as shown.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal

from portal.domain.characters import objection, shown, unseen_in, without_unseen
from portal.domain.intake.grid import NUMBERS, Area, Cell, CellKind, Grid, Table, address
from portal.domain.intake.number_format import number_seen, plain_number

MAX_HEAD_ROWS = 10
"""The first rows that may be a heading row, below titles and remarks."""

MAX_COLUMNS = 100
"""The first columns that may have headings."""

CODE_HEADS = "单位代码 代码 单位编码 编码 组织代码 机构代码"
UNIT_HEADS = {
    "code": CODE_HEADS,
    "name": "名称 单位名称 组织名称 工会名称 单位全称",
    "kind": "类型 单位类型 类别 单位类别",
    "parent": "上级代码 上级单位代码 上级编码",
    "position": "排序号 排序 顺序号",
    "contact": "联系人 单位联系人",
    "phone": "电话 联系电话 单位电话 联系方式",
}
PERSON_HEADS = {
    "username": "用户名 账号 登录名",
    "name": "姓名",
    "code": CODE_HEADS,
    "roles": "角色",
    "phone": "手机 手机号 用户电话 电话 联系电话 联系方式",
}
OWN_PERSON_HEADS = {**PERSON_HEADS, "phone": "手机 手机号 用户电话"}
"""In a table of units and people, 电话 is the unit's telephone."""

LISTED_HEADS = {
    "code": CODE_HEADS,
    "basis": "口径",
    "allocated": "下拨资金(万元) 下拨(万元) 下拨资金",
    "households": "建档户数 建档困难职工户数",
}
"""The accepted headings of each field."""

UNIT_NEEDED = frozenset({"code", "name", "kind", "parent", "position"})
PERSON_NEEDED = frozenset({"username", "name", "code", "roles"})
LISTED_NEEDED = frozenset({"code"})

NAMES = frozenset({"name", "contact", "phone"})
"""Fields stored as typed; in all others full-width characters become half-width."""

COUNTED = frozenset({"position", "allocated", "households"})


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: its texts by field, and the address of each.

    `wrong` has a sentence for each field that cannot be read, `said` one for each text that was
    changed in reading.
    """

    sheet: str
    row: int
    texts: Mapping[str, str]
    columns: Mapping[str, int]
    wrong: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.texts.get(name, "")

    def has(self, name: str) -> bool:
        """Whether the table has a column for a field."""
        return name in self.columns

    def cell(self, name: str) -> str:
        """The address of a field: ``单位!C7``."""
        return f"{self.sheet}!{address(self.row, self.columns.get(name, 1))}"


@dataclass(frozen=True, slots=True)
class Roster:
    """The units and people of a file, in its order.

    `left` names content of the file that was not read: ``单位!K9 备注``, ``封面``.
    """

    units: Sequence[Line]
    people: Sequence[Line]
    left: Sequence[str] = ()


def read_roster(grid: Grid) -> Roster:
    """Read the units and people listed in the visible tables of a file."""
    units: list[Line] = []
    people: list[Line] = []
    left: list[str] = []
    for table in grid.tables:
        headed = None if table.hidden else _unit_or_person_table(table)
        if headed is None:
            left += _unread(table)
            continue
        of_units, of_people = headed.lines()
        units += of_units
        people += of_people
        left += headed.passed_over({line.row for line in (*of_units, *of_people)})
    return Roster(units, people, tuple(left))


def read_listed(grid: Grid) -> Sequence[Line]:
    """Read a list of expected units: below a heading row, or bare codes in column A.

    Without any heading row, the tables whose column A has only codes are read; without such a
    table, the first table that is not empty, so that its faults can be reported.
    """
    headed = [found for table in grid.visible if (found := _headed(table, _LISTED))]
    if headed:
        return [line for each in headed for line in each.lines()[0]]
    bare = [_bare(table) for table in grid.visible if table.cells]
    return next((lines for lines in bare if _are_codes(lines)), bare[0] if bare else ())


def strange_heads(grid: Grid) -> Iterator[str]:
    """Find columns of a list of expected units with an unknown heading about money."""
    for table in grid.visible:
        if found := _headed(table, _LISTED):
            for (row, column), cell in table.cells.items():
                head = _head(cell.written)
                if row == found.row and "下拨" in head and not _field(head, LISTED_HEADS):
                    place = f"{table.name}!{address(row, column)}"
                    yield f"{place} “{shown(cell.text)}”应为“下拨资金(万元)”"


def _field(head: str, wanted: Mapping[str, str]) -> str | None:
    return next((name for name, words in wanted.items() if head in words.split()), None)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of line: the headings of its columns, and the required columns."""

    heads: Mapping[str, str]
    needed: frozenset[str]


_UNITS = _Kind(UNIT_HEADS, UNIT_NEEDED)
_PEOPLE = _Kind(PERSON_HEADS, PERSON_NEEDED)
_OWN_PEOPLE = _Kind(OWN_PERSON_HEADS, PERSON_NEEDED)
_LISTED = _Kind(LISTED_HEADS, LISTED_NEEDED)


@dataclass(frozen=True, slots=True)
class _Headed:
    """A table with its heading row and the columns of units and people."""

    table: Table
    row: int
    units: Mapping[str, int]
    people: Mapping[str, int]

    def lines(self) -> tuple[list[Line], list[Line]]:
        """The lines of units and those of people."""
        # In a table of units and people, a code alone does not make a person.
        shared = self.units.get("code")
        persons = [column for column in self.people.values() if column != shared]
        rows = sorted({row for row, _ in self.table.cells if row > self.end})
        return (
            [_line(self.table, row, self.units) for row in rows if self._fills(row, self.units)],
            [
                _line(self.table, row, self.people)
                for row in rows
                if any(self.table.at(row, column) for column in persons)
            ],
        )

    def _fills(self, row: int, columns: Mapping[str, int]) -> bool:
        """Whether a row has a cell of its own, not only a part of a merged area from above."""
        return any(self.table.at(row, column) for column in columns.values())

    @property
    def end(self) -> int:
        """The last row of the headings, whose cells may be merged downwards."""
        crossing = [a.bottom for a in self.table.merges if a.top <= self.row <= a.bottom]
        return max(crossing, default=self.row)

    def passed_over(self, taken: Set[int]) -> Iterator[str]:
        """Yield the cells that are in no line, each with the beginning of its text."""
        end = self.end
        for (row, column), cell in sorted(self.table.cells.items()):
            if row > end and row not in taken:
                yield f"{self.table.name}!{address(row, column)} {shown(cell.text)[:20]}"


def _unread(table: Table) -> Iterator[str]:
    if table.cells:
        why = "（隐藏的工作表）" if table.hidden else "（没有名单的表头）"
        yield f"{table.name}{why}"


def _unit_or_person_table(table: Table) -> _Headed | None:
    units, people = _headed(table, _UNITS), _headed(table, _PEOPLE)
    if units and people and units.row == people.row:
        own = _columns(table, people.row, _OWN_PEOPLE)
        return _Headed(table, units.row, units.units, own)
    if units is None or (people and people.row < units.row):
        return people and _Headed(table, people.row, {}, people.units)
    return units


def _headed(table: Table, kind: _Kind) -> _Headed | None:
    for row in sorted({row for row, _ in table.cells})[:MAX_HEAD_ROWS]:
        columns = _columns(table, row, kind)
        if columns.keys() >= kind.needed:
            return _Headed(table, row, columns, {})
    return None


def _columns(table: Table, row: int, kind: _Kind) -> dict[str, int]:
    """The column of each field with a heading in this row."""
    found: dict[str, int] = {}
    for column in range(1, MAX_COLUMNS + 1):
        cell = table.at(row, column)
        if cell and (name := _field(_head(cell.written), kind.heads)):
            found.setdefault(name, column)
    return found


def _head(text: str) -> str:
    """A heading without spaces, stars and 必填."""
    return re.sub(r"[*:]|\((必填|选填|可不填)\)", "", "".join(folded(without_unseen(text)).split()))


def _bare(table: Table) -> list[Line]:
    rows = sorted({row for row, _ in table.cells})
    return [_line(table, row, {"code": 1}) for row in rows if table.at(row, 1)]


def _are_codes(lines: Sequence[Line]) -> bool:
    return bool(lines) and all(re.fullmatch(r"[a-z0-9-]+", line["code"]) for line in lines)


def _line(table: Table, row: int, columns: Mapping[str, int]) -> Line:
    texts: dict[str, str] = {}
    wrong: dict[str, str] = {}
    said: dict[str, str] = {}
    for name, column in columns.items():
        cell = table.seen(row, column)
        sentence = _not_readable(cell, name) or _across(table, row, columns, name)
        if cell is not None and sentence:
            wrong[name] = sentence
        texts[name] = "" if cell is None else _text(cell, name)
        if cell is not None and not sentence and (unseen := unseen_in(cell.written.strip())):
            said[name] = f"去掉了看不见的字符 {unseen}"
    return Line(table.name, row, texts, columns, wrong, said)


def _across(table: Table, row: int, columns: Mapping[str, int], name: str) -> str:
    """The fault of a merged area over several columns of the list; empty without one."""
    area = table.merge_at(row, columns[name])
    if area is None or not any(_lies_in(area, row, columns[o]) for o in columns if o != name):
        return ""
    return f"单元格 {area.address} 合并了，请取消合并并逐格填写"


def _lies_in(area: Area, row: int, column: int) -> bool:
    return area.top <= row <= area.bottom and area.left <= column <= area.right


_NO_TEXT = {
    CellKind.ERROR: "是公式的错误值 {text}，请改正",
    CellKind.DATE: "是日期格式的单元格，请设为文本后重新填写",
    CellKind.BOOLEAN: "是逻辑值 {text}，请改为文字",
    CellKind.UNCALCULATED: "是没有计算结果的公式，请在 Excel 或 WPS 里打开、保存后再导入",
}
_ERROR = re.compile(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|#+)")
_DATE = re.compile(r"[12][0-9]{3}([-/.])[0-9]{1,2}\1[0-9]{1,2}( [0-9:]+)?")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)
_MOST_DIGITS = 15
"""The significant digits that a workbook keeps of a number."""


def _not_readable(cell: Cell | None, name: str) -> str:
    """Why a cell cannot be read as this field; empty if it can."""
    if cell is None:
        return ""
    if cell.kind in _NO_TEXT:
        return _NO_TEXT[cell.kind].format(text=cell.text)
    if cell.linked:
        return "的公式取自别的工作簿，请粘贴为数值"
    return (
        _strange_number(cell, name) if cell.kind in NUMBERS else _strange_text(cell.written, name)
    )


def _strange_text(text: str, name: str) -> str:
    """Why a text is refused: an error value, date or long number that was saved as text."""
    text = text.strip()
    if _ERROR.fullmatch(text):
        return _NO_TEXT[CellKind.ERROR].format(text=text)
    if name in {"name", "contact"} and _DATE.fullmatch(text):
        return f"是日期 {text}，请改正"
    if _SCIENTIFIC.fullmatch(text):
        return f"是科学记数 {text}，原来的数字已经不全，请设为文本后重新填写"
    return objection(text)


def _strange_number(cell: Cell, name: str) -> str:
    plain, seen = plain_number(cell.text), cell.shown
    if seen is None:
        return f"存的数是 {plain}，看不出显示成什么，请设为文本后重新填写"
    if len(plain.strip("-0.")) > _MOST_DIGITS and name not in COUNTED:
        return f"是超过 {_MOST_DIGITS} 位的数，末尾几位已经不准，请设为文本后重新填写"
    if _agrees(plain, seen, counted=name in COUNTED):
        return ""
    return f"存的数是 {plain}，显示成“{seen}”，请设为文本，按要导入的样子填写"


def _agrees(plain: str, seen: str, *, counted: bool) -> bool:
    """Whether a number is shown as stored, but for zeros in front and, in a count, behind."""
    if counted:
        return number_seen(seen) == Decimal(plain)
    return plain == seen or (
        seen.isascii() and seen.isdigit() and seen.lstrip("0") == plain.lstrip("0")
    )


def _text(cell: Cell, name: str) -> str:
    """A cell as typed text: a count as the stored number, everything else as shown."""
    if cell.kind in NUMBERS:
        return plain_number(cell.text) if name in COUNTED else cell.shown or plain_number(cell.text)
    text = shown(without_unseen(cell.written))
    if name in NAMES:
        return text
    if name == "kind":
        return as_kind(text)
    code = folded(text)
    return str(int(code)) if name in COUNTED and code.isascii() and code.isdigit() else code


def folded(text: str) -> str:
    """A code or number with full-width digits, letters and brackets made half-width."""
    return unicodedata.normalize("NFKC", text).strip()


def as_kind(text: str) -> str:
    """A kind of unit with full-width brackets."""
    return folded(text).translate(_FULL_WIDTH)


_FULL_WIDTH = str.maketrans("()", "（）")
