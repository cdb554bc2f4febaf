"""The demonstration city as a folder, loaded once for all tests that only copy it."""

from pathlib import Path

import pytest

from tests.commands.shell import Shell

PASSWORD = "丹桂飘香满城时"
NOW = "2027-01-20T10:00:00+08:00"
"""What the clock said when the city was loaded."""


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration city on the embedded file; never served, never changed."""
    shell = Shell(tmp_path_factory.mktemp("demonstration") / "instance")
    answer = shell("demo", "--password", PASSWORD, PORTAL_NOW=NOW)
    assert answer.status == 0, answer.errors
    return shell.instance
