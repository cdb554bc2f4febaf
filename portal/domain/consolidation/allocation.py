"""Allocation (下拨资金): money that the city passed down would be counted twice in 筹集.

`reported` deducts it; every page, print and workbook takes the figures reported upward from it.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from portal.domain.figures import show
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import Figures
from portal.domain.form.indicators import Indicator, indicators_of

QUESTION = "本级筹集数是否含下拨各单位款项"
"""The question to the giver's report; nothing is deducted unless it answers 是."""

NOT_GIVEN = "市本级报表未在汇总中，暂不扣减"
NOT_ANSWERED = f"市本级报表未答“{QUESTION}”，暂不扣减"
NOT_INCLUDED = f"市本级报表答“{QUESTION}”：否，不扣减"
NOT_SPLIT = "表样的筹集数中没有上级补助一项，无从核对，不扣减"
"""The remarks for why nothing is deducted although money was passed down."""

MAX_NAMED = 5
"""The number of units that a sentence names; it counts the others."""

SIMPLE, PASSED_DOWN, NET = "简单合计", "减：市内下拨", "剔重后合计"


@dataclass(frozen=True, slots=True)
class Allocation:
    """The amount registered as passed down to one unit, in fen."""

    code: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Allocations:
    """The allocations that a giver registered, in the fixed order of the units.

    `registered` are those of units whose reports are, or should be, in the sum; `aside` those
    of units 仅供核对 or 免报. `answer` is the answer of the giver's own report to `QUESTION`, None
    without one.
    """

    giver: str = ""
    registered: tuple[Allocation, ...] = ()
    aside: tuple[Allocation, ...] = ()
    answer: bool | None = None

    def __bool__(self) -> bool:
        return bool(self.registered or self.aside)


NOTHING = Allocations()
"""No allocations at all."""


@dataclass(frozen=True, slots=True)
class Line:
    """One unit's registered allocation, reported 上级补助 and deduction, in fen.

    `added` is true when its report is in the sum.
    """

    code: str
    name: str
    registered: int
    received: int | None
    deducted: int
    added: bool = True

    @property
    def short(self) -> bool:
        """Whether the unit reports less 上级补助 than was registered for it."""
        return self.added and self.registered > (self.received or 0)


@dataclass(frozen=True)
class Deduction:
    """简单合计, 减：市内下拨 and 剔重后合计 of 筹集, in fen.

    `figures` are all items as reported upward; `remark` says why nothing is deducted although
    money was passed down. `received` is the item 上级补助, None where the form has none.
    """

    item: Item
    simple: int | None
    passed_down: int
    net: int | None
    figures: Figures
    remark: str = ""
    lines: tuple[Line, ...] = ()
    aside: tuple[Allocation, ...] = ()
    received: Item | None = None

    @property
    def sentence(self) -> str:
        """The three amounts in one sentence, for the foot of a print."""
        unit = self.item.unit
        amounts = [show(each, unit) or "空白" for each in (self.simple, self.passed_down, self.net)]
        told = "，".join(
            f"{name} {amount} {unit.name}"
            for name, amount in zip((SIMPLE, PASSED_DOWN, NET), amounts, strict=True)
        )
        return f"{self.item.code} {self.item.label}：{told}{self.remark and f'（{self.remark}）'}。"

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The three amounts, then the registered amounts that are not deducted, in words."""
        return tuple(filter(None, (self.sentence, self._short(MAX_NAMED), self._aside())))

    @property
    def brief(self) -> str:
        """`sentences` shortened to one line that names one unit."""
        return "".join((self.sentence, self._short(1), self._aside()))

    def _short(self, most: int) -> str:
        short = [line for line in self.lines if line.short]
        if self.received is None or not short:
            return ""
        told = "；".join(self._asked(line, self.received) for line in short[:most])
        more = f"等 {len(short)} 家（只列前 {most} 家）" if len(short) > most else ""
        return f"{told}{more}。"

    def _asked(self, line: Line, received: Item) -> str:
        unit = self.item.unit
        entered = show(line.received, received.unit)
        filled = f"填 {entered}" if entered else "未填"
        registered = f"已登记 {show(line.registered, unit)} {unit.name}"
        missing = "差额是否尚未到账" if line.received else "是否尚未到账"
        return f"{line.name}{registered}，{received.code} {filled}，{missing}"

    def _aside(self) -> str:
        if not self.aside:
            return ""
        unit = self.item.unit
        amount = show(sum(one.amount for one in self.aside), unit)
        return (
            f"另有 {amount} {unit.name}登记给仅供核对或免报的 {len(self.aside)} 家单位，"
            "其报表不在汇总中，没有扣减。"
        )

    def also(self, simple: Figures) -> str:
        """上级补助 as it is reported upward, where it is lowered too; `simple` is added simply."""
        received = self.received
        if received is None or simple[received.code] == self.figures[received.code]:
            return ""
        return f"{received.code} 同减，为 {show(self.figures[received.code], received.unit)}"

    def deducted_from(self, codes: Iterable[str]) -> int | None:
        """The deduction for these units together; None if nothing is registered for them."""
        wanted = {*codes}
        found = [line.deducted for line in self.lines if line.code in wanted and line.added]
        return sum(found) if found else None


@dataclass(frozen=True)
class Reported:
    """The sums of a consolidation: `simple` before the deduction, and the deduction."""

    simple: Figures
    deduction: Deduction | None = None

    @property
    def figures(self) -> Figures:
        """All items as reported upward, after the deduction."""
        return self.deduction.figures if self.deduction else self.simple

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences at the foot of a print; none if nothing was passed down."""
        return self.deduction.sentences if self.deduction else ()


