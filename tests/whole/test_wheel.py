"""The wheel: built without a network, it holds the portal whole, and an older one gives way to it.

The distribution has a name of its own, since `portal` on the public index is a stranger's.
"""

import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from email.parser import HeaderParser
from pathlib import Path
from zipfile import ZipFile

import pytest
from flit_core import buildapi

import portal as package

ROOT = Path(__file__).parents[2]
DISTRIBUTION = "songwennuan-portal"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return build(ROOT, tmp_path_factory.mktemp("wheel"))


def build(source: Path, folder: Path) -> Path:
    """The wheel of the sources in a folder, as pip has it built."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(source)
        return folder / buildapi.build_wheel(str(folder))


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel):
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}

    there = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "portal").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    assert held == there
    needed = ("editions", "migrations", "static", "templates")
    assert all(any(name.startswith(f"portal/{each}/") for name in held) for each in needed)


def test_the_wheel_says_its_name_and_version_and_brings_the_command(wheel):
    folder = f"songwennuan_portal-{package.__version__}.dist-info"
    with ZipFile(wheel) as archive:
        said = HeaderParser().parsestr(archive.read(f"{folder}/METADATA").decode())
        commands = archive.read(f"{folder}/entry_points.txt").decode()

    assert (said["Name"], said["Version"]) == (DISTRIBUTION, package.__version__)
    assert "postgresql" in said.get_all("Provides-Extra", [])
    assert "portal=portal.cli:main" in commands.replace(" ", "")


def test_a_newer_wheel_takes_the_place_of_an_older_one(wheel, tmp_path):
    place = tmp_path / "venv"
    venv.create(place)
    _lend_libraries(place)
    _install(place, build(_older_sources(tmp_path), tmp_path))
    assert _portal(place, "--version").stdout == "portal 0.0.1\n"

    _install(place, wheel)

    assert _portal(place, "--version").stdout == f"portal {package.__version__}\n"
    assert not list(place.rglob("portal/gone_since.py"))
    assert "请设置 PORTAL_INSTANCE" in _portal(place, "init").stderr


def _older_sources(folder: Path) -> Path:
    """A checkout of an earlier version, which had one file more."""
    source = folder / "older"
    shutil.copytree(ROOT / "portal", source / "portal", ignore=shutil.ignore_patterns("*.pyc"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    (source / "portal/gone_since.py").touch()
    first = source / "portal/__init__.py"
    now = f'__version__ = "{package.__version__}"'
    first.write_text(first.read_text("utf-8").replace(now, '__version__ = "0.0.1"'), "utf-8")
    return source


def _lend_libraries(place: Path) -> None:
    """Let the environment find the libraries of the tests, which need no network then."""
    own = sysconfig.get_path("purelib", vars={"base": str(place)})
    Path(own, "lent.pth").write_text(sysconfig.get_path("purelib"), "utf-8")


def _install(place: Path, wheel: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--python", str(place / "bin/python"), "install"]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-compile"]
    subprocess.run([*pip, *quiet, "--no-index", "--no-deps", "--upgrade", str(wheel)], check=True)


def _portal(place: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [place / "bin/portal", *arguments], capture_output=True, text=True, env={}, check=False
    )


BY_NAME = re.compile(r"pip3?\s+install(?:\s+-\S+)*\s+['\"]?(?:portal|songwennuan[-_]portal)\b")
"""An installation by a bare name, which an index answers with whatever bears it there."""


def installs_by_name(line: str) -> bool:
    """Whether a line tells to; one that warns of it, or asks no index, does not."""
    harmless = ("不要", "never", "--no-index")
    return bool(BY_NAME.search(line)) and not any(word in line for word in harmless)


@pytest.mark.parametrize("text", ["pip install portal", "pip install -U 'portal[postgresql]'"])
def test_an_installation_by_a_bare_name_is_noticed(text):
    assert installs_by_name(text)


def test_nothing_installs_the_portal_by_a_bare_name():
    files = [*ROOT.glob("*"), *(ROOT / ".ci").glob("*"), *(ROOT / "docs").rglob("*.md")]
    files += [path for path in (ROOT / "deploy").rglob("*") if path.is_file()]
    texts = {path: path.read_bytes().decode("utf-8", "replace") for path in files if path.is_file()}

    lines = {path.name: text.splitlines() for path, text in texts.items()}
    assert {name for name, some in lines.items() if any(map(installs_by_name, some))} == set()


def test_the_changelog_tells_of_this_version_with_its_date():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    released = [heading for heading in headings if heading != "待发布"]

    assert re.fullmatch(rf"{re.escape(package.__version__)}（\d{{4}}-\d\d-\d\d）", released[0])
    assert all(re.fullmatch(r"\d+\.\d+\.\d+（\d{4}-\d\d-\d\d）", each) for each in released)
