"""The form: consistent data is parsed, other data refused with every problem."""

from typing import Any

import pytest

from portal.domain.form.check_rules import Grade
from portal.domain.form.form import Form, FormError, parse_form
from portal.domain.form.formulas import with_totals

Document = dict[str, Any]


def _item(document: Document, code: str) -> dict[str, Any]:
    return next(item for item in document["items"] if item["code"] == code)


def _check(document: Document, check: str) -> dict[str, Any]:
    return next(rule for rule in document["checks"] if rule["id"] == check)


def _problems_of(document: Document) -> str:
    with pytest.raises(FormError) as refused:
        parse_form(document)
    assert str(refused.value) == "；".join(refused.value.problems)
    return str(refused.value)


def test_the_2022_edition_has_its_51_items_of_which_46_are_typed(form: Form) -> None:
    calculated = [item.code for item in form.items if item.calculated]

    assert len(form.items) == 51
    assert len(form.leaves) == 46
    assert calculated == ["A", "C", "D", "E", "F"]
    assert form.section_title(4) == "帮扶救助"
    assert [item.code for item in form.in_section(6)] == ["G", "H", "I"]


def test_the_2022_edition_marks_its_reconstructed_rows(form: Form) -> None:
    assert form.by_code["C8"].reconstructed
    assert not form.by_code["C9"].reconstructed


def test_the_2027_edition_is_that_of_2022_with_counterparts_and_two_checks_more(
    document: Document, document_2027: Document
) -> None:
    counterparts = [item.pop("previous") for item in document_2027["items"]]
    document |= {"version": "2027.1", "title": "2027年春节期间各级工会送温暖统计表"}
    document["checks"] += document_2027["checks"][-2:]

    assert counterparts == [item["code"] for item in document["items"]]
    assert document_2027 == document
    assert [rule["id"] for rule in document["checks"][-2:]] == ["allocation", "households"]


def test_neighbours_of_one_label_are_partners(form: Form) -> None:
    assert form.partners["C9"].code == "D9"
    assert form.partners["D9"].code == "C9"
    assert form.partners["J3"].code == "J4"
    assert "I" not in form.partners


def test_a_leaf_knows_the_sums_over_it(form: Form) -> None:
    assert form.sums_over["D9"] == ("D",)
    assert form.sums_over["J1"] == ()


def test_sums_of_sums_are_ordered_after_their_parts(document: Document) -> None:
    document["items"].insert(
        0, {"code": "K", "label": "合计", "unit": "人次", "section": 1, "formula": ["E", "F"]}
    )

    form = parse_form(document)

    order = [item.code for item in form.in_order_of_sums]
    assert order.index("K") > max(order.index("E"), order.index("F"))
    assert form.sums_over["E1"] == ("E", "K")


def test_added_item_is_placed_without_code_changes(document: Document) -> None:
    document["items"].append({"code": "K", "label": "慰问劳模", "unit": "家", "section": 7})

    form = parse_form(document)

    assert [item.code for item in form.items][-2:] == ["J4", "K"]
    assert form.leaves[-1].name == "K 慰问劳模"
    assert list(with_totals(form, {"K": 3}).items())[-1] == ("K", 3)


def test_an_item_can_have_decimals_of_its_own(document: Document) -> None:
    _item(document, "I")["decimals"] = 6

    form = parse_form(document)

    assert form.by_code["I"].unit.decimals == 6
    assert form.by_code["A1"].unit.decimals == 2


def test_a_name_says_code_label_and_measure(form: Form) -> None:
    assert form.by_code["C10"].name == "C10 生产一线涌现出来的先进模范人物（慰问对象）"
    assert form.by_code["E1"].name == "E1 落实民生政策"


def test_a_form_can_be_the_key_of_what_is_kept_for_it(document: Document) -> None:
    one, other = parse_form(document), parse_form(document)

    assert {one: "one", other: "other"}[one] == "one"


@pytest.mark.parametrize("code", ["A1", "A2"])
def test_a_sum_that_contains_itself_is_refused(document: Document, code: str) -> None:
    _item(document, code)["formula"] = ["A"]

    problems = _problems_of(document)

    assert "循环" in problems
    assert "A、" in problems


def test_a_sum_of_itself_alone_is_refused(document: Document) -> None:
    _item(document, "G")["formula"] = ["G"]

    assert "G 的合计公式互相引用" in _problems_of(document)


