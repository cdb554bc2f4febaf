"""Old consolidation workbooks as a city keeps them, and bringing one in."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from werkzeug.test import TestResponse

from tests.cast import Character
from tests.founding import OPEN

TITLE = ("2026年春节期间各级工会送温暖统计表",)
UNITS = ("代码", "项目", "鄂城区", "葛店开发区总工会", "临空经济区", "市总本级", "合计")
ROWS: tuple[tuple[Any, ...], ...] = (
    TITLE,
    ("单位：家、人次、万元",),
    UNITS,
    ("C11", "建档困难职工", 200, 90, 40, 10, 340),
    ("D11", "建档困难职工", 20, 9, 4, 1, 34),
    ("E1", "民生帮扶", 50, None, 5, 0, 55),
    ("F", "就业服务", 70, 30, 3, 1, 104),
)


def workbook(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> bytes:
    """The bytes of a workbook with these sheets, each a name and its rows."""
    book, file = Workbook(), BytesIO()
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.remove(book.worksheets[0])
    book.save(file)
    return file.getvalue()


def table(*rows: Sequence[Any]) -> bytes:
    """A workbook of one table: units side by side, `ROWS` by default."""
    return workbook(("汇总", rows or ROWS))


def address(campaign: str = OPEN) -> str:
    """The city's page of last year's figures."""
    return f"/o/shizong/campaigns/{campaign}/last-year"


def upload(person: Character, content: bytes, campaign: str = OPEN) -> TestResponse:
    """Bring a workbook; answers the preview."""
    return person.post(address(campaign), workbook=(BytesIO(content), "2026年汇总.xlsx"))


def ticked(preview: TestResponse) -> list[str]:
    """The units that a preview has ticked."""
    return re.findall(r'name="take" value="([^"]+)"[^>]* checked', preview.text)


def offered(preview: TestResponse) -> list[str]:
    """The units that a preview offers, ticked or not."""
    return re.findall(r'name="take" value="([^"]+)"', preview.text)


def confirm(
    person: Character,
    preview: TestResponse,
    take: Sequence[str] | None = None,
    campaign: str = OPEN,
) -> TestResponse:
    """Press 确认录入 with what is ticked, or with these units."""
    packed = re.findall(r'name="packed" value="([^"]*)"', preview.text)
    return person.post(
        f"{address(campaign)}/confirmation",
        packed=packed[0],
        take=list(ticked(preview) if take is None else take),
    )
