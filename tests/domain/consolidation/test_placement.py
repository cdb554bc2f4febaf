"""Consolidation: which reports are added, which are missing, and consistent sums."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.consolidation.placement import (
    Basis,
    Member,
    Scope,
    add,
    add_up,
    coverage_of,
    node_check,
    place,
    place_below,
)
from portal.domain.form.form import parse_form
from portal.domain.form.formulas import total, with_totals
from portal.domain.report_state import State

FORM = parse_form(
    {
        "id": "small",
        "version": "1",
        "title": "统计表",
        "units": {"人次": {"kind": "count", "decimals": 0}},
        "sections": [{"number": 1, "title": "慰问"}],
        "items": [
            {"code": "T", "label": "总计", "unit": "人次", "section": 1, "formula": ["C", "E"]},
            {"code": "C", "label": "慰问", "unit": "人次", "section": 1, "formula": ["C1", "C2"]},
            {"code": "C1", "label": "困难职工", "unit": "人次", "section": 1},
            {"code": "C2", "label": "一线职工", "unit": "人次", "section": 1},
            {"code": "E", "label": "帮扶", "unit": "人次", "section": 1},
        ],
        "checks": [],
    }
)


def unit(code, name, parent, order, basis=Basis.FULL, state=State.SUBMITTED, expected=True):
    return Member(code, name, parent, "区总", order, basis, expected, state)


CITY = (
    unit("shizong", "市总工会", None, 0, Basis.OWN, State.ACCEPTED),
    unit("linkong", "临空经济区总工会", "shizong", 5, state=State.RETURNED),
    unit("echeng", "鄂城区总工会", "shizong", 1, state=State.ACCEPTED),
    unit("echeng-jiceng2", "鄂城基层二", "echeng", 2),
    unit("echeng-jiceng1", "鄂城基层一", "echeng", 1, state=State.DRAFT),
    unit("huarong", "华容区总工会", "shizong", 2, state=State.DRAFT),
    unit("gedian", "葛店开发区总工会", "shizong", 4),
    unit("qiye", "市直企业工会", "shizong", 6, expected=False),
)


def codes(members):
    return [member.code for member in members]


def city_with(*changed):
    by_code = {member.code: member for member in CITY} | {one.code: one for one in changed}
    return tuple(by_code.values())


# Placing


def test_the_city_adds_its_own_report_and_the_full_reports_below_it():
    placement = place(CITY, "shizong")

    assert codes(placement.contributing) == ["shizong", "echeng", "huarong", "gedian", "linkong"]
    assert codes(placement.for_checking) == ["echeng-jiceng1", "echeng-jiceng2"]
    assert codes(placement.exempt) == ["qiye"]


def test_the_columns_are_the_node_and_its_children_in_the_citys_order():
    placement = place(CITY, "shizong")

    assert codes(column.member for column in placement.columns) == [
        "shizong",
        "echeng",
        "huarong",
        "gedian",
        "linkong",
        "qiye",
    ]


def test_units_of_one_order_stand_by_code():
    placement = place((*CITY, unit("azhou", "甲", "shizong", 4)), "shizong")

    assert codes(placement.contributing)[3:5] == ["azhou", "gedian"]


def test_a_full_unit_adds_its_own_report_alone():
    placement = place(CITY, "echeng")

    assert codes(placement.contributing) == ["echeng"]
    assert codes(placement.for_checking) == ["echeng-jiceng1", "echeng-jiceng2"]


def test_units_above_the_node_are_ignored():
    placement = place(CITY, "echeng-jiceng1")

    assert codes(placement.contributing) == ["echeng-jiceng1"]
    assert placement.for_checking == ()


def test_exempt_full_unit_does_not_cover_its_children():
    exempt = replace(CITY[2], expected=False)

    placement = place(city_with(exempt), "shizong")

    column = next(c for c in placement.columns if c.member.code == "echeng")
    assert codes(column.contributing) == ["echeng-jiceng1", "echeng-jiceng2"]
    assert codes(placement.exempt) == ["echeng", "qiye"]


def test_an_exempt_unit_with_a_report_is_out_of_every_sum():
    placement = place(CITY, "shizong")

    who = coverage_of(placement, Scope.DRAFTS)

    assert "qiye" not in codes((*who.included, *who.missing))
    assert "qiye" not in (*who.included_columns, *who.missing_columns)


def test_an_unknown_node_is_not_placed():
    with pytest.raises(KeyError):
        place(CITY, "wuhan")


def test_below_a_full_unit_lie_the_reports_it_is_checked_against():
    placement = place_below(CITY, "echeng")

    assert codes(column.member for column in placement.columns) == [
        "echeng-jiceng1",
        "echeng-jiceng2",
    ]
    assert codes(placement.contributing) == ["echeng-jiceng1", "echeng-jiceng2"]
    assert placement.for_checking == ()


# Standing


@pytest.mark.parametrize(
    ("scope", "included", "missing"),
    [
        (Scope.ACCEPTED, ["shizong", "echeng"], ["huarong", "gedian", "linkong"]),
        (Scope.SUBMITTED, ["shizong", "echeng", "gedian"], ["huarong", "linkong"]),
        (Scope.DRAFTS, ["shizong", "echeng", "huarong", "gedian", "linkong"], []),
    ],
)
def test_a_scope_says_who_is_in_and_who_is_missing(scope, included, missing):
    who = coverage_of(place(CITY, "shizong"), scope)

    assert (codes(who.included), codes(who.missing)) == (included, missing)
    assert (list(who.included_columns), list(who.missing_columns)) == (included, missing)


def test_a_unit_that_has_not_started_is_missing_in_every_scope():
    placement = place(city_with(replace(CITY[5], state=State.NOT_STARTED)), "shizong")

    assert all("huarong" in coverage_of(placement, scope).missing_columns for scope in Scope)


def test_a_column_with_some_in_and_some_missing_stands_in_both_lists():
    own = replace(CITY[2], basis=Basis.OWN)

    who = coverage_of(place(city_with(own), "shizong"), Scope.SUBMITTED)

    assert "echeng" in who.included_columns
    assert "echeng" in who.missing_columns


@pytest.mark.parametrize(
    ("scope", "footnote"),
    [
        (
            Scope.ACCEPTED,
            "汇总单位 2 家；未含：华容区总工会、葛店开发区总工会（待审核）、"
            "临空经济区总工会（退回中）等 3 家。",
        ),
        (
            Scope.SUBMITTED,
            "汇总单位 3 家；未含：华容区总工会、临空经济区总工会（退回中）等 2 家。",
        ),
        (Scope.DRAFTS, "汇总单位 5 家（其中尚未上报 2 家）；全部应报单位已汇总。"),
    ],
)
def test_the_footnote_names_everybody_who_is_missing(scope, footnote):
    who = coverage_of(place(CITY, "shizong"), scope)

    assert who.footnote == footnote


def test_the_footnote_of_one_missing_unit_is_its_name():
    who = coverage_of(place(CITY, "linkong"), Scope.SUBMITTED)

    assert who.footnote == "汇总单位 0 家；未含：临空经济区总工会（退回中）。"


def test_the_footnote_says_when_all_are_in():
    who = coverage_of(place(CITY, "echeng"), Scope.SUBMITTED)

    assert who.footnote == "汇总单位 1 家；全部应报单位已汇总。"


def test_the_footnote_says_when_nobody_was_asked():
    who = coverage_of(place(CITY, "qiye"), Scope.SUBMITTED)

    assert who.footnote == "汇总单位 0 家；没有应报单位。"


def test_bases_and_scopes_have_their_chinese_names():
    assert [basis.label for basis in Basis] == ["本级", "全口径"]
    assert [scope.label for scope in Scope] == ["已审核", "已上报", "含填报中"]


# Sums


def test_the_city_sums_what_is_submitted():
    figures = {
        "shizong": {"C1": 1},
        "echeng": {"C1": 10, "C2": 5},
        "echeng-jiceng2": {"C1": 7},
        "gedian": {"C2": 100},
        "linkong": {"C1": 1000},
        "qiye": {"C1": 10_000},
    }

    sums = add(figures, place(CITY, "shizong"), Scope.SUBMITTED, FORM)

    assert sums.total == {"T": 116, "C": 116, "C1": 11, "C2": 105, "E": None}
    assert sums.columns["echeng"] == {"T": 15, "C": 15, "C1": 10, "C2": 5, "E": None}
    assert set(sums.columns["linkong"].values()) == {None}
    assert set(sums.columns["qiye"].values()) == {None}


def test_a_calculated_figure_handed_in_is_never_trusted():
    sums = add_up(FORM, [{"C": 999, "C1": 1}])

    assert sums["C"] == 1


def test_a_full_unit_is_compared_with_what_lies_below_it_and_its_own_part():
    checked = node_check(FORM, {"C1": 10, "C2": 4}, {"C1": 7, "E": 2}, {"C1": 3})

    differences = {line.code: line.difference for line in checked}
    assert differences == {"T": 2, "C": 4, "C1": 0, "C2": 4, "E": -2}
    assert [line.code for line in checked] == ["T", "C", "C1", "C2", "E"]


def test_the_difference_of_blanks_is_blank():
    checked = node_check(FORM, {}, {}, {})

    assert {line.difference for line in checked} == {None}


# Algebra on random trees

reports = st.dictionaries(st.sampled_from(["C1", "C2", "E"]), st.none() | st.integers(0, 10**9))


@st.composite
def trees(draw):
    size = draw(st.integers(1, 12))
    members = [
        Member(
            code=f"u{index}",
            name=f"单位{index}",
            parent=f"u{draw(st.integers(0, index - 1))}" if index else None,
            kind="基层",
            order=draw(st.integers(0, 3)),
            basis=draw(st.sampled_from(Basis)),
            expected=draw(st.booleans()),
            state=draw(st.sampled_from(State)),
        )
        for index in range(size)
    ]
    figures = {member.code: draw(reports) for member in members}
    return draw(st.permutations(members)), figures


nodes = st.integers(0, 11)
scopes = st.sampled_from(Scope)


def pick(members, number):
    return sorted(members, key=lambda member: member.code)[number % len(members)]


def children_of(node, members):
    return [member for member in members if member.parent == node.code]


def ancestors(member, members):
    by_code = {one.code: one for one in members}
    while member.parent is not None:
        member = by_code[member.parent]
        yield member


def inside(node, members):
    return [m for m in members if m == node or node in ancestors(m, members)]


@given(trees(), nodes, scopes)
def test_the_total_is_the_sum_of_the_columns(tree, number, scope):
    members, figures = tree
    placement = place(members, pick(members, number).code)

    sums = add(figures, placement, scope, FORM)

    assert sums.total == {
        item.code: total(column[item.code] for column in sums.columns.values())
        for item in FORM.items
    }


@given(trees(), nodes)
def test_every_unit_of_the_subtree_stands_in_exactly_one_place(tree, number):
    members, _ = tree
    node = pick(members, number)

    placement = place(members, node.code)

    placed = codes((*placement.contributing, *placement.for_checking, *placement.exempt))
    assert sorted(placed) == sorted(codes(inside(node, members)))


@given(trees(), nodes)
def test_a_report_is_added_unless_a_full_report_of_the_subtree_covers_it(tree, number):
    members, _ = tree
    node = pick(members, number)
    subtree = inside(node, members)

    placement = place(members, node.code)

    assert set(codes(placement.contributing)) == {
        member.code
        for member in subtree
        if member.expected
        and not any(
            above.expected and above.basis is Basis.FULL and above in subtree
            for above in ancestors(member, members)
        )
    }


@given(trees(), nodes)
def test_a_column_holds_only_what_lies_through_its_unit(tree, number):
    members, _ = tree
    node = pick(members, number)

    first, *others = place(members, node.code).columns

    assert first.contributing == ((node,) if node.expected else ())
    assert all(
        member == column.member or column.member in ancestors(member, members)
        for column in others
        for member in column.contributing
    )


@given(trees(), nodes, scopes)
def test_every_contributing_unit_is_either_included_or_missing(tree, number, scope):
    members, _ = tree
    placement = place(members, pick(members, number).code)

    who = coverage_of(placement, scope)

    assert sorted(codes((*who.included, *who.missing))) == sorted(codes(placement.contributing))
    assert {member.state for member in who.included} <= scope.states
    assert all(member.name in who.footnote for member in who.missing)


@given(trees(), nodes)
def test_a_wider_scope_never_loses_a_report(tree, number):
    members, _ = tree
    placement = place(members, pick(members, number).code)

    accepted, submitted, drafts = (set(coverage_of(placement, scope).included) for scope in Scope)

    assert accepted <= submitted <= drafts


@given(trees(), nodes, scopes)
def test_an_own_node_is_its_report_and_the_consolidations_of_its_children(tree, number, scope):
    members, figures = tree
    node = replace(pick(members, number), basis=Basis.OWN)
    members = [node if member.code == node.code else member for member in members]
    below = [
        add(figures, place(members, child.code), scope, FORM).total
        for child in children_of(node, members)
    ]
    own = figures[node.code] if node.expected and node.state in scope.states else {}

    whole = add(figures, place(members, node.code), scope, FORM).total

    assert whole == add_up(FORM, [own, *below])


@given(trees(), nodes, scopes)
def test_what_lies_below_any_node_is_the_consolidations_of_its_children(tree, number, scope):
    members, figures = tree
    node = pick(members, number)
    children = [
        add(figures, place(members, child.code), scope, FORM).total
        for child in children_of(node, members)
    ]

    below = add(figures, place_below(members, node.code), scope, FORM).total

    assert below == add_up(FORM, children)


@given(trees(), nodes, scopes)
def test_an_expected_full_node_is_its_own_report_and_nothing_else(tree, number, scope):
    members, figures = tree
    node = replace(pick(members, number), basis=Basis.FULL, expected=True)
    members = [node if member.code == node.code else member for member in members]
    own = figures[node.code] if node.state in scope.states else {}

    sums = add(figures, place(members, node.code), scope, FORM)

    assert sums.total == with_totals(FORM, own)


@given(trees(), nodes, scopes, reports)
def test_a_report_for_checking_never_moves_a_sum(tree, number, scope, other):
    members, figures = tree
    placement = place(members, pick(members, number).code)
    aside = (*placement.for_checking, *placement.exempt)

    changed = add(figures | {m.code: other for m in aside}, placement, scope, FORM)

    assert changed == add(figures, placement, scope, FORM)


@given(st.lists(reports))
def test_sums_of_calculated_items_are_calculated_from_sums(several):
    whole = [with_totals(FORM, report) for report in several]

    summed = {item.code: total(report[item.code] for report in whole) for item in FORM.items}

    assert add_up(FORM, several) == summed


@given(trees())
def test_the_order_in_which_units_are_read_does_not_matter(tree):
    members, _ = tree

    placement = place(members, "u0")

    assert placement == place(reversed(members), "u0")
    assert codes(c.member for c in placement.columns[1:]) == [
        m.code for m in sorted(children_of(placement.node, members), key=_in_order)
    ]


def _in_order(member):
    return member.order, member.code


@given(reports, reports, reports)
def test_the_check_of_a_node_balances_when_its_parts_do(own, below, part):
    reported = add_up(FORM, [below, part])

    assert all(not line.difference for line in node_check(FORM, reported, below, part))
    assert all(
        (line.difference or 0) == (line.reported or 0) - (line.below or 0) - (line.own_part or 0)
        for line in node_check(FORM, own, below, part)
    )
