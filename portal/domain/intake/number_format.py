"""Number formats: the text that office programs show for a stored number.

A cell with 34500 under the format ``0!.0000`` shows 3.4500, and one with 101 under ``00000`` shows
00101. People check, and answer for, the text shown.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

XML_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
NOISE = Decimal("1e-7")
"""A tenth of a fen in 万元: finer than any figure, and coarser than the rounding error of binary
fractions at the greatest figure."""

MAX_DIGITS = 18
"""Digits before the point; no figure has that many."""


def plain_number(text: str) -> str:
    """Rewrite a workbook's number as people type it: ``0.30000000000000004`` is 0.3, ``1E3`` 1000.

    Only the rounding noise of binary fractions is removed; any other text is unchanged.
    """
    if not XML_NUMBER.fullmatch(text):
        return text
    number = Decimal(text)
    if number.adjusted() > MAX_DIGITS:
        return f"{number:f}"
    noiseless = number.quantize(NOISE)
    return f"{noiseless.normalize():f}" if noiseless else "0"


GENERAL = ("", "general", "g/通用格式", "@")
"""Formats, in lower case, that show a number unchanged."""

_AS_OFFICE_COUNTS = Context(prec=15, rounding=ROUND_HALF_UP)
_ROOM = Context(prec=60, rounding=ROUND_HALF_UP)


def shown(text: str, code: str) -> str | None:
    """The text shown for the number `text` under the number format `code`.

    It is empty where the format shows nothing. It is None for conditions, fractions, exponents,
    numerals in words and dates, which are not supported, and for a text that is no number.
    """
    if not XML_NUMBER.fullmatch(text):
        return None
    if code.strip().lower() in GENERAL:
        return plain_number(text)
    number = _AS_OFFICE_COUNTS.create_decimal(text)
    sections = _sections(code)
    if sections is None or abs(number.adjusted()) > MAX_DIGITS:
        return None
    return _in_section(sections, number)


def number_seen(text: str) -> Decimal | None:
    """The number in a shown text, without its words and signs; None without a number.

    A dash alone is the accounting format's zero.
    """
    digits = re.sub(r"[^0-9.]", "", text)
    if not re.fullmatch(r"[0-9]+\.?[0-9]*|\.[0-9]+", digits):
        return Decimal(0) if text.strip() == "-" else None
    negative = re.match(r"[^0-9]*(-|\(.*\))", text)
    return -Decimal(digits) if negative else Decimal(digits)


_TOKEN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"? | [\\!](?P<escaped>.) | (?P<space>_.) | (?P<fill>\*.)
    | \[\$(?P<currency>[^\]\-]*)[^\]]*\] | \[(?P<bracket>[^\]]*)\]
    | (?P<general>general|g/通用格式|@) | (?P<exponent>e[+-]) | (?P<digit>[0\#?])
    | (?P<sign>[.,%;/]) | (?P<plain>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_COLOURS = re.compile(
    "black|blue|cyan|green|magenta|red|white|yellow|(color|颜色) ?[0-9]+|([黑蓝青绿红白黄]|洋红)色?"
)

Token = tuple[str, str]
"""The kind of a format character, and the character."""


@dataclass(frozen=True, slots=True)
class _Section:
    """One section of a format: for positive numbers, negative ones or zero."""

    tokens: tuple[Token, ...]
    decimals: int
    grouped: bool
    divided: int
    percents: int


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[_Section, ...] | None:
    """The sections of a format; None if it has an unsupported sign."""
    parts: list[list[Token]] = [[]]
    for found in _TOKEN.finditer(code):
        token = found.lastgroup or "", found[found.lastgroup or 0]
        if token == ("sign", ";"):
            parts.append([])
        elif token[0] == "bracket":
            if not _COLOURS.fullmatch(token[1].lower()):
                return None
        elif token[0] == "exponent" or token == ("sign", "/") or _is_of_dates(token):
            return None
        else:
            parts[-1].append(token)
    return tuple(map(_section, parts[:4]))


def _is_of_dates(token: Token) -> bool:
    return token[0] == "plain" and token[1].lower() in "ymdhsb"


def _section(tokens: Sequence[Token]) -> _Section:
    digits = [at for at, (kind, _) in enumerate(tokens) if kind == "digit"]
    point = next((at for at, token in enumerate(tokens) if token == ("sign", ".")), len(tokens))
    kept, grouped, divided = [], False, 0
    for at, token in enumerate(tokens):
        if token == ("sign", ","):
            follows = bool(digits) and digits[0] < at
            scales = follows and not any(at < digit for digit in digits if digit < point)
            divided += scales
            grouped = grouped or (follows and not scales)
        else:
            kept.append(token)
    return _Section(
        tokens=tuple(kept),
        decimals=sum(at > point for at in digits),
        grouped=grouped,
        divided=divided,
        percents=sum(token == ("sign", "%") for token in tokens),
    )


def _in_section(sections: Sequence[_Section], number: Decimal) -> str:
    if number < 0 and len(sections) > 1:
        return _filled(sections[1], -number)
    if not number and len(sections) > 2:
        return _filled(sections[2], number)
    sign = "-" if number < 0 else ""
    return sign + _filled(sections[0], abs(number)) if sections[0].tokens else ""


def _filled(section: _Section, number: Decimal) -> str:
    if any(kind == "general" for kind, _ in section.tokens):
        return "".join(_literal(token, plain_number(f"{number:f}")) for token in section.tokens)
    number = number.scaleb(2 * section.percents - 3 * section.divided)
    number = number.quantize(Decimal(1).scaleb(-section.decimals), context=_ROOM)
    whole, _, fraction = f"{number:f}".partition(".")
    signs = _whole(section, whole.lstrip("0")) + list(_fraction(section, fraction))
    return "".join(signs).strip()


def _before_the_point(section: _Section) -> tuple[Token, ...]:
    point = ("sign", ".")
    return (
        section.tokens[: section.tokens.index(point)]
        if point in section.tokens
        else (section.tokens)
    )


def _whole(section: _Section, digits: str) -> list[str]:
    """The characters before the point, filled from the right; excess digits are put in front."""
    tokens = _before_the_point(section)
    first = next((at for at, (kind, _) in enumerate(tokens) if kind == "digit"), -1)
    backwards: list[str] = []
    placed = 0
    for at in range(len(tokens) - 1, -1, -1):
        kind, sign = tokens[at]
        if kind != "digit":
            backwards.append(_literal(tokens[at]))
            continue
        wanted = max(1, len(digits) - placed) if at == first else 1
        for _ in range(wanted):
            digit = digits[-1 - placed] if placed < len(digits) else {"0": "0", "?": " "}.get(sign)
            if digit is not None:
                if section.grouped and placed and placed % 3 == 0:
                    backwards.append(",")
                backwards.append(digit)
            placed += 1
    return backwards[::-1]


def _fraction(section: _Section, digits: str) -> Iterator[str]:
    placed = 0
    for token in section.tokens[len(_before_the_point(section)) :]:
        if token[0] != "digit":
            yield _literal(token)
            continue
        ends = not digits[placed:].strip("0")
        yield {"#": "", "?": " "}.get(token[1], "0") if ends else digits[placed]
        placed += 1


def _literal(token: Token, number: str = "") -> str:
    kind, sign = token
    return {"space": " ", "fill": "", "general": number}.get(kind, sign)
