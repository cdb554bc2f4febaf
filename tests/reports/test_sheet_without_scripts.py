"""Filling in without scripts: the whole sheet is posted, and each figure is judged by itself."""

import pytest

from tests.founding import CLOSES
from tests.reports.page import Page


def test_every_leaf_has_its_text_its_version_and_what_it_was(echeng):
    echeng.fill(C9="12")

    fields = echeng.page().sheet()

    assert len(fields) == 1 + 3 * 46
    assert (fields["C9"], fields["C9.version"], fields["C9.was"]) == ("12", "1", "12")
    assert (fields["C8"], fields["C8.version"], fields["C8.was"]) == ("", "0", "")


def test_the_good_figures_of_a_sheet_are_saved_and_the_page_comes_again(echeng):
    fields = echeng.page().sheet() | {"C9": "12", "D9": "０．５"}

    answer = echeng.post("", **fields)

    assert (answer.status_code, answer.location) == (303, echeng.url())
    assert (echeng.value("C9"), echeng.value("D9")) == (12, 500_000)
    assert "已保存 2 项" in echeng.page().text


def test_a_sheet_without_changes_writes_nothing(echeng):
    echeng.fill(C9="12")

    answer = echeng.post(**echeng.page().sheet())

    assert answer.status_code == 303
    assert len(echeng.trail("figure-saved")) == 1


def test_good_rows_are_saved_and_wrong_ones_come_back_with_their_text(echeng):
    fields = echeng.page().sheet() | {"C9": "12", "C8": "1.5", "D9": "abc"}

    answer = echeng.post("", **fields)

    page = Page.of(answer.text)
    assert answer.status_code == 422
    assert (page.state("C9"), page.state("C8"), page.state("D9")) == ("saved", "invalid", "invalid")
    assert (page.field("C8"), page.field("D9")) == ("1.5", "abc")
    assert "已保存 1 项" in page.text
    assert "有 2 项没有保存，请看这些行的说明：C8、D9。" in page.says("unsaved")
    assert echeng.value("C9") == 12
    assert echeng.figure("D9") is None


def test_what_comes_back_wrong_can_be_mended_and_posted_again(echeng):
    wrong = echeng.page().sheet() | {"C9": "12", "D9": "abc"}
    mended = Page.of(echeng.post(**wrong).text).sheet() | {"D9": "3"}

    answer = echeng.post(**mended)

    assert answer.status_code == 303
    assert echeng.value("D9") == 3_000_000
    assert echeng.version("C9") == 1


def test_figures_that_were_not_touched_stay_as_somebody_else_left_them(echeng, head):
    echeng.fill(C9="12", C8="8")
    fields = echeng.page().sheet()
    head.fill(C9="13")

    answer = echeng.post("", **fields | {"C8": "9"})

    assert answer.status_code == 303
    assert (echeng.value("C9"), echeng.value("C8")) == (13, 9)


def _in_conflict(echeng, head):
    echeng.fill(C9="12")
    fields = echeng.page().sheet() | {"C9": "14", "C8": "8"}
    head.fill(C9="13")
    return echeng.post("", **fields)


def test_a_conflict_shows_both_figures_and_saves_the_rest(echeng, head):
    answer = _in_conflict(echeng, head)

    page = Page.of(answer.text)
    assert answer.status_code == 409
    assert (page.state("C9"), page.state("C8")) == ("conflict", "saved")
    assert (page.field("C9"), page.value("C9")) == ("14", "13")
    assert "高建华" in page.says("state-C9")
    assert echeng.value("C9") == 13


@pytest.mark.parametrize(("choice", "figure", "version"), [("mine", 14, 3), ("theirs", 13, 2)])
def test_of_two_figures_one_is_chosen_by_a_button(echeng, head, choice, figure, version):
    fields = Page.of(_in_conflict(echeng, head).text).sheet()

    answer = echeng.post("", **fields | {choice: "C9"})

    assert answer.status_code == 303
    assert (echeng.value("C9"), echeng.version("C9")) == (figure, version)
    assert echeng.page().state("C9") == "saved"


def test_an_offered_figure_is_taken_by_its_button(echeng):
    fields = echeng.page().sheet() | {"C9": "0.3", "D9": "0.3432"}
    page = Page.of(echeng.post("", **fields).text)

    answer = echeng.post(**page.sheet() | {"C9": "3", "offer": "D9=0.34"})

    assert answer.status_code == 303
    assert (echeng.value("C9"), echeng.value("D9")) == (3, 340_000)


@pytest.mark.parametrize("offer", ["", "=", "D9", "K=3", "C=5", "csrf_token=", "D9.version=7"])
def test_a_button_that_the_page_never_had_changes_nothing(echeng, offer):
    echeng.fill(D9="5")
    fields = echeng.page().sheet()

    echeng.post(**fields | {"offer": offer, "theirs": "K", "mine": "K"})

    changed = {"D9": None} if offer == "D9" else {"D9": 5_000_000}
    assert echeng.value("D9") == changed["D9"]
    assert echeng.figure("C") is None


def test_the_button_that_enter_presses_only_saves(echeng):
    fields = echeng.page().sheet() | {"D9": "0.3432"}

    page = Page.of(echeng.post("", **fields).text)

    saves, *others = page.buttons()
    assert saves == ("", "")
    assert not {"formaction", "form"} & {*page.at("sheet").all("button")[0].root.attrib}
    assert others == [
        ("then", "submission"),
        *[("", "")] * 3,  # 空白项补“0”, 零报告, 粘贴到表中
        ("offer", "D9=0.34"),
        ("", ""),
    ]


