"""Workbooks read back, as other programs read them."""

import zipfile
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from portal.domain.figures import Unit

HEAD = {"organisation": "鄂城区总工会", "period": "2022年春节", "as_of": "2022年1月26日 17:30"}
"""The head of a sheet, as far as these tests do not care about it."""

FIRST_FIGURE = 5
"""The column of 数量, or of 合计."""


def opened(content: bytes, *, results: bool = False) -> Worksheet:
    """The workbook's sheet as openpyxl reads it: formulas, or with `results` what they gave."""
    return load_workbook(BytesIO(content), data_only=results).worksheets[0]


def place(sheet: Worksheet, code: str) -> int:
    """The row number of an item."""
    return next(row[1].row for row in sheet.iter_rows() if row[1].value == code)


def column(sheet: Worksheet, code: str, at: int = FIRST_FIGURE) -> Any:
    """The value of an item in the column `at`, counted from 1."""
    return sheet.cell(place(sheet, code), at).value


def stored(value: float | int | None, unit: Unit) -> int | None:
    """A value that came back as a float, as the integer that the portal keeps."""
    if value is None or value == "":
        return None
    exact = Decimal(repr(value)).scaleb(unit.places)
    return int(exact.to_integral_value())


def part(content: bytes, name: str) -> str:
    """One XML part of the file, as it lies on disk."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return archive.read(name).decode("utf-8")
