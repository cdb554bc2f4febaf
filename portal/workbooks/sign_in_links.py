"""A workbook with the one-time links of many people, to be handed out one by one."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

import xlsxwriter

from portal.access.links import HandOut, link_address
from portal.domain.campaign.calendar import in_words
from portal.models.user import ROLE_LABELS, Role
from portal.workbooks.sheet import plain_text

COLUMNS = (("单位", 28), ("姓名", 12), ("用户名", 22), ("角色", 18), ("电话", 16), ("登录链接", 76))
"""Headings with their widths in half-width characters."""


def links_workbook(
    handed: Sequence[HandOut], *, title: str, public_url: str, until: datetime
) -> bytes:
    """A sheet with a row for each person; links are texts, so that no program follows them.

    Raises `ValueError` for a naive `until`.
    """
    file = BytesIO()
    texts_only = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(file, texts_only) as workbook:
        sheet = workbook.add_worksheet("登录链接")
        head = workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#EEEEEE"})
        sheet.write_string(0, 0, plain_text(title), workbook.add_format({"bold": True}))
        sheet.write_string(1, 0, f"每个链接只能用一次，{in_words(until)} 前有效。请只发给本人。")
        for column, (heading, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(3, column, heading, head)
        for row, one in enumerate(handed, start=4):
            for column, text in enumerate(_texts(one, public_url)):
                sheet.write_string(row, column, plain_text(text))
        sheet.freeze_panes(4, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
    return file.getvalue()


def _texts(one: HandOut, public_url: str) -> Sequence[str]:
    roles = "、".join(ROLE_LABELS[Role(role)] for role in one.user.roles)
    return (
        one.organisation.name,
        one.user.name,
        one.user.username,
        roles,
        one.user.phone,
        link_address(public_url, one.token),
    )