CHECK = {"then": "submission"}
"""检查并上报, which is one of the buttons of the sheet."""


def test_the_button_to_check_saves_first_and_goes_on(echeng):
    fields = echeng.page().sheet() | {"C9": "12", **CHECK}

    answer = echeng.post("", **fields)

    assert (answer.status_code, answer.location) == (303, echeng.url("/submission"))
    assert echeng.value("C9") == 12
    assert "已保存 1 项" in echeng.page("/submission").text


def test_the_button_to_check_goes_on_with_nothing_to_save(echeng):
    answer = echeng.post("", **echeng.page().sheet() | CHECK)

    assert answer.location == echeng.url("/submission")
    assert "没有改动" not in echeng.page("/submission").text


def test_what_is_refused_on_the_way_to_the_check_is_kept_and_said(echeng):
    fields = echeng.page().sheet() | {"C9": "12", "D9": "abc", **CHECK}

    page = Page.of((answer := echeng.post("", **fields)).text)

    assert answer.status_code == 422
    assert (page.field("D9"), page.state("D9"), echeng.value("C9")) == ("abc", "invalid", 12)
    assert "有 1 项没有保存" in page.says("unsaved")
    assert "改好以后再按“检查并上报”" in page.says("unsaved")
    mended = echeng.post("", **page.sheet() | {"D9": "0.5", **CHECK})
    assert (mended.location, echeng.value("D9")) == (echeng.url("/submission"), 500_000)


def test_a_conflict_on_the_way_to_the_check_is_shown_and_settled_there(echeng, head):
    fields = echeng.page().sheet() | {"C9": "14", **CHECK}
    head.fill(C9="13")

    answer = echeng.post("", **fields)

    assert answer.status_code == 409
    assert Page.of(answer.text).state("C9") == "conflict"
    assert echeng.value("C9") == 13


def test_what_comes_too_late_for_the_check_is_shown(city_app, echeng):
    fields = echeng.page().sheet() | {"C9": "12", **CHECK}
    city_app.clock_at(CLOSES.replace(hour=20))

    answer = echeng.post("", **fields)

    assert answer.status_code == 409
    assert "您填的 12 没有保存" in Page.of(answer.text).says("state-C9")


@pytest.mark.parametrize(("below", "filled"), [("/zeros", 0), ("/zero-report", None)])
def test_the_buttons_for_zeros_save_what_was_typed_first(echeng, below, filled):
    fields = echeng.page().sheet() | {"C9": "12"}

    answer = echeng.post(below, **fields)

    assert answer.status_code == (303 if below == "/zeros" else 409)
    assert (echeng.value("C9"), echeng.value("C8")) == (12, filled)


@pytest.mark.parametrize("below", ["/zeros", "/zero-report"])
def test_no_zero_is_filled_in_over_a_text_that_was_refused(echeng, below):
    fields = echeng.page().sheet() | {"D9": "abc"}

    page = Page.of((answer := echeng.post(below, **fields)).text)

    assert answer.status_code == 422
    assert page.field("D9") == "abc"
    assert echeng.report is None


def test_the_head_counts_what_was_refused_and_what_is_not_saved(echeng, head):
    echeng.fill(B="3")
    fields = echeng.page().sheet() | {"C9": "14", "D9": "abc", "B1": "4", "B2": "x"}
    head.fill(C9="13")

    page = Page.of(echeng.post("", **fields).text)

    assert page.says("next-unsaved") == "未保存 1"
    assert page.says("next-error") == "有误 3"
    assert page.at("next-unsaved").get("href") == "#item-C9"
    assert page.at("next-error").get("href") == "#item-B1"


def test_a_refused_row_is_counted_in_the_answer_to_its_save(echeng):
    page = Page.of(echeng.save("D9", "abc").text)

    assert "有误 1" in page.says("progress")
    assert page.at("next-error").get("href") == "#item-D9"


def test_a_sheet_that_comes_too_late_shows_what_was_typed_and_keeps_nothing(city_app, echeng):
    echeng.fill(C8="8")
    fields = echeng.page().sheet() | {"C9": "12"}
    city_app.clock_at(CLOSES.replace(hour=20))

    answer = echeng.post("", **fields)

    page = Page.of(answer.text)
    assert answer.status_code == 409
    assert "停止填报" in page.text
    assert "您填的 12 没有保存" in page.says("state-C9")
    assert page.state("C9") == "locked"
    assert echeng.figure("C9") is None


def test_two_sheets_of_two_people_are_put_together(echeng, head):
    mine = echeng.page().sheet() | {"C9": "12"}
    theirs = head.page().sheet() | {"C8": "8"}

    first, then = echeng.post(**mine), head.post(**theirs)

    assert (first.status_code, then.status_code) == (303, 303)
    assert (echeng.value("C9"), echeng.value("C8")) == (12, 8)
    assert echeng.report.saved_by == "高建华"


def test_a_sheet_that_brings_sums_and_strange_fields_saves_only_leaves(echeng):
    fields = echeng.page().sheet()
    strange = {"C": "99", "C.version": "0", "C.was": "", "K": "1", "state": "accepted", "E1": "3"}

    answer = echeng.post("", **(fields | strange))

    assert answer.status_code == 303
    assert [entry.item for entry in echeng.trail("figure-saved")] == ["E1"]
    assert echeng.state == "draft"
