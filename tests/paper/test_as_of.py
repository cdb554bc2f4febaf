"""数据截至: the instant of the figures, not that of printing, once nobody can change them."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from portal.domain.campaign.calendar import in_words
from tests.founding import CLOSES, LAST, NOW, OPEN

HOUR = timedelta(hours=1)
AFTER = CLOSES + timedelta(days=400)


def told(person, path="print", scope="submitted", campaign=OPEN):
    url = person.url(f"/consolidation/{path}?scope={scope}", code="shizong", campaign=campaign)
    return person.page(url).text.partition("数据截至：")[2].split(" ")[0]


def moment(at):
    return in_words(at).split(" ")[0]


@pytest.fixture
def stopped(echeng, gedian, city_app, city):
    """鄂城 submitted at ten, 葛店 an hour later; 鄂城 was accepted at one; 临空 saved at two."""
    echeng.report("submitted")
    city_app.clock_at(city_app.now + HOUR)
    gedian.report("submitted")
    city_app.clock_at(city_app.now + 2 * HOUR)
    city.post(echeng.url("/report/acceptance"), number="1")
    city_app.clock_at(city_app.now + HOUR)
    city_app.person("linkong").report("draft")
    city_app.clock_at(AFTER)
    return city


@pytest.mark.parametrize("path", ["print", "overview"])
def test_an_open_campaign_says_now(echeng, city, city_app, path):
    echeng.report("submitted")
    city_app.clock_at(city_app.now + 5 * HOUR)

    assert told(city, path) == moment(NOW + 5 * HOUR)


@pytest.mark.parametrize(("scope", "hours"), [("submitted", 1), ("accepted", 3), ("drafts", 4)])
def test_a_stopped_campaign_says_when_its_figures_last_changed(stopped, scope, hours):
    assert told(stopped, scope=scope) == moment(NOW + hours * HOUR)


def test_the_leaders_page_and_the_workbooks_say_the_same(stopped):
    here = stopped.url("/consolidation")
    words = moment(NOW + HOUR)

    assert told(stopped, "overview") == words
    for path in ("/workbook", "/overview/workbook"):
        book = load_workbook(BytesIO(stopped.get(here + path).data))
        texts = [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value]
        assert any(f"数据截至：{words}" in text for text in texts), path


def test_the_words_for_the_leaders_have_the_same_day(stopped):
    page = stopped.page(stopped.url("/consolidation/overview"))
    (text,) = page.all("textarea", paragraph=None)

    assert text.text.startswith("据统计，截至1月20日，")


def test_it_does_not_move_with_the_clock(stopped, city_app):
    before = told(stopped)
    city_app.clock_at(city_app.now + timedelta(days=90))

    assert told(stopped) == before


def test_while_one_unit_may_still_report_it_is_now(stopped, gedian, city_app):
    stopped.post(
        gedian.url("/report/return"), number="1", reason="请核对 C9。", until="2028-03-10 17:30"
    )

    assert told(stopped) == moment(city_app.now)


def test_a_stopped_campaign_without_any_report_says_when_it_stopped(city, city_app):
    city_app.clock_at(AFTER)

    assert told(city) == moment(CLOSES)


def test_an_archived_campaign_is_stopped(echeng, city, city_app):
    echeng.report("submitted")
    city_app.clock_at(city_app.now + HOUR)
    city_app.campaign(status="archived")

    assert told(city) == moment(NOW)


def test_last_years_paper_holds_last_years_instant(city):
    assert told(city, campaign=LAST).startswith("2022年1月20日")
