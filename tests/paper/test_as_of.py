"""数据截至: the instant of the figures, not that of printing, once nobody can change them."""

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from portal.domain.campaign.calendar import in_words
from tests.campaigns.forms import post_form
from tests.founding import CLOSES, LAST, NOW, OPEN
from tests.paper.desk import EDITIONS, correct, freeze
from tests.paper.test_reported import LIST, lock_in_first_format

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


def test_the_instant_of_a_stopped_campaign_is_fixed(stopped, city_app):
    before = told(stopped)
    city_app.clock_at(city_app.now + timedelta(days=90))

    assert told(stopped) == before


def test_an_extension_keeps_the_instant_at_now(stopped, gedian, city_app):
    stopped.post(
        gedian.url("/report/return"), number="1", reason="请核对 C9。", until="2028-03-10 17:30"
    )

    assert told(stopped) == moment(city_app.now)


def test_a_stopped_campaign_without_any_report_says_when_it_stopped(city, city_app):
    city_app.clock_at(AFTER)

    assert told(city) == moment(CLOSES)


@pytest.mark.parametrize(
    "fields",
    [
        {"gedian__allocated": "5.00"},
        {"gedian__expected": "免报", "gedian__reason": "已撤销"},
    ],
    ids=["passed down", "exempt"],
)
def test_what_the_list_of_units_moves_later_is_later(stopped, city_app, fields):
    city_app.clock_at(city_app.now + 3 * HOUR)
    assert post_form(stopped, LIST, **fields).status_code == 303
    city_app.clock_at(city_app.now + 9 * HOUR)

    assert told(stopped) == moment(AFTER + 3 * HOUR)


def test_what_moves_no_sum_leaves_the_instant(stopped, city_app):
    assert post_form(stopped, LIST, gedian__households="12").status_code == 303

    assert told(stopped) == moment(NOW + HOUR)


def test_a_report_that_left_the_sum_counts_too(stopped, gedian, city_app):
    until = "2028-03-10 17:30"
    stopped.post(gedian.url("/report/return"), number="1", reason="请核对 C9。", until=until)
    city_app.clock_at(AFTER + timedelta(days=90))

    assert told(stopped) == moment(AFTER)


def test_an_archived_campaign_is_stopped(echeng, city, city_app):
    echeng.report("submitted")
    city_app.clock_at(city_app.now + HOUR)
    city_app.campaign(status="archived")

    assert told(city) == moment(NOW)


def test_last_years_paper_holds_last_years_instant(city):
    assert told(city, campaign=LAST).startswith("2022年1月20日")


def texts_of(book):
    """Every text of a workbook."""
    sheets = load_workbook(BytesIO(book.data))
    return [str(cell.value) for sheet in sheets for row in sheet for cell in row if cell.value]


def told_by_edition(city, number=1):
    """数据截至 of an edition: on its screen, on its print and in its workbook."""
    url = city.url(f"{EDITIONS}/{number}")
    printed = told(city, f"editions/{number}/print")
    screen = city.page(url).text.partition("数据截至 ")[2].split(" ")[0]
    said = {
        text.partition("数据截至：")[2].split("　")[0]
        for text in texts_of(city.get(f"{url}/workbook"))
    }
    return printed, screen, {one for one in said if one}


def test_an_edition_locked_after_the_close_says_the_instant_of_its_figures(stopped):
    freeze(stopped)
    words = moment(NOW + HOUR)

    printed, screen, book = told_by_edition(stopped)

    assert (printed, screen) == (words, words)
    assert book == {in_words(NOW + HOUR)}


def test_an_edition_of_what_is_accepted_says_when_that_was_decided(stopped):
    freeze(stopped, scope="accepted")

    assert told(stopped, "editions/1/print", "accepted") == moment(NOW + 3 * HOUR)


def test_an_edition_locked_while_units_report_says_when_it_was_locked(echeng, city, city_app):
    echeng.report("submitted")
    city_app.clock_at(city_app.now + 5 * HOUR)
    freeze(city)
    city_app.clock_at(AFTER)

    assert told(city, "editions/1/print") == moment(NOW + 5 * HOUR)


def test_a_correction_after_the_close_has_a_later_instant(stopped, gedian, city_app):
    freeze(stopped)
    correct(stopped, gedian, until="2028-03-10 17:30", C9="13")
    city_app.clock_at(AFTER + timedelta(days=30))
    freeze(stopped)

    assert told(stopped, "editions/1/print") == moment(NOW + HOUR)
    assert told(stopped, "editions/2/print") == moment(AFTER)


def test_an_edition_from_before_says_when_it_was_locked(stopped, city_app):
    freeze(stopped)
    lock_in_first_format(city_app, ["汇总单位 2 家。"])

    assert told(stopped, "editions/2/print") == moment(AFTER)
