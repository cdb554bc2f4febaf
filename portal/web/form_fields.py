"""Form fields: texts made printable, whole numbers, and the nonce of a click."""

import re
from collections.abc import Mapping
from unicodedata import category

from portal.domain.characters import in_lines, shown

MAX_DIGITS = 9
"""Digits that fit every column and page number; `int` alone would parse thousands."""

NONCE = re.compile(r"[0-9A-Za-z_-]{1,64}")


def printable(text: str) -> str:
    """The text for a page, with a mark in place of each refused or invisible character."""
    return shown(text)


def legible_in_lines(text: str) -> str:
    """`printable` for a text of several lines."""
    return "\n".join(printable(line.replace("\t", " ")) for line in in_lines(text).split("\n"))


def nonce_in(fields: Mapping[str, str]) -> str:
    """The nonce of a click; empty if the field is no nonce."""
    nonce = fields.get("nonce", "")
    return nonce if NONCE.fullmatch(nonce) else ""


def number_in(text: str) -> int | None:
    """The whole number ≥ 0 in a text; None for any other text."""
    fits = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if fits else None


def number_asked(text: str) -> int:
    """`number_in` for the `type` of an argument; raises `ValueError` for any other text."""
    number = number_in(text)
    if number is None:
        raise ValueError("not a whole number")
    return number


def strip_invisible(text: str) -> str:
    """The text without invisible characters, which pasted text may contain."""
    lines = text.replace("\r\n", "\n").replace("\t", " ")
    return "".join(sign for sign in lines if sign == "\n" or category(sign) != "Cc").strip()