def reported(
    form: Form,
    simple: Figures,
    allocations: Allocations,
    included: Container[str],
    received: Figures,
) -> Reported:
    """The figures of a consolidation as reported upward.

    `simple` are the sums of the reports of the `included` units, `received` the 上级补助 of each
    unit with a registered allocation, by its code. The deduction for a unit is the lesser of the
    registered amount and its 上级补助, and it is made only if the giver's report says that its 筹集
    includes the money passed down: only then do two reports count the same money.
    """
    item = indicators_of(form).get(Indicator.RAISED)
    if item is None or not allocations:
        return Reported(simple)
    remark = _why_not(form, item, allocations, included)
    lines = tuple(
        Line(
            one.code,
            one.name,
            one.amount,
            received.get(one.code),
            0 if remark else min(one.amount, received.get(one.code) or 0),
            added=one.code in included,
        )
        for one in allocations.registered
    )
    return _without(form, simple, item, lines, remark, allocations.aside)


def reported_in_full(
    form: Form,
    simple: Figures,
    allocations: Allocations,
    included: Container[str],
    received: Figures,
) -> Reported:
    """`reported` by its first rule, needed to recognise older prints.

    That rule deducted every registered amount, received or not, if the giver was in the sum.
    """
    item = indicators_of(form).get(Indicator.RAISED)
    if item is None or not allocations.registered:
        return Reported(simple)
    given = allocations.giver in included
    lines = tuple(
        Line(
            one.code,
            one.name,
            one.amount,
            received.get(one.code),
            one.amount if given and one.code in included else 0,
            added=one.code in included,
        )
        for one in allocations.registered
    )
    return _without(form, simple, item, lines, "" if given else NOT_GIVEN, ())


def received_item(form: Form) -> Item | None:
    """The item 上级补助, if it is a part of the sum 筹集; else None."""
    known = indicators_of(form)
    raised, received = known.get(Indicator.RAISED), known.get(Indicator.FROM_ABOVE)
    if raised is None or received is None:
        return None
    apart = raised.calculated and raised.code not in form.sums_over[received.code]
    return None if apart else received


def _why_not(form: Form, item: Item, allocations: Allocations, included: Container[str]) -> str:
    if allocations.giver not in included:
        return NOT_GIVEN
    if received_item(form) is None:
        return NOT_SPLIT
    return {True: "", False: NOT_INCLUDED, None: NOT_ANSWERED}[allocations.answer]


def _without(
    form: Form,
    simple: Figures,
    item: Item,
    lines: tuple[Line, ...],
    remark: str,
    aside: tuple[Allocation, ...],
) -> Reported:
    """Deduct `lines` from 筹集 and from its part 上级补助, so that the formula still holds."""
    passed_down = sum(line.deducted for line in lines)
    received = received_item(form)
    within = received is not None and (simple[received.code] or 0) >= passed_down
    lowered = {
        code
        for one in (item, received if within else None)
        if one is not None
        for code in (one.code, *form.sums_over[one.code])
    }
    figures = {
        code: figure - passed_down if code in lowered and figure is not None else figure
        for code, figure in simple.items()
    }
    taken = Deduction(
        item,
        simple[item.code],
        passed_down,
        figures[item.code],
        figures,
        remark,
        lines,
        aside,
        received,
    )
    return Reported(simple, taken)


@dataclass(frozen=True, slots=True)
class Said:
    """The three amounts as texts copied from an older print; nothing is recomputed."""

    code: str
    unit: str
    simple: str
    passed_down: str
    net: str
    remark: str
    sentence: str

    @property
    def rows(self) -> Sequence[tuple[str, str]]:
        """The labels and amounts of the three rows."""
        return ((SIMPLE, self.simple), (PASSED_DOWN, self.passed_down), (NET, self.net))


_SAID = re.compile(
    rf"(?P<code>\S+) .*?：{SIMPLE} (?P<simple>\S+) (?P<unit>\S+)，"
    rf"{PASSED_DOWN} (?P<passed_down>\S+) (?P=unit)，{NET} (?P<net>\S+) (?P=unit)"
    r"(?:（(?P<remark>.*)）)?。"
)


def said_in(footnotes: Iterable[str]) -> Said | None:
    """The amounts in the deduction's sentence among `footnotes`; None without such a sentence."""
    return next(_said(footnotes), None)


def _said(footnotes: Iterable[str]) -> Iterator[Said]:
    for footnote in footnotes:
        if found := _SAID.fullmatch(footnote):
            yield Said(**{k: v or "" for k, v in found.groupdict().items()}, sentence=footnote)
