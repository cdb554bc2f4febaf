"""Editions of a consolidation: the document, and the algebra of what differs later."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.campaign.calendar import ZONE
from portal.domain.consolidation import difference as differences
from portal.domain.consolidation import edition, kept_edition
from portal.domain.consolidation.allocation import Allocation, Allocations, reported
from portal.domain.consolidation.edition import Frozen, FrozenColumn
from portal.domain.consolidation.placement import Scope, add_up
from portal.domain.consolidation.sources import Source, Sources, live_fingerprint
from portal.domain.form.form import parse_form
from portal.domain.report.submission import Change, canonical_bytes, fingerprint
from portal.domain.report_state import State
from tests.founding import edition as form_document

FORM = parse_form(form_document("2027.1"))
AT = datetime(2027, 1, 28, 18, 0, 5, tzinfo=ZONE)
LEAVES = [leaf.code for leaf in FORM.leaves][:6]
UNITS = ("shizong", "echeng", "gedian", "huarong", "linkong")

figures = st.fixed_dictionaries({code: st.none() | st.integers(0, 999) for code in LEAVES})
reports = st.dictionaries(st.sampled_from(UNITS), figures, min_size=1)


def source(code, said, number=1):
    """A unit that stands on a submission with these figures."""
    sha256 = fingerprint(canonical_bytes({"figures": said, "number": number}))
    return Source(code, f"{code}工会", "区总", State.ACCEPTED, number, sha256)


def frozen_of(said):
    """A consolidation of these reports, by unit."""
    included = tuple(source(code, each) for code, each in said.items())
    return Frozen(
        form=FORM,
        scope=Scope.SUBMITTED,
        campaign="2027-spring",
        organisation=("shizong", "鄂州市总工会"),
        period="春节前后",
        sources=Sources(included, (), (), ()),
        figures=said,
        total=add_up(FORM, said.values()),
        kinds={"区总": add_up(FORM, said.values())},
        columns=tuple(FrozenColumn(c, c, "added", "", add_up(FORM, [f])) for c, f in said.items()),
        footnotes=("汇总单位 1 家；全部应报单位已汇总。",),
    )


def differing(old, new):
    """What differs from one consolidation to another."""
    before, now = frozen_of(old), frozen_of(new)
    pairs = differences.moved(before.sources, now.sources)
    moved = {each.code: new[each.code] for _, each in pairs if each}
    return differences.difference(
        FORM,
        pairs,
        before.figures,
        moved,
        differences.moment_of(before),
        differences.moment_of(now),
    )


@given(reports)
def test_a_document_is_read_back_as_it_was(said):
    frozen = frozen_of(said)

    text = canonical_bytes(edition.document(frozen, number=3, at=AT, by="张慧")).decode()
    again = kept_edition.read_document(FORM, json.loads(text))

    assert canonical_bytes(edition.document(again, number=3, at=AT, by="张慧")).decode() == text
    assert again.total == frozen.total
    assert again.sources == frozen.sources


def test_a_document_keeps_the_instant_of_its_figures_and_an_older_one_knows_none():
    then = AT.replace(hour=9, second=0)
    document = edition.document(
        replace(frozen_of({"echeng": {"B": 3}}), as_of=then), number=1, at=AT, by="张慧"
    )

    assert document["as_of"] == "2027-01-28T09:00:00+08:00"
    assert kept_edition.read_document(FORM, document).as_of == then
    del document["as_of"]
    assert kept_edition.read_document(FORM, document).as_of is None


@given(reports, reports)
def test_the_old_total_and_the_difference_make_the_new_total(old, new):
    found = differing(old, new)

    patched = dict(add_up(FORM, old.values())) | {line.code: line.new for line in found.total}
    assert patched == add_up(FORM, new.values())


@given(reports, reports)
def test_the_effects_of_the_units_are_what_the_total_moved_by(old, new):
    found = differing(old, new)

    before, now = add_up(FORM, old.values()), add_up(FORM, new.values())
    effects = dict.fromkeys(before, 0)
    for unit in found.units:
        for line in unit.lines:
            effects[line.code] += differences.effect(line)
    assert effects == {code: (now[code] or 0) - (before[code] or 0) for code in before}


@given(reports)
def test_nothing_differs_from_itself(said):
    assert not differing(said, said)


@given(reports, reports)
def test_a_difference_turns_round(old, new):
    there, back = differing(old, new), differing(new, old)

    lines = {(u.code, li.code, li.old, li.new) for u in there.units for li in u.lines}
    assert {(u.code, li.code, li.new, li.old) for u in back.units for li in u.lines} == lines


def test_the_same_figures_handed_in_anew_make_no_difference():
    said = {"echeng": {"B": 3}}
    before = frozen_of(said).sources
    now = replace(before, included=(source("echeng", said["echeng"], number=2),))

    pairs = differences.moved(before, now)
    same = differences.moment_of(frozen_of(said))
    found = differences.difference(FORM, pairs, said, said, same, same)

    assert before.counted != now.counted
    assert len(pairs) == 1
    assert not found


def test_a_unit_that_left_takes_its_figures_out_of_the_total():
    found = differing({"echeng": {"B": 3}, "gedian": {"B": 4}}, {"echeng": {"B": 3}})

    (unit,) = found.units
    assert (unit.code, unit.now) == ("gedian", None)
    assert found.total == (Change("B", 7, 3),)


def test_a_total_that_nobody_fills_any_more_is_blank_not_zero():
    found = differing({"gedian": {"B": 4}}, {"gedian": {"A3": 1}})

    assert Change("B", 4, None) in found.total


def test_each_difference_has_a_fingerprint_of_its_own():
    one = differing({"echeng": {"B": 3}}, {"echeng": {"B": 4}})
    other = differing({"echeng": {"B": 3}}, {"echeng": {"B": 5}})

    assert one.sha256 == differing({"echeng": {"B": 3}}, {"echeng": {"B": 4}}).sha256
    assert one.sha256 != other.sha256


def test_what_was_seen_is_another_where_a_missing_unit_moved():
    frozen = frozen_of({"echeng": {"B": 3}})
    missing = Source("gedian", "葛店", "开发区", State.DRAFT)
    draft = replace(frozen.sources, missing=(missing,))
    returned = replace(frozen.sources, missing=(replace(missing, state=State.RETURNED),))

    assert draft.counted == returned.counted
    assert draft.seen(Scope.SUBMITTED, FORM) != returned.seen(Scope.SUBMITTED, FORM)
    assert draft.seen(Scope.SUBMITTED, FORM) != draft.seen(Scope.ACCEPTED, FORM)


def test_an_edition_needs_a_zone():
    with pytest.raises(ValueError, match="time zone"):
        edition.document(frozen_of({}), number=1, at=datetime(2027, 1, 1), by="张慧")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("change", "words"),
    [(Change("B", None, 3), "+3"), (Change("B", 3, None), "-3"), (Change("B", 2, 2), "0")],
)
def test_an_effect_is_said_with_its_sign(change, words):
    assert differences.effect_in_words(change, FORM.by_code["B"].unit) == words


WAN = 1_000_000
FIRST_FORMAT = Path(__file__).with_name("edition-format-1.json")
"""An edition of three units as the portal wrote it before editions held what was passed down."""

GIVEN = {
    "shizong": {"A3": 50 * WAN, "B": 2},
    "echeng": {"A2": 12 * WAN, "A3": WAN},
    "gedian": {"A2": 0, "B": 4},
}


def given_of(said, answer=True, **wan):
    """A consolidation of these reports in which the city passed money down, in 万元 by unit."""
    frozen = frozen_of(said)
    registered = tuple(Allocation(code, f"{code}工会", n * WAN) for code, n in wan.items())
    known = Allocations("shizong", registered, (), answer)
    received = {code: figures.get("A2") for code, figures in said.items()}
    sums = reported(FORM, frozen.total, known, said, received)
    return replace(
        frozen,
        sources=replace(frozen.sources, allocations=known),
        deduction=sums.deduction,
        footnotes=(*frozen.footnotes, *sums.sentences),
    )


def between(before, now):
    """What differs from one frozen consolidation to another."""
    pairs = differences.moved(before.sources, now.sources)
    moments = (differences.moment_of(each) for each in (before, now))
    return differences.difference(FORM, pairs, before.figures, now.figures, *moments)


def kept(frozen):
    """The consolidation as its document is read back."""
    content = canonical_bytes(edition.document(frozen, number=1, at=AT, by="张慧"))
    return kept_edition.read_document(FORM, json.loads(content))


def first_format():
    """The edition of the first format."""
    return kept_edition.read_document(FORM, json.loads(FIRST_FORMAT.read_text(encoding="utf-8")))


def test_a_document_holds_simple_passed_down_net_and_the_units():
    frozen = given_of(GIVEN, echeng=12, gedian=50)

    document = edition.document(frozen, number=1, at=AT, by="张慧")

    said = document["reported"]
    assert document["format"] == 2
    assert (document["total"]["A"], said["net"]["A"]) == (63 * WAN, 51 * WAN)
    assert said["passed_down"] == {"A": 12 * WAN, "A2": 12 * WAN}
    assert said["allocations"]["answer"] is True
    assert [(u["code"], u["registered"], u["received"], u["deducted"]) for u in said["units"]] == [
        ("echeng", 12 * WAN, 12 * WAN, 12 * WAN),
        ("gedian", 50 * WAN, 0, 0),
    ]


@pytest.mark.parametrize("answer", [True, False, None])
def test_what_was_passed_down_is_read_back_as_it_was(answer):
    frozen = given_of(GIVEN, answer, echeng=12, gedian=50)

    again = kept(frozen)

    assert again.deduction == frozen.deduction
    assert (again.sources, again.seen) == (frozen.sources, frozen.seen)
    assert not between(again, frozen)


def test_a_document_of_the_first_format_stays_what_it_was():
    content = FIRST_FORMAT.read_bytes()
    frozen = first_format()

    assert fingerprint(content).startswith("7369a6caf8f5cd5a")
    assert canonical_bytes(json.loads(content)) == content
    assert frozen.sources.counted.startswith("998576ecbeb074d9")
    assert frozen.is_first_format
    assert frozen.deduction is None
    assert frozen.said.rows == (
        ("简单合计", "63.00"),
        ("减：市内下拨", "62.00"),
        ("剔重后合计", "1.00"),
    )
    assert frozen.reported.figures["A"] == frozen.total["A"] == 63 * WAN


def test_a_live_print_of_old_is_known_by_its_old_code():
    sources = replace(
        first_format().sources, allocations=given_of(GIVEN, echeng=12).sources.allocations
    )
    of = ("shizong", "2027-spring", Scope.SUBMITTED)

    old, new = (live_fingerprint(*of, s) for s in (sources.as_in_first_format, sources))

    assert old.startswith("2d4138277f2e92aa")
    assert new != old


@pytest.mark.parametrize(
    "changed",
    [
        {"echeng": 13},
        {"gedian": 51},
        {"huarong": 1},
        {"answer": False},
        {"answer": None},
    ],
)
def test_what_was_passed_down_is_seen_and_stands_in_code_and_difference(changed):
    as_it_was = {"echeng": 12, "gedian": 50, "answer": True}
    before, now = given_of(GIVEN, **as_it_was), given_of(GIVEN, **as_it_was | changed)

    found = between(before, now)

    assert before.seen != now.seen
    assert before.sources.counted != now.sources.counted
    assert found.allocations
    assert not found.units
    assert found.told == "市内下拨有变动"
    assert found.sha256 != between(now, before).sha256


def test_a_difference_compares_what_is_reported():
    found = between(given_of(GIVEN, echeng=12), given_of(GIVEN, echeng=10))

    assert found.total == (Change("A", 51 * WAN, 53 * WAN), Change("A2", 0, 2 * WAN))
    (line,) = found.allocations.lines
    assert (line.code, line.old.deducted, line.new.deducted) == ("echeng", 12 * WAN, 10 * WAN)


def test_between_the_formats_sums_are_compared_simply_and_the_rest_by_its_words():
    now = given_of(GIVEN, echeng=12, gedian=50)

    found = between(first_format(), now)

    assert found.simple
    assert (found.units, found.total) == ((), ())
    assert found.allocations.lines == ()
    assert "剔重后合计 1.00 万元" in found.allocations.before[0]
    assert "剔重后合计 51.00 万元" in found.allocations.now[0]
    assert "剔重后合计 1.00 万元" in between(now, first_format()).allocations.now[0]
    assert not between(first_format(), first_format())


def test_between_the_formats_a_unit_that_moved_stands_as_ever():
    said = GIVEN | {"gedian": {"A2": 0, "B": 5}}

    found = between(first_format(), given_of(said, echeng=12, gedian=50))

    assert [(u.code, [line.code for line in u.lines]) for u in found.units] == [("gedian", ["B"])]
    assert found.total == (Change("B", 6, 7),)
    assert found.told == "1 家单位 1 项有变动，市内下拨有变动"


def test_a_first_format_without_the_sentence_says_that_it_has_none():
    document = json.loads(FIRST_FORMAT.read_text(encoding="utf-8"))
    document["footnotes"] = document["footnotes"][:1]
    frozen = kept_edition.read_document(FORM, document)

    assert frozen.said is None
    assert not between(frozen, frozen_of(GIVEN))
    assert between(frozen, given_of(GIVEN, echeng=12)).allocations.before == ()
