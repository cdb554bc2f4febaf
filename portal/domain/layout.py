"""The layout of a sheet that people made: where it keeps the codes and where their figures."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import dropwhile

from portal.domain.form import CODE, Form, Item
from portal.domain.grid import Cell, CellKind, Table, letters

LEAST_CODES = 3
"""Cells with codes that make a column one of codes; a small form may have fewer."""

HEAD_ROWS = 6
"""Rows above the first code in which headings are looked for."""

TITLES = (
    ("数量",),
    ("本单位",),
    ("本期", "本次", "本年", "今年"),
    ("填报数", "数值", "数字"),
    ("合计", "总计"),
)
"""Headings of the column of figures, the surest first."""

OTHER_FIGURES = ("上年", "上期", "去年", "同期", "增", "减", "次均", "占比", "%", "示例", "备注")
NO_FIGURES = ("序号", "代码", "编码", "项目", "指标", "名称", "单位", "说明")
"""What stands above columns that never hold the figures."""

SURE = 2
"""Without a heading a column is taken when it has this many times the numbers of the next."""


class NoLayout(ValueError):
    """The sheet cannot be read; the message is the sentence that says what it lacks."""


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A cell that names one item, or all the items of its row; some may be unknown."""

    row: int
    column: int
    codes: tuple[str, ...]


Codes = tuple[CodeCell, ...]
"""One column of codes, from the top."""


@dataclass(frozen=True)
class Block:
    """One column of codes with the columns of their figures.

    `by_unit` has the column of each unit where a pair stands in one row (慰问对象 | 发放款物),
    `figures` the column of everything else, or None where there are only those.
    """

    table: Table
    codes: Codes
    figures: int | None
    by_unit: dict[str, int]

    @cached_property
    def columns(self) -> tuple[int, ...]:
        """Every column that figures are taken from."""
        own = () if self.figures is None else (self.figures,)
        return tuple(dict.fromkeys((*own, *self.by_unit.values())))

    def cells_for(self, item: Item, code: CodeCell) -> list[Cell]:
        """The filled cells that may hold the figure of `item`: none when it is blank."""
        if self.by_unit and (item.measure or len(code.codes) > 1):
            own = self.by_unit.get(item.unit.name)
            return self.filled(code.row, () if own is None else (own,))
        return self.filled(code.row, self.columns)

    def filled(self, row: int, columns: Iterable[int]) -> list[Cell]:
        """The cells of a row that are not blank."""
        cells = (self.table.at(row, column) for column in columns)
        return [cell for cell in cells if cell is not None]


@dataclass(frozen=True)
class Layout:
    """The sheet that holds the form, and its blocks from left to right."""

    table: Table
    blocks: tuple[Block, ...]

    @cached_property
    def places(self) -> dict[str, list[tuple[Block, CodeCell]]]:
        """Where each code of the sheet stands, known or not."""
        places: dict[str, list[tuple[Block, CodeCell]]] = {}
        for block in self.blocks:
            for cell in block.codes:
                for code in cell.codes:
                    places.setdefault(code, []).append((block, cell))
        return places

    def uncoded(self) -> Iterator[Cell]:
        """The numbers among the figures whose row names no item."""
        for block in self.blocks:
            coded = {cell.row for cell in block.codes}
            for row in range(min(coded), max(coded)):
                if row not in coded:
                    yield from filter(_is_number, block.filled(row, block.columns))


def find_layout(form: Form, tables: Sequence[Table]) -> Layout:
    """How the one sheet with the form is laid out; raises `NoLayout` when there is no telling."""
    sheet = _the_one(form, [_Sheet(form, table, _code_columns(form, table)) for table in tables])
    columns = sorted(sheet.columns, key=lambda codes: codes[0].column)
    starts = [codes[0].column for codes in columns]
    ends = [*starts[1:], max(column for _, column in sheet.table.cells) + 1]
    blocks = (
        _block(form, _Surroundings(sheet.table, codes, frozenset(starts), end))
        for codes, end in zip(columns, ends, strict=True)
    )
    return Layout(sheet.table, tuple(blocks))


@dataclass(frozen=True)
class _Sheet:
    """A sheet with its columns of codes."""

    form: Form
    table: Table
    columns: tuple[Codes, ...]

    @property
    def size(self) -> int:
        """How many items of the form it has."""
        return sum(len(_known(self.form, codes)) for codes in self.columns)

    @property
    def filled(self) -> bool:
        """Whether a number stands in any row of an item."""
        rows = {cell.row for codes in self.columns for cell in codes}
        cells = self.table.cells.values()
        return any(cell.kind is CellKind.NUMBER and cell.row in rows for cell in cells)


def _the_one(form: Form, sheets: list[_Sheet]) -> _Sheet:
    most = max((sheet.size for sheet in sheets), default=0)
    if not most:
        examples = "、".join(item.code for item in form.items[:3])
        raise NoLayout(f"没有找到代码列：表里要有一列写着 {examples} 等指标代码。")
    likely = [sheet for sheet in sheets if sheet.size == most]
    # An empty copy of the form beside the filled one is common and harmless.
    likely = [sheet for sheet in likely if sheet.filled] or likely[:1]
    if len(likely) > 1:
        names = "、".join(f"“{sheet.table.name}”" for sheet in likely[:3])
        raise NoLayout(f"有 {len(likely)} 张工作表都像统计表（{names} 等），请只保留要导入的一张。")
    return likely[0]


