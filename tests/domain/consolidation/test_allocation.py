"""Allocations: money passed down is deducted once, only if both reports include it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.consolidation.allocation import (
    MAX_NAMED,
    NOT_ANSWERED,
    NOT_GIVEN,
    NOT_INCLUDED,
    NOT_SPLIT,
    NOTHING,
    Allocation,
    Allocations,
    reported,
    reported_in_full,
    said_in,
)
from portal.domain.consolidation.placement import add_up
from portal.domain.form.form import parse_form
from portal.domain.form.formulas import with_totals
from tests.founding import edition

WAN = 1_000_000
FORM = parse_form(edition("2022.1"))
UNITS = ("echeng", "gedian", "huarong")


def allocations(answer=True, aside=0, **wan):
    """What the city registered, in 万元 by unit."""
    return Allocations(
        "shizong",
        tuple(Allocation(code, f"{code}工会", amount * WAN) for code, amount in wan.items()),
        tuple(Allocation(f"aside{n}", "基层", WAN) for n in range(aside)),
        answer,
    )


def told(known, reports, form=FORM, rule=reported):
    """What is reported of these reports, figures in 万元 by unit."""
    fen = {
        code: {item: None if f is None else f * WAN for item, f in figures.items()}
        for code, figures in reports.items()
    }
    received = {code: figures.get("A2") for code, figures in fen.items()}
    return rule(form, add_up(form, fen.values()), known, fen, received)


CITY = {"shizong": {"A3": 50}, "gedian": {"A3": 1}}


@pytest.mark.parametrize(
    ("registered", "received", "deducted"),
    [
        (12, 12, 12),  # both agree
        (50, 0, 0),  # the money has not arrived
        (50, None, 0),  # nobody has filled it in
        (12, 5, 5),  # a part has arrived
        (5, 12, 5),  # the rest came from elsewhere
        (0, 12, 0),  # nothing is registered
    ],
)
def test_deduction_is_the_lesser_of_registered_and_received(registered, received, deducted):
    reports = CITY | {"echeng": {"A2": received, "A3": 1}}

    found = told(allocations(echeng=registered), reports)

    assert found.deduction.passed_down == deducted * WAN
    assert found.figures["A"] == (52 + (received or 0) - deducted) * WAN
    assert (found.figures["A2"] or 0) == ((received or 0) - deducted) * WAN


@pytest.mark.parametrize(("answer", "remark"), [(None, NOT_ANSWERED), (False, NOT_INCLUDED)])
def test_no_deduction_without_the_giver_s_answer(answer, remark):
    reports = CITY | {"echeng": {"A2": 12}}

    found = told(allocations(answer, echeng=12), reports)

    assert found.figures == found.simple
    assert found.deduction.passed_down == 0
    assert f"（{remark}）。" in found.sentences[0]


def test_no_deduction_if_the_giver_is_not_in_the_sum():
    found = told(allocations(echeng=12), {"echeng": {"A2": 12}})

    assert (found.figures["A"], found.deduction.remark) == (12 * WAN, NOT_GIVEN)


def test_missing_unit_has_no_deduction_and_no_question():
    found = told(allocations(echeng=12, huarong=9), CITY | {"echeng": {"A2": 12}})

    assert found.deduction.passed_down == 12 * WAN
    assert found.sentences == (found.deduction.sentence,)


def test_deductions_are_capped_for_each_unit():
    """One unit has more than is registered, the other less; their sums are equal."""
    reports = CITY | {"echeng": {"A2": 20}, "huarong": {"A2": 0}}

    found = told(allocations(echeng=10, huarong=10), reports)

    assert found.deduction.passed_down == 10 * WAN
    assert [line.deducted for line in found.deduction.lines] == [10 * WAN, 0]
    assert found.deduction.deducted_from(["echeng", "gedian"]) == 10 * WAN
    assert found.deduction.deducted_from(["gedian"]) is None


def test_amount_not_received_is_named_in_words():
    reports = CITY | {"echeng": {"A2": 0}, "huarong": {"A2": None}}

    _, asked = told(allocations(echeng=50, huarong=9), reports).sentences

    assert asked == (
        "echeng工会已登记 50.00 万元，A2 填 0.00，是否尚未到账；"
        "huarong工会已登记 9.00 万元，A2 未填，是否尚未到账。"
    )


def test_no_more_units_are_named_than_there_is_room_for():
    many = [f"unit{n}" for n in range(MAX_NAMED + 2)]
    known = allocations(**dict.fromkeys(many, 3))

    deduction = told(known, CITY | {code: {"A2": 1} for code in many}).deduction
    _, asked = deduction.sentences

    assert asked.count("是否尚未到账") == MAX_NAMED
    assert asked.endswith(f"等 {len(many)} 家（只列前 {MAX_NAMED} 家）。")
    assert deduction.brief.count("是否尚未到账") == 1
    assert deduction.brief.endswith(f"等 {len(many)} 家（只列前 1 家）。")


def test_allocation_to_a_unit_outside_the_sum_is_named_not_deducted():
    found = told(allocations(aside=2, echeng=12), CITY | {"echeng": {"A2": 12}})

    assert found.deduction.passed_down == 12 * WAN
    assert "2.00 万元登记给仅供核对或免报的 2 家单位" in found.sentences[-1]
    assert told(allocations(aside=1), CITY).figures == told(NOTHING, CITY).figures


def test_where_nothing_was_passed_down_nothing_is_said():
    found = told(NOTHING, CITY)

    assert (found.deduction, found.sentences) == (None, ())
    assert found.figures == found.simple


def test_a_form_whose_sum_has_no_part_from_above_is_left_alone():
    document = edition("2022.1")
    for item in document["items"]:
        if item["code"] == "A":
            item["formula"] = [code for code in item["formula"] if code != "A2"]
    reports = CITY | {"echeng": {"A2": 12, "A3": 1}}

    found = told(allocations(echeng=12), reports, parse_form(document))

    assert found.figures == found.simple
    assert found.deduction.remark == NOT_SPLIT


def test_a_sum_that_is_typed_is_lowered_with_its_part():
    document = edition("2022.1")
    for item in document["items"]:
        if item["code"] == "A":
            item["formula"] = []
    form = parse_form(document)
    reports = {"shizong": {"A": 50}, "echeng": {"A": 13, "A2": 12}}

    found = told(allocations(echeng=12), reports, form)

    assert (found.figures["A"], found.figures["A2"]) == (51 * WAN, 0)


reports = st.fixed_dictionaries(
    {"shizong": st.fixed_dictionaries({"A2": st.integers(0, 99), "A3": st.integers(0, 99)})},
    optional={
        code: st.fixed_dictionaries(
            {"A2": st.none() | st.integers(0, 99), "A3": st.none() | st.integers(0, 99)}
        )
        for code in UNITS
    },
)
registered = st.dictionaries(st.sampled_from(UNITS), st.integers(1, 99))
answers = st.sampled_from([True, False, None])


@given(reports, registered, answers)
def test_simple_less_passed_down_is_net_and_every_formula_holds(said, given_to, answer):
    found = told(allocations(answer, **given_to), said)

    expected = sum(
        min(amount, said[code]["A2"] or 0) * WAN
        for code, amount in given_to.items()
        if answer and code in said
    )
    assert found.figures == with_totals(FORM, found.figures)
    assert (found.simple["A"] or 0) - (found.figures["A"] or 0) == expected
    assert (found.figures["A2"] or 0) >= 0
    untouched = [code for code in found.simple if code not in ("A", "A2")]
    assert all(found.figures[code] == found.simple[code] for code in untouched)


@given(reports, registered, answers)
def test_the_sentence_is_read_word_for_word(said, given_to, answer):
    deduction = told(allocations(answer, **given_to), said).deduction
    footnotes = ("汇总单位 3 家；全部应报单位已汇总。", *(deduction.sentences if deduction else ()))

    found = said_in(footnotes)

    assert (found is None) == (deduction is None)
    if found:
        amounts = "，".join(f"{name} {amount} 万元" for name, amount in found.rows)
        remark = f"（{found.remark}）" if found.remark else ""
        assert found.sentence == deduction.sentence
        assert found.sentence.endswith(f"：{amounts}{remark}。")


def test_first_rule_deducted_every_registered_amount():
    reports = CITY | {"echeng": {"A2": 12}, "huarong": {"A2": 0}}
    known = allocations(None, echeng=12, huarong=20)

    found = told(known, reports, rule=reported_in_full)

    assert found.deduction.passed_down == 32 * WAN
    assert (found.figures["A"], found.figures["A2"]) == (31 * WAN, 12 * WAN)
    late = replace(known, registered=known.registered[:1])
    assert told(late, reports, rule=reported_in_full).figures["A2"] == 0
    assert told(known, {"echeng": {"A2": 12}}, rule=reported_in_full).deduction.passed_down == 0
