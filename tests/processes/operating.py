"""docs/operating.md as somebody follows it: its shell blocks, and a machine to run them on.

The places that the page names lie below a folder of the test. What only root can do, or what
needs the network, is done by stand-ins that write down what they were asked. `portal` is the
checkout's: a stand-in hands each command to the test, which runs it without a process of its own.
"""

import json
import os
import re
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from tests.commands.serving import HERE
from tests.commands.shell import Shell
from tests.processes.browser import Door
from tests.processes.proxy import NAME, trusting
from tests.processes.served import Process, lasting_port
from tests.requirements import require

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "operating.md"
PLACES = ("/opt/portal", "/etc/portal", "/etc/nginx", "/etc/systemd", "/var/lib/portal")
PLACES += ("/var/backups/portal", "/usr/local/bin")
SYSTEM_PYTHON = "/usr/bin/python3"

NOTE = 'echo "$(basename "$0") $*" >> "{log}"\n'
STAND_INS = {
    "useradd": NOTE,
    "systemctl": NOTE,
    "nginx": NOTE,
    # `-u USER --`: everybody is the one who runs the tests
    "runuser": NOTE + 'shift 2; [ "$1" = -- ] && shift\nexec "$@"\n',
    # nobody here is called portal
    "install": "for each do shift; case $each in -o|-g) skip=1;; *) "
    '[ "$skip" ] || set -- "$@" "$each"; skip=;; esac; done\nexec /usr/bin/install "$@"\n',
    "python3": NOTE + 'mkdir -p "$3/bin" && cp "{bin}"/venv/* "$3/bin/"\n',
    "venv/pip": NOTE,
    # the completion is written by click on its way out of the process
    "venv/portal": 'if [ "${_PORTAL_COMPLETE-}" ]; then exec "{python}" -m portal "$@"; fi\n'
    'exec "{python}" -I -S "{client}" "{door}" "$@"\n',
}
CLIENT = """
import base64, json, os, socket, sys
with socket.socket(socket.AF_UNIX) as door:
    door.connect(sys.argv[1])
    given = {name: text for name, text in os.environ.items() if name.startswith("PORTAL_")}
    door.sendall(json.dumps([sys.argv[2:], given]).encode())
    door.shutdown(socket.SHUT_WR)
    status, output, errors = json.loads(b"".join(iter(lambda: door.recv(65536), b"")))
sys.stdout.buffer.write(base64.b64decode(output))
sys.stderr.buffer.write(errors.encode())
sys.exit(status)
"""


