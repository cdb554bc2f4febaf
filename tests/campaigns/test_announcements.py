"""Announcements: the city tells its units, and sees who has read what."""

import re

import pytest

from portal.register.units import Unit
from tests.campaigns.forms import found_later, plan, post_form
from tests.founding import OPEN

ALL = plan(OPEN, "/announcements/all")


@pytest.fixture
def draft(city):
    """The address of a draft."""
    answer = post_form(
        city, ALL, title="关于口径的说明", text="人次按 <发放> 次数计。\n同一人两次算两人次。"
    )
    assert answer.status_code == 303
    return re.sub("^https?://[^/]*", "", answer.headers["Location"])


def publish(city, draft, **typed):
    """Send a draft out."""
    return post_form(city, draft, f"{draft}/publication", **typed)


def seen_by(person, draft):
    """The address of an announcement for a unit."""
    return person.url(f"/announcements/{draft.rpartition('/')[2]}")


def test_a_draft_is_seen_by_nobody_else(city, echeng, draft):
    assert echeng.get(seen_by(echeng, draft)).status_code == 404
    assert "关于口径的说明" not in echeng.get(echeng.url("/notice")).text


def test_a_published_announcement_is_on_every_units_home(city_app, city, echeng, draft):
    answer = publish(city, draft)

    assert answer.status_code == 303
    home = echeng.page("/o/echeng/")
    assert "1 条未读" in home.text
    assert "关于口径的说明" in home.text
    page = echeng.get(seen_by(echeng, draft)).text
    assert "人次按 &lt;发放&gt; 次数计。" in page
    assert "已读 0 / 应读 5" in city.page(ALL).text
    jiaoyu = city_app.person("jiaoyu")
    assert jiaoyu.get(seen_by(jiaoyu, draft)).status_code == 404


def test_only_the_button_marks_an_announcement_as_read(city_app, city, echeng, draft):
    publish(city, draft)
    echeng.get(seen_by(echeng, draft))
    unread = city_app.scalar("SELECT count(*) FROM delivery WHERE read_at IS NOT NULL")

    answers = [echeng.post(seen_by(echeng, draft) + "/reading").status_code for _ in range(2)]

    assert unread == 0
    assert answers == [303, 303]
    page = city.page(draft)
    assert "已读 1 / 应读 5" in page.text
    waiting = page.one("ul", unread=None).text
    assert "鄂城区总工会" not in waiting
    assert "葛店开发区总工会" in waiting
    assert "王芳" in page.text
    assert "未读" not in echeng.page("/o/echeng/").text
    query = "SELECT count(*) FROM trail WHERE action = 'announcement-read'"
    assert city_app.scalar(query) == 1


def test_an_announcement_to_named_units_reaches_them_only(city, echeng, gedian, draft):
    fields = {"version": "1", "to": "named", "unit": "gedian"}

    answer = city.post(f"{draft}/publication", **fields)

    assert answer.status_code == 303
    assert gedian.get(seen_by(gedian, draft)).status_code == 200
    assert echeng.get(seen_by(echeng, draft)).status_code == 404
    assert echeng.post(seen_by(echeng, draft) + "/reading").status_code == 404


def test_an_announcement_to_no_unit_is_refused(city, draft):
    answer = city.post(f"{draft}/publication", version="1", to="named")

    assert answer.status_code == 422
    assert "请选定" in answer.text


def test_a_district_desk_sees_the_readers_of_its_subtree_only(city_app, city, draft):
    publish(city, draft)
    desk = city_app.person("echeng-reviewer")

    page = desk.page(seen_by(desk, draft))

    assert "已读 0 / 应读 2" in page.text
    assert "鄂城区基层工会一" in page.text
    assert "葛店" not in page.text
    assert desk.post(seen_by(desk, draft) + "/reading").status_code == 403


def test_publishing_twice_delivers_once(city_app, city, draft):
    publish(city, draft)

    again = city.post(f"{draft}/publication", version="1", to="all")

    assert again.status_code == 303
    assert city_app.scalar("SELECT count(*) FROM delivery") == 5
    assert city_app.scalar("SELECT count(*) FROM trail WHERE action = 'announced'") == 1


def test_a_published_announcement_cannot_be_changed(city, draft):
    publish(city, draft)

    answer = city.post(f"{draft}/draft", version="1", title="另一个标题", text="另一段话")

    assert answer.status_code == 409


def test_two_editors_of_a_draft_do_not_overwrite_each_other(city_app, city, draft):
    city.post(f"{draft}/draft", version="1", title="李的标题", text="李的话")

    answer = city.post(f"{draft}/draft", version="1", title="王的标题", text="王的话")

    assert answer.status_code == 409
    assert "王的话" in answer.text
    assert city_app.scalar("SELECT title FROM announcement") == "李的标题"
    assert publish_status(city, draft, "1") == 409


def publish_status(city, draft, version):
    """What comes of publishing a draft that was seen in a version."""
    return city.post(f"{draft}/publication", version=version, to="all").status_code


def test_a_withdrawn_announcement_stays_visible_to_the_city_only(city_app, city, echeng, draft):
    publish(city, draft)

    answers = [city.post(f"{draft}/withdrawal").status_code for _ in range(2)]

    assert answers == [303, 303]
    assert echeng.get(seen_by(echeng, draft)).status_code == 404
    assert "已撤回" in city.page(ALL).text
    query = "SELECT count(*) FROM trail WHERE action = 'announcement-withdrawn'"
    assert city_app.scalar(query) == 1


def test_a_unit_added_later_gets_the_announcements_to_all(city_app, city, draft):
    publish(city, draft)
    list_of_units = plan(OPEN, "/units")
    found_later(city_app, Unit("gedian-yuan", "葛店生物园工会", "基层", "gedian", "31"))

    post_form(city, list_of_units, f"{list_of_units}/additions", code="gedian-yuan")

    assert "应读 6" in city.page(draft).text


@pytest.mark.parametrize("fields", [{"title": "", "text": "话"}, {"title": "题", "text": ""}])
def test_an_announcement_without_title_or_text_is_refused(city, fields):
    answer = post_form(city, ALL, **fields)

    assert answer.status_code == 422


def test_the_notice_shows_the_form_and_the_dates(city, echeng):
    post_form(
        city, plan(OPEN), summary="请据实统计春节前后送温暖活动。", contact="张慧 0711-0000010"
    )

    page = echeng.page(echeng.url("/notice"))

    for words in (
        "鄂州工发[2027]1号",
        "请据实统计",
        "0711-0000010",
        "全口径数",
        "2027年1月26日（星期二）17:30",
    ):
        assert words in page.text
