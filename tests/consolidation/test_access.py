"""Who may see a consolidation: the desk of the organisation or of one above it."""

import pytest

from tests.consolidation.conftest import UNITS, add_campaign, consolidation

PARTS = (
    "",
    "/items/C1",
    "/overview",
    "/overview/workbook",
    "/charts",
    "/checks",
    "/print",
    "/workbook",
)


def statuses(person, code, **more):
    """The answers to every address of a consolidation."""
    return {person.status(f"{consolidation(code, **more)}{part}") for part in PARTS}


@pytest.mark.parametrize("role", ["reviewer", "admin", "viewer"])
def test_the_citys_desk_sees_the_citys_and_a_districts_consolidation(city, role):
    person = city.sign_in("shizong", role)

    assert statuses(person, "shizong") == {200}
    assert statuses(person, "echeng") == {200}


def test_a_head_sees_only_the_consolidation_at_home(city):
    head = city.sign_in("echeng", "head")

    assert statuses(head, "echeng") == {200}
    assert statuses(head, "echeng-jiceng1") == {404}


@pytest.mark.parametrize("role", ["reporter", "auditor"])
def test_a_reporter_or_auditor_has_the_wrong_role_at_home(city, role):
    person = city.sign_in("echeng", role)

    assert statuses(person, "echeng") == {403}


@pytest.mark.parametrize("role", ["reporter", "reviewer", "admin", "viewer", "head"])
def test_a_neighbours_consolidation_is_not_found(city, role):
    neighbour = city.sign_in("gedian", role)

    assert statuses(neighbour, "echeng") == {404}
    assert statuses(neighbour, "shizong") == {404}


@pytest.mark.parametrize("part", PARTS)
def test_a_stranger_is_asked_to_sign_in(city, part):
    answer = city.app.test_client().get(f"{consolidation('echeng')}{part}")

    assert answer.status_code == 303
    assert "/login" in answer.location


def test_an_unknown_campaign_is_not_found(city):
    person = city.sign_in("shizong", "reviewer")

    assert statuses(person, "shizong", campaign="spring-1999") == {404}


def test_a_unit_without_a_part_in_the_campaign_has_no_consolidation(city, document):
    units = [row for row in UNITS if row[0] != "gedian"]
    add_campaign(document, city.organisations, units, "2023-spring")
    person = city.sign_in("shizong", "reviewer")

    assert statuses(person, "gedian", campaign="2023-spring") == {404}
    assert statuses(person, "shizong", campaign="2023-spring") == {200}
