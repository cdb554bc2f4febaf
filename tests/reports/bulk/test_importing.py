"""Importing: a workbook is looked at first, then taken as one change, and comes out again."""

from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from portal.models import Batch
from tests.founding import CLOSES, LAST
from tests.reports.page import Page
from tests.reports.reporter import open_another
from tests.workbooks.hostile import specimens

IMPORTS = select(Batch).where(Batch.kind == "imported")


def _workbook(*rows, title="统计表"):
    made, file = Workbook(), BytesIO()
    made.active.title = title
    for row in rows:
        made.active.append(row)
    made.save(file)
    return file.getvalue()


def _sheet(*head, **figures):
    """A sheet with a few codes, of which some are filled."""
    codes = ("C8", "D8", "C9", "D9", "E")
    return _workbook(*head, ("代码", "数量"), *((code, figures.get(code)) for code in codes))


AS_PEOPLE_HAVE_IT = _workbook(
    ("鄂城区2027年送温暖情况",),
    ("填报单位（盖章）：鄂州市鄂城区总工会",),
    ("备注", "代码", "项目", "数量"),
    ("", "C9", "其他人员", 12),
    ("", "D9", "其他人员", "３.5"),
    ("街道", "F1", "服务人次", "约十个"),
    ("", "F2", "服务人次", "#REF!"),
    ("", "D1", "款物", 0.3432),
)


def _bring(reporter, content, name="鄂城.xlsx"):
    return reporter.post("/import", workbook=(BytesIO(content), name))


def _bring_bytes(reporter, content):
    """A large file, sent as bytes: the client would keep it in a file of its own."""
    fields = {"csrf_token": reporter.token, 'workbook"; filename="a.xlsx': None}
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + (content if text is None else text.encode())
        for name, text in fields.items()
    ]
    return reporter.character.client.post(
        reporter.url("/import"),
        data=b"\r\n".join([*parts, b"--x--\r\n"]),
        content_type="multipart/form-data; boundary=x",
    )


def _previewed(reporter, content=AS_PEOPLE_HAVE_IT, name="鄂城.xlsx"):
    answer = _bring(reporter, content, name)
    assert answer.status_code == 200, answer.text
    return Page.of(answer.text)


def _posted(page):
    """What the preview's form posts when nothing about it is changed."""
    fields = {}
    for each in page.all("input"):
        element = each.root
        if element.get("type") == "hidden":
            fields[element.get("name")] = element.get("value", "")
    ticked = [
        each.root.get("value")
        for each in page.all("input")
        if each.root.get("name") == "take" and "checked" in each.root.attrib
    ]
    return {name: text for name, text in fields.items() if name != "csrf_token"} | {"take": ticked}


def _confirm(reporter, page, **changed):
    return reporter.post("/import/confirmation", **(_posted(page) | changed))


def _changes(page):
    return {
        each.get("data-code"): [cell.text for cell in each.all("td")][1:4]
        for each in page.all("tr", code=None)
    }


def test_every_change_is_shown_with_its_cell_and_nothing_is_written(echeng):
    echeng.fill(C9="7")

    page = _previewed(echeng)

    changes = _changes(page)
    assert changes["C9"] == ["D4", "7", "12"]
    assert changes["D9"] == ["D5", "空白", "3.50"]
    assert changes["C"] == ["", "7", "12"]
    assert echeng.value("C9") == 7
    assert echeng.trail("imported") == []


def test_cells_that_are_not_taken_are_named_with_their_address(echeng):
    page = _previewed(echeng)

    named = {each.get("data-cell"): each.text for each in page.all("li", cell=None)}
    assert set(named) == {"D6", "D7"}
    assert named["D6"].startswith("D6（F1")
    assert "#REF!" in named["D7"]
    assert "F1" not in _changes(page)


def test_a_finer_figure_is_offered_rounded_and_not_ticked(echeng):
    page = _previewed(echeng)

    assert _changes(page)["D1"] == ["D8", "空白", "0.34"]
    assert "D1" not in _posted(page)["take"]
    _confirm(echeng, page, take=["D1"])
    assert echeng.value("D1") == 340_000


