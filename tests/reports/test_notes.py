"""Notes: people of a report tell one another something about one item, and nothing is unsaid."""

import pytest

from tests.reports.page import Page
from tests.reports.reporter import Reporter

WORDS = "含街道两个站点，\n物资按采购价。"


@pytest.fixture
def viewer(city_app):
    """市总's viewer, who reads everything and writes nothing."""
    return Reporter(city_app.person("shizong-viewer"))


def _note(person, text=WORDS, item="C9", **options):
    return person.post(f"/items/{item}/notes", text=text, **options)


def _notes(person, item="C9", **options):
    page = person.page(f"/items/{item}/panel", **options)
    return [
        " ".join(each.text.split()) for each in page.all("div") if each.root.get("class") == "note"
    ]


def test_a_note_is_kept_with_its_author_and_moment(echeng):
    echeng.fill(C9="12")

    answer = _note(echeng)

    assert answer.status_code == 303
    assert _notes(echeng) == ["含街道两个站点， 物资按采购价。 王芳，2027-01-20 10:00:00"]


def test_a_note_stands_in_the_trail(echeng):
    echeng.fill(C9="12")

    _note(echeng)

    [entry] = echeng.trail("noted")
    assert (entry.item, entry.actor, entry.note) == ("C9", "王芳", WORDS)
    assert "备注" in echeng.page("/trail").text


def test_the_newest_note_stands_first_and_none_goes_away(echeng, head):
    echeng.fill(C9="12")

    _note(echeng, "第一条")
    _note(head, "第二条")

    assert [note.split()[0] for note in _notes(echeng)] == ["第二条", "第一条"]


def test_a_note_belongs_to_one_item(echeng):
    echeng.fill(C9="12")

    _note(echeng)

    assert _notes(echeng, "D9") == []


def test_a_reviewer_above_writes_and_reads_notes_too(echeng, shizong):
    echeng.fill(C9="12")

    answer = _note(shizong, "请核对站点数", code="echeng")

    assert answer.status_code == 303
    assert [note.split()[0] for note in _notes(echeng)] == ["请核对站点数"]


def test_a_frozen_report_still_takes_notes(echeng):
    echeng.fill(C9="12")
    echeng.fill_rest()
    assert echeng.submit().status_code == 303

    answer = _note(echeng)

    assert answer.status_code == 303
    assert len(_notes(echeng)) == 1


def test_a_viewer_reads_and_does_not_write(echeng, viewer):
    echeng.fill(C9="12")
    _note(echeng)

    answer = _note(viewer, code="echeng")

    assert answer.status_code == 403
    assert len(_notes(viewer, code="echeng")) == 1
    assert viewer.page("/items/C9/panel", code="echeng").by_id("note-text") is None


def test_a_neighbour_neither_reads_nor_writes(echeng, gedian):
    echeng.fill(C9="12")
    _note(echeng)

    assert _note(gedian, code="echeng").status_code == 404
    assert gedian.get("/items/C9/panel", code="echeng").status_code == 404
    assert len(_notes(echeng)) == 1


@pytest.mark.parametrize("text", ["", " \n ", "字" * 501])
def test_an_empty_or_endless_note_is_refused_and_shown_again(echeng, text):
    echeng.fill(C9="12")

    answer = _note(echeng, text)

    page = Page.of(answer.text)
    assert answer.status_code == 422
    assert page.by_id("note-problem") is not None
    assert page.at("note-text").text == text.strip()
    assert _notes(echeng) == []


def test_five_hundred_characters_are_taken(echeng):
    echeng.fill(C9="12")

    assert _note(echeng, "字" * 500).status_code == 303


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x85", "\u2028", "\ufdd0", "\ufffd"])
def test_what_no_note_may_hold_is_refused_and_marked(echeng, sign):
    echeng.fill(C9="12")

    answer = _note(echeng, f"甲{sign}乙<b>")

    page = Page.of(answer.text)
    assert answer.status_code == 422
    assert "备注里有不能使用的字符" in page.by_id("note-problem").text
    assert page.at("note-text").text == "甲\N{REPLACEMENT CHARACTER}乙<b>"
    assert _notes(echeng) == []


@pytest.mark.parametrize("text", ["王\U0003158e", "张\ue816", "第Ⅱ批\n　　第㈢批", "葛\U000e0100"])
def test_a_note_keeps_every_character(echeng, text):
    echeng.fill(C9="12")

    assert _note(echeng, text).status_code == 303
    assert [entry.note for entry in echeng.trail("noted")] == [text]


def test_what_nobody_sees_is_taken_out_of_a_note_and_told(echeng):
    echeng.fill(C9="12")

    answer = _note(echeng, "甲\u200b乙\ufeff", htmx=True)

    assert "去掉了看不见的字符 U+200B、U+FEFF。" in answer.text
    assert _notes(echeng)[0].startswith("甲乙")


def test_a_report_that_was_not_begun_takes_no_notes(echeng):
    answer = _note(echeng)

    assert answer.status_code == 409
    assert "填写第一个数后才能写备注" in answer.text
    assert echeng.report is None


def test_a_script_gets_the_panel_back(echeng):
    echeng.fill(C9="12")

    answer = _note(echeng, htmx=True)

    page = Page.of(answer.text)
    assert answer.status_code == 200
    assert page.at("item-panel").get("data-code") == "C9"
    assert "王芳" in page.text


@pytest.mark.parametrize("item", ["Z9", "c9"])
def test_an_unknown_item_takes_no_note(echeng, item):
    echeng.fill(C9="12")

    assert _note(echeng, item=item).status_code == 404
