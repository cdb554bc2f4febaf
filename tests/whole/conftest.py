"""The marked city that whole-app tests walk through, built once and served in copies."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.whole.marked_city import MarkedCity, found, open_marked
from tests.whole.routes import Walk


@pytest.fixture(scope="session")
def founded_marked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the marked city as it was founded; never served itself."""
    folder = tmp_path_factory.mktemp("marked") / "original"
    found(folder)
    return folder


@pytest.fixture
def new_marked(founded_marked: Path, tmp_path: Path) -> Iterator[Callable[..., MarkedCity]]:
    """Serve copies of the marked city, with other settings where a test wants them."""
    opened: list[MarkedCity] = []

    def serve(**settings: Any) -> MarkedCity:
        opened.append(open_marked(founded_marked, tmp_path / f"city{len(opened)}", **settings))
        return opened[-1]

    yield serve
    for city in opened:
        city.close()
    assert [refusal for city in opened for refusal in city.gate.refused] == []


@pytest.fixture
def marked(new_marked: Callable[..., MarkedCity]) -> MarkedCity:
    """One served copy of the marked city."""
    return new_marked()


@pytest.fixture(scope="session")
def walk(founded_marked: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """A marked city in which everybody has signed in; tests put it right behind them."""
    city = open_marked(founded_marked, tmp_path_factory.mktemp("walk") / "city")
    walk = Walk(city)
    yield walk
    walk.close()
    city.close()
    assert city.gate.refused == []
