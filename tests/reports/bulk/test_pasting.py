"""Pasting: good figures go in together, the rest is listed, and all of it comes out again."""

import pytest
from sqlalchemy import select

from portal.models import Batch
from portal.reports import saving
from tests.founding import CLOSES
from tests.reports.page import Page

PASTES = select(Batch).where(Batch.kind == "pasted")
TWO_BY_ELEVEN = [[str(10 + n), f"{n}.5"] for n in range(1, 12)]


def _text(rows):
    return "\r\n".join("\t".join(row) for row in rows) + "\r\n"


def _one_bad():
    rows = [list(row) for row in TWO_BY_ELEVEN]
    rows[2][1] = "约三万"
    return _text(rows)


def _versions(reporter):
    return {name: text for name, text in reporter.page().sheet().items() if ".version" in name}


def _paste(reporter, block, start="C1", *, htmx=True, versions=None):
    """Paste as the page's script does, with the versions that the page shows."""
    seen = _versions(reporter) if versions is None else versions
    return reporter.post("/paste", htmx=htmx, block=block, start=start, **seen)


def _refusals(page):
    return [each.get("data-code") for each in page.at("paste-result").all("li", code=None)]


def _undo(reporter, page=None, *, htmx=True):
    fields = {"batch": page.field("batch")} if page else {}
    return reporter.post("/paste/undoing", htmx=htmx, **fields)


def test_two_columns_with_one_bad_cell_fill_the_pairs_and_the_bad_one_is_listed(echeng):
    answer = _paste(echeng, _one_bad())

    page = Page.of(answer.text)
    assert answer.status_code == 422
    assert "已粘贴 21 项" in page.says("paste-result")
    assert _refusals(page) == ["D3"]
    assert "第 3 行第 2 列“约三万”" in page.says("paste-result")
    assert [echeng.value(code) for code in ("C1", "D1", "C11")] == [11, 1_500_000, 21]
    assert echeng.figure("D3") is None


def test_the_answer_brings_every_row_and_what_follows_from_it(echeng):
    page = Page.of(_paste(echeng, _one_bad()).text)

    assert (page.value("C1"), page.version("C1"), page.state("C1")) == ("11", "1", "saved")
    assert (page.state("D3"), page.version("D3")) == ("invalid", "0")
    assert "已填 21/46" in page.says("progress")
    sums = [each for each in page.all("div") if "#figure-C" in each.root.get("hx-swap-oob", "")]
    assert len(sums) == 1
    assert page.at("report-state").get("data-report-state") == "draft"
    assert "undo-paste" in page.actions()


def test_what_stands_beside_the_figures_follows_where_the_page_shows_it(echeng):
    block, seen = _one_bad(), _versions(echeng)

    answer = echeng.post("/paste", htmx=True, block=block, start="C1", beside="1", **seen)

    drawn = {each.root.get("hx-swap-oob", "") for each in Page.of(answer.text).all("div")}
    assert {"innerHTML:#change-C1", "innerHTML:#change-C", "innerHTML:#average-D1"} <= drawn


def test_undoing_gives_every_earlier_figure_back(echeng):
    echeng.fill(C1="7")
    pasted = Page.of(_paste(echeng, _one_bad()).text)

    answer = _undo(echeng, pasted)

    page = Page.of(answer.text)
    assert answer.status_code == 200
    assert "已撤销，恢复 21 项。" in page.says("paste-result")
    assert (page.value("C1"), page.version("C1")) == ("7", "3")
    assert [echeng.value(code) for code in ("C1", "D1", "C11")] == [7, None, None]
    assert "已填 1/46" in page.says("progress")


def test_undoing_leaves_what_somebody_changed_since_and_says_which(echeng, head):
    pasted = Page.of(_paste(echeng, _one_bad()).text)
    head.fill(C2="99")

    page = Page.of(_undo(echeng, pasted).text)

    assert "恢复 20 项；C2 在此之后已被修改，保持不变。" in page.says("paste-result")
    assert (echeng.value("C2"), echeng.value("C3")) == (99, None)


def test_a_row_that_refused_its_figure_shows_what_is_stored_once_the_paste_is_undone(echeng):
    echeng.fill(D3="4")
    pasted = Page.of(_paste(echeng, _one_bad()).text)
    fields = {"batch": pasted.field("batch"), "refused": pasted.field("refused")}

    page = Page.of(echeng.post("/paste/undoing", htmx=True, **fields).text)

    assert (page.state("D3"), page.value("D3")) == ("saved", "4.00")


