"""Units that were closed or merged in the middle: marked, told of, and not chased."""

import pytest

from portal.domain.campaign.board import Show
from tests.reminders.conftest import give_addresses
from tests.reminders.test_desk import names, words

MERGER = {"into": "linkong", "people": "move", "despite": "1"}


@pytest.fixture
def merged(city):
    """葛店 merged into 临空 before it reported."""
    assert city.post("/o/gedian/organisation/merger", **MERGER).status_code == 303


@pytest.fixture
def closed(city):
    """葛店 closed before it reported."""
    assert city.post("/o/gedian/organisation/closing", despite="1").status_code == 303


@pytest.mark.parametrize(
    ("gone", "said"), [("merged", "已合并到临空经济区总工会"), ("closed", "已撤销")]
)
def test_board_and_reminder_say_what_became_of_a_closed_unit(city, request, gone, said):
    request.getfixturevalue(gone)

    row = city.board().one("tr", organisation="gedian")
    desk = city.page(city.url("/reminders"))
    unit = city.page(city.url("/report/reminders", code="gedian"))

    assert said in row.text
    assert not row.all("a", action="remind")
    assert names(desk) == ["shizong", "echeng", "linkong"]
    assert "应报 4 家，尚有 3 家未上报：" in words(desk)
    assert f"另有 1 家不再催报：葛店开发区总工会（{said}）" in words(desk)
    assert said in unit.text
    assert "没有人可催" in unit.text


def test_the_counts_of_the_board_stay(city, closed):
    page = city.board()

    assert page.one("a", count=Show.EXPECTED).text.endswith("4")
    assert page.one("a", count=Show.MISSING).text.endswith("4")


def test_the_text_without_names_counts_closed_units_apart(city, merged):
    text = words(city.page(city.url("/reminders?only=number")))

    assert "尚有 3 家未上报；另有 1 家不再催报" in text


def test_a_closed_unit_is_not_recorded_as_reminded(city, city_app, closed):
    city.post(city.url("/reminders"), unit=["gedian", "echeng"], nonce="click-1")

    assert city_app.scalar("SELECT count(*) FROM reminder") == 1


@pytest.mark.parametrize("way", ["", "/messages/mail"])
def test_a_call_or_mail_to_a_closed_unit_is_refused(new_city_app, postbox, way):
    app = new_city_app(post=postbox.office)
    desk = app.person("shizong")
    give_addresses(app, gedian="liuyang@example.cn")
    desk.post("/o/gedian/organisation/closing", despite="1")

    answer = desk.post(desk.url(f"/report/reminders{way}", code="gedian"), outcome="forgot")

    assert answer.status_code == 409
    assert "没有人可催" in answer.text
    assert postbox.to() == []


def test_when_only_closed_units_are_missing_the_text_says_so(city, city_app, merged):
    for person in ("shizong-reporter", "echeng", "linkong"):
        city_app.person(person).report("submitted")

    page = city.page(city.url("/reminders"))

    assert "应报 4 家，其余全部上报，没有要催的单位。" in page.text
    assert "葛店开发区总工会（已合并到临空经济区总工会）" in page.text


def test_a_unit_that_reported_before_it_closed_is_marked_and_counts(city, city_app):
    city_app.person("gedian").report("accepted")
    city.post("/o/gedian/organisation/merger", **MERGER)

    row = city.board().one("tr", organisation="gedian")

    assert "已合并到临空经济区总工会" in row.text
    assert row.get("data-status") == "accepted"
    assert "葛店" not in words(city.page(city.url("/reminders")))


def test_a_unit_that_is_open_again_is_chased_again(city, merged):
    city.post("/o/gedian/organisation/opening")

    assert "gedian" in names(city.page(city.url("/reminders")))
    assert "已合并" not in city.board().one("tr", organisation="gedian").text
