"""Editions of a consolidation: the document, and the algebra of what differs later."""

import json
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import edition
from portal.domain.calendar import ZONE
from portal.domain.consolidation import Scope, add_up
from portal.domain.edition import Frozen, FrozenColumn, Source, Sources
from portal.domain.form import parse_form
from portal.domain.report_state import State
from portal.domain.submission import Change, canonical_bytes, fingerprint
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
    pairs = edition.moved(before.sources, now.sources)
    moved = {each.code: new[each.code] for _, each in pairs if each}
    return edition.difference(
        FORM, pairs, before.figures, moved, edition.moment_of(before), edition.moment_of(now)
    )


@given(reports)
def test_a_document_is_read_back_as_it_was(said):
    frozen = frozen_of(said)

    text = canonical_bytes(edition.document(frozen, number=3, at=AT, by="张慧")).decode()
    again = edition.read_document(FORM, json.loads(text))

    assert canonical_bytes(edition.document(again, number=3, at=AT, by="张慧")).decode() == text
    assert again.total == frozen.total
    assert again.sources == frozen.sources


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
            effects[line.code] += edition.effect(line)
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

    pairs = edition.moved(before, now)
    same = edition.moment_of(frozen_of(said))
    found = edition.difference(FORM, pairs, said, said, same, same)

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
    assert edition.effect_in_words(change, FORM.by_code["B"].unit) == words
