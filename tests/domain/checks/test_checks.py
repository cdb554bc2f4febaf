"""Checks: each rule at its limit, its sentence, and the counts above the sheet."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.checks.finding import Counters, Facts, Issue, blanks, counters, find_issues
from portal.domain.checks.kinds import CHECK_KINDS
from portal.domain.checks.words import short_label
from portal.domain.figures import FEN_PER_WAN, FEN_PER_YUAN, parse_figure
from portal.domain.form.check_rules import Grade
from portal.domain.form.form import Form, parse_form
from portal.domain.form.formulas import Figures, with_totals

WAN = FEN_PER_WAN
YUAN = FEN_PER_YUAN

Leaves = Mapping[str, int | None]
OneRule = Callable[..., Form]


@pytest.fixture
def one_rule(document_2027: dict[str, Any]) -> OneRule:
    """Makes the form of 2027 with a single check, whose settings a test may replace."""

    def form_with(check: str, **settings: object) -> Form:
        document = copy.deepcopy(document_2027)
        document["checks"] = [rule for rule in document["checks"] if rule["id"] == check]
        document["checks"][0].update(settings)
        return parse_form(document)

    return form_with


def _found(
    form: Form, leaves: Leaves, previous: Figures | None = None, **city: int
) -> tuple[Issue, ...]:
    return find_issues(form, Facts(with_totals(form, leaves), previous, **city))


def _keys(issues: tuple[Issue, ...]) -> list[str]:
    return [issue.key for issue in issues]


def _zeros(form: Form) -> dict[str, int]:
    return {item.code: 0 for item in form.leaves}


KINDS_SINCE_2027: frozenset[str] = frozenset()
"""Kinds of check that the edition of 2027 does not have: it was shipped, so it never changes."""


def test_the_2027_edition_uses_every_kind_that_there_was(form_2027: Form) -> None:
    assert {rule.id for rule in form_2027.checks} == set(CHECK_KINDS) - KINDS_SINCE_2027


# One line a boundary: the rule, the figures, and the issues expected of that rule alone.
PAIRS: list[tuple[str, Leaves, list[str]]] = [
    ("within", {"B": 10, "B1": 10, "B2": 10}, []),
    ("within", {"B": 10, "B1": 11, "B2": 10}, ["within:B1"]),
    ("within", {"B": 0, "B1": 1, "B2": 1}, ["within:B1", "within:B2"]),
    ("within", {"B": None, "B1": 1}, []),
    ("within", {"B": 10, "B1": None}, []),
    ("arrears-people", {"H": 0, "I": 1}, ["arrears-people:I"]),
    ("arrears-people", {"H": 1, "I": WAN}, []),
    ("arrears-people", {"H": 0, "I": 0}, []),
    ("arrears-people", {"H": 3, "I": 0}, []),
    ("arrears-people", {"H": None, "I": WAN}, []),
    ("money-without-people", {"C9": 0, "D9": 10_000}, ["money-without-people:D9"]),
    ("money-without-people", {"C9": 1, "D9": 10_000}, []),
    ("money-without-people", {"C9": 0, "D9": 0}, []),
    ("money-without-people", {"C9": None, "D9": WAN}, []),
    ("money-without-people", {"J3": 0, "J4": WAN}, ["money-without-people:J4"]),
    ("people-without-money", {"C9": 1, "D9": 0}, ["people-without-money:C9"]),
    ("people-without-money", {"C9": 1, "D9": 10_000}, []),
    ("people-without-money", {"C9": 1, "D9": None}, []),
    ("people-without-money", {"C9": 0, "D9": 0}, []),
    ("yuan-slip", {"C9": 3, "D9": 3 * 50_000 * YUAN}, ["yuan-slip:D9"]),
    ("yuan-slip", {"C9": 3, "D9": 3 * 50_000 * YUAN - 1}, []),
    ("yuan-slip", {"C9": 0, "D9": 900 * WAN}, []),
    ("yuan-slip", {"C9": None, "D9": 900 * WAN}, []),
    ("per-head", {"C9": 3, "D9": 3 * 1000 * YUAN}, []),
    ("per-head", {"C9": 3, "D9": 3 * 1000 * YUAN + 1}, ["per-head:D9"]),
    ("per-head", {"C10": 3, "D10": 3 * 3000 * YUAN}, []),
    ("per-head", {"C10": 3, "D10": 3 * 3000 * YUAN + 1}, ["per-head:D10"]),
    ("per-head", {"C9": 3, "D9": 3 * 30 * YUAN}, []),
    ("per-head", {"C9": 3, "D9": 3 * 30 * YUAN - 1}, ["per-head:D9"]),
    ("per-head", {"C9": 3, "D9": 0}, []),
    ("per-head", {"C9": 0, "D9": WAN}, []),
    ("per-head", {"C9": None, "D9": WAN}, []),
]

SUMS: list[tuple[str, Leaves, list[str]]] = [
    ("spent-raised", {"A1": WAN, "D1": WAN + 50_000}, []),
    ("spent-raised", {"A1": WAN, "D1": WAN + 50_001}, ["spent-raised:D"]),
    ("spent-raised", {"A1": WAN, "A4": WAN, "D1": WAN, "D9": WAN}, []),
    ("spent-raised", {"A1": None, "D1": WAN}, []),
    ("spent-raised", {"A1": 0, "D1": WAN}, ["spent-raised:D"]),
    ("spent-raised", {"A1": WAN, "D1": WAN, "J2": WAN}, []),
    ("spent-raised-all", {"A1": WAN, "D1": WAN, "J2": 50_000}, []),
    ("spent-raised-all", {"A1": WAN, "D1": WAN, "J2": 50_000, "J4": 1}, ["spent-raised-all:D"]),
    ("spent-raised-all", {"D1": WAN, "J2": WAN}, []),
    ("registered-twice", {"C11": 6, "C1": 1, "C2": 2, "C3": 3, "C4": 0}, ["registered-twice:C11"]),
    ("registered-twice", {"C11": 6, "C1": 1, "C2": 2, "C3": 3, "C4": 1}, []),
    ("registered-twice", {"C11": 0, "C1": 0, "C2": 0, "C3": 0, "C4": 0}, []),
    ("registered-twice", {"C11": None, "C1": 6}, []),
    ("registered-twice", {"C11": 6}, []),
]


@pytest.mark.parametrize(("check", "leaves", "expected"), PAIRS + SUMS)
def test_rule_reports_exactly_beyond_its_limit(
    one_rule: OneRule, check: str, leaves: Leaves, expected: list[str]
) -> None:
    form = one_rule(check)

    issues = _found(form, leaves)

    assert _keys(issues) == expected


# What each rule says and how much it weighs: (figures, grade, words that the sentence holds).
SENTENCES: list[tuple[str, Leaves, Grade, list[str]]] = [
    (
        "within",
        {"B": 1000, "B1": 1234},
        Grade.ERROR,
        ["B1 生产经营困难企业 1,234 家", "B 走访企业 1,000 家", "改正后才能上报"],
    ),
    (
        "arrears-people",
        {"H": 0, "I": 12_340_000},
        Grade.ERROR,
        ["I 帮助农民工追讨欠薪金额 12.34 万元", "H 共协助", "0 人次", "请补填 H 的人次"],
    ),
    (
        "money-without-people",
        {"C10": 0, "D10": WAN},
        Grade.QUERY,
        [
            "D10 生产一线涌现出来的先进模范人物（发放款物）1.00",
            "C10（慰问对象）0 人次",
            "说明",
        ],
    ),
    (
        "people-without-money",
        {"C10": 12, "D10": 0},
        Grade.HINT,
        [
            "C10 生产一线涌现出来的先进模范人物（慰问对象）12",
            "D10（发放款物）0.00 万元",
            "可不处理",
        ],
    ),
    (
        "yuan-slip",
        {"C10": 10, "D10": 5000 * WAN},
        Grade.QUERY,
        [
            "D10 ",
            "5,000.00 万元",
            "C10（慰问对象）10 人次",
            "5,000,000.00 元/人次",
            "应改为 0.50 万元",
        ],
    ),
    (
        "per-head",
        {"C9": 3, "D9": 320_000 * YUAN // 100},
        Grade.QUERY,
        ["D9 ", "0.32 万元", "C9（慰问对象）3 人次", "1,066.67 元/人次", "参考标准 1,000 元"],
    ),
    (
        "per-head",
        {"C9": 1000, "D9": WAN},
        Grade.HINT,
        ["D9 ", "1.00 万元", "C9（慰问对象）1,000 人次", "10.00 元/人次", "低于 30 元", "可不处理"],
    ),
    (
        "spent-raised",
        {"A1": WAN, "D1": 2 * WAN},
        Grade.QUERY,
        ["D 慰问职工（发放款物）2.00 万元", "A 各级工会共筹集送温暖款物 1.00 万元", "说明"],
    ),
    (
        "spent-raised-all",
        {"A1": 2 * WAN, "D1": 2 * WAN, "J2": WAN},
        Grade.HINT,
        ["D 慰问职工", "（D、J2、J4）合计 3.00 万元", "A 各级工会共筹集送温暖款物 2.00 万元"],
    ),
    (
        "registered-twice",
        {"C11": 30, "C1": 10, "C2": 20},
        Grade.QUERY,
        ["C11 各级工会建档的困难职工（慰问对象）30 人次", "（C1、C2、C3、C4）合计 30 人次", "两遍"],
    ),
]


@pytest.mark.parametrize(("check", "leaves", "grade", "words"), SENTENCES)
def test_an_issue_names_its_items_both_numbers_and_what_to_do(
    one_rule: OneRule, check: str, leaves: Leaves, grade: Grade, words: list[str]
) -> None:
    form = one_rule(check)

    (issue,) = _found(form, leaves)

    assert issue.grade is grade
    assert [word for word in words if word not in issue.message] == []
    assert issue.message.endswith("。")
    assert issue.message.count("。") == 1
    assert issue.code in issue.codes


def test_a_money_slip_offers_the_figure_divided_by_ten_thousand(form_2027: Form) -> None:
    issues = _found(form_2027, {"C9": 10, "D9": 5678 * WAN, "A1": 9000 * WAN})

    (slip,) = [issue for issue in issues if issue.check == "yuan-slip"]
    assert (slip.offer_code, slip.offer) == ("D9", "0.57")
    assert parse_figure(slip.offer, form_2027.by_code["D9"].unit).figure == 570_000


@pytest.mark.parametrize(("wan", "offer"), [(49, None), (50, "0.01"), (149, "0.01"), (150, "0.02")])
def test_an_offer_is_rounded_half_up_and_never_zero(
    one_rule: OneRule, wan: int, offer: str | None
) -> None:
    form = one_rule("yuan-slip")

    (slip,) = _found(form, {"C9": 1, "D9": wan * WAN})

    assert slip.offer == offer
    assert slip.offer_code == ("D9" if offer else None)
    assert "None" not in slip.message


def test_a_money_slip_hides_the_per_head_of_its_pair_only(form_2027: Form) -> None:
    leaves = {"A1": 9000 * WAN, "C9": 10, "D9": 5000 * WAN, "C10": 1, "D10": WAN}

    issues = _found(form_2027, leaves)

    assert _keys(issues) == ["yuan-slip:D9", "per-head:D10"]


def test_overspending_is_reported_once(form_2027: Form) -> None:
    leaves = {"A1": WAN, "C1": 100, "D1": 2 * WAN, "J1": 100, "J2": WAN}

    issues = _found(form_2027, leaves)

    assert _keys(issues) == ["spent-raised:D"]


def test_a_blank_special_count_does_not_silence_the_hint_about_all_money(form_2027: Form) -> None:
    leaves = {"A1": WAN, "C1": 100, "D1": WAN, "J1": 100, "J2": WAN, "J4": None}

    issues = _found(form_2027, leaves)

    assert _keys(issues) == ["spent-raised-all:D"]


def test_a_limit_of_zero_is_no_limit(one_rule: OneRule) -> None:
    off: dict[str, dict[str, object]] = {
        "yuan-slip": {"limit_yuan": 0},
        "per-head": {"limits_yuan": {"C9": 0}, "low_yuan": 0},
        "copied": {"at_least": 0},
        "year-on-year": {"up_percent": 0, "hint_percent": 0},
    }
    leaves = {"C9": 1, "D9": 900 * WAN, "E1": 900}
    previous = {"C9": 1, "D9": 900 * WAN, "E": 300}

    issues = [
        _found(one_rule(check, **settings), leaves, previous) for check, settings in off.items()
    ]

    assert issues == [(), (), (), ()]


# E: now, last year, and what is thought of it (100 人次 is the least that is looked at).
MOVES: list[tuple[int | None, int | None, Grade | None]] = [
    (200, 100, Grade.HINT),
    (201, 100, Grade.QUERY),
    (50, 100, Grade.HINT),
    (49, 100, Grade.QUERY),
    (0, 100, Grade.QUERY),
    (130, 100, None),
    (131, 100, Grade.HINT),
    (70, 100, None),
    (69, 100, Grade.HINT),
    (100, 100, None),
    (99, 10, None),
    (100, 10, Grade.QUERY),
    (10, 99, None),
    (99, 0, None),
    (100, 0, Grade.QUERY),
    (0, 0, None),
    (None, 500, None),
    (500, None, None),
]


@pytest.mark.parametrize(("now", "before", "grade"), MOVES)
def test_main_figure_is_compared_with_last_year(
    form_2027: Form, now: int | None, before: int | None, grade: Grade | None
) -> None:
    issues = _found(form_2027, {"E1": now}, {"E": before})

    assert [issue.grade for issue in issues] == ([grade] if grade else [])
    assert _keys(issues) == (["year-on-year:E"] if grade else [])


@pytest.mark.parametrize(
    ("leaves", "previous", "expected"),
    [
        ({"A1": 10 * WAN - 1}, {"A": WAN}, []),
        ({"A1": 10 * WAN}, {"A": WAN}, ["year-on-year:A"]),
        ({"B": 19}, {"B": 1}, []),
        ({"B": 20}, {"B": 1}, ["year-on-year:B"]),
        ({"G": 9000}, {"G": 1}, []),
    ],
)
def test_the_least_that_is_compared_depends_on_the_unit_and_on_the_list(
    form_2027: Form, leaves: Leaves, previous: Figures, expected: list[str]
) -> None:
    issues = _found(form_2027, leaves, previous)

    assert _keys(issues) == expected


def test_without_a_counterpart_or_a_last_year_nothing_is_compared(form_2027: Form) -> None:
    assert _found(form_2027, {"E1": 900}, None) == ()
    assert _found(form_2027, {"E1": 900}, {}) == ()


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (3000, 1200, ["3,000 人次", "上年 1,200 人次", "比上年增加 150%"]),
        (100, 300, ["100 人次", "上年 300 人次", "比上年减少 66.7%"]),
        (1234, 0, ["1,234 人次", "上年 0 人次", "由无到有"]),
    ],
)
def test_year_on_year_message_has_both_figures(
    form_2027: Form, now: int, before: int, words: list[str]
) -> None:
    (issue,) = _found(form_2027, {"E1": now}, {"E": before})

    assert issue.message.startswith("E 为困难职工提供各项帮扶救助")
    assert [word for word in words if word not in issue.message] == []


def test_ten_figures_equal_to_last_years_ask_whether_they_were_copied(one_rule: OneRule) -> None:
    form = one_rule("copied")
    same = {f"C{number}": 5 for number in range(2, 12)}

    (issue,) = _found(form, {**same, "C1": 0, "E1": 7}, {**same, "C1": 0, "E1": 8})

    assert issue.key == "copied:C2"
    assert issue.codes == tuple(same)
    assert issue.grade is Grade.QUERY
    assert "C2 " in issue.message
    assert "共 10 项" in issue.message
    assert "5 人次" in issue.message


def test_nine_equal_figures_and_any_number_of_zeros_are_no_copy(one_rule: OneRule) -> None:
    form = one_rule("copied")
    leaves = _zeros(form) | {f"C{number}": 5 for number in range(1, 10)}

    issues = _found(form, leaves, with_totals(form, leaves))

    assert issues == ()


@pytest.mark.parametrize(
    ("received", "allocated", "expected"),
    [
        (5 * WAN, {}, []),
        (5 * WAN, {"allocated": 5 * WAN}, []),
        (5 * WAN, {"allocated": 5 * WAN + 10_000}, ["allocation:A2"]),
        (0, {"allocated": WAN}, ["allocation:A2"]),
        (WAN, {"allocated": 0}, ["allocation:A2"]),
        (0, {"allocated": 0}, []),
        (None, {"allocated": WAN}, []),
        (340_000, {"allocated": 343_200}, []),
        (350_000, {"allocated": 343_200}, ["allocation:A2"]),
    ],
)
def test_money_received_is_compared_with_the_registered_allocation(
    form_2027: Form, received: int | None, allocated: dict[str, int], expected: list[str]
) -> None:
    issues = _found(form_2027, {"A2": received}, **allocated)

    assert _keys(issues) == expected


@pytest.mark.parametrize(
    ("visited", "households", "expected"),
    [
        (20, {}, []),
        (20, {"households": 20}, []),
        (21, {"households": 20}, ["households:C11"]),
        (1, {"households": 0}, ["households:C11"]),
        (None, {"households": 0}, []),
    ],
)
def test_registered_workers_are_compared_with_registered_households(
    form_2027: Form, visited: int | None, households: dict[str, int], expected: list[str]
) -> None:
    issues = _found(form_2027, {"C11": visited}, **households)

    assert _keys(issues) == expected


def test_registered_amount_is_shown_beside_the_figure(form_2027: Form) -> None:
    received, visited = _found(
        form_2027, {"A2": 5 * WAN, "C11": 21}, allocated=6 * WAN, households=20
    )

    assert "A2 上级工会经费补助 5.00 万元" in received.message
    assert "市总已登记的下拨数 6.00 万元" in received.message
    assert "C11 各级工会建档的困难职工（慰问对象）21 人次" in visited.message
    assert "20 户" in visited.message


def test_the_edition_of_2022_asks_nothing_of_the_citys_register(form: Form) -> None:
    assert _found(form, {"A2": WAN, "C11": 9}, allocated=0, households=0) == ()


def test_a_zero_report_raises_nothing_but_the_fall_against_last_year(form_2027: Form) -> None:
    previous = with_totals(form_2027, _zeros(form_2027) | {"B": 50, "E1": 300, "G": 300})

    alone = _found(form_2027, _zeros(form_2027), allocated=0, households=0)
    compared = _found(form_2027, _zeros(form_2027), previous)

    assert alone == ()
    assert _keys(compared) == ["year-on-year:B", "year-on-year:E"]


def test_a_blank_form_raises_nothing(form_2027: Form) -> None:
    assert _found(form_2027, {}, {"E": 900}, allocated=WAN, households=0) == ()


def test_issues_stand_in_the_papers_order_then_in_that_of_the_rules(form_2027: Form) -> None:
    leaves = {"A2": WAN, "B": 1, "B1": 2, "C9": 5, "D9": 2 * WAN, "C11": 9, "H": 0, "I": 1}

    issues = _found(form_2027, leaves, {"D": 50 * WAN}, allocated=0, households=0)

    assert _keys(issues) == [
        "allocation:A2",
        "within:B1",
        "spent-raised:D",
        "year-on-year:D",
        "per-head:D9",
        "households:C11",
        "arrears-people:I",
    ]


def test_a_rule_may_be_graded_otherwise_by_the_campaign(document_2027: dict[str, Any]) -> None:
    form = parse_form(document_2027, limits={"per-head": {"grade": "提示"}})

    (issue,) = _found(form, {"C9": 1, "D9": WAN, "A1": WAN})

    assert issue.grade is Grade.HINT
    assert issue.message.endswith("，属实的可不处理。")


def test_a_campaigns_limit_moves_the_edge_of_its_item_only(document_2027: dict[str, Any]) -> None:
    form = parse_form(document_2027, limits={"per-head": {"limits_yuan": {"C9": 9999}}})
    leaves = {"A1": 5 * WAN, "C9": 1, "D9": 9999 * YUAN, "C8": 1, "D8": 1001 * YUAN}

    issues = _found(form, leaves)

    assert _keys(issues) == ["per-head:D8"]


def test_added_item_is_checked_without_code_changes(document_2027: dict[str, Any]) -> None:
    document_2027["items"].append({"code": "K", "label": "慰问劳模", "unit": "家", "section": 7})
    document_2027["checks"][0]["pairs"].append(["K", "B"])
    form = parse_form(document_2027)

    issues = _found(form, {"B": 1, "K": 2})

    assert _keys(issues) == ["within:K"]
    assert "K 慰问劳模 2 家" in issues[0].message


def test_the_numbers_of_an_issue_change_when_one_of_its_figures_does(form_2027: Form) -> None:
    (before,) = _found(form_2027, {"C9": 5, "D9": 2 * WAN, "A1": 9 * WAN})
    (elsewhere,) = _found(form_2027, {"C9": 5, "D9": 2 * WAN, "A1": 8 * WAN})
    (after,) = _found(form_2027, {"C9": 6, "D9": 2 * WAN, "A1": 9 * WAN})

    assert before.key == elsewhere.key == after.key == "per-head:D9"
    assert before.numbers == elsewhere.numbers
    assert before.numbers != after.numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"previous": {"E": 100}}, {"previous": {"E": 101}}),
        ({"allocated": WAN}, {"allocated": 2 * WAN}),
        ({"households": 1}, {"households": 2}),
    ],
)
def test_the_numbers_of_an_issue_hold_what_the_figure_was_compared_with(
    form_2027: Form, one: dict[str, Any], other: dict[str, Any]
) -> None:
    leaves = {"E1": 900, "A2": 0, "C11": 9}

    (first,), (second,) = _found(form_2027, leaves, **one), _found(form_2027, leaves, **other)

    assert first.key == second.key
    assert first.numbers != second.numbers


def test_many_figures_are_remembered_by_a_fingerprint_of_bounded_length(form_2027: Form) -> None:
    leaves = {item.code: 99 * WAN for item in form_2027.leaves}
    fewer = leaves | {"J4": 0}

    (copy_of_all,) = _copies(form_2027, leaves)
    (again,) = _copies(form_2027, leaves)
    (other,) = _copies(form_2027, fewer)

    assert len(copy_of_all.numbers) <= 200
    assert copy_of_all.numbers == again.numbers
    assert copy_of_all.numbers != other.numbers


def _copies(form: Form, leaves: Leaves) -> list[Issue]:
    issues = _found(form, leaves, with_totals(form, leaves))
    return [issue for issue in issues if issue.check == "copied"]


def _figures(form: Form) -> st.SearchStrategy[dict[str, int | None]]:
    few = st.none() | st.sampled_from([0, 1, 9, 100, 5_000, WAN, 700 * WAN])
    return st.fixed_dictionaries({item.code: few for item in form.leaves})


@given(data=st.data())
def test_issues_of_any_figures_are_complete(form_2027: Form, data: st.DataObject) -> None:
    leaves = data.draw(_figures(form_2027))
    previous = data.draw(st.none() | _figures(form_2027))
    city = data.draw(st.tuples(st.none() | st.integers(0, WAN), st.none() | st.integers(0, 99)))

    issues = find_issues(form_2027, Facts(with_totals(form_2027, leaves), previous, *city))

    place = list(form_2027.by_code)
    shown_at = [place.index(issue.code) for issue in issues]
    assert shown_at == sorted(shown_at)
    assert len(set(_keys(issues))) == len(issues)
    for issue in issues:
        assert issue.code in issue.message
        assert issue.code in issue.codes
        assert (issue.offer is None) == (issue.offer_code is None)
        assert "None" not in issue.message
        assert len(issue.numbers) <= 200


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("B1", "生产经营困难企业"),
        ("H", "共协助政府有关部门帮助农民工追讨欠薪"),
        ("C1", "因非个人意愿下岗失业…"),
        ("C8", "因组织需要长期异地工作或者服从组…"),
        ("J3", "工会进万家·新就业形态劳动者温暖…"),
    ],
)
def test_a_long_label_is_cut_for_a_sentence(form: Form, code: str, label: str) -> None:
    assert short_label(form.by_code[code]) == label


def test_blanks_are_the_leaves_without_a_figure_in_the_papers_order(form: Form) -> None:
    figures = with_totals(form, _zeros(form) | {"D9": None, "B": None, "C1": None})

    still_blank = [item.code for item in blanks(form, figures)]

    assert still_blank == ["B", "C1", "D9"]


def test_the_counters_count_leaves_grades_and_what_waits_for_words(form_2027: Form) -> None:
    leaves = {"B": 1, "B1": 2, "C9": 5, "D9": 2 * WAN, "C10": 5, "D10": 0, "H": 0, "I": 1}
    figures = with_totals(form_2027, leaves)
    issues = find_issues(form_2027, Facts(figures, {"D": 50 * WAN}))

    before = counters(form_2027, figures, issues, ())
    after = counters(form_2027, figures, issues, {"per-head:D9", "within:B1"})

    assert before == Counters(filled=8, leaves=46, errors=2, queries=2, hints=1, blanks=38)
    assert after == Counters(filled=8, leaves=46, errors=2, queries=1, hints=1, blanks=38)


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        ({}, ""),
        ({"blanks": 3}, "还差 3 项"),
        ({"errors": 1, "queries": 2}, "错误 1、待说明 2 项"),
        ({"blanks": 45, "errors": 1, "queries": 2, "hints": 9}, "还差 45 项、错误 1、待说明 2 项"),
    ],
)
def test_remaining_work_in_words(counted: dict[str, int], words: str) -> None:
    nothing = dict.fromkeys(("filled", "leaves", "errors", "queries", "hints", "blanks"), 0)

    assert Counters(**{**nothing, **counted}).left == words
