"""A draft: every edit gives a usable form and changes nothing else."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.checks.kinds import CHECK_KINDS, unit_mismatches
from portal.domain.drafting.checks import (
    as_typed,
    kinds_left,
    read_setting,
    typed_setting,
    with_check,
    without_check,
)
from portal.domain.drafting.counterparts import suggested, with_counterparts
from portal.domain.drafting.draft import copied, with_head, with_unit, without_unit
from portal.domain.drafting.items import (
    blocks,
    partner_of,
    place_of,
    uses_of,
    with_item,
    with_item_changed,
    with_item_moved,
    with_item_placed,
    without_item,
)
from portal.domain.drafting.sections import (
    with_section,
    with_section_moved,
    with_section_renamed,
    without_section,
)
from portal.domain.form.form import FormError, parse_form
from portal.domain.form.formulas import formula_text, read_formula
from tests.domain.conftest import EDITIONS

Document = dict[str, Any]

DOCUMENT: Document = json.loads((EDITIONS / "songwennuan-2022.1.json").read_text("utf-8"))
KINDS_OF_2027 = [
    rule["id"]
    for rule in json.loads((EDITIONS / "songwennuan-2027.1.json").read_text("utf-8"))["checks"]
]
CODES = [item["code"] for item in DOCUMENT["items"]]
codes = st.sampled_from(CODES)
few = settings(max_examples=15, deadline=None)
sections = st.sampled_from([section["number"] for section in DOCUMENT["sections"]])


def order(document: Document) -> list[str]:
    """The codes in the paper's order."""
    return [item["code"] for item in document["items"]]


def typed_item(document: Document, code: str, **changed: str) -> dict[str, str]:
    """The fields of an item's page as it shows them, some typed over."""
    item = next(item for item in document["items"] if item["code"] == code)
    fields = {name: str(text) for name, text in item.items()}
    return fields | {"formula": "+".join(item.get("formula", []))} | changed


@few
@given(codes, st.integers(-3, 60))
def test_an_item_is_found_where_it_was_put_and_the_others_keep_their_order(code, place):
    moved = with_item_placed(DOCUMENT, code, place)

    partner = partner_of(DOCUMENT, code)
    together = {code, partner["code"]} if partner else {code}
    assert place_of(moved, code)[0] == min(max(place, 1), place_of(DOCUMENT, code)[1])
    assert [c for c in order(moved) if c not in together] == [c for c in CODES if c not in together]
    assert sorted(order(moved)) == sorted(CODES)
    assert parse_form(moved).partners.keys() >= ({*together} if partner else set())


@few
@given(codes)
def test_moving_down_and_up_restores_the_order(code):
    place, places = place_of(DOCUMENT, code)

    back = with_item_moved(with_item_moved(DOCUMENT, code, 1), code, -1)

    assert place == places or back == DOCUMENT


@few
@given(sections, st.integers(-8, 8))
def test_a_section_moves_with_its_items_and_numbers_follow(number, steps):
    moved = with_section_moved(DOCUMENT, number, steps)

    form = parse_form(moved)
    title = next(s["title"] for s in DOCUMENT["sections"] if s["number"] == number)
    its_codes = [item["code"] for item in DOCUMENT["items"] if item["section"] == number]
    there = next(section.number for section in form.sections if section.title == title)
    assert [section.number for section in form.sections] == list(range(1, 8))
    assert [item.code for item in form.in_section(there)] == its_codes
    assert there == min(max(number + steps, 1), 7)
    assert [item.section for item in form.items] == sorted(item.section for item in form.items)


edits = st.one_of(
    st.tuples(st.just(with_item_placed), codes, st.integers(1, 30)),
    st.tuples(st.just(without_item), codes),
    st.tuples(st.just(with_section_moved), sections, st.integers(-3, 3)),
    st.tuples(st.just(without_section), sections),
    st.tuples(st.just(with_section), st.sampled_from(["甲", "乙", " "])),
    st.tuples(st.just(without_check), st.sampled_from(sorted(CHECK_KINDS))),
    st.tuples(st.just(with_unit), st.sampled_from(["户", "人次", ""])),
    st.tuples(st.just(without_unit), st.sampled_from(["户", "家"])),
    st.tuples(
        st.just(with_item),
        st.fixed_dictionaries(
            {
                "code": st.sampled_from(["K", "k1", "C9", "9"]),
                "label": st.sampled_from(["法律援助", "慰问职工", ""]),
                "unit": st.sampled_from(["人次", "万元", "吨"]),
                "section": st.sampled_from(["3", "7", "12"]),
                "measure": st.sampled_from(["", "慰问对象", "发放款物"]),
                "formula": st.sampled_from(["", "K=E+F", "E+E", "C+D", "A+Z9", "1+2"]),
                "after": st.sampled_from(["", "C", "C9", "J4"]),
            }
        ),
    ),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(edits, max_size=6))
