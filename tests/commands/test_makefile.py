"""make run where something is wrong with the machine: one Chinese sentence with the remedy."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WELL = "#!/bin/sh\nexit 0\n"
OFFLINE = '#!/bin/sh\ncase "$*" in *" install "*) echo "ERROR: no network" >&2; exit 1;; esac\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with its Makefile and an environment that does nothing, and does it well."""
    folder = tmp_path / "门户 checkout"
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    python(folder, WELL)
    (folder / ".venv" / ".made").write_text(f"{folder.resolve()}\n")
    (folder / ".venv" / ".installed").touch()
    return folder


def python(checkout: Path, script: str) -> None:
    """Put a Python of the test's own into the environment."""
    file = checkout / ".venv" / "bin" / "python"
    file.write_text(script)
    file.chmod(0o755)


def make(folder: Path, *arguments: str) -> tuple[int, str, list[str]]:
    """The exit status, the output, and what is said beside make's own line."""
    outside = {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}
    ran = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=outside | {"LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
    )
    said = [line for line in ran.stderr.splitlines() if not line.startswith("make: ")]
    return ran.returncode, ran.stdout, said


def test_a_sound_environment_serves(checkout):
    assert make(checkout, "run") == (0, "", [])


@pytest.mark.parametrize("port", ["8123", ""])
def test_the_port_can_be_chosen(checkout, port):
    _, shown, _ = make(checkout, "--dry-run", "run", f"PORT={port}")

    assert ('serve --demo --port "8123"' in shown) is (port == "8123")


def test_a_moved_folder_is_told(checkout):
    moved = checkout.with_name("elsewhere")
    checkout.rename(moved)

    status, _, said = make(moved, "run")

    assert status == 2
    assert said == [
        ".venv 不能用了（目录搬过，或者 Python 换过）。请删去它再来一次，数据不受影响："
        "rm -rf .venv && make run"
    ]


@pytest.mark.parametrize("target", ["run", "test", "lint", "bench", "wheelhouse"])
def test_a_broken_environment_is_told_whatever_is_made(checkout, target):
    (checkout / ".venv" / "bin" / "python").unlink()

    status, _, [said] = make(checkout, target)

    assert status == 2
    assert said.endswith(f"rm -rf .venv && make {target}")


def test_a_python_that_was_replaced_is_told(checkout):
    python(checkout, "#!/bin/sh\nexit 1\n")

    assert make(checkout, "run")[0] == 2


def test_an_environment_of_before_is_still_sound(checkout):
    (checkout / ".venv" / ".made").write_text("")

    assert make(checkout, "run")[0] == 0


def test_a_missing_network_is_told_with_its_remedies(checkout):
    python(checkout, OFFLINE)
    (checkout / ".venv" / ".installed").unlink()

    status, _, said = make(checkout, "run")

    assert status == 2
    assert said[0] == "ERROR: no network"
    assert "PIP_INDEX_URL=https://镜像地址/simple make run" in said[1]
    assert not (checkout / ".venv" / ".installed").exists()


def test_a_missing_or_old_python_is_told(checkout):
    shutil.rmtree(checkout / ".venv")

    status, _, [said] = make(checkout, "run", "PYTHON=python2.999")

    assert status == 2
    assert said == "找不到 python2.999，请先安装 Python 3.11 或更新的版本。"
