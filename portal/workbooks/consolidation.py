"""The workbook of a consolidation: a summary whose every figure is a live sum over the units.

Up to `MAX_SHEETS` units have a sheet each, laid out like their paper; above that they are rows
of one sheet 明细, since a sum that names thousands of sheets passes what a formula may hold.
"""

import gc
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from io import BytesIO
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_range

from portal.domain.consolidation.allocation import Deduction, Said
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import Figures, total, with_totals
from portal.domain.paper.sheet import (
    Contribution,
    Part,
    Row,
    Sheet,
    consolidated_sheet,
    report_sheet,
)
from portal.workbooks.sheet import (
    FIRST_FIGURE,
    FIRST_ITEM,
    Drawing,
    number,
    number_format,
    opened,
    plain_text,
    sum_formula,
)
from portal.workbooks.sheet_names import reference, sheet_names

MAX_SHEETS = 200

SUMMARY, DETAILS, UNITS = "汇总表", "明细", "汇总单位"

A3 = 8


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of the workbook; without `figures` it is only in the list of units."""

    code: str
    name: str
    kind: str
    state: str
    standing: str
    figures: Figures | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of the summary: its heading, and the codes of the units that it sums.

    `figures` are its sums; they are written as numbers if none of its units is in the workbook.
    """

    code: str
    title: str
    remark: str
    part: Part
    figures: Figures
    units: tuple[str, ...]


@dataclass(frozen=True)
class WorkbookContent:
    """The content of the workbook, in the city's fixed order."""

    form: Form
    organisation: str
    period: str
    as_of: str
    mark: str
    footnotes: tuple[str, ...]
    headings: Sequence[Heading]
    units: Sequence[Unit]
    deduction: Deduction | None = None
    said: Said | None = None

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        """The units by code."""
        return {unit.code: unit for unit in self.units}

    @cached_property
    def drawn(self) -> list[Unit]:
        """The units with figures, column by column, those in the total first."""
        order = sorted(self.headings, key=lambda heading: heading.part is not Part.ADDED)
        units = (self.by_code[code] for heading in order for code in heading.units)
        return [unit for unit in units if unit.figures is not None]

    @cached_property
    def added(self) -> list[Unit]:
        """The drawn units that the total sums; they come first."""
        codes = {
            code
            for heading in self.headings
            if heading.part is Part.ADDED
            for code in heading.units
        }
        return [unit for unit in self.drawn if unit.code in codes]

    def sheet(self, headings: Iterable[Heading]) -> Sheet:
        """The summary with these columns after its total."""
        each = [
            Contribution(one.code, one.title, one.figures, one.part, one.remark) for one in headings
        ]
        drawn = consolidated_sheet(
            self.form,
            each,
            organisation=self.organisation,
            period=self.period,
            as_of=self.as_of,
            mark=self.mark,
            footnotes=self.footnotes,
        )
        whole = self.whole
        rows = (
            replace(row, figures=(whole[row.item.code], *row.figures[1:])) for row in drawn.rows
        )
        return replace(drawn, rows=tuple(rows), deduction=self.deduction, said=self.said)

    @cached_property
    def whole(self) -> dict[str, int | None]:
        """The total; an office program recomputes it when the file is opened."""
        figures = [unit.figures or {} for unit in self.added]
        leaves = {
            leaf.code: total(one.get(leaf.code) for one in figures) for leaf in self.form.leaves
        }
        return with_totals(self.form, leaves)


def units_workbook(book: WorkbookContent) -> bytes:
    """The xlsx file of a consolidation."""
    making = WorkbookBuilder(book)
    for _drawn in making:
        pass
    return making.content


@dataclass
class WorkbookBuilder:
    """An iterator that draws the workbook and yields the number of units drawn so far.

    Afterwards `content` is the file.
    """

    book: WorkbookContent
    content: bytes = b""

    def __iter__(self) -> Iterator[int]:
        yield from self._drawing()
        # XlsxWriter's objects form reference cycles, which a server collects too seldom
        gc.collect(1)

    def _drawing(self) -> Iterator[int]:
        book, file = self.book, BytesIO()
        draws = _WithSheets if len(book.drawn) <= MAX_SHEETS else _WithDetails
        with opened(book.form, book.sheet(book.headings), file) as workbook:
            yield from draws(book, workbook).draw()
        self.content = file.getvalue()


