"""A report on paper and as a workbook: marked with what it is, drawn from the figures."""

from io import BytesIO
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook

from portal.domain.paper.code import code_of


@pytest.fixture
def filled(echeng):
    """鄂城 with a few figures."""
    echeng.fill(G="1234", C9="12", D9="0.6", A1="2")
    return echeng


def test_the_print_shows_the_figures_and_their_sums(filled):
    page = filled.page("/print")

    rows = {row.get("data-code"): row.text.split() for row in page.all("tr", code=None)}
    assert rows["G"][-1] == "1,234"
    assert (rows["C"][-1], rows["D"][-1]) == ("12", "0.60")
    assert "填报单位（盖章）：鄂城区总工会" in page.says("paper")


def test_before_submission_the_print_is_marked_as_a_draft(filled):
    assert "送审稿·未上报" in filled.page("/print").says("paper")


def test_afterwards_it_carries_the_number_and_the_code_of_its_submission(city_app, filled):
    filled.fill_rest()
    filled.submit()

    paper = filled.page("/print").says("paper")
    filled.judged("acceptance")
    accepted = filled.page("/print").says("paper")

    sha256 = filled.submissions[0].sha256
    code = code_of(sha256)
    assert f"已上报·第 1 次报送·核对码 {code}" in paper
    assert f"已审核·第 1 次报送·核对码 {code}" in accepted


def test_a_withdrawn_report_is_a_draft_on_paper_too(filled):
    filled.fill_rest()
    filled.submit()
    filled.post("/withdrawal")

    assert "送审稿·未上报" in filled.page("/print").says("paper")


def test_a_report_that_was_never_begun_prints_as_a_blank_form(echeng):
    page = echeng.page("/print")

    assert len(page.all("tr", code=None)) == 51


def test_the_workbook_holds_the_figures_and_adds_live(filled):
    answer = filled.get("/workbook")

    sheet = load_workbook(BytesIO(answer.data)).worksheets[0]
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    name = unquote(answer.headers["Content-Disposition"])
    assert answer.status_code == 200
    assert 1234 in cells
    assert any(str(text).startswith("=") and "SUM" in str(text) for text in cells)
    assert "鄂城区总工会" in name
    assert ".xlsx" in name


def test_a_neighbour_gets_neither_and_the_desk_gets_both(filled, gedian, shizong):
    pages = ("/print", "/workbook", "")

    assert [gedian.get(each, code="echeng").status_code for each in pages] == [404] * 3
    assert [shizong.get(each, code="echeng").status_code for each in pages] == [200] * 3


@pytest.mark.parametrize("number", ["0", "2", "9999", "10000", "99999999999999999999", "-1", "x"])
def test_a_receipt_that_does_not_exist_is_not_found(filled, number):
    filled.fill_rest()
    filled.submit()

    assert filled.get(f"/submissions/{number}").status_code == 404
