"""Paste: parse a block copied from a spreadsheet and assign its cells to the form's items.

An ambiguous block is refused with a sentence; nothing is guessed. Values stay text, which
`figures.parse_figure` parses later.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from portal.domain.figures import Kind
from portal.domain.form.form import CODE, Form, Item
from portal.domain.intake import landing
from portal.domain.intake.landing import Reading

Block = tuple[tuple[str, ...], ...]
Items = tuple[Item, ...]

MAX_ROWS = 400
MAX_COLUMNS = 30
MAX_BYTES = 64 * 1024


class BlockRefused(ValueError):
    """The whole block is refused; `sentence` says why and what to do.

    `readings` are the choices offered if its rows can begin at more than one row of the paper.
    """

    def __init__(self, sentence: str, readings: Iterable[Reading] = ()) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.readings = tuple(readings)


# Excel quotes only cells with a tab or a line end, so a quotation mark opens a quoted cell only
# # if another one closes it at the end of a cell.
_CELL = re.compile(r'(?:"((?:[^"]|"")*+)"|([^\t\n]*))(\t|\n|\Z)')


def read_block(text: str) -> Block:
    """Parse the clipboard text of Excel, WPS or LibreOffice into rows of equal width.

    Control and invisible characters are removed, and blank rows at the end. Raises `BlockRefused`
    over `MAX_BYTES`, `MAX_ROWS` or `MAX_COLUMNS`.
    """
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise BlockRefused("粘贴的内容超过 64 KB，请只复制填有数的部分。")
    rows = list(_rows_of(text.replace("\r\n", "\n").replace("\r", "\n")))
    while rows and not any(map(str.strip, rows[-1])):
        rows.pop()
    width = max(map(len, rows), default=0)
    if len(rows) > MAX_ROWS or width > MAX_COLUMNS:
        most = f"{MAX_ROWS} 行或 {MAX_COLUMNS} 列"
        raise BlockRefused(f"粘贴的内容超过 {most}，请只复制填有数的部分。")
    return tuple(tuple(row + [""] * (width - len(row))) for row in rows)


def _rows_of(text: str) -> Iterator[list[str]]:
    row: list[str] = []
    for cell in _CELL.finditer("".join(filter(_is_kept, text))):
        quoted, bare, end = cell.groups()
        row.append(bare if quoted is None else quoted.replace('""', '"'))
        if end != "\t":
            yield row
            row = []
        if not end:
            return


def _is_kept(sign: str) -> bool:
    return sign in "\t\n" or unicodedata.category(sign) not in ("Cc", "Cf", "Cs")


@dataclass(frozen=True, slots=True)
class PastedFigure:
    """A filled cell for the item `code`; `row` and `column` count from 1 within the block."""

    code: str
    text: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A filled cell that is not used, and why; `calculated` if it falls on a sum, as is usual.

    `code` is that sum.
    """

    text: str
    row: int
    column: int
    sentence: str
    calculated: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """The assignment of a block's cells. A blank cell is in neither list and changes nothing.

    `note` says where the block begins if that is not the focused item.
    """

    figures: tuple[PastedFigure, ...]
    skipped: tuple[Skipped, ...]
    note: str = ""


Outcome = PastedFigure | Skipped


def place_block(form: Form, block: Block, start_code: str, reading: str = "") -> Placement:
    """Assign the cells of `block` to items of `form`, from the focused item `start_code` on.

    A column of item codes decides alone, wherever the focus is. Without one, a single column of
    figures follows the paper's rows, sums included (their cells are skipped); two columns follow
    the paper pair by pair; a single column headed by a measure follows that measure. The block's
    length or totals may show that it begins at a sum above, or has no sums. Headings, labels,
    序号, remarks and last year's figures are recognised and ignored. `reading` is the name of one
    of the readings that were offered.

    Raises `BlockRefused` when the columns or the rows are ambiguous, and `KeyError` for a
    `start_code` that the form does not have.
    """
    start = form.by_code[start_code]
    table = _Table(form, block)
    if not table.figures:
        raise BlockRefused("粘贴的内容里没有找到数，请复制填有数的单元格。")
    if table.codes:
        return _once_each(_by_codes(table))
    return _once_each(*_downwards(table, start, reading))


