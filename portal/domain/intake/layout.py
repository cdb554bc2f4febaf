"""The layout of an uploaded sheet: its columns of codes and of figures."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import dropwhile

from portal.domain.form.form import CODE, Form, Item
from portal.domain.intake.grid import Cell, CellKind, Table, letters
from portal.domain.intake.number_format import plain_number
from portal.domain.intake.sheet_words import (
    Expected,
    is_label_of_unit,
    pressed,
    years_in,
)

MIN_CODES = 3
"""The codes that make a column a column of codes; a small form needs fewer."""

MAX_HEAD_ROWS = 6
"""The rows above the first code that may hold headings."""

CURRENT = ("本期", "本次", "本年", "今年", "本届", "当期", "当年", "实际", "完成", "实绩")
TITLES = (("数量", "本单位"), ("填报数", "数值", "数字"), ("合计", "总计"))
"""Headings of a column of figures, the most specific first."""

OTHER_FIGURES = (
    *("上年", "上期", "去年", "前年", "同期", "上次", "往年", "历年"),
    *("增", "减", "率", "次均", "人均", "占比", "%", "示例", "备注"),
    *("计划", "预计", "预算", "目标", "指标数"),
    *("序号", "行次", "行号", "栏次", "编号", "No.", "NO.", "no."),
)
"""Words in headings of columns that never hold this campaign's figures."""

NO_FIGURES = ("代码", "编码", "项目", "指标", "名称", "单位", "说明")
"""Headings of columns without figures, unless the heading has more words."""

MAX_HEADING_LENGTH = 12
"""Characters of a heading with a year; a longer text is a title."""

MAX_HEADING_ALONE_LENGTH = 8
"""Characters of a heading that is almost alone in its row."""

PAIR = 2
"""The cells of a label and its text."""

MIN_RUN = 8
"""The consecutive numbers that make an unheaded column a 序号."""

MIN_RIVAL_NUMBERS = 2
"""The numbers that make an unheaded column a rival of a fuller one."""


class NoLayout(ValueError):
    """The sheet cannot be read; the message is the sentence that says what is missing.

    `cell` is the address of the cell that prevents it, if there is one.
    """

    def __init__(self, sentence: str, cell: str = "") -> None:
        super().__init__(sentence)
        self.cell = cell


@dataclass(frozen=True, slots=True)
class CodeCell:
    """A cell with the code of one item, or of all items of its row; some may be unknown."""

    row: int
    column: int
    codes: tuple[str, ...]


Codes = tuple[CodeCell, ...]
"""One column of codes, from the top."""


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
        _block(form, _Surroundings(sheet.table, codes, frozenset(starts), span, expected))
        for codes, span in zip(columns, spans, strict=True)
    )
    return Layout(sheet.table, tuple(blocks), tuple(_left_out(form, sheet, sheets)))


def _left_out(form: Form, sheet: "_Sheet", sheets: Sequence["_Sheet"]) -> Iterator[LeftOut]:
    """Find codes that are not read: in cells beside the code columns, and on other sheets."""
    read = {code for codes in sheet.columns for code in _known(form, codes)}
    for cell in sheet.table.cells.values():
        codes = tuple(code for code in _codes(form, cell) if code in form.by_code)
        if codes and not read.issuperset(codes) and _has_number_right_of(sheet.table, cell):
            yield LeftOut(cell.address, codes)
    for other in sheets:
        more = {code for codes in other.columns for code in _known(form, codes)} - read
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
        return sum(len(_known(self.form, codes)) for codes in self.columns)

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


