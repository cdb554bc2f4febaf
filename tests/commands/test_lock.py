"""deploy/requirements.lock: what operators install is what pyproject.toml asks for."""

import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "deploy" / "requirements.lock"
REMAKE = "run: make lock"


def locked() -> dict[str, str]:
    """Every package of the lock with its version."""
    pins = re.findall(r"^(\S+)==(\S+) ", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(pins)


def asked() -> list[Requirement]:
    """What pyproject.toml asks for where a city is served, PostgreSQL with it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = project["optional-dependencies"]["postgresql"]
    return [Requirement(each) for each in (*project["dependencies"], *extra)]


@pytest.mark.parametrize("wanted", asked(), ids=lambda wanted: wanted.name)
def test_the_lock_has_a_fitting_version_of_everything_asked_for(wanted):
    version = locked().get(canonicalize_name(wanted.name))

    assert version is not None, REMAKE
    assert wanted.specifier.contains(version), REMAKE


def test_the_lock_is_closed_and_holds_nothing_else():
    """Whatever a locked package needs on this machine is locked, beginning at pyproject.toml."""
    pins, reached = locked(), set[str]()
    waiting = asked()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        assert name in pins, f"{name} is not locked; {REMAKE}"
        if (name, *wanted.extras) in reached:
            continue
        reached |= {name, (name, *wanted.extras)}
        waiting += [
            below
            for below in map(Requirement, requires(name) or ())
            if below.marker is None
            or any(below.marker.evaluate({"extra": extra}) for extra in ("", *wanted.extras))
        ]

    # typing-extensions is needed on older Pythons only
    assert {each for each in reached if isinstance(each, str)} | {"typing-extensions"} == {
        *pins,
        "typing-extensions",
    }, REMAKE


def test_every_pin_has_its_hashes():
    packages = re.split(r"^(?=\S+==)", LOCK.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]

    assert len(packages) == len(locked())
    assert all("--hash=sha256:" in package for package in packages)


def test_the_lock_names_no_place_of_the_machine_that_made_it():
    text = LOCK.read_text(encoding="utf-8")

    assert "make lock" in text
    assert not re.search(r"file:|/tmp|/opt|/home|index-url|find-links", text)


def test_the_bill_of_materials_is_the_lock():
    command = [sys.executable, ROOT / "deploy" / "sbom.py", LOCK]
    bill = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert {each["name"]: each["version"] for each in bill["components"]} == locked()
    assert all(each["purl"].startswith("pkg:pypi/") for each in bill["components"])
    assert all(each["externalReferences"][0]["hashes"] for each in bill["components"])
    ours, *_ = bill["dependencies"]
    assert {re.sub(r"pkg:pypi/|@.*", "", each) for each in ours["dependsOn"]} >= {"flask", "segno"}
