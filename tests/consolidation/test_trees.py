"""Consolidations of other trees: a district that counts 本级 only, a city of very many units."""

import pytest
from sqlalchemy import event

from portal.consolidation.table import COLUMNS_A_PAGE
from portal.storage.db import db
from tests.consolidation.conftest import (
    CAMPAIGN,
    City,
    add_campaign,
    add_organisations,
    make_app,
    words,
)

SECOND = "2023-spring"


def second_campaign(city: City, **basis: str) -> None:
    """Another campaign with the same units, some of them on another basis."""
    rows = [
        (
            o.code,
            o.name,
            o.kind,
            None,
            basis.get(o.code, "own" if o.code == "shizong" else "full"),
            True,
        )
        for o in city.organisations.values()
    ]
    add_campaign(city.document, city.organisations, rows, SECOND)


@pytest.fixture
def own_district(city):
    """鄂城 reports 本级 only, so that its grass-roots are added beside it."""
    second_campaign(city, echeng="own")
    city.report("echeng", "submitted", campaign=SECOND, C1=10)
    city.report("echeng-jiceng1", "accepted", campaign=SECOND, C1=4)
    return city


def table(city, code, role="viewer"):
    return city.sign_in(code, role).page(f"/o/{code}/campaigns/{SECOND}/consolidation")


def test_grass_roots_below_an_own_basis_district_are_added(own_district):
    page = table(own_district, "shizong")

    assert page.total("C1") == "14"
    assert page.cells("C1")["echeng"] == "14"
    assert page.kinds("C1")["基层"] == "4"


def test_a_partly_reported_column_is_both_included_and_missing(own_district):
    page = table(own_district, "shizong")

    assert "echeng" in page.codes("included")
    assert "echeng" in page.codes("missing")
    headings = [words(th) for th in page.root.iter("th")]
    assert "鄂城区总工会 含 2 家，缺 1 家" in headings


def test_the_districts_own_sum_equals_its_column(own_district):
    page = table(own_district, "echeng")

    assert page.total("C1") == "14"
    assert page.cells("C1") == {"echeng": "10", "echeng-jiceng1": "4", "echeng-jiceng2": ""}
    assert page.codes("included") == ["echeng", "echeng-jiceng1"]
    assert page.codes("missing") == ["echeng-jiceng2"]


def test_one_campaign_never_counts_in_another(own_district):
    own_district.report("gedian", "accepted", C1=500)

    assert table(own_district, "shizong").total("C1") == "14"
    assert own_district.sign_in("shizong", "viewer").table("shizong").total("C1") == "500"


def many_units(more: int):
    """A city with `more` districts."""
    city = ("shizong", "鄂州市总工会", "市总", None, "own", True)
    return (
        city,
        *((f"u{n}", f"第{n}区总工会", "区总", "shizong", "full", True) for n in range(more)),
    )


@pytest.fixture
def large(tmp_path, document):
    """A city with more units than a page has columns, of which the first and the last reported."""
    app = make_app(tmp_path)
    units = many_units(COLUMNS_A_PAGE + 3)
    with app.app_context():
        city = City(app, document, add_organisations(units))
        add_campaign(document, city.organisations, units)
        city.report("u0", "accepted", C1=1)
        city.report(units[-1][0], "accepted", C1=2)
        yield city
        db.engine.dispose()


def test_many_units_are_paged_and_every_page_has_the_total(large):
    desk = large.sign_in("shizong", "reviewer")

    first, second = desk.table("shizong"), desk.table("shizong", "?page=2")

    assert [first.total("C1"), second.total("C1")] == ["3", "3"]
    assert len(first.cells("C1")) == COLUMNS_A_PAGE
    assert list(second.cells("C1").values()) == ["", "", "", "2"]
    assert first.codes("included") == second.codes("included") == ["u0", f"u{COLUMNS_A_PAGE + 2}"]
    assert set(first.cells("C1")).isdisjoint(second.cells("C1"))


def test_there_is_no_page_after_the_last(large):
    status = large.sign_in("shizong", "reviewer").status(
        f"/o/shizong/campaigns/{CAMPAIGN}/consolidation?page=3"
    )

    assert status == 404


def statements_of(city: City) -> int:
    """How many statements the table of the city takes, once the form is known."""
    desk = city.sign_in("shizong", "reviewer")
    desk.table("shizong")
    seen: list[str] = []

    def see(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", see)
    desk.table("shizong")
    event.remove(db.engine, "before_cursor_execute", see)
    return sum("SELECT" in statement for statement in seen)


def test_more_units_take_no_more_statements(large):
    for code in ("u1", "u2", "u3"):
        large.report(code, "accepted", C1=1)
    before = statements_of(large)
    for number in range(4, 20):
        large.report(f"u{number}", "accepted", C1=1)

    assert statements_of(large) == before
