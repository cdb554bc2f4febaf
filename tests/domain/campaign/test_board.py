"""The board's counts, filters and orders, for any mixture of units."""

from collections import Counter
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.campaign.board import (
    HANDED_IN,
    Scan,
    Show,
    Unit,
    by_kind,
    counts,
    groups,
    listed,
    rate,
    urgent_first,
)
from portal.domain.campaign.calendar import ZONE
from portal.domain.report_state import State

KINDS = ("市总", "区总", "开发区")
SUBMITTED_AT = datetime(2027, 1, 20, 10, 0, tzinfo=ZONE)


def unit(code: str = "echeng", state: State = State.NOT_STARTED, **more) -> Unit:
    facts = {
        "organisation_id": 1,
        "name": code,
        "kind": "区总",
        "expected": True,
        "exempt_reason": "",
        "covered": False,
        "late": False,
        "overdue": False,
    }
    return Unit(code=code, state=state, **facts | more)


units_of_any_kind = st.lists(
    st.builds(
        unit,
        code=st.text("abc", min_size=1),
        state=st.sampled_from(State),
        kind=st.sampled_from((*KINDS, "基层")),
        expected=st.booleans(),
        covered=st.booleans(),
        late=st.booleans(),
        overdue=st.booleans(),
        filled=st.integers(0, 46),
    )
)


@given(units_of_any_kind)
def test_submitted_and_missing_units_sum_to_expected(units):
    counted = counts(units)

    assert counted[Show.SUBMITTED] + counted[Show.MISSING] == counted[Show.EXPECTED]


@given(units_of_any_kind)
def test_each_count_is_the_length_of_its_list(units):
    counted = counts(units)

    narrowed = {show: len(listed(units, show)) for show in Show if show is not Show.EXPECTED}

    assert narrowed == {show: counted[show] for show in narrowed}


@given(units_of_any_kind)
def test_filter_of_all_lists_units_for_checking_too(units):
    whole = listed(units, Show.EXPECTED)

    beside = [each for each in whole if not each.counted]

    assert all(each.expected and each.covered for each in beside)
    assert len(whole) - len(beside) == counts(units)[Show.EXPECTED]


@given(units_of_any_kind)
def test_rate_is_100_percent_only_when_nobody_is_missing(units):
    counted = counts(units)

    assert (rate(counted) == "100%") == (counted[Show.MISSING] == 0 and counted[Show.EXPECTED] > 0)


@pytest.mark.parametrize(
    ("submitted", "expected", "words"),
    [
        (0, 0, "—"),
        (0, 7, "0%"),
        (1, 11, "9.1%"),
        (2, 11, "18.2%"),
        (10, 11, "90.9%"),
        (11, 11, "100%"),
        (1, 2, "50%"),
        (1, 16, "6.3%"),
        (999, 1000, "99.9%"),
        (1998, 2000, "99.9%"),
        (1999, 2000, "99.9%"),
        (99_999, 100_000, "99.9%"),
        (100_000, 100_000, "100%"),
    ],
)
def test_the_rate_is_rounded_half_up_but_full_only_for_all(submitted, expected, words):
    counted = dict.fromkeys(Show, 0) | {Show.SUBMITTED: submitted, Show.EXPECTED: expected}

    assert rate(counted) == words


@given(units_of_any_kind)
def test_urgency_only_changes_the_order(units):
    ordered = urgent_first(units)

    assert sorted(ordered, key=id) == sorted(units, key=id)


def test_what_is_urgent_comes_first():
    accepted = unit("accepted", State.ACCEPTED, filled=46)
    waiting = unit("waiting", State.SUBMITTED, filled=46)
    nearly = unit("nearly", State.DRAFT, filled=40)
    begun = unit("begun", State.DRAFT, filled=2)
    untouched = unit("untouched")
    returned = unit("returned", State.RETURNED, filled=46)
    overdue_draft = unit("overdue draft", State.DRAFT, overdue=True, filled=9)
    overdue = unit("overdue", overdue=True)
    covered = unit("covered", overdue=True, covered=True)
    by_chance = [covered, accepted, waiting, nearly, begun, untouched, returned]

    ordered = urgent_first([*by_chance, overdue_draft, overdue])

    assert [each.code for each in ordered] == [
        "overdue",
        "overdue draft",
        "returned",
        "untouched",
        "begun",
        "nearly",
        "waiting",
        "accepted",
        "covered",
    ]


@given(units_of_any_kind)
def test_grouping_by_kind_keeps_the_order(units):
    together = by_kind(units, KINDS)

    assert {group.kind: list(group.units) for group in groups(together, Counter(KINDS))} == {
        kind: [each for each in units if each.kind == kind]
        for kind in dict.fromkeys(each.kind for each in units)
    }


def test_kinds_stand_in_the_citys_order_and_others_after_them():
    units = [unit("a", kind="基层"), unit("b", kind="开发区"), unit("c", kind="市总")]

    together = by_kind(units, KINDS)

    assert [each.kind for each in together] == ["市总", "开发区", "基层"]


def test_kind_on_two_pages_shows_its_total_size_on_each():
    sizes = {"市总": 1, "开发区": 3}

    first, second = groups([unit("a", kind="市总"), unit("b", kind="开发区")], sizes)

    assert (first.kind, len(first.units), first.size) == ("市总", 1, 1)
    assert (second.kind, len(second.units), second.size) == ("开发区", 1, 3)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ""),
        ({"first_submitted_at": SUBMITTED_AT}, "按时"),
        ({"first_submitted_at": SUBMITTED_AT, "late": True}, "迟报"),
        ({"overdue": True}, "逾期未报"),
    ],
)
def test_punctuality_in_one_word(facts, words):
    assert unit(**facts).punctuality == words


def test_returned_report_counts_as_missing():
    assert State.RETURNED not in HANDED_IN
    assert counts([unit(state=State.RETURNED)])[Show.MISSING] == 1


def test_every_count_and_every_scan_has_a_word_of_its_own():
    words = [each.label for each in (*Show, *Scan)]

    assert len(set(words)) == len(words)