@dataclass
class _WithSheets:
    """A sheet for each unit; the summary sums the cells at the same place in all of them.

    The sheets share their `styles`, since XlsxWriter is slow with thousands of formats.
    """

    book: WorkbookContent
    workbook: Any
    styles: dict[Any, Any] = field(default_factory=dict)

    def draw(self) -> Iterator[int]:
        names = sheet_names((unit.name for unit in self.book.drawn), (SUMMARY, UNITS))
        self.names = dict(zip((unit.code for unit in self.book.drawn), names, strict=True))
        summary, units = (self.workbook.add_worksheet(name) for name in (SUMMARY, UNITS))
        drawing = _Summary(
            self.workbook,
            summary,
            self.book.sheet(self.book.headings),
            spans=[self._added(), *(self._span(one.units) for one in self.book.headings)],
        )
        drawing.draw()
        _List(self.workbook, units, self.book, self.names).draw()
        for at, unit in enumerate(self.book.drawn, 1):
            self._draw_unit(unit)
            yield at

    def _added(self) -> tuple[str, str] | None:
        return self._span(tuple(unit.code for unit in self.book.added))

    def _span(self, codes: tuple[str, ...]) -> tuple[str, str] | None:
        """The first and the last sheet of neighbouring units; None if none of them has one."""
        drawn = [code for code in codes if code in self.names]
        return (self.names[drawn[0]], self.names[drawn[-1]]) if drawn else None

    def _draw_unit(self, unit: Unit) -> None:
        book = self.book
        sheet = report_sheet(
            book.form,
            unit.figures or {},
            organisation=unit.name,
            period=book.period,
            as_of=book.as_of,
            mark=unit.mark,
        )
        page = self.workbook.add_worksheet(self.names[unit.code])
        Drawing(self.workbook, page, sheet, self.styles).draw()


@dataclass
class _Summary(Drawing):
    """The summary over sheets: each column adds one run of neighbouring sheets."""

    spans: Sequence[tuple[str, str] | None] = ()

    def formula(self, at: int, column: int, row: Row) -> str:
        span = self.spans[column - FIRST_FIGURE]
        if span is None:
            return ""
        return sum_formula([reference(*span, xl_range(at, FIRST_FIGURE, at, FIRST_FIGURE))])


@dataclass
class _WithDetails:
    """One row for each unit in 明细; the summary sums its columns, in all and by kind."""

    book: WorkbookContent
    workbook: Any

    def draw(self) -> Iterator[int]:
        kinds = list(dict.fromkeys(unit.kind for unit in self.book.added))
        headings = [self._of_kind(kind) for kind in kinds] if len(kinds) > 1 else []
        summary, details, units = (
            self.workbook.add_worksheet(name) for name in (SUMMARY, DETAILS, UNITS)
        )
        sheet = self.book.sheet(headings)
        _SummaryOfDetails(
            self.workbook, summary, sheet, kinds=["", *kinds], last=len(self.book.added)
        ).draw()
        yield from _Details(self.workbook, details, self.book).draw()
        _List(self.workbook, units, self.book, {}).draw()

    def _of_kind(self, kind: str) -> Heading:
        figures = [unit.figures or {} for unit in self.book.added if unit.kind == kind]
        form = self.book.form
        leaves = {leaf.code: total(one.get(leaf.code) for one in figures) for leaf in form.leaves}
        return Heading(f"kind {kind}", kind, f"{len(figures)} 家", Part.ADDED, leaves, ())


@dataclass
class _SummaryOfDetails(Drawing):
    """The summary over rows: a column of 明细 summed, in all or for one kind of unit."""

    kinds: Sequence[str] = ()
    last: int = 0

    def formula(self, at: int, column: int, row: Row) -> str:
        cells = f"{DETAILS}!{_column_of(at - FIRST_ITEM, self.last)}"
        kind = self.kinds[column - FIRST_FIGURE]
        if not kind:
            return sum_formula([cells])
        kinds = f"{DETAILS}!{xl_range(FIRST_UNIT, KIND, FIRST_UNIT + self.last - 1, KIND)}"
        named = f'"={_literal(kind)}"'
        counted = f'COUNTIFS({kinds},{named},{cells},">=0")'
        return f'=IF({counted}=0,"",SUMIFS({cells},{kinds},{named}))'


def _literal(text: str) -> str:
    """A text as a SUMIF criterion, its wildcards escaped."""
    for sign in "~*?":
        text = text.replace(sign, f"~{sign}")
    return text.replace('"', '""')


HEAD, FIRST_UNIT = 2, 3
"""Rows of 明细, from 0: the heading, then the units."""

NUMBER, CODE, NAME, KIND, STATE, STANDING, FIRST_OF_ITEMS = range(7)
"""Columns of 明细, from 0."""

COLUMNS = (("序号", 6), ("代码", 14), ("单位", 28), ("类型", 12), ("状态", 10), ("汇总", 10))


