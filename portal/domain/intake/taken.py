"""Taken: the text read from a cell of figures, and the doubts to ask about first."""

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from portal.domain.figures import Kind, parse_figure
from portal.domain.form.form import Item
from portal.domain.intake.grid import NUMBERS, Cell, CellKind
from portal.domain.intake.number_format import XML_NUMBER, number_seen, plain_number
from portal.domain.intake.sheet_words import Said, converted

FINEST = Decimal("1e-6")
"""A difference below this is the rounding error of binary fractions."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A text to parse like typed text; `doubts` are sentences to confirm, `note` is only shown."""

    text: str
    doubts: tuple[str, ...] = ()
    note: str = ""

    def doubted(self, sentence: str) -> "Taken":
        """The same text with one more doubt."""
        return replace(self, doubts=(*self.doubts, sentence))


def as_held(cell: Cell) -> Taken:
    """The text or number stored in the file."""
    return Taken(plain_number(cell.text) if cell.kind in NUMBERS else cell.text.strip())


def as_seen(item: Item, cell: Cell) -> Taken:
    """The stored number, with a doubt if the cell shows another number.

    A number shown rounded to the item's decimals is taken as shown: 5.7300001 shown as 5.73 is
    5.73.
    """
    held = as_held(cell)
    if cell.kind not in NUMBERS or not XML_NUMBER.fullmatch(cell.text):
        return held
    seen, number = cell.shown, Decimal(held.text)
    if seen is None:
        return held.doubted(f"看不出单元格显示成什么，文件里是 {held.text}，请核对。")
    shown = number_seen(seen)
    if shown is None:
        return held.doubted(f"单元格显示为空白，文件里是 {held.text}，请核对。")
    if shown == number and (cell.kind is CellKind.NUMBER or not number):
        return held
    if cell.kind is CellKind.NUMBER and _is_honest(item, number, shown):
        note = f"单元格显示 {seen}，文件里是 {held.text}，取显示的数。"
        return Taken(f"{shown:f}", note=note)
    unfit = parse_figure(f"{shown:f}", item.unit).problem is not None
    offered = held.text if unfit or _hides_decimals(number, shown) else f"{shown:f}"
    return Taken(offered, (_said_otherwise(cell, seen, held.text),))


def _is_honest(item: Item, number: Decimal, shown: Decimal) -> bool:
    if item.unit.kind is Kind.COUNT:
        return abs(number - shown) < FINEST
    step = Decimal(1).scaleb(-item.unit.decimals)
    return number.quantize(step, ROUND_HALF_UP) == shown


def _hides_decimals(number: Decimal, shown: Decimal) -> bool:
    exponent = shown.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return abs(number - shown) <= step / 2


def _said_otherwise(cell: Cell, seen: str, held: str) -> str:
    how = {
        CellKind.PERCENT: "单元格按百分数显示",
        CellKind.SCALED: "单元格的格式缩小了显示的数：显示",
    }.get(cell.kind, "单元格显示")
    return f"{how} {seen}，文件里是 {held}，请核对。"


def from_another_workbook(taken: Taken, cell: Cell) -> Taken:
    """The same, with a doubt if its formula refers to another workbook, which may have changed."""
    if not cell.linked:
        return taken
    return taken.doubted(f"公式取自别的工作簿，{taken.text} 是文件保存时的结果，可能不是最新的。")


def in_unit(item: Item, taken: Taken, money: Said | None) -> Taken:
    """The amount in the item's unit, with a doubt if words near it name another unit."""
    text = taken.text.replace(",", "").replace("，", "")
    if money is None or not XML_NUMBER.fullmatch(text) or not Decimal(text):
        return taken
    amount = converted(Decimal(text), money.words, item.unit.name)
    sentence = (
        f"{money.address} 写的单位是{money.words}：{taken.text} {money.words}"
        f"换算为 {amount.normalize():f} {item.unit.name}。"
    )
    return replace(taken, text=f"{amount.normalize():f}").doubted(sentence)


def under_label(taken: Taken, other: tuple[Said, str] | None) -> Taken:
    """The same, with a doubt if the label beside it is another item's."""
    if other is None:
        return taken
    said, codes = other
    return taken.doubted(f"{said.address} 写的“{said.words}”是 {codes} 的，与代码不符，请核对。")
