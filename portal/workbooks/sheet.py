"""Workbooks: a sheet as an xlsx file, its sums as formulas with cached results."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from math import ceil
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from portal.domain.characters import is_refused, is_unseen
from portal.domain.consolidation.allocation import Deduction, Said
from portal.domain.figures import Unit
from portal.domain.form.form import Form
from portal.domain.paper.sheet import TOTAL, Column, Part, Row, Sheet

ANNEX, TITLE, ORGANISATION, PERIOD, HEADING, FIRST_ITEM = range(6)
"""Rows of the workbook's sheet, from 0."""

SECTION, CODE, LABEL, MEASURE, FIRST_FIGURE = range(5)
"""Columns, from 0."""

WIDTHS = {SECTION: 6, CODE: 7, LABEL: 44, MEASURE: 17}
FIGURE_WIDTH = 16
"""Widths in half-width characters: a Chinese character takes two."""

LINE_HEIGHT = 14.5
MIN_HEIGHT = 23.0
LINE_OF_HEAD_HEIGHT = 18.0
SIGNATURE_HEIGHT = 27.0
MAX_HEIGHT = 409.0
"""Heights in points; Excel takes no row higher than the last."""

SIGNATURES_A_LINE = 3
MAX_COLUMNS_UPRIGHT = 3
MAX_TEXT_LENGTH = 32_767
A4 = 9
MILLIMETRE = 1 / 25.4
MARGINS = {
    "left": 20 * MILLIMETRE,
    "right": 14 * MILLIMETRE,
    "top": 15 * MILLIMETRE,
    "bottom": 14 * MILLIMETRE,
}


def report_workbook(form: Form, sheet: Sheet) -> bytes:
    """One sheet as an xlsx file laid out like the paper."""

    def draw(workbook: Any) -> None:
        Drawing(workbook, workbook.add_worksheet("统计表"), sheet).draw()

    return written(form, sheet, draw)


def written(form: Form, sheet: Sheet, draw: Callable[[Any], None]) -> bytes:
    """The xlsx file that `draw` fills, with the document properties of `sheet`."""
    file = BytesIO()
    with opened(form, sheet, file) as workbook:
        draw(workbook)
    return file.getvalue()


@contextmanager
def opened(form: Form, sheet: Sheet, file: BytesIO) -> Iterator[Any]:
    """A workbook to draw on; it is written into `file` at the end of the block."""
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(file, options) as workbook:
        workbook.set_properties(_properties(form, sheet))
        yield workbook


def _properties(form: Form, sheet: Sheet) -> dict[str, str]:
    properties = {
        "title": sheet.title,
        "subject": sheet.unit_name_line,
        "author": "送温暖统计填报系统",
        "category": "统计表",
        "keywords": f"表样 {form.id} 版次 {form.version}",
        "comments": "；".join((sheet.period_line, sheet.as_of_line)),
        "status": sheet.mark or "",
    }
    return {name: plain_text(text) for name, text in properties.items()}


