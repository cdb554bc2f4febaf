"""The programs that some tests borrow from the machine, and what happens when one is missing."""

import os
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

CHROMIUM_NAMES = (
    "chromium-headless-shell",  # the same, without the windows that cost as much as the pages
    "chromium",
    "google-chrome",
    "google-chrome-stable",
    "chromium-browser",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
SOFFICE_NAMES = (
    "soffice",
    "libreoffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
)
NGINX_NAMES = ("nginx", "/usr/sbin/nginx")
POSTGRESQL_HOMES = Path("/usr/lib/postgresql")


def require(tool: str) -> str:
    """The path of `tool` ("browser", "office", "postgresql", "proxy" or "systemd").

    Where the machine lacks it the running test is skipped by name, or fails when
    PORTAL_TEST_REQUIRE (a comma list) names the tool.
    """
    path = TOOLS[tool]()
    if path is not None:
        return path
    if tool in insisted_on():
        pytest.fail(f"{tool} is missing and PORTAL_TEST_REQUIRE insists on it", pytrace=False)
    pytest.skip(f"{tool} is missing on this machine")


def insisted_on() -> set[str]:
    """The tools that PORTAL_TEST_REQUIRE names; a name nobody knows raises ValueError."""
    named = {name.strip() for name in os.environ.get("PORTAL_TEST_REQUIRE", "").split(",")} - {""}
    if unknown := named - TOOLS.keys():
        raise ValueError(f"PORTAL_TEST_REQUIRE names unknown tools: {', '.join(sorted(unknown))}")
    return named


def chromium() -> str | None:
    """The path of a Chromium or Chrome, or None."""
    return _first(CHROMIUM_NAMES)


def soffice() -> str | None:
    """The path of LibreOffice, or None."""
    return _first(SOFFICE_NAMES)


def pg_ctl() -> str | None:
    """The path of PostgreSQL's pg_ctl, or None; Debian keeps it beside the server, off PATH."""
    newest_first = sorted(POSTGRESQL_HOMES.glob("*/bin/pg_ctl"), key=_version, reverse=True)
    return _first(["pg_ctl", *map(str, newest_first)])


def nginx() -> str | None:
    """The path of nginx, or None; None too without openssl, which makes its certificate."""
    return _first(NGINX_NAMES) if shutil.which("openssl") else None


def _version(pg_ctl_path: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", pg_ctl_path.parts[-3])]


def _first(names: Iterable[str]) -> str | None:
    return next((path for name in names if (path := shutil.which(name))), None)


def systemd() -> str | None:
    """The path of systemd-analyze, or None."""
    return shutil.which("systemd-analyze")


TOOLS: dict[str, Callable[[], str | None]] = {
    "systemd": systemd,
    "browser": chromium,
    "office": soffice,
    "postgresql": pg_ctl,
    "proxy": nginx,
}
