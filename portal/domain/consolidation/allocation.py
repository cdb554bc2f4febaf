"""Allocation (下拨资金): what the city passed down is raised once, and so taken off a sum once.

`reported` alone says which figures are reported upward; every page, paper and workbook asks it.
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
"""What the report of the giver is asked; nothing is taken off without its 是."""

NOT_GIVEN = "市本级报表未在汇总中，暂不扣减"
NOT_ANSWERED = f"市本级报表未答“{QUESTION}”，暂不扣减"
NOT_INCLUDED = f"市本级报表答“{QUESTION}”：否，不扣减"
NOT_SPLIT = "表样的筹集数中没有上级补助一项，无从核对，不扣减"
"""Why nothing is taken off although money was passed down."""

MAX_NAMED = 5
"""Units that a sentence names before it only counts."""

SIMPLE, PASSED_DOWN, NET = "简单合计", "减：市内下拨", "剔重后合计"


@dataclass(frozen=True, slots=True)
class Allocation:
    """What was registered as passed down to one unit, in fen."""

    code: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Allocations:
    """What a giver registered as passed down, in the fixed order of the units.

    `registered` are those of units whose reports are, or should be, in the sum; `aside` those
    of units 仅供核对 or 免报. `answer` is what the giver's own report says to `QUESTION`, None
    where it says nothing.
    """

    giver: str = ""
    registered: tuple[Allocation, ...] = ()
    aside: tuple[Allocation, ...] = ()
    answer: bool | None = None

    def __bool__(self) -> bool:
        return bool(self.registered or self.aside)


NOTHING = Allocations()
"""Where nothing is passed down."""


@dataclass(frozen=True, slots=True)
class Line:
    """One unit: what is registered for it, its own 上级补助, and what is taken off, in fen.

    `added` says whether its report is in the sum.
    """

    code: str
    name: str
    registered: int
    received: int | None
    deducted: int
    added: bool = True

    @property
    def short(self) -> bool:
        """Whether the unit's report does not have all that was registered for it."""
        return self.added and self.registered > (self.received or 0)


@dataclass(frozen=True)
class Deduction:
    """筹集 added simply, what of it was passed down inside the sum, and what remains, in fen.

    `figures` are all items as they are reported upward; `remark` tells why nothing is taken
    off although money was passed down. `received` is the item 上级补助, None where the form
    has none.
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
        """The three amounts as the foot of a paper says them."""
        unit = self.item.unit
        amounts = [show(each, unit) or "空白" for each in (self.simple, self.passed_down, self.net)]
        told = "，".join(
            f"{name} {amount} {unit.name}"
            for name, amount in zip((SIMPLE, PASSED_DOWN, NET), amounts, strict=True)
        )
        return f"{self.item.code} {self.item.label}：{told}{self.remark and f'（{self.remark}）'}。"

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The three amounts, then in words what is registered and yet not taken off."""
        return tuple(filter(None, (self.sentence, self._short(MAX_NAMED), self._aside())))

    @property
    def brief(self) -> str:
        """The same in one line that names one unit, where there is room for no more."""
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
        """What is taken off for these units together; None where nothing is registered for them."""
        wanted = {*codes}
        found = [line.deducted for line in self.lines if line.code in wanted and line.added]
        return sum(found) if found else None


@dataclass(frozen=True)
class Reported:
    """The sums of a consolidation: `simple` as added, and what is taken off them."""

    simple: Figures
    deduction: Deduction | None = None

    @property
    def figures(self) -> Figures:
        """All items as they are reported upward."""
        return self.deduction.figures if self.deduction else self.simple

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the foot of a paper says of it; nothing where nothing was passed down."""
        return self.deduction.sentences if self.deduction else ()


def reported(
    form: Form,
    simple: Figures,
    allocations: Allocations,
    included: Container[str],
    received: Figures,
) -> Reported:
    """The figures of a consolidation as they are reported upward.

    `simple` are the sums of the reports of the `included` units, `received` the 上级补助 of each
    unit that something is registered for, by its code. Taken off is, for each of them, what is
    registered, and never more than the unit's own report has received: the same money stands in
    two reports only where the receiver has it, and the giver's report says that it has it too.
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
    """The same by the first rule, under which prints were made before the giver was asked.

    It took off every registered amount, received or not, where the giver's report was in the sum.
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
    """The item 上级补助, where it is a part of what is raised."""
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
    """The sums without what `lines` take off: off 上级补助 too, so that the formula still holds."""
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
    """The three amounts as a paper once said them: texts, of which nothing is computed again."""

    code: str
    unit: str
    simple: str
    passed_down: str
    net: str
    remark: str
    sentence: str

    @property
    def rows(self) -> Sequence[tuple[str, str]]:
        """The three rows, each with its amount."""
        return ((SIMPLE, self.simple), (PASSED_DOWN, self.passed_down), (NET, self.net))


_SAID = re.compile(
    rf"(?P<code>\S+) .*?：{SIMPLE} (?P<simple>\S+) (?P<unit>\S+)，"
    rf"{PASSED_DOWN} (?P<passed_down>\S+) (?P=unit)，{NET} (?P<net>\S+) (?P=unit)"
    r"(?:（(?P<remark>.*)）)?。"
)


def said_in(footnotes: Iterable[str]) -> Said | None:
    """What the sentence of a deduction among `footnotes` says; None where there is none."""
    return next(_said(footnotes), None)


def _said(footnotes: Iterable[str]) -> Iterator[Said]:
    for footnote in footnotes:
        if found := _SAID.fullmatch(footnote):
            yield Said(**{k: v or "" for k, v in found.groupdict().items()}, sentence=footnote)
