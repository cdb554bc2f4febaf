"""The fill-in template: the form as a workbook to fill offline and upload."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from portal.domain.figures import Kind, Unit, canonical
from portal.domain.form.form import Form
from portal.domain.intake.marks import SHEET, Marks, marks_as_rows
from portal.domain.paper.sheet import Part, Row, report_sheet
from portal.workbooks.sheet import Drawing, plain_text, written

INPUT = {"locked": False, "bg_color": "#FFF9E5"}
CALCULATED = {"bg_color": "#EEEEEE"}
"""Light colours: the cells to fill stand out, and a black-and-white print stays readable."""

ADVICE = (
    "只填浅黄色的数量格；灰色的合计格由公式计算，不能改。没有发生的填 0，不确定的留空。",
    "填好后保存，在填报页“导入”上传；导入前会逐项列出改动，确认后才写入。",
)


def template_workbook(
    form: Form,
    *,
    organisation_code: str,
    organisation_name: str,
    campaign_code: str,
    campaign_name: str,
    figures: Mapping[str, int | None],
) -> bytes:
    """The form of one organisation as an xlsx file to fill in, with `figures` as they stand now.

    Only the cells of leaves are unlocked, and data validation limits them to figures that the
    form accepts. A hidden sheet identifies the unit; `portal.domain.intake.marks` reads it back.
    """
    sheet = report_sheet(
        form,
        figures,
        organisation=organisation_name,
        period="",
        as_of="",
        mark="填报模板",
        footnotes=ADVICE,
    )
    sheet = replace(sheet, period_line=f"填报任务：{campaign_name}", as_of_line="")
    marks = Marks(
        organisation_code, organisation_name, campaign_code, campaign_name, form.id, form.version
    )

    def draw(workbook: Any) -> None:
        _Template(workbook, workbook.add_worksheet("统计表"), sheet).draw()
        _hide(marks, workbook.add_worksheet(SHEET))

    return written(form, sheet, draw)


def _hide(marks: Marks, worksheet: Any) -> None:
    for at, pair in enumerate(marks_as_rows(marks)):
        for column, text in enumerate(pair):
            worksheet.write_string(at, column, plain_text(text))
    worksheet.protect()
    worksheet.very_hidden()


@dataclass
class _Template(Drawing):
    """The sheet of a report, locked but for the cells of its leaves."""

    def draw(self) -> None:
        super().draw()
        # No password: the protection prevents slips, and users may remove it.
        self.worksheet.protect("", {"format_columns": True, "format_rows": True})

    def figure_properties(self, row: Row, part: Part) -> dict[str, object]:
        return super().figure_properties(row, part) | (CALCULATED if row.calculated else INPUT)

    def draw_figure(self, at: int, column: int, row: Row, figure: int | None) -> None:
        super().draw_figure(at, column, row, figure)
        if not row.calculated:
            rule = _rule(row.item.unit, xl_rowcol_to_cell(at, column))
            self.worksheet.data_validation(at, column, at, column, rule)


def _rule(unit: Unit, cell: str) -> dict[str, object]:
    """The data validation of a cell: the same figures that typing accepts."""
    greatest = canonical(unit.greatest, unit)
    message = {"error_title": "填写的数不符合要求", "error_message": _advice(unit, greatest)}
    if unit.kind is Kind.COUNT:
        limits = {"criteria": "between", "minimum": 0, "maximum": unit.greatest}
        return {"validate": "integer", **limits, **message}
    fits = (
        f"=AND(ISNUMBER({cell}),{cell}>=0,{cell}<={greatest},ROUND({cell},{unit.decimals})={cell})"
    )
    return {"validate": "custom", "value": fits, **message}


def _advice(unit: Unit, greatest: str) -> str:
    fine = f"最多 {unit.decimals} 位小数" if unit.decimals else "整数"
    return f"请填 0 至 {greatest} {unit.name}之间的数，{fine}，不带单位和文字。"
