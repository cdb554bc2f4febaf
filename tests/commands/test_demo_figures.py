"""The figures of the demonstration: complete, plausible together, and telling where they should."""

from functools import cache
from itertools import combinations

import pytest

from portal.collection.opening import Listed
from portal.demo.city import EXPECTED_2022, EXPECTED_2027, UNITS
from portal.demo.figures import edition, typed_in
from portal.domain.checks.finding import Facts, Issue, blanks, find_issues
from portal.domain.figures import Kind, Unit, parse_figure
from portal.domain.form.form import Form, parse_form
from portal.domain.form.formulas import Figures, with_totals

MONEY = Unit("万元", Kind.MONEY, 6)


@cache
def form_of(year: int) -> Form:
    return parse_form(edition(f"{year}.1"))


@cache
def figures_of(year: int, unit: str) -> Figures:
    form = form_of(year)
    leaves = {}
    for code, text in typed_in(year)[unit].items():
        reading = parse_figure(text, form.by_code[code].unit)
        assert reading.problem is None, f"{unit} {code} {text}"
        leaves[code] = reading.figure
    return with_totals(form, leaves)


def issues_of(year: int, unit: str, expected: tuple[Listed, ...]) -> tuple[Issue, ...]:
    listed = next(one for one in expected if one.code == unit)
    return find_issues(
        form_of(year),
        Facts(
            figures_of(year, unit),
            figures_of(2022, unit) if year > 2022 else None,
            parse_figure(listed.allocated, MONEY).figure,
            int(listed.households) if listed.households else None,
        ),
    )


ALL = [unit.code for unit in UNITS]


@pytest.mark.parametrize("unit", ALL)
def test_every_report_of_2022_is_complete_and_nothing_in_it_stands_out(unit):
    assert blanks(form_of(2022), figures_of(2022, unit)) == ()
    assert issues_of(2022, unit, EXPECTED_2022) == ()


@pytest.mark.parametrize(
    ("unit", "found"),
    [
        ("huarong", []),
        ("linkong", []),
        ("gedian", [("query", "year-on-year", "J3")]),
        ("echeng", [("error", "within", "B1"), ("query", "per-head", "D9")]),
    ],
)
def test_the_reports_of_the_open_campaign_stand_out_only_where_they_should(unit, found):
    issues = issues_of(2027, unit, EXPECTED_2027)

    assert [(issue.grade, issue.check, issue.code) for issue in issues] == found


def test_the_draft_has_an_empty_section_and_full_ones():
    form, figures = form_of(2027), figures_of(2027, "echeng")
    leaves = {
        section.number: [item.code for item in form.in_section(section.number) if not item.formula]
        for section in form.sections
    }

    filled = {
        number: sum(figures[code] is not None for code in codes) for number, codes in leaves.items()
    }

    assert [number for number, count in filled.items() if not count] == [4]
    assert any(filled[number] == len(codes) for number, codes in leaves.items())
    assert any(0 < filled[number] < len(codes) for number, codes in leaves.items())


def test_no_two_units_report_the_same():
    same = [pair for pair in combinations(ALL, 2) if len({*map(str, map(_all_of, pair))}) == 1]

    assert same == []


def _all_of(unit: str) -> Figures:
    return figures_of(2022, unit)


def test_a_district_reports_at_least_what_its_grass_roots_do():
    form = form_of(2022)
    below = [figures_of(2022, unit.code) for unit in UNITS if unit.parent == "echeng"]

    for item in form.items:
        assert sum(each[item.code] or 0 for each in below) <= (
            figures_of(2022, "echeng")[item.code] or 0
        )
