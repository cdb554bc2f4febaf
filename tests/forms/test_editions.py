"""The list of editions, their copies and drafts: who may, what is used, what can be taken away."""

import json

from tests.forms.conftest import FORM, Editor
from tests.founding import edition


def test_the_list_says_which_campaign_uses_which_edition(editor):
    page = editor.page()

    first, last = (page.one("tr", edition=f"{FORM}@{version}") for version in ("2027.1", "2022.1"))
    assert "2027年春节送温暖" in first.text
    assert "2022年春节送温暖" in last.text
    assert "28 行未确认" in last.text


def test_only_the_citys_administrator_gets_a_link_on_home(city, echeng):
    assert 'href="/o/shizong/forms"' in city.get("/o/shizong/").text
    assert "/echeng/forms" not in echeng.get("/o/echeng/").text


REFUSED = (
    ("shizong-viewer", "shizong", 403),
    ("shizong-reporter", "shizong", 403),
    ("echeng", "echeng", 403),
    ("echeng", "shizong", 404),
    ("shizong", "echeng", 403),
)


def test_only_the_citys_administrator_opens_form_editions(city_app):
    for username, at, status in REFUSED:
        somebody = Editor(city_app.person(username), at)

        assert somebody.get().status_code == status
        assert somebody.post("2022.1", "/copies", new_version="9").status_code == status
        assert somebody.row("9") is None


def test_a_copy_is_a_draft_with_everything_of_its_original(editor):
    editor.post("2022.1", "/confirmations", code=["C1", "D1"], statement="与正式附件一致")

    editor.copy("2022.1", "2028.1")

    copy, original = editor.document("2028.1"), editor.document("2022.1")
    assert editor.row("2028.1")["published_at"] is None
    assert [item["code"] for item in copy["items"]] == [item["code"] for item in original["items"]]
    assert copy["checks"] == original["checks"]
    assert {item["previous"] for item in copy["items"]} == {item["code"] for item in copy["items"]}
    assert editor.confirmed("2028.1") == {"C1": "与正式附件一致", "D1": "与正式附件一致"}
    assert editor.trail("form-copied") == [
        f"{FORM}@2028.1 2028年统计表：复制自 {FORM}@2022.1 2022年春节期间各级工会送温暖统计表"
    ]


def test_a_revision_of_the_same_year_keeps_its_counterparts(editor):
    editor.copy("2027.1", "2027.2", compared_with="kept")

    assert [i.previous for i in editor.form("2027.2").items] == [
        i.previous for i in editor.form("2027.1").items
    ]


def test_a_wrong_version_is_refused_with_the_typed_fields(editor):
    for version in ("2027.1", "", "版次", "../x", "x" * 33, "2028 1"):
        told = editor.post("2022.1", "/copies", new_version=version, new_title="我写的标题")

        assert told.status_code == 422
        assert "我写的标题" in told.text
    assert len(editor.city.rows("SELECT id FROM form_edition")) == 2


def test_a_copy_made_twice_is_one_copy(editor):
    editor.copy()

    assert "版次 2028.1 已经有了" in editor.refused(
        "2022.1", "/copies", new_version="2028.1", new_title="又一次"
    )
    assert editor.form("2028.1").title == "2028年统计表"


def test_a_draft_is_deleted_with_its_confirmations(editor):
    editor.copy()
    editor.does("2028.1", "/confirmations", everything="1", statement="已核对")

    editor.does("2028.1", "/removal")

    assert editor.row("2028.1") is None
    assert editor.confirmed("2028.1") == {}
    assert editor.get("2028.1").status_code == 404
    assert editor.post("2028.1", "/removal", revision=1).status_code == 404
    assert editor.trail("form-removed") == [f"{FORM}@2028.1 2028年统计表"]


def test_a_draft_used_by_a_campaign_cannot_be_deleted(editor):
    editor.copy()
    id_ = editor.row("2028.1")["id"]
    editor.city.campaign("2027-spring", edition_id=id_)

    answer = editor.post("2028.1", "/removal")

    assert answer.status_code == 409
    assert "填报任务“2027年春节送温暖”使用这一版，不能删除" in answer.text
    assert editor.row("2028.1")


def test_an_exported_edition_is_imported_unchanged(editor):
    exported = editor.get("2022.1", "/document")

    assert exported.mimetype == "application/json"
    assert "songwennuan-2022.1.json" in exported.headers["Content-Disposition"]
    assert exported.data.decode() == editor.row("2022.1")["document"]
    assert json.loads(exported.data) == edition("2022.1")


def test_an_editions_page_shows_its_trail(editor):
    editor.copy()
    editor.change_item("2028.1", "C9", label="在重点工程中立功的职工")

    page = editor.page("2028.1").text

    assert "修改记录（最近 2 条）" in page
    assert "C9 名称：“在重大项目和重大工程中做出突出贡献的职工”改为“在重点工程中立功的职工”" in page
    assert "2022.1" not in editor.page("2027.1").text.partition("修改记录")[2]