def code_columns(form: Form, table: Table) -> tuple[Codes, ...]:
    """The columns of codes, the fullest first; a further one must share no code with them."""
    by_column: dict[int, list[CodeCell]] = {}
    for cell in table.cells.values():
        if codes := _codes(form, cell):
            by_column.setdefault(cell.column, []).append(CodeCell(cell.row, cell.column, codes))
    # If pairs share a row, a form has half as many cells with codes as items.
    least = min(MIN_CODES, (len(form.items) + 1) // 2)
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
    """The cells from the first known code on; above it are headings that look like codes."""
    in_order = sorted(cells, key=lambda cell: cell.row)
    return dropwhile(lambda cell: form.by_code.keys().isdisjoint(cell.codes), in_order)


def _known(form: Form, cells: Iterable[CodeCell]) -> set[str]:
    return {code for cell in cells for code in cell.codes if code in form.by_code}


BETWEEN_CODES = re.compile(r"[\s/、,;|+&和与及]+")


def _codes(form: Form, cell: Cell) -> tuple[str, ...]:
    """The codes in a cell: ``ｃ 9`` is C9, ``C9/D9`` are two; none if it has other words."""
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
    """One column of codes with the cells around it, up to the next column of codes."""

    table: Table
    codes: Codes
    code_columns: frozenset[int]
    span: range
    expected: Expected | None

    @cached_property
    def right(self) -> range:
        """The columns up to the next column of codes."""
        return range(self.codes[0].column + 1, self.span.stop)

    @cached_property
    def head_cells(self) -> dict[int, tuple[Cell, ...]]:
        """The heading cells of each column, from the top; a title over the codes is no heading."""
        first = self.codes[0].row
        columns = {column for _, column in self.table.cells} - self.code_columns
        merged = {column for area in self.table.merges for column in (area.left, area.right)}
        heads: dict[int, tuple[Cell, ...]] = {}
        for column in range(1, max(columns | merged, default=0) + 1):
            rows = set(range(max(1, first - MAX_HEAD_ROWS), first)) - self._rows_of_names
            cells = (self._head(row, column) for row in sorted(rows))
            if column not in self.code_columns and (found := tuple(filter(None, cells))):
                heads[column] = found
        return heads

    @cached_property
    def _filled(self) -> Counter[int]:
        """The number of filled cells of each row."""
        return Counter(row for row, _ in self.table.cells)

    @cached_property
    def _rows_of_names(self) -> set[int]:
        """The rows of two cells that name the unit: the label 填报单位 and the name beside it."""
        return {
            row
            for (row, _), cell in self.table.cells.items()
            if self._filled[row] <= PAIR and is_label_of_unit(cell.text)
        }

    def _is_heading(self, row: int, cell: Cell) -> bool:
        """Whether a cell is a column heading; a date or a line of units at the top is not."""
        if self._filled[row] > PAIR or row == self.codes[0].row - 1:
            return True
        text = _without_brackets(pressed(cell.text))
        return len(text) <= MAX_HEADING_ALONE_LENGTH and ":" not in text

    def _head(self, row: int, column: int) -> Cell | None:
        area = self.table.merge_at(row, column)
        if area and any(area.left <= code <= area.right for code in self.code_columns):
            return None
        cell = self.table.seen(row, column)
        return cell if cell is not None and self._is_heading(row, cell) else None

    @cached_property
    def heads(self) -> dict[int, list[str]]:
        """The heading texts of each column, without spaces."""
        return {
            column: [pressed(cell.text) for cell in cells]
            for column, cells in self.head_cells.items()
        }

    def headed(self, words: tuple[str, ...]) -> list[int]:
        """The columns with such a heading: right of the codes, or anywhere for the only codes."""
        return self.nearest(
            column
            for column, heads in sorted(self.heads.items())
            if any(_without_brackets(head).startswith(words) for head in heads)
        )

    def nearest(self, columns: Iterable[int]) -> list[int]:
        """The `columns` not excluded: right of the codes, or else anywhere for the only codes."""
        found = [column for column in columns if not self.why_not(column)]
        right = [column for column in found if column in self.right]
        return right or (found if len(self.code_columns) == 1 else [])

    def is_sum_of_units(self, column: int) -> bool:
        """Whether a column is headed only 合计 while other columns are headed by other units."""
        *surer, _ = self.merit(column)
        return not any(surer) and any(
            self.expected and self.expected.units.is_foreign(head)
            for heads in self.heads.values()
            for head in heads
        )

    def why_not(self, column: int) -> Cell | None:
        """The heading that excludes a column from the figures, or None."""
        for cell in self.head_cells.get(column, ()):
            head = pressed(cell.text)
            foreign = self.expected and self.expected.units.is_foreign(head)
            if foreign or any(word in head for word in OTHER_FIGURES) or self._of_other_year(head):
                return cell
        return None

    def _of_other_year(self, head: str) -> bool:
        years = _years_of_heading(head)
        return bool(years and self.expected and self.expected.year) and not (
            self.expected and self.expected.year in years
        )

    def merit(self, column: int) -> tuple[bool, ...]:
        """Sort key: how strongly a column's headings mark it as the figures, strongest first."""
        heads = self.heads.get(column, [])
        units, year = (self.expected.units, self.expected.year) if self.expected else (None, None)
        bare = [_without_brackets(head) for head in heads]
        return (
            any(bool(units and units.own and units.is_own(head)) for head in bare if head),
            any(year in _years_of_heading(head) for head in heads),
            any(word in head for head in heads for word in CURRENT),
            *(any(head.startswith(words) for head in bare) for words in TITLES),
        )

    def mentions(self, column: int, words: tuple[str, ...]) -> bool:
        """Whether a heading of the column contains one of `words`."""
        return any(word in head for head in self.heads.get(column, ()) for word in words)

    def numbers(self, column: int) -> list[Cell]:
        """The numbers of a column in the coded rows."""
        cells = (self.table.at(code.row, column) for code in self.codes)
        return [cell for cell in cells if cell is not None and is_number(cell)]

    def counts_rows(self, column: int) -> bool:
        """Whether a column only numbers the rows: an untitled 序号."""
        numbers = [plain_number(cell.text) for cell in self.numbers(column)]
        if len(numbers) < MIN_RUN or not all(map(str.isdecimal, numbers)):
            return False
        counted = [int(number) for number in numbers]
        return counted == list(range(counted[0], counted[0] + len(counted)))

    def named(self, column: int) -> str:
        """A column with the address of its heading or first number, for a sentence."""
        heads = self.head_cells.get(column)
        cell = heads[-1] if heads else next(iter(self.numbers(column)), None)
        return f"{cell.address}“{cell.text}”" if cell else letters(column)


def _years_of_heading(head: str) -> frozenset[int]:
    if re.fullmatch("20[0-9]{2}", head):
        return frozenset({int(head)})
    return years_in(head) if len(head) <= MAX_HEADING_LENGTH else frozenset()


def _without_brackets(text: str) -> str:
    return re.sub(r"\([^)]*\)", "", text)


def is_number(cell: Cell) -> bool:
    """Whether a cell may be a figure: every cell except a text without digits."""
    return cell.kind is not CellKind.TEXT or bool(re.fullmatch(r"[\d,.，．\s]+", cell.text))


def _block(form: Form, around: _Surroundings) -> Block:
    by_unit = _pair_columns(form, around)
    figures = _titled_column(around, set(by_unit.values()))
    if figures is None and not by_unit:
        figures = _only_column(around)
    return Block(around.table, around.codes, figures, by_unit, around.head_cells, around.span)


def _pair_columns(form: Form, around: _Surroundings) -> dict[str, int]:
    """The column of each measure, by its unit, if the sheet has one for every measure."""
    units = {item.measure: item.unit.name for item in form.items if item.measure}
    found = {unit: _best(around, around.headed((measure,))) for measure, unit in units.items()}
    columns = {unit: each[0] for unit, each in found.items() if len(each) == 1}
    return columns if len(set(columns.values())) == len(units) else {}


def _titled_column(around: _Surroundings, pair: set[int]) -> int | None:
    """The column whose headings fit figures best, or None; raises `NoLayout` if it is unclear."""
    named = [at for at in sorted(around.heads) if at not in pair and any(around.merit(at))]
    best = _best(around, around.nearest(named))
    if len(best) == 1 and not pair and around.counts_rows(best[0]):
        best = [column for column, _ in _countable(around) if column not in best] or best
    if len(best) > 1:
        raise NoLayout(_several(around, best))
    if best and around.is_sum_of_units(best[0]):
        raise NoLayout(f"{around.named(best[0])}是各单位的合计，表里没有本单位的一列，没有读入。")
    return best[0] if best else None


def _best(around: _Surroundings, columns: Sequence[int]) -> list[int]:
    """The `columns` with the best headings, by `merit`."""
    merits = {column: around.merit(column) for column in columns}
    most = max(merits.values(), default=())
    best = [column for column, merit in merits.items() if merit == most]
    return [column for column in best if not around.counts_rows(column)] or best


def _only_column(around: _Surroundings) -> int:
    counted = dict(_countable(around))
    likely = [column for column in counted if not around.counts_rows(column)] or list(counted)
    most = max((counted[column] for column in likely), default=0)
    likely = [
        column
        for column in likely
        # Without headings, a stray number beside a column of many numbers is a note.
        if column in around.heads
        or counted[column] >= MIN_RIVAL_NUMBERS
        or most <= MIN_RIVAL_NUMBERS
    ]
    if not likely:
        raise _none(around)
    if len(likely) > 1:
        raise NoLayout(_several(around, likely))
    return likely[0]


def _countable(around: _Surroundings) -> Iterator[tuple[int, int]]:
    for column in around.right:
        numbers = len(around.numbers(column))
        if numbers and not around.why_not(column) and not around.mentions(column, NO_FIGURES):
            yield column, numbers


def _none(around: _Surroundings) -> NoLayout:
    others = [cell for column in around.right if (cell := around.why_not(column))]
    named = "、".join(f"{cell.address}“{cell.text}”" for cell in others[:3])
    why = f"（{named} 不是本单位本次的数）" if named else ""
    sentence = f"没有找到数量列{why}，请在填数的一列上方写明“数量”。"
    return NoLayout(sentence, others[0].address if others else "")


def _several(around: _Surroundings, columns: Iterable[int]) -> str:
    in_order = sorted(columns)
    names = "、".join(letters(column) for column in in_order)
    places = "、".join(map(around.named, in_order))
    return f"{names} 列都像数量列（{places}），请只在要导入的一列上方写“数量”，或删除其余各列。"
