"""Narrative: the paragraph for the leaders, written from the figures of a consolidation.

Every number in it is one of the figures or percents of the table beside it. What is blank is
left out, since nobody has said it; J stands apart (另) and is added to nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from portal.domain.comparison import change
from portal.domain.figures import canonical
from portal.domain.form import Form, Item
from portal.domain.formulas import Figures
from portal.domain.indicators import Indicator, indicators_of, registered_is_part

_Pair = tuple[str, Indicator, str, Indicator]

_CONSOLED: _Pair = ("慰问职工", Indicator.CONSOLED, "发放款物", Indicator.GIVEN)
_REGISTERED: _Pair = (
    "建档困难职工",
    Indicator.REGISTERED,
    "发放款物",
    Indicator.REGISTERED_GIVEN,
)
_HELP: tuple[tuple[str, Indicator], ...] = (
    ("为困难职工提供各项帮扶救助", Indicator.HELPED),
    ("为职工提供各项服务", Indicator.SERVED),
    ("帮助农民工平安返乡", Indicator.RETURNED_HOME),
)
_WAGES: _Pair = (
    "协助追讨欠薪",
    Indicator.WAGES_CLAIMED,
    "追回金额",
    Indicator.WAGES_RECOVERED,
)
_BESIDE: tuple[_Pair, ...] = (
    (
        "慰问疫情防控一线职工",
        Indicator.FRONT_LINE,
        "发放款物",
        Indicator.FRONT_LINE_GIVEN,
    ),
    (
        "慰问新就业形态劳动者",
        Indicator.NEW_WORK,
        "发放款物",
        Indicator.NEW_WORK_GIVEN,
    ),
)


@dataclass(frozen=True, slots=True)
class Past:
    """Last campaign's figures under this edition's codes.

    `words` introduce the first change (比2022年), `again` those after it (nothing, or 同比).
    An item that is not in `figures` has no confirmed counterpart and is compared with nothing.
    """

    figures: Figures
    words: str
    again: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """What the paragraph is about: whose sum, until which day, and who is not in it.

    `figures` are those that are reported upward (剔重后); `missing` names those who are not in
    the sum, empty when it is whole.
    """

    subject: str
    day: date
    figures: Figures
    past: Past | None = None
    missing: str = ""


def paragraph(form: Form, account: Account) -> str:
    """The paragraph, ready to be copied; a sentence says so where nothing is summed yet."""
    told = _Telling(form, account)
    sentences = [*told.main(), *told.beside()]
    if not sentences:
        return f"截至{_day(account.day)}，{account.subject}还没有可以汇总的数。"
    if account.missing:
        sentences.append(f"以上为阶段性汇总，{account.missing}。")
    return _introduced("".join(sentences), account.past)


_CHANGE = "\x00"
"""Stands in a sentence for the words that introduce a change; no name may hold it."""


def _introduced(text: str, past: Past | None) -> str:
    if past is None:
        return text
    return text.replace(_CHANGE, past.words, 1).replace(_CHANGE, past.again)


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class _Telling:
    form: Form
    account: Account

    def main(self) -> Iterator[str]:
        """据统计 …: what was raised, visited, consoled, helped, each between semicolons."""
        clauses = list(self._clauses())
        if clauses:
            until = _day(self.account.day)
            yield f"据统计，截至{until}，{self.account.subject}{'；'.join(clauses)}。"

    def _clauses(self) -> Iterator[str]:
        begun = "，".join(
            filter(
                None,
                (
                    self._one("共筹集送温暖款物", Indicator.RAISED),
                    self._one("走访企业", Indicator.VISITED),
                    self._consoled(),
                ),
            )
        )
        clauses = [begun, *(self._one(*each) for each in _HELP), self._two(_WAGES)]
        return filter(None, clauses)

    def _consoled(self) -> str:
        whole, part = self._two(_CONSOLED), self._two(_REGISTERED)
        if not part:
            return whole
        lead = "其中" if whole and registered_is_part(self.form) else "另慰问"
        return f"{whole}，{lead}{part}" if whole else f"{lead}{part}"

    def beside(self) -> Iterator[str]:
        """另 …: what is counted apart and never added."""
        clauses = list(filter(None, map(self._two, _BESIDE)))
        if clauses:
            yield f"另{'；'.join(clauses)}。"

    def _two(self, pair: _Pair) -> str:
        """A pair: 慰问职工 1234 人次、发放款物 56.70 万元."""
        people, first, money, second = pair
        told = (self._one(people, first), self._one(money, second))
        if told[0]:
            return "、".join(filter(None, told))
        return f"{people}{told[1]}" if told[1] else ""

    def _one(self, words: str, indicator: Indicator) -> str:
        """One figure with its unit and how it moved; nothing where it is blank."""
        item = indicators_of(self.form).get(indicator)
        figure = self.account.figures.get(item.code) if item else None
        if item is None or figure is None:
            return ""
        return f"{words}{canonical(figure, item.unit)}{item.unit.name}{self._moved(item, figure)}"

    def _moved(self, item: Item, figure: int) -> str:
        past = self.account.past
        if past is None or item.code not in past.figures:
            return ""
        moved = change(figure, past.figures[item.code])
        if moved.difference is None or moved.percent_text is None:
            return ""
        if not moved.difference:
            return f"（{_CHANGE}持平）"
        direction = "增长" if moved.difference > 0 else "下降"
        return f"（{_CHANGE}{direction}{moved.percent_text.lstrip('+-')}）"
