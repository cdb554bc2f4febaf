"""A campaign's own limits: the settings of an edition's checks, and their parsing."""

import pytest

from portal.domain.checks.limits import read_limits, resets, settings_of
from portal.domain.form.form import parse_form
from tests.founding import edition


@pytest.fixture(scope="module")
def form():
    """The edition of 2027."""
    return parse_form(edition("2027.1"))


def typed(settings):
    """Every field with its text on the page."""
    return {setting.name: setting.own for setting in settings}


def test_an_own_limit_reaches_the_check_and_leaves_the_others(form):
    settings = settings_of(form, {})

    limits, problems = read_limits(
        settings,
        typed(settings)
        | {"per-head.limits_yuan.C1": "２,０００", "year-on-year.up_percent": "150"},
    )

    assert problems == {}
    assert limits == {
        "per-head": {"limits_yuan": {"C1": 2000}},
        "year-on-year": {"up_percent": 150},
    }
    [per_head] = [c for c in parse_form(edition("2027.1"), limits).checks if c.id == "per-head"]
    assert (per_head.limits_yuan["C1"], per_head.limits_yuan["C2"]) == (2000, 3000)


def test_limit_equal_to_the_edition_is_not_stored(form):
    settings = settings_of(form, {"per-head": {"limits_yuan": {"C1": 2000}}})

    limits, _ = read_limits(settings, {"per-head.limits_yuan.C1": "3000"})

    assert limits == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("per-head.limits_yuan.C1", "0"),
        ("per-head.limits_yuan.C1", "-5"),
        ("per-head.limits_yuan.C1", "12.5"),
        ("per-head.limits_yuan.C1", "1000001"),
        ("year-on-year.down_percent", "101"),
        ("year-on-year.grade", "强制"),
        ("spent-raised.tolerance", "0.0000001"),
        ("copied.at_least", "许多"),
    ],
)
def test_invalid_limit_is_refused_at_its_field(form, name, text):
    limits, problems = read_limits(settings_of(form, {}), {name: text})

    assert limits == {}
    assert list(problems) == [name]


def test_grade_error_can_be_neither_removed_nor_set(form):
    names = {setting.name for setting in settings_of(form, {})}

    assert "within.grade" not in names
    assert "arrears-people.grade" not in names
    assert "per-head.grade" in names


def test_a_tolerance_is_exact_to_the_fen(form):
    limits, _ = read_limits(settings_of(form, {}), {"spent-raised.tolerance": "0.000001"})

    [rule] = [c for c in parse_form(edition("2027.1"), limits).checks if c.id == "spent-raised"]
    assert rule.tolerance == 1


def test_changed_limit_is_told_with_both_numbers(form):
    [told] = resets(form, {}, {"per-head": {"limits_yuan": {"C1": 2000}}})

    assert "C1" in told.label
    assert (told.old, told.new) == ("3000元/人次（表样标准）", "2000元/人次")
