"""Filling in: a row is saved alone, is read kindly, and says what became of it."""

import pytest

from portal.domain.report_state import State
from tests.reports.page import Page


def test_a_saved_row_answers_with_its_state_its_figure_and_its_next_version(echeng):
    answer = echeng.save("C9", "12")

    row = Page.of(answer.text)
    assert answer.status_code == 200
    assert (row.state("C9"), row.value("C9"), row.version("C9")) == ("saved", "12", "1")
    assert "已保存 10:00:00" in row.says("state-C9")
    assert echeng.value("C9") == 12


def test_the_sums_and_the_counts_that_follow_ride_along(echeng):
    echeng.save("D1", "1000")

    answer = echeng.save("D2", "234.5")

    text = answer.text
    assert 'hx-swap-oob="innerHTML:#figure-D"' in text
    assert "1,234.50" in text
    assert Page.of(text).at("notice-D").get("data-value") == "1234.50"
    assert "已填 2/46" in Page.of(text).says("progress")


def test_neighbours_are_neither_written_nor_answered(echeng):
    echeng.save("C9", "12")

    answer = echeng.save("F1", "5")

    assert "state-C9" not in answer.text
    assert echeng.version("C9") == 1


def test_a_normalised_figure_is_shown_as_stored(echeng):
    answer = echeng.save("D9", "　１，２３４．５０００ ")

    assert Page.of(answer.text).value("D9") == "1234.50"
    assert echeng.value("D9") == 1_234_500_000
    assert echeng.page().field("D9") == "1234.50"


def test_a_figure_can_be_made_blank_again_and_a_sum_of_blanks_is_blank(echeng):
    echeng.fill(E1="3")

    answer = echeng.save("E1", "")

    page = echeng.page()
    assert Page.of(answer.text).state("E1") == "empty"
    assert (page.value("E1"), page.value("E"), page.version("E1")) == ("", "", "2")


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("C9", "12.5"),
        ("C9", "-3"),
        ("C9", "3人"),
        ("C9", "1e3"),
        ("C9", "—"),
        ("C9", "100000000"),
        ("D9", ".5"),
        ("D9", "5."),
        ("D9", "￥5"),
        ("D9", "1,23"),
        ("D9", "10000000"),
        ("D9", "一万"),
        ("D9", "<b>5</b>"),
        ("D9", "\x00"),
        ("D9", "9" * 300),
    ],
)
def test_a_text_that_is_no_figure_is_refused_with_a_sentence(echeng, code, typed):
    echeng.fill(**{code: "7"})

    answer = echeng.save(code, typed)

    row = Page.of(answer.text)
    assert answer.status_code == 422
    assert row.state(code) == "invalid"
    assert row.says(f"state-{code}") != "有误"
    assert (echeng.version(code), row.version(code)) == (1, "1")
    assert len(echeng.trail("figure-saved")) == 1


def test_blanks_around_a_number_never_cut_it(echeng):
    echeng.save("C9", " " * 199 + "123" + "　" * 300)

    assert echeng.value("C9") == 123


def test_too_many_decimals_are_offered_rounded(echeng):
    answer = echeng.save("D9", "0.3432")

    row = Page.of(answer.text)
    assert answer.status_code == 422
    assert "本表保留两位小数，是否记为 0.34？原填 0.3432" in row.says("state-D9")
    assert row.buttons() == [("offer", "D9=0.34")]
    assert echeng.figure("D9") is None


def test_the_second_writer_gets_both_figures_and_who_wrote_when(echeng, head):
    echeng.fill(C9="12")
    head.fill(C9="13")

    answer = echeng.save("C9", "14", version=1)

    row = Page.of(answer.text)
    assert answer.status_code == 409
    assert row.state("C9") == "conflict"
    assert "高建华 在 2027-01-20 10:00:00 已改为 13，您填的是 14" in row.says("state-C9")
    assert row.buttons() == [("mine", "C9"), ("theirs", "C9")]
    assert echeng.value("C9") == 13


