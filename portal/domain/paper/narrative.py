"""Narrative: the paragraph for the leaders, written from the figures of a consolidation.

Every number in it is a figure or change of the table beside it; counts may be written in 万. Blank
figures are left out. J is told separately (另) and added to nothing. Running text has no commas
between digits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from portal.domain.figures import Kind, Unit, canonical
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import Figures
from portal.domain.form.indicators import Indicator, indicators_of, registered_is_part
from portal.domain.report.comparison import Change, Compared, change_of_sum, times_more

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
    "追讨欠薪金额",
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

_TOLD = frozenset(Indicator) - {Indicator.FROM_ABOVE}
"""The indicators in the paragraph; 上级补助 is already part of 筹集."""


@dataclass(frozen=True, slots=True)
class Past:
    """Last campaign's figures under this edition's codes, of the units that reported in both years.

    `name` is the campaign's name, `compared` are this year's figures of those units, None if they
    are all units; `remark` names them, empty if they are all. An item that is not in `figures` has
    no confirmed counterpart and is not compared.
    """

    figures: Figures
    name: str
    compared: Figures | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """The input of the paragraph: organisation, closing day, figures and missing units.

    `figures` are those reported upward (剔重后); `missing` names the units that are not in the
    sum, empty if all are. `in_wan` writes large counts in 万 (4.16万人次).
    """

    subject: str
    day: date
    figures: Figures
    past: Past | None = None
    missing: str = ""
    in_wan: bool = False


def paragraph(form: Form, account: Account) -> str:
    """The paragraph, ready to be copied; one sentence if nothing is summed yet."""
    told = _Telling(form, account)
    sentences = [*told.main(), *told.beside()]
    if not sentences:
        return f"截至{_day(account.day)}，{account.subject}还没有可以汇总的数。"
    if account.missing:
        sentences.append(f"以上为阶段性汇总，{account.missing}。")
    return _introduced("".join([*sentences, *told.about_comparing()]), account.past)


_CHANGE = "\x00"
"""A placeholder for the words that introduce a change; names cannot contain it."""

LEFT_OUT = "上年数过小或可比单位不足八成的项目不写增减。"


def _introduced(text: str, past: Past | None) -> str:
    """Name the campaign of comparison at the first change."""
    if past is None:
        return text
    return text.replace(_CHANGE, f"较{past.name}", 1).replace(_CHANGE, "")


WAN = 10_000


def amount(figure: int, unit: Unit, *, in_wan: bool) -> str:
    """The figure with its unit, without commas; with `in_wan` a count from 10 000 on is in 万.

    In 万 it has at most two decimals, rounded half up: ``4.16万人次``, ``5万人次``.
    """
    if not in_wan or unit.kind is Kind.MONEY or figure < WAN:
        return f"{canonical(figure, unit)}{unit.name}"
    hundredths = (2 * figure + 100) // 200
    text = f"{hundredths // 100}.{hundredths % 100:02}".rstrip("0").rstrip(".")
    return f"{text}万{unit.name}"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class _Telling:
    form: Form
    account: Account

    def main(self) -> Iterator[str]:
        """据统计 …: money raised, units visited, people consoled and helped, between semicolons."""
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
        """另 …: item J, which is never added to the others."""
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
        """One figure with its unit and change; empty if it is blank."""
        item = indicators_of(self.form).get(indicator)
        figure = self.account.figures.get(item.code) if item else None
        if item is None or figure is None:
            return ""
        return f"{words}{amount(figure, item.unit, in_wan=self.account.in_wan)}{self._moved(item)}"

    def about_comparing(self) -> Iterator[str]:
        """Name the compared units, and say that some items are not compared."""
        past = self.account.past
        if past is None:
            return
        if past.remark:
            yield f"与{past.name}{past.remark.replace(' ', '')}。"
        told = (item for one, item in indicators_of(self.form).items() if one in _TOLD)
        if any(self._left_out(*self._compared(item)) for item in told):
            yield LEFT_OUT

    @staticmethod
    def _left_out(sums: Compared, moved: Change) -> bool:
        return bool(sums.total is not None and sums.last and moved.percent_text is None)

    def _compared(self, item: Item) -> tuple[Compared, Change]:
        past, total = self.account.past, self.account.figures.get(item.code)
        figures = past.figures if past else {}
        now = past.compared.get(item.code) if past and past.compared is not None else total
        sums = Compared(total, now, figures.get(item.code))
        return sums, change_of_sum(self.form, item, sums, comparable=item.code in figures)

    def _moved(self, item: Item) -> str:
        """An item's change in brackets; empty without a percent."""
        if self.account.past is None or item.code not in self.account.past.figures:
            return ""
        sums, moved = self._compared(item)
        if moved.percent_text is not None:
            return f"（{_CHANGE}{_change_in_words(sums.now or 0, sums.last or 0, moved)}）"
        if sums.last:
            return ""
        return "（上年无数）" if sums.last is None else "（上年为0）"


def _change_in_words(now: int, before: int, moved: Change) -> str:
    """增长 n 倍 from a doubling on, else 增长 or 下降 in percent, 持平 without a change."""
    if not moved.difference:
        return "持平"
    if moved.percent_text == "0.0%":
        return "基本持平"
    if times := times_more(now, before):
        return f"增长{times}"
    direction = "增长" if moved.difference > 0 else "下降"
    return f"{direction}{(moved.percent_text or '').lstrip('+-')}"
