"""The log of calls: outcome, promise, and the promise that was broken."""

import pytest

from tests.founding import at


def call(city, code="gedian", **fields):
    return city.post(city.url("/report/reminders", code=code), **fields)


def test_a_call_is_kept_with_its_promise(city, city_app):
    answer = call(
        city, outcome="promised", promised="2027-01-21 12:00", note="刘洋说下午盖章", nonce="a"
    )

    assert answer.status_code == 303
    page = city.page(city.url("/report/reminders", code="gedian"))
    assert "电话 已答应 2027年1月21日（星期四）12:00 张慧 刘洋说下午盖章" in page.text
    trail = city_app.rows("SELECT new, note FROM trail WHERE action = 'reminded'")
    assert [tuple(row.values()) if isinstance(row, dict) else tuple(row) for row in trail] == [
        ("电话：已答应", "刘洋说下午盖章")
    ]


def test_the_same_click_is_kept_once(city, city_app):
    for _ in range(2):
        call(city, outcome="forgot", nonce="a")

    assert city_app.scalar("SELECT count(*) FROM reminder") == 1


def test_a_broken_promise_comes_first(city, city_app):
    call(city, "linkong", outcome="promised", promised="2027-01-21 12:00", nonce="a")
    city_app.clock_at("2027-01-21 12:01")

    page = city.page(city.url("/reminders"))

    first = page.all("tr", organisation=None)[0]
    assert first.get("data-organisation") == "linkong"
    assert first.get("data-promise") == "broken"
    assert "已过，没有上报" in first.text


def test_a_promise_that_was_kept_is_no_longer_listed(gedian, city, city_app):
    call(city, outcome="promised", promised="2027-01-21 12:00", nonce="a")
    gedian.report("submitted")
    city_app.clock_at("2027-01-22 12:01")

    assert city.page(city.url("/reminders")).all("tr", promise="broken") == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "请选择通话结果"),
        ({"outcome": "sent"}, "请选择通话结果"),
        ({"outcome": "promised", "promised": "明天"}, "不是可以识别的时间"),
        ({"outcome": "promised", "promised": "2027-01-19"}, "应在现在之后"),
        ({"outcome": "forgot", "promised": "2027-01-22"}, "只有“已答应”"),
        ({"outcome": "forgot", "note": "长" * 501}, "501 字"),
    ],
)
def test_a_refused_call_is_shown_again(city, city_app, fields, sentence):
    answer = call(city, **({"note": "王主任接的"} | fields))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert (fields.get("note") or "王主任接的") in answer.text
    assert city_app.scalar("SELECT count(*) FROM reminder") == 0


def test_a_unit_that_has_submitted_is_not_reminded(gedian, city, city_app):
    gedian.report("submitted")

    assert call(city, outcome="forgot").status_code == 409
    assert "已经上报，不用再催" in city.page(city.url("/report/reminders", code="gedian")).text
    assert call(city, "jiaoyu", outcome="forgot").status_code == 409
    assert city_app.scalar("SELECT count(*) FROM reminder") == 0


def test_the_unit_text_tells_what_is_missing(echeng, city):
    echeng.report("draft")

    page = city.page(city.url("/report/reminders", code="echeng"))

    assert "填报中（已填 1/46），尚未上报，还差 45 项" in page.by_id("words").text
    assert "/o/echeng/campaigns/2027-spring/report" in page.by_id("words").text


def test_the_text_counts_to_the_units_extension(city, city_app):
    city.post(
        city.url("/report/extension", code="gedian"),
        until="2027-01-30 12:00",
        reason="经办人住院。",
    )
    city_app.clock_at(at("2027-01-27 09:00"))

    page = city.page(city.url("/report/reminders", code="gedian"))

    assert "报送截止 2027年1月30日（星期六）12:00，还有" in page.by_id("words").text


def test_the_unit_text_repeats_why_the_report_was_sent_back(gedian, city):
    gedian.report("returned")

    text = city.page(city.url("/report/reminders", code="gedian")).by_id("words").text

    assert "已退回，尚未修改后重新上报，退回理由：请核对 C9。" in text