def test_after_a_conflict_the_own_figure_can_be_insisted_on(echeng, head):
    echeng.fill(C9="12")
    head.fill(C9="13")
    refused = Page.of(echeng.save("C9", "14", version=1).text)

    answer = echeng.save("C9", "14", version=int(refused.version("C9")))

    assert answer.status_code == 200
    assert (echeng.value("C9"), echeng.version("C9")) == (14, 3)


def test_a_lost_answer_can_be_asked_for_again(echeng):
    echeng.fill(C9="12")

    again = echeng.save("C9", "１２", version=0)

    assert again.status_code == 200
    assert Page.of(again.text).state("C9") == "saved"
    assert echeng.version("C9") == 1
    assert len(echeng.trail("figure-saved")) == 1


def test_the_same_figure_again_is_no_change(echeng):
    echeng.fill(C9="12")
    saved_at = echeng.report.saved_at

    answer = echeng.save("C9", "012")

    assert answer.status_code == 200
    assert (echeng.version("C9"), echeng.report.saved_at) == (1, saved_at)
    assert len(echeng.trail("figure-saved")) == 1


def test_a_blank_row_saved_blank_begins_no_report(echeng):
    answer = echeng.save("C9", " ")

    assert answer.status_code == 200
    assert echeng.trail() == []
    assert State.NOT_STARTED.label in echeng.page().says("report-state")


@pytest.mark.parametrize("version", ["", "7", "-1", "x", "1.0", "99999999999999999999"])
def test_a_version_that_nobody_gave_out_is_a_conflict(echeng, version):
    for_a_blank = echeng.post("/items/C9", **{"C9": "5", "C9.version": version}, htmx=True)
    echeng.fill(C9="12")
    for_a_figure = echeng.post("/items/C9", **{"C9": "5", "C9.version": version}, htmx=True)

    assert (for_a_blank.status_code, for_a_figure.status_code) == (409, 409)
    assert echeng.value("C9") == 12


def test_a_row_without_its_text_is_saved_blank_only_with_the_right_version(echeng):
    echeng.fill(C9="12")

    answer = echeng.post("/items/C9", htmx=True)

    assert answer.status_code == 409
    assert echeng.value("C9") == 12


def test_a_sum_is_never_typed(echeng):
    answer = echeng.save("C", "5", version=0)

    assert answer.status_code == 422
    assert "合计项" in answer.text
    assert echeng.figure("C") is None


@pytest.mark.parametrize("code", ["K", "c9", "C99", "nonce", "%00", "C9.version"])
def test_an_item_that_is_not_on_the_form_is_not_found(echeng, code):
    answer = echeng.post(f"/items/{code}", htmx=True, **{code: "5", f"{code}.version": "0"})

    assert answer.status_code == 404
    assert echeng.trail() == []


def test_an_ended_session_is_answered_in_the_row_with_a_token_to_go_on(echeng):
    echeng.sign_out()

    answer = echeng.save("C9", "12")

    refusal = Page.of(answer.text).all("p", status="401")[0]
    assert answer.status_code == 401
    assert refusal.get("data-token")
    assert echeng.figure("C9") is None


def test_without_scripts_an_ended_session_carries_the_sheet_through_signing_in(echeng):
    fields = echeng.page().sheet() | {"C9": "12"}
    echeng.sign_out()

    here = {"Origin": "http://localhost"}
    answer = echeng.character.post(echeng.url(), headers=here, **fields)

    assert answer.status_code == 401
    assert "登录已过期" in answer.text
    assert "C9.version" in Page.of(answer.text).field("carried")


def test_a_neighbour_knows_nothing_of_the_report_and_the_desk_does_not_fill(
    echeng, gedian, shizong
):
    fields = {"C9": "5", "C9.version": "0"}

    neighbour = gedian.post("/items/C9", htmx=True, code="echeng", **fields)
    desk = shizong.post("/items/C9", htmx=True, code="echeng", **fields)

    assert (neighbour.status_code, desk.status_code) == (404, 403)
    assert echeng.figure("C9") is None


