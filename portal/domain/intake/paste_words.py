"""The words of a pasted block that contradict the report: another unit, another year, money in 元.

A paste writes at once. So a block whose words contradict the report is not written until the
user has answered what its figures are.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from portal.domain.figures import Kind
from portal.domain.form.form import Form
from portal.domain.intake.labels import other_item
from portal.domain.intake.number_format import XML_NUMBER
from portal.domain.intake.paste import Placement
from portal.domain.intake.pasted_block import Block, BlockRefused
from portal.domain.intake.pasted_table import PastedFigure, Skipped
from portal.domain.intake.sheet_words import (
    Expected,
    Said,
    converted,
    is_label_of_unit,
    money_in,
    money_in_brackets,
    money_of_unit_line,
    other_money,
    stale_title,
    unit_beside,
    unit_named,
)

CURRENT, CONVERTED, STATED = "current", "converted", "stated"
"""Answers: the figures are this campaign's; convert the amounts; the amounts are in 万元."""

MAX_IN_A_TITLE_ROW = 2


class Asked(BlockRefused):
    """The block is not written until the user answers; `answers` are the choices with their words.

    `reading` is the name of the reading chosen before, to be sent along with the answer.
    """

    def __init__(self, sentence: str, *answers: tuple[str, str]) -> None:
        super().__init__(sentence)
        self.answers = answers
        self.reading = ""


def has_words(block: Block) -> bool:
    """Whether a block has any words beside its figures."""
    return any(sign.isalpha() for row in block for text in row for sign in text)


def settle(
    form: Form, block: Block, placement: Placement, expected: Expected, answers: frozenset[str]
) -> Placement:
    """The placement to write, after comparing the block's words with the report.

    `answers` are those given to earlier questions. Raises `BlockRefused` if the block names
    another unit, and `Asked` if it names another year or unit of money.
    """
    words = _Words(form, block, placement, expected)
    if misnamed := words.misnamed:
        own = expected.units.own[0]
        raise BlockRefused(f"{misnamed.address}写的是“{misnamed.words}”，不是{own}，没有粘贴。")
    if (stale := words.stale) and CURRENT not in answers:
        sentence = f"{stale.address}写 {stale.words}，数是本次的吗？还没有粘贴。"
        raise Asked(sentence, (_with(answers, CURRENT), "是，照样粘贴"))
    money = words.money
    if money and answers.isdisjoint({CONVERTED, STATED}):
        raise _asked_unit(form, money, answers)
    return _in_unit(form, words.labelled, money if CONVERTED in answers else {})


def _asked_unit(form: Form, money: dict[str, Said], answers: frozenset[str]) -> Asked:
    code, said = next(iter(money.items()))
    own = form.by_code[code].unit.name
    return Asked(
        f"{said.address}写的单位是{said.words}，本表按{own}填。还没有粘贴。",
        (_with(answers, CONVERTED), f"按{said.words}换算后粘贴"),
        (_with(answers, STATED), f"仍按{own}粘贴"),
    )


def _with(answers: frozenset[str], answer: str) -> str:
    return " ".join(sorted({*answers, answer}))


def _in_unit(form: Form, placement: Placement, money: dict[str, Said]) -> Placement:
    return replace(
        placement,
        figures=tuple(_converted(form, each, money.get(each.code)) for each in placement.figures),
        # A pasted total is compared with the sum of the figures, so it is converted with them.
        skipped=tuple(_converted(form, each, money.get(each.code)) for each in placement.skipped),
    )


Filled = TypeVar("Filled", PastedFigure, Skipped)


def _converted(form: Form, figure: Filled, said: Said | None) -> Filled:
    number = _number(figure.text)
    if said is None or number is None:
        return figure
    amount = converted(number, said.words, form.by_code[figure.code].unit.name)
    return replace(figure, text=f"{amount.normalize():f}")


def _number(text: str) -> Decimal | None:
    plain = text.strip().replace(",", "").replace("，", "")
    return Decimal(plain) if XML_NUMBER.fullmatch(plain) else None


