"""The people of these stories, each at their report."""

import pytest

from tests.cast import City
from tests.reports.reporter import Reporter


@pytest.fixture
def echeng(city_app: City) -> Reporter:
    """鄂城's reporter, 王芳."""
    return Reporter(city_app.person("echeng"))


@pytest.fixture
def head(city_app: City) -> Reporter:
    """鄂城's head, 高建华, who fills in too."""
    return Reporter(city_app.person("echeng-head"))


@pytest.fixture
def gedian(city_app: City) -> Reporter:
    """葛店's reporter, who must see nothing of 鄂城."""
    return Reporter(city_app.person("gedian"))


@pytest.fixture
def shizong(city_app: City) -> Reporter:
    """市总's desk, which looks down on all."""
    return Reporter(city_app.person("shizong"))
