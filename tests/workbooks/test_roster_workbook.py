"""The roster as a workbook: every text comes back to the letter, and nothing in it is a formula."""

from io import BytesIO
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook

from portal.models.organisation import KINDS
from portal.workbooks.lists import read_list
from portal.workbooks.roster import roster_workbook


def units_with(name: str) -> bytes:
    words = {"code": "echeng", "name": name, "kind": "区总", "phone": "07113350001", "contact": ""}
    unit = SimpleNamespace(id=1, parent_id=None, position=2, **words)
    return roster_workbook([unit], [])


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "_x0041_区", "鄂城区\U0003158e", "第Ⅱ工会"])
def test_a_name_comes_back_to_the_letter(name):
    sheet = read_list(units_with(name)).tables[0]

    assert sheet.at(2, 2).written == name
    assert not sheet.at(2, 2).formula
    assert sheet.at(2, 7).written == "07113350001"


def test_kinds_are_chosen_from_a_list():
    sheet = load_workbook(BytesIO(roster_workbook([], [])))["单位"]

    (choice,) = sheet.data_validations.dataValidation
    assert choice.formula1 == f'"{",".join(KINDS)}"'
    assert str(choice.sqref) == "C2:C2001"
    assert sheet.column_dimensions["G"].number_format == "@"
