"""Characters: what may stand in a name or a text, decided by what is refused.

A character that this Python does not know yet may be a Han of a newer Unicode, and private use is
how older Chinese systems write a rare name, so both stay. Refused are control characters,
surrogates, line and paragraph separators, noncharacters, and the mark of a lost character; format
characters, which nobody sees, are taken out and the page says so.
"""

from collections.abc import Iterable
from re import compile as pattern
from unicodedata import category

LOST = "\N{REPLACEMENT CHARACTER}"
"""What a program writes in the place of a character that it could not convert."""

_OBJECT = "\N{OBJECT REPLACEMENT CHARACTER}"
"""What a paste leaves of a picture: as invisible as a format character."""

_ORDINARY = pattern(
    "[ -~\N{IDEOGRAPHIC SPACE}-\u9fff\ue000-\ufaff\uff01-\uff5e"
    "\U00020000-\U0002fffd\U00030000-\U0003fffd]*"
)
"""Texts that hold nothing refused and nothing unseen, whatever the version of Unicode."""

_CALLED = {
    "\n": "换行",
    "\r": "换行",
    "\t": "制表符",
    LOST: f"“{LOST}”（显示不出或转码时丢失的字）",
}


def is_refused(sign: str) -> bool:
    """Whether no name or text may hold this character."""
    if sign == LOST or category(sign) in ("Cc", "Cs", "Zl", "Zp"):
        return True
    return 0xFDD0 <= ord(sign) <= 0xFDEF or ord(sign) & 0xFFFE == 0xFFFE


def is_surrogate(sign: str) -> bool:
    """Whether this is half a character, which no page and no database takes."""
    return "\ud800" <= sign <= "\udfff"


def is_unseen(sign: str) -> bool:
    """Whether this character shows nothing by itself, so that it is taken out of a text."""
    return sign == _OBJECT or category(sign) == "Cf"


def refused_in(text: str, but: str = "") -> str:
    """The refused characters of a text, in words and each once; those in `but` are welcome."""
    if _ORDINARY.fullmatch(text):
        return ""
    return _called(sign for sign in text if sign not in but and is_refused(sign))


def unseen_in(text: str) -> str:
    """The characters of a text that nobody sees, in words and each once."""
    return "" if _ORDINARY.fullmatch(text) else _called(filter(is_unseen, text))


def _called(signs: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(_CALLED.get(sign, f"U+{ord(sign):04X}") for sign in signs))


def objection(text: str, but: str = "") -> str:
    """Why a text cannot be kept, to follow what it is called; the empty text where it can."""
    found = refused_in(text, but)
    return f"里有不能使用的字符：{found}，请改正" if found else ""


IN_LINES = "\n\t"
"""What a text of several lines may hold beside what a name may."""


def without_unseen(text: str) -> str:
    """The text without the characters that nobody sees, and without blanks around it."""
    return _seen(text.strip()).strip()


def in_lines(text: str) -> str:
    """The same for a text of several lines, whose indents stay."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "\n".join(_seen(line).rstrip() for line in lines).strip()


def _seen(text: str) -> str:
    if _ORDINARY.fullmatch(text):
        return text
    return "".join(sign for sign in text if not is_unseen(sign))


def taken_out(*texts: str) -> str:
    """The sentence on what `without_unseen` takes out of these texts; empty where nothing is."""
    found = unseen_in("".join(texts))
    return f"去掉了看不见的字符 {found}。" if found else ""


def blanked(text: str) -> str:
    """The text with a blank for every character that shows nothing: how figures are read."""
    if _ORDINARY.fullmatch(text):
        return text.replace("\N{IDEOGRAPHIC SPACE}", " ")
    return "".join(" " if _is_blank(sign) else sign for sign in text)


def _is_blank(sign: str) -> bool:
    return sign.isspace() or (sign != LOST and (is_refused(sign) or is_unseen(sign)))


def shown(text: str) -> str:
    """The text as a page can show it: what is refused or unseen becomes a visible mark."""
    if _ORDINARY.fullmatch(text):
        return text
    return "".join(LOST if is_refused(sign) or is_unseen(sign) else sign for sign in text)
