"""An edition on its way out: differences, confirmations, publication, and never a change after."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from portal.access import tenancy
from portal.models import FormEdition
from portal.storage.db import db, writing
from tests.forms.conftest import FORM
from tests.founding import organisation


@pytest.fixture
def draft(editor):
    """A copy of the 2022 edition."""
    return editor.copy("2022.1", "2028.1")


def test_the_difference_from_the_original_is_shown(editor, draft):
    editor.does(draft, "/sections", section_title="法律援助")
    fields = {"code": "K", "label": "法律援助", "unit": "人次", "section": "8"}
    editor.does(draft, "/items", **fields)
    editor.does(draft, "/places", up="H")
    editor.does(draft, "/checks/copied/removal")

    page = editor.page(draft, "/difference")

    assert page.one("ul", difference="added").text == "部分“法律援助” 指标 K 法律援助"
    assert page.one("ul", difference="removed").text == "审核关系“疑似照抄上年”"
    assert len(page.one("ul", difference="moved").all("li")) == 1
    assert "2022年春节期间各级工会送温暖统计表 2028年统计表" in page.text
    assert "与 2027.1 的差别" in editor.page(draft, "/difference?against=2027.1").text


def test_reconstructed_rows_are_marked_until_they_are_confirmed(editor, draft):
    assert "按附件还原，未确认" in editor.page(draft).one("tr", code="C1").text
    assert "按附件还原" not in editor.page(draft).one("tr", code="C9").text

    told = editor.refused(draft, "/confirmations", code="C1", statement=" ")
    assert "请写明依据" in told
    editor.does(draft, "/confirmations", code=["C1", "C9"], statement="与省总附件一致")

    assert editor.confirmed(draft) == {"C1": "与省总附件一致"}
    assert "张慧 已确认" in editor.page(draft).one("tr", code="C1").text
    row = editor.page(draft, "/confirmations").one("tr", code="C1")
    assert "张慧 2027-01-20 10:00:00与省总附件一致" in row.text
    assert editor.trail("items-confirmed") == [
        f"{FORM}@2028.1 2028年统计表：C1，依据：与省总附件一致"
    ]


def test_the_panel_of_an_item_shows_its_confirmation(editor, echeng):
    panel = echeng.url("/report/items/C1/panel")
    before = echeng.page(panel).text

    editor.does("2027.1", "/confirmations", code="C1", statement="与省总附件一致")

    assert "本行按附件还原，以正式附件为准" in before
    after = echeng.page(panel).text
    assert "本行按附件还原，张慧 已于 2027年1月20日（星期三）10:00 确认" in after


def test_all_items_are_confirmed_at_once_and_again_changes_nothing(editor):
    for _ in range(2):
        editor.does("2022.1", "/confirmations", everything="1", statement="逐行核对过")

    assert len(editor.confirmed("2022.1")) == 28
    assert len(editor.trail("items-confirmed")) == 1
    assert "还原的行都已确认" in editor.page("2022.1", "/confirmations").text


def test_a_confirmation_lapses_when_the_item_changes(editor, draft):
    editor.does(draft, "/confirmations", code=["C1", "C2", "D1"], statement="已核对")

    editor.change_item(draft, "C1", label="生活困难的职工")
    editor.change_item(draft, "C2", previous="C3")

    assert editor.confirmed(draft).keys() == {"C2"}


def test_errors_stop_publication_and_unconfirmed_items_are_shown(editor, draft):
    editor.does(draft, "/sections", section_title="法律援助")

    told = editor.refused(draft, "/publication")

    assert "第 8 部分“法律援助”还没有指标" in told
    assert "还有 28 行是按附件还原的，没有确认" in told
    assert editor.page(draft, "/publication").all("li", issue="error")
    editor.does(draft, "/sections/8", remove="1")
    assert editor.page(draft, "/publication").all("li", issue="error") == []


def test_a_published_edition_never_changes_again(editor, draft):
    editor.does(draft, "/publication")
    published = editor.row(draft)

    again = editor.post(draft, "/publication")
    answers = [
        editor.change_item(draft, "G", label="改动"),
        editor.post(draft, "/removal"),
        editor.get(draft, "/items/G"),
    ]

    assert again.status_code == 303
    assert [answer.status_code for answer in answers] == [409, 409, 409]
    assert all("这一版已经发布，不能再改" in answer.text for answer in answers)
    assert published["published_at"]
    assert editor.row(draft) == published
    assert editor.trail("form-published")[-1] == f"{FORM}@2028.1 2028年统计表"
    assert len(editor.trail("form-published")) == 3
    editor.does(draft, "/confirmations", code="C1", statement="发布后核对")
    assert editor.confirmed(draft) == {"C1": "发布后核对"}


def test_the_database_refuses_a_change_of_a_published_edition_too(editor):
    with editor.city.app.app_context():
        tenancy.enter(organisation("shizong"))
        with writing() as session, pytest.raises(DatabaseError, match="immutable"):
            session.execute(update(FormEdition).values(title="改动"))
        db.session.remove()
