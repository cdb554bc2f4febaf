"""Figures: parse typed text, store it exactly, show it as the form does.

A figure is an ``int`` or ``None`` (blank): a count as typed, money in fen
(1 万元 = 1 000 000 fen). No float is ever involved.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

FEN_PER_WAN = 1_000_000
FEN_PER_YUAN = 100
MONEY_PLACES = 6
"""The decimals of one fen in 万元."""

MAX_COUNT = 99_999_999
MAX_MONEY_FEN = 9_999_999_990_000
"""9 999 999.99 万元, in fen."""

MAX_TYPED_LENGTH = 40


class Kind(StrEnum):
    """What a unit measures: a count or money."""

    COUNT = "count"
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the form: its name on paper (人次, 家, 万元), its kind, its decimals."""

    name: str
    kind: Kind
    decimals: int

    @property
    def places(self) -> int:
        """The decimals of the stored integer: 6 for money (fen in 万元), 0 for a count."""
        return MONEY_PLACES if self.kind is Kind.MONEY else 0

    @property
    def greatest(self) -> int:
        """The largest figure accepted, as stored."""
        return MAX_MONEY_FEN if self.kind is Kind.MONEY else MAX_COUNT


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a typed text was refused, as the sentence shown, and the text offered instead."""

    sentence: str
    offer: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedFigure:
    """The result of parsing one typed text: a figure, or the problem with it."""

    figure: int | None = None
    problem: Problem | None = None


_HALF_WIDTH = str.maketrans("０１２３４５６７８９．，", "0123456789.,")
_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")


def parse_figure(typed: str, unit: Unit) -> ParsedFigure:
    """Parse `typed` as a figure in `unit`.

    Full-width digits, commas in groups of three, surrounding spaces, leading zeros and zeros
    beyond the decimals are accepted. A sign, an exponent, a currency mark or a unit word is a
    problem; nothing is guessed. The empty text is a blank.
    """
    text = typed.strip().translate(_HALF_WIDTH)
    if not text:
        return ParsedFigure()
    if len(text) > MAX_TYPED_LENGTH:
        return ParsedFigure(problem=Problem("填写的内容过长，请只填一个数。"))
    if not (_PLAIN.fullmatch(text) or _GROUPED.fullmatch(text)):
        return ParsedFigure(problem=Problem(_why_not_a_number(text)))
    return _read_number(text.replace(",", ""), unit)


def _why_not_a_number(text: str) -> str:
    if text[0] in "-+－＋−—":
        return "请填不小于 0 的数，不带正负号；没有发生的填 0。"
    if "," in text and re.fullmatch(r"[0-9,.]+", text):
        return "千分位逗号应从个位起每三位一组，或者不写逗号。"
    if re.fullmatch(r"\.[0-9]+|[0-9]+\.", text):
        return "小数点前后都要有数字，例如 0.5。"
    if re.match(r"[￥¥$]|[0-9.,]+\s*[^\W\d_]", text):
        return "只填数字，不带单位、货币符号或文字。"
    return f"“{text}”不是可以识别的数，请填写如 12 或 12.34 的数字。"


def _read_number(text: str, unit: Unit) -> ParsedFigure:
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    kept = fraction[: unit.decimals]
    scaled = int(whole + kept.ljust(unit.places, "0"))
    too_fine = len(fraction) > unit.decimals
    if scaled > unit.greatest or (scaled == unit.greatest and too_fine):
        return ParsedFigure(problem=Problem(_too_large(unit)))
    return (
        ParsedFigure(problem=_too_fine(text, scaled, fraction, unit))
        if too_fine
        else ParsedFigure(scaled)
    )


def _too_large(unit: Unit) -> str:
    limit = show(unit.greatest, unit)
    hint = "；金额单位是万元，请核对是否按元填写" if unit.kind is Kind.MONEY else ""
    return f"超过上限 {limit} {unit.name}，请核对{hint}。"


def _too_fine(text: str, cut: int, fraction: str, unit: Unit) -> Problem:
    step = 10 ** (unit.places - unit.decimals)
    rounded = cut + step if fraction[unit.decimals] >= "5" else cut
    if unit.kind is Kind.COUNT:
        return Problem(f"{unit.name}须为整数，不能填 {text}。")
    if rounded > unit.greatest:
        return Problem(_too_large(unit))
    offer = canonical(rounded, unit)
    return Problem(f"本表保留{_PLACES[unit.decimals]}，是否记为 {offer}？原填 {text}", offer)


_PLACES = ("整数", "一位小数", "两位小数", "三位小数", "四位小数", "五位小数", "六位小数")


def rounded(figure: int, unit: Unit, *, divisor: int = 1) -> int:
    """`figure` ÷ `divisor`, rounded half up to the decimals that the unit shows."""
    step: int = divisor * 10 ** (unit.places - unit.decimals)
    return (2 * figure + step) // (2 * step) * (step // divisor)


def canonical(figure: int | None, unit: Unit) -> str:
    """The figure as a plain decimal in its unit (``1234.50``); blank is the empty text."""
    if figure is None:
        return ""
    if not unit.places:
        return str(figure)
    sign = "-" if figure < 0 else ""
    whole, fen = divmod(abs(figure), FEN_PER_WAN)
    places = str(fen).rjust(unit.places, "0")
    kept = places.rstrip("0").ljust(unit.decimals, "0")
    return f"{sign}{whole}.{kept}" if kept else f"{sign}{whole}"


def show(figure: int | None, unit: Unit) -> str:
    """The figure for reading: `canonical` with a comma every three digits."""
    if figure is None:
        return ""
    sign = "-" if figure < 0 else ""
    whole, dot, fraction = canonical(abs(figure), unit).partition(".")
    return f"{sign}{int(whole):,}{dot}{fraction}"
