"""The document of a submission: complete, canonical, free of floats, comparable."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.form.form import parse_form
from portal.domain.form.formulas import with_totals
from portal.domain.paper.code import code_of
from portal.domain.report.submission import (
    Change,
    canonical_bytes,
    changes,
    document,
    figures_of,
    fingerprint,
)

FORM = parse_form(
    {
        "id": "small",
        "version": "2022.1",
        "title": "送温暖活动统计表",
        "units": {
            "人次": {"kind": "count", "decimals": 0},
            "万元": {"kind": "money", "decimals": 2},
        },
        "sections": [{"number": 1, "title": "慰问"}],
        "items": [
            {"code": "C", "label": "慰问", "unit": "人次", "section": 1, "formula": ["C9", "C10"]},
            {"code": "C9", "label": "一线职工", "unit": "人次", "section": 1},
            {"code": "C10", "label": "先进人物", "unit": "人次", "section": 1},
            {"code": "I", "label": "追讨欠薪", "unit": "万元", "section": 1},
        ],
        "checks": [],
    }
)
LEAVES = ["C9", "C10", "I"]
FIGURES = {"C9": 12, "C10": None, "I": 343_200}

figures = st.dictionaries(st.sampled_from(LEAVES), st.none() | st.integers(0, 10**13))


def submitted(figures=FIGURES, **other):
    told = {
        "organisation_code": "echeng",
        "organisation_name": "鄂城区总工会",
        "campaign_code": "2022-spring",
        "number": 2,
        "submitted_at": datetime(2022, 1, 26, 9, 29, 59, 999, tzinfo=UTC),
        "submitted_by": "echeng",
        "explanations": {"I": "新增专项资金：市里追加"},
        "filler": "张三",
        "phone": "0711-1234567",
    }
    return document(FORM, figures, **{**told, **other})


def test_a_document_holds_the_whole_form_as_it_was():
    written = submitted()

    assert written == {
        "format": 1,
        "form": {"id": "small", "version": "2022.1"},
        "campaign": "2022-spring",
        "organisation": {"code": "echeng", "name": "鄂城区总工会"},
        "number": 2,
        "submitted_at": "2022-01-26T17:29:59+08:00",
        "submitted_by": "echeng",
        "filler": "张三",
        "phone": "0711-1234567",
        "figures": {"C": 12, "C9": 12, "C10": None, "I": 343_200},
        "explanations": {"I": "新增专项资金：市里追加"},
    }


def test_the_canonical_bytes_of_a_known_document_never_change():
    content = canonical_bytes(submitted())

    assert content.decode() == (
        '{"campaign":"2022-spring","explanations":{"I":"新增专项资金：市里追加"},'
        '"figures":{"C":12,"C10":null,"C9":12,"I":343200},"filler":"张三",'
        '"form":{"id":"small","version":"2022.1"},"format":1,"number":2,'
        '"organisation":{"code":"echeng","name":"鄂城区总工会"},"phone":"0711-1234567",'
        '"submitted_at":"2022-01-26T17:29:59+08:00","submitted_by":"echeng"}'
    )


@given(figures)
def test_a_document_read_back_has_the_same_bytes_and_figures(leaves):
    content = canonical_bytes(submitted(leaves))

    read_back = json.loads(content)

    assert canonical_bytes(read_back) == content
    assert figures_of(read_back) == with_totals(FORM, leaves)


def test_the_order_in_which_figures_were_filled_does_not_matter():
    backwards = dict(reversed(FIGURES.items()))

    assert canonical_bytes(submitted(backwards)) == canonical_bytes(submitted())


@given(figures, figures)
def test_fingerprints_are_equal_only_when_the_content_is(one, other):
    prints = [fingerprint(canonical_bytes(submitted(each))) for each in (one, other)]

    assert (prints[0] == prints[1]) == (with_totals(FORM, one) == with_totals(FORM, other))


def test_a_fingerprint_is_the_sha256_and_paper_carries_its_beginning():
    full = fingerprint(b"")

    assert full == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert code_of(full) == "WERC8-GMRZG"


@pytest.mark.parametrize("wrong", [12.0, Decimal(12), "12", True])
def test_a_figure_that_is_no_integer_is_refused(wrong):
    with pytest.raises(TypeError, match="C9"):
        submitted({"C9": wrong})


@pytest.mark.parametrize(
    "other",
    [
        {"explanations": {"I": {"ratio": 0.5}}},
        {"explanations": {"I": ["次均", 1.5]}},
        {"number": 2.0},
        {"phone": float("nan")},
        {"explanations": {1: "键不是文字"}},
    ],
)
def test_no_float_gets_into_a_document_at_any_depth(other):
    with pytest.raises(TypeError, match="a submission"):
        submitted(**other)


@pytest.mark.parametrize("broken", [{"figures": {"I": 0.34}}, {"a": [{"b": (1.0,)}]}, {2.5: 1}])
def test_no_float_is_ever_written_down(broken):
    with pytest.raises(TypeError, match="a submission"):
        canonical_bytes(broken)


def test_a_submission_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        submitted(submitted_at=datetime(2022, 1, 26))  # noqa: DTZ001


@pytest.mark.parametrize("broken", [{"figures": ["C9"]}, {"figures": {"C9": 1.5}}])
def test_a_document_with_broken_figures_is_not_read(broken):
    with pytest.raises(TypeError):
        figures_of(broken)


def test_changes_come_in_the_order_of_the_form_with_the_sums_that_follow():
    before = figures_of(json.loads(canonical_bytes(submitted())))

    changed = changes(FORM, before, {"C9": 12, "C10": 3, "I": None})

    assert changed == (Change("C", 12, 15), Change("C10", None, 3), Change("I", 343_200, None))


def test_a_zero_in_the_place_of_a_blank_is_a_change():
    assert changes(FORM, {}, {"I": 0}) == (Change("I", None, 0),)


@given(figures, figures)
def test_changes_lead_from_the_old_figures_to_the_new(old, new):
    changed = changes(FORM, old, new)

    assert with_totals(FORM, old) | {c.code: c.new for c in changed} == with_totals(FORM, new)
    assert all(change.old != change.new for change in changed)
