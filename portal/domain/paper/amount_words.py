"""Amounts in words: money in capital numerals (人民币大写), which make a slip of units visible."""

from portal.domain.figures import FEN_PER_YUAN

MAX_FEN = 99_999_999_999_999
"""The largest amount in words, in fen; 仟亿 is the highest place."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_GROUP = 10_000
_GROUPS = ("亿", "万", "")


def in_words(fen: int) -> str:
    """`fen` in the capital numerals of bills: ``壹仟零壹元零壹分``.

    Source: 会计基础工作规范, article 52. 整 follows 元 and 角 but never 分; one 零 stands for
    any run of zeros inside the amount. Where the rule leaves 零 free (zeros between a round
    group and a full one, or between a round 元 and 角) it is not written.
    Raises `ValueError` below 0 and above `MAX_FEN`.
    """
    if not 0 <= fen <= MAX_FEN:
        raise ValueError(f"no words for {fen} fen")
    yuan, rest = divmod(fen, FEN_PER_YUAN)
    whole = _whole(yuan)
    if not rest:
        return f"{whole or '零'}元整"
    return (f"{whole}元" if whole else "") + _fraction(rest, follows=bool(whole))


def _whole(yuan: int) -> str:
    words, gap = "", False
    for power, name in zip((2, 1, 0), _GROUPS, strict=True):
        group = yuan // _GROUP**power % _GROUP
        if group:
            gap = gap or group < _GROUP // 10
            words += ("零" if words and gap else "") + _below_ten_thousand(group) + name
        gap = not group
    return words


def _below_ten_thousand(number: int) -> str:
    words, gap = "", False
    for digit, place in zip(f"{number:04}", _PLACES, strict=True):
        if digit != "0":
            words += ("零" if words and gap else "") + _DIGITS[int(digit)] + place
        gap = digit == "0"
    return words


def _fraction(fen: int, *, follows: bool) -> str:
    jiao, fen = divmod(fen, 10)
    tens = f"{_DIGITS[jiao]}角" if jiao else "零" if follows else ""
    return tens + (f"{_DIGITS[fen]}分" if fen else "整")


def exact_yuan(fen: int) -> str:
    """`fen` in yuan to the last fen: ``126,000.00 元``; raises `ValueError` below 0."""
    if fen < 0:
        raise ValueError(f"no amount below 0: {fen} fen")
    return f"{fen // FEN_PER_YUAN:,}.{fen % FEN_PER_YUAN:02} 元"
