"""An item that a form gains stands in the consolidation, on paper and in the workbook at once."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.consolidation.conftest import consolidation


@pytest.fixture
def document(document):
    """The form with one more item at its end."""
    document["items"].append(
        {"code": "K", "label": "走访慰问困难企业职工家庭", "unit": "家", "section": 7}
    )
    return document


@pytest.fixture
def desk(city):
    """The city's reviewer, after two units have reported the new item."""
    city.report("echeng", "accepted", K=3)
    city.report("gedian", "submitted", K=4)
    return city.sign_in("shizong", "reviewer")


def test_the_table_sums_a_new_item(desk):
    page = desk.table("shizong")

    assert page.total("K") == "7"
    assert page.cells("K")["gedian"] == "4"


def test_a_new_item_has_a_drill_down(desk):
    page = desk.page(f"{consolidation('shizong')}/items/K")

    assert "走访慰问困难企业职工家庭" in page.text
    assert len(page.all("tr", organisation=None)) == 2


def test_a_new_item_is_on_paper(desk):
    page = desk.page(f"{consolidation('shizong')}/print")

    assert page.row("K").text_of_last_cell() == "7"


def test_a_new_item_is_in_the_workbook(desk):
    answer = desk.client.get(f"{consolidation('shizong')}/workbook")

    sheet = load_workbook(BytesIO(answer.data), data_only=True).active
    rows = {row[1]: row for row in sheet.iter_rows(values_only=True)}
    assert rows["K"][4] == 7