@dataclass(frozen=True)
class _Words:
    form: Form
    block: Block
    placement: Placement
    expected: Expected

    @cached_property
    def _figure_rows(self) -> frozenset[int]:
        return frozenset(figure.row for figure in self.placement.figures)

    @cached_property
    def _lines(self) -> list[list[tuple[str, str]]]:
        """The filled cells of each row without figures, with their addresses."""
        return [
            [(text, _place(row, at)) for at, text in enumerate(texts, 1) if text.strip()]
            for row, texts in enumerate(self.block, 1)
            if row not in self._figure_rows
        ]

    @cached_property
    def _titles(self) -> list[tuple[str, str]]:
        return [each for line in self._lines if len(line) <= MAX_IN_A_TITLE_ROW for each in line]

    def _headings(self, column: int) -> Iterator[tuple[str, str]]:
        """The texts above the figures of a column, the nearest first."""
        first = min(self._figure_rows, default=1)
        for row in range(first - 1, 0, -1):
            text = self.block[row - 1][column - 1]
            if text.strip():
                yield text, _place(row, column)

    @property
    def _every_heading(self) -> Iterator[tuple[str, str]]:
        for column in sorted({figure.column for figure in self.placement.figures}):
            yield from self._headings(column)

    @property
    def misnamed(self) -> Said | None:
        units = self.expected.units
        for line in self._lines:
            for (text, place), (beside, at) in zip(line, [*line[1:], ("", "")], strict=True):
                named, where = unit_named(text), place
                if named is None and is_label_of_unit(text):
                    named, where = unit_beside(text, beside), at
                if named is not None and units.own and not units.is_own(named):
                    return Said(named, where)
        for text, place in self._every_heading:
            if units.is_foreign(text):
                return Said(text.strip(), place)
        titles = (Said(text.strip(), at) for text, at in self._titles)
        return next((each for each in titles if units.mentions_foreign(each.words)), None)

    @property
    def stale(self) -> Said | None:
        headings = stale_title(self._every_heading, self.expected)
        return headings or stale_title(self._titles, self.expected)

    @property
    def labelled(self) -> Placement:
        """The placement; figures beside another item's label are skipped."""
        others = {each: other for each in self.placement.figures if (other := self._other(each))}
        skipped = (_skipped(each, *other) for each, other in others.items())
        return replace(
            self.placement,
            figures=tuple(each for each in self.placement.figures if each not in others),
            skipped=(*self.placement.skipped, *skipped),
        )

    def _other(self, figure: PastedFigure) -> tuple[Said, str] | None:
        row = enumerate(self.block[figure.row - 1], 1)
        texts = [Said(text.strip(), _place(figure.row, at)) for at, text in row if text.strip()]
        return other_item(self.form, self.form.by_code[figure.code], texts)

    @property
    def money(self) -> dict[str, Said]:
        """The other unit of money named for an amount, by item."""
        found = {}
        sums = (each for each in self.placement.skipped if each.code)
        every: list[PastedFigure | Skipped] = [*self.placement.figures, *sums]
        for figure in every:
            unit = self.form.by_code[figure.code].unit
            if unit.kind is Kind.MONEY and _number(figure.text):
                others = (
                    Said(other, place)
                    for named, place in self._money_round(figure)
                    if (other := other_money(named, unit.name))
                )
                if said := next(others, None):
                    found[figure.code] = said
        return found

    def _money_round(self, figure: PastedFigure | Skipped) -> Iterator[tuple[frozenset[str], str]]:
        label = money_in_brackets(self.form.by_code[figure.code].label)
        for at, text in enumerate(self.block[figure.row - 1], 1):
            if at != figure.column:
                yield money_in_brackets(text) - label, _place(figure.row, at)
        for text, place in self._headings(figure.column):
            yield money_in(text), place
        for line in self._lines:
            for text, place in line:
                yield money_of_unit_line(text), place


def _skipped(figure: PastedFigure, said: Said, codes: str) -> Skipped:
    sentence = f"这一行写的“{said.words}”是 {codes} 的，不是 {figure.code}，请核对后单独填写。"
    return Skipped(figure.text, figure.row, figure.column, sentence)


def _place(row: int, column: int) -> str:
    return f"第 {row} 行第 {column} 列"
