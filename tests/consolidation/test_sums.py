"""The sums of the database against the reference of the domain, on trees of every shape."""

import json
from random import Random

import pytest

from portal.access import tenancy
from portal.collection.assignment import find_assignment
from portal.consolidation import sums
from portal.consolidation.node import ConsolidationScope
from portal.consolidation.tree import read_tree
from portal.domain.consolidation.placement import Scope, add, add_up
from portal.models.organisation import KINDS
from portal.storage.db import db
from tests.consolidation.conftest import EDITION, City, add_campaign, add_organisations, make_app

STATES = ("draft", "submitted", "returned", "accepted", None)
SIZE = 25
ITEMS = ("A1", "A2", "C1", "C2", "D1", "E1")


def random_units(random: Random) -> list[tuple]:
    """A tree in which every shape, basis and exemption can come about."""
    units: list[tuple] = [("u0", "甲", "市总", None, random.choice(["own", "full"]), True)]
    for number in range(1, SIZE):
        parent = random.choice(units)[0]
        basis, expected = random.choice(["own", "full"]), random.random() > 0.2
        units.append((f"u{number}", f"单位{number}", random.choice(KINDS), parent, basis, expected))
    return units


@pytest.fixture(scope="module", params=range(4))
def grown(request, tmp_path_factory):
    """A random tree with random reports: the city, and the figures by unit."""
    random = Random(request.param)  # noqa: S311 - no secret
    app = make_app(tmp_path_factory.mktemp("grown"))
    document = json.loads(EDITION.read_text(encoding="utf-8"))
    units = random_units(random)
    with app.app_context():
        organisations = add_organisations(units)
        add_campaign(document, organisations, units)
        city = City(app, document, organisations)
        figures = {}
        for code in organisations:
            if state := random.choice(STATES):
                figures[code] = random_figures(random)
                city.report(code, state, **figures[code])
        yield city, figures
        db.engine.dispose()


def random_figures(random: Random) -> dict[str, int | None]:
    items = random.sample(ITEMS, random.randrange(len(ITEMS)))
    return {item: random.choice([None, 0, random.randrange(9_999_999_990_000)]) for item in items}


def nodes(city: City):
    """The consolidation of every unit in every scope, with the session that reads it."""
    for organisation in city.organisations.values():
        tenancy.enter(organisation)
        assignment = find_assignment(db.session(), "2022-spring")
        with tenancy.subtree(organisation) as session:
            tree = read_tree(session, assignment.expectation)
            for scope in Scope:
                yield session, ConsolidationScope(assignment, tree, scope)


def test_the_database_adds_as_the_domain_does(grown):
    city, figures = grown

    for session, node in nodes(city):
        expected = add(figures, node.placement, node.scope, node.form)
        columns = sums.sums_by_column(
            session, node.tree, node.placement.columns, node.scope, node.form
        )
        whole = sums.total_of(session, node.tree, node.standing.included, node.form)

        assert columns == expected.columns
        assert whole == expected.total


def test_the_kinds_add_up_to_the_total(grown):
    city, _ = grown

    for session, node in nodes(city):
        kinds = sums.sums_by_kind(session, node.tree, node.standing.included, node.form)
        whole = sums.total_of(session, node.tree, node.standing.included, node.form)

        assert add_up(node.form, kinds.values()) == whole
        assert set(kinds) <= set(node.kinds)


def test_units_for_checking_show_their_own_sums(grown):
    city, figures = grown

    for session, node in nodes(city):
        expected = add(figures, node.below, node.scope, node.form)
        drawn = [column.drawn for column in node.columns]
        columns = sums.sums_by_column(session, node.tree, drawn, node.scope, node.form)

        assert {code: columns[code] for code in expected.columns} == expected.columns


def test_the_figures_of_an_item_add_up_to_its_sum(grown):
    city, _ = grown

    for session, node in nodes(city):
        included = node.standing.included
        whole = sums.total_of(session, node.tree, included, node.form)
        for item in ("A", "A1", "C", "D1"):
            each = sums.figures_of_item(session, node.tree, included, item, node.form)

            known = [figure for figure in each.values() if figure is not None]
            assert (sum(known) if known else None) == whole[item]


def test_reports_are_added_in_batches_when_they_are_very_many(grown, monkeypatch):
    city, figures = grown
    monkeypatch.setattr(sums, "MAX_AT_ONCE", 3)

    for session, node in nodes(city):
        expected = add(figures, node.placement, node.scope, node.form)
        columns = sums.sums_by_column(
            session, node.tree, node.placement.columns, node.scope, node.form
        )
        whole = sums.total_of(session, node.tree, node.standing.included, node.form)

        assert (columns, whole) == (expected.columns, expected.total)


def test_the_greatest_sums_stay_exact(city):
    greatest = 9_999_999_990_000
    for code in ("shizong", "echeng", "huarong", "gedian"):
        city.report(code, "accepted", A1=greatest - 1)

    page = city.sign_in("shizong", "reviewer").table("shizong")

    assert page.total("A1") == "39999999.959996"
    assert page.total("A") == "39999999.959996"
