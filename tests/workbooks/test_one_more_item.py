"""A form with one more item: found on paper, in xlsx and in the consolidation, no code changed."""

from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

import portal
from portal.domain.figures import show
from portal.domain.form.form import Form, parse_form
from portal.domain.paper.sheet import Contribution, consolidated_sheet, report_sheet
from portal.workbooks.sheet import report_workbook
from tests.workbooks.reading import HEAD, column, opened, place

TEMPLATES = Path(portal.__file__).parent / "templates"


@pytest.fixture
def longer_form(document: dict[str, Any]) -> Form:
    """The 2022 form with K, and K1 and K2 that it sums."""
    k = {"code": "K", "label": "法律援助", "unit": "人次", "section": 8, "formula": ["K1", "K2"]}
    k1 = {"code": "K1", "label": "咨询", "unit": "人次", "section": 8}
    k2 = {"code": "K2", "label": "代理", "unit": "人次", "section": 8}
    section = {"number": 8, "title": "法律援助"}
    return parse_form(
        {
            **document,
            "sections": [*document["sections"], section],
            "items": [*document["items"], k, k1, k2],
        }
    )


def test_the_paper_has_it(longer_form: Form):
    paper = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, autoescape=True
    )
    paper.filters["figure"] = show

    html = paper.get_template("print/_sheet.html").render(
        sheet=report_sheet(longer_form, {"K1": 1200, "K2": 34}, **HEAD), proof=None
    )

    assert 'data-code="K"' in html
    assert "K=K1+K2" in html
    assert "其中：咨询（人次）" in html
    assert "1,234" in html


def test_the_workbook_has_it(longer_form: Form):
    content = report_workbook(longer_form, report_sheet(longer_form, {"K1": 12}, **HEAD))

    sheet = opened(content)

    at = place(sheet, "K")
    assert column(sheet, "K1") == 12
    assert column(sheet, "K") == f'=IF(COUNT(E{at + 1}:E{at + 2})=0,"",SUM(E{at + 1}:E{at + 2}))'


def test_the_consolidation_has_it(longer_form: Form):
    both = [Contribution("a", "甲", {"K1": 5}), Contribution("b", "乙", {"K2": 7})]

    content = report_workbook(longer_form, consolidated_sheet(longer_form, both, **HEAD))

    assert column(opened(content, results=True), "K") == 12
