"""compose.yaml and the Dockerfile: of the right structure, and safe in what they start."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from portal.settings import read_settings
from tests.commands.shell import Shell
from tests.processes import compose
from tests.processes.served import serving

GIVEN = {
    "PORTAL_PUBLIC_URL": "https://wennuan.example.cn",
    "PORTAL_SECRET_KEY": "k" * 64,
    "POSTGRES_PASSWORD": "p",
    "OWNER_PASSWORD": "o",
    "APP_PASSWORD": "a",
}


@pytest.fixture
def whole() -> dict[str, Any]:
    """The file with its variables put in."""
    return compose.filled(compose.file(), GIVEN)


def test_the_file_has_the_structure_that_compose_reads(whole):
    assert list(compose.faults(whole)) == []
    assert list(compose.dangling(whole)) == []


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        (("services", "proxy", "image"), "nginx:latest", ".services.proxy.image is 'nginx:latest'"),
        (("services", "proxy", "image"), "nginx:1.28", ".services.proxy.image is 'nginx:1.28'"),
        (("services", "database", "image"), "postgres", ".services.database.image is 'postgres'"),
        (("services", "proxy", "port"), ["80:80"], ".services.proxy.port is not known"),
        (("services", "proxy", "ports"), [443], ".services.proxy.ports[0] is 443"),
        (("services", "proxy", "ports"), "443:443", ".services.proxy.ports is no list"),
        (("services", "owner", "restart"), False, ".services.owner.restart is False"),
        (("services", "portal-1", "read_only"), "yes", ".services.portal-1.read_only is 'yes'"),
        (("networks", "inside"), None, ".networks.inside is no mapping"),
    ],
)
def test_a_wrong_structure_is_noticed(whole, place, value, fault):
    *path, last = place
    holder = whole
    for name in path:
        holder = holder[name]
    holder[last] = value

    assert list(compose.faults(whole)) == [fault]


def test_a_name_that_is_defined_nowhere_is_noticed(whole):
    whole["services"]["proxy"]["networks"].append("elsewhere")

    assert list(compose.dangling(whole)) == ["proxy: networks elsewhere"]


@pytest.mark.parametrize("name", sorted(GIVEN))
def test_nothing_starts_without_its_secrets_and_its_address(name):
    with pytest.raises(ValueError, match=name):
        compose.filled(compose.file(), {**GIVEN, name: ""})


def test_two_processes_alike_serve_behind_one_proxy(whole):
    services = whole["services"]

    assert services["portal-1"] == services["portal-2"]
    assert set(services["proxy"]["depends_on"]) == {"portal-1", "portal-2"}
    named = re.findall(r"server (\S+):8000 ", whole["configs"]["proxy"]["content"])
    assert named == ["portal-1", "portal-2"]


def test_only_the_proxy_can_be_reached_from_outside(whole):
    published = {name for name, each in whole["services"].items() if "ports" in each}
    outside = {name for name, each in whole["services"].items() if "outside" in each["networks"]}

    assert published == outside == {"proxy"}
    assert whole["networks"]["inside"]["internal"] is True


def test_the_settings_are_ones_that_the_portal_takes(whole):
    serving = read_settings(whole["services"]["portal-1"]["environment"])
    owning = read_settings(whole["services"]["owner"]["environment"])

    assert serving.https
    assert serving.proxies == 1
    assert serving.database_url == owning.database_url
    assert owning.owner_url.startswith("postgresql+psycopg://portal_owner:o@")


def test_the_serving_processes_do_not_know_the_owner(whole):
    for name in ("portal-1", "portal-2"):
        assert "PORTAL_DATABASE_ADMIN_URL" not in whole["services"][name]["environment"]


def test_the_portal_runs_with_nothing_that_it_does_not_need(whole):
    for name in ("owner", "portal-1", "portal-2", "remind", "backup"):
        service = whole["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_logs_memory_and_processes_have_their_bounds(whole):
    for name, service in whole["services"].items():
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}, name
        assert service["mem_limit"], name
        assert service["pids_limit"], name


def test_whoever_sends_mail_can_reach_its_server_and_nobody_is_published_there(whole):
    for name in ("portal-1", "portal-2", "remind"):
        assert whole["services"][name]["networks"] == ["inside", "mail"]
    assert "mail" not in whole["services"]["database"]["networks"]
    assert not whole["networks"]["mail"].get("internal")


@pytest.mark.parametrize("url", ["", "smtps://portal:%40@smtp.example.cn:465"])
def test_mail_is_a_matter_of_two_lines_beside_the_file(url):
    sender = "鄂州市总工会 <portal@example.cn>" if url else ""
    given = {**GIVEN, "PORTAL_SMTP_URL": url, "PORTAL_MAIL_FROM": sender}

    environment = compose.filled(compose.file(), given)["services"]["remind"]["environment"]

    assert (read_settings(environment).post is not None) is bool(url)


def test_reminders_and_backups_come_by_themselves(whole):
    remind, backup = (whole["services"][name] for name in ("remind", "backup"))

    assert remind["command"] == [
        'while sleep 3600; do [ -z "$PORTAL_SMTP_URL" ] || portal remind; done'
    ]
    assert "portal backup /backups --keep 30" in backup["command"][0]
    assert "portal drill /backups" in backup["command"][0]
    assert "./backups:/backups" in backup["volumes"]
    assert backup["environment"] == whole["services"]["owner"]["environment"]


@pytest.mark.parametrize("name", ["remind", "backup"])
def test_what_comes_by_itself_is_a_loop_that_a_shell_understands(whole, name):
    service = whole["services"][name]
    shell, *options = service["entrypoint"]

    checked = subprocess.run([shell, "-n", *options, *service["command"]], check=False)

    assert checked.returncode == 0


def test_only_who_serves_pages_is_asked_for_its_health(whole):
    disabled = {
        name
        for name, each in whole["services"].items()
        if each.get("healthcheck", {}).get("disable")
    }

    assert disabled == {"owner", "remind", "backup"}


def test_the_image_alone_serves_as_its_comment_says(tmp_path):
    comment = (compose.ROOT / "Dockerfile").read_text(encoding="utf-8").partition("\n\n")[0]
    init, serve = re.findall(r"docker run .*--volume portal:(\S+) portal(?: init)?$", comment, re.M)
    [(address, outer, inner)] = re.findall(r"--publish (127.0.0.1):(\d+):(\d+)", comment)
    own = dict(re.findall(r"(PORTAL_\w+)=(\S+)", last_stage()["ENV"]))
    settings = read_settings(own)

    assert init == serve == own["PORTAL_INSTANCE"]
    assert settings.host == "0.0.0.0"
    assert (settings.public_url, inner) == (f"http://{address}:{outer}", str(settings.port))
    here = own | {"PORTAL_INSTANCE": str(tmp_path / "instance")}
    assert Shell(tmp_path)("init", **here).status == 0
    with serving(tmp_path / "log", here) as [process]:
        told = Shell(tmp_path)("health", **here, PORTAL_PORT=str(process.port))
    assert told.status == 0, told.errors


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, each with the rest of its line."""
    text = (compose.ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = text.replace("\\\n", " ").splitlines()
    said = [line for line in lines if line.strip() and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in said)]


