"""Style sheets: one file a thing seen, named in kebab-case, sizes of letters named once."""

import re
from pathlib import Path

import pytest

PORTAL = Path(__file__).parents[2] / "portal"
SHEETS = sorted((PORTAL / "static" / "css").iterdir())
TOKENS = PORTAL / "static" / "css" / "tokens.css"

NAME = re.compile(r"[a-z]+(-[a-z]+)*\.css")
SIZE_IN_PIXELS = re.compile(r"\bfont(?:-size)?\s*:[^;}]*?[0-9.]px")
TOKEN = re.compile(r"var\((--[a-z-]+)\)")


def test_every_sheet_is_named_in_kebab_case():
    assert SHEETS
    assert [sheet.name for sheet in SHEETS if not NAME.fullmatch(sheet.name)] == []


def test_sizes_of_letters_on_screen_are_tokens():
    spelt_out = {
        sheet.name: SIZE_IN_PIXELS.findall(sheet.read_text(encoding="utf-8")) for sheet in SHEETS
    }

    assert {name: sizes for name, sizes in spelt_out.items() if sizes} == {}


def test_every_token_is_defined_and_every_one_defined_is_used():
    used = {token for sheet in SHEETS for token in TOKEN.findall(sheet.read_text(encoding="utf-8"))}

    assert used == set(re.findall(r"^\s*(--[a-z-]+):", TOKENS.read_text(encoding="utf-8"), re.M))


def test_every_sheet_is_asked_for_by_a_page():
    pages = "\n".join(
        path.read_text(encoding="utf-8") for path in (PORTAL / "templates").rglob("*.html")
    )
    of_every_page = re.search(r'sheet in \(("[^)]*)\)', pages)
    assert of_every_page
    asked = {*re.findall(r'"css/([a-z-]+)\.css"', pages)}
    asked |= {*re.findall(r'"([a-z-]+)"', of_every_page[1])}

    assert asked == {sheet.stem for sheet in SHEETS}


@pytest.mark.parametrize(
    ("rule", "spelt_out"),
    [
        ("p { font-size: 13px; }", True),
        ("p { font: 15px/1.6 serif }", True),
        ("p { font: bold 0.5px serif }", True),
        ("p { font-size: var(--size-small); padding: 3px }", False),
        ("@media print { p { font-size: 9pt } }", False),
    ],
)
def test_a_size_that_is_spelt_out_is_found(rule, spelt_out):
    assert bool(SIZE_IN_PIXELS.search(rule)) is spelt_out
