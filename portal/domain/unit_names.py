"""Unit names: whether the name at the head of a sheet is that of a unit, as people write it."""

import re
import unicodedata

_ASIDE = re.compile(r"\([^)]*\)")
_KIND = re.compile(r"(总工会|工会委员会|工会)$")


def names_unit(named: str, unit: str) -> bool:
    """Whether `named` means the unit called `unit`.

    What stands in brackets and the last words 总工会 or 工会 say nothing; the name may have the
    names of the places above it in front (湖北省鄂州市鄂城区总工会 is 鄂城区总工会), and no more.
    """
    one, other = _core(named), _core(unit)
    if min(len(one), len(other)) < _LEAST:
        return _plain(named) == _plain(unit) or _plain(named).endswith(_plain(unit))
    return one.endswith(other) or other.endswith(one)


_LEAST = 2
"""Signs of a name below which its end could be that of any other (市总工会)."""


def _core(name: str) -> str:
    return _KIND.sub("", _plain(name))


def _plain(name: str) -> str:
    return _ASIDE.sub("", "".join(unicodedata.normalize("NFKC", name).split()))
