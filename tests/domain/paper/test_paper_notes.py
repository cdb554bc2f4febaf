"""普惠福利, which the form does not count, is named at A, C and D and at the foot of prints."""

import json
from pathlib import Path

import pytest

import portal
from portal.domain.drafting.difference import difference
from portal.domain.drafting.document import read_document
from portal.domain.drafting.draft import copied, with_head
from portal.domain.form.form import FormError, parse_form
from portal.domain.paper.sheet import Contribution, consolidated_sheet, report_sheet

EDITIONS = Path(portal.__file__).parent / "editions"
HEAD = {"organisation": "鄂城区总工会", "period": "春节", "as_of": "今天"}
WELFARE = "节日慰问品（普惠福利）"


def shipped(version):
    return read_document((EDITIONS / f"songwennuan-{version}.json").read_bytes())


@pytest.mark.parametrize("version", ["2022.1", "2027.1"])
@pytest.mark.parametrize("code", ["A", "C", "D"])
def test_welfare_for_members_is_named_at_the_item(version, code):
    assert WELFARE in parse_form(shipped(version)).by_code[code].note


@pytest.mark.parametrize("version", ["2022.1", "2027.1"])
def test_both_clauses_stand_at_the_foot_of_report_and_consolidation(version):
    form = parse_form(shipped(version))
    everyone = [Contribution("echeng", "鄂城区总工会", {})]

    report = report_sheet(form, {}, **HEAD, footnotes=("代录。",))
    whole = consolidated_sheet(form, everyone, **HEAD)

    assert report.footnotes == (*form.paper_notes, "代录。")
    assert whole.footnotes[:-1] == form.paper_notes
    for words in ("A、C、D", "二（四）1", "二（二）", WELFARE):
        assert words in form.paper_notes[0]


def test_an_edition_without_notes_has_none_on_paper():
    document = shipped("2022.1")
    del document["paper_notes"]

    assert report_sheet(parse_form(document), {}, **HEAD).footnotes == ()


def test_notes_are_typed_a_line_each_and_taken_away_with_an_empty_box():
    document = shipped("2022.1")
    typed = {"title": "表", "signatures": "填表人："}

    written = with_head(document, typed | {"paper_notes": " 注一。\n\n注二。\r\n"})
    gone = with_head(document, typed | {"paper_notes": " \n"})
    left = with_head(document, typed)

    assert parse_form(written).paper_notes == ("注一。", "注二。")
    assert "paper_notes" not in gone
    assert left["paper_notes"] == document["paper_notes"]


@pytest.mark.parametrize("notes", ["一行", ["长" * 201], ["1", "2", "3", "4"], [" "], [1]], ids=str)
def test_notes_for_which_the_paper_has_no_room_are_refused(notes):
    with pytest.raises(FormError) as refused:
        read_document(json.dumps(shipped("2022.1") | {"paper_notes": notes}).encode())

    assert "表下的注（paper_notes）" in str(refused.value)


def test_notes_travel_with_the_file_with_a_copy_and_into_the_difference():
    document = shipped("2027.1")

    again = read_document(json.dumps(document, ensure_ascii=False).encode())
    copy = copied(again, "2028.1", "2028年", from_last_year=True)
    changed = with_head(copy, {"title": "2028年", "paper_notes": "注：新。"})

    assert again == document
    assert copy["paper_notes"] == document["paper_notes"]
    assert [
        (one.old, one.new) for one in difference(copy, changed).changed if one.what == "表下的注"
    ] == [(document["paper_notes"][0], "注：新。")]