def test_any_edit_gives_a_usable_form_or_a_sentence(steps):
    document, told = DOCUMENT, []
    for act, *arguments in steps:
        try:
            document = act(document, *arguments)
        except FormError as refused:
            told += refused.problems
        except StopIteration:
            pass  # the item or section was removed before; its page answers 404

    form = parse_form(json.loads(json.dumps(document)))
    assert [item.code for item in form.items] == order(document)
    assert all(any("一" <= sign <= "鿿" for sign in sentence) for sentence in told)


@few
@given(codes)
def test_an_item_typed_as_it_stands_changes_nothing(code):
    assert with_item_changed(DOCUMENT, code, typed_item(DOCUMENT, code)) == DOCUMENT


def test_the_two_of_a_pair_get_one_label_and_go_to_another_section_together(document):
    fields = typed_item(document, "C9", label="在重点工程中立功的职工", section="7")

    form = parse_form(with_item_changed(document, "C9", fields))

    assert form.partners["C9"].code == "D9"
    assert {form.by_code[code].label for code in ("C9", "D9")} == {"在重点工程中立功的职工"}
    assert [item.code for item in form.items][-2:] == ["C9", "D9"]


def test_a_new_item_becomes_the_partner_of_the_one_it_stands_behind(document):
    one = {"code": "K", "label": "法律援助", "unit": "人次", "section": "6", "measure": "慰问对象"}
    other = one | {"code": "L", "unit": "万元", "measure": "发放款物", "after": "K"}

    form = parse_form(with_item(with_item(document, one | {"after": "G"}), other))

    assert [item.code for item in form.in_section(6)] == ["G", "K", "L", "H", "I"]
    assert form.partners["K"].code == "L"


def test_a_new_item_never_parts_a_pair(document):
    item = {"code": "K", "label": "其他职工", "unit": "人次", "section": "3", "after": "C9"}

    form = parse_form(with_item(document, item))

    assert form.partners["C9"].code == "D9"
    assert [i.code for i in form.items][[i.code for i in form.items].index("D9") + 1] == "K"


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("E1+Z9", "E 的公式引用了不存在的 Z9"),
        ("E1+I", "E 与公式中的 I 计量单位不同"),
        ("E1+E", "E 的合计公式互相引用，成了循环"),
        ("E1+E1", "E 的公式重复引用了同一项"),
        ("E1-E2", "公式里的“E1-E2”不是代码"),
        ("E1+…", "省略号后面要写最后一项"),
        ("E1+…+C4", "看不出中间是哪些项"),
    ],
)
def test_invalid_formula_is_refused_with_its_sentence(document, formula, sentence):
    with pytest.raises(FormError, match=sentence):
        with_item_changed(document, "E", typed_item(document, "E", formula=formula))


@few
@given(codes)
def test_a_formula_is_read_back_as_it_is_printed(code):
    item = parse_form(DOCUMENT).by_code[code]

    assert read_formula(formula_text(item), code) == item.formula
    assert read_formula(" ＋ ".join(item.formula).lower(), code) == item.formula


@pytest.mark.parametrize("typed", ["C=C1+C2+…+C11", "C1+C2+...+C11", "Ｃ１＋Ｃ２＋……＋Ｃ１１"])
def test_a_formula_cut_short_as_on_paper_is_written_out(typed):
    assert read_formula(typed, "C") == tuple(f"C{number}" for number in range(1, 12))


def test_an_item_in_use_is_not_taken_out_unless_its_uses_go_too(document):
    with pytest.raises(FormError) as refused:
        without_item(document, "C11")

    form = parse_form(without_item(document, "C11", and_its_uses=True))

    assert refused.value.problems[0] == "C11 还用在C 的公式"
    assert len(refused.value.problems) == len(uses_of(document, "C11")) > 4
    assert "C11" not in form.by_code["C"].formula
    assert "registered-twice" not in {rule.id for rule in form.checks}


def test_last_part_of_a_sum_cannot_be_removed(document):
    document = with_item_changed(document, "F", typed_item(document, "F", formula="F1"))

    with pytest.raises(FormError, match="请先改 F 的公式"):
        without_item(document, "F1", and_its_uses=True)


def test_only_an_empty_section_can_be_removed(document):
    more = with_section(document, "法律援助")

    with pytest.raises(FormError, match="请先移到别的部分"):
        without_section(more, 6)
    assert without_section(more, 8) == document


