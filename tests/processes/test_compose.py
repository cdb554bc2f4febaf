"""compose.yaml and the Dockerfile: of the right structure, and safe in what they start."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from portal.settings import read_settings
from tests.processes import compose

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
    for name in ("owner", "portal-1", "portal-2"):
        service = whole["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]


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

    assert image["FROM"] == "python:3.12-slim"
    assert image["USER"] == "portal"
    assert json.loads(image["ENTRYPOINT"]) == ["portal"]
    assert json.loads(image["CMD"]) == ["serve"]
    assert "--only-binary :all:" in image["RUN"]
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
