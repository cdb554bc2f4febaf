"""The expected organisations: an explicit list, changed with a trail, also when it is out."""

import pytest

from portal.register.units import Unit
from tests.campaigns.forms import fields_of, found_later, plan, post_form
from tests.founding import OPEN

LIST = plan(OPEN, "/units")


def expectation(city_app, code, campaign=OPEN):
    """A unit on the list of a campaign, read from the database itself."""
    query = (
        "SELECT e.* FROM expectation e JOIN campaign c ON c.id = e.campaign_id "
        "WHERE c.code = ? AND e.code = ?"
    )
    return next(iter(city_app.rows(query, campaign, code)), None)


def told(city_app):
    """What the trail says of changed units: note, old, new."""
    query = "SELECT note, old, new FROM trail WHERE action = 'expectation-changed' ORDER BY number"
    return [tuple(row.values()) for row in city_app.rows(query)]


@pytest.fixture
def draft(city):
    """A draft copied from this year's campaign."""
    post_form(city, plan(OPEN, "/copy"), plan(OPEN, "/copies"), code="2028-spring")
    return plan("2028-spring", "/units")


def test_the_list_shows_every_unit_in_its_order(city):
    page = city.page(LIST)

    rows = [row.get("data-organisation") for row in page.all("tr", organisation=None)]
    assert rows == ["shizong", "echeng", "echeng-jiceng1", "gedian", "linkong", "jiaoyu"]
    assert page.one("tr", organisation="jiaoyu").get("data-expected") == "false"


def test_every_field_of_a_unit_can_be_changed_in_a_draft(city_app, city, draft):
    answer = post_form(
        city,
        draft,
        echeng__basis="own",
        echeng__position="55",
        gedian__expected="免报",
        gedian__reason="机构改革，本年并入市级统计",
        linkong__allocated="１２．３４５６７８",
        linkong__households="1,138",
    )

    assert answer.status_code == 303
    echeng, gedian, linkong = (
        expectation(city_app, code, "2028-spring") for code in ("echeng", "gedian", "linkong")
    )
    assert (echeng["basis"], echeng["position"]) == ("own", 55)
    assert not gedian["expected"]
    assert gedian["exempt_reason"] == "机构改革，本年并入市级统计"
    assert (linkong["allocated"], linkong["households"]) == (12_345_678, 1138)
    assert ("鄂城区总工会（echeng）口径", "全口径", "本级") in told(city_app)
    assert ("临空经济区总工会（linkong）下拨资金（万元）", "", "12.345678") in told(city_app)


def test_a_changed_order_survives_publication(city_app, city, draft):
    post_form(city, draft, echeng__position="55")

    post_form(city, plan("2028-spring", "/publication"))

    assert expectation(city_app, "echeng", "2028-spring")["position"] == 55
    assert expectation(city_app, "gedian", "2028-spring")["position"] == 30


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gedian__allocated", "一百万"),
        ("gedian__allocated", "0.0000001"),
        ("gedian__households", "-3"),
        ("gedian__expected", "免报"),
        ("gedian__reason", "字" * 501),
    ],
)
def test_a_refused_field_has_a_sentence_in_its_row(city_app, city, name, text):
    before = expectation(city_app, "gedian")

    answer = post_form(city, LIST, **{name: text, "echeng__households": "7"})

    assert answer.status_code == 422
    assert text[:500] in answer.text
    assert expectation(city_app, "gedian") == before
    assert expectation(city_app, "echeng")["households"] == 7


@pytest.mark.parametrize("change", [{"echeng.basis": "own"}, {"echeng.position": "99"}])
def test_basis_and_order_are_fixed_by_publication(city_app, city, change):
    fields = fields_of(city.page(LIST), LIST)

    answer = city.post(LIST, **fields | change)

    assert answer.status_code == 409
    assert expectation(city_app, "echeng")["basis"] == "full"


def test_a_released_unit_leaves_the_denominator_and_comes_back(city_app, city, gedian):
    gedian.report("submitted")
    post_form(city, LIST, gedian__expected="免报", gedian__reason="机构改革")

    without = city.board()
    locked = gedian.save("C9", "12")
    post_form(city, LIST, gedian__expected="应报")
    again = city.board()

    assert without.all("tr", organisation="gedian") == []
    assert "应报 3" in without.by_id("counts").text
    assert "应报 4" in again.by_id("counts").text
    assert locked.status_code == 409
    assert expectation(city_app, "gedian")["exempt_reason"] == ""
    assert [entry[0][-4:] for entry in told(city_app)] == [
        "n）应报",
        "免报理由",
        "n）应报",
        "免报理由",
    ]


def test_two_administrators_of_one_row_get_a_conflict(city_app, city):
    seen = fields_of(city.page(LIST), LIST)
    post_form(city, LIST, gedian__allocated="1")

    answer = city.post(LIST, **seen | {"gedian.allocated": "2", "echeng.allocated": "3"})

    assert answer.status_code == 409
    assert expectation(city_app, "gedian")["allocated"] == 1_000_000
    assert expectation(city_app, "echeng")["allocated"] == 3_000_000
    knowing = fields_of(type(city.page(LIST)).of(answer.text), LIST)
    assert city.post(LIST, **knowing).status_code == 303
    assert expectation(city_app, "gedian")["allocated"] == 2_000_000


def test_an_untouched_row_keeps_anothers_change(city_app, city):
    seen = fields_of(city.page(LIST), LIST)
    post_form(city, LIST, gedian__allocated="1")

    answer = city.post(LIST, **seen | {"echeng.allocated": "3"})

    assert answer.status_code == 303
    assert expectation(city_app, "gedian")["allocated"] == 1_000_000


def test_saving_twice_is_harmless(city_app, city):
    fields = fields_of(city.page(LIST), LIST) | {"echeng.allocated": "87.66"}

    answers = [city.post(LIST, **fields).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert len(told(city_app)) == 1


def test_a_unit_founded_later_is_added_below_its_parent(city_app, city):
    found_later(
        city_app,
        Unit("gedian-yuan", "葛店生物园工会", "基层", "gedian", "31"),
        Unit("gedian-yuan-1", "葛店生物园一厂工会", "基层", "gedian-yuan", "32"),
    )

    answers = [
        post_form(city, LIST, f"{LIST}/additions", code="gedian-yuan-1").status_code,
        city.post(f"{LIST}/additions", code="gedian-yuan-1").status_code,
    ]

    assert answers == [303, 303]
    row, above = (expectation(city_app, c) for c in ("gedian-yuan-1", "gedian-yuan"))
    assert row["expected"]
    assert not above["expected"]
    assert row["path"].startswith(above["path"])
    query = "SELECT note FROM trail WHERE action = 'expectation-added'"
    assert len(city_app.rows(query)) == 1


def test_a_code_of_no_unit_is_refused(city):
    assert city.post(f"{LIST}/additions", code="nowhere").status_code == 422


def test_the_list_is_searched(city):
    page = city.page(f"{LIST}?find=葛店")

    assert [row.get("data-organisation") for row in page.all("tr", organisation=None)] == ["gedian"]
