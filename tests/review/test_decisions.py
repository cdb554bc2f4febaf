"""Deciding on a report: accepted, sent back, reopened, and by whom."""

import pytest

from tests.founding import OPEN
from tests.markup import Page


def decide(reviewer, report, how: str, **fields: str):
    return reviewer.post(f"{report.url}/{how}", **{"number": str(report.submissions), **fields})


def test_an_accepted_report_is_accepted_by_name_and_time(echeng, city):
    report = echeng.report("submitted")

    answer = decide(city, report, "acceptance")

    assert answer.status_code == 303
    assert report.reload().state == "accepted"
    assert report.trail()[-1] == "accepted"
    assert "张慧，2027-01-20 10:00:00" in city.page(f"{report.url}/review").text
    assert city.sees(report, "已审核")


def test_a_report_is_sent_back_with_a_reason_and_items(echeng, city):
    report = echeng.report("submitted")

    decide(
        city,
        report,
        "return",
        reason="与台账不一致，\r\n请核对。",
        item="C9",
        **{"item.C9": "人次重复", "item.D9": "金额偏高", "item.A1": " "},
    )

    assert report.state == "returned"
    page = echeng.page(report.url)
    assert "与台账不一致， 请核对。" in page.text
    assert "人次重复" in page.text
    assert "金额偏高" in page.text
    assert report.trail()[-1] == "sent-back"


def test_a_returned_report_can_be_submitted_again(echeng, city):
    report = echeng.report(state="returned")

    echeng.keep_figures()
    echeng.submit()

    assert report.reload().state == "submitted"
    assert city.sees(report, "已上报")


def test_an_accepted_report_can_be_reopened_and_mended(echeng, city):
    report = echeng.report("accepted")

    decide(city, report, "reopening", reason="省总要求按新口径更正。")

    assert report.state == "returned"
    assert report.trail()[-1] == "reopened"
    assert echeng.save("C9", "13").status_code == 200


def test_a_report_returned_and_reopened_ends_accepted(echeng, city):
    report = echeng.report("returned")

    echeng.save("C9", "13")
    echeng.submit()
    decide(city, report, "acceptance")

    assert report.state == "accepted"
    assert report.submissions == 2
    assert report.figure("C9") == 13


# Who decides


def test_the_neighbour_cannot_even_find_the_review(echeng, gedian):
    report = echeng.report("submitted")

    answers = [
        gedian.get(f"{report.url}/review").status_code,
        decide(gedian, report, "acceptance").status_code,
        decide(gedian, report, "return", reason="不行").status_code,
        gedian.post(f"{report.url}/extension", reason="不行", until="2027-02-01").status_code,
    ]

    assert answers == [404, 404, 404, 404]
    assert report.state == "submitted"


@pytest.mark.parametrize("username", ["echeng", "echeng-head", "shizong-viewer", "shizong-auditor"])
@pytest.mark.parametrize("how", ["acceptance", "return", "reopening", "extension"])
def test_only_reviewers_decide(echeng, city_app, username, how):
    report = echeng.report("submitted")

    answer = decide(city_app.person(username), report, how, reason="不行", until="2027-02-01")

    assert answer.status_code == 403
    assert report.state == "submitted"


def test_nobody_reviews_the_report_of_their_own_union(echeng, city_app):
    report = echeng.report("submitted")
    own = city_app.person("echeng-reviewer")

    answer = decide(own, report, "acceptance")

    assert answer.status_code == 403
    assert "由上一级工会（鄂州市总工会）审核。" in answer.text
    assert report.state == "submitted"
    assert "由上一级工会（鄂州市总工会）审核" in own.page(f"{report.url}/review").text


def test_the_next_union_up_decides_and_the_city_only_looks(city, city_app):
    report = city_app.person("echeng-jiceng1").report("submitted")
    district = city_app.person("echeng-reviewer")

    refused = decide(city, report, "acceptance")
    looked = city.page(f"{report.url}/review")
    accepted = decide(district, report, "acceptance")

    assert refused.status_code == 403
    assert "由上一级工会（鄂城区总工会）审核。" in refused.text
    assert looked.all("button", action="accept") == []
    assert accepted.status_code == 303
    assert report.state == "accepted"


def test_the_city_decides_on_its_own_report(city, city_app):
    report = city_app.person("shizong-reporter").report("submitted")

    decide(city, report, "acceptance")

    assert report.state == "accepted"


# Not at this moment


@pytest.mark.parametrize(
    ("state", "how"),
    [
        ("not-started", "acceptance"),
        ("draft", "acceptance"),
        ("draft", "return"),
        ("submitted", "reopening"),
        ("returned", "acceptance"),
        ("returned", "return"),
        ("accepted", "acceptance"),
        ("accepted", "return"),
    ],
)
def test_a_move_the_state_forbids_is_answered_409(echeng, city, state, how):
    report = echeng.report(state)
    before = report.trail()

    answer = decide(city, report, how, reason="请核对。")

    assert answer.status_code == 409
    assert report.state == state
    assert report.trail() == before


