"""Planning dates: copies for a later year, lengths of phases, allowed moves."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.campaign.calendar import ZONE, Dates
from portal.domain.campaign.schedule import (
    dates_later,
    length,
    moved,
    refuse_move,
    stretches,
    with_years_later,
    years_later,
    years_until,
)

instants = st.datetimes(datetime(2020, 1, 1), datetime(2080, 1, 1)).map(  # noqa: DTZ001 - zone below
    lambda moment: moment.replace(second=0, microsecond=0, tzinfo=ZONE)
)


def at(text: str) -> datetime:
    """A moment in the city's time."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


DATES = Dates(at("2027-01-10 08:30"), at("2027-01-26 17:30"), at("2027-01-28 17:30"))


@given(instants, st.integers(1, 5))
def test_years_later_is_the_same_day_and_minute(moment, years):
    later = years_later(moment, years)

    assert later.year == moment.year + years
    assert (later.month, later.hour, later.minute) == (moment.month, moment.hour, moment.minute)
    assert later.day in (moment.day, 28)


def test_the_29th_of_february_becomes_the_28th():
    assert years_later(at("2028-02-29 17:30"), 1) == at("2029-02-28 17:30")


@given(instants, instants)
def test_copied_dates_move_by_the_fewest_years_into_the_future(due, now):
    years = years_until(due, now)

    assert years_later(due, years) > now or years == 1
    assert years == 1 or years_later(due, years - 1) <= now


def test_years_in_a_text_move_and_other_numbers_stay():
    text = "2021年12月1日至2022年1月26日，电话 0711-2022012，编号 12022"

    assert (
        with_years_later(text, 5) == "2026年12月1日至2027年1月26日，电话 0711-2022012，编号 12022"
    )


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, ""), (90, "1 小时 30 分"), (24 * 60, "1 天"), (16 * 24 * 60 + 9 * 60, "16 天 9 小时")],
)
def test_length_in_words(minutes, words):
    assert length(DATES.opens, DATES.opens + timedelta(minutes=minutes)) == words


def test_no_late_phase_when_due_equals_close():
    dates = Dates(DATES.opens, DATES.due, DATES.due)

    assert [stretch.name for stretch in stretches(dates)] == ["按时填报"]


def test_all_dates_move_by_a_year():
    assert dates_later(DATES, 1).due == at("2028-01-26 17:30")


NOW = at("2027-01-20 10:00")


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"due": "2027-02-05 17:30", "closes": "2027-02-06 17:30"}, set()),
        ({"due": "2027-01-20 10:01"}, set()),
        ({"due": "2027-01-20 10:00"}, {"due"}),
        ({"due": "2027-01-19 17:30"}, {"due"}),
        ({"opens": "2027-01-11 08:30"}, {"opens"}),
        ({}, set()),
    ],
)
def test_published_dates_move_ahead_of_now_only(changed, refused):
    new = Dates(*(at(changed[n]) if n in changed else getattr(DATES, n) for n in DATES.__slots__))

    assert set(refuse_move(DATES, new, NOW)) == refused


def test_unchanged_past_dates_do_not_block_a_move():
    now = at("2027-01-27 09:00")

    assert refuse_move(DATES, Dates(DATES.opens, DATES.due, at("2027-01-30 17:30")), now) == {}


def test_moved_date_sentence_has_both_instants():
    [told] = moved(DATES, Dates(DATES.opens, DATES.due, at("2027-01-30 17:30")))

    assert told.sentence == (
        "停止填报由 2027年1月28日（星期四）17:30 推迟到 2027年1月30日（星期六）17:30"
    )
