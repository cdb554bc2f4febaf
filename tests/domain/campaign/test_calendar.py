"""Dates: due minutes, extensions, lateness, and the sentences shown."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.campaign.calendar import (
    ZONE,
    Dates,
    Extension,
    Phase,
    Status,
    close_of,
    due_of,
    handed_in_late,
    in_words,
    is_late,
    may_submit,
    may_withdraw,
    may_write,
    overdue,
    phase,
    read_instant,
    time_left,
    to_the_minute,
)
from portal.domain.report_state import NotAllowedNow, State


def at(day, hour=0, minute=0, second=0):
    return datetime(2022, 1, day, hour, minute, second, tzinfo=ZONE)


OPENS, DUE, CLOSES = at(5, 9), at(26, 17, 30), at(28, 12)
DATES = Dates(OPENS, DUE, CLOSES)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def until(instant, granted_at=None):
    return Extension(instant, "疫情封控", "shizong", granted_at or at(20))


LONG = until(at(30, 17, 30))
"""Ends after the close."""
SHORT = until(at(27, 9))
"""Ends between due and close."""


def ask(may, now=None, **circumstances):
    asked = {
        "status": Status.PUBLISHED,
        "dates": DATES,
        "extension": None,
        "expected": True,
        "state": State.DRAFT,
        "now": now or at(24, 14, 30),
    }
    return may(**{**asked, **circumstances})


def instants(first_year, last_year):
    """Any microsecond of those years; hypothesis needs naive limits."""
    first, last = datetime(first_year, 1, 1), datetime(last_year, 12, 31, 23, 59)  # noqa: DTZ001
    return st.datetimes(first, last, timezones=st.just(ZONE))


moments = st.integers(0, 60 * 60 * 24 * 40).map(lambda seconds: at(1) + seconds * SECOND)

# The minute that is named


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (OPENS - SECOND, Phase.NOT_OPEN),
        (OPENS, Phase.OPEN),
        (OPENS + 59 * SECOND, Phase.OPEN),
        (DUE - SECOND, Phase.OPEN),
        (DUE, Phase.OPEN),
        (DUE + 59 * SECOND, Phase.OPEN),
        (DUE + MINUTE - timedelta(microseconds=1), Phase.OPEN),
        (DUE + 60 * SECOND, Phase.LATE),
        (CLOSES - SECOND, Phase.LATE),
        (CLOSES, Phase.LATE),
        (CLOSES + 59 * SECOND, Phase.LATE),
        (CLOSES + 60 * SECOND, Phase.CLOSED),
    ],
)
def test_due_minute_counts_until_its_last_second(now, expected):
    found = phase(DATES, None, now)

    assert found is expected


@pytest.mark.parametrize(
    ("extension", "now", "expected"),
    [
        (LONG, OPENS - SECOND, Phase.NOT_OPEN),
        (LONG, DUE + MINUTE, Phase.OPEN),
        (LONG, CLOSES + MINUTE, Phase.OPEN),
        (LONG, LONG.until - SECOND, Phase.OPEN),
        (LONG, LONG.until, Phase.OPEN),
        (LONG, LONG.until + 59 * SECOND, Phase.OPEN),
        (LONG, LONG.until + 60 * SECOND, Phase.CLOSED),
        (SHORT, SHORT.until + 59 * SECOND, Phase.OPEN),
        (SHORT, SHORT.until + 60 * SECOND, Phase.LATE),
        (SHORT, CLOSES + 60 * SECOND, Phase.CLOSED),
        (until(at(10)), at(12), Phase.OPEN),
    ],
)
def test_extension_moves_due_and_close_then_lapses(extension, now, expected):
    found = phase(DATES, extension, now)

    assert found is expected


@given(moments, st.integers(0, 60 * 24 * 40))
def test_extension_never_shortens_the_time(now, minutes):
    extension = until(OPENS + minutes * MINUTE)
    order = list(Phase)

    without, with_it = phase(DATES, None, now), phase(DATES, extension, now)

    assert order.index(with_it) <= order.index(without)


@given(moments)
def test_phase_does_not_depend_on_the_clock_s_zone(here):
    there = here.astimezone(UTC)

    assert phase(DATES, None, there) is phase(DATES, None, here)
    assert in_words(there) == in_words(here)


def test_due_and_close_are_moved_by_an_extension_that_is_later():
    assert (due_of(DATES, None), close_of(DATES, None)) == (DUE, CLOSES)
    assert (due_of(DATES, LONG), close_of(DATES, LONG)) == (LONG.until, LONG.until)
    assert (due_of(DATES, SHORT), close_of(DATES, SHORT)) == (SHORT.until, CLOSES)


# Dates as values


def test_dates_are_cut_to_the_minute_at_utc_plus_8():
    dates = Dates(OPENS + 7 * SECOND, DUE.astimezone(UTC), CLOSES)

    assert dates == DATES
    assert dates.due.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("opens", "due", "closes", "sentence"),
    [
        (DUE, DUE, CLOSES, "填报开始时间应早于报送截止时间"),
        (DUE + MINUTE, DUE, CLOSES, "填报开始时间应早于报送截止时间"),
        (OPENS, DUE, DUE - MINUTE, "停止填报时间不应早于报送截止时间"),
        (OPENS.replace(tzinfo=None), DUE, CLOSES, "时区"),
    ],
)
def test_dates_out_of_order_are_refused(opens, due, closes, sentence):
    with pytest.raises(ValueError, match=sentence):
        Dates(opens, due, closes)


def test_a_campaign_may_close_in_the_minute_it_is_due():
    dates = Dates(OPENS, DUE, DUE)

    assert phase(dates, None, DUE + 59 * SECOND) is Phase.OPEN
    assert phase(dates, None, DUE + MINUTE) is Phase.CLOSED


def test_naive_instant_raises():
    with pytest.raises(ValueError, match="时区"):
        to_the_minute(datetime(2022, 1, 26, 17, 30))  # noqa: DTZ001


def test_a_status_has_its_chinese_name():
    assert [status.label for status in Status] == ["草稿", "已发布", "已归档"]


# Late and overdue


@pytest.mark.parametrize(
    ("submitted_at", "extension", "late"),
    [
        (None, None, False),
        (DUE - SECOND, None, False),
        (DUE, None, False),
        (DUE + 59 * SECOND, None, False),
        (DUE + 60 * SECOND, None, True),
        (DUE + 60 * SECOND, LONG, False),
        (LONG.until + 59 * SECOND, LONG, False),
        (LONG.until + 60 * SECOND, LONG, True),
        (DUE, until(at(10)), False),
    ],
)
def test_lateness_is_judged_on_the_first_submission(submitted_at, extension, late):
    assert is_late(submitted_at, DATES, extension) is late


def test_extension_after_submission_keeps_late_flag():
    sent_back_after_the_close = until(at(31), granted_at=at(29))

    assert is_late(at(27), DATES, sent_back_after_the_close)


def test_extension_granted_at_the_submission_instant_counts():
    assert not is_late(at(27), DATES, until(at(31), granted_at=at(27)))


@pytest.mark.parametrize(
    ("state", "extension", "now", "expected"),
    [
        (State.NOT_STARTED, None, DUE + 59 * SECOND, False),
        (State.NOT_STARTED, None, DUE + 60 * SECOND, True),
        (State.DRAFT, None, DUE + 60 * SECOND, True),
        (State.DRAFT, LONG, DUE + 60 * SECOND, False),
        (State.DRAFT, LONG, LONG.until + 60 * SECOND, True),
        (State.SUBMITTED, None, CLOSES, False),
        (State.RETURNED, None, CLOSES, False),
        (State.ACCEPTED, None, CLOSES, False),
    ],
)
def test_overdue_means_due_and_not_submitted(state, extension, now, expected):
    assert overdue(state, DATES, extension, now) is expected


# May this unit write now?


@pytest.mark.parametrize(
    ("circumstances", "sentence"),
    [
        ({"status": Status.DRAFT}, "填报任务尚未发布，发布后才能填报。"),
        ({"status": Status.ARCHIVED}, "填报任务已归档，只能查看。"),
        ({"expected": False}, "本单位本次免报，不需要填报；如需报送请联系上级工会。"),
        ({"state": State.SUBMITTED}, "报表已上报（待审核），不能修改；需要修改请先撤回。"),
        (
            {"state": State.SUBMITTED, "now": CLOSES + MINUTE},
            "报表已上报（待审核），现已停止填报，不能撤回；需要修改请联系上级工会退回。",
        ),
        (
            {"state": State.ACCEPTED},
            "报表已审核，不能修改；需要更正请联系上级工会取消审核并退回更正。",
        ),
        (
            {"now": at(4, 8)},
            "填报尚未开始，2022年1月5日（星期三）09:00 起可以填报，还有 1 天 1 小时。",
        ),
        (
            {"now": CLOSES + MINUTE},
            "已于 2022年1月28日（星期五）12:00 停止填报；如需报送，请联系上级工会申请延期报送。",
        ),
        (
            {"now": LONG.until + MINUTE, "extension": LONG},
            "已于 2022年1月28日（星期五）12:00 停止填报，"
            "延期报送也已于 2022年1月30日（星期日）17:30 到期；"
            "如需报送，请联系上级工会申请延期报送。",
        ),
    ],
)
def test_a_unit_that_may_not_write_is_told_why(circumstances, sentence):
    permission = ask(may_write, **circumstances)

    assert not permission.allowed
    assert permission.sentence == sentence


@pytest.mark.parametrize(
    ("circumstances", "sentence"),
    [
        ({}, "报送截止 2022年1月26日（星期三）17:30，还有 2 天 3 小时。"),
        ({"now": DUE + 59 * SECOND}, "报送截止 2022年1月26日（星期三）17:30，还有不到 1 分钟。"),
        (
            {"now": at(27, 12)},
            "已过报送截止时间（2022年1月26日（星期三）17:30），请尽快上报；"
            "停止填报 2022年1月28日（星期五）12:00，还有 1 天。",
        ),
        (
            {"now": at(29, 17, 30), "extension": LONG},
            "已获延期至 2022年1月30日（星期日）17:30，还有 1 天。",
        ),
        (
            {"now": at(28, 11), "extension": SHORT},
            "延期报送的时间已到（2022年1月27日（星期四）09:00），请尽快上报；"
            "停止填报 2022年1月28日（星期五）12:00，还有 1 小时。",
        ),
        (
            {"extension": until(at(10))},
            "报送截止 2022年1月26日（星期三）17:30，还有 2 天 3 小时。",
        ),
    ],
)
def test_a_unit_that_may_write_is_told_how_long(circumstances, sentence):
    permission = ask(may_write, **circumstances)

    assert permission.allowed
    assert permission.sentence == sentence


@pytest.mark.parametrize("state", [State.NOT_STARTED, State.DRAFT, State.RETURNED])
def test_every_editable_state_may_be_written_while_open(state):
    assert ask(may_write, state=state).allowed


@given(
    st.sampled_from(Status),
    st.sampled_from([None, LONG, SHORT]),
    st.booleans(),
    st.sampled_from(State),
    moments,
)
def test_write_submit_and_withdraw_permissions_agree(status, extension, expected, state, now):
    told = {"status": status, "extension": extension, "expected": expected, "state": state}

    write, submit, withdraw = (
        ask(may, now, **told) for may in (may_write, may_submit, may_withdraw)
    )

    assert submit.allowed == (write.allowed and state is not State.NOT_STARTED)
    assert not (write.allowed and withdraw.allowed)
    assert all(one.sentence.endswith("。") for one in (write, submit, withdraw))
    assert write.phase is submit.phase is withdraw.phase is phase(DATES, extension, now)


def test_permission_can_be_required():
    with pytest.raises(NotAllowedNow, match="已归档"):
        ask(may_write, status=Status.ARCHIVED).require()

    assert ask(may_write).require() is None


def test_an_untouched_report_cannot_be_submitted():
    permission = ask(may_submit, state=State.NOT_STARTED)

    assert not permission.allowed
    assert permission.sentence == "报表还没有填写，填写后才能上报。"


def test_a_late_report_can_still_be_submitted_until_the_close():
    assert ask(may_submit, CLOSES + 59 * SECOND).allowed
    assert not ask(may_submit, CLOSES + 60 * SECOND).allowed


@pytest.mark.parametrize(
    ("circumstances", "allowed", "words"),
    [
        ({"now": CLOSES + 59 * SECOND}, True, "须在 2022年1月28日（星期五）12:00 停止填报前"),
        ({"now": CLOSES + 60 * SECOND}, False, "现已停止填报，不能撤回"),
        ({"now": CLOSES + 60 * SECOND, "extension": LONG}, True, "2022年1月30日"),
        ({"state": State.ACCEPTED}, False, "不能撤回"),
        ({"state": State.DRAFT}, False, "不必撤回"),
        ({"state": State.DRAFT, "now": CLOSES + MINUTE}, False, "不必撤回"),
        ({"status": Status.ARCHIVED}, False, "已归档"),
        ({"expected": False}, False, "免报"),
    ],
)
def test_only_a_submitted_report_is_withdrawn_and_only_before_the_close(
    circumstances, allowed, words
):
    permission = ask(may_withdraw, **{"state": State.SUBMITTED, **circumstances})

    assert permission.allowed is allowed
    assert words in permission.sentence


# Words


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=2, hours=3, minutes=10), "2 天 3 小时 10 分"),
        (timedelta(days=2, minutes=10), "2 天 10 分"),
        (timedelta(hours=3), "3 小时"),
        (timedelta(minutes=1), "1 分"),
        (timedelta(minutes=2, seconds=-1), "1 分"),
        (timedelta(seconds=59), "不到 1 分钟"),
        (timedelta(0), "不到 1 分钟"),
        (timedelta(seconds=-59), "不到 1 分钟"),
        (timedelta(seconds=-60), "已截止"),
        (timedelta(days=-3), "已截止"),
    ],
)
def test_time_left_in_words(left, words):
    assert time_left(DUE - left, DUE) == words


def test_an_instant_is_written_as_a_notice_writes_it():
    assert in_words(DUE) == "2022年1月26日（星期三）17:30"
    assert in_words(datetime(2022, 1, 29, 16, 5, 59, tzinfo=UTC)) == "2022年1月30日（星期日）00:05"


@pytest.mark.parametrize(
    "text",
    [
        "2022-01-26",
        "2022-1-26",
        "2022/1/26",
        "2022年1月26日",
        "2022-01-26 17:30",
        "2022-01-26T17:30",
        "2022-01-26T17:30:59",
        "2022-01-26 17:30:59.123456",
        "  2022年1月26日 17:30 ",
        "2022年1月26日17:30",
        "２０２２年１月２６日　１７：３０",
        "２０２２－０１－２６",
    ],
)
def test_a_date_is_read_as_people_write_it(text):
    assert read_instant(text) == DUE


def test_a_date_without_an_hour_takes_the_hour_asked_for():
    assert read_instant("2022-01-05", default_time=time(9)) == OPENS


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "不是可以识别的时间"),
        ("明天", "“明天”不是可以识别的时间"),
        ("1月26日", "不是可以识别的时间"),
        ("22-01-26", "不是可以识别的时间"),
        ("2202-01-26", "不是可以识别的时间"),
        ("2022-01/26", "不是可以识别的时间"),
        ("2022-01-2617:30", "不是可以识别的时间"),
        ("2022-01-26 5:30pm", "不是可以识别的时间"),
        ("2022-01-26" + " " * 100 + "x", "不是可以识别的时间"),
        ("2022-02-30", "没有“2022-02-30”这个时间"),
        ("2022-13-01", "没有“2022-13-01”这个时间"),
        ("2022-01-26 24:00", "没有“2022-01-26 24:00”这个时间"),
    ],
)
def test_what_is_no_date_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_instant(text)


@given(
    instants(2000, 2099),
    st.sampled_from(["%Y-%m-%d %H:%M", "%Y/%m/%dT%H:%M:%S", "%Y年%m月%d日%H:%M"]),
)
def test_every_written_instant_is_read_back_to_the_minute(instant, written):
    assert read_instant(instant.strftime(written)) == to_the_minute(instant)


@given(st.text(max_size=30) | st.from_regex(r"20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}"))
def test_any_text_is_either_an_instant_or_a_sentence(text):
    answer = answer_to(text)

    assert answer.endswith(("。", "+08:00"))


def answer_to(text):
    try:
        return read_instant(text).isoformat()
    except ValueError as refused:
        return str(refused)


def test_extension_for_correction_keeps_late_flag():
    first, for_mending = until(at(27, 9), at(25)), until(at(31), at(29))

    under_the_first = handed_in_late(at(27, 8), DATES, (first, for_mending))
    without_any = handed_in_late(at(27, 8), DATES, (for_mending,))

    assert not under_the_first
    assert without_any
