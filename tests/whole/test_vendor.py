"""What others wrote lies here as they published it: each file matches its recorded checksum."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = [ROOT / "portal/static/vendor", ROOT / "tests/browser/axe-core"]
RECORD = re.compile(r"^\| `(?P<file>[^`]+)` \|.*\| `(?P<sha256>[0-9a-f]{64})` \|$", re.MULTILINE)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_vendored_files_are_the_published_ones(folder):
    found = differences(folder)

    assert found == []


def test_the_htmx_that_is_served_is_recorded():
    served = [path.name for path in FOLDERS[0].glob("htmx-*.min.js")]

    assert served == list(recorded(FOLDERS[0]))


@pytest.fixture
def vendor(tmp_path):
    """A folder with one recorded script and its licence."""
    checksum = hashlib.sha256(b"let a = 1").hexdigest()
    (tmp_path / "ORIGIN.md").write_text(f"| `a.js` | a | `{checksum}` |\n", encoding="utf-8")
    (tmp_path / "a.js").write_bytes(b"let a = 1")
    (tmp_path / "LICENSE").write_text("free", encoding="utf-8")
    return tmp_path


def test_an_untouched_folder_has_no_differences(vendor):
    assert differences(vendor) == []


def test_a_script_changed_by_one_letter_is_reported(vendor):
    (vendor / "a.js").write_bytes(b"let a = 2")

    assert differences(vendor) == ["a.js is not the recorded one"]


def test_a_script_that_nobody_recorded_is_reported(vendor):
    (vendor / "b.js").write_bytes(b"")

    assert differences(vendor) == ["b.js is not the recorded one"]


def test_a_recorded_script_that_is_gone_is_reported(vendor):
    (vendor / "a.js").unlink()

    assert differences(vendor) == ["a.js is missing"]


def test_a_folder_without_a_licence_is_reported(vendor):
    (vendor / "LICENSE").unlink()

    assert differences(vendor) == ["no licence lies beside it"]


def differences(folder: Path) -> list[str]:
    """How a vendor folder departs from its ORIGIN.md, one phrase each; licences are not hashed."""
    checksums = recorded(folder)
    licences = [path for path in folder.iterdir() if "LICENSE" in path.name]
    scripts = [path for path in folder.iterdir() if path.suffix == ".js"]
    found = [
        f"{path.name} is not the recorded one"
        for path in sorted(scripts)
        if hashlib.sha256(path.read_bytes()).hexdigest() != checksums.get(path.name)
    ]
    found += [f"{name} is missing" for name in checksums if not (folder / name).exists()]
    return found if licences else [*found, "no licence lies beside it"]


def recorded(folder: Path) -> dict[str, str]:
    """File name to sha256, as the table in the folder's ORIGIN.md gives them."""
    origin = (folder / "ORIGIN.md").read_text(encoding="utf-8")
    return {record["file"]: record["sha256"] for record in RECORD.finditer(origin)}
