"""Pasting: writes a block copied from a spreadsheet as one batch, which can be undone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import FilledReport
from portal.domain.figures import canonical, parse_figure, show
from portal.domain.form.form import Item
from portal.domain.intake.paste import Placement
from portal.domain.intake.pasted_table import PastedFigure
from portal.models import Batch
from portal.models.trail_actions import Action
from portal.reports import saving
from portal.reports.saving import SaveResult
from portal.reports.typed import Typed


@dataclass(frozen=True, slots=True)
class Refusal:
    """One cell of the block that was not written, and why; `row` and `column` count from 1.

    `item` is None where the cell lies outside the form.
    """

    row: int
    column: int
    text: str
    sentence: str
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class SumDiffers:
    """A total in the block that differs from the portal's sum; both as shown texts."""

    item: Item
    text: str
    added: str

    def __str__(self) -> str:
        return f"{self.item.code} 写的是 {self.text}，相加是 {self.added}"


@dataclass(frozen=True, slots=True)
class Pasted:
    """The result of a paste: the report as it is now, and every cell that was placed.

    `sums` counts the cells that fell on calculated items, `differing` are those whose total differs
    from the report's; `batch` can be undone, and is None when nothing was written. `note` says
    where the block begins, when that is not where it was pasted.
    """

    filling: FilledReport
    entered: tuple[SaveResult, ...]
    refusals: tuple[Refusal, ...]
    sums: int
    batch: Batch | None
    differing: tuple[SumDiffers, ...] = ()
    note: str = ""

    @property
    def written(self) -> int:
        """How many figures were written."""
        return sum(one.written for one in self.entered)

    @property
    def same(self) -> int:
        """How many figures were stored already."""
        return sum(not one.written and not one.refused for one in self.entered)

    @property
    def sentence(self) -> str:
        """What was written and what was not, as sentences for the page."""
        said = [f"已粘贴 {self.written} 项" if self.written else "没有粘贴任何数"]
        if self.same:
            said.append(f"{self.same} 项与已保存的相同")
        if self.sums:
            said.append(f"合计由系统计算，跳过 {self.sums} 格")
        if self.refusals:
            said.append(f"{len(self.refusals)} 格没有粘贴")
        if self.note:
            said.append(self.note)
        if self.differing:
            said.append(
                "您复制的合计与各项相加不同，请核对：" + "，".join(map(str, self.differing))
            )
        return "；".join(said) + "。"

    @property
    def refused(self) -> tuple[SaveResult, ...]:
        """The figures that were placed and refused."""
        return tuple(one for one in self.entered if one.refused)

    @property
    def conflict(self) -> bool:
        """Whether somebody else had changed one of the figures."""
        return any(one.conflict for one in self.entered)


def paste(
    session: Session,
    filling: FilledReport,
    placement: Placement,
    fields: Mapping[str, str],
    *,
    by: Person,
    at: datetime,
) -> Pasted:
    """Write the good figures of a placed block as one batch; a refused figure stops no other.

    `fields` has the version of each leaf that the page showed. Raises `NotAllowedNow` (409) when
    the report cannot be written to at this moment.
    """
    filling.assignment.may_write(at).require()
    judged = [
        saving.evaluate(filling, *_typed(filling, each, fields)) for each in placement.figures
    ]
    wanted = [one for one in judged if one.written]
    refusals = sorted(_refusals(placement, judged), key=lambda each: (each.row, each.column))
    batch = None
    if wanted:
        report = saving.ensure_draft(session, filling.assignment, by=by, at=at)
        filling = saving.in_report(filling, report)
        batch, kept = saving.save_batch(session, filling, wanted, Action.PASTED, by=by, at=at)
        filling = replace(filling, stored={**filling.stored, **kept})
    return Pasted(
        filling=filling,
        entered=tuple(judged),
        refusals=tuple(refusals),
        sums=sum(each.calculated for each in placement.skipped),
        batch=batch,
        differing=tuple(_differing(filling, placement)),
        note=placement.note,
    )


def _differing(filling: FilledReport, placement: Placement) -> Iterator[SumDiffers]:
    for skipped in placement.skipped:
        if item := filling.form.by_code.get(skipped.code):
            stated, added = parse_figure(skipped.text, item.unit), filling.figures[item.code]
            if stated.problem is None and stated.figure != added:
                own = show(added, item.unit) or "空白"
                yield SumDiffers(item, skipped.text.strip(), own)


def _typed(
    filling: FilledReport, figure: PastedFigure, fields: Mapping[str, str]
) -> tuple[Item, Typed]:
    fields = {**fields, figure.code: figure.text}
    return filling.form.by_code[figure.code], Typed.of(fields, figure.code)


def _refusals(placement: Placement, judged: list[SaveResult]) -> Iterator[Refusal]:
    for skipped in placement.skipped:
        if not skipped.calculated:
            yield Refusal(skipped.row, skipped.column, skipped.text.strip(), skipped.sentence)
    for figure, one in zip(placement.figures, judged, strict=True):
        if one.refused:
            yield Refusal(figure.row, figure.column, one.typed.text, _why(one), one.item)


def _why(one: SaveResult) -> str:
    if one.problem:
        return one.problem.sentence
    stored, now = one.stored, canonical(one.stored.value, one.item.unit) or "空白"
    who = f"已由 {stored.saved_by} 改为 {now}" if stored.saved_at else f"现在是{now}"
    return f"这一项{who}，与页面上的不同，没有覆盖；请在这一行选择用哪一个。"