@pytest.mark.parametrize(
    ("code", "change", "sentence"),
    [
        ("E", {"formula": ["E1", "Z9"]}, "E 的公式引用了不存在的 Z9"),
        ("E", {"formula": ["E1", "E1"]}, "E 的公式重复引用了同一项"),
        ("E", {"formula": ["E1", "I"]}, "E 与公式中的 I 计量单位不同"),
        ("E1", {"code": "E2"}, "代码 E2 用了 2 次"),
        ("G", {"code": "g1"}, "代码 g1 应为大写字母"),
        ("G", {"code": "G23456789"}, "代码 G23456789 应为"),
        ("G", {"section": 9}, "G 所在的第 9 部分不存在"),
        ("B1", {"within": "Z9"}, "审核关系 within 引用了不存在的 Z9"),
    ],
)
def test_an_item_that_does_not_fit_is_refused(
    document: Document, code: str, change: dict[str, Any], sentence: str
) -> None:
    _item(document, code).update(change)

    assert sentence in _problems_of(document)


def test_a_check_that_names_a_missing_item_is_refused(document: Document) -> None:
    _check(document, "year-on-year")["items"].append("Z9")

    assert _problems_of(document) == "审核关系 year-on-year 引用了不存在的 Z9"


def test_a_check_that_stands_twice_is_refused_since_its_limits_would_be_unclear(
    document: Document,
) -> None:
    document["checks"].append(_check(document, "copied"))

    assert _problems_of(document) == "审核关系 copied 写了 2 次"


def test_all_problems_are_told_at_once(document: Document) -> None:
    _item(document, "A1")["formula"] = ["A"]
    _item(document, "E1")["code"] = "E2"
    _item(document, "F")["formula"] = ["F1", "I"]
    _item(document, "G")["section"] = 9
    _check(document, "copied")["items"] = ["Z9"]

    problems = _problems_of(document)

    for sentence in ("循环", "E2 用了 2 次", "F 与公式中的 I", "第 9 部分", "copied", "存在的 E1"):
        assert sentence in problems


def test_a_form_without_items_is_refused(document: Document) -> None:
    document |= {"items": [], "checks": []}

    assert _problems_of(document) == "表样没有指标"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("items", None),
        ("items", [{"code": "A"}]),
        ("items", ["A"]),
        ("sections", [{"number": "一", "title": "甲"}]),
        ("units", {"人次": {"kind": "weight", "decimals": 0}}),
        ("units", {"人次": {"kind": "count", "decimals": 1}}),
        ("units", {"万元": {"kind": "money", "decimals": 7}}),
        ("checks", [{"id": "within", "grade": "严重", "about": "", "pairs": [["B1", "B"]]}]),
        ("checks", [{"id": "within", "grade": "强制", "about": "", "pairs": [["B1"]]}]),
    ],
)
def test_data_that_is_no_form_is_refused_with_a_sentence(
    document: Document, key: str, value: object
) -> None:
    document[key] = value

    assert _problems_of(document).startswith("表样数据缺少或写错了内容：")


@pytest.mark.parametrize("key", ["id", "version", "title", "units", "sections", "items", "checks"])
def test_no_part_of_a_form_may_be_missing(document: Document, key: str) -> None:
    del document[key]

    assert key in _problems_of(document)


def test_a_tolerance_finer_than_a_fen_is_refused(document: Document) -> None:
    _check(document, "spent-raised")["tolerance"] = "0.0000001"

    assert "细于一分" in _problems_of(document)


def test_the_checks_of_the_edition_are_read_with_their_limits(form: Form) -> None:
    rules = {rule.id: rule for rule in form.checks}

    assert rules["within"].grade is Grade.ERROR
    assert rules["within"].pairs == (("B1", "B"), ("B2", "B"))
    assert rules["spent-raised"].tolerance == 50_000
    assert rules["per-head"].limits_yuan["C9"] == 1000
    assert rules["per-head"].low_grade is Grade.HINT
    assert rules["year-on-year"].base == {"人次": 100, "万元": 10, "家": 20}


def test_a_campaign_lays_its_own_limits_over_the_editions(document: Document) -> None:
    limits = {"per-head": {"limits_yuan": {"C9": 2500}}, "yuan-slip": {"limit_yuan": 80_000}}

    rules = {rule.id: rule for rule in parse_form(document, limits=limits).checks}

    assert rules["per-head"].limits_yuan["C9"] == 2500
    assert rules["per-head"].limits_yuan["C1"] == 3000
    assert rules["per-head"].low_yuan == 30
    assert rules["yuan-slip"].limit_yuan == 80_000
    assert {rule.id: rule for rule in parse_form(document).checks}["yuan-slip"].limit_yuan == 50_000


def test_limits_that_cannot_be_read_are_refused(document: Document) -> None:
    with pytest.raises(FormError, match="表样数据缺少或写错了内容"):
        parse_form(document, limits={"copied": {"at_least": "许多"}})


def test_limits_for_an_item_that_is_not_there_are_refused(document: Document) -> None:
    with pytest.raises(FormError, match="per-head 引用了不存在的 Z9"):
        parse_form(document, limits={"per-head": {"limits_yuan": {"Z9": 100}}})
