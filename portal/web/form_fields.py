"""What browsers send: texts made legible, and the page's own number for one click."""

import re
from collections.abc import Mapping
from unicodedata import category

from portal.domain.characters import in_lines, shown

MAX_DIGITS = 9
"""So many fit every column and page number; Python itself would read thousands."""

NONCE = re.compile(r"[0-9A-Za-z_-]{1,64}")


def printable(text: str) -> str:
    """The text as a page can show it again, with a mark where it holds what no page may."""
    return shown(text)


def legible_in_lines(text: str) -> str:
    """The same for a text of several lines."""
    return "\n".join(printable(line.replace("\t", " ")) for line in in_lines(text).split("\n"))


def nonce_in(fields: Mapping[str, str]) -> str:
    """The page's own number for one click; the empty text where it is none."""
    nonce = fields.get("nonce", "")
    return nonce if NONCE.fullmatch(nonce) else ""


def number_in(text: str) -> int | None:
    """The whole number, 0 or more, that a browser sent; None where the text is none."""
    fits = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if fits else None


def number_asked(text: str) -> int:
    """As `number_in`, for the `type` of an argument: raises `ValueError` where it is none."""
    number = number_in(text)
    if number is None:
        raise ValueError("not a whole number")
    return number


def strip_invisible(text: str) -> str:
    """The text without signs that nobody sees, which a paste brings along and no page may hold."""
    lines = text.replace("\r\n", "\n").replace("\t", " ")
    return "".join(sign for sign in lines if sign == "\n" or category(sign) != "Cc").strip()
