"""Names of a workbook's sheets that a formula can use without quotes.

A sum over neighbouring sheets is ``甲:乙!E7``. LibreOffice does not parse the quoted form, so names
must not contain characters that need quotes.
"""

from collections.abc import Iterable
from unicodedata import category

MAX_LENGTH = 31
"""UTF-16 code units, as Excel counts: a rare character takes two."""


def sheet_names(wanted: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """A unique name for each of `wanted`, as similar to it as possible."""
    used = {name.casefold() for name in taken}
    names = []
    for text in wanted:
        name = _unused(_plain(text), used)
        used.add(name.casefold())
        names.append(name)
    return names


def _plain(text: str) -> str:
    signs = (sign if _is_plain(sign) else " " for sign in text)
    name = "_".join("".join(signs).split()).strip("_")
    if name.isascii() or name[0].isdigit():
        name = f"单位_{name}".rstrip("_")  # else it could be an address, a number or a keyword
    return _cut(name, MAX_LENGTH)


def _is_plain(sign: str) -> bool:
    return category(sign)[0] == "L" or sign in "0123456789_"


def _unused(name: str, used: set[str]) -> str:
    number, candidate = 1, name
    while candidate.casefold() in used:
        number += 1
        ending = f"_{number}"
        candidate = _cut(name, MAX_LENGTH - len(ending)) + ending
    return candidate


def _cut(name: str, length: int) -> str:
    while len(name.encode("utf-16-le")) > 2 * length:
        name = name[:-1]
    return name


def reference(first: str, last: str, cell: str) -> str:
    """A cell of one sheet, or of every sheet from `first` to `last`: ``甲:乙!E7``."""
    return f"{first if first == last else f'{first}:{last}'}!{cell}"