def last_stage() -> dict[str, str]:
    """The instructions of the image itself, without those of the stage that it is made from."""
    said = instructions()
    start = max(number for number, (word, _) in enumerate(said) if word == "FROM")
    return dict(said[start:])


def test_the_image_is_small_and_has_no_root():
    image = last_stage()

    assert re.fullmatch(r"python:3\.12\.\d+-slim-bookworm", image["FROM"])
    assert len({rest.split()[0] for word, rest in instructions() if word == "FROM"}) == 1
    assert image["USER"] == "portal"
    assert json.loads(image["ENTRYPOINT"]) == ["portal"]
    assert json.loads(image["CMD"]) == ["serve"]
    assert "--only-binary :all: --require-hashes -r /requirements.lock" in image["RUN"]
    assert "apt" not in image["RUN"]


def test_what_is_copied_into_the_image_is_there_and_is_let_through():
    copied = [name for word, rest in instructions() if word == "COPY" for name in rest.split()[:-1]]
    let_through = (compose.ROOT / ".dockerignore").read_text(encoding="utf-8").split()

    assert copied
    assert all(Path(compose.ROOT, name).exists() for name in copied)
    assert {f"!{name}" for name in copied} <= set(let_through)


def health_check() -> list[str]:
    """The command that says whether a container is healthy."""
    _, _, command = last_stage()["HEALTHCHECK"].partition(" CMD ")
    asked: list[str] = json.loads(command)
    return asked