@dataclass
class Drawing:
    """Draws one sheet on one worksheet."""

    workbook: Any
    worksheet: Any
    sheet: Sheet
    styles: dict[tuple[tuple[str, object], ...], Any] = field(default_factory=dict)

    def draw(self) -> None:
        self.set_columns()
        self.draw_head()
        self.draw_heading()
        for group in self.sheet.groups:
            self.draw_group(group)
        last_row = self.draw_foot()
        self.set_page(last_row)

    @cached_property
    def last_column(self) -> int:
        return FIRST_FIGURE + len(self.sheet.columns) - 1

    @cached_property
    def places(self) -> dict[str, int]:
        """The worksheet's row of each item."""
        return {row.item.code: FIRST_ITEM + at for at, row in enumerate(self.sheet.rows)}

    @cached_property
    def added_columns(self) -> list[int]:
        """The worksheet's columns that the total sums; none if the total is the only column."""
        return [
            FIRST_FIGURE + at
            for at, column in enumerate(self.sheet.columns)
            if column.key != TOTAL and column.part is Part.ADDED
        ]

    @cached_property
    def total_column(self) -> int | None:
        """The column that is a sum of others, if there is one."""
        keys = [column.key for column in self.sheet.columns]
        return FIRST_FIGURE + keys.index(TOTAL) if TOTAL in keys and len(keys) > 1 else None

    def set_columns(self) -> None:
        for column, width in WIDTHS.items():
            self.worksheet.set_column(column, column, width)
        self.worksheet.set_column(FIRST_FIGURE, self.last_column, FIGURE_WIDTH)

    def draw_head(self) -> None:
        sheet = self.sheet
        title = self.style(font_name="宋体", font_size=18, bold=True, align="center")
        self.put((ANNEX, SECTION, ANNEX, LABEL), sheet.annex, self.style(font_name="黑体"))
        self.put((ANNEX, MEASURE, ANNEX, self.last_column), sheet.mark or "", self.right)
        self.put((TITLE, SECTION, TITLE, self.last_column), sheet.title, title)
        self.draw_line(ORGANISATION, sheet.unit_name_line, sheet.unit_line)
        self.draw_line(PERIOD, sheet.period_line, sheet.as_of_line)
        self.worksheet.set_row(TITLE, 32)

    def draw_line(self, at: int, left: str, right: str) -> None:
        self.put((at, SECTION, at, LABEL), left, self.style())
        self.put((at, MEASURE, at, self.last_column), right, self.right)
        self.worksheet.set_row(at, LINE_OF_HEAD_HEIGHT)

    def draw_heading(self) -> None:
        heading = self.style(font_name="黑体", align="center", border=1, text_wrap=True)
        self.put((HEADING, SECTION, HEADING, SECTION), "序号", heading)
        self.put((HEADING, CODE, HEADING, CODE), "代码", heading)
        self.put((HEADING, LABEL, HEADING, MEASURE), "项目", heading)
        titles = [_title(column) for column in self.sheet.columns]
        for at, title in enumerate(titles, FIRST_FIGURE):
            self.put((HEADING, at, HEADING, at), title, heading)
        lines = max(_lines(title, FIGURE_WIDTH) for title in titles)
        self.worksheet.set_row(HEADING, max(MIN_HEIGHT, _height(lines)))

    def draw_group(self, group: tuple[Row, ...]) -> None:
        self.draw_label(group)
        for row in group:
            self.draw_row(row)

    def draw_label(self, group: tuple[Row, ...]) -> None:
        at = self.places[group[0].item.code]
        text, last_column = _label(group), MEASURE if len(group) == 1 else LABEL
        area = (at, LABEL, at + len(group) - 1, last_column)
        self.put(area, text, self.style(border=1, text_wrap=True, indent=1))
        # Office programs do not adjust the height of merged cells.
        lines = _lines(text, sum(WIDTHS[column] for column in range(LABEL, last_column + 1)))
        for row_at in range(at, at + len(group)):
            self.worksheet.set_row(row_at, max(MIN_HEIGHT, _height(lines) / len(group)))

    def draw_row(self, row: Row) -> None:
        at = self.places[row.item.code]
        centred = self.style(align="center", border=1)
        top = self.style(align="center", valign="top", border=1)
        if row.section_rows:
            area = (at, SECTION, at + row.section_rows - 1, SECTION)
            self.put(area, row.section_number, top)
        self.put((at, CODE, at, CODE), row.item.code, centred)
        if row.label_rows != 1:
            self.put((at, MEASURE, at, MEASURE), row.measure, centred)
        for column, figure in enumerate(row.figures, FIRST_FIGURE):
            self.draw_figure(at, column, row, figure)

    def draw_figure(self, at: int, column: int, row: Row, figure: int | None) -> None:
        part = self.sheet.columns[column - FIRST_FIGURE].part
        style = self.style(**self.figure_properties(row, part))
        formula = self.formula(at, column, row)
        if formula:
            value = "" if figure is None else number(figure, row.item.unit)
            self.worksheet.write_formula(at, column, formula, style, value)
        elif figure is None:
            self.worksheet.write_blank(at, column, None, style)
        else:
            self.worksheet.write_number(at, column, number(figure, row.item.unit), style)

    def formula(self, at: int, column: int, row: Row) -> str:
        """The formula of a cell: a sum over organisations or over items; ``""`` for a leaf."""
        if column == self.total_column:
            areas = [xl_range(at, one, at, last) for one, last in _stretches(self.added_columns)]
        else:
            parts = [self.places[code] for code in row.item.formula]
            areas = [xl_range(one, column, last, column) for one, last in _stretches(parts)]
        return sum_formula(areas) if areas else ""

    def figure_properties(self, row: Row, part: Part) -> dict[str, object]:
        return {
            "align": "right",
            "indent": 1,
            "border": 1,
            "num_format": number_format(row.item.unit),
            "font_color": "#000000" if part is Part.ADDED else "#666666",
        }

    def draw_foot(self) -> int:
        """Draw the deduction, signatures and footnotes; returns the last row used."""
        at = FIRST_ITEM + len(self.sheet.rows)
        if self.sheet.deduction:
            at = self.draw_deduction(at, self.sheet.deduction)
        elif self.sheet.said:
            at = self.draw_said(at, self.sheet.said)
        for line in _signature_lines(self.sheet.signatures):
            self.put((at, SECTION, at, self.last_column), line, self.style())
            self.worksheet.set_row(at, SIGNATURE_HEIGHT)
            at += 1
        width = sum(WIDTHS.values()) + FIGURE_WIDTH * len(self.sheet.columns)
        for footnote in self.sheet.footnotes:
            self.put((at, SECTION, at, self.last_column), footnote, self.style(text_wrap=True))
            self.worksheet.set_row(at, _height(_lines(footnote, width)))
            at += 1
        return at - 1

    def draw_deduction(self, at: int, deduction: Deduction) -> int:
        """Draw 简单合计, 减：市内下拨 and 剔重后合计; returns the row after them."""
        unit, column = deduction.item.unit, self.total_column or FIRST_FIGURE
        simple = xl_rowcol_to_cell(self.places[deduction.item.code], column)
        passed_down = xl_rowcol_to_cell(at + 1, column)
        style = self.style(align="right", indent=1, border=1, num_format=number_format(unit))
        lines = (
            ("简单合计", f"={simple}", deduction.simple),
            ("减：市内下拨", "", deduction.passed_down),
            ("剔重后合计", f'=IF({simple}="","",{simple}-{passed_down})', deduction.net),
        )
        for row, (name, formula, figure) in enumerate(lines, at):
            label = f"{deduction.item.code} {deduction.item.label}　{name}（{unit.name}）"
            self.put((row, SECTION, row, MEASURE), label, self.style(border=1))
            value = "" if figure is None else number(figure, unit)
            if formula:
                self.worksheet.write_formula(row, column, formula, style, value)
            else:
                self.worksheet.write_number(row, column, value, style)
            self.worksheet.set_row(row, MIN_HEIGHT)
        if deduction.remark:
            self.put((at + 3, SECTION, at + 3, self.last_column), deduction.remark, self.style())
        return at + 3 + bool(deduction.remark)

    def draw_said(self, at: int, said: Said) -> int:
        """Draw the three amounts of an older print as texts; returns the row after them."""
        column = self.total_column or FIRST_FIGURE
        for row, (name, amount) in enumerate(said.rows, at):
            label = f"{said.code}　{name}（{said.unit}）"
            self.put((row, SECTION, row, MEASURE), label, self.style(border=1))
            style = self.style(align="right", indent=1, border=1)
            self.put((row, column, row, column), amount, style)
            self.worksheet.set_row(row, MIN_HEIGHT)
        return at + len(said.rows)

    def set_page(self, last_row: int) -> None:
        page = self.worksheet
        page.set_paper(A4)
        if len(self.sheet.columns) > MAX_COLUMNS_UPRIGHT:
            page.set_landscape()
        page.set_margins(**MARGINS)
        page.center_horizontally()
        page.fit_to_pages(1, 0)
        page.print_area(0, 0, last_row, self.last_column)
        page.repeat_rows(HEADING)
        page.set_footer("&C第 &P 页　共 &N 页")
        page.freeze_panes(FIRST_ITEM, FIRST_FIGURE)
        page.hide_gridlines(2)
        figures = xl_range(FIRST_ITEM, FIRST_FIGURE, last_row, self.last_column)
        page.ignore_errors({"formula_differs": figures, "formula_range": figures})

    def put(self, area: tuple[int, int, int, int], text: str, style: Any) -> None:
        """Write `text` as text, even if it starts with ``=``, into one cell or a merged area."""
        top, left, bottom, right = area
        if (top, left) != (bottom, right):
            self.worksheet.merge_range(top, left, bottom, right, "", style)
        self.worksheet.write_string(top, left, plain_text(text), style)

    @cached_property
    def right(self) -> Any:
        return self.style(align="right")

    def style(self, **properties: object) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self.styles:
            base = {"font_name": "仿宋", "font_size": 10.5, "valign": "vcenter"}
            self.styles[key] = self.workbook.add_format({**base, **properties})
        return self.styles[key]


