"""The document of a form: any file is read as a form or refused with sentences."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.drafting.document import MAX_BYTES, read_document
from portal.domain.form.form import FormError, parse_form

Document = dict[str, Any]


def problems_of(content: bytes) -> list[str]:
    """The sentences with which a file is refused."""
    with pytest.raises(FormError) as refused:
        read_document(content)
    assert all(any("一" <= sign <= "鿿" for sign in told) for told in refused.value.problems)
    return refused.value.problems


def problems_with(document: Document) -> str:
    return "；".join(problems_of(json.dumps(document, ensure_ascii=False).encode()))


def test_the_portals_own_editions_are_read_as_they_are(document, document_2027):
    for one in (document, document_2027):
        assert read_document(b"\xef\xbb\xbf" + json.dumps(one).encode()) == one


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "第 1 行第 1 个字符"),
        (b"\xff\xfe{}", "UTF-8"),
        (b"[" * 100_000, "嵌套太深"),
        (b'{"a":' * 20_000, "嵌套太深"),
        (b"[" * 40 + b"]" * 40, "嵌套太深"),
        (b'{"id": 1, "id": 2}', "写了两次"),
        (b'{"id": NaN}', "不是数"),
        (b'{"id": ' + b"9" * 5000 + b"}", "长得不能读"),
        (b'{"id": "\\ud800"}', "控制字符"),
        (b'{"id": "a\\u0000b"}', "控制字符"),
        (b"[]", "不是一份表样"),
        (b"null", "不是一份表样"),
        (b"{" + b" " * MAX_BYTES + b"}", "超过 128 KB"),
        (b"{}", "缺少标题（title）"),
    ],
)
def test_a_file_that_is_no_form_is_refused(content, sentence):
    assert sentence in "；".join(problems_of(content))


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("title",), 2027, "标题（title）应为 1 至 200 字的文字"),
        (("version",), 2027.1, "版次（version）应为"),
        (("items", 0, "label"), "", "第 1 项指标（A）的名称（label）应为"),
        (("items", 3, "unit"), "吨", "A3 的计量单位“吨”不在计量单位中"),
        (("items", 0, "formula"), "A1+A2", "公式（formula）应为代码的列表"),
        (("items", 0, "section"), "1", "所在部分（section）应为 1 至 999 的整数"),
        (("items", 0, "section"), True, "所在部分（section）应为 1 至 999 的整数"),
        (("items", 0, "decimals"), 1.5, "小数位数（decimals）应为 0 至 6 的整数"),
        (("items", 5), "A5", "第 6 项指标写错了"),
        (("items",), {}, "缺少指标（items），或者不是列表"),
        (("items",), [{}] * 301, "指标有 301 个，最多 300 个"),
        (("sections", 1, "number"), 1, "序号为 1 的部分有 2 个"),
        (("checks", 0, "id"), "evil", "第 1 条审核关系（evil）的种类（id）应为"),
        (("checks", 0, "pairs"), [["B1"]], "各对指标（pairs）应为两个代码一对的列表"),
        (("checks", 5, "limits_yuan"), {"C1": -1}, "各项标准（limits_yuan）应为"),
        (("units",), [], "缺少计量单位（units）"),
        (("units", "家"), {"kind": "weight", "decimals": 0}, "类别（kind）应为 count、money 之一"),
        (("head",), "附件", "表头写错了"),
        (("footer",), ["落款"] * 13, "落款（footer）应为"),
        (("note",), ["x"], "填报说明（note）应为"),
    ],
)
def test_every_wrong_place_is_named(document, path, value, sentence):
    holder: Any = document
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value

    assert sentence in problems_with(document)


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        ({"id": "no-such-rule", "grade": "提示", "about": ""}, "种类（id）应为 within、"),
        ({"id": "within", "grade": "强制", "about": ""}, "within 缺少 pairs"),
        ({"id": "spent-raised", "grade": "核实", "about": "", "right": ["A"]}, "缺少 left"),
        ({"id": "households", "grade": "核实", "about": "", "items": []}, "缺少 items"),
        ({"id": "yuan-slip", "grade": "核实", "about": "", "limit_yuan": 1}, "缺少 pairs"),
    ],
)
def test_check_that_portal_cannot_run_is_refused(document, check, sentence):
    document["checks"] = [check]

    assert sentence in problems_with(document)


def test_an_item_may_say_that_last_year_has_none_like_it(document_2027):
    by_code = {item["code"]: item for item in document_2027["items"]}
    by_code["C9"]["previous"] = None
    del by_code["C10"]["previous"]

    form = parse_form(read_document(json.dumps(document_2027).encode()))

    assert [form.by_code[code].previous for code in ("C9", "C10", "C11")] == [None, None, "C11"]
    by_code["C9"]["previous"] = 9
    assert "C9）的上年对应项（previous）应为一个代码" in problems_with(document_2027)


def test_all_wrong_places_are_named_at_once(document):
    document["title"] = 1
    document["items"][4]["unit"] = 7
    del document["items"][5]["label"]

    told = problems_with(document)

    assert told.count("；") == 2


def test_text_from_the_file_is_cut_in_sentences(document):
    document["items"][0]["unit"] = "x" * 50_000

    assert len(problems_with(document)) < 300


def test_a_thousand_sums_of_sums_are_refused_at_once(document):
    """Each level sums all levels below it, so the number of paths is exponential."""
    levels = [f"K{number}" for number in range(40)]
    for at, code in enumerate(levels):
        item = {"code": code, "label": code, "unit": "人次", "section": 4}
        document["items"].append(item | ({"formula": levels[at + 1 :]} if at < 39 else {}))

    with pytest.raises(FormError, match="合计套合计超过 20 层"):
        parse_form(read_document(json.dumps(document).encode()))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
KEYS = ("id", "version", "title", "units", "sections", "items", "checks", "head", "footer", "note")


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), anything, min_size=1), st.sampled_from(KEYS))
def test_any_file_is_read_or_refused(wild, removed):
    document = {"id": "x", "version": "1", "title": "表", "units": {}, "items": [], "checks": []}
    document |= wild
    document.pop(removed, None)
    try:
        form = parse_form(read_document(json.dumps(document).encode()))
    except FormError:
        return
    assert form.items
