"""Reminders: when a mail is due, which promise is broken, and the texts."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.campaign.reminders import (
    Missing,
    Moment,
    broken,
    moment_now,
    moments,
    text_for_group,
    text_for_unit,
    text_of_mail,
)
from tests.founding import CLOSES, DUE, OPENS, at

SECOND = timedelta(seconds=1)
NOW = at("2027-01-20 10:00")


def test_the_three_moments_of_a_campaign():
    assert moments(OPENS, DUE) == [
        (at("2027-01-18 13:00"), Moment.MIDDLE),
        (at("2027-01-25 09:00"), Moment.DAY_BEFORE),
        (at("2027-01-26 09:00"), Moment.DAY_OF),
    ]


@pytest.mark.parametrize(
    ("come", "before", "then"),
    [
        ("2027-01-18 13:00", None, Moment.MIDDLE),
        ("2027-01-25 09:00", Moment.MIDDLE, Moment.DAY_BEFORE),
        ("2027-01-26 09:00", Moment.DAY_BEFORE, Moment.DAY_OF),
        ("2027-01-26 17:31", Moment.DAY_OF, None),
    ],
)
def test_moment_begins_at_its_exact_second(come, before, then):
    assert moment_now(OPENS, DUE, at(come) - SECOND) is before
    assert moment_now(OPENS, DUE, at(come)) is then
    assert moment_now(OPENS, DUE, at(come) + SECOND) is then


def test_due_time_before_nine_is_reminded_an_hour_earlier():
    due = at("2027-01-26 08:30")

    assert moments(OPENS, due)[-1] == (at("2027-01-26 07:30"), Moment.DAY_OF)


@given(
    length=st.timedeltas(min_value=timedelta(hours=2), max_value=timedelta(days=60)),
    later=st.timedeltas(min_value=timedelta(), max_value=timedelta(days=61)),
)
def test_moments_lie_between_opening_and_due_time(length, later):
    due = (OPENS + length).replace(second=0, microsecond=0)

    assert all(OPENS <= moment < due for moment, _ in moments(OPENS, due))
    assert moment_now(OPENS, due, OPENS - SECOND) is None
    assert moment_now(OPENS, due, due + timedelta(minutes=1) + later) is None


def test_group_text_names_exactly_the_missing_units():
    text = text_for_group(
        "2027年春节送温暖",
        ["鄂城区总工会", "临空经济区总工会"],
        expected=4,
        due=DUE,
        closes=CLOSES,
        now=NOW,
        link="https://wennuan.example.cn",
        only_number=False,
    )

    assert text == (
        "2027年春节送温暖统计表：截至1月20日10:00:00，应报 4 家，"
        "尚有 2 家未上报：鄂城区总工会、临空经济区总工会。"
        "报送截止 2027年1月26日（星期二）17:30，还有 6 天 7 小时 30 分。"
        "请尚未上报的单位登录填报：https://wennuan.example.cn"
    )


def test_group_text_can_give_only_the_number_and_thanks_when_complete():
    told = {"expected": 4, "due": DUE, "closes": CLOSES, "now": NOW, "link": "https://x"}

    assert "鄂城" not in text_for_group("送温暖", ["鄂城"], only_number=True, **told)
    assert "已全部上报" in text_for_group("送温暖", [], only_number=False, **told)


MISSING = Missing("鄂城区总工会", "2027年春节送温暖", "尚未填报", DUE, CLOSES, "https://x/o/echeng")


def test_unit_text_names_what_is_missing_and_the_contact():
    text = text_for_unit(MISSING, at("2027-01-27 09:00"), "市总职工服务中心 0711-0000010")

    assert text == (
        "鄂城区总工会：2027年春节送温暖统计表尚未填报。"
        "报送截止 2027年1月26日（星期二）17:30 已过，请尽快补报。"
        "请登录填报并上报：https://x/o/echeng 有疑问请联系：市总职工服务中心 0711-0000010。"
    )


def test_texts_after_the_close_do_not_ask_for_a_submission():
    last, after = CLOSES + timedelta(seconds=59), CLOSES + timedelta(minutes=1)

    assert "请尽快补报" in text_for_unit(MISSING, last, "")
    told = text_for_unit(MISSING, after, "")
    assert "现已停止填报；补报请先联系我们办理延期。" in told
    assert "请尽快补报" not in told


def test_one_mail_lists_all_missing_reports_of_a_person():
    text = text_of_mail([MISSING, MISSING], "王芳", NOW, "")

    assert text.startswith("王芳，您好：")
    assert text.count("· 鄂城区总工会") == 2


def test_a_promise_is_broken_when_its_minute_is_over():
    promised = at("2027-01-20 10:00")

    assert not broken(promised, promised + timedelta(seconds=59))
    assert broken(promised, promised + timedelta(minutes=1))
    assert not broken(None, promised)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["鄂城"], "尚有 1 家未上报：鄂城；另有 1 家不再催报：葛店（已撤销）。"),
        ([], "应报 4 家，除葛店（已撤销）外，已全部上报"),
    ],
)
def test_closed_unit_is_mentioned_but_not_asked(names, words):
    text = text_for_group(
        "2027年春节送温暖",
        names,
        expected=4,
        due=DUE,
        closes=CLOSES,
        now=NOW,
        link="http://x/",
        only_number=False,
        gone=[("葛店", "已撤销")],
    )

    assert words in text
