"""Zeros: blanks are declared zero with one click, a whole form as 零报告, and both undone."""

from tests.founding import CLOSES
from tests.reports.page import Page


def test_the_blanks_that_remain_become_zero_and_nothing_else_does(echeng):
    echeng.fill(C9="12")

    answer = echeng.post("/zeros")

    page = echeng.page()
    assert answer.status_code == 303
    assert (page.value("C9"), page.value("C8"), page.value("D9")) == ("12", "0", "0.00")
    assert "已填 46/46" in page.says("progress")
    assert len(echeng.trail("zeros-filled")) == 45


def test_a_figure_that_was_cleared_is_a_blank_too(echeng):
    echeng.fill(C9="12")
    echeng.fill(C9="")

    echeng.fill_rest()

    assert (echeng.value("C9"), echeng.version("C9")) == (0, 3)


def test_nothing_is_written_where_no_blank_is_left(echeng):
    echeng.fill_rest()

    answer = echeng.post("/zeros")

    assert answer.status_code == 303
    assert "没有空白项" in echeng.page().text
    assert len(echeng.trail("zeros-filled")) == 46


def test_undoing_gives_the_blanks_back_unless_they_were_filled_since(echeng):
    echeng.fill(C9="12")
    echeng.fill_rest()
    echeng.fill(C8="8")
    echeng.fill(C7="7")
    echeng.fill(C7="0")

    answer = echeng.post("/zeros/undoing")

    assert answer.status_code == 303
    assert [echeng.value(code) for code in ("C9", "C8", "C7", "C6")] == [12, 8, 0, None]
    assert "恢复 43 项；C7、C8 在此之后已被修改，保持不变" in echeng.page().text
    assert "undo-zeros" not in echeng.page().actions()


def test_undoing_twice_is_refused(echeng):
    echeng.fill(C9="12")
    echeng.fill_rest()
    echeng.post("/zeros/undoing")

    answer = echeng.post("/zeros/undoing")

    assert answer.status_code == 409
    assert "没有可以撤销" in answer.text


def test_a_zero_report_declares_the_whole_blank_form(echeng):
    offered = echeng.page().actions()

    answer = echeng.post("/zero-report")

    assert "zero-report" in offered
    assert answer.status_code == 303
    assert echeng.report.zero_report
    assert len(echeng.trail("zero-reported")) == 46
    assert echeng.submit().status_code == 303


def test_a_zero_report_is_refused_where_something_stands(echeng):
    echeng.fill(C9="12")

    answer = echeng.post("/zero-report")

    assert answer.status_code == 409
    assert "不是零报告" in answer.text
    assert echeng.trail("zero-reported") == []


def test_an_undone_zero_report_leaves_a_blank_form(echeng):
    echeng.post("/zero-report")

    echeng.post("/zeros/undoing")

    page = echeng.page()
    assert "已填 0/46" in page.says("progress")
    assert not echeng.report.zero_report
    assert "zero-report" in page.actions()


def test_a_figure_typed_after_a_zero_report_ends_it(echeng):
    echeng.post("/zero-report")

    echeng.fill(C9="3")

    assert not echeng.report.zero_report


def test_each_click_is_undone_by_itself_the_newest_first(echeng):
    echeng.fill(C9="12")
    echeng.fill_rest()
    echeng.fill(C8="")
    echeng.fill_rest()

    echeng.post("/zeros/undoing")
    after_one = [echeng.value(code) for code in ("C8", "C7")]
    echeng.post("/zeros/undoing")

    assert after_one == [None, 0]
    assert [echeng.value(code) for code in ("C8", "C7")] == [None, None]


def test_zeros_are_refused_when_the_report_cannot_be_written(city_app, echeng):
    city_app.clock_at(CLOSES.replace(hour=20))

    refused = [
        echeng.post(below).status_code for below in ("/zeros", "/zero-report", "/zeros/undoing")
    ]

    assert refused == [409, 409, 409]
    assert echeng.trail() == []


def test_an_undone_row_can_be_saved_with_the_version_that_the_page_shows(echeng):
    echeng.fill(C9="12")
    echeng.fill_rest()
    echeng.post("/zeros/undoing")
    shown = echeng.page().version("C8")

    answer = echeng.save("C8", "8", version=int(shown))

    assert answer.status_code == 200
    assert Page.of(answer.text).value("C8") == "8"
