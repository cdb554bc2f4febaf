"""Unit names: match the name at the head of a sheet with the names of units."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

_ASIDE = re.compile(r"\([^)]*\)")
_KIND = re.compile(r"(总工会|工会委员会|工会)$")
_PLACE = re.compile(r"^.*?[省市](?=..)|^市直?(?=..)")
_OFFICE = re.compile(
    r"(?<=..)(经济技术开发区|高新技术开发区|开发区|经济区|高新区|新区|自治县|区|县|市|系统)$"
)


def names_unit(named: str, unit: str) -> bool:
    """Whether `named` means the unit called `unit`.

    Brackets and a final 总工会 or 工会 are ignored. Only names of places may be in front
    (湖北省鄂州市鄂城区总工会 is 鄂城区总工会).
    """
    one, other = _core(named), _core(unit)
    if min(len(one), len(other)) < _LEAST:
        return _plain(named) == _plain(unit) or _plain(named).endswith(_plain(unit))
    return one.endswith(other) or other.endswith(one)


_GENERIC = re.compile("(本|本级|各级|基层|所属|下级|上级|省|市|区|县|镇|乡)?(总?工会|工会委员会)")
"""Words for unions in general that name no unit."""

_LEAST = 2
"""Characters of a short name; a shorter one could be any unit's (市总工会)."""

_LEAST_WITHIN = 3
"""Characters of a name that is searched for within a longer text."""

_LONGEST_TITLE = 40
"""Characters of a text about one unit; a longer one may mention others."""


@dataclass(frozen=True)
class UnitNames:
    """The names of the reporting unit, and those of other units.

    `own` are its present and former names; `above` are those of the units above it, which titles
    name although the sheet is not theirs.
    """

    own: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    above: tuple[str, ...] = ()

    def is_own(self, named: str) -> bool:
        """Whether `named` is our unit's name, short name or former name."""
        short = _short(named)
        return any(names_unit(named, name) or short == _short(name) for name in self.own)

    def is_foreign(self, named: str) -> bool:
        """Whether `named` is another unit's name: a known one, or one that ends like a union's."""
        if not self.own or self.is_own(named):
            return False
        called = bool(_KIND.search(_plain(named))) and not _GENERIC.fullmatch(_plain(named))
        return called or _short(named) in self._others_in_short

    def mentions_foreign(self, text: str) -> bool:
        """Whether a title names another unit, and neither ours nor one above it."""
        text = _plain(text)
        if not self.own or len(text) > _LONGEST_TITLE or _mentions(text, _cores(self.own)):
            return False
        for name in sorted(map(_core, self.above), key=len, reverse=True):
            text = text.replace(name, " ") if len(name) >= _LEAST else text
        return _mentions(text, self._other_cores)

    @cached_property
    def _other_cores(self) -> frozenset[str]:
        return _cores(self.others)

    @cached_property
    def _others_in_short(self) -> frozenset[str]:
        own = {_short(name) for name in self.own}
        return frozenset(short for name in self.others if (short := _short(name)) not in own)


def _cores(names: Iterable[str]) -> frozenset[str]:
    cores = {form for name in names for form in (_core(name), _without_place(_core(name)))}
    return frozenset(core for core in cores if len(core) >= _LEAST_WITHIN)


def _mentions(text: str, cores: Iterable[str]) -> bool:
    return any(core in text for core in cores)


def _core(name: str) -> str:
    return _KIND.sub("", _plain(name))


def _without_place(core: str) -> str:
    return _PLACE.sub("", core)


def _short(name: str) -> str:
    """The short form of a name: 葛店开发区总工会 is 葛店, 市教育系统工会 is 教育."""
    return _OFFICE.sub("", _without_place(_core(name)))


def _plain(name: str) -> str:
    return _ASIDE.sub("", "".join(unicodedata.normalize("NFKC", name).split()))
