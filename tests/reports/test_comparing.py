"""Comparing: last year's figure, the change and 次均 stand beside each figure of the page."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.reports.page import Page
from tests.reports.reporter import Reporter, open_another


@pytest.fixture
def linkong(city_app):
    """临空's reporter, whose unit handed nothing in last time."""
    return Reporter(city_app.person("linkong"))


def _cells(page, code):
    row = page.at(f"item-{code}")
    return [cell.text for cell in row.all("td") if "beside" in cell.root.get("class", "")]


def _heads(page):
    return [head.text for head in page.at("sheet-table").all("th")]


def _told(answer, name):
    wanted = f"innerHTML:#{name}"
    parts = Page.of(answer.text).all("div")
    return [part.text for part in parts if part.root.get("hx-swap-oob") == wanted]


def test_last_years_figure_and_the_change_stand_beside_a_figure(echeng):
    echeng.fill(C9="18", D9="1.50")

    page = echeng.page()

    assert _cells(page, "C9") == ["12", "+50.0%", ""]
    assert _cells(page, "D9") == ["1.00", "+50.0%", "833.33 元/人次"]
    assert _cells(page, "C") == ["12", "+50.0%", ""]


def test_a_figure_that_waits_shows_last_years_only(echeng):
    page = echeng.page()

    assert _cells(page, "C9") == ["12", "", ""]


def test_an_item_without_a_counterpart_says_so(echeng):
    def withdraw(document):
        for item in document["items"]:
            if item["code"] == "C9":
                del item["previous"]

    code = open_another(echeng.city, "2028-spring", withdraw, previous="2022-spring")

    page = replace(echeng, campaign=code).page()

    assert _cells(page, "C9") == ["", "上年无可比项", ""]
    assert _cells(page, "D9") == ["1.00", "", ""]


def test_without_a_past_there_is_only_the_average_and_only_on_request(linkong):
    linkong.fill(C9="10", D9="1.00")

    plain, asked = linkong.page(), linkong.page("?compare=1")

    assert plain.says("compare-switch") == "显示次均"
    assert "次均" not in _heads(plain)
    assert "次均" in _heads(asked)
    assert _cells(asked, "D9")[2] == "1,000.00 元/人次"


def test_the_choice_is_remembered_in_this_browser(echeng):
    hidden = echeng.page("?compare=0")
    again = echeng.page()
    shown = echeng.page("?compare=1")

    assert "上年" not in _heads(hidden)
    assert "上年" not in _heads(again)
    assert again.says("compare-switch") == "显示上年数和次均"
    assert "上年" in _heads(shown)
    assert "上年" in _heads(echeng.page())


def test_another_word_than_yes_and_no_changes_nothing(echeng):
    answer = echeng.get("?compare=%00")

    assert answer.status_code == 200
    assert "compare=" not in answer.headers.get("Set-Cookie", "")
    assert "上年" in _heads(Page.of(answer.text))


def test_a_save_renews_what_stands_beside_it_its_sums_and_its_partner(echeng):
    echeng.fill(D9="1.00")

    answer = echeng.save("C9", "24", beside="1")

    assert _told(answer, "change-C9") == ["+100.0%"]
    assert _told(answer, "change-C") == ["+100.0%"]
    assert _told(answer, "average-D9") == ["416.67 元/人次"]
    assert _told(answer, "average-D") == ["416.67 元/人次"]
    assert _told(answer, "change-A3") == []


def test_a_page_without_the_columns_is_told_nothing_of_them(echeng):
    answer = echeng.save("C9", "24")

    assert "change-" not in answer.text


def test_everybody_sees_the_past_of_the_unit_whose_report_it_is(shizong, echeng):
    echeng.fill(C9="18")

    page = shizong.page(code="echeng")

    assert _cells(page, "C9") == ["12", "+50.0%", ""]


def test_a_colleague_who_saved_a_minute_ago_is_named(echeng, head):
    head.fill(C9="12")
    echeng.city.let_pass(timedelta(seconds=100))

    page = echeng.page()

    assert page.says("presence") == "本单位另一位填报人（高建华）1 分钟前保存了 C9。"


def test_ones_own_save_hears_of_the_colleague(echeng, head):
    head.fill(C9="12")

    answer = echeng.save("D9", "1.00")

    assert Page.of(answer.text).says("presence") == "本单位另一位填报人（高建华）刚刚保存了 C9。"


@pytest.mark.parametrize("minutes", [10, 600])
def test_after_ten_minutes_nobody_is_named(echeng, head, minutes):
    head.fill(C9="12")
    echeng.city.let_pass(timedelta(minutes=minutes))
    signed_in_again = echeng.another_browser()

    assert signed_in_again.page().says("presence") == ""


def test_nobody_is_told_of_their_own_saves_nor_the_desk_of_anybodys(echeng, shizong):
    echeng.fill(C9="12")

    assert echeng.page().says("presence") == ""
    assert shizong.page(code="echeng").says("presence") == ""