def _once_each(outcomes: Iterable[Outcome], note: str = "") -> Placement:
    """The placement; cells of an item that occurs more than once are skipped."""
    every = list(outcomes)
    figures = [each for each in every if isinstance(each, PastedFigure)]
    times = Counter(figure.code for figure in figures)
    return Placement(
        figures=tuple(figure for figure in figures if times[figure.code] == 1),
        skipped=(
            *(each for each in every if isinstance(each, Skipped)),
            *(_repeated(figure) for figure in figures if times[figure.code] > 1),
        ),
        note=note,
    )


def _repeated(figure: PastedFigure) -> Skipped:
    sentence = f"{figure.code} 出现了不止一次，请核对后单独填写。"
    return Skipped(figure.text, figure.row, figure.column, sentence)


def _by_codes(table: "_Table") -> Iterator[Outcome]:
    if table.has_pairs_beside_codes:
        yield from _pairs_by_codes(table)
        return
    if len(table.codes) != len(table.figures):
        found = f"{len(table.codes)} 列代码、{len(table.figures)} 列数"
        raise BlockRefused(f"粘贴的内容有 {found}，分不清用哪一列，请只复制代码列和数量列。")
    for row in table.rows:
        cells = table.cells(row, table.figures)
        for code_at, cell in zip(table.codes, cells, strict=True):
            if cell.filled:
                yield _on_code(cell, table.item_at(row, code_at), table.block[row][code_at])


def _pairs_by_codes(table: "_Table") -> Iterator[Outcome]:
    """Assign by one column of codes and two columns headed by the measures of a pair."""
    (code_at,) = table.codes
    for row in table.rows:
        cells = table.cells(row, table.figures)
        item, code = table.item_at(row, code_at), table.block[row][code_at]
        if item is None:
            yield from (_on_code(cell, item, code) for cell in cells if cell.filled)
        else:
            yield from _on_items(
                cells, table.measured(_pair(table.form, item), table.figures) or (item,)
            )


def _on_code(cell: "_Cell", item: Item | None, code: str) -> Outcome:
    if item:
        return cell.on(item)
    return cell.skipped(f"代码 {code.strip()} 不在本表中。" if code.strip() else "这一行没有代码。")


def _downwards(table: "_Table", start: Item, chosen: str) -> "tuple[list[Outcome], str]":
    """Assign the cells of a block without codes; the note says why it does not begin at `start`."""
    pair = _pair(table.form, start)
    columns = table.columns_of_a_pair if pair else table.figures
    _refuse_what_is_unclear(table, pair, columns)
    in_pairs = bool(table.measured(pair, columns))
    lines = tuple(_lines(table, columns, in_pairs=in_pairs))
    rows = [table.cells(row, columns) for row in table.rows]
    asked = pair if in_pairs else (start,)
    at = next(place for place, line in enumerate(lines) if {*asked} & {*line})
    candidates = landing.readings(table.form, lines, _rows_to_lay(table, rows), at)
    reading = _chosen(candidates, chosen)
    return list(_laid(rows, reading)), _why_elsewhere(candidates[0], reading)


def _rows_to_lay(table: "_Table", rows: "Sequence[tuple[_Cell, ...]]") -> list[landing.Row]:
    return [
        landing.Row(tuple(cell.text for cell in cells), table.is_sum(row))
        for row, cells in zip(table.rows, rows, strict=True)
    ]


def _chosen(candidates: Sequence[Reading], name: str) -> Reading:
    """The reading with this name, or the certain one; raises `BlockRefused` if there is none."""
    if name:
        known = landing.by_name(candidates).get(name)
        if known is None:
            raise BlockRefused("粘贴的内容已经不同，请重新粘贴。")
        return known
    likely = landing.choose(candidates)
    if len(likely) > 1:
        raise BlockRefused(_MORE_THAN_ONE, likely)
    return likely[0]


_MORE_THAN_ONE = "从哪一行对起有不止一种可能，还没有粘贴。请核对后选一种："


