"""Allocation (下拨资金): what the city passed down is raised once, and so taken off a sum once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.domain.consolidation import Member, Standing
from portal.domain.figures import show
from portal.domain.form import Form, Item
from portal.domain.formulas import Figures, with_totals
from portal.domain.indicators import Indicator, indicators_of


@dataclass(frozen=True, slots=True)
class Deduction:
    """筹集 added simply, what of it was passed down inside the sum, and what remains, in fen.

    `figures` are all items as they are reported upward; `remark` tells why nothing is taken
    off although money was passed down.
    """

    item: Item
    simple: int | None
    passed_down: int
    net: int | None
    figures: Figures
    remark: str = ""

    @property
    def sentence(self) -> str:
        """The three amounts as the foot of a paper says them."""
        unit = self.item.unit
        amounts = [show(each, unit) or "空白" for each in (self.simple, self.passed_down, self.net)]
        names = ("简单合计", "减：市内下拨", "剔重后合计")
        told = "，".join(
            f"{name} {amount} {unit.name}" for name, amount in zip(names, amounts, strict=True)
        )
        return f"{self.item.code} {self.item.label}：{told}{self.remark and f'（{self.remark}）'}。"


NOT_GIVEN = "市本级报表未在汇总中，暂不扣减"


def deduction(
    form: Form, total: Figures, giver: Member, standing: Standing, allocated: Mapping[str, int]
) -> Deduction | None:
    """What is taken off the sum `total` of `giver`'s tree; None where nothing was passed down.

    `allocated` is in fen by the unit's code. The same money stands in two reports only where
    the giver's own report and the receiver's are both in the sum.
    """
    item = indicators_of(form).get(Indicator.RAISED)
    everybody = _passed_to((*standing.included, *standing.missing), giver, allocated)
    if item is None or not everybody:
        return None
    given = giver in standing.included
    passed_down = _passed_to(standing.included, giver, allocated) if given else 0
    simple = total[item.code]
    figures = _without(form, total, item, passed_down)
    return Deduction(
        item, simple, passed_down, figures[item.code], figures, "" if given else NOT_GIVEN
    )


def _passed_to(members: Iterable[Member], giver: Member, allocated: Mapping[str, int]) -> int:
    return sum(allocated.get(member.code, 0) for member in members if member.code != giver.code)


def _without(form: Form, total: Figures, item: Item, passed_down: int) -> Figures:
    """All items without what was passed down: off 上级补助 too, so that the sum stays one."""
    simple = total[item.code]
    if not passed_down or simple is None:
        return total
    received = indicators_of(form).get(Indicator.FROM_ABOVE)
    if received and item.code in form.sums_over[received.code]:
        entered = total[received.code] or 0
        if entered >= passed_down:
            return with_totals(form, {**total, received.code: entered - passed_down})
    return {**total, item.code: simple - passed_down}
