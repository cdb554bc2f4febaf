"""The words of a sheet that name its year, its unit and its unit of money.

Texts are normalised by `pressed` first: half-width, without spaces.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from portal.domain.intake.unit_names import UnitNames


@dataclass(frozen=True, slots=True)
class Expected:
    """The words that a sheet of this report may contain.

    `year` is the campaign's year, None without one. `titles` are the campaign's own name and the
    title of its form, accepted whatever year they name; `other_campaigns` are the names of others.
    """

    units: UnitNames = field(default_factory=UnitNames)
    year: int | None = None
    titles: tuple[str, ...] = ()
    other_campaigns: tuple[str, ...] = ()


def pressed(text: str) -> str:
    """A text half-width and without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


# Money.

YUAN = {
    "元": 1,
    "十元": 10,
    "百元": 100,
    "千元": 1_000,
    "万元": 10_000,
    "十万元": 100_000,
    "百万元": 1_000_000,
    "千万元": 10_000_000,
    "亿元": 100_000_000,
}
_MONEY = re.compile(r"(?<![公单纪多美欧日港状])((?:[十百千]?万|[十百千亿])?元)(?![旦月素件宵老首])")
_IN_BRACKETS = re.compile(r"\((?:[^()0-9]*[:为是、,/])?((?:[十百千]?万|[十百千亿])?元)(?:整|\))")
_UNIT_LINE = re.compile(r"(?:^|\()(?:计量|金额|货币|数据|款物)?单位(?:\([^)]*\))?[:为是](.+)")
_UNITS = re.compile(r"\(?[家户人次个件份十百千万亿元、,/和]+\)?")
_UNIT_LABEL = re.compile(r"(?:计量|金额|货币|数据|款物)?单位:?")


def money_in(text: str) -> frozenset[str]:
    """The units of money in a text: 元, 万元."""
    return frozenset(_MONEY.findall(pressed(text)))


def money_in_brackets(text: str) -> frozenset[str]:
    """The units of money in a label's brackets (欠薪金额（元）) or in a cell of units (人次/元)."""
    text = pressed(text)
    if _UNITS.fullmatch(text):
        return money_in(text)
    return frozenset(_IN_BRACKETS.findall(text))


def is_units(text: str) -> bool:
    """Whether a text has only units: 元, 家、人次、万元."""
    return bool(_UNITS.fullmatch(pressed(text)))


def money_of_unit_line(text: str) -> frozenset[str]:
    """The units of money in the line 单位：家、人次、元; none for any other line."""
    line = _UNIT_LINE.search(pressed(text))
    return money_in(line[1]) if line else frozenset()


def is_unit_label(text: str) -> bool:
    """Whether the cell is the label 单位 whose units are in the next cell."""
    return bool(_UNIT_LABEL.fullmatch(pressed(text)))


def other_money(named: Iterable[str], unit: str) -> str | None:
    """The unit of money named instead of `unit`; None if `unit` is named too."""
    named = set(named)
    return min(named) if named and unit in YUAN and unit not in named else None


def converted(number: Decimal, money: str, unit: str) -> Decimal:
    """Convert an amount to `unit` exactly: 34500 元 are 3.45 万元."""
    return number * YUAN[money] / YUAN[unit]


# Years.

_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?=年|春|[-/.]?[0-9]{2}年|学年|-spring)")
_SHORT_YEAR = re.compile(r"(?<![0-9])([0-9]{2})(?=年(?:度|春节|元旦|两节|送温暖|冬|慰问))")
_DATE = re.compile(r"(?<![0-9])(20[0-9]{2})(?:年|[-/.])[0-9]{1,2}(?:月|[-/.]|(?![0-9]))")


def years_in(text: str) -> frozenset[int]:
    """The years in a title: 2027年, 二〇二七年, 27年春节; years of dates are not counted."""
    text = pressed(text)
    text = re.sub(
        "[〇○零一二三四五六七八九]{4}(?=年)", lambda y: y[0].translate(_CHINESE_DIGITS), text
    )
    text = _DATE.sub(" ", text)
    return frozenset(
        {int(year) for year in _YEAR.findall(text)}
        | {2000 + int(year) for year in _SHORT_YEAR.findall(text)}
    )


def years_of_dates(text: str) -> frozenset[int]:
    """The years of the dates in a text."""
    return frozenset(int(year) for year in _DATE.findall(pressed(text)))


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the sheet's head, with its address."""

    words: str
    address: str


def stale_title(texts: Iterable[tuple[str, str]], expected: Expected) -> Said | None:
    """The title of another year or campaign among texts with addresses; None without one.

    Titles decide before dates. A date may be of the year before, when the period begins.
    """
    every = [(pressed(text), address) for text, address in texts]
    for text, address in every:
        for name in expected.other_campaigns:
            if pressed(name) in text and not _is_of_own(text, expected):
                return Said(f"“{name}”", address)
    if expected.year is None:
        return None
    titles = [(_title_years(text, expected), address) for text, address in every]
    named = {year for years, _ in titles for year in years}
    if named:
        years, address = next(each for each in titles if each[0])
        return None if expected.year in named else Said(f"{max(years)} 年", address)
    dates = [(max(years), address) for text, address in every if (years := years_of_dates(text))]
    latest = max(dates, default=None)
    if latest and not expected.year - 1 <= latest[0] <= expected.year:
        return Said(f"{latest[0]} 年", latest[1])
    return None


def _is_of_own(text: str, expected: Expected) -> bool:
    return any(pressed(title) in text for title in expected.titles)


def _title_years(text: str, expected: Expected) -> frozenset[int]:
    if _is_of_own(text, expected) and expected.year is not None:
        return frozenset({expected.year})
    return years_in(text)


# The unit.

_WHOSE = re.compile(
    r"(?:(?:填报|报送|上报|填表|编报|编制|申报|汇报|呈报|报表|所属)(?:单位|工会|机构|组织)"
    r"|单位|工会|工会组织|基层工会|机构)(?:名称|全称)?(?:\([^)]*\))?"
)
_NAMED = re.compile(rf"({_WHOSE.pattern}):(.+)")
_LABEL = re.compile(rf"{_WHOSE.pattern}:?")
_HEADING = re.compile(
    r"(?:序号|代码|编码|编号|指标|项目|名称|类别|内容|计量|单位|数量|数值|金额|合计|备注|说明)+"
    r"|[家户人次个件份元万亿、,/和\s]+"
)


def unit_named(text: str) -> str | None:
    """The unit named after 填报单位：or a similar label; None without one."""
    line = _NAMED.fullmatch(pressed(text))
    if line is None:
        return None
    named = line[2].strip("_")
    # 单位：元 and 单位：家、人次、万元 name units of measure.
    return None if not named or _names_nobody(line[1], named) else named


def is_label_of_unit(text: str) -> bool:
    """Whether the cell is the label 填报单位 whose name is in the next cell."""
    return bool(_LABEL.fullmatch(pressed(text)))


def unit_beside(label: str, text: str) -> str | None:
    """The unit in the cell beside a label; None if that cell is another heading."""
    named = pressed(text).strip("_")
    return None if not named or _names_nobody(pressed(label).rstrip(":"), named) else named


def _names_nobody(label: str, named: str) -> bool:
    if is_label_of_unit(named) or _HEADING.fullmatch(named):
        return True
    return label in {"单位", "工会"} and not re.search("工会|总会|学校|医院|公司|局|区", named)
