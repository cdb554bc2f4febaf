"""The table of a pasted block: what its columns and rows are, and what becomes of a cell."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property

from portal.domain.figures import Kind
from portal.domain.form.form import CODE, Form, Item
from portal.domain.intake.pasted_block import Block

Items = tuple[Item, ...]


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


Outcome = PastedFigure | Skipped


def pair_of(form: Form, item: Item) -> Items:
    """Both items of a pair in the paper's order; nothing where the item stands alone."""
    partner = form.partners.get(item.code)
    return tuple(sorted((item, partner), key=form.items.index)) if partner else ()


@dataclass(frozen=True, slots=True)
class PastedCell:
    """One cell of the block with its place in it, both from 1."""

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


class PastedTable:
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
        every = (pair_of(self.form, item) for item in self.form.items)
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

    def cells(self, row: int, columns: Iterable[int]) -> tuple[PastedCell, ...]:
        return tuple(PastedCell(self.block[row][at], row + 1, at + 1) for at in columns)

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
        pairs = (pair_of(self.form, item) for item in self.form.items)
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
