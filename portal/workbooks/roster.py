"""The roster as a workbook: an empty one to fill in, or the current units and people."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from portal.models import Organisation, User
from portal.models.organisation import KINDS
from portal.models.user import ROLE_LABELS, Role
from portal.workbooks.sheet import plain_text

UNIT_COLUMNS = (
    ("单位代码", 22),
    ("名称", 34),
    ("类型", 18),
    ("上级代码", 22),
    ("排序号", 9),
    ("联系人", 14),
    ("电话", 18),
)
PERSON_COLUMNS = (("用户名", 22), ("姓名", 14), ("单位代码", 22), ("角色", 26), ("电话", 18))
"""Headings with their widths in half-width characters."""

KIND_COLUMN = "C"
LAST_ROW = 2001
"""Where a kind is chosen from a list: its column, and the last row with the choice."""

TEXT = "@"
ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
HEAD_FONT = Font(bold=True)
HEAD_FILL = PatternFill("solid", start_color="EEEEEE")
HEAD_BORDER = Border(bottom=Side("thin"))

ADVICE = (
    "“单位”一行一个单位，“人员”一行一个账号；不用的表可以留空或删掉。表头不要改。",
    "单位代码：2 至 63 位小写字母、数字或 - ，建好后不能改。上级代码：上一级单位的代码。",
    f"类型：{'、'.join(KINDS)}。",
    "用户名：2 至 64 位字母、数字或 _ . - ，全市不重复。",
    f"角色：{'、'.join(ROLE_LABELS.values())}；几个角色用顿号隔开。",
    "已有的单位和账号按代码、用户名认；写得不同的会作为修改列在预览里。名单里没有的不受影响。",
    "新账号没有密码：导入后得到每人一个登录链接，发给本人。",
)


def roster_workbook(
    units: Sequence[Organisation], people: Sequence[tuple[User, Organisation]]
) -> bytes:
    """The workbook with these units and people in it; with none it is to be filled in."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    sheet = _sheet(workbook, "单位", UNIT_COLUMNS, _unit_rows(units))
    sheet.add_data_validation(_choice_of_kind())
    _sheet(workbook, "人员", PERSON_COLUMNS, [_person_row(*person) for person in people])
    _advice(workbook)
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def _choice_of_kind() -> DataValidation:
    choice = DataValidation(type="list", formula1=f'"{",".join(KINDS)}"', allow_blank=True)
    choice.add(f"{KIND_COLUMN}2:{KIND_COLUMN}{LAST_ROW}")
    return choice


def _unit_rows(units: Sequence[Organisation]) -> list[tuple[str, ...]]:
    codes = {unit.id: unit.code for unit in units}
    return [
        (
            unit.code,
            unit.name,
            unit.kind,
            codes.get(unit.parent_id or 0, ""),
            str(unit.position),
            unit.contact,
            unit.phone,
        )
        for unit in units
    ]


def _person_row(user: User, home: Organisation) -> tuple[str, ...]:
    roles = "、".join(ROLE_LABELS[Role(role)] for role in user.roles)
    return user.username, user.name, home.code, roles, user.phone


def _sheet(
    workbook: Workbook,
    name: str,
    columns: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[str]],
) -> Worksheet:
    sheet: Worksheet = workbook.create_sheet(name)
    for column, (heading, width) in enumerate(columns, start=1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = width
        # Whatever is typed into the column is text, so that a telephone keeps its zeros.
        sheet.column_dimensions[letter].number_format = TEXT
        head = sheet.cell(1, column, heading)
        head.font, head.fill, head.border = HEAD_FONT, HEAD_FILL, HEAD_BORDER
    for at, row in enumerate(rows, start=2):
        for column, text in enumerate(row, start=1):
            _write_text(cast(Cell, sheet.cell(at, column)), text)  # nothing is merged here
    sheet.freeze_panes = "A2"
    return sheet


def _write_text(cell: Cell, text: str) -> None:
    """Write a text as it is: never a formula, never an escape of Excel's (`_x0041_` is A)."""
    cell.number_format = TEXT
    if text:
        cell.value = ESCAPE.sub(r"_x005F_x\1_", plain_text(text))
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula


def _advice(workbook: Workbook) -> None:
    advice = workbook.create_sheet("说明")
    advice.column_dimensions["A"].width = 100
    for row, line in enumerate(ADVICE, start=1):
        advice.cell(row, 1, line)
