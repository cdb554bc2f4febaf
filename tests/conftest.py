"""The shared cast, and hypothesis: wandering at the desk, repeatable in the gate."""

import os

import pytest
from hypothesis import settings

pytest.register_assert_rewrite("tests.cast", "tests.markup", "tests.engines")
pytest_plugins = ["tests.demonstration", "tests.engines", "tests.stories"]

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
