"""Same units: two years are compared by the organisations with figures in both."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.consolidation.placement import Basis, Member, expected, holders, place
from portal.domain.consolidation.same_units import Group, Year, same_units
from portal.domain.report_state import State

CITY, ECHENG, VILLAGE, HUARONG, GEDIAN, NEW = range(1, 7)
NAMES = {1: "city", 2: "echeng", 3: "village", 4: "huarong", 5: "gedian", 6: "new"}
ABOVE = {ECHENG: CITY, VILLAGE: ECHENG, HUARONG: CITY, GEDIAN: CITY, NEW: CITY}


def year(*reported: int, without=(NEW,), own=(CITY,), exempt=(), **moved: int) -> Year:
    """The city's units in a year, all 全口径 but those in `own`; `moved` stand elsewhere."""
    units = [one for one in NAMES if one not in without]
    above = {one: moved.get(NAMES[one], ABOVE.get(one)) for one in units}
    members = [member(one, above[one], one in own, one not in exempt) for one in units]
    held = holders(members, "city")
    ids = {name: one for one, name in NAMES.items()}
    return Year(
        holders={ids[code]: ids[holder] if holder else None for code, holder in held.items()},
        full=frozenset(one for one in units if one not in own),
        reported=frozenset(reported),
        parents=above,
    )


def member(one: int, above: int | None, own: bool, is_expected: bool) -> Member:
    return Member(
        code=NAMES[one],
        name=NAMES[one],
        parent=NAMES[above] if above else None,
        kind="区总",
        order=one,
        basis=Basis.OWN if own else Basis.FULL,
        expected=is_expected,
        state=State.ACCEPTED,
    )


def compared(now: Year, then: Year) -> set[tuple[frozenset[int], frozenset[int]]]:
    return {(frozenset(g.now), frozenset(g.then)) for g in same_units(now, then).groups}


def alike(*units: int) -> set[tuple[frozenset[int], frozenset[int]]]:
    return {(frozenset({one}), frozenset({one})) for one in units}


ALL = (CITY, ECHENG, HUARONG, GEDIAN)


def test_whole_sums_of_the_same_units_are_compared_whole():
    found = same_units(year(*ALL), year(*ALL))

    assert found.whole
    assert found.now == found.then == {*ALL}


def test_a_unit_in_one_year_alone_is_on_neither_side():
    found = same_units(year(ECHENG, HUARONG), year(ECHENG, GEDIAN))

    assert found.groups == (Group((ECHENG,), (ECHENG,)),)
    assert (found.alone, found.uneven, found.gone) == ({HUARONG}, set(), {GEDIAN})
    assert found.sentence == (
        "按两年均已报送的 1 家比较，另有 1 家上年无数，上年有数的 1 家本次尚无可比的数"
    )


def test_many_units_against_one_are_compared_by_that_one():
    found = same_units(year(*ALL), year(GEDIAN))

    assert found.now == found.then == {GEDIAN}
    assert found.alone == {CITY, ECHENG, HUARONG}


def test_a_unit_founded_since_is_without_a_last_year():
    found = same_units(year(ECHENG, NEW, without=()), year(ECHENG))

    assert (found.now, found.alone) == ({ECHENG}, {NEW})


def test_a_unit_below_a_full_report_is_never_counted_beside_it():
    assert compared(year(ECHENG, VILLAGE), year(ECHENG, VILLAGE)) == alike(ECHENG)


def test_a_unit_that_became_full_is_compared_with_all_that_it_now_holds():
    then = year(*ALL, VILLAGE, own=(CITY, ECHENG))

    group = (frozenset({ECHENG}), frozenset({ECHENG, VILLAGE}))
    assert group in compared(year(*ALL), then)
    lacking = same_units(year(*ALL), replace(then, reported=frozenset(ALL)))
    assert (lacking.uneven, lacking.alone, lacking.gone) == ({ECHENG}, set(), {ECHENG})


