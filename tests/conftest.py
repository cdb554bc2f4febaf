"""The shared cast, the place of their folders, and hypothesis: repeatable in the gate."""

import os

import pytest
from hypothesis import settings

from tests.memory import folder_in_memory
from tests.thrift import collect_seldom, share_compiled_rules

pytest.register_assert_rewrite("tests.cast", "tests.markup", "tests.engines")
pytest_plugins = ["tests.demonstration", "tests.engines", "tests.stories"]

if in_memory := folder_in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(in_memory))

share_compiled_rules()

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


LONG = ("processes", "whole", "workbooks", "browser")
"""Folders whose tests take seconds each."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what `make test-long` runs, and begin with what takes seconds each.

    One of the latter at the end would keep the gate waiting.
    """
    if "PORTAL_TEST_LONG" not in os.environ:
        items[:] = [item for item in items if item.get_closest_marker("long") is None]
    items.sort(key=lambda item: item.path.parent.name not in LONG)


def pytest_collection_finish() -> None:
    """What was imported and collected stays; it need not be looked through again and again."""
    collect_seldom()
