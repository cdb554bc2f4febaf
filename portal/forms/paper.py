"""A form edition on paper and as a workbook: the sheet without figures."""

from portal.domain.paper.sheet import Sheet, report_sheet
from portal.forms.queries import Opened
from portal.workbooks import sheet

UNIT = "（单位名称）"
PERIOD = "（按填报任务）"


def sheet_of(here: Opened) -> Sheet:
    """The sheet of an edition, marked as a draft or as published."""
    state = "草稿" if here.is_draft else "已发布"
    mark = f"表样预览·{here.edition.version} {state}"
    return report_sheet(here.form, {}, organisation=UNIT, period=PERIOD, as_of=PERIOD, mark=mark)


def workbook_of(here: Opened) -> tuple[str, bytes]:
    """The workbook of an edition: its file name and its content."""
    name = sheet.attachment_name(here.form.title, f"表样{here.edition.version}")
    return name, sheet.report_workbook(here.form, sheet_of(here))
