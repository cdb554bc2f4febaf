"""主要指标分单位一览表 as an xlsx file: one sheet of A4 landscape with formulas for sums."""

from functools import cached_property
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from portal.domain.form.form import Item
from portal.domain.form.formulas import Figures
from portal.domain.paper.overview import TITLE, Line, Overview
from portal.domain.paper.sheet import Part
from portal.workbooks.sheet import A4, MARGINS, number, number_format, plain_text

TITLE_ROW, MARK_ROW, GROUPS, UNITS, FIRST_LINE = range(5)
UNIT, FIRST_FIGURE = range(2)
UNIT_WIDTH, FIGURE_WIDTH = 30, 11
LINE_HEIGHT, FOOTNOTE_HEIGHT = 20, 15
SIGNS_A_LINE = 95
"""Chinese characters of a footnote on one line of the sheet."""

WORKBOOK = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}


def workbook_of(overview: Overview) -> bytes:
    """The file; every total is a formula over the lines that are added."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, WORKBOOK) as workbook:
        title = plain_text(overview.heading)
        workbook.set_properties({"title": title, "author": "送温暖统计填报系统"})
        _Drawing(workbook, overview).draw()
    return file.getvalue()


class _Drawing:
    def __init__(self, workbook: Any, overview: Overview) -> None:
        self.workbook, self.overview = workbook, overview
        self.page = workbook.add_worksheet(TITLE)
        self.last_column = len(overview.items)
        self.row = FIRST_LINE

    def draw(self) -> None:
        self.draw_head()
        for line in self.overview.lines:
            self.draw_line(line)
        totals = self.draw_totals()
        if self.overview.last is not None:
            self.draw_changes(totals)
        self.draw_footnotes()
        self.set_page()

    def draw_head(self) -> None:
        overview = self.overview
        title = self.style(font_name="宋体", font_size=16, bold=True, align="center")
        self.merge(TITLE_ROW, UNIT, TITLE_ROW, self.last_column, overview.heading, title)
        head = f"{overview.organisation}　{overview.mark}　数据截至：{overview.as_of}"
        self.merge(MARK_ROW, UNIT, MARK_ROW, self.last_column, head, self.style())
        self.page.set_row(TITLE_ROW, 28)
        heading = self.style(font_name="黑体", align="center", border=1, text_wrap=True)
        self.merge(GROUPS, UNIT, UNITS, UNIT, "单位", heading)
        column = FIRST_FIGURE
        for group in overview.groups:
            last = column + len(group.items) - 1
            self.merge(GROUPS, column, GROUPS, last, group.title, heading)
            for item in group.items:
                self.page.write_string(UNITS, column, item.unit.name, heading)
                column += 1
        self.page.set_row(GROUPS, 32)

    def draw_line(self, line: Line) -> None:
        colour = "#000000" if line.part is Part.ADDED else "#666666"
        remark = f"（{line.remark}）" if line.remark else ""
        style = self.style(border=1, font_color=colour, text_wrap=True)
        self.page.write_string(self.row, UNIT, plain_text(line.title + remark), style)
        self.write_figures(line.figures, font_color=colour)
        self.next_row()

    def draw_totals(self) -> int:
        """Draw the totals; returns the row of those reported upward."""
        deduction = self.overview.deduction
        self.put_title("简单合计" if deduction else "合计")
        simple = self.row
        for column, item in self.columns:
            cells = self.added(column)
            formula = f'=IF(COUNT({cells})=0,"",SUM({cells}))' if cells else ""
            self.write(column, item, self.overview.total.get(item.code), formula)
        self.next_row()
        if deduction is None:
            return simple
        self.put_title("减：市内下拨")
        self.write_figures({deduction.item.code: deduction.passed_down})
        self.next_row()
        self.put_title("剔重后合计")
        for column, item in self.columns:
            above = xl_rowcol_to_cell(simple, column)
            off = f"-{xl_rowcol_to_cell(simple + 1, column)}" if item == deduction.item else ""
            formula = f'=IF({above}="","",{above}{off})'
            self.write(column, item, self.overview.reported.get(item.code), formula)
        self.next_row()
        return simple + 2

    def draw_changes(self, totals: int) -> None:
        """Draw last year's figures and changes, of the totals or of the same units."""
        compared = self.overview.compared
        if self.overview.compared_title and compared is not None:
            self.put_title(self.overview.compared_title)
            self.write_figures(compared)
            totals = self.row
            self.next_row()
        self.put_title("上年")
        self.write_figures({item.code: self.overview.last_of(item) for item in self.overview.items})
        last = self.row
        self.next_row()
        self.put_title("增减")
        for column, item in self.columns:
            now, then = xl_rowcol_to_cell(totals, column), xl_rowcol_to_cell(last, column)
            formula = f'=IF(COUNT({now},{then})=2,{now}-{then},"")'
            self.write(column, item, self.overview.change(item).difference, formula)
        self.next_row()
        self.put_title("增减%")
        for column, item in self.columns:
            moved = self.overview.change(item)
            text = moved.percent_text or moved.sentence
            self.page.write_string(self.row, column, text, self.figure_style(item, align="right"))
        self.next_row()

    def draw_footnotes(self) -> None:
        for footnote in self.overview.footnotes:
            style = self.style(text_wrap=True, font_size=9)
            self.merge(self.row, UNIT, self.row, self.last_column, footnote, style)
            lines = -(-len(footnote) // SIGNS_A_LINE)
            self.page.set_row(self.row, min(409, FOOTNOTE_HEIGHT * lines))
            self.row += 1

    def set_page(self) -> None:
        self.page.set_column(UNIT, UNIT, UNIT_WIDTH)
        self.page.set_column(FIRST_FIGURE, self.last_column, FIGURE_WIDTH)
        self.page.set_paper(A4)
        self.page.set_landscape()
        self.page.set_margins(**MARGINS)
        self.page.fit_to_pages(1, 1)
        self.page.print_area(0, 0, self.row - 1, self.last_column)
        self.page.freeze_panes(FIRST_LINE, FIRST_FIGURE)
        self.page.hide_gridlines(2)

    @cached_property
    def columns(self) -> list[tuple[int, Item]]:
        return list(enumerate(self.overview.items, FIRST_FIGURE))

    def added(self, column: int) -> str:
        """The cells of the added lines, as a formula's arguments."""
        lines = self.overview.lines
        rows = [FIRST_LINE + at for at, line in enumerate(lines) if line.part is Part.ADDED]
        return ",".join(xl_rowcol_to_cell(row, column) for row in rows)

    def put_title(self, title: str) -> None:
        self.page.write_string(self.row, UNIT, title, self.style(border=1, bold=True))

    def write_figures(self, figures: Figures, **properties: object) -> None:
        for column, item in self.columns:
            self.write(column, item, figures.get(item.code), "", **properties)

    def write(
        self, column: int, item: Item, figure: int | None, formula: str, **properties: object
    ) -> None:
        style = self.figure_style(item, **properties)
        if formula:
            value = "" if figure is None else number(figure, item.unit)
            self.page.write_formula(self.row, column, formula, style, value)
        elif figure is None:
            self.page.write_blank(self.row, column, None, style)
        else:
            self.page.write_number(self.row, column, number(figure, item.unit), style)

    def figure_style(self, item: Item, **properties: object) -> Any:
        return self.style(border=1, num_format=number_format(item.unit), **properties)

    def style(self, **properties: object) -> Any:
        base = {"font_name": "仿宋", "font_size": 10.5, "valign": "vcenter"}
        return self.workbook.add_format({**base, **properties})

    def merge(self, top: int, left: int, bottom: int, right: int, text: str, style: Any) -> None:
        if (top, left) != (bottom, right):
            self.page.merge_range(top, left, bottom, right, "", style)
        self.page.write_string(top, left, plain_text(text), style)

    def next_row(self) -> None:
        self.page.set_row(self.row, LINE_HEIGHT)
        self.row += 1