def test_two_pastes_over_one_another_are_undone_one_after_the_other(echeng):
    _paste(echeng, "1\n2\n", "F1")
    _paste(echeng, "3\n4\n", "F1")

    _undo(echeng)
    after_one = [echeng.value("F1"), echeng.value("F2")]
    page = Page.of(_undo(echeng).text)

    assert after_one == [1, 2]
    assert [echeng.value("F1"), echeng.value("F2")] == [None, None]
    assert "恢复 2 项。" in page.says("paste-result")


def test_a_paste_is_undone_once_and_an_older_page_undoes_nothing_newer(echeng):
    first = Page.of(_paste(echeng, "1\n2\n", "F1").text)
    _paste(echeng, "3\n4\n", "F1")

    answer = _undo(echeng, first)

    assert answer.status_code == 409
    assert "之后又有一次批量填写" in answer.text
    assert echeng.value("F1") == 3


def test_zeros_and_pastes_are_undone_by_one_button_the_newest_first(echeng):
    _paste(echeng, "1\n2\n", "F1")
    echeng.fill_rest()
    offered = echeng.page().actions()

    _undo(echeng, htmx=False)

    assert "undo-zeros" in offered
    assert "undo-paste" in echeng.page().actions()
    assert [echeng.value("F1"), echeng.value("C1")] == [1, None]


def test_a_figure_that_somebody_else_changed_is_a_conflict_and_is_not_overwritten(echeng, head):
    seen = _versions(echeng)
    head.fill(C1="50")

    answer = _paste(echeng, _text(TWO_BY_ELEVEN), versions=seen)

    page = Page.of(answer.text)
    assert answer.status_code == 409
    assert "高建华 改为 50" in page.says("paste-result")
    assert (page.state("C1"), page.value("C1"), page.version("C1")) == ("conflict", "50", "1")
    assert (echeng.value("C1"), echeng.value("D1")) == (50, 1_500_000)


def test_a_paste_whose_answer_was_lost_can_be_sent_again(echeng):
    seen = _versions(echeng)
    _paste(echeng, _text(TWO_BY_ELEVEN), versions=seen)

    again = _paste(echeng, _text(TWO_BY_ELEVEN), versions=seen)

    page = Page.of(again.text)
    assert again.status_code == 200
    assert "22 项与已保存的相同" in page.says("paste-result")
    assert page.version("C1") == "1"
    assert len(echeng.trail("pasted")) == 22


def test_every_figure_has_its_entry_in_the_trail_and_they_are_one_batch(echeng):
    echeng.fill(F1="5")

    _paste(echeng, "12\n13\n", "F1")

    entries = echeng.trail("pasted")
    assert [(one.item, one.old, one.new) for one in entries] == [
        ("F1", "5", "12"),
        ("F2", "", "13"),
    ]
    assert len({one.batch_id for one in entries}) == 1
    assert {one.channel for one in entries} == {"web"}
    assert "粘贴" in echeng.character.page(echeng.url("/trail")).text
    with echeng.filling() as (session, _):
        assert len(session.scalars(PASTES).all()) == 1


def test_a_failure_in_the_middle_stores_nothing(echeng, monkeypatch):
    def fail(*_args, **_named):
        raise RuntimeError("the disk is full")

    echeng.fill(C1="7")
    monkeypatch.setattr(saving, "record_all", fail)

    answer = _paste(echeng, _text(TWO_BY_ELEVEN))

    assert answer.status_code == 500
    assert [echeng.value(code) for code in ("C1", "D1")] == [7, None]
    with echeng.filling() as (session, _):
        assert session.scalars(PASTES).all() == []


def test_cells_on_sums_are_skipped_without_a_refusal(echeng):
    answer = _paste(echeng, "99\n1\n2\n", "C")

    page = Page.of(answer.text)
    assert answer.status_code == 200
    assert "已粘贴 1 项；合计由系统计算，跳过 2 格" in page.says("paste-result")


def test_cells_beyond_the_last_item_are_listed(echeng):
    answer = _paste(echeng, "1\n2\n", "J4")

    page = Page.of(answer.text)
    assert answer.status_code == 422
    assert "已超出本表最后一项" in page.says("paste-result")
    assert echeng.value("J4") == 1_000_000


def test_a_block_too_large_is_refused_as_a_whole(echeng):
    answer = _paste(echeng, "1\n" * 40_000, "C1")

    assert answer.status_code == 422
    assert "超过 64 KB" in Page.of(answer.text).says("paste-result")
    assert echeng.trail() == []


@pytest.mark.parametrize("start", ["", "Z9", "c1", "C1 "])
def test_a_start_that_the_form_does_not_have_is_refused(echeng, start):
    answer = _paste(echeng, "1\n2\n", start)

    assert answer.status_code == 422
    assert "从哪一项开始" in Page.of(answer.text).says("paste-result")


