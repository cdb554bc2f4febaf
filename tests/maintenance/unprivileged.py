"""Another user for a while: root passes permissions that a service's own user does not."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import portal.server  # noqa: F401 - read by root: nobody may not be able to enter the checkout

NOBODY = 65534


@contextmanager
def folder_of_nobody() -> Iterator[Path]:
    """A folder that the user nobody owns and can reach, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="portal-nobody-"))
    try:
        give(folder)
        yield folder
    finally:
        shutil.rmtree(folder)


def give(path: Path) -> None:
    """Let nobody own a file, or a folder with everything in it."""
    if os.geteuid() != 0:
        return
    for each in (path, *path.rglob("*")):
        os.chown(each, NOBODY, NOBODY)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Work as the user nobody where root runs the tests, else as whoever does."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