@pytest.mark.parametrize("how", ["acceptance", "return"])
def test_a_submission_that_is_not_the_newest_is_not_judged(echeng, city, how):
    report = echeng.report("returned")
    echeng.keep_figures()
    echeng.submit()

    answer = city.post(f"{report.url}/{how}", number="1", reason="请再核对 C9。")

    assert answer.status_code == 409
    assert "您看的是第 1 次报送，单位已重新上报（第 2 次）" in answer.text
    assert report.state == "submitted"


def test_words_written_for_an_old_submission_stay_in_the_form(echeng, city):
    report = echeng.report("returned")
    echeng.keep_figures()
    echeng.submit()

    answer = city.post(f"{report.url}/return", number="1", reason="请再核对 C9。")

    assert ">请再核对 C9。</textarea>" in answer.text


def test_words_written_for_a_report_that_went_away_can_be_copied(echeng, city):
    report = echeng.report("submitted")
    echeng.post(f"{report.url}/withdrawal")

    answer = city.post(f"{report.url}/return", number="1", reason="请再核对 C9。")

    assert answer.status_code == 409
    assert "可以复制：请再核对 C9。" in answer.text


def test_deciding_twice_changes_nothing(echeng, city):
    report = echeng.report("accepted")
    before = report.trail()

    answer = decide(city, report, "acceptance")

    assert answer.status_code == 409
    assert "不必再次审核" in answer.text
    assert report.trail() == before


def test_an_archived_campaign_is_only_looked_at(echeng, city, city_app):
    report = echeng.report("submitted")
    city_app.campaign(status="archived")

    answer = decide(city, report, "acceptance")

    assert answer.status_code == 409
    assert "已归档" in answer.text
    assert city.page(f"{report.url}/review").all("button", action="accept") == []


# Not understood


@pytest.mark.parametrize("number", ["", "one", "-1", "1.0", "１", "9" * 5000])
def test_a_wrong_submission_number_is_answered_422(echeng, city, number):
    report = echeng.report("submitted")

    answer = city.post(f"{report.url}/acceptance", number=number)

    assert answer.status_code == 422
    assert report.state == "submitted"


def test_sending_back_needs_a_reason_and_keeps_what_was_typed(echeng, city):
    report = echeng.report("submitted")

    answer = decide(city, report, "return", reason=" ", until="2027-02-01", item="C9")

    assert answer.status_code == 422
    assert "请写明理由" in answer.text
    assert 'value="2027-02-01"' in answer.text
    assert "checked" in Page.of(answer.text).by_id("ask-C9").root.attrib
    assert report.state == "submitted"


def test_words_at_the_items_are_reason_enough(echeng, city):
    report = echeng.report("submitted")

    ticked = decide(city, report, "return", item="C9")
    told = decide(city, report, "return", item="C9", **{"item.C9": "与台账不符"})

    assert ticked.status_code == 422
    assert told.status_code == 303
    assert report.reload().state == "returned"
    seen = echeng.page(report.url).text
    assert "请按指出的项目修改：C9。" in seen
    assert "与台账不符" in seen


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("reason", "长" * 501, "请压缩到 500 字以内"),
        ("item.C9", "长" * 501, "请压缩到 500 字以内"),
        ("until", "后天", "不是可以识别的时间"),
        ("until", "2027-02-30", "没有“2027-02-30”这个时间"),
        ("until", "2027-01-19", "要晚于现在"),
        ("until", "2027-01-26 17:30", "要晚于报送截止时间"),
    ],
)
def test_each_field_says_what_is_wrong_with_it(echeng, city, field, text, sentence):
    report = echeng.report("submitted")

    answer = decide(city, report, "return", **{"reason": "请核对。", field: text})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert report.state == "submitted"


def test_invisible_characters_are_removed(echeng, city):
    report = echeng.report("submitted")

    decide(city, report, "return", reason="看\x00不\x1b见\t的")

    assert "看不见 的" in echeng.page(report.url).text


def test_an_item_that_the_form_does_not_have_is_refused(echeng, city):
    report = echeng.report("submitted")

    answer = decide(city, report, "return", reason="请核对。", item="ZZ")

    assert answer.status_code == 422
    assert report.state == "submitted"


def test_what_a_reviewer_writes_is_text_and_no_markup(echeng, city):
    report = echeng.report("submitted")

    decide(city, report, "return", reason="<b>核对</b>", **{"item.C9": "<script>x</script>"})

    assert "<b>核对</b>" not in echeng.get(report.url).text
    assert "<script>x" not in city.get(f"{report.url}/review").text


def test_another_campaign_is_another_report(echeng, city):
    report = echeng.report("submitted")

    answer = city.post(report.url.replace(OPEN, "2030-spring") + "/acceptance", number="1")

    assert answer.status_code == 404