def test_a_section_is_renamed_but_not_to_the_name_of_another(document):
    with pytest.raises(FormError, match="已经有了"):
        with_section_renamed(document, 4, "走访企业")

    renamed = parse_form(with_section_renamed(document, 4, "帮扶 救助\n"))
    assert renamed.section_title(4) == "帮扶 救助"


def test_the_head_is_as_it_was_typed(document):
    typed = {
        "title": " 2028年\n统计表 ",
        "annex": "附件1",
        "unit_line": "单位：户",
        "guide": "第一行\r\n第二行",
        "signatures": "负责人：\n\n填表人：",
    }

    form = parse_form(with_head(document, typed))

    assert (form.title, form.annex, form.unit_line) == ("2028年 统计表", "附件1", "单位：户")
    assert form.note == "第一行\n第二行"
    assert form.signatures == ("负责人：", "填表人：")


def test_a_copy_for_the_next_year_is_compared_with_its_original(document):
    copy = copied(document, "2028.1", "2028年统计表", from_last_year=True)

    form = parse_form(copy)
    assert all(item.previous == item.code for item in form.items)
    assert (copy["copied_from"], copy["previous_edition"]) == ("2022.1", "2022.1")
    assert (form.version, form.title) == ("2028.1", "2028年统计表")


def test_counterparts_must_be_there_and_count_alike(document, document_2027):
    last_year = parse_form(document)

    with pytest.raises(FormError) as refused:
        with_counterparts(document_2027, last_year, {"A": "Z9", "B": "C", "C9": "C9"})

    assert [problem[:3] for problem in refused.value.problems] == ["A 的", "B 按"]
    assert suggested(document_2027, last_year).keys() == last_year.by_code.keys()


@pytest.mark.parametrize("check", KINDS_OF_2027)
def test_a_check_typed_as_it_stands_changes_nothing(document_2027, check):
    fields = as_typed(next(rule for rule in document_2027["checks"] if rule["id"] == check))

    assert with_check(document_2027, check, fields) == document_2027


@pytest.mark.parametrize("check", KINDS_OF_2027)
def test_a_check_taken_out_can_be_put_in_again(document_2027, check):
    fields = as_typed(next(rule for rule in document_2027["checks"] if rule["id"] == check))

    less = without_check(document_2027, check)
    again = with_check(less, check, fields)

    assert {*kinds_left(less)} - {*kinds_left(document_2027)} == {check}
    assert {r["id"]: r for r in again["checks"]} == {r["id"]: r for r in document_2027["checks"]}


def test_every_setting_is_read_back_as_it_is_typed(document_2027):
    for rule in document_2027["checks"]:
        for setting in CHECK_KINDS[rule["id"]].settings:
            value = rule.get(setting.name)
            if value is not None:
                assert read_setting(setting, typed_setting(setting, value)) == value, setting


@pytest.mark.parametrize(
    ("check", "changed", "sentence"),
    [
        ("per-head", {"limits_yuan": "C9 三千"}, "C9 的数应为整数"),
        ("per-head", {"limits_yuan": "C9 1\nC9 2"}, "写了两次"),
        ("within", {"pairs": "B1"}, "应是两个代码"),
        ("within", {"pairs": ""}, "请填写“各对指标"),
        ("within", {"pairs": "B1 Z9"}, "within 引用了不存在的 Z9"),
        ("spent-raised", {"tolerance": "-1"}, "最多六位小数"),
        ("copied", {"at_least": "1.5"}, "应为整数"),
        ("year-on-year", {"base": "吨 3"}, "没有计量单位“吨”"),
        ("copied", {"grade": "严重"}, "等级应为强制、核实、提示之一"),
    ],
)
def test_invalid_setting_is_refused_with_its_sentence(document, check, changed, sentence):
    fields = as_typed(next(rule for rule in document["checks"] if rule["id"] == check))

    with pytest.raises(FormError, match=sentence):
        with_check(document, check, fields | changed)


def test_rule_that_compares_different_units_is_reported(document):
    fields = as_typed(next(r for r in document["checks"] if r["id"] == "yuan-slip"))

    form = parse_form(with_check(document, "yuan-slip", fields | {"pairs": "D1 C1\nC2 D2"}))

    assert list(unit_mismatches(parse_form(document))) == []
    assert [told.partition("：")[2] for told in unit_mismatches(form)] == [
        "D1 的位置应是数量（人次、家等），请核对先后次序",
        "C1 的位置应是金额，请核对先后次序",
    ]


def test_pairs_move_as_one_block(document):
    assert [len(block) for block in blocks(document, 3)] == [2] * 12
    assert order(with_item_moved(document, "D9", -1))[26:30] == ["C9", "D9", "C8", "D8"]
