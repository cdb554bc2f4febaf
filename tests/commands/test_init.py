"""`portal init`: the folder and the database, made once and for their owner alone."""

import stat
import subprocess
import sys

from tests.commands.shell import Shell


def test_init_makes_a_database_that_holds(portal: Shell):
    answer = portal("init")

    assert (answer.status, answer.errors) == (0, "")
    assert portal("verify").status == 0


def test_init_again_changes_nothing(demo: Shell):
    before = demo.ask("SELECT * FROM trail ORDER BY id")
    key = (demo.instance / "secret-key").read_text()

    answer = demo("init")

    assert answer.status == 0
    assert demo.ask("SELECT * FROM trail ORDER BY id") == before
    assert (demo.instance / "secret-key").read_text() == key


def test_everything_made_by_the_console_script_is_for_its_owner_alone(tmp_path):
    instance = tmp_path / "new" / "instance"

    done = subprocess.run(
        [sys.executable, "-c", "from portal.cli import main; main()", "init"],
        env={"PORTAL_INSTANCE": str(instance), "LC_ALL": "C", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    made = [instance, *instance.iterdir()]
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in made} == {0}
