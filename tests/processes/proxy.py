"""nginx with the settings of compose.yaml, certified by an authority of the test's own."""

import os
import re
import ssl
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.commands.serving import HERE
from tests.processes.served import Process
from tests.requirements import require

NAME = "wennuan.example.cn"
"""The name that the certificate is for; the test's browsers are told where it is."""


def certify(folder: Path) -> None:
    """Make an authority and a certificate for `NAME` in a folder (`portal.crt`, `portal.key`)."""
    extensions = folder / "extensions"
    extensions.write_text(f"subjectAltName=DNS:{NAME}\n", encoding="utf-8")
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    fresh = ["openssl", "req", *kind]
    authority = ["-x509", "-days", "2", "-subj", "/CN=authority of a test"]
    _run(folder, [*fresh, *authority, "-keyout", "authority.key", "-out", "authority.crt"])
    _run(folder, [*fresh, "-subj", f"/CN={NAME}", "-keyout", "portal.key", "-out", "portal.csr"])
    signing = ["openssl", "x509", "-req", "-days", "2", "-in", "portal.csr", "-out", "portal.crt"]
    by = ["-CA", "authority.crt", "-CAkey", "authority.key", "-CAcreateserial"]
    _run(folder, [*signing, *by, "-extfile", "extensions"])


def _run(folder: Path, command: Sequence[str]) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


class CertifiedContext(ssl.SSLContext):
    """Trusts the test's authority, and asks for `NAME` wherever it connects to."""

    def wrap_socket(self, *arguments: Any, **options: Any) -> ssl.SSLSocket:
        """Shake hands for `NAME`."""
        return super().wrap_socket(*arguments, **{**options, "server_hostname": NAME})


def trusting(folder: Path) -> ssl.SSLContext:
    """What a browser needs in order to trust the certificate in a folder."""
    context = CertifiedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(folder / "authority.crt")
    return context


@contextmanager
def proxied(
    settings: str, folder: Path, processes: Sequence[Process], port: int, plain: int
) -> Iterator[None]:
    """nginx with `settings`, where the names of containers are addresses of this machine."""
    nginx = require("proxy")
    places = {
        f"portal-{number}:8000": f"{HERE}:{process.port}"
        for number, process in enumerate(processes, 1)
    }
    places |= {
        "listen 80;": f"listen {HERE}:{plain};",
        "listen 443 ssl;": f"listen {HERE}:{port} ssl;",
        "/run/secrets/certificate-key": str(folder / "portal.key"),
        "/run/secrets/certificate": str(folder / "portal.crt"),
        "/tmp/": f"{folder}/",
    }
    written = folder / "nginx.conf"
    written.write_text(_here(settings, places), encoding="utf-8")
    command = [nginx, "-e", str(folder / "nginx.log"), "-c", str(written)]
    if os.geteuid() == 0:
        command += ["-g", "user root;"]  # its workers write into the test's folder
    with (folder / "nginx.log").open("a") as log:
        # it says nothing and goes on by itself once it listens
        subprocess.run(command, check=True, stdout=log, stderr=log)
        try:
            yield
        finally:
            subprocess.run([*command, "-s", "stop"], check=True, stdout=log, stderr=log)


def _here(settings: str, places: Mapping[str, str]) -> str:
    """The settings with each place inside containers put here, in one go."""
    assert all(inside in settings for inside in places)
    anywhere = re.compile("|".join(map(re.escape, places)))
    return anywhere.sub(lambda found: places[found[0]], settings)
