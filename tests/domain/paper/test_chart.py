"""Charts: proportional lengths, the given order, and monotonic steps."""

import itertools
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.campaign.calendar import ZONE
from portal.domain.paper import chart
from portal.domain.paper.chart import AMOUNTS, BOTTOM, LEFT, NAMES, RIGHT, TOP, WIDTH

OPENS = datetime(2027, 1, 10, 8, 30, tzinfo=ZONE)
DUE, CLOSES = OPENS + timedelta(days=10), OPENS + timedelta(days=12)


def progress(times, expected=4, now=CLOSES):
    return chart.progress(times, expected=expected, opens=OPENS, due=DUE, closes=CLOSES, now=now)


def points(made):
    return [tuple(map(int, point.split(","))) for point in made.steps.split()]


def test_bars_keep_their_order_and_are_as_long_as_their_figures():
    made = chart.bars([("甲", 10, "10"), ("乙", None, "空白"), ("丙", 5, "5"), ("丁", 0, "0")])

    longest = WIDTH - NAMES - AMOUNTS
    assert [bar.name for bar in made.bars] == ["甲", "乙", "丙", "丁"]
    assert [bar.length for bar in made.bars] == [longest, 0, longest // 2, 0]
    assert made.height > made.bars[-1].top


def test_a_pair_is_drawn_by_its_own_greater_figure():
    made = chart.pairs([("A", (50, "50"), (100, "100")), ("B", (7, "7"), (None, "空白"))])

    assert [bar.length for bar in made.bars] == [210, 420, 420, 0]
    assert [bar.previous for bar in made.bars] == [False, True, False, True]


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**13)), max_size=30))
def test_bars_fit_the_width_and_are_visible_above_zero(figures):
    made = chart.bars([("甲", figure, "") for figure in figures])

    for figure, bar in zip(figures, made.bars, strict=True):
        assert 0 <= bar.length <= WIDTH - NAMES - AMOUNTS
        assert bool(bar.length) == bool(figure)


def test_the_due_time_is_marked_where_it_lies():
    made = progress([])

    assert made.due.x == LEFT + (RIGHT - LEFT) * 10 // 12
    assert made.due.words == "报送截止 1月20日"
    assert points(made) == [(LEFT, BOTTOM), (RIGHT, BOTTOM)]


def test_submissions_are_cumulated_by_day():
    made = progress([OPENS + timedelta(hours=h) for h in (50, 1, 2)])

    assert [(day.words, day.number) for day in made.days] == [("1月10日", 2), ("1月12日", 3)]
    assert made.number == 3


@given(st.lists(st.integers(-100, 30 * 24), max_size=20), st.integers(0, 10))
def test_the_steps_only_go_right_and_up_and_stay_in_the_frame(hours, expected):
    made = progress([OPENS + timedelta(hours=h) for h in hours], expected)
    at = points(made)

    assert all(a[0] <= b[0] and a[1] >= b[1] for a, b in itertools.pairwise(at))
    assert all(LEFT <= x <= RIGHT and TOP <= y <= BOTTOM for x, y in at)


def test_words_stand_level_with_their_bars():
    (single,) = chart.bars([("甲", 10, "10")]).bars
    now, last = chart.pairs([("A", (50, "50"), (100, "100"))]).bars

    assert single.name_y == single.amount_y == single.top + 13
    assert (now.amount_y - now.top, last.amount_y - last.top) == (12, 12)
    # the name of a pair stands between its bars
    assert now.amount_y < now.name_y < last.amount_y


def test_everything_of_a_chart_lies_on_its_drawing():
    made = chart.pairs([(str(n), (n, str(n)), (None, "空白")) for n in range(9)])
    frame = progress([OPENS]).frame

    assert all(0 < bar.name_y < made.height for bar in made.bars)
    assert all(bar.top + bar.thickness < made.height for bar in made.bars)
    assert 0 < frame.due_top < frame.top < frame.bottom < frame.due_bottom < frame.due_words_y
    assert frame.due_words_y < frame.days_y < frame.height
    assert 0 < frame.numbers_end < frame.left < frame.right < frame.width


def test_the_frame_is_numbered_by_the_greater_of_expected_and_handed_in():
    assert progress([OPENS] * 6, expected=4).most == 6
    assert progress([OPENS], expected=4).most == 4
    assert progress([], expected=0).most == 1
