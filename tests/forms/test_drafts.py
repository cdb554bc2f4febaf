"""A draft being edited: each change is kept, told in the trail, and never over somebody else's."""

import pytest

from tests.forms.conftest import FORM
from tests.markup import Page


@pytest.fixture
def draft(editor):
    """A copy of the 2022 edition that nobody has touched yet."""
    return editor.copy("2022.1", "2028.1")


def test_an_item_is_changed_and_the_trail_tells_old_and_new(editor, draft):
    answer = editor.change_item(draft, "I", label="追回欠薪", decimals="6", note="以到账为准")

    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/{draft}#item-I")
    item = editor.form(draft).by_code["I"]
    assert (item.label, item.unit.decimals, item.note) == ("追回欠薪", 6, "以到账为准")
    assert editor.trail("form-changed") == [
        f"{FORM}@2028.1 2028年统计表：I 名称：“帮助农民工追讨欠薪金额”改为“追回欠薪”；"
        "I 小数位数：填写“6”；I 填报说明：填写“以到账为准”"
    ]


def test_saving_an_equal_item_writes_no_trail(editor, draft):
    before = editor.row(draft)

    answer = editor.change_item(draft, "I")

    assert answer.status_code == 303
    assert editor.row(draft) == before
    assert editor.trail("form-changed") == []


NOT_AN_ITEM = (
    ({"formula": "E1+Z9"}, "E 的公式引用了不存在的 Z9。"),
    ({"formula": "E1+I"}, "E 与公式中的 I 计量单位不同。"),
    ({"formula": "E1+E"}, "E 的合计公式互相引用，成了循环。"),
    ({"formula": "E1加E2"}, "公式里的“E1加E2”不是代码"),
    ({"label": " "}, "请填写名称。"),
    ({"label": "长" * 201}, "名称（label）应为 1 至 200 字的文字。"),
    ({"unit": "吨"}, "请选择计量单位。"),
    ({"section": "99"}, "请选择所在的部分。"),
    ({"decimals": "2"}, "按人次统计的指标，小数位数不超过 0。"),
    ({"within": "Z9"}, "引用了不存在的 Z9。"),
    ({"previous": "Z9"}, "E 的上年对应项 Z9 不在 2022.1 版中。"),
    ({"previous": "I"}, "E 按人次统计，上年对应项 I 按万元统计，不能比较。"),
)


def test_a_wrong_item_is_refused_with_the_typed_fields(editor, draft):
    typed = editor.typed_item(draft, "E") | {"note": "我写的说明"}
    for changed, sentence in NOT_AN_ITEM:
        told = editor.refused(draft, "/items/E", **typed | changed)

        assert sentence in told
        assert "我写的说明" in told


def test_two_administrators_do_not_overwrite_each_other(editor, draft):
    seen = editor.revision(draft)
    editor.change_item(draft, "G", label="先改的名称")
    kept = editor.row(draft)

    answer = editor.change_item(draft, "G", label="后改的名称", revision=seen)

    assert answer.status_code == 409
    assert editor.row(draft) == kept
    page = Page.of(answer.text)
    assert "这一版刚刚有人改过，您的改动没有保存" in page.text
    assert "后改的名称" in page.text
    assert f'name="revision" value="{seen + 1}"' in answer.text


CHANGES = (
    ("/head", {"title": "标题"}),
    ("/units", {"unit_name": "户"}),
    ("/items", {"code": "K", "label": "项", "unit": "人次", "section": "7"}),
    ("/items/G", {"label": "名称", "unit": "人次", "section": "6"}),
    ("/items/G/removal", {"uses_too": "1"}),
    ("/places", {"up": "H"}),
    ("/sections", {"section_title": "新部分"}),
    ("/sections/3", {"section_title": "新名称"}),
    ("/checks/copied", {"grade": "提示"}),
    ("/checks/copied/removal", {}),
    ("/counterparts", {"last_year": "2022.1"}),
    ("/removal", {}),
)


def test_every_change_needs_the_seen_revision_of_a_draft(editor, draft):
    kept, published = editor.row(draft), editor.row("2022.1")
    for below, fields in CHANGES:
        stale = editor.post(draft, below, revision=99, **fields)
        late = editor.post("2022.1", below, **fields)

        assert (stale.status_code, late.status_code) == (409, 409), below
        assert "刚刚有人改过" in stale.text, below
        assert "这一版已经发布，不能再改。需要改动时请复制为新的版次。" in late.text, below

    assert editor.post(draft, "/publication", revision=99).status_code == 409
    assert (editor.row(draft), editor.row("2022.1")) == (kept, published)


def test_items_are_moved_without_scripts(editor, draft):
    editor.does(draft, "/places", down="C9")
    editor.does(draft, "/places", moved="E5", to="2")

    order = [item.code for item in editor.form(draft).items]
    assert order[order.index("C10") : order.index("C10") + 4] == ["C10", "D10", "C9", "D9"]
    assert order[order.index("E") : order.index("E") + 3] == ["E", "E5", "E1"]
    assert "位置应为 1 起的整数" in editor.refused(draft, "/places", moved="E5", to="首位")
    assert editor.post(draft, "/places", up="Z9").status_code == 404


