"""Moves in the tree: what delays them, who reviews after one, words for closed units."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.campaign.tree_moves import OpenCampaign, deciding_union, gone_words, still_open
from tests.founding import CLOSES


@pytest.mark.parametrize(
    ("then", "living", "decides"),
    [
        ("/01/02/09/", "/01/02/09/", 2),  # never moved
        ("/01/02/09/", "/01/03/09/", 1),  # moved to a neighbour: only the city is above both
        ("/01/02/09/", "/01/09/", 1),  # moved up
        ("/01/09/", "/01/02/09/", 1),  # moved down
        ("/01/02/05/09/", "/01/03/05/09/", 5),  # its union moved with it
        ("/01/02/05/09/", "/01/02/06/09/", 2),  # within a district
        ("/01/02/05/09/", "/01/02/09/", 2),
        ("/01/02/05/09/", "/01/05/09/", 5),
        ("/01/", "/01/", 1),  # the city's own report
    ],
)
def test_deciding_union_is_above_in_both_trees(then, living, decides):
    assert deciding_union(then, living) == decides


def test_a_closed_union_decides_nothing():
    assert deciding_union("/01/02/09/", "/01/02/09/", {2}) == 1
    assert deciding_union("/01/02/05/09/", "/01/02/05/09/", {5, 9}) == 2
    assert deciding_union("/01/02/05/09/", "/01/03/05/09/", {5, 3}) == 1


@st.composite
def two_places(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """The ids above a unit then and now, the city first."""
    others = st.lists(st.integers(2, 9), max_size=4, unique=True)
    return [1, *draw(others)], [1, *draw(others)]


@given(two_places())
def test_deciding_union_may_enter_the_unit_and_sums_it(places):
    then, living = places

    decides = deciding_union(_path([*then, 10]), _path([*living, 10]))

    assert decides in then
    assert decides in living
    assert decides == living[-1] or then[-1] != living[-1]


def _path(ids: list[int]) -> str:
    return "/" + "".join(f"{each:08d}/" for each in ids)


@pytest.mark.parametrize(
    ("seconds", "waits"), [(-60, True), (0, True), (59, True), (60, False), (86_400, False)]
)
def test_a_campaign_is_open_until_its_last_minute_is_over(seconds, waits):
    campaign = OpenCampaign("2027年春节送温暖", CLOSES)

    assert bool(still_open([campaign], CLOSES + timedelta(seconds=seconds))) is waits


def test_only_open_campaigns_delay_a_move():
    stopped, running = OpenCampaign("甲", CLOSES - timedelta(days=9)), OpenCampaign("乙", CLOSES)

    assert still_open([stopped, running], CLOSES) == (running,)


@pytest.mark.parametrize(
    ("closed_at", "into", "words"),
    [
        (None, None, ""),
        (CLOSES, None, "已撤销"),
        (CLOSES, "葛店开发区总工会", "已合并到葛店开发区总工会"),
    ],
)
def test_words_for_a_closed_or_merged_unit(closed_at, into, words):
    assert gone_words(closed_at, into) == words
