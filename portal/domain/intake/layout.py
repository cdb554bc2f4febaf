"""The layout of an uploaded sheet: its columns of codes and of figures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from portal.domain.form.form import Form, Item
from portal.domain.intake.code_columns import CodeCell, Codes, code_columns, codes_in, known_in
from portal.domain.intake.figure_columns import NoLayout, figure_columns
from portal.domain.intake.grid import Cell, CellKind, Table, is_number, letters
from portal.domain.intake.sheet_words import (
    Expected,
)
from portal.domain.intake.surroundings import Surroundings


@dataclass(frozen=True)
class Block:
    """One column of codes with the columns of their figures.

    `by_unit` has the column of each unit if pairs share a row (慰问对象 | 发放款物), `figures`
    the column of all other items, or None without one. `heads` are the heading cells of each
    column, and `span` the columns up to the next column of codes.
    """

    table: Table
    codes: Codes
    figures: int | None
    by_unit: dict[str, int]
    heads: dict[int, tuple[Cell, ...]]
    span: range

    @cached_property
    def columns(self) -> tuple[int, ...]:
        """Every column of figures."""
        own = () if self.figures is None else (self.figures,)
        return tuple(dict.fromkeys((*own, *self.by_unit.values())))

    def cells_for(self, item: Item, code: CodeCell) -> list[Cell]:
        """The filled cells that may hold the figure of `item`; none if it is blank."""
        if self.by_unit and (item.measure or len(code.codes) > 1):
            own = self.by_unit.get(item.unit.name)
            return self.filled(code.row, () if own is None else (own,))
        return self.filled(code.row, self.columns)

    def filled(self, row: int, columns: Iterable[int]) -> list[Cell]:
        """The non-blank cells of a row."""
        cells = (self.table.at(row, column) for column in columns)
        return [cell for cell in cells if cell is not None]

    @cached_property
    def head_row(self) -> int:
        """The lowest row with a heading of a figure column; 0 without one."""
        heads = (cell for column in self.columns for cell in self.heads.get(column, ()))
        return max((cell.row for cell in heads if not is_number(cell)), default=0)

    def named(self, column: int) -> str:
        """A column with its heading: D 列（2027年）."""
        heads = [cell.text.strip() for cell in self.heads.get(column, ()) if not is_number(cell)]
        return f"{letters(column)} 列" + (f"（{heads[-1]}）" if heads else "")

    def words_of(self, code: CodeCell) -> Iterator[Cell]:
        """The texts in the row of a code, merged ones too, up to the next column of codes."""
        for column in self.span:
            cell = self.table.seen(code.row, column)
            aside = column != code.column and column not in self.columns
            if aside and cell is not None and cell.kind is CellKind.TEXT:
                yield cell


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Codes of the form that are not read: in one cell, or on the sheet named `sheet`."""

    address: str
    codes: tuple[str, ...]
    sheet: str = ""


@dataclass(frozen=True)
class Layout:
    """The sheet with the form, and its blocks from left to right."""

    table: Table
    blocks: tuple[Block, ...]
    left_out: tuple[LeftOut, ...] = ()

    @cached_property
    def places(self) -> dict[str, list[tuple[Block, CodeCell]]]:
        """The places of each code on the sheet, known or unknown."""
        places: dict[str, list[tuple[Block, CodeCell]]] = {}
        for block in self.blocks:
            for cell in block.codes:
                for code in cell.codes:
                    places.setdefault(code, []).append((block, cell))
        return places

    @cached_property
    def first_row(self) -> int:
        """The row of the first code."""
        return min(block.codes[0].row for block in self.blocks)

    @cached_property
    def coded_rows(self) -> frozenset[int]:
        """The rows with a code."""
        return frozenset(cell.row for block in self.blocks for cell in block.codes)

    @property
    def named_columns(self) -> str:
        """The columns of figures as a sentence names them: D 列（2027年）."""
        return "、".join(block.named(column) for block in self.blocks for column in block.columns)

    def uncoded(self) -> Iterator[tuple[Cell, Cell | None]]:
        """The numbers in figure columns whose row has no code, with the cell in the code column."""
        for block in self.blocks:
            coded = {cell.row for cell in block.codes}
            head, code_at = block.head_row, block.codes[0].column
            for row, column in sorted(self.table.cells):
                cell = self.table.cells[row, column]
                if row > head and row not in coded and column in block.columns and is_number(cell):
                    yield cell, self.table.at(row, code_at)


def find_layout(form: Form, tables: Sequence[Table], expected: Expected | None = None) -> Layout:
    """Find the layout of the one sheet with the form; raises `NoLayout` if none or several fit."""
    sheets = [_Sheet(form, table, code_columns(form, table)) for table in tables]
    sheet = _the_one(form, sheets)
    columns = sorted(sheet.columns, key=lambda codes: codes[0].column)
    starts = [codes[0].column for codes in columns]
    ends = [*starts[1:], max(column for _, column in sheet.table.cells) + 1]
    spans = map(range, [1, *starts[1:]], ends)
    blocks = (
        _block(form, Surroundings(sheet.table, codes, frozenset(starts), span, expected))
        for codes, span in zip(columns, spans, strict=True)
    )
    return Layout(sheet.table, tuple(blocks), tuple(_left_out(form, sheet, sheets)))


def _left_out(form: Form, sheet: "_Sheet", sheets: Sequence["_Sheet"]) -> Iterator[LeftOut]:
    """Find codes that are not read: in cells beside the code columns, and on other sheets."""
    read = {code for codes in sheet.columns for code in known_in(form, codes)}
    for cell in sheet.table.cells.values():
        codes = tuple(code for code in codes_in(form, cell) if code in form.by_code)
        if codes and not read.issuperset(codes) and _has_number_right_of(sheet.table, cell):
            yield LeftOut(cell.address, codes)
    for other in sheets:
        more = {code for codes in other.columns for code in known_in(form, codes)} - read
        if other is not sheet and more and other.filled:
            codes = tuple(item.code for item in form.items if item.code in more)
            yield LeftOut("", codes, other.table.name)


def _has_number_right_of(table: Table, cell: Cell) -> bool:
    beside = (each for (row, at), each in table.cells.items() if row == cell.row)
    return any(each.column > cell.column and is_number(each) for each in beside)


@dataclass(frozen=True)
class _Sheet:
    """A sheet with its columns of codes."""

    form: Form
    table: Table
    columns: tuple[Codes, ...]

    @property
    def size(self) -> int:
        """The number of the form's items on the sheet."""
        return sum(len(known_in(self.form, codes)) for codes in self.columns)

    @property
    def filled(self) -> bool:
        """Whether any row with a code has a number."""
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


def _block(form: Form, around: Surroundings) -> Block:
    figures, by_unit = figure_columns(form, around)
    return Block(around.table, around.codes, figures, by_unit, around.head_cells, around.span)