def test_an_item_is_added_and_removed_with_its_uses(editor, draft):
    fields = {"code": "e6", "label": "法律援助", "unit": "人次", "section": "4", "after": "E2"}
    editor.does(draft, "/items", **fields)
    editor.change_item(draft, "E", formula="E1+…+E6")

    form = editor.form(draft)
    order = [item.code for item in form.in_section(4)]
    assert order == ["E", "E1", "E2", "E6", "E3", "E4", "E5"]
    assert form.by_code["E"].formula == ("E1", "E2", "E3", "E4", "E5", "E6")
    assert "E6 还用在E 的公式" in editor.refused(draft, "/items/E6/removal")

    editor.does(draft, "/items/E6/removal", uses_too="1")

    assert editor.form(draft).by_code["E"].formula == ("E1", "E2", "E3", "E4", "E5")


def test_sections_are_added_renamed_moved_and_removed(editor, draft):
    editor.does(draft, "/sections", section_title="法律援助")
    editor.does(draft, "/sections/8", up="1")
    editor.does(draft, "/sections/7", section_title="法律服务")

    titles = [section.title for section in editor.form(draft).sections]
    assert titles[6:] == ["法律服务", "疫情防控一线与新就业形态劳动者"]
    assert editor.form(draft).by_code["J1"].section == 8
    assert "请先移到别的部分" in editor.refused(draft, "/sections/8", remove="1")

    editor.does(draft, "/sections/7", remove="1")

    assert len(editor.form(draft).sections) == 7
    assert editor.post(draft, "/sections/8", up="1").status_code == 404


def test_checks_are_changed_added_and_removed(editor, draft):
    editor.does(draft, "/checks/copied", grade="提示", about="照抄", at_least="20")
    editor.does(draft, "/checks/allocation", grade="核实", about="", items="A2")
    editor.does(draft, "/checks/spent-raised-all/removal")

    rules = {rule.id: rule for rule in editor.form(draft).checks}
    assert (rules["copied"].grade.label, rules["copied"].at_least) == ("提示", 20)
    assert rules["allocation"].about == "与已登记的下拨数不一致"
    assert "spent-raised-all" not in rules
    told = editor.trail("form-changed")
    assert told[0].endswith(
        "审核关系“疑似照抄上年” 等级：“核实”改为“提示”；审核关系“疑似照抄上年” 说明："
        "“10 项以上非零数与上年完全相同”改为“照抄”；审核关系“疑似照抄上年” 项数：“10”改为“20”"
    )
    assert told[2].endswith("去掉审核关系“发放连同专项大于筹集”")


def test_a_wrong_check_is_refused_with_the_typed_fields(editor, draft):
    told = editor.refused(
        draft, "/checks/within", grade="强制", about="我写的", pairs="B1 B\nB2 Z9"
    )

    assert "审核关系 within 引用了不存在的 Z9" in told
    assert "B2 Z9" in told


def test_the_head_and_the_units_are_changed(editor, draft):
    editor.does(draft, "/units", unit_name="户")
    editor.does(
        draft,
        "/head",
        title="2028年统计表（修订）",
        annex="附件2",
        unit_line="单位：户",
        guide="先读通知。\n再填表。",
        signatures="负责人：\n填表人：",
    )

    form = editor.form(draft)
    assert (form.title, form.annex, form.unit_line) == ("2028年统计表（修订）", "附件2", "单位：户")
    assert form.note == "先读通知。\n再填表。"
    assert form.signatures == ("负责人：", "填表人：")
    assert editor.row(draft)["title"] == "2028年统计表（修订）"
    assert "还用在 B、B1、B2，不能去掉" in editor.refused(draft, "/units", remove="家")
    editor.does(draft, "/units", remove="户")


def test_counterparts_are_confirmed_against_last_years_edition(editor, draft):
    editor.does(draft, "/counterparts", last_year="2027.1", **{"previous.C9": "C10"})

    form = editor.form(draft)
    assert {item.code: item.previous for item in form.items if item.previous} == {"C9": "C10"}
    assert editor.document(draft)["previous_edition"] == "2027.1"
    told = editor.refused(draft, "/counterparts", last_year="2022.1", **{"previous.C9": "D9"})
    assert "C9 按人次统计，上年对应项 D9 按万元统计，不能比较" in told
    filled = editor.page(draft, "/counterparts?last_year=2027.1&suggested=1")
    boxes = {e.get("name"): e.get("value") for e in filled.elements() if e.tag == "input"}
    assert (boxes["previous.C9"], boxes["previous.J4"]) == ("C9", "J4")


def test_a_text_with_markup_is_shown_as_text(editor, draft):
    evil = "<script>alert(1)</script><b hx-post='/x'>"
    editor.change_item(draft, "G", label=evil, note=evil)

    for below in ("", "/items/G", "/preview", "/print", "/difference", "/publication"):
        assert "<script>alert" not in editor.get(draft, below).text
        assert "<b hx-post" not in editor.get(draft, below).text


def test_invisible_characters_are_removed(editor, draft):
    editor.change_item(draft, "G", label="返\u0000乡\u0007人\n次")

    assert editor.form(draft).by_code["G"].label == "返乡人 次"
