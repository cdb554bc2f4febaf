"""Instance folders for the tests of commands: none yet, an empty city, the demonstration."""

import shutil
from pathlib import Path

import pytest

from tests.commands.shell import Shell

DEMO_PASSWORD = "丹桂飘香满城时"


@pytest.fixture
def portal(tmp_path: Path) -> Shell:
    """A shell on a folder that does not exist yet."""
    return Shell(tmp_path / "instance")


@pytest.fixture
def empty(portal: Shell) -> Shell:
    """A shell on a database with nothing in it."""
    assert portal("init").status == 0
    return portal


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demonstration city; never changed."""
    shell = Shell(tmp_path_factory.mktemp("demo") / "instance")
    assert shell("demo", "--password", DEMO_PASSWORD).status == 0
    return shell.instance


@pytest.fixture
def demo(loaded: Path, portal: Shell) -> Shell:
    """A shell on a copy of the demonstration city."""
    shutil.copytree(loaded, portal.instance)
    return portal
