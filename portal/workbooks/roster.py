"""The roster as a workbook: an empty one to fill in, or the current units and people."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import xlsxwriter

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

KIND_COLUMN = 2
LAST_ROW = 2000
"""Where a kind is chosen from a list: its column and the last row, from 0."""

TEXTS_ONLY = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
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
    file = BytesIO()
    with xlsxwriter.Workbook(file, TEXTS_ONLY) as workbook:
        sheet = _sheet(workbook, "单位", UNIT_COLUMNS, _unit_rows(units))
        choice = {"validate": "list", "source": list(KINDS), "ignore_blank": True}
        sheet.data_validation(1, KIND_COLUMN, LAST_ROW, KIND_COLUMN, choice)
        _sheet(workbook, "人员", PERSON_COLUMNS, [_person_row(*person) for person in people])
        _advice(workbook)
    return file.getvalue()


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
    workbook: Any, name: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]
) -> Any:
    sheet = workbook.add_worksheet(name)
    head = workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#EEEEEE"})
    text = workbook.add_format({"num_format": "@"})
    for column, (heading, width) in enumerate(columns):
        # as text, so that a telephone number keeps its zeros
        sheet.set_column(column, column, width, text)
        sheet.write_string(0, column, heading, head)
    for at, row in enumerate(rows, start=1):
        for column, one in enumerate(row):
            sheet.write_string(at, column, plain_text(one), text)
    sheet.freeze_panes(1, 0)
    return sheet


def _advice(workbook: Any) -> None:
    advice = workbook.add_worksheet("说明")
    advice.set_column(0, 0, 100)
    for row, line in enumerate(ADVICE):
        advice.write_string(row, 0, line)
