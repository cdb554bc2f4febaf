"""Refusals: one line on standard error, the right exit status, and nothing made by the way."""

import pytest

from portal.cli import running
from tests.commands.shell import Shell

DATES = ("--opens", "2027-01-04", "--due", "2027-01-20", "--closes", "2027-01-22")
NEEDING_A_DATABASE = [
    ("serve",),
    ("verify",),
    ("user", "create", "echeng", "--organisation", "echeng", "--name", "王芳", "--role", "填报人"),
    ("user", "password", "echeng"),
    ("organisation", "import", "units.xlsx"),
    ("form", "import", "form.json"),
    ("form", "publish", "songwennuan", "2027.1"),
    ("form", "export"),
    ("campaign", "create", "2027", "--form", "a@1", "--name", "送温暖", *DATES, "--expect", "all"),
    ("campaign", "open", "2027"),
]


@pytest.mark.parametrize("arguments", NEEDING_A_DATABASE, ids=" ".join)
def test_a_command_without_a_database_says_so_and_makes_nothing(portal: Shell, arguments):
    answer = portal(*arguments)

    assert answer.status == 1
    assert answer.errors == "还没有数据，请先运行 portal init。\n"
    assert not portal.instance.exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("nonsense",), "没有命令 nonsense"),
        (("verify", "--fast"), "没有选项 --fast"),
        (("user", "create"), "缺少 USERNAME"),
        (("user", "create", "x1", "--name", "王芳", "--role", "填报人"), "缺少 --organisation"),
        (("user", "create", "x1", "--role", "boss"), "没有角色“boss”"),
        (("serve", "--port", "八千"), "“八千”应为 0 到 65535 的整数"),
        (("serve", "--port", "70000"), "应为 0 到 65535 的整数"),
        (("campaign", "create", "a1", "--form", "songwennuan"), "应写成 songwennuan@2027.1 的样子"),
        (("campaign", "create", "a1", "--due", "明天"), "“明天”不是可以识别的时间"),
        (("campaign", "create", "a1", "--due", "2027-02-30"), "没有“2027-02-30”这个时间"),
    ],
)
def test_wrong_usage_is_told_in_one_line_with_status_2(empty: Shell, arguments, sentence):
    answer = empty(*arguments)

    assert answer.status == 2
    assert sentence in answer.errors
    assert answer.errors.count("\n") == 1


def test_the_bare_command_shows_what_there_is(portal: Shell):
    answer = portal()

    assert answer.status == 2
    assert all(word in answer.errors for word in ("init", "demo", "serve", "campaign", "verify"))


def test_help_is_no_refusal(portal: Shell):
    answer = portal("campaign", "create", "--help")

    assert (answer.status, answer.errors) == (0, "")
    assert "--closes" in answer.text


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("PORTAL_COLOUR", "blue", "不认识的设置 PORTAL_COLOUR"),
        ("PORTAL_PORT", "八千", "PORTAL_PORT 应为"),
        ("PORTAL_HOST", "::", "必须设置 PORTAL_PUBLIC_URL"),
        ("PORTAL_PUBLIC_URL", "wennuan", "PORTAL_PUBLIC_URL 应如"),
        ("PORTAL_SECRET_KEY", "short", "PORTAL_SECRET_KEY 太短"),
        ("PORTAL_NOW", "soon", "PORTAL_NOW 应为"),
        ("PORTAL_DATABASE_URL", "mysql://x", "PORTAL_DATABASE_URL"),
    ],
)
@pytest.mark.parametrize("command", ["init", "demo", "serve", "verify"])
def test_a_wrong_setting_stops_every_command(portal: Shell, command, name, text, sentence):
    answer = portal(command, **{name: text})

    assert answer.status == 1
    assert sentence in answer.errors
    assert answer.errors.count("\n") == 1
    assert not portal.instance.exists()


def test_settings_of_the_tests_stop_no_command(portal: Shell):
    answer = portal("init", PORTAL_TEST_REQUIRE="browser")

    assert answer.status == 0


def test_an_accident_is_told_in_one_line_too(portal: Shell, monkeypatch):
    def stumble(*_arguments: object, **_options: object) -> None:
        raise ZeroDivisionError("line one\nline two")

    monkeypatch.setattr(running.upgrading, "prepare", stumble)

    answer, debugged = portal("init"), portal("--debug", "init")

    assert answer.status == 1
    assert answer.errors.startswith("意外的错误，没有完成：ZeroDivisionError line one line two；")
    assert answer.errors.count("\n") == 1
    assert "Traceback" in debugged.errors
    assert "in stumble" in debugged.errors
    assert debugged.errors.endswith(answer.errors)


def test_a_place_that_is_not_ones_own_is_told(portal: Shell, monkeypatch):
    def stumble(*_arguments: object) -> None:
        raise PermissionError(13, "Permission denied", "/root/units.xlsx")

    monkeypatch.setattr("portal.maintenance.upgrading.make_instance", stumble)

    assert "没有权限使用 /root/units.xlsx，请换一个" in portal("init").errors


def test_a_database_that_cannot_be_opened_is_told(portal: Shell, tmp_path):
    answer = portal("init", PORTAL_DATABASE_URL=f"sqlite:///{tmp_path}/missing/portal.sqlite3")

    assert answer.status == 1
    assert answer.errors.startswith("数据库不能完成操作：")
