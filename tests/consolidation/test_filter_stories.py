"""A saved filter told with the cast, on both engines: the desk, the neighbour, the wrong role."""

import pytest

from tests.cast import OPEN

FILTERS = f"/o/shizong/campaigns/{OPEN}/consolidation/filters"
TABLE = f"/o/shizong/campaigns/{OPEN}/consolidation"


@pytest.fixture
def desk(city_app):
    """The city's reviewer of the shared cast."""
    return city_app.person("shizong")


def kept(desk):
    return desk.city.scalar("SELECT count(*) FROM saved_filter")


def test_the_desk_keeps_a_filter_finds_it_and_forgets_it(desk):
    for _ in range(2):
        answer = desk.post(FILTERS, name="各区", show="kinds", kind="区总", shared="1")
        assert answer.status_code == 303
    page = desk.page(TABLE)

    assert "各区（共用）" in page.text
    assert kept(desk) == 1
    for _ in range(2):
        assert desk.post(f"{FILTERS}/removal", name="各区", shared="1").status_code == 303
    assert kept(desk) == 0


def test_a_neighbour_gets_404_and_a_reporter_403(desk, gedian, echeng):
    own = FILTERS.replace("shizong", "echeng")

    assert gedian.post(FILTERS, name="甲").status_code == 404
    assert gedian.post(own, name="甲").status_code == 404
    assert echeng.post(own, name="甲").status_code == 403
    assert kept(desk) == 0


def test_a_filter_belongs_to_one_organisation(desk):
    desk.post(FILTERS, name="各区", show="kinds")
    reviewer = desk.city.person("echeng-reviewer")
    own = FILTERS.replace("shizong", "echeng")

    assert reviewer.post(f"{own}/removal", name="各区").status_code == 303
    assert reviewer.post(f"{FILTERS}/removal", name="各区").status_code == 404
    assert kept(desk) == 1


def test_a_filters_name_is_escaped(desk):
    desk.post(FILTERS, name="<script>x</script>", show="kinds")

    assert "<script>x" not in desk.get(TABLE).text
    assert "<script>x</script>" in desk.page(TABLE).text
