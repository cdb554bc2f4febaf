"""When a report may be written: open, late, closed, not open, archived, released, extended."""

from datetime import timedelta

import pytest

from tests.founding import CLOSES, DUE, OPENS
from tests.reports.page import Page

MINUTE = timedelta(minutes=1)


def _sentence(person):
    return person.page().says("permission")


def test_the_minute_of_the_close_is_included_whole(city_app, echeng):
    city_app.clock_at(CLOSES + timedelta(seconds=59))

    answer = echeng.save("C9", "12")

    assert answer.status_code == 200
    assert "停止填报" in _sentence(echeng)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (CLOSES + MINUTE, "已于 2027年1月28日（星期四）17:30 停止填报"),
        (OPENS - MINUTE, "填报尚未开始，2027年1月10日（星期日）08:30 起可以填报"),
    ],
)
def test_outside_its_dates_a_report_is_only_read(city_app, echeng, moment, words):
    city_app.clock_at(moment)

    answer = echeng.save("C9", "12")

    row = Page.of(answer.text)
    assert answer.status_code == 409
    assert row.state("C9") == "locked"
    assert words in row.says("state-C9")
    assert words in _sentence(echeng)
    assert echeng.figure("C9") is None


def test_after_the_due_time_the_page_says_so_and_still_saves(city_app, echeng):
    city_app.clock_at(DUE + MINUTE)

    answer = echeng.save("C9", "12")

    assert answer.status_code == 200
    assert "已过报送截止时间" in _sentence(echeng)


def test_an_archived_campaign_takes_no_figure(city_app, echeng):
    city_app.campaign(status="archived")

    answer = echeng.save("C9", "12")

    assert answer.status_code == 409
    assert "填报任务已归档，只能查看。" in answer.text
    assert echeng.figure("C9") is None


def test_a_campaign_that_is_still_a_draft_is_not_found(city_app, echeng):
    city_app.campaign(status="draft")

    assert echeng.get().status_code == 404
    assert echeng.save("C9", "12", version=0).status_code == 404


def test_a_released_unit_has_nothing_to_fill_in(city_app, echeng):
    echeng.expected(expected=False, exempt_reason="已并入")

    answer = echeng.save("C9", "12")

    assert answer.status_code == 409
    assert "本单位本次免报" in _sentence(echeng)
    assert "submit" not in echeng.page().actions()


def test_an_extension_opens_the_report_of_one_unit_and_ends_by_itself(
    city_app, echeng, gedian, shizong
):
    city_app.clock_at(CLOSES + MINUTE)
    until = (CLOSES + timedelta(days=1)).isoformat(" ", "minutes")[:16]
    shizong.post("/extension", code="echeng", until=until, reason="电脑故障。")

    extended, other = echeng.save("C9", "12"), gedian.save("C9", "12")
    city_app.clock_at(CLOSES + timedelta(days=1, minutes=1))
    ended = echeng.save("C9", "13")

    assert (extended.status_code, other.status_code, ended.status_code) == (200, 409, 409)
    assert "延期报送也已于" in ended.text


def test_a_page_that_cannot_be_written_offers_nothing_to_write(city_app, echeng):
    echeng.fill(C9="12", D9="1234.5")
    city_app.clock_at(CLOSES + MINUTE)

    page = echeng.page()

    assert page.by_id("sheet") is None
    assert page.at("next-blank").get("href") == "#item-A1"
    assert [each.get("name") for each in page.all("input")] == ["csrf_token"]  # of 退出
    assert (page.state("C9"), page.state("C8"), page.state("C")) == (
        "locked",
        "locked",
        "calculated",
    )
    assert page.says("figure-D9") == "1,234.50"
    assert page.actions() >= {"print", "export-xlsx", "trail"}


def test_the_desk_reads_a_report_below_and_is_offered_no_change(echeng, shizong):
    echeng.fill(C9="12", D9="1234.5")

    page = shizong.page(code="echeng")

    assert page.state("D9") == "locked"
    assert page.value("D9") == "1234.50"
    assert page.actions() & {"submit", "zero-rest", "zero-report", "withdraw"} == set()
    assert page.by_id("sheet") is None