def _column_of(item: int, units: int) -> str:
    """The cells of the `item`-th item for the first `units` rows of 明细."""
    column = FIRST_OF_ITEMS + item
    return str(xl_range(FIRST_UNIT, column, FIRST_UNIT + units - 1, column))


@dataclass
class _Table:
    """A plain table drawn on a worksheet: a title, a heading, and rows of text and figures."""

    workbook: Any
    worksheet: Any
    book: WorkbookContent

    def head(self, title: str, columns: Sequence[tuple[str, int]]) -> None:
        page = self.worksheet
        page.write_string(0, 0, plain_text(title), self.style(font_size=14, bold=True))
        line = f"{self.book.mark}　数据截至：{self.book.as_of}　{self.book.form.unit_line}"
        page.write_string(1, 0, plain_text(line), self.style())
        heading = self.style(font_name="黑体", align="center", border=1, text_wrap=True)
        for at, (text, width) in enumerate(columns):
            page.set_column(at, at, width)
            page.write_string(HEAD, at, plain_text(text), heading)

    def set_page(self, last_row: int, last_column: int, frozen_column: int) -> None:
        page = self.worksheet
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.print_area(0, 0, last_row, last_column)
        page.repeat_rows(HEAD)
        page.set_footer("&C第 &P 页　共 &N 页")
        page.freeze_panes(FIRST_UNIT, frozen_column)
        page.autofilter(HEAD, 0, max(HEAD, last_row), last_column)

    def style(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        styles = self.__dict__.setdefault("_styles", {})
        if key not in styles:
            base = {"font_name": "仿宋", "font_size": 10.5, "valign": "vcenter"}
            styles[key] = self.workbook.add_format({**base, **properties})
        return styles[key]


class _Details(_Table):
    """明细: units as rows, items as columns, sums within a row as formulas."""

    def draw(self) -> Iterator[int]:
        items = self.book.form.items
        columns = [
            *COLUMNS,
            *((f"{item.code}\n{item.name}（{item.unit.name}）", 13) for item in items),
        ]
        self.head(f"{DETAILS}：{self.book.organisation}", columns)
        self.worksheet.set_row(HEAD, 90)
        self.places = {item.code: FIRST_OF_ITEMS + at for at, item in enumerate(items)}
        for at, unit in enumerate(self.book.drawn):
            self._draw_unit(at, unit)
            yield at + 1
        self.worksheet.set_paper(A3)
        last_column = FIRST_OF_ITEMS + len(items) - 1
        self.set_page(FIRST_UNIT + len(self.book.drawn) - 1, last_column, KIND)

    def _draw_unit(self, at: int, unit: Unit) -> None:
        row, page, cell = FIRST_UNIT + at, self.worksheet, self.style(border=1)
        page.write_number(row, NUMBER, at + 1, cell)
        for column, text in zip(
            (CODE, NAME, KIND, STATE, STANDING),
            (unit.code, unit.name, unit.kind, unit.state, unit.standing),
            strict=True,
        ):
            page.write_string(row, column, plain_text(text), cell)
        figures = with_totals(self.book.form, unit.figures or {})
        for item in self.book.form.items:
            self._draw_figure(row, item, figures[item.code])

    def _draw_figure(self, row: int, item: Item, figure: int | None) -> None:
        column, page = self.places[item.code], self.worksheet
        style = self.style(align="right", border=1, num_format=number_format(item.unit))
        if item.calculated:
            parts = [f"{xl_col_to_name(self.places[code])}{row + 1}" for code in item.formula]
            value = "" if figure is None else number(figure, item.unit)
            page.write_formula(row, column, sum_formula(parts), style, value)
        elif figure is None:
            page.write_blank(row, column, None, style)
        else:
            page.write_number(row, column, number(figure, item.unit), style)


@dataclass
class _List(_Table):
    """汇总单位: the units in the sum, missing, 仅供核对 and 免报."""

    sheets: dict[str, str]

    def draw(self) -> None:
        self.head(f"{UNITS}：{self.book.organisation}", [*COLUMNS, ("工作表", 28)])
        cell = self.style(border=1)
        for at, unit in enumerate(self.book.units):
            texts = (
                unit.code,
                unit.name,
                unit.kind,
                unit.state,
                unit.standing,
                self.sheets.get(unit.code, ""),
            )
            self.worksheet.write_number(FIRST_UNIT + at, NUMBER, at + 1, cell)
            for column, text in enumerate(texts, CODE):
                self.worksheet.write_string(FIRST_UNIT + at, column, plain_text(text), cell)
        self.worksheet.set_paper(9)
        self.set_page(FIRST_UNIT + len(self.book.units) - 1, len(COLUMNS), KIND)
