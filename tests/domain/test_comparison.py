"""Comparison: last year, 次均 and shares beside a figure, exact to the last rounded place."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.comparison import WITHOUT_COUNTERPART, Change, change, per_head, share
from portal.domain.figures import GREATEST_MONEY

FIGURES = st.integers(0, GREATEST_MONEY)
POSITIVE = st.integers(1, GREATEST_MONEY)


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
def test_a_figure_is_held_against_last_years(
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


@given(POSITIVE, st.integers(0, GREATEST_MONEY))
def test_as_much_up_as_down_is_the_same_percent(previous: int, step: int) -> None:
    step %= previous + 1

    up, down = change(previous + step, previous), change(previous - step, previous)

    assert _number(up.percent_text) == -_number(down.percent_text)


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
