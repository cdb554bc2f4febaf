"""Characters: a deny list for names and texts.

Unassigned characters are accepted (they may be Han characters of a newer Unicode), and so are
private-use ones (older Chinese systems write rare names with them). Refused are control
characters, surrogates, line and paragraph separators, noncharacters and U+FFFD. Invisible format
characters are removed, and the page says so.
"""

from collections.abc import Iterable
from re import compile as pattern
from unicodedata import category

LOST = "\N{REPLACEMENT CHARACTER}"
"""U+FFFD, written by programs for a character that they could not convert."""

_OBJECT = "\N{OBJECT REPLACEMENT CHARACTER}"
"""U+FFFC, left by a pasted picture; treated as an invisible character."""

_ORDINARY = pattern(
    "[ -~\N{IDEOGRAPHIC SPACE}-\u9fff\ue000-\ufaff\uff01-\uff5e"
    "\U00020000-\U0002fffd\U00030000-\U0003fffd]*"
)
"""A fast path: texts without refused or invisible characters in any version of Unicode."""

_CALLED = {
    "\n": "换行",
    "\r": "换行",
    "\t": "制表符",
    LOST: f"“{LOST}”（显示不出或转码时丢失的字）",
}


def is_refused(sign: str) -> bool:
    """Whether names and texts must not contain this character."""
    if sign == LOST or category(sign) in ("Cc", "Cs", "Zl", "Zp"):
        return True
    return 0xFDD0 <= ord(sign) <= 0xFDEF or ord(sign) & 0xFFFE == 0xFFFE


def is_surrogate(sign: str) -> bool:
    """Whether this is a surrogate, which cannot be encoded for a page or a database."""
    return "\ud800" <= sign <= "\udfff"


def is_unseen(sign: str) -> bool:
    """Whether this character is invisible and so removed from texts."""
    return sign == _OBJECT or category(sign) == "Cf"


def refused_in(text: str, but: str = "") -> str:
    """The refused characters of a text, in words, each once; those in `but` are accepted."""
    if _ORDINARY.fullmatch(text):
        return ""
    return _called(sign for sign in text if sign not in but and is_refused(sign))


def unseen_in(text: str) -> str:
    """The invisible characters of a text, in words, each once."""
    return "" if _ORDINARY.fullmatch(text) else _called(filter(is_unseen, text))


def _called(signs: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(_CALLED.get(sign, f"U+{ord(sign):04X}") for sign in signs))


def objection(text: str, but: str = "") -> str:
    """Why a text is refused, worded to follow the field's name; empty if it is accepted."""
    found = refused_in(text, but)
    return f"里有不能使用的字符：{found}，请改正" if found else ""


IN_LINES = "\n\t"
"""The characters accepted in a text of several lines but not in a name."""


def without_unseen(text: str) -> str:
    """The text without invisible characters and without spaces around it."""
    return _seen(text.strip()).strip()


def in_lines(text: str) -> str:
    """`without_unseen` for a text of several lines; indents are kept."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    return "\n".join(_seen(line).rstrip() for line in lines).strip()


def _seen(text: str) -> str:
    if _ORDINARY.fullmatch(text):
        return text
    return "".join(sign for sign in text if not is_unseen(sign))


def taken_out(*texts: str) -> str:
    """The sentence on what `without_unseen` removes from these texts; empty if nothing."""
    found = unseen_in("".join(texts))
    return f"去掉了看不见的字符 {found}。" if found else ""


def blanked(text: str) -> str:
    """The text with a space for every invisible character; figures are parsed from it."""
    if _ORDINARY.fullmatch(text):
        return text.replace("\N{IDEOGRAPHIC SPACE}", " ")
    return "".join(" " if _is_blank(sign) else sign for sign in text)


def _is_blank(sign: str) -> bool:
    return sign.isspace() or (sign != LOST and (is_refused(sign) or is_unseen(sign)))


def shown(text: str) -> str:
    """The text for a page: refused and invisible characters become a visible mark."""
    if _ORDINARY.fullmatch(text):
        return text
    return "".join(LOST if is_refused(sign) or is_unseen(sign) else sign for sign in text)
