"""One more item: an edition with an item K is filled in, printed and exported, code unchanged."""

import json
from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.reports.page import Page
from tests.reports.reporter import open_another


def _ask_for_k(document):
    items = document["items"]
    places = {item["code"]: place for place, item in enumerate(items)}
    items[places["E"]]["formula"].append("K")
    k = {"code": "K", "label": "线上送温暖", "unit": "人次", "section": 4}
    items.insert(places["E5"] + 1, k)


@pytest.fixture
def with_k(city_app, echeng):
    """鄂城 with a form that asks for K too, and adds it to the sum of E."""
    return replace(echeng, campaign=open_another(city_app, "2027-online", _ask_for_k))


def test_a_new_item_is_filled_and_added(with_k):
    answer = with_k.save("K", "77")

    page = with_k.page()
    assert Page.of(answer.text).state("K") == "saved"
    assert (page.value("K"), page.value("E")) == ("77", "77")
    assert "线上送温暖" in page.says("item-K")
    assert "已填 1/47" in page.says("progress")
    assert with_k.trail("figure-saved")[0].item == "K"


def test_a_new_item_is_posted_without_scripts(with_k):
    fields = with_k.page().sheet() | {"K": "77"}

    assert with_k.post("", **fields).status_code == 303
    assert with_k.value("K") == 77


def test_a_new_item_is_printed_exported_and_submitted(with_k):
    with_k.fill(K="77")
    with_k.fill_rest()

    printed = with_k.page("/print")
    workbook = load_workbook(BytesIO(with_k.get("/workbook").data)).worksheets[0]
    submitted = with_k.submit()

    row = printed.one("tr", code="K")
    cells = [[cell.value for cell in each] for each in workbook.iter_rows()]
    assert row.text.split()[-1] == "77"
    assert any("K" in each and 77 in each for each in cells)
    assert submitted.status_code == 303
    assert json.loads(with_k.submissions[0].document)["figures"]["K"] == 77


def test_a_new_item_is_in_the_desks_sums(with_k):
    with_k.fill(K="77")
    with_k.fill_rest()
    with_k.submit()
    desk = with_k.city.person("shizong")

    page = desk.page(desk.url("/consolidation", campaign=with_k.campaign))

    row = page.one("tr", code="K")
    assert "线上送温暖" in row.text
    assert row.one("td", total=None).get("data-total") == "77"
    assert row.one("td", organisation="echeng").get("data-value") == "77"
