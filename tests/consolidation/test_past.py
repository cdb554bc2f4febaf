"""Year on year of sums: the same units on both sides, and words where a percent would mislead."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from portal.storage.db import db
from tests.consolidation.conftest import (
    CAMPAIGN,
    NEXT,
    UNITS,
    City,
    add_campaign,
    add_organisations,
    consolidation,
    make_app,
    words,
)

WAN = 1_000_000


def cells(page, item, of="sums__year"):
    return [words(td) for td in page.row(item).root.iter("td") if of in td.get("class", "")]


def line(page, name):
    (row,) = page.all("tr", line=name)
    return [words(cell) for cell in row.findall("td")]


def paragraph(page):
    (text,) = page.all("textarea", paragraph=None)
    return text.text


@pytest.fixture
def desk(years):
    """葛店 and 鄂城 have both years; 市总 and 华容 this year alone, 临空 last year alone."""
    years.report("gedian", "accepted", A2=10 * WAN, A3=30 * WAN, B=40, C1=200)
    years.report("echeng", "accepted", A3=40 * WAN, B=0, C1=None)
    years.report("linkong", "accepted", A3=900 * WAN, B=900, C1=900)
    years.report("gedian", "accepted", campaign=NEXT, A2=10 * WAN, A3=50 * WAN, B=60, C1=300)
    years.report("echeng", "submitted", campaign=NEXT, A3=40 * WAN, B=0, C1=0)
    years.report("huarong", "submitted", campaign=NEXT, A3=10 * WAN, B=0, C1=4)
    years.report("shizong", "submitted", campaign=NEXT, A3=5 * WAN, B=40, C1=0)
    return years.sign_in("shizong", "reviewer")


REMARK = "按两年均已报送的 2 家比较，另有 2 家上年无数，上年有数的 1 家本次尚无可比的数"


def test_the_table_compares_the_units_that_both_years_have(desk):
    page = desk.page(consolidation("shizong", NEXT))

    assert page.total("A") == "115.00"
    assert cells(page, "A") == ["100.00", "80.00", "20.00", "+25.0%"]
    assert cells(page, "C1") == ["300", "200", "100", "+50.0%"]
    assert cells(page, "B") == ["60", "40", "20", "可比单位不足 80%"]
    assert f"与2022年春节送温暖{REMARK}。" in page.text
    assert "两年均报的 2 家" in page.text


def test_the_overview_has_a_line_over_the_units_of_both_years(desk):
    page = desk.page(f"{consolidation('shizong', NEXT)}/overview")

    assert line(page, "simple")[:3] == ["115.00", "100", "304"]
    assert line(page, "compared")[:3] == ["100.00", "60", "300"]
    assert line(page, "last")[:3] == ["80.00", "40", "200"]
    assert line(page, "difference")[:3] == ["20.00", "20", "100"]
    assert line(page, "percent")[:3] == ["+25.0%", "可比单位不足 80%", "+50.0%"]


def test_the_paragraph_names_the_earlier_campaign_and_the_units(desk):
    text = paragraph(desk.page(f"{consolidation('shizong', NEXT)}/overview"))

    assert "款物115.00万元（较2022年春节送温暖增长25.0%），走访企业100家，" in text
    assert f"与2022年春节送温暖{REMARK.replace(' ', '')}。" in text
    assert "上年数过小或可比单位不足八成的项目不写增减。" in text


def test_the_paragraphs_comparison_is_optional(desk, years):
    years.report("linkong", "submitted", campaign=NEXT, C1=41_588)
    url = f"{consolidation('shizong', NEXT)}/overview"

    plain = paragraph(desk.page(f"{url}?words=1"))
    wan = paragraph(desk.page(f"{url}?words=1&compare=1&wan=1"))

    assert "较" not in plain
    assert "上年" not in plain
    assert "41892人次" in plain
    assert "4.19万人次（增长" in wan
    ticked = {
        (box.get("name"), box.get("checked") is not None)
        for box in desk.page(f"{url}?words=1&wan=1").root.iter("input")
        if box.get("type") == "checkbox"
    }
    assert ticked == {("compare", False), ("wan", True)}


def test_the_drill_down_has_the_same_comparison(desk):
    page = desk.page(f"{consolidation('shizong', NEXT)}/items/A")

    ends = {
        row.get("data-organisation"): [words(td) for td in row.findall("td")][-2:]
        for row in page.all("tr", organisation=None)
    }
    assert ends == {
        "shizong": ["", "上年无数"],
        "echeng": ["40.00", "0.0%"],
        "huarong": ["", "上年无数"],
        "gedian": ["40.00", "+50.0%"],
    }
    assert [cell for cell in line(page, "compared") if cell] == ["100.00", "80.00", "+25.0%"]
    district = desk.page(f"{consolidation('shizong', NEXT)}/items/A?kind=区总")
    assert [cell for cell in line(district, "compared") if cell] == ["40.00", "40.00", "0.0%"]


def test_drafts_and_returned_reports_are_not_compared(desk, years):
    years.report("linkong", "draft", campaign=NEXT, A3=1 * WAN)
    page = desk.page(f"{consolidation('shizong', NEXT)}?scope=drafts")
    drilled = desk.page(f"{consolidation('shizong', NEXT)}/items/A?scope=drafts")

    assert page.total("A") == "116.00"
    assert cells(page, "A") == ["100.00", "80.00", "20.00", "+25.0%"]
    assert REMARK in page.text
    (row,) = drilled.all("tr", organisation="linkong")
    assert [words(td) for td in row.findall("td")][-2:] == ["", "尚未上报"]


def test_the_charts_draw_only_the_compared_units(desk):
    page = desk.page(f"{consolidation('shizong', NEXT)}/charts")
    (row,) = page.all("tr", code="A")

    assert [words(cell) for cell in row][1:] == ["100.00", "80.00", "+25.0%"]
    assert "本次（两年均报的 2 家）" in page.text


def test_the_workbook_calculates_the_change_from_the_same_line(desk):
    answer = desk.client.get(f"{consolidation('shizong', NEXT)}/overview/workbook")
    values, formulas = (
        load_workbook(BytesIO(answer.data), data_only=only).active for only in (True, False)
    )
    rows = {row[0].value: row for row in values.iter_rows()}
    live = {row[0].value: row for row in formulas.iter_rows()}

    assert rows["其中：两年均报 2 家"][1].value == pytest.approx(100)
    assert rows["上年"][1].value == pytest.approx(80)
    now, last = rows["其中：两年均报 2 家"][1].coordinate, rows["上年"][1].coordinate
    assert live["增减"][1].value == f'=IF(COUNT({now},{last})=2,{now}-{last},"")'
    assert rows["增减%"][2].value == "可比单位不足 80%"


def test_units_are_matched_by_organisation_not_by_code(desk, years):
    moved = tuple(
        (code, "葛店经开区总工会" if code == "gedian" else name, *more)
        for code, name, *more in UNITS
    )
    items = [{**item, "previous": item["code"]} for item in years.document["items"]]
    add_campaign({**years.document, "items": items}, years.organisations, moved, "third", NEXT)
    years.report("gedian", "submitted", campaign="third", C1=450)

    page = desk.page(consolidation("shizong", "third"))

    assert cells(page, "C1") == ["300", "150", "+50.0%"]


def test_passed_down_money_is_deducted_in_both_years(desk, years):
    years.pass_down(CAMPAIGN, gedian=10 * WAN)
    years.pass_down(NEXT, gedian=10 * WAN)

    page = desk.page(f"{consolidation('shizong', NEXT)}/overview")

    assert line(page, "net")[0] == "105.00"
    assert line(page, "compared")[0] == "100.00"
    assert line(page, "last")[0] == "80.00"


def test_too_few_common_units_give_no_percentage(tmp_path, document):
    app = make_app(tmp_path)
    units = [("u0", "市总", "市总", None, "own", True)]
    units += [(f"u{n}", f"第{n}系统", "市直系统", "u0", "full", True) for n in range(1, 13)]
    items = [{**item, "previous": item["code"]} for item in document["items"]]
    with app.app_context():
        city = City(app, document, add_organisations(units))
        add_campaign(document, city.organisations, units[:2])
        add_campaign({**document, "items": items}, city.organisations, units, NEXT, CAMPAIGN)
        city.report("u1", "accepted", C1=100, A3=10 * WAN)
        city.report("u0", "accepted", C1=0)
        for n in range(13):
            city.report(f"u{n}", "accepted", campaign=NEXT, C1=700, A3=70 * WAN)
        page = city.sign_in("u0", "viewer").page(f"{consolidation('u0', NEXT)}/overview")
        db.engine.dispose()

    assert line(page, "percent")[0] == "可比单位不足 80%"
    assert "增长" not in paragraph(page)
    assert "按两年均已报送的2家比较，另有11家上年无数。" in paragraph(page)
