"""The difference of two editions, and the open points of a draft, in words."""

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.drafting.checks import as_typed, with_check, without_check
from portal.domain.drafting.difference import difference
from portal.domain.drafting.draft import copied, with_head
from portal.domain.drafting.items import (
    with_item,
    with_item_changed,
    with_item_placed,
    without_item,
)
from portal.domain.drafting.readiness import readiness
from portal.domain.drafting.sections import with_section, with_section_moved, with_section_renamed
from portal.domain.form.form import parse_form
from tests.domain.drafting.test_draft import CODES, DOCUMENT, codes, few, order, typed_item

K = {"code": "K", "label": "法律援助", "unit": "人次", "section": "8"}


def sentences(old, new):
    """The sentences of the difference."""
    return list(difference(old, new).sentences)


def test_a_form_does_not_differ_from_itself(document):
    assert sentences(document, document) == []


@few
@given(codes, st.integers(1, 20))
def test_a_moved_item_is_named_and_nothing_else(code, place):
    moved = difference(DOCUMENT, with_item_placed(DOCUMENT, code, place))

    assert (moved.added, moved.removed, moved.changed) == ((), (), ())
    assert bool(moved.moved) == (order(with_item_placed(DOCUMENT, code, place)) != CODES)


def test_what_was_added_taken_out_and_changed_is_told_in_words(document):
    draft = with_item(with_section(document, "法律援助"), K)
    draft = with_item_changed(draft, "E", typed_item(draft, "E", formula="E1+E2+E3+E4+E5+K"))
    draft = without_item(draft, "J4", and_its_uses=True)
    draft = without_check(draft, "copied")

    told = sentences(document, draft)

    assert told[:2] == ["增加部分“法律援助”", "增加指标 K 法律援助"]
    assert told[2].startswith("去掉指标 J4 “工会进万家")
    assert told[3:5] == [
        "去掉审核关系“疑似照抄上年”",
        "E 公式：“E1+E2+E3+E4+E5”改为“E1+E2+E3+E4+E5+K”",
    ]
    assert told[5].startswith("审核关系“有款物而无人次” 各对指标（款物 人次）：“D1 C1；D2 C2；")
    assert told[5].endswith("；J2 J1”")


def test_a_renamed_section_is_one_change_and_a_moved_one_moves_its_items(document):
    renamed = with_section_renamed(document, 4, "困难帮扶")

    assert sentences(document, renamed) == ["部分“帮扶救助” 名称：“帮扶救助”改为“困难帮扶”"]
    assert sentences(document, with_section_moved(document, 2, -1)) == [
        "移动 B 到最前面",
        "移动 B1 到 B 之后",
        "移动 B2 到 B1 之后",
    ]


def test_a_copy_differs_in_its_title_and_counterparts(document):
    copy = copied(document, "2028.1", "2028年统计表", from_last_year=True)

    told = sentences(document, copy)

    assert told[0] == "表样 标题：“2022年春节期间各级工会送温暖统计表”改为“2028年统计表”"
    assert "C9 上年对应项：填写“C9”" in told


def test_the_editions_of_the_portal_are_ready_but_for_what_nobody_confirmed(document):
    form = parse_form(document)
    reconstructed = {item.code for item in form.items if item.reconstructed}

    open_ = readiness(document, form, None, set())
    done = readiness(document, form, None, reconstructed)

    assert open_.errors == ()
    assert open_.warnings[0].startswith("还有 28 行是按附件还原的，没有确认：A、A1")
    assert done.warnings == ("各项都没有上年对应项，全表不与上年比较",)


def test_what_would_print_or_add_wrongly_stops_publication(document):
    draft = with_section(document, "法律援助")
    draft = with_item_changed(draft, "A1", typed_item(draft, "A1", decimals="6"))
    draft = with_item_changed(draft, "F", typed_item(draft, "F", formula="F1+F2+F3+E"))
    draft = with_item_changed(draft, "G", typed_item(draft, "G", formula="F+E"))
    fields = as_typed(next(rule for rule in draft["checks"] if rule["id"] == "per-head"))
    draft = with_check(draft, "per-head", fields | {"pairs": "D1 C1", "limits_yuan": ""})

    errors = readiness(draft, parse_form(draft), None, ()).errors

    assert errors[0] == "第 8 部分“法律援助”还没有指标"
    assert errors[1] == "A 的小数位数（2）少于所加的 A1（6），合计会显示不全"
    assert errors[2].startswith("G 的公式把 E1、E2")
    assert [told[:14] for told in errors[3:]] == ["审核关系“次均高于参考标准”"] * 2


def test_counterparts_that_are_not_in_last_years_edition_stop_publication(document):
    copy = copied(document, "2028.1", "2028年统计表", from_last_year=True)
    last_year = parse_form(without_item(document, "G"))

    assert readiness(copy, parse_form(copy), last_year, ()).errors == (
        "G 的上年对应项 G 不在 2022.1 版中",
    )


def test_a_head_that_misses_a_unit_is_told(document):
    typed = {"title": "表", "annex": "附件", "unit_line": "单位：家", "signatures": "填表人："}

    draft = with_head(document, typed)

    assert (
        "表头的“单位：家”没有写到 万元、人次"
        in readiness(draft, parse_form(draft), None, ()).warnings
    )