def _laid(rows: "Sequence[tuple[_Cell, ...]]", reading: Reading) -> Iterator[Outcome]:
    for cells, items in zip(rows, reading.laid, strict=True):
        if items is None:
            yield from (cell.skipped(_A_SUM, calculated=True) for cell in cells if cell.filled)
        else:
            yield from _on_items(cells, items)


def _why_elsewhere(usual: Reading, reading: Reading) -> str:
    if reading is usual:
        return ""
    if not reading.with_sums:
        return f"复制的列里没有合计行，从 {reading.start.code} 起逐项填入"
    return f"复制的列带合计行，从 {reading.start.code} 起对应"


_A_SUM = "合计由系统计算，不用粘贴。"


def _refuse_what_is_unclear(table: "_Table", pair: Items, columns: Sequence[int]) -> None:
    if len(columns) > (2 if pair else 1):
        raise BlockRefused(
            f"粘贴的内容有 {len(columns)} 列数，分不清用哪一列。两列数请从成对的项"
            "（慰问对象、发放款物）开始粘贴，其他请只复制一列，或者连同代码列一起复制。"
        )
    if len(columns) == 2 and not table.measured(pair, columns):
        raise BlockRefused("从表头分不清两列数各是哪一项，请只复制其中一列，或者不带表头复制。")
    if pair and len(columns) == 1 and table.is_unclear_beside(columns[0]):
        raise BlockRefused(
            "数的右边还有一列，分不清是不是另一项的数，请只复制填有数的列，或者连同表头一起复制。"
        )


def _pair(form: Form, item: Item) -> Items:
    partner = form.partners.get(item.code)
    return tuple(sorted((item, partner), key=form.items.index)) if partner else ()


def _lines(table: "_Table", columns: Sequence[int], *, in_pairs: bool) -> Iterator[Items]:
    """The items of each row of the paper: single items, or pairs in the columns' order."""
    form = table.form
    for item in form.items:
        its_pair = _pair(form, item) if in_pairs else ()
        if not its_pair or item is its_pair[0]:
            yield table.measured(its_pair, columns) or (item,)


def _on_items(cells: "Sequence[_Cell]", items: Items) -> Iterator[Outcome]:
    """Assign the cells of one row to the items of one row of the paper; none after its end."""
    filled = [cell for cell in cells if cell.filled]
    if not items:
        yield from (cell.skipped("已超出本表最后一项。") for cell in filled)
    elif len(items) == len(cells):
        together = zip(cells, items, strict=True)
        yield from (cell.on(item) for cell, item in together if cell.filled)
    elif len(filled) == 1 or items[0].calculated:
        yield from (cell.on(items[0]) for cell in filled)
    else:
        sentence = f"{items[0].code} 只填一个数，这一行有两个，请单独填写。"
        yield from (cell.skipped(sentence) for cell in filled)


@dataclass(frozen=True, slots=True)
class _Cell:
    text: str
    row: int
    column: int

    @property
    def filled(self) -> bool:
        return bool(self.text.strip())

    def on(self, item: Item) -> Outcome:
        if item.calculated:
            why = f"{item.code} 是合计项，由系统计算。"
            return self.skipped(why, calculated=True, code=item.code)
        return PastedFigure(item.code, self.text, self.row, self.column)

    def skipped(self, sentence: str, *, calculated: bool = False, code: str = "") -> Skipped:
        return Skipped(self.text, self.row, self.column, sentence, calculated, code)


class _Kind(Enum):
    """The content of a column; ASIDE (ignored) by its heading, or if all its cells are units."""

    CODE = auto()
    LABEL = auto()
    FIGURE = auto()
    BLANK = auto()
    ASIDE = auto()


def _made_of(words: Iterable[str]) -> re.Pattern[str]:
    """A pattern for texts made only of `words`, years and punctuation, with at least one word."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?=.*\w)(?:{'|'.join(map(re.escape, longest_first))}|20\d\d年度?|\W)++")


_NAMES = "序号 代码 编码 编号 指标 项目 名称 类别 内容 单位 计量 备注 说明"
_MEASURES = """
    数量 数值 数 金额 元 人数 慰问 对象 发放 款物 次均 人均
    本年 今年 本次 本期 上年 去年 上期 同期 同比 增减