def number(figure: int, unit: Unit) -> int | float:
    """The figure in its unit as stored in the file: exact up to Excel's 15 digits."""
    return float(Decimal(figure).scaleb(-unit.places)) if unit.places else figure


def number_format(unit: Unit) -> str:
    """The number format that shows the unit's decimals: ``0``, ``0.00``."""
    return f"0.{'0' * unit.decimals}" if unit.decimals else "0"


def _title(column: Column) -> str:
    return f"{column.title}\n（{column.remark}）" if column.remark else column.title


def _label(group: Sequence[Row]) -> str:
    """The text of a label cell, with the formulas, and the unit of a single item."""
    unit = group[0].measure if len(group) == 1 else ""
    return "　".join((group[0].label + unit, *(row.formula for row in group if row.formula)))


def sum_formula(areas: Iterable[str]) -> str:
    """A sum formula that is blank if all its cells are, since a blank is not 0."""
    cells = ",".join(areas)
    return f'=IF(COUNT({cells})=0,"",SUM({cells}))'


def _stretches(places: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of consecutive rows or columns, as (first, last)."""
    stretches: list[tuple[int, int]] = []
    for place in places:
        if stretches and place == stretches[-1][1] + 1:
            stretches[-1] = (stretches[-1][0], place)
        else:
            stretches.append((place, place))
    return stretches


def _signature_lines(signatures: Sequence[str]) -> list[str]:
    starts = range(0, len(signatures), SIGNATURES_A_LINE)
    return ["　　　　　　　".join(signatures[at : at + SIGNATURES_A_LINE]) for at in starts]


def _lines(text: str, width: int) -> int:
    """The number of lines of `text` in a column of `width` half-width characters."""
    return sum(max(1, ceil(_breadth(line) / (width - 2))) for line in text.split("\n"))


def _breadth(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line)


def _height(lines: int) -> float:
    return min(MAX_HEIGHT, lines * LINE_HEIGHT + 4)


UNWRITABLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def plain_text(text: str) -> str:
    """`text` without characters that xlsx cannot store, cut to the length of a cell."""
    return UNWRITABLE.sub(" ", text)[:MAX_TEXT_LENGTH]


MAX_NAME_BYTES = 230
"""Bytes, well below the 255 that a file system takes with the ending."""

DEVICES = {"CON", "PRN", "AUX", "NUL"} | {f"{p}{n}" for p in ("COM", "LPT") for n in range(1, 10)}
"""Names that Windows reserves, with any extension."""


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""The media type of a workbook."""


def attachment_name(*parts: str, suffix: str = "xlsx") -> str:
    """A file name from `parts` that Windows, WPS and chat programs accept unchanged."""
    joined = "_".join(filter(None, map(_name_part, parts))).encode()[:MAX_NAME_BYTES]
    stem = joined.decode(errors="ignore").rstrip(" ._")
    if stem.partition(".")[0].upper() in DEVICES:
        stem = f"_{stem}"
    return f"{stem or '导出'}.{suffix}"


def _name_part(part: str) -> str:
    signs = (" " if is_refused(sign) or is_unseen(sign) else sign for sign in part)
    return re.sub(r'[\\/:*?"<>|\s]+', " ", "".join(signs)).strip(" ._")
