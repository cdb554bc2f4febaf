"""The report page on the line: light with everything that it needs, and quick on the server."""

import gzip
import re

LIGHT = 60_000
"""Bytes of the page with its styles, scripts and htmx, compressed."""


def test_the_page_of_a_half_filled_report_is_light_with_everything(echeng):
    echeng.fill(C9="12", D9="3.6", A1="20", B="5")
    zipped = {"Accept-Encoding": "gzip"}
    page = echeng.character.client.get(echeng.url(), headers=zipped, buffered=True)
    wanted = re.findall(r'(?:href|src)="(/static/[^"]+)"', gzip.decompress(page.data).decode())

    parts = [echeng.character.client.get(path, headers=zipped, buffered=True) for path in wanted]

    weight = len(page.data) + sum(len(part.data) for part in parts)
    assert len(parts) > 10
    assert {part.headers.get("Content-Encoding") for part in parts} == {"gzip"}
    assert weight < LIGHT, f"{weight} bytes"


def test_a_script_made_small_is_the_script(echeng):
    address = "/static/js/keys.js"

    small = echeng.character.client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
    plain = echeng.character.client.get(address, buffered=True)

    assert gzip.decompress(small.data) == plain.data
    assert "Accept-Encoding" in small.headers["Vary"]
    assert "Content-Encoding" not in plain.headers