def blocks() -> list[tuple[str, str]]:
    """The shell blocks of the page in their order, each with the heading it stands under."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.findall(r"^#+ (.+?)$|^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    heading, shells = "", []
    for title, shell in found:
        heading = title or heading
        if shell:
            shells.append((heading, shell))
    return shells


def faults() -> dict[str, str]:
    """The table of faults: each with what the server says."""
    text = PAGE.read_text(encoding="utf-8")
    table = text.partition("| 毛病 | 它说 |")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE))


@dataclass
class Machine:
    """A machine below a folder, with the source of the program as its working folder."""

    folder: Path
    more: dict[str, str] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)

    @property
    def source(self) -> Path:
        return self.folder / "source"

    @property
    def log(self) -> Path:
        """What the stand-ins were asked."""
        return self.folder / "asked"

    def place(self, text: str) -> str:
        """A text with the places of the page below this machine's folder."""
        moved = {SYSTEM_PYTHON: "python3", **self.replaced}
        anywhere = re.compile("|".join(map(re.escape, (*PLACES, *moved))))
        return anywhere.sub(lambda found: moved.get(found[0], f"{self.folder}{found[0]}"), text)

    def furnish(self) -> None:
        """Put the folders, the source and the stand-ins where the page expects them."""
        for name in ("source/deploy", "bin/venv", "etc/nginx/conf.d", "etc/systemd/system"):
            (self.folder / name).mkdir(parents=True)
        for name in ("usr/local/bin", "var/backups", "var/lib", "etc/portal", "opt"):
            (self.folder / name).mkdir(parents=True)
        for file in (ROOT / "deploy").iterdir():
            if file.is_file():
                written = self.place(file.read_text(encoding="utf-8"))
                (self.source / "deploy" / file.name).write_text(written, encoding="utf-8")
        client = self.folder / "client.py"
        client.write_text(CLIENT)
        known = {"log": self.log, "bin": self.folder / "bin", "python": sys.executable}
        for name, script in STAND_INS.items():
            file = self.folder / "bin" / name
            for word, place in {**known, "client": client, "door": self.door}.items():
                script = script.replace(f"{{{word}}}", str(place))
            file.write_text(f"#!/bin/sh\n{script}")
            file.chmod(0o755)

    @property
    def door(self) -> str:
        """The socket at which `portal` is run; its name may be 107 bytes long."""
        return f"/tmp/portal-{os.getpid()}-{abs(hash(self.folder)) % 10**8}"

    def run(self, shell: str) -> str:
        """Run a block as bash would for root, and answer what it printed; it must not fail."""
        path = f"{self.folder}/bin:{self.folder}/usr/local/bin:{os.environ['PATH']}"
        outside = {name: text for name, text in os.environ.items() if "PORTAL" not in name}
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self.place(shell)],
            cwd=self.source,
            env={**outside, "PATH": path, **self.more},
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 0, f"{shell}\n{ran.stdout}{ran.stderr}"
        return ran.stdout

    @contextmanager
    def commands(self) -> Iterator[None]:
        """Run every `portal` that is asked for meanwhile, here and in the source's folder."""
        with socket.socket(socket.AF_UNIX) as door:
            door.bind(self.door)
            door.listen()
            worker = Thread(target=self._answer, args=[door], daemon=True)
            worker.start()
            try:
                yield
            finally:
                Path(self.door).unlink()
                door.shutdown(socket.SHUT_RDWR)
                worker.join()

    def _answer(self, door: socket.socket) -> None:
        while True:
            try:
                asked, _ = door.accept()
            except OSError:
                return
            with asked, asked.makefile("rb") as told:
                arguments, given = json.loads(told.read())
                answer = Shell(self.folder)(*arguments, **given)
                asked.sendall(
                    json.dumps(
                        [answer.status, b64encode(answer.output).decode(), answer.errors]
                    ).encode()
                )

    def settings(self) -> dict[str, str]:
        """The settings of the service, as systemd reads its file."""
        file = self.folder / "etc/portal/portal.env"
        lines = file.read_text(encoding="utf-8").splitlines()
        pairs = (line.partition("=") for line in lines if line.startswith("PORTAL_"))
        return {name: text.strip("'\"") for name, _, text in pairs}


@contextmanager
def behind_nginx(machine: Machine, process: Process) -> Iterator[Door]:
    """The site of deploy/nginx.conf before a process, on ports of this machine."""
    nginx = require("proxy")
    port, plain = lasting_port(), lasting_port()
    site = (machine.source / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for there, here in {
        "127.0.0.1:8000": f"{HERE}:{process.port}",
        "listen 80;": f"listen {HERE}:{plain};",
        "listen 443 ssl;": f"listen {HERE}:{port} ssl;",
    }.items():
        assert there in site
        site = site.replace(there, here)
    places = "".join(
        f"{kind}_temp_path {machine.folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = machine.folder / "nginx.conf"
    whole.write_text(
        f"pid {machine.folder}/nginx.pid;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{places}{site}}}\n",
        encoding="utf-8",
    )
    command = [nginx, "-e", str(machine.folder / "nginx.log"), "-c", str(whole)]
    if os.geteuid() == 0:
        command += ["-g", "user root;"]
    with (machine.folder / "nginx.log").open("a") as log:
        subprocess.run(command, check=True, stdout=log, stderr=log)
        try:
            yield Door(HERE, port, trusting(machine.folder / "etc/portal"), NAME)
        finally:
            subprocess.run([*command, "-s", "stop"], check=True, stdout=log, stderr=log)
