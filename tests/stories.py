"""The cast as fixtures, for every folder of tests that tells stories."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests import cast, founding
from tests.cast import Character, City


@pytest.fixture(scope="session")
def founded_cast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the cast's city as it was founded; never served itself."""
    folder = tmp_path_factory.mktemp("cast") / "original"
    founding.found(folder)
    yield folder
    cast.close_idle(folder)


@pytest.fixture(scope="session")
def founded_city(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The same city, founded once on each engine: the stories are told on both."""
    folder = tmp_path_factory.mktemp(engine) / "original"
    founding.found(folder, engine)
    yield folder
    cast.close_idle(folder)


@pytest.fixture
def new_city_app(
    founded_city: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., City]]:
    """Serve fresh copies of the city, with other settings where a test wants them."""
    opened: list[tuple[City, dict[str, Any]]] = []

    def serve(**settings: Any) -> City:
        folder = tmp_path_factory.mktemp("cast") / "instance"
        opened.append((cast.borrow_city(founded_city, folder, **settings), settings))
        return opened[-1][0]

    yield serve
    refused = [refusal for city, _ in opened for refusal in city.gate.refused]
    for city, settings in opened:
        cast.give_back(city, founded_city, **settings)
    assert refused == []


@pytest.fixture
def city_app(new_city_app: Callable[..., City]) -> City:
    """One served copy of the city: its clock, its file, its people."""
    return new_city_app()


@pytest.fixture
def app(city_app: City) -> Flask:
    """The application that serves the city."""
    return city_app.app


@pytest.fixture
def echeng(city_app: City) -> Character:
    """鄂城's reporter: ours."""
    return city_app.person("echeng")


@pytest.fixture
def gedian(city_app: City) -> Character:
    """葛店's reporter: the neighbour, who must see nothing."""
    return city_app.person("gedian")


@pytest.fixture
def city(city_app: City) -> Character:
    """市总's reviewer and administrator, who looks down on all."""
    return city_app.person("shizong")
