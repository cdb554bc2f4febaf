"""The trail of figures: one entry a change, in the transaction of the change, or neither."""

import pytest
from sqlalchemy import select

from portal.models import TrailEntry
from portal.models import trail as trail_model
from portal.models.trail import BEGINNING, CHAINED, entry_hash
from portal.reports import operations, saving


def test_every_change_is_one_entry_with_the_old_and_the_new_figure(echeng, head):
    echeng.fill(D9="0.5")
    head.fill(D9="1234.5")
    echeng.fill(D9="")

    changes = [(each.actor, each.item, each.old, each.new) for each in echeng.trail("figure-saved")]
    assert changes == [
        ("王芳", "D9", "", "0.50"),
        ("高建华", "D9", "0.50", "1234.50"),
        ("王芳", "D9", "1234.50", ""),
    ]


def test_an_entry_says_when_by_which_way_and_for_which_click(echeng):
    echeng.save("C9", "12", nonce="a-click-0123")

    entry = echeng.trail("figure-saved")[0]
    assert (entry.at, entry.channel, entry.nonce, entry.version) == (
        echeng.city.now,
        "web",
        "a-click-0123",
        1,
    )


def test_a_nonce_that_is_none_is_not_kept(echeng):
    echeng.save("C9", "12", nonce="<script>\x00")

    assert echeng.trail("figure-saved")[0].nonce is None


def test_the_entries_of_a_unit_are_one_unbroken_chain(echeng, gedian):
    echeng.fill(C9="12", D9="0.5")
    gedian.fill(C9="3")
    echeng.fill_rest()
    echeng.submit()

    with echeng.filling() as (session, _):
        entries = session.scalars(select(TrailEntry).order_by(TrailEntry.number)).all()
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    links = [BEGINNING, *(entry.hash for entry in entries)]
    assert [entry.previous for entry in entries] == links[:-1]
    rows = [{name: getattr(entry, name) for name in CHAINED} for entry in entries]
    assert [entry_hash(row) for row in rows] == links[1:]


@pytest.mark.parametrize(
    ("where", "name"),
    [(trail_model, "_set_head"), (saving, "record_all"), (saving, "_write")],
)
def test_a_save_that_dies_half_way_leaves_neither_figure_nor_entry(
    monkeypatch, echeng, where, name
):
    echeng.fill(C8="8")
    whole = getattr(where, name)

    def dies(*arguments, **keywords):
        whole(*arguments, **keywords)
        raise MemoryError

    monkeypatch.setattr(where, name, dies)
    answer = echeng.save("C9", "12")
    monkeypatch.undo()

    assert answer.status_code == 500
    assert echeng.figure("C9") is None
    assert [entry.item for entry in echeng.trail("figure-saved")] == ["C8"]
    assert echeng.save("C9", "12").status_code == 200


def test_a_submission_that_dies_half_way_leaves_the_report_as_it_was(monkeypatch, echeng):
    echeng.fill(C9="12")
    echeng.fill_rest()

    def dies(*_arguments, **_keywords):
        raise MemoryError

    monkeypatch.setattr(operations, "record", dies)
    answer = echeng.submit("one")
    monkeypatch.undo()

    assert answer.status_code == 500
    assert (echeng.state, echeng.submissions) == ("draft", [])
    assert echeng.submit("one").status_code == 303


def test_a_refused_figure_writes_no_trail(echeng, head):
    echeng.fill(C9="12")

    echeng.save("C9", "abc")
    head.save("C9", "13", version=7)
    head.save("C", "13", version=0)

    assert [entry.new for entry in echeng.trail("figure-saved")] == ["12"]


def test_the_trail_of_a_report_can_be_read(echeng, gedian):
    echeng.fill(C9="12")

    page = echeng.page("/trail?item=C9")

    assert "C9 的修改记录" in page.text
    assert "填报" in page.text
    assert gedian.get("/trail", code="echeng").status_code == 404
