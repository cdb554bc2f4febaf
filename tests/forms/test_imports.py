"""Importing an edition: shown before it is kept, and whatever is wrong with it said in words."""

import json
from copy import deepcopy

from tests.forms.conftest import FORM
from tests.founding import edition
from tests.markup import Page


def changed(version="2029.1", **more):
    """The 2027 edition as somebody else might send it."""
    return deepcopy(edition("2027.1")) | {"version": version} | more


def as_file(document):
    """A document as the bytes of a file."""
    return json.dumps(document, ensure_ascii=False, indent=2).encode()


def confirm(editor, preview):
    """Press the button of a preview."""
    page = Page.of(preview.text)
    hidden = {
        each.get("name"): each.get("value")
        for each in page.elements()
        if each.tag == "input" and each.get("name") in {"document", "revision"}
    }
    return editor.person.post(f"{editor.url()}/confirmed-imports", **hidden)


def test_a_file_is_previewed_and_saved_as_a_draft_when_confirmed(editor):
    document = changed(title="2029年统计表")

    preview = editor.upload(as_file(document))

    assert preview.status_code == 200
    assert editor.row("2029.1") is None
    told = Page.of(preview.text).text
    assert "7 个部分，51 项指标（其中合计 5 项），13 条审核关系" in told
    assert "与 2027.1 相比" in told
    assert "表样 标题：“2027年春节期间各级工会送温暖统计表”改为“2029年统计表”" in told

    answer = confirm(editor, preview)

    assert answer.status_code == 303
    assert editor.document("2029.1") == document
    assert editor.row("2029.1")["published_at"] is None
    assert editor.trail("form-added")[-1] == f"{FORM}@2029.1 2029年统计表"


def test_the_same_file_twice_is_one_draft(editor):
    preview = editor.upload(as_file(changed()))
    confirm(editor, preview)

    again = confirm(editor, preview)

    assert again.status_code == 303
    assert editor.revision("2029.1") == 1
    assert "完全相同，不用导入" in editor.upload(as_file(changed())).text


def test_a_draft_changed_since_the_preview_is_not_replaced(editor):
    confirm(editor, editor.upload(as_file(changed())))
    preview = editor.upload(as_file(changed(title="新的标题")))
    assert "将替换现有的草稿 2029.1" in preview.text
    editor.change_item("2029.1", "G", label="别人刚改的")
    kept = editor.row("2029.1")

    answer = confirm(editor, preview)

    assert answer.status_code == 409
    assert editor.row("2029.1") == kept
    assert confirm(editor, editor.upload(as_file(changed(title="新的标题")))).status_code == 303
    assert editor.form("2029.1").title == "新的标题"


def test_a_published_edition_is_never_replaced(editor):
    document = changed("2027.1", title="换了标题")

    answer = editor.upload(as_file(document))
    straight = editor.person.post(
        f"{editor.url()}/confirmed-imports", document=json.dumps(document), revision="1"
    )

    assert answer.status_code == 422
    assert "已经发布，不能改动" in answer.text
    assert straight.status_code == 409
    assert editor.form("2027.1").title == "2027年春节期间各级工会送温暖统计表"


def _twice(document):
    document["items"][5]["code"] = "A"


def _cycle(document):
    document["items"][1]["formula"] = ["A"]


def _wrong_types(document):
    document["items"][0]["label"] = {"a": 1}
    document["sections"] = "七个"


def _name(document):
    document["version"] = "../../etc"


NO_FORMS = (
    (_twice, ["代码 A 用了 2 次"]),
    (_cycle, ["成了循环"]),
    (
        _wrong_types,
        ["第 1 项指标（A）的名称（label）应为", "缺少部分（sections），或者不是列表"],
    ),
    (_name, ["表样的名称和版次应为"]),
)


def test_a_wrong_form_is_refused_with_sentences(editor):
    for spoil, sentences in NO_FORMS:
        document = changed()
        spoil(document)

        answer = editor.upload(as_file(document))
        straight = editor.person.post(
            f"{editor.url()}/confirmed-imports", document=json.dumps(document), revision="0"
        )

        assert (answer.status_code, straight.status_code) == (422, 422)
        assert all(sentence in Page.of(answer.text).text for sentence in sentences)
    assert len(editor.city.rows("SELECT id FROM form_edition")) == 2


HOSTILE = (
    b"",
    b"no json",
    b"PK\x03\x04" + b"\0" * 200,
    b"[" * 90_000,
    b'{"items":' * 14_000,
    b"{" + b" " * 130 * 1024 + b"}",
    b'{"id": 1e999, "x": ' + b"9" * 4400 + b"}",
    b'{"id": "\\ud800", "title": "\\u0000"}',
    '{"标题": NaN}'.encode(),
    b"\xff\xfe\x00",
    b"null",
)


def test_hostile_files_are_refused_with_a_sentence(editor):
    for content in HOSTILE:
        answer = editor.upload(content)

        assert answer.status_code == 422, content[:20]
        assert "没有保存，请改正后再试" in answer.text


def test_a_file_larger_than_a_request_may_be_is_answered_413(editor):
    assert editor.upload(b"{" + b" " * 300 * 1024 + b"}").status_code == 413


def test_a_post_without_a_file_says_what_to_do(editor):
    answer = editor.person.post(f"{editor.url()}/imports")

    assert answer.status_code == 422
    assert "请选择一个表样文件" in answer.text
