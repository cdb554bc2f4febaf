"""Ask axe what a page withholds from people who cannot see it or cannot use a mouse."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parent / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}


def grave_violations(page: Page) -> list[str]:
    """The serious and critical violations of the page as it stands, one line per element.

    Playwright evaluates past the page's content security policy, so the policy stays in force and
    watched. The page needs JavaScript.
    """
    if page.evaluate("typeof window.axe") == "undefined":
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [line for violation in found["violations"] for line in _lines(violation)]


def _lines(violation: dict[str, Any]) -> list[str]:
    if violation["impact"] not in GRAVE:
        return []
    title = f"{violation['id']} ({violation['impact']}): {violation['help']}"
    return [f"{title}: {node['target']} {node['html'][:200]}" for node in violation["nodes"]]
