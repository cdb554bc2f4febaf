"""The sheet: the one table that page, print, workbook and consolidation are drawn from."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from itertools import groupby

from portal.domain.consolidation.allocation import Deduction, Said
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import Figures, total, with_totals

TOTAL = "total"
"""The key of a consolidation's 合计 column."""

MAX_RUN_LENGTH = 6
"""The longest run of parts (C1, C2, …) that a formula lists in full."""


class Part(StrEnum):
    """A column's part in the total of a consolidation."""

    ADDED = "added"
    FOR_CHECKING = "for-checking"
    MISSING = "missing"

    @property
    def remark(self) -> str:
        """The remark in the heading of such a column."""
        return {"added": "", "for-checking": "仅供核对", "missing": "未报"}[self.value]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of figures: its key, heading, remark, and part in the total."""

    key: str
    title: str
    remark: str = ""
    part: Part = Part.ADDED


@dataclass(frozen=True, slots=True)
class Contribution:
    """One organisation's column in a consolidation.

    `figures` need only the leaves. `remark` replaces the usual remark of `part`, for example
    退回中 instead of 未报.
    """

    key: str
    title: str
    figures: Figures
    part: Part = Part.ADDED
    remark: str = ""

    @property
    def column(self) -> Column:
        """The column without its figures."""
        return Column(self.key, self.title, self.remark or self.part.remark, self.part)


@dataclass(frozen=True, slots=True)
class Row:
    """One item as a row of the print.

    `section_number` and `section_rows` are set on the first row of a section, ``""`` and 0 on
    the others. `label_rows` is the number of rows that the label cell spans: 2 and 0 in a pair,
    else 1. `measure` is 慰问对象（人次）, or only the unit （人次） for a single item. `figures`
    has one figure for each column.
    """

    item: Item
    section_number: str
    section_rows: int
    label: str
    label_rows: int
    measure: str
    formula: str
    figures: tuple[int | None, ...]

    @property
    def calculated(self) -> bool:
        """Whether the row is a sum, which is never typed."""
        return self.item.calculated


@dataclass(frozen=True)
class Sheet:
    """The whole table with its head and foot, as lines ready to be shown.

    `fingerprint` is the sha256 of the frozen content that the print proves, if there is one.
    `deduction` is the deduction of 市内下拨, if there is one; `said` are its three amounts as an
    older print had them.
    """

    title: str
    annex: str
    unit_name_line: str
    unit_line: str
    period_line: str
    as_of_line: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    signatures: tuple[str, ...]
    footnotes: tuple[str, ...] = ()
    mark: str | None = None
    fingerprint: str = ""
    deduction: Deduction | None = None
    said: Said | None = None

    @cached_property
    def groups(self) -> tuple[tuple[Row, ...], ...]:
        """The rows, each pair as one group that no page break splits."""
        first_rows = [place for place, row in enumerate(self.rows) if row.label_rows]
        return tuple(self.rows[place : place + self.rows[place].label_rows] for place in first_rows)


def report_sheet(
    form: Form,
    figures: Figures,
    *,
    organisation: str,
    period: str,
    as_of: str,
    mark: str | None = None,
    footnotes: tuple[str, ...] = (),
    fingerprint: str = "",
) -> Sheet:
    """One organisation's form with one column 数量; `figures` need only the leaves.

    The edition's own notes come before `footnotes`.
    """
    head = _head(form, organisation, period, as_of)
    rows = _rows(form, [with_totals(form, figures)])
    columns = (Column("figure", "数量"),)
    return replace(
        head,
        columns=columns,
        rows=rows,
        mark=mark,
        footnotes=(*form.paper_notes, *footnotes),
        fingerprint=fingerprint,
    )


def consolidated_sheet(
    form: Form,
    contributions: Sequence[Contribution],
    *,
    organisation: str,
    period: str,
    as_of: str,
    mark: str | None = None,
    footnotes: tuple[str, ...] | None = None,
) -> Sheet:
    """The sum over `contributions`: a total column, then a column for each of them.

    Without `footnotes` the sheet writes its own on who is in the sum and who is missing, because
    a partial sum must never be passed on without that line.
    """
    head = _head(form, organisation, period, as_of)
    rows = _rows(form, _with_sum(form, contributions))
    columns = (Column(TOTAL, "合计"), *(each.column for each in contributions))
    notes = inclusion_footnotes(contributions) if footnotes is None else footnotes
    foot = (*form.paper_notes, *notes)
    return replace(head, columns=columns, rows=rows, mark=mark, footnotes=foot)


def with_figures(sheet: Sheet, figures: Figures) -> Sheet:
    """Replace the figures of a sheet with one column; sums are taken as given, not computed."""
    rows = tuple(replace(row, figures=(figures[row.item.code],)) for row in sheet.rows)
    return replace(sheet, rows=rows)


def _with_sum(form: Form, contributions: Sequence[Contribution]) -> list[Figures]:
    each = [with_totals(form, contribution.figures) for contribution in contributions]
    added = [
        figures
        for figures, contribution in zip(each, contributions, strict=True)
        if contribution.part is Part.ADDED
    ]
    whole = {item.code: total(figures[item.code] for figures in added) for item in form.items}
    return [whole, *each]


def inclusion_footnotes(contributions: Iterable[Contribution]) -> tuple[str, ...]:
    """The lines under a consolidation that name the included, missing and 仅供核对 units."""
    everyone = list(contributions)
    added = [each.title for each in everyone if each.part is Part.ADDED]
    missing = [_with_remark(each.column) for each in everyone if each.part is Part.MISSING]
    checked = [each.title for each in everyone if each.part is Part.FOR_CHECKING]
    lines = [f"汇总单位 {len(added)} 家" + (f"：{'、'.join(added)}。" if added else "。")]
    if missing:
        lines.append(f"未含 {len(missing)} 家：{'、'.join(missing)}。")
    if checked:
        lines.append(f"仅供核对，不计入汇总：{'、'.join(checked)}。")
    return tuple(lines)


def _with_remark(column: Column) -> str:
    return f"{column.title}（{column.remark}）"


def _head(form: Form, organisation: str, period: str, as_of: str) -> Sheet:
    return Sheet(
        title=form.title,
        annex=form.annex,
        unit_name_line=f"填报单位（盖章）：{organisation}",
        unit_line=form.unit_line,
        period_line=f"统计时段：{period}",
        as_of_line=f"数据截至：{as_of}",
        columns=(),
        rows=(),
        signatures=form.signatures,
    )


def _rows(form: Form, columns: Sequence[Figures]) -> tuple[Row, ...]:
    numbers = _section_numbers(form)
    first_parts = _first_parts(form)
    label_rows = _label_rows(form)
    return tuple(
        Row(
            item=item,
            section_number=numbers.get(item.code, ("", 0))[0],
            section_rows=numbers.get(item.code, ("", 0))[1],
            label=f"其中：{item.label}" if item.code in first_parts else item.label,
            label_rows=label_rows[item.code],
            measure=f"{item.measure or ''}（{item.unit.name}）",
            formula=formula_on_paper(item),
            figures=tuple(figures[item.code] for figures in columns),
        )
        for item in form.items
    )


def _section_numbers(form: Form) -> dict[str, tuple[str, int]]:
    """Map the first item of each section to the section's number and number of rows."""
    numbers = {}
    for number, run in groupby(form.items, key=lambda item: item.section):
        codes = [item.code for item in run]
        numbers[codes[0]] = (str(number), len(codes))
    return numbers


