"""The demonstration's figures, made up to be plausible together."""

import csv
import json
from importlib.resources import files
from typing import Any

Texts = dict[str, str]
"""Typed texts by item code; a blank item has no entry."""


def typed_in(year: int) -> dict[str, Texts]:
    """The texts that each organisation typed in a campaign, by its code."""
    text = (files("portal.demo") / f"figures-{year}.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    codes = [column for column in rows[0] if column != "指标"]
    return {code: {row["指标"]: row[code] for row in rows if row[code]} for code in codes}


def edition(version: str) -> dict[str, Any]:
    """The form edition of this version that the portal ships."""
    file = files("portal") / "editions" / f"songwennuan-{version}.json"
    document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return document
