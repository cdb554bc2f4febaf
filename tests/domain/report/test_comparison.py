"""Comparison: last year, 次均 and shares beside a figure, exact to the last rounded place."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.figures import MAX_MONEY_FEN
from portal.domain.form.form import parse_form
from portal.domain.report.comparison import (
    NO_LAST_YEAR,
    WITHOUT_COUNTERPART,
    Change,
    Compared,
    change,
    change_of_sum,
    least_of,
    per_head,
    share,
    times_more,
)
from tests.domain.paper.test_narrative import DOCUMENT, FORM

FIGURES = st.integers(0, MAX_MONEY_FEN)
POSITIVE = st.integers(1, MAX_MONEY_FEN)


@pytest.mark.parametrize(
    ("current", "previous", "expected"),
    [
        (112, 100, Change(12, "+12.0%", "比上年增加 12%")),
        (1123, 1000, Change(123, "+12.3%", "比上年增加 12.3%")),
        (877, 1000, Change(-123, "-12.3%", "比上年减少 12.3%")),
        (11225, 10000, Change(1225, "+12.3%", "比上年增加 12.3%")),
        (8775, 10000, Change(-1225, "-12.3%", "比上年减少 12.3%")),
        (11224, 10000, Change(1224, "+12.2%", "比上年增加 12.2%")),
        (4, 3, Change(1, "+33.3%", "比上年增加 33.3%")),
        (2, 3, Change(-1, "-33.3%", "比上年减少 33.3%")),
        (0, 50, Change(-50, "-100.0%", "比上年减少 100%")),
        (200, 1, Change(199, "+19,900.0%", "比上年增加 19,900%")),
        (10001, 10000, Change(1, "0.0%", "与上年基本持平")),
        (9999, 10000, Change(-1, "0.0%", "与上年基本持平")),
        (2001, 2000, Change(1, "+0.1%", "比上年增加 0.1%")),
        (7, 7, Change(0, "0.0%", "与上年持平")),
        (7, 0, Change(7, None, "上年为 0")),
        (0, 0, Change(0, None, "上年为 0")),
        (7, None, Change(None, None, "上年未填")),
        (None, 7, Change(None, None, "本次未填")),
        (None, 0, Change(None, None, "本次未填")),
        (None, None, Change(None, None, "上年未填")),
    ],
)
def test_figure_is_compared_with_last_year(
    current: int | None, previous: int | None, expected: Change
) -> None:
    assert change(current, previous) == expected


@pytest.mark.parametrize("previous", [None, 0, 7])
def test_without_a_counterpart_nothing_is_compared(previous: int | None) -> None:
    beside = change(7, previous, comparable=False)

    assert beside == Change(None, None, WITHOUT_COUNTERPART)


@given(FIGURES, POSITIVE)
def test_the_percent_is_within_half_a_place_of_the_change(current: int, previous: int) -> None:
    beside = change(current, previous)

    assert beside.difference == current - previous
    exact = Fraction(current - previous, previous) * 100
    assert abs(_number(beside.percent_text) - exact) <= Fraction(1, 20)


@given(POSITIVE, st.integers(0, MAX_MONEY_FEN))
def test_as_much_up_as_down_is_the_same_percent(previous: int, step: int) -> None:
    step %= previous + 1

    up, down = change(previous + step, previous), change(previous - step, previous)

    assert _number(up.percent_text) == -_number(down.percent_text)


C, B, A = FORM.by_code["C"], FORM.by_code["B"], FORM.by_code["A"]
WAN = 1_000_000


@pytest.mark.parametrize(
    ("item", "total", "now", "last", "expected"),
    [
        (C, 300, 300, 200, Change(100, "+50.0%", "比上年增加 50%")),
        (C, 375, 300, 200, Change(100, "+50.0%", "比上年增加 50%")),
        (C, 376, 300, 200, Change(100, None, "可比单位不足 80%")),
        (C, 123_000, 1, 1, Change(0, None, "可比单位不足 80%")),
        (C, 376, None, 200, Change(None, None, "可比单位不足 80%")),
        (C, 300, 300, 0, Change(300, None, "上年为 0")),
        (C, 300, 300, None, Change(None, None, NO_LAST_YEAR)),
        (C, None, None, None, Change(None, None, NO_LAST_YEAR)),
        (C, None, None, 200, Change(None, None, "本次未填")),
        (C, 0, None, 200, Change(None, None, "本次未填")),
        (C, 0, 0, 200, Change(-200, "-100.0%", "比上年减少 100%")),
        (C, 0, 0, 0, Change(0, None, "上年为 0")),
        (C, 300, 300, 99, Change(201, None, "上年不足 100 人次")),
        (C, 99, 99, 99, Change(0, "0.0%", "与上年持平")),
        (C, 300, 300, 100, Change(200, "+200.0%", "比上年增加 200%")),
        (B, 30, 30, 19, Change(11, None, "上年不足 20 家")),
        (B, 30, 30, 20, Change(10, "+50.0%", "比上年增加 50%")),
        (A, 30 * WAN, 30 * WAN, 10 * WAN - 1, Change(20 * WAN + 1, None, "上年不足 10 万元")),
        (A, 30 * WAN, 30 * WAN, 10 * WAN, Change(20 * WAN, "+200.0%", "比上年增加 200%")),
    ],
)
def test_sum_has_a_percent_only_where_it_does_not_mislead(item, total, now, last, expected):
    assert change_of_sum(FORM, item, Compared(total, now, last)) == expected
    without = change_of_sum(FORM, item, Compared(total, now, last), comparable=False)
    assert without.sentence == WITHOUT_COUNTERPART


def test_the_small_number_is_that_of_the_forms_own_check_or_one_of_its_kind():
    checks = [
        {**check, "base": {"家": 7}} if check["id"] == "year-on-year" else check
        for check in DOCUMENT["checks"]
    ]
    own, none = parse_form({**DOCUMENT, "checks": checks}), parse_form({**DOCUMENT, "checks": []})

    assert [least_of(own, each.unit) for each in (A, B, C)] == [10, 7, 100]
    assert [least_of(none, each.unit) for each in (A, B, C)] == [10, 100, 100]


blank_or_more = st.one_of(st.none(), st.integers(0, 10**9))


@given(blank_or_more, blank_or_more, blank_or_more)
def test_no_division_by_zero_and_words_in_place_of_a_percent(
    total: int | None, now: int | None, last: int | None
) -> None:
    moved = change_of_sum(FORM, C, Compared(total, now, last))

    assert moved.sentence
    assert moved.percent_text is None or (last and now is not None)


@given(st.integers(0, 10**9), POSITIVE)
def test_times_are_written_from_a_doubling_on(now: int, before: int) -> None:
    times = times_more(now, before)

    assert (times is None) == (Fraction(now - before, before) < Fraction(9995, 10000))
    if times:
        exact = Fraction(now - before, before)
        assert abs(Fraction(times.removesuffix("倍")) - exact) <= Fraction(1, 20)


def _number(percent: str | None) -> Fraction:
    assert percent is not None
    return Fraction(percent.removesuffix("%").replace(",", ""))


@pytest.mark.parametrize(
    ("money", "people", "text"),
    [
        (1_000_000, 3, "3,333.33 元/人次"),
        (2_000_000, 3, "6,666.67 元/人次"),
        (1, 2, "0.01 元/人次"),
        (1, 3, "0.00 元/人次"),
        (0, 5, "0.00 元/人次"),
        (12_345_600, 100, "1,234.56 元/人次"),
        (5, 0, None),
        (0, 0, None),
        (None, 5, None),
        (5, None, None),
    ],
)
def test_money_is_shared_out_over_people(
    money: int | None, people: int | None, text: str | None
) -> None:
    assert per_head(money, people) == text


@given(FIGURES, st.integers(1, 99_999_999))
def test_the_average_times_the_people_is_the_money_but_for_half_a_fen_each(
    money: int, people: int
) -> None:
    text = per_head(money, people)

    assert text is not None
    fen = Fraction(text.removesuffix(" 元/人次").replace(",", "")) * 100
    assert 2 * abs(money - fen * people) <= people


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (1, 3, "33.3%"),
        (2, 3, "66.7%"),
        (1, 2000, "0.1%"),
        (1, 2001, "0.0%"),
        (0, 5, "0.0%"),
        (5, 5, "100.0%"),
        (20, 1, "2,000.0%"),
        (5, 0, None),
        (0, 0, None),
        (None, 5, None),
        (5, None, None),
    ],
)
def test_a_part_is_shown_as_a_share(part: int | None, whole: int | None, text: str | None) -> None:
    assert share(part, whole) == text


@given(st.lists(POSITIVE, min_size=1, max_size=8))
def test_shares_add_up_to_the_whole_but_for_rounding(parts: list[int]) -> None:
    shares = [_number(share(part, sum(parts))) for part in parts]

    assert abs(sum(shares) - 100) <= Fraction(len(parts), 20)
