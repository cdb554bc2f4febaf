"""应报 is one number on every page: the expected units whose own report counts."""

import re

import pytest

from tests.campaigns.forms import PLANS, plan
from tests.founding import LAST, OPEN

COUNTED, ASIDE = 4, 1
"""市总, 鄂城, 葛店 and 临空 count; 鄂城's grass-roots union is 仅供核对, 市教育系统 免报."""


def number_in(text: str, pattern: str) -> int:
    found = re.search(pattern, text)
    assert found, text
    return int(found[1])


@pytest.mark.parametrize(
    ("path", "pattern"),
    [
        ("/o/shizong/", r"应报 (\d+) 已报"),
        (f"/o/shizong/campaigns/{OPEN}/status", r"应报 (\d+)"),
        (f"/o/shizong/campaigns/{OPEN}/reminders", r"应报 (\d+) 家，"),
        (f"/o/shizong/campaigns/{OPEN}/consolidation/charts", r"应汇总 (\d+) 家"),
        (plan(OPEN, "/units"), r"应报 (\d+) 免报"),
    ],
)
def test_every_page_shows_the_same_number_of_units(city, path, pattern):
    text = city.page(path).text

    assert number_in(text, pattern) == COUNTED


@pytest.mark.parametrize("path", ["/o/shizong/", plan(OPEN, "/units"), PLANS])
def test_units_for_checking_are_counted_apart(city, path):
    assert f"另 {ASIDE} 家仅供核对" in city.page(path).text


@pytest.mark.parametrize("campaign", [LAST, OPEN])
def test_the_list_of_campaigns_shows_the_same_number(city, campaign):
    (row,) = city.page(PLANS).all("tr", campaign=campaign)

    assert f"{COUNTED} 另 {ASIDE} 家仅供核对 1" in row.text


def test_the_trail_of_the_opening_has_the_same_number(city_app):
    notes = city_app.rows("SELECT note FROM trail WHERE action = ?", "campaign-opened")

    assert len(notes) == 2
    for row in notes:
        assert row[0].endswith(f"应报单位 {COUNTED} 家（另 {ASIDE} 家仅供核对）")