def test_a_row_saved_without_htmx_leads_back_to_the_page(echeng):
    answer = echeng.post("/items/C9", **{"C9": "12", "C9.version": "0"})

    assert answer.status_code == 303
    assert answer.location == echeng.url()
    assert echeng.value("C9") == 12


def test_a_wrong_row_saved_without_htmx_comes_back_on_its_page(echeng):
    answer = echeng.post("/items/C9", **{"C9": "abc", "C9.version": "0"})

    assert answer.status_code == 422
    assert Page.of(answer.text).field("C9") == "abc"


def test_an_issue_at_another_row_rides_along_and_goes_again(echeng):
    echeng.fill(B="5", B1="4")

    worse = Page.of(echeng.save("B", "3").text)
    better = Page.of(echeng.save("B", "4").text)

    assert worse.at("notice-B1").get("data-state") == "invalid"
    assert "大于所属的 B 走访企业 3 家" in worse.says("notice-B1")
    assert better.at("notice-B1").get("data-state") == "saved"


def test_yuan_typed_for_wan_are_offered_divided(echeng):
    echeng.fill(C9="12")

    answer = echeng.save("D9", "36000")

    row = Page.of(answer.text)
    assert answer.status_code == 200
    assert row.state("D9") == "query"
    assert row.buttons() == [("offer", "D9=3.60")]


def test_the_first_figure_begins_the_report_and_draws_the_buttons_anew(echeng):
    first = Page.of(echeng.save("C9", "12").text)
    another = Page.of(echeng.save("C8", "12").text)

    assert first.at("report-state").get("data-report-state") == "draft"
    assert "zero-report" not in first.actions()
    assert "zero-rest" in first.actions()
    assert another.by_id("actions") is None


def test_a_refused_row_does_not_turn_the_clock_of_the_last_save(city_app, echeng):
    echeng.fill(C9="12")
    city_app.clock_at(city_app.now.replace(hour=11))
    echeng.fill(C8="3")

    answer = echeng.save("C9", "abc")

    assert "上次保存 11:00:00" in Page.of(answer.text).says("progress")


def test_a_save_of_another_day_shows_its_day(city_app, echeng):
    echeng.fill(C9="12")
    city_app.clock_at(city_app.now.replace(day=21))

    page = echeng.page()

    assert "2027-01-20 10:00:00" in page.says("notice-C9")
    assert "上次保存 2027-01-20 10:00:00" in page.says("progress")


def test_what_the_desk_asked_at_a_row_stays_there_while_it_is_mended(city_app, echeng):
    echeng.fill(C9="12")
    echeng.fill_rest()
    echeng.submit()
    echeng.judged("return", C9="人次偏多")

    answer = echeng.save("C9", "10")

    assert "退回意见：人次偏多" in Page.of(answer.text).says("state-C9")


def test_the_page_names_every_row_its_state_and_where_it_is_saved(echeng):
    echeng.fill(C9="12")

    page = echeng.page()

    assert len(page.all("tr", code=None)) == 51
    assert len(page.all("tr", save=None)) == 46
    assert page.at("item-C9").get("data-save") == echeng.url("/items/C9")
    assert {page.state("C9"), page.state("C"), page.state("C8")} == {
        "saved",
        "calculated",
        "empty",
    }


def test_a_body_that_is_too_large_is_refused_as_such(echeng):
    answer = echeng.post("/items/C9", C9="1" * 300_000, htmx=True)

    assert answer.status_code == 413
    assert echeng.figure("C9") is None


def test_a_wrong_token_writes_nothing_and_gives_a_new_one(echeng):
    fields = {"csrf_token": "x", "C9": "12", "C9.version": "0"}

    answer = echeng.post("/items/C9", htmx=True, **fields)

    assert answer.status_code == 400
    assert Page.of(answer.text).all("p", status="400")[0].get("data-token")
    assert echeng.figure("C9") is None