def test_a_unit_that_counts_itself_alone_since_is_compared_with_those_below_it():
    now = year(*ALL, VILLAGE, own=(CITY, ECHENG))

    assert (frozenset({ECHENG, VILLAGE}), frozenset({ECHENG})) in compared(now, year(*ALL))
    lacking = same_units(replace(now, reported=frozenset(ALL)), year(*ALL))
    assert lacking.uneven == {ECHENG}


def test_a_unit_moved_below_another_is_compared_in_its_report():
    now = year(CITY, HUARONG, ECHENG, gedian=ECHENG)

    group = (frozenset({ECHENG}), frozenset({ECHENG, GEDIAN}))
    assert group in compared(now, year(*ALL))


def test_grass_roots_that_change_their_district_leave_both_districts_comparable():
    assert compared(year(*ALL, village=HUARONG), year(*ALL)) == alike(*ALL)


def test_a_closed_unit_is_in_the_full_report_that_stood_above_it():
    then = year(*ALL, VILLAGE, own=(CITY, ECHENG))
    now = year(*ALL, without=(NEW, VILLAGE))

    assert (frozenset({ECHENG}), frozenset({ECHENG, VILLAGE})) in compared(now, then)


def test_a_closed_unit_of_the_citys_own_is_in_nobodys_report():
    found = same_units(year(CITY, ECHENG, HUARONG, without=(GEDIAN, NEW)), year(*ALL))

    assert found.now == {CITY, ECHENG, HUARONG}
    assert found.gone == {GEDIAN}


def test_an_exempt_unit_is_compared_with_nothing():
    found = same_units(year(CITY, ECHENG, exempt=(GEDIAN, HUARONG)), year(*ALL))

    assert found.gone == {GEDIAN, HUARONG}
    assert not found.alone


def test_no_comparison_without_a_unit_in_both_years():
    assert same_units(year(ECHENG), year(GEDIAN)).groups == ()


members = st.sets(st.sampled_from([CITY, ECHENG, VILLAGE, HUARONG, GEDIAN]))


@given(members, members, members, members)
def test_every_unit_of_a_sum_is_either_compared_or_named(now, then, own_now, own_then):
    ours, theirs = year(*now, own=own_now), year(*then, own=own_then)
    ours = replace(ours, reported=ours.reported & {*ours.bearers})
    theirs = replace(theirs, reported=theirs.reported & {*theirs.bearers})
    found = same_units(ours, theirs)

    assert found.now | found.alone | found.uneven == ours.reported
    assert len(found.now) + len(found.alone) + len(found.uneven) == len(ours.reported)
    assert found.then | found.gone == theirs.reported
    assert found.then.isdisjoint(found.gone)


@given(members, members)
def test_holders_and_the_placement_agree(own, exempt):
    units = [member(one, ABOVE.get(one), one in own, one not in exempt) for one in range(1, 6)]
    held = holders(units, "city")

    added = {m.code for m in place(units, "city").contributing}
    assert {code for code, holder in held.items() if code == holder} == added
    assert {holder for holder in held.values() if holder} == added


@given(members, members)
def test_expected_units_are_counted_or_for_checking_or_exempt(own, exempt):
    units = [member(one, ABOVE.get(one), one in own, one not in exempt) for one in range(1, 6)]
    found = expected(units, "city")

    parts = (found.counted, found.for_checking, found.exempt)
    assert sorted(m.code for part in parts for m in part) == sorted(m.code for m in units)
    assert all(m.expected for m in (*found.counted, *found.for_checking))


def test_the_number_of_expected_units_is_said_with_those_for_checking_apart():
    units = [member(one, ABOVE.get(one), one == CITY, True) for one in range(1, 6)]

    assert expected(units, "city").sentence == "4 家（另 1 家仅供核对）"
    assert expected(units[4:], "gedian").sentence == "1 家"