def test_each_change_shows_the_issues_it_would_raise(echeng):
    page = _previewed(echeng, _sheet(C9=1, D9=36000))

    found = {(each.get("data-issue"), each.get("data-code")) for each in page.all("p", issue=None)}
    assert ("query", "D9") in found
    assert "导入后：已填 2/46，错误 0，待说明 2。" in page.text


def test_confirming_writes_one_batch_through_the_channel_of_imports(echeng):
    page = _previewed(echeng)

    answer = _confirm(echeng, page)

    assert answer.status_code == 303
    assert (echeng.value("C9"), echeng.value("D9"), echeng.value("D1")) == (12, 3_500_000, None)
    entries = echeng.trail("imported")
    assert {(each.item, each.channel, each.note) for each in entries} == {
        ("C9", "import", "鄂城.xlsx D4"),
        ("D9", "import", "鄂城.xlsx D5"),
    }
    assert len({each.batch_id for each in entries}) == 1


def test_confirming_twice_writes_once(echeng):
    page = _previewed(echeng)

    answers = [_confirm(echeng, page).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert len(echeng.trail("imported")) == 2
    with echeng.filling() as (session, _):
        assert len(session.scalars(IMPORTS).all()) == 1


def test_a_line_without_its_tick_is_left_out(echeng):
    _confirm(echeng, _previewed(echeng), take=["D9"])

    assert (echeng.value("C9"), echeng.value("D9")) == (None, 3_500_000)


def test_no_tick_at_all_writes_nothing_and_says_so(echeng):
    answer = _confirm(echeng, _previewed(echeng), take=[])

    assert answer.status_code == 422
    assert "没有勾选任何一项" in answer.text
    assert echeng.report is None


def test_undoing_an_import_leaves_figures_changed_since(echeng):
    echeng.fill(C9="7")
    _confirm(echeng, _previewed(echeng))
    echeng.fill(D9="4")
    page = echeng.page()
    assert "undo-import" in page.actions()

    echeng.post("/zeros/undoing", batch=page.field("batch"))

    assert (echeng.value("C9"), echeng.value("D9")) == (7, 4_000_000)


def test_a_figure_changed_since_the_preview_is_not_written(echeng, head):
    page = _previewed(echeng)
    head.fill(C9="13")

    answer = _confirm(echeng, page)

    again = Page.of(answer.text)
    assert answer.status_code == 409
    assert "高建华" in again.text
    assert (echeng.value("C9"), echeng.value("D9")) == (13, 3_500_000)
    assert _changes(again)["C9"][1:] == ["13", "12"]
    assert _confirm(echeng, again).status_code == 303
    assert echeng.value("C9") == 12


def test_a_file_that_changes_nothing_says_so(echeng):
    echeng.fill(C9="12")

    page = _previewed(echeng, _sheet(C9=12))

    assert "完全相同，没有要导入的" in page.text
    assert "confirm-import" not in page.actions()


def test_an_empty_file_says_so(echeng):
    page = _previewed(echeng, _sheet())

    assert "没有填任何数" in page.text


def test_without_a_file_the_page_asks_for_one(echeng):
    answer = echeng.post("/import")

    assert answer.status_code == 422
    assert "请先选择" in answer.text


def test_the_template_goes_out_and_comes_back(echeng):
    echeng.fill(C9="7")
    sent = echeng.get("/template")
    book = load_workbook(BytesIO(sent.data))
    sheet = book.worksheets[0]
    at = {row[1].value: row[1].row for row in sheet.iter_rows()}
    sheet.cell(at["C9"], 5).value = 12
    file = BytesIO()
    book.save(file)

    page = _previewed(echeng, file.getvalue())

    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert {code: new for code, (_, _, new) in _changes(page).items()} == {"C9": "12", "C": "12"}


def test_the_template_of_another_unit_is_refused_by_name(echeng, gedian):
    answer = _bring(echeng, gedian.get("/template").data)

    assert answer.status_code == 422
    assert "这是葛店开发区总工会的填报模板" in answer.text


def test_the_template_of_another_campaign_and_edition_is_refused_by_name(echeng, city_app):
    open_another(city_app, "2028-spring")
    elsewhere = type(echeng)(echeng.character, "2028-spring")

    answer = _bring(echeng, elsewhere.get("/template").data)

    assert answer.status_code == 422
    assert "2028-spring 送温暖" in answer.text
    assert "表样" in answer.text


def test_a_workbook_without_codes_is_refused_with_what_it_lacks(echeng):
    answer = _bring(echeng, _workbook(("项目", "数量"), ("其他人员", 12)))

    assert answer.status_code == 422
    assert "没有找到代码列" in answer.text


OLD_TITLE = ("2022年春节期间各级工会送温暖统计表",)


def _ticked(page):
    return {
        each.get("value"): "checked" in each.root.attrib
        for each in page.all("input")
        if each.root.get("name") == "take"
    }


def _press(reporter, page, below, **changed):
    """Post the form of the preview that leads to `below`, as a browser without scripts does."""
    form = next(each.root for each in page.all("form") if each.get("action").endswith(below))
    fields = {each.get("name"): each.get("value") for each in form.iter() if each.get("name")}
    return reporter.post(below, **{**fields, **changed})


def test_a_sheet_of_another_year_is_asked_about_once_and_ticked_by_the_answer(echeng):
    page = _previewed(echeng, _sheet(OLD_TITLE, C9=12, D9=3.4321))
    (question,) = page.all("form", cell="A1")
    assert "A1：表头写 2022 年，数是本次的吗？" in question.text
    assert _ticked(page) == {"C9": False, "D9": False}
    assert echeng.report is None

    answer = _press(echeng, page, "/import/answer")

    again = Page.of(answer.text)
    assert answer.status_code == 200
    assert "数是本次的吗" not in again.text
    assert _ticked(again) == {"C9": True, "D9": False}
    assert "本表保留两位小数" in again.text
    assert _confirm(echeng, again).status_code == 303
    assert (echeng.value("C9"), echeng.value("D9")) == (12, None)


def test_lines_ticked_by_hand_need_no_answer(echeng):
    page = _previewed(echeng, _sheet(OLD_TITLE, C9=12, D9=3))

    assert _confirm(echeng, page, take=["C9"]).status_code == 303

    assert (echeng.value("C9"), echeng.value("D9")) == (12, None)


@pytest.mark.parametrize("sheet", ["", "bent", "eJw", "eJyrrgUAAXUA-Q"])
def test_an_answer_about_no_sheet_is_refused(echeng, sheet):
    answer = echeng.post("/import/answer", sheet=sheet, file="a.xlsx")

    assert answer.status_code == 422
    assert "请重新选择文件" in answer.text


def test_the_export_of_another_year_is_asked_about_and_that_of_this_year_is_not(echeng):
    echeng.fill(C9="12")
    old = echeng.character.get(echeng.character.url("/report/workbook", campaign=LAST)).data
    new = echeng.get("/workbook").data

    assert "表头写 2022 年" in _previewed(echeng, old).text
    assert "数是本次的吗" not in _previewed(echeng, new).text


def test_a_row_that_is_not_read_is_listed_with_its_cell(echeng):
    rows = [("代码", "项目", "数量"), ("C9 慰问", "x", 5), ("C8", "x", 6), ("D8", "x", 7)]
    rows += [("C9", "x", 8), ("\u04211", "x", 9)]

    page = _previewed(echeng, _workbook(*rows))

    named = {each.get("data-cell"): each.text for each in page.all("li", issue="error")}
    assert set(named) == {"C2", "C6"}
    assert "“C9 慰问”" in named["C2"]
    assert "外文字母" in named["C6"]
    assert "数取自 C 列（数量）" in page.text


def test_money_in_yuan_is_offered_and_only_written_when_ticked(echeng):
    page = _previewed(echeng, _sheet(("单位：家、人次、元",), C9=12, D9=34500))

    assert _ticked(page) == {"C9": True, "D9": False}
    assert _changes(page)["D9"] == ["B6", "空白", "3.45"]
    (reason,) = page.all("p", issue="query", code="D9")
    assert "A1 写的单位是元：34500 元换算为 3.45 万元。" in reason.text
    _confirm(echeng, page, take=["C9", "D9"])
    assert echeng.value("D9") == 3_450_000


@pytest.mark.parametrize(
    "head",
    [
        ("填报单位（盖章）：葛店开发区总工会",),
        ("单位名称", "葛店"),
        ("葛店开发区2027年送温暖统计表",),
    ],
)
def test_another_units_name_is_refused_with_its_cell(echeng, head):
    answer = _bring(echeng, _sheet(head, C9=12))

    page = Page.of(answer.text)
    assert answer.status_code == 422
    (refusal,) = page.all("p", issue="error")
    assert refusal.get("data-cell") == ("B1" if len(head) == 2 else "A1")
    assert "葛店" in refusal.text
    assert "梁子湖" not in page.text


def test_a_former_name_of_another_unit_is_known_and_our_own_is_accepted(echeng, gedian, city_app):
    gedian.expected(name="葛店经济技术区总工会")
    echeng.expected(name="鄂城县总工会")
    echeng.fill(C9="1")

    assert _bring(echeng, _sheet(("葛店经济技术区2027年统计表",), C9=12)).status_code == 422
    assert _bring(echeng, _sheet(("填报单位：鄂城县总工会",), C9=12)).status_code == 200
    assert _bring(echeng, _sheet(("填报单位：鄂城区总工会",), C9=12)).status_code == 200


def test_a_sheet_whose_head_names_another_unit_is_refused_by_name(echeng):
    answer = _bring(echeng, _sheet(("填报单位（盖章）：葛店开发区总工会",), C9=12))

    assert answer.status_code == 422
    assert "葛店开发区总工会" in answer.text


def test_a_file_beyond_two_megabytes_is_refused_with_its_sentence(echeng):
    answer = _bring_bytes(echeng, b"PK" + bytes(2 * 1024 * 1024))

    assert answer.status_code == 422
    assert "文件超过 2 MB" in answer.text


def test_a_body_far_too_large_is_refused_unread(echeng):
    assert _bring_bytes(echeng, bytes(4 * 1024 * 1024)).status_code == 413


def test_other_views_stay_small(echeng):
    assert echeng.post("/items/C9", C9="1" * 300_000).status_code == 413


def test_a_hostile_file_of_each_kind_is_answered_with_a_sentence_and_writes_nothing(echeng):
    unlike = {}
    one_of_each = {specimen.says: specimen for specimen in specimens()}
    for specimen in one_of_each.values():
        answer = _bring_bytes(echeng, specimen.content)
        said = Page.of(answer.text).text
        if answer.status_code not in {200, 422} or "。" not in said:
            unlike[specimen.name] = answer.status

    assert unlike == {}
    assert len(one_of_each) >= 15
    assert echeng.report is None


def test_a_name_like_markup_is_shown_as_it_is(echeng):
    page = _previewed(echeng, name="<img src=x onerror=alert(1)>.xlsx")

    assert "<img src=x onerror=alert(1)>.xlsx" in page.text


def test_after_the_close_no_workbook_is_read(echeng, city_app):
    page = _previewed(echeng)
    city_app.clock_at(CLOSES.replace(hour=20))

    assert _bring(echeng, AS_PEOPLE_HAVE_IT).status_code == 409
    assert _confirm(echeng, page).status_code == 409
    assert "import-xlsx" not in echeng.page().actions()


def test_a_forged_confirmation_gets_no_further_than_typing_would(echeng):
    fields = {"take": ["C9", "C", "Z9"], "C9": "1e3", "C9.version": "0", "C": "5", "Z9": "1"}

    answer = echeng.post("/import/confirmation", **fields)

    assert answer.status_code == 422
    assert echeng.report is None


def test_a_neighbour_gets_404_and_the_wrong_role_403(echeng, gedian, shizong):
    for below in ("/import", "/template"):
        assert gedian.get(below, code="echeng").status_code == 404
        assert shizong.get(below, code="echeng").status_code == 403
    for below in ("/import", "/import/confirmation"):
        assert gedian.post(below, code="echeng").status_code == 404
        assert shizong.post(below, code="echeng").status_code == 403


def test_an_ended_session_says_that_the_file_was_not_read(echeng):
    echeng.sign_out()

    answer = _bring(echeng, AS_PEOPLE_HAVE_IT)

    assert answer.status_code == 401
    assert "请登录后重新选择文件" in answer.text
