"""Scripts: each keeps its names to itself, but for what its siblings are meant to ask."""

import re
from pathlib import Path

import pytest

SCRIPTS = sorted((Path(__file__).parents[2] / "portal" / "static" / "js").iterdir())

SHARED = {"pending.js": ["pending"], "sheet.js": ["sheetRows"]}
"""The one name by which other scripts of the page ask each of these."""

AT_THE_TOP = re.compile(
    r"^(?:const|let|var|class|(?:async )?function\*?)\s+(\{?[\w$, ]+)", re.MULTILINE
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_leaves_no_names_on_the_page_but_those_meant_for_its_siblings(script):
    names = AT_THE_TOP.findall(script.read_text(encoding="utf-8"))

    assert [name.strip() for name in names] == SHARED.get(script.name, [])


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_is_strict(script):
    assert re.search(r'^"use strict";$', script.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("const SOON = 5;\n", ["SOON"]),
        ("async function save(row) {\n}\n", ["save"]),
        ("let a = 1;\n{\n  const hidden = 2;\n}\n", ["a"]),
        ("{\n  function hidden() {}\n}\n", []),
    ],
)
def test_a_name_at_the_top_is_found(text, names):
    assert [name.strip() for name in AT_THE_TOP.findall(text)] == names