"""
_TITLE = _made_of(_NAMES.split())
_ASIDE = re.compile("序号|上年|去年|上期|同期|同比|增减|次均|人均|备注|说明|^(计量)?单位$")
_YEAR = re.compile("20[0-9]{2}(年度?)?")
_SPOKEN_OF = {Kind.COUNT: ("人", "对象"), Kind.MONEY: ("元", "款", "金额")}
_SUMS = ("合计", "总计", "小计", "共计")
# Error values (#REF!) and dashes stand in place of figures.
_FIGURE = re.compile(r"[0-9]|^#|^\W+$")
_LEAST_LETTERS = 3
"""The letters of a label; shorter texts such as 无 and 待定 stand in place of a figure."""


class _Table:
    """A block with the meaning of its rows and columns; both count from 0 here."""

    def __init__(self, form: Form, block: Block) -> None:
        self.form = form
        self.block = block
        self._texts = [[_plain(cell) for cell in row] for row in block]
        self._columns = range(len(block[0]) if block else 0)
        units = {word for item in form.items for word in (item.unit.name, item.measure) if word}
        self._title_of_figures = _made_of({*_NAMES.split(), *_MEASURES.split(), *units})

    @cached_property
    def codes(self) -> tuple[int, ...]:
        return self._of_kind(_Kind.CODE)

    @cached_property
    def figures(self) -> tuple[int, ...]:
        """The columns of figures, without a 序号 before codes or labels."""
        figures = self._of_kind(_Kind.FIGURE)
        first = min(self.codes + self._of_kind(_Kind.LABEL), default=-1)
        return tuple(column for column in figures if column > first) or figures

    def _of_kind(self, kind: _Kind) -> tuple[int, ...]:
        return tuple(column for column in self._columns if self._kinds[column] is kind)

    @property
    def columns_of_a_pair(self) -> tuple[int, ...]:
        """The columns of figures; both of a block of two bare columns, even if one is blank."""
        is_bare = len(self._columns) == 2 and not any(self._headings)
        has_words_aside = self._kinds[0] is _Kind.LABEL or _Kind.ASIDE in self._kinds
        return (0, 1) if is_bare and not has_words_aside else self.figures

    @property
    def has_pairs_beside_codes(self) -> bool:
        """Whether there are one column of codes and two of figures headed by a pair's measures."""
        if len(self.codes) != 1 or len(self.figures) != 2:
            return False
        every = (_pair(self.form, item) for item in self.form.items)
        headings = [self._headings[column] for column in self.figures]
        return any(
            all(_named(pair, each) for each in headings) and self.measured(pair, self.figures)
            for pair in every
        )

    def is_unclear_beside(self, column: int) -> bool:
        """Whether an unheaded column of figures has a column of blanks or words on its right."""
        beside = self._kinds[column + 1 :]
        return not self._headings[column] and (_Kind.BLANK in beside or _Kind.LABEL in beside)

    def measured(self, pair: Items, columns: Sequence[int]) -> Items:
        """The items of `pair` in the order of the headings of `columns`.

        Two columns are in the paper's order if a heading is missing. Empty if a single column names
        neither item, two name the same one, or two name something else.
        """
        headings = [self._headings[column] for column in columns]
        named = [_named(pair, heading) for heading in headings]
        if len(columns) == 1 or (all(headings) and not any(named)):
            return tuple(item for item in pair if item in named)
        for order in (pair, pair[::-1]):
            if all(item in (None, place) for item, place in zip(named, order, strict=False)):
                return order
        return ()

    def item_at(self, row: int, column: int) -> Item | None:
        return self.form.by_code.get(self._texts[row][column])

    def is_sum(self, row: int) -> bool:
        return any(text in _SUMS for text in self._texts[row])

    def cells(self, row: int, columns: Iterable[int]) -> tuple[_Cell, ...]:
        return tuple(_Cell(self.block[row][at], row + 1, at + 1) for at in columns)

    @cached_property
    def rows(self) -> tuple[int, ...]:
        """The rows below the head, without headings repeated on further pages."""
        below = range(len(self._head), len(self.block))
        return tuple(row for row in below if row not in self._title_rows)

    @cached_property
    def _head(self) -> range:
        """The rows down to the last heading above the first figure."""
        every = range(len(self.block))
        first = next((row for row in every if self._has_figure(row)), len(self.block))
        return range(max((row + 1 for row in self._title_rows if row < first), default=0))

    def _has_figure(self, row: int) -> bool:
        return any(self._is_figure(self._texts[row][column]) for column in self._filled_in)

    def _is_figure(self, text: str) -> bool:
        if _is_label(text) or _YEAR.fullmatch(text):
            return False
        return text in self.form.by_code or bool(re.search("[0-9]", text))

    @cached_property
    def _title_rows(self) -> frozenset[int]:
        rows = [row for row in range(len(self.block)) if not self._has_figure(row)]
        return frozenset(
            row for row in rows if any(map(self._is_title, self._texts[row], self._columns))
        )

    def _is_title(self, text: str, column: int) -> bool:
        # 人次 and 万元 also occur beside labels; they are headings only above figures.
        title = self._title_of_figures if column in self._filled_in else _TITLE
        return bool(title.fullmatch(text))

    @cached_property
    def _filled_in(self) -> frozenset[int]:
        """The columns of codes and figures by content alone, ignoring headings."""
        kinds = {column: self._kind_of(self._below_titles(column)) for column in self._columns}
        return frozenset(at for at, kind in kinds.items() if kind in (_Kind.CODE, _Kind.FIGURE))

    def _below_titles(self, column: int) -> list[str]:
        texts = (row[column] for row in self._texts)
        return [text for text in texts if text and not self._title_of_figures.fullmatch(text)]

    @cached_property
    def _headings(self) -> tuple[str, ...]:
        """The lowest heading of each column; the empty text without one."""
        titles = [self._texts[row] for row in reversed(self._head) if row in self._title_rows]
        return tuple(next((row[at] for row in titles if row[at]), "") for at in self._columns)

    @cached_property
    def _kinds(self) -> tuple[_Kind, ...]:
        return tuple(self._kind(column) for column in self._columns)

    def _kind(self, column: int) -> _Kind:
        texts = [text for row in self.rows if (text := self._texts[row][column])]
        holds_units = bool(texts) and all(map(self._title_of_figures.fullmatch, texts))
        if holds_units or _ASIDE.search(self._headings[column]):
            return _Kind.ASIDE
        if not texts and self._is_headed_by_a_measure(column):
            return _Kind.FIGURE
        return self._kind_of(texts)

    def _kind_of(self, texts: Sequence[str]) -> _Kind:
        if not texts:
            return _Kind.BLANK
        coded = sum(bool(CODE.fullmatch(text)) for text in texts)
        if 2 * coded > len(texts) and any(text in self.form.by_code for text in texts):
            return _Kind.CODE
        is_wordy = 2 * sum(map(_is_label, texts)) > len(texts)
        return _Kind.LABEL if is_wordy or not any(map(_FIGURE.search, texts)) else _Kind.FIGURE

    def _is_headed_by_a_measure(self, column: int) -> bool:
        pairs = (_pair(self.form, item) for item in self.form.items)
        return any(_named(pair, self._headings[column]) for pair in pairs)


def _named(pair: Items, heading: str) -> Item | None:
    """The item of `pair` that `heading` names, if it names only one."""
    named = [item for item in pair if _speaks_of(item, heading)]
    return named[0] if len(named) == 1 else None


def _speaks_of(item: Item, heading: str) -> bool:
    words = (item.measure or item.unit.name, item.unit.name, *_SPOKEN_OF[item.unit.kind])
    return any(word in heading for word in words)


def _plain(cell: str) -> str:
    """The cell's text half-width, in capitals, without spaces and line ends."""
    return "".join(unicodedata.normalize("NFKC", cell).split()).upper()


def _is_label(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    digits = sum(map(str.isdigit, text))
    return letters >= _LEAST_LETTERS and letters > digits and not text.startswith("#")
