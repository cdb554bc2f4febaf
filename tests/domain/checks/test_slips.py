"""Slip check: yuan typed for 万元 are reported at every money item, correct money is not."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import portal.demo
from portal.domain.checks.finding import Facts, Issue, find_issues, rules_at
from portal.domain.checks.slips import MIN_FEN, YUAN_PER_WAN
from portal.domain.figures import FEN_PER_WAN, Kind, canonical, parse_figure
from portal.domain.form.check_rules import Grade
from portal.domain.form.form import Form, parse_form
from portal.domain.form.formulas import Figures, with_totals

WAN = FEN_PER_WAN
Leaves = Mapping[str, int | None]

MONEY = [*(f"A{n}" for n in range(1, 7)), *(f"D{n}" for n in range(1, 12)), "I", "J2", "J4"]
"""Every money cell of the form that is typed."""

RAISED = {"A1": 40, "A2": 81, "A3": 61, "A4": 13, "A5": 22, "A6": 7}
"""万元 of one unit."""


def _wan(leaves: Mapping[str, int]) -> dict[str, int | None]:
    return {code: wan * WAN for code, wan in leaves.items()}


def _slips(
    form: Form, leaves: Leaves, previous: Figures | None = None, **city: int
) -> dict[str, Issue]:
    issues = find_issues(form, Facts(with_totals(form, leaves), previous, **city))
    return {issue.code: issue for issue in issues if issue.check == "yuan-slip"}


def _demonstration(form: Form) -> list[dict[str, int | None]]:
    """The figures of each unit of the demonstration, as they were reported in 2022."""
    path = Path(portal.demo.__file__).parent / "figures-2022.csv"
    with path.open(encoding="utf-8") as lines:
        rows = {row["指标"]: row for row in csv.DictReader(lines)}
    units = [name for name in rows["A1"] if name != "指标"]
    return [
        {
            code: parse_figure(row[unit], form.by_code[code].unit).figure
            for code, row in rows.items()
        }
        for unit in units
    ]


def test_the_cells_looked_at_are_all_the_money_that_is_typed(form_2027: Form) -> None:
    typed = [item.code for item in form_2027.leaves if item.unit.kind is Kind.MONEY]

    looked_at = [
        item.code
        for item in form_2027.items
        if any(rule.id == "yuan-slip" for rule in rules_at(form_2027, item))
        and item.unit.kind is Kind.MONEY
    ]

    assert looked_at == typed == MONEY


def test_wages_of_millions_per_head_offer_the_figure_in_wan(form_2027: Form) -> None:
    slip = _slips(form_2027, {"H": 27, "I": 283_700 * WAN})["I"]

    assert slip.grade is Grade.QUERY
    assert (slip.offer_code, slip.offer) == ("I", "28.37")
    assert "I 帮助农民工追讨欠薪金额 283,700.00 万元、H " in slip.message
    assert "27 人次" in slip.message
    assert "疑似把元填成了万元；误按元填写的应改为 28.37 万元" in slip.message


@pytest.mark.parametrize(
    ("leaves", "previous", "city", "asks"),
    [
        # wages: from a million yuan per head on
        ({"H": 27, "I": 27 * 100 * WAN}, None, {}, "I"),
        ({"H": 27, "I": 27 * 100 * WAN - 1}, None, {}, ""),
        ({"H": 27, "I": 27 * 6 * WAN}, None, {}, ""),
        ({"H": None, "I": 283_700 * WAN}, None, {}, ""),
        ({"H": 0, "I": 283_700 * WAN}, {"I": 28 * WAN}, {}, "I"),
        ({"H": 5000, "I": 56_170 * WAN}, {"I": 56 * WAN}, {}, "I"),
        # last year, for every kind of money
        ({"A1": 406_200 * WAN}, {"A1": 41 * WAN}, {}, "A1"),
        ({"A4": 13_700 * WAN}, {"A4": 13 * WAN}, {}, "A4"),
        ({"A1": 100 * WAN}, {"A1": WAN}, {}, "A1"),
        ({"A1": 100 * WAN}, {"A1": WAN + 1}, {}, ""),
        ({"A1": 99 * WAN}, {"A1": WAN // 10}, {}, ""),
        ({"A1": 406_200 * WAN}, {"A1": 0}, {}, ""),
        ({"A1": 406_200 * WAN}, {}, {}, ""),
        ({"D9": 50_400 * WAN}, {"D9": 5 * WAN}, {}, "D9"),
        ({"J4": 14_600 * WAN}, {"J4": 14 * WAN}, {}, "J4"),
        # the 人次 make the money plausible
        ({"C11": 2000, "D11": 200 * WAN}, {"D11": WAN}, {}, ""),
        # the city's register, at its own item only
        ({"A2": 487_000 * WAN}, None, {"allocated": 48 * WAN}, "A2"),
        ({"A3": 487_000 * WAN}, None, {"allocated": 48 * WAN}, ""),
        ({"A2": 100 * WAN}, None, {"allocated": WAN}, "A2"),
        ({"A2": 100 * WAN}, None, {"allocated": WAN + 1}, ""),
        ({"A2": 487_000 * WAN}, None, {"allocated": 0}, ""),
        ({"A2": 487_000 * WAN}, {"A2": 487_000 * WAN}, {"allocated": 48 * WAN}, "A2"),
        # the other parts of the sum; a greater factor while some are blank
        (_wan({**RAISED, "A1": 406_200}), None, {}, "A1"),
        (_wan({**RAISED, "A6": 67_700}), None, {}, "A6"),
        ({**_wan(RAISED), "A6": 21_699 * WAN}, None, {}, ""),
        ({**_wan(RAISED), "A6": 21_700 * WAN}, None, {}, "A6"),
        ({"A1": 406_200 * WAN, "A2": 81 * WAN}, None, {}, "A1"),
        ({"A1": 155 * WAN, "A2": WAN}, None, {}, ""),
        ({"A1": 406_200 * WAN}, None, {}, ""),
        (_wan(RAISED), None, {}, ""),
    ],
)
def test_money_is_compared_with_the_first_known_amount(
    form_2027: Form, leaves: Leaves, previous: Figures | None, city: dict[str, int], asks: str
) -> None:
    assert "、".join(_slips(form_2027, leaves, previous, **city)) == asks


def test_section_typed_in_yuan_is_compared_with_the_spending(form_2027: Form) -> None:
    spent = {f"D{n}": 20 * WAN for n in range(1, 12)} | {f"C{n}": 200 for n in range(1, 12)}
    raised = _wan({code: 10_000 * wan for code, wan in RAISED.items()})

    while_filling = _slips(form_2027, {**raised, **spent, "D11": None})
    when_filled = _slips(form_2027, {**raised, **spent})

    assert while_filling == {}
    assert list(when_filled) == list(RAISED)
    assert "而 D 慰问职工（发放款物）220.00 万元" in when_filled["A1"].message


def test_spending_makes_one_large_source_plausible(form_2027: Form) -> None:
    spent = {f"D{n}": 10 * WAN for n in range(1, 12)} | {f"C{n}": 200 for n in range(1, 12)}
    raised = _wan({"A1": 160, "A2": 1, "A3": 0, "A4": 0, "A5": 0, "A6": 0})

    assert list(_slips(form_2027, raised)) == ["A1"]
    assert _slips(form_2027, {**raised, **spent}) == {}


def test_registered_amount_is_reported_once(form_2027: Form) -> None:
    leaves = {"A2": 487_000 * WAN}

    issues = find_issues(form_2027, Facts(with_totals(form_2027, leaves), None, 48 * WAN))

    assert [issue.key for issue in issues] == ["yuan-slip:A2"]
    assert "市总已登记的下拨数 48.00 万元" in issues[0].message


def test_the_edition_of_2022_guards_its_wages_and_funds_too(form: Form) -> None:
    leaves = {"H": 27, "I": 283_700 * WAN, **_wan({**RAISED, "A1": 406_200})}

    assert list(_slips(form, leaves)) == ["A1", "I"]


def test_an_edition_that_has_taken_the_rule_out_asks_nothing(document_2027: dict[str, Any]) -> None:
    kept = [rule for rule in document_2027["checks"] if rule["id"] != "yuan-slip"]
    form = parse_form({**document_2027, "checks": kept})

    assert _slips(form, {"H": 27, "I": 283_700 * WAN}) == {}


def test_added_money_item_is_checked_without_code_changes(document_2027: dict[str, Any]) -> None:
    row = {"code": "K", "label": "互助资金", "unit": "万元", "section": 7, "previous": "K"}
    document_2027["items"].append(row)
    form = parse_form(document_2027)

    slips = _slips(form, {"K": 30_000 * WAN}, {"K": 3 * WAN})

    assert [(slip.offer_code, slip.offer) for slip in slips.values()] == [("K", "3.00")]


def test_a_campaign_that_sets_another_limit_moves_people_only(
    document_2027: dict[str, Any],
) -> None:
    form = parse_form(document_2027, limits={"yuan-slip": {"limit_yuan": 5000}})

    assert list(_slips(form, {"C9": 1, "D9": WAN, "H": 1, "I": 10 * WAN})) == ["D9", "I"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"previous": {"A2": WAN}}, {"previous": {"A2": 2 * WAN}}),
        ({"allocated": WAN}, {"allocated": 2 * WAN}),
        ({"leaves": {"A3": WAN}}, {"leaves": {"A3": 2 * WAN}}),
    ],
)
def test_explanation_lapses_when_the_compared_amount_changes(
    form_2027: Form, one: dict[str, Any], other: dict[str, Any]
) -> None:
    first, second = (
        _slips(form_2027, {"A2": 90_000 * WAN, **known.pop("leaves", {})}, **known)["A2"]
        for known in (dict(one), dict(other))
    )

    assert first.key == second.key
    assert first.numbers != second.numbers


def test_no_honest_figure_of_the_demonstration_is_doubted(form_2027: Form) -> None:
    doubted = [_slips(form_2027, leaves) for leaves in _demonstration(form_2027)]

    assert doubted == [{}] * 13


@given(unit=st.integers(0, 12), code=st.sampled_from(MONEY))
def test_any_amount_of_a_filled_report_typed_in_yuan_is_asked_about(
    form_2027: Form, unit: int, code: str
) -> None:
    leaves = _demonstration(form_2027)[unit]
    honest = leaves[code]
    assert honest is not None
    slipped = {**leaves, code: honest * YUAN_PER_WAN}

    first_year = _slips(form_2027, slipped)
    later = _slips(form_2027, slipped, with_totals(form_2027, leaves))

    if honest * YUAN_PER_WAN < MIN_FEN:
        assert later == {}
    else:
        offered = later[code].offer
        assert offered == canonical(honest, form_2027.by_code[code].unit)
        assert set(first_year) <= {code}
