"""Help in Chinese: the words of click come from a catalogue that fits its source."""

import re
from collections.abc import Iterator

import click
import pytest

from portal.cli.group import portal as root
from tests.commands import catalogue
from tests.commands.shell import Shell

ENGLISH = re.compile(r"(?<![\w.@/-])[a-z]{2,}(?![\w.@/-])")
"""A word of prose; names of commands, options and files are told apart by what is beside them."""

NAMES = {
    "portal",
    "postgresql",
    "psycopg",
    "xlsx",
    "csv",
    "txt",
    "all",
    "https",
    "json",
    "text",
    "cron",
}


def paths(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        NAMES.update(command.commands)
        for name, below in command.commands.items():
            yield from paths(below, (*path, name))


EVERY = list(paths(root))


def test_the_catalogue_is_made_from_its_source():
    assert catalogue.COMPILED.read_bytes() == catalogue.compiled(), (
        "run: python -m tests.commands.catalogue"
    )


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_is_explained_in_chinese(portal: Shell, path, option):
    answer = portal(*path, option)

    assert (answer.status, answer.errors) == (0, "")
    assert answer.text.startswith("用法： portal")
    assert "显示这份说明。" in answer.text
    assert set(ENGLISH.findall(answer.text)) - NAMES == set()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nonsense",), "没有命令 nonsense"),
        (("statsu",), "没有命令 statsu"),
        (("verify", "--fast"), "没有选项 --fast"),
        (("init", "extra"), "多出了参数 extra"),
        (("init", "extra", "more"), "多出了参数 extra more"),
        (("user",), "用法： portal user"),
        (("serve", "--port"), "选项 --port 后面要写值"),
        (("serve", "--demo=yes"), "选项 --demo 后面不写值"),
        (("backup", "x", "--keep", "many"), "“many”不是整数"),
        (("backup", "x", "--keep", "0"), "0 不在范围"),
        (("backup",), "缺少 FILE"),
    ],
)
def test_wrong_usage_is_told_in_chinese(portal: Shell, arguments, sentence):
    answer = portal(*arguments)

    assert answer.status == 2
    assert sentence in answer.errors or sentence in answer.text
    assert not set(re.findall("[A-Z][a-z]+", answer.errors))