def test_a_frozen_report_takes_no_paste_and_no_undoing(echeng):
    seen = _versions(echeng)
    pasted = Page.of(_paste(echeng, "1\n2\n", "F1").text)
    echeng.fill_rest()
    assert echeng.submit().status_code == 303

    answers = [_paste(echeng, "3\n4\n", "F1", versions=seen), _undo(echeng, pasted)]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert all(Page.of(answer.text).by_id("paste-result") for answer in answers)
    assert echeng.value("F1") == 1


def test_a_neighbours_paste_is_not_found(echeng, gedian):
    answers = [
        gedian.post(below, code="echeng", block="1\n2\n", start="F1", htmx=True)
        for below in ("/paste", "/paste/undoing")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert echeng.report is None


def test_a_viewer_may_not_paste(shizong):
    answer = shizong.post("/paste", code="echeng", block="1\n2\n", start="F1", htmx=True)

    assert answer.status_code == 403


def test_without_scripts_a_good_block_leads_back_to_the_page(echeng):
    fields = echeng.page().sheet() | {"block": _text(TWO_BY_ELEVEN), "start": "C1", "F1": "8"}

    answer = echeng.post("/paste", **fields)

    page = echeng.page()
    assert (answer.status_code, answer.location) == (303, echeng.url())
    assert "已粘贴 22 项" in page.text
    assert (echeng.value("C11"), echeng.value("F1")) == (21, 8)
    assert "undo-paste" in page.actions()


def test_without_scripts_refusals_are_listed_on_the_page_and_can_be_undone_there(echeng):
    fields = echeng.page().sheet() | {"block": _one_bad(), "start": "C1"}

    answer = echeng.post("/paste", **fields)

    page = Page.of(answer.text)
    assert answer.status_code == 422
    assert _refusals(page) == ["D3"]
    assert (page.field("D3"), page.state("D3")) == ("约三万", "invalid")
    assert "undo-paste" in page.actions()


def test_without_scripts_an_unclear_block_comes_back_in_its_box_and_the_sheet_is_saved(echeng):
    unclear = "1\t2\t3\n4\t5\t6"
    fields = echeng.page().sheet() | {"block": unclear, "start": "F1", "F1": "8"}

    answer = echeng.post("/paste", **fields)

    page = Page.of(answer.text)
    assert answer.status_code == 422
    assert "分不清用哪一列" in page.says("paste-result")
    assert unclear in page.at("paste-text").root.text
    assert echeng.value("F1") == 8


def test_a_block_that_comes_too_late_shows_what_was_typed(city_app, echeng):
    fields = echeng.page().sheet() | {"block": "1\n2\n", "start": "F1", "C9": "12"}
    city_app.clock_at(CLOSES.replace(hour=20))

    answer = echeng.post("/paste", **fields)

    assert answer.status_code == 409
    assert "您填的 12 没有保存" in Page.of(answer.text).says("state-C9")
    assert echeng.trail() == []


def test_a_paste_after_a_zero_report_ends_it(echeng):
    echeng.post("/zero-report")

    _paste(echeng, "1\n2\n", "F1")

    assert not echeng.report.zero_report


IN_YUAN = "代码\t项目\t数量（元）\nI\tx\t128000\nA1\tx\t500000\n"


def test_a_heading_in_yuan_is_asked_about_before_anything_is_written(echeng):
    answer = _paste(echeng, IN_YUAN)

    page = Page.of(answer.text)
    assert answer.status_code == 422
    assert "第 1 行第 3 列写的单位是元，本表按万元填" in page.says("paste-result")
    answers = {each.root.get("value"): each.text for each in page.at("paste-result").all("button")}
    assert answers["converted"] == "按元换算后粘贴"
    assert answers["stated"] == "仍按万元粘贴"
    assert echeng.report is None

    fields = _versions(echeng) | {"block": IN_YUAN, "start": "C1", "answer": "converted"}
    done = echeng.post("/paste", htmx=True, **fields)

    assert done.status_code == 200
    assert (echeng.value("I"), echeng.value("A1")) == (12_800_000, 50_000_000)


def test_without_scripts_the_question_comes_with_the_sheet_and_what_was_typed_is_saved(echeng):
    sheet = echeng.page().sheet() | {"B": "9", "block": IN_YUAN, "start": "C1"}

    answer = echeng.post("/paste", **sheet)

    page = Page.of(answer.text)
    assert answer.status_code == 422
    assert ("answer", "converted") in page.buttons()
    assert (echeng.value("B"), echeng.value("I")) == (9, None)
    assert "128000" in page.text

    again = page.sheet() | {"block": IN_YUAN, "start": "C1", "answer": "stated"}
    assert echeng.post("/paste", **again).status_code == 303
    assert echeng.value("I") == 128_000_000_000


def test_a_block_of_another_year_or_unit_is_not_written(echeng):
    asked = _paste(echeng, "2022年春节慰问情况\t\n代码\t数量\nB\t5\n")
    refused = _paste(echeng, "填报单位：葛店开发区总工会\t\n代码\t数量\nB\t5\n")

    assert (asked.status_code, refused.status_code) == (422, 422)
    assert "写 2022 年，数是本次的吗？" in Page.of(asked.text).says("paste-result")
    assert "第 1 行第 1 列写的是“葛店开发区总工会”" in Page.of(refused.text).says("paste-result")
    assert echeng.report is None


def _column(reporter, *, sums=True, **changed):
    """A whole column as it is copied: 1, 2, 3 … for the leaves, and the sums of these."""
    with reporter.filling() as (_, filling):
        form = filling.form
    figures = {item.code: (place % 9 + 1) for place, item in enumerate(form.leaves)}
    for item in form.in_order_of_sums:
        figures[item.code] = sum(figures[part] for part in item.formula)
    figures |= changed
    items = form.items if sums else form.leaves
    return "".join(f"{figures[item.code]}\r\n" for item in items), figures


@pytest.mark.parametrize("sums", [True, False])
def test_a_whole_copied_column_lands_right_and_one_undoing_takes_it_back(echeng, sums):
    block, figures = _column(echeng, sums=sums)

    pasted = Page.of(_paste(echeng, block, "A1").text)
    stored = {code: echeng.page().value(code) for code in ("A1", "C1", "D11", "F3", "J4")}
    undone = Page.of(_undo(echeng, pasted).text)

    assert "已粘贴 46 项" in pasted.says("paste-result")
    assert {code: float(value) for code, value in stored.items()} == {
        code: figures[code] for code in stored
    }
    assert "恢复 46 项。" in undone.says("paste-result")
    assert echeng.value("A1") is None


def test_a_total_of_ones_own_that_does_not_add_up_is_told(echeng):
    block, figures = _column(echeng, A=999)

    said = Page.of(_paste(echeng, block, "A1").text).says("paste-result")

    assert "复制的列带合计行，从 A 起对应" in said
    own = sum(figures[f"A{n}"] for n in range(1, 7))
    assert f"请核对：A 写的是 999，相加是 {own}.00。" in said


def test_a_total_beside_its_code_that_does_not_add_up_is_told_too(echeng):
    answer = _paste(echeng, "E\t9\nE1\t3\nE2\t5\n", "A1")

    assert "E 写的是 9，相加是 8" in Page.of(answer.text).says("paste-result")


UNCLEAR = "22\n1\n2\n3\n4\n5\n6\n"


def _readings(page):
    return [
        (value, each.root.get("formaction"))
        for each in page.at("paste-result").all("button")
        if (value := each.root.get("value"))
    ]


def test_where_it_is_not_certain_the_readings_are_offered_and_nothing_is_written(echeng):
    answer = _paste(echeng, UNCLEAR, "A1")

    page = Page.of(answer.text)
    assert answer.status_code == 422
    assert [value for value, _ in _readings(page)] == ["A", "A1"]
    assert "从 A 起粘贴 A1 填 1、A2 填 2" in page.says("paste-result")
    assert echeng.trail() == []


@pytest.mark.parametrize(("reading", "first"), [("A", 1_000_000), ("A1", 22_000_000)])
def test_without_scripts_a_reading_is_chosen_by_its_button(echeng, reading, first):
    asked = echeng.post("/paste", **echeng.page().sheet() | {"block": UNCLEAR, "start": "A1"})
    page = Page.of(asked.text)
    block = page.at("paste-text").root.text.strip()
    fields = page.sheet() | {"block": block, "start": "A1", "reading": reading}

    answer = echeng.post("/paste", **fields)

    assert _readings(page)[0] == ("A", echeng.url("/paste"))
    assert answer.status_code == 303
    assert echeng.value("A1") == first
    assert "undo-paste" in echeng.page().actions()


def test_a_reading_that_was_not_offered_writes_nothing(echeng):
    answer = echeng.post("/paste", htmx=True, block=UNCLEAR, start="A1", reading="F1")

    assert answer.status_code == 422
    assert "请重新粘贴" in Page.of(answer.text).says("paste-result")
    assert echeng.trail() == []
