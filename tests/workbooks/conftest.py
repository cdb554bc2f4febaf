"""The 2022 form, as it is and with every figure at its limit."""

import json
from pathlib import Path
from typing import Any

import pytest

import portal
from portal.domain.form.form import Form, parse_form

EDITION = Path(portal.__file__).parent / "editions" / "songwennuan-2022.1.json"


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The 2022 form as its data stands."""
    return json.loads(EDITION.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def form(document: dict[str, Any]) -> Form:
    """The 2022 form."""
    return parse_form(document)


@pytest.fixture(scope="session")
def worst(form: Form) -> dict[str, int]:
    """Every leaf at the greatest figure that it can take."""
    return {item.code: item.unit.greatest for item in form.leaves}