def _first_parts(form: Form) -> set[str]:
    """The items marked 其中：, each the first part below its whole."""
    wholes = {item.within for item in form.items} | {
        item.code for item in form.items if item.calculated
    }
    places = {item.code: place for place, item in enumerate(form.items)}
    firsts = set()
    for whole in (form.by_code[code] for code in wholes if code):
        below = form.items[places[whole.code] + 1 :]
        firsts.add(next((item.code for item in below if _is_part(item, whole)), ""))
    return firsts


def _is_part(item: Item, whole: Item) -> bool:
    named = item.code in whole.formula or item.within == whole.code
    return named and item.section == whole.section


def _label_rows(form: Form) -> dict[str, int]:
    """The number of rows that each item's label spans: 2 and 0 in a pair, else 1."""
    spans: dict[str, int] = {}
    for item in form.items:
        partner = form.partners.get(item.code)
        if partner is None:
            spans[item.code] = 1
        else:
            spans[item.code] = 0 if partner.code in spans else 2
    return spans


def formula_on_paper(item: Item) -> str:
    """The formula with long runs shortened: ``C=C1+C2+…+C11``; ``""`` for a leaf."""
    parts = (part for run in _runs(item.formula) for part in _cut_short(run))
    return f"{item.code}={'+'.join(parts)}" if item.formula else ""


def _cut_short(run: list[str]) -> list[str]:
    return run if len(run) <= MAX_RUN_LENGTH else [run[0], run[1], "…", run[-1]]


def _runs(codes: Iterable[str]) -> Iterator[list[str]]:
    run: list[str] = []
    for code in codes:
        if run and code != _successor(run[-1]):
            yield run
            run = []
        run.append(code)
    if run:
        yield run


def _successor(code: str) -> str:
    """The next code of its series: C10 after C9; ``""`` if the code does not end in a number."""
    series = re.fullmatch(r"(.*?)([0-9]+)", code)
    return f"{series[1]}{int(series[2]) + 1}" if series else ""