def _code_columns(form: Form, table: Table) -> tuple[Codes, ...]:
    """The columns of codes, the fullest first: a further one only with codes of its own."""
    by_column: dict[int, list[CodeCell]] = {}
    for cell in table.cells.values():
        if codes := _codes(form, cell):
            by_column.setdefault(cell.column, []).append(CodeCell(cell.row, cell.column, codes))
    # Where pairs share a row, a form has half as many cells with codes as items.
    least = min(LEAST_CODES, (len(form.items) + 1) // 2)
    chosen: list[Codes] = []
    seen: set[str] = set()
    for cells in sorted(by_column.values(), key=lambda cells: -len(_known(form, cells))):
        known = _known(form, cells)
        if _cells_with(form, cells) >= least and not known & seen:
            chosen.append(tuple(_from_the_first(form, cells)))
            seen |= known
    return tuple(chosen)


def _cells_with(form: Form, cells: Iterable[CodeCell]) -> int:
    return sum(not form.by_code.keys().isdisjoint(cell.codes) for cell in cells)


def _from_the_first(form: Form, cells: Iterable[CodeCell]) -> Iterator[CodeCell]:
    """The cells from the first known code on: what stands above are headings that look alike."""
    in_order = sorted(cells, key=lambda cell: cell.row)
    return dropwhile(lambda cell: form.by_code.keys().isdisjoint(cell.codes), in_order)


def _known(form: Form, cells: Iterable[CodeCell]) -> set[str]:
    return {code for cell in cells for code in cell.codes if code in form.by_code}


BETWEEN_CODES = re.compile(r"[\s/、,;|+&和与及]+")


def _codes(form: Form, cell: Cell) -> tuple[str, ...]:
    """The codes that a cell names: ``ｃ 9`` is C9, ``C9/D9`` two; none when it says more."""
    if cell.kind is not CellKind.TEXT:
        return ()
    text = unicodedata.normalize("NFKC", cell.text).upper().strip()
    joined = "".join(text.split())
    if joined in form.by_code:
        return (joined,)
    codes = tuple(BETWEEN_CODES.split(text))
    return codes if all(map(CODE.fullmatch, codes)) else ()


@dataclass(frozen=True)
class _Surroundings:
    """One column of codes with what stands round it, up to the next one."""

    table: Table
    codes: Codes
    code_columns: frozenset[int]
    end: int

    @cached_property
    def right(self) -> range:
        """The columns up to the next column of codes."""
        return range(self.codes[0].column + 1, self.end)

    @cached_property
    def heads(self) -> dict[int, list[str]]:
        """What stands above each column, without spaces."""
        first = self.codes[0].row
        heads: dict[int, list[str]] = {}
        for cell in self.table.cells.values():
            above = first - HEAD_ROWS <= cell.row < first
            if above and cell.column not in self.code_columns:
                heads.setdefault(cell.column, []).append(_pressed(cell.text))
        return heads

    def headed(self, words: tuple[str, ...]) -> list[int]:
        """The columns with such a heading: on the right, or beside the only codes anywhere."""
        found = [
            column
            for column, heads in sorted(self.heads.items())
            if any(_without_brackets(head).startswith(words) for head in heads)
            and not self.mentions(column, OTHER_FIGURES)
        ]
        right = [column for column in found if column in self.right]
        return right or (found if len(self.code_columns) == 1 else [])

    def mentions(self, column: int, words: tuple[str, ...]) -> bool:
        """Whether one of `words` stands above a column."""
        return any(word in head for head in self.heads.get(column, ()) for word in words)

    def numbers(self, column: int) -> int:
        """How many coded rows have a number in a column."""
        cells = (self.table.at(code.row, column) for code in self.codes)
        return sum(cell is not None and _is_number(cell) for cell in cells)


def _pressed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _without_brackets(text: str) -> str:
    return re.sub(r"\([^)]*\)", "", text)


def _is_number(cell: Cell) -> bool:
    return cell.kind is not CellKind.TEXT or bool(re.fullmatch(r"[\d,.，．\s]+", cell.text))


def _block(form: Form, around: _Surroundings) -> Block:
    by_unit = _pair_columns(form, around)
    figures = _titled_column(around, set(by_unit.values()))
    if figures is None and not by_unit:
        figures = _fullest_column(around)
    return Block(around.table, around.codes, figures, by_unit)


def _pair_columns(form: Form, around: _Surroundings) -> dict[str, int]:
    """The column of each measure, by its unit, where the sheet has one for every measure."""
    units = {item.measure: item.unit.name for item in form.items if item.measure}
    found = {unit: around.headed((measure,)) for measure, unit in units.items()}
    columns = {unit: each[0] for unit, each in found.items() if len(each) == 1}
    return columns if len(set(columns.values())) == len(units) else {}


def _titled_column(around: _Surroundings, pair: set[int]) -> int | None:
    for words in TITLES:
        found = [column for column in around.headed(words) if column not in pair]
        if len(found) > 1:
            raise NoLayout(_several(found))
        if found:
            return found[0]
    return None


def _fullest_column(around: _Surroundings) -> int:
    counted = sorted(_countable(around), reverse=True)
    if not counted:
        raise NoLayout("没有找到数量列，请在填数的一列上方写明“数量”。")
    most, best = counted[0]
    rivals = [column for numbers, column in counted if numbers * SURE > most]
    if len(rivals) > 1:
        raise NoLayout(_several(rivals))
    return best


def _countable(around: _Surroundings) -> Iterator[tuple[int, int]]:
    for column in around.right:
        numbers = around.numbers(column)
        if numbers and not around.mentions(column, OTHER_FIGURES + NO_FIGURES):
            yield numbers, column


def _several(columns: Iterable[int]) -> str:
    names = "、".join(letters(column) for column in sorted(columns))
    return f"{names} 列都像数量列，请只在要导入的一列上方写“数量”，或删除其余各列。"
