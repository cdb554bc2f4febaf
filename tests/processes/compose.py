"""compose.yaml read as Docker Compose reads it: its variables put in, its structure checked.

The structure is the part of the Compose specification that the file uses; a key or a kind of
value that is not listed here is a fault.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]

VARIABLE = re.compile(
    r"\$(?:(?P<dollar>\$)|\{(?P<name>\w+):(?:\?(?P<hint>[^}]+)|-(?P<default>[^}]*))\}|(?P<wrong>.?))"
)


def file() -> dict[str, Any]:
    """The file as it is written."""
    content: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return content


def filled(value: Any, given: Mapping[str, str]) -> Any:
    """A part of the file with its variables put in; raises ValueError for a missing one."""
    if isinstance(value, dict):
        return {name: filled(each, given) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, given) for each in value]
    if isinstance(value, str):
        return VARIABLE.sub(lambda found: _put_in(found, given), value)
    return value


def _put_in(found: re.Match[str], given: Mapping[str, str]) -> str:
    if found["dollar"]:
        return "$"
    if found["name"] is None:
        raise ValueError(f"a lone dollar before {found['wrong']!r}")
    if not given.get(found["name"]) and found["default"] is not None:
        return found["default"]
    if not given.get(found["name"]):
        raise ValueError(f"{found['name']} is missing: {found['hint']}")
    return given[found["name"]]


class Text:
    """A text that matches a pattern as a whole."""

    def __init__(self, pattern: str) -> None:
        self.pattern = re.compile(pattern, re.DOTALL)


NAME, TIME, ANY = Text(r"[a-z][a-z0-9-]*"), Text(r"\d+(s|m)"), Text(r".+")
PINNED = Text(r"portal|postgres:\d+\.\d+|nginx:\d+\.\d+\.\d+")
SIZE = Text(r"\d+(m|g)")
EMPTY: dict[Any, Any] = {}

LOGGING = {"driver": Text("local"), "options": {"max-size": SIZE, "max-file": Text(r"\d")}}

SERVICE = {
    "build": Text(r"\."),
    "image": PINNED,
    "entrypoint": [ANY],
    "command": [ANY],
    "init": bool,
    "environment": {Text(r"[A-Z_]+"): Text(r".*")},
    "depends_on": {
        NAME: {
            "condition": Text("service_healthy|service_completed_successfully"),
            "restart": bool,
        },
    },
    "ports": [Text(r"\d+:\d+")],
    "volumes": [Text(r"(\./)?[a-z]+:/[a-z/]+")],
    "networks": [NAME],
    "configs": [{"source": NAME, "target": Text(r"/[\w./-]+")}],
    "secrets": [NAME],
    "healthcheck": {
        "test": [ANY],
        "interval": TIME,
        "timeout": TIME,
        "retries": int,
        "disable": bool,
    },
    "mem_limit": SIZE,
    "pids_limit": int,
    "logging": LOGGING,
    "restart": Text("no|unless-stopped"),
    "read_only": bool,
    "tmpfs": [Text(r"/[a-z/]+")],
    "cap_drop": [Text("ALL")],
    "security_opt": [Text("no-new-privileges:true")],
    "shm_size": Text(r"\d+m"),
    "stop_grace_period": TIME,
}
WHOLE = {
    "name": NAME,
    Text(r"x-[a-z]+"): Any,
    "services": {NAME: SERVICE},
    "networks": {NAME: {"internal": bool}},
    "volumes": {NAME: EMPTY},
    "secrets": {NAME: {"file": Text(r"[\w./-]+")}},
    "configs": {NAME: {"content": ANY}},
}


def faults(value: Any, shape: Any = WHOLE, place: str = "") -> Iterator[str]:
    """Where a value is not of the shape."""
    if isinstance(shape, dict):
        yield from _faults_of_mapping(value, shape, place)
    elif isinstance(shape, list):
        if not isinstance(value, list):
            yield f"{place} is no list"
            return
        for number, each in enumerate(value):
            yield from faults(each, shape[0], f"{place}[{number}]")
    elif isinstance(shape, Text):
        if not (isinstance(value, str) and shape.pattern.fullmatch(value)):
            yield f"{place} is {value!r}"
    elif shape is not Any and type(value) is not shape:
        yield f"{place} is {value!r}"


def _faults_of_mapping(value: Any, shape: dict[Any, Any], place: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is no mapping"
        return
    for name, each in value.items():
        below = [form for key, form in shape.items() if _is_key(key, name)]
        if below:
            yield from faults(each, below[0], f"{place}.{name}")
        else:
            yield f"{place}.{name} is not known"


def _is_key(key: Any, name: Any) -> bool:
    if isinstance(key, Text):
        return isinstance(name, str) and key.pattern.fullmatch(name) is not None
    return bool(key == name)


def dangling(whole: Mapping[str, Any]) -> Iterator[str]:
    """Names that a service uses and that the file does not define."""
    for name, service in whole["services"].items():
        used = {
            "networks": service.get("networks", ()),
            "secrets": service.get("secrets", ()),
            "configs": [each["source"] for each in service.get("configs", ())],
            "services": service.get("depends_on", ()),
            "volumes": [
                source
                for source, _, _ in (each.partition(":") for each in service.get("volumes", ()))
                if not source.startswith("./")
            ],
        }
        for kind, names in used.items():
            yield from (f"{name}: {kind} {each}" for each in set(names) - whole[kind].keys())
