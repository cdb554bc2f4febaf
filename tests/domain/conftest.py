"""The forms that domain tests read: the edition of 2022, and that of 2027 which follows it."""

import json
from pathlib import Path
from typing import Any

import pytest

import portal
from portal.domain.form.form import Form, parse_form

EDITIONS = Path(portal.__file__).parent / "editions"


def _edition(version: str) -> dict[str, Any]:
    text = (EDITIONS / f"songwennuan-{version}.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document


@pytest.fixture
def document() -> dict[str, Any]:
    """The data of the 2022 edition, for a test to change as it likes."""
    return _edition("2022.1")


@pytest.fixture
def document_2027() -> dict[str, Any]:
    """The data of the 2027 edition, for a test to change as it likes."""
    return _edition("2027.1")


@pytest.fixture(scope="session")
def form() -> Form:
    """The form of 2022."""
    return parse_form(_edition("2022.1"))


@pytest.fixture(scope="session")
def form_2027() -> Form:
    """The form of 2027, whose items name their counterparts and which asks the city's register."""
    return parse_form(_edition("2027.1"))
