"""`portal user`: accounts made and mended from the shell."""

from hashlib import sha256

import pytest

from portal.access.passwords import matches
from tests.commands.shell import Shell

WANG = ("--organisation", "echeng", "--name", "王芳芳", "--role", "填报人")


def password_in(text: str) -> str:
    return text.strip().rpartition("一次性密码：")[2]


def test_a_new_user_gets_a_one_time_password_to_be_changed_at_once(demo: Shell):
    answer = demo("user", "create", "Wang.Fang", *WANG, "--role", "head")

    assert answer.status == 0
    [(name, roles, password_hash, must_change)] = demo.ask(
        "SELECT name, roles, password_hash, must_change_password FROM user "
        "WHERE username = 'wang.fang'"
    )
    assert (name, roles, must_change) == ("王芳芳", '["reporter", "head"]', 1)
    assert matches(password_hash, password_in(answer.text))


@pytest.mark.parametrize("address", ["wangfang@example.cn", ""])
def test_a_new_user_has_the_mail_address_given(demo: Shell, address):
    answer = demo("user", "create", "wang.fang", *WANG, "--email", address)

    assert answer.status == 0
    assert demo.ask("SELECT email FROM user WHERE username = 'wang.fang'") == [(address,)]


@pytest.mark.parametrize("address", ["user@", "@example.cn", "王芳", "a b@example.cn", "a@b@c"])
def test_what_is_no_mail_address_is_wrong_usage(demo: Shell, address):
    answer = demo("user", "create", "wang.fang", *WANG, "--email", address)

    assert answer.status == 2
    assert "--email" in answer.errors
    assert demo.ask("SELECT 1 FROM user WHERE username = 'wang.fang'") == []


def test_a_password_given_is_not_shown(demo: Shell):
    answer = demo("user", "create", "wang.fang", *WANG, "--password", "湖上清风吹过七十二遍又一遍")

    assert answer.status == 0
    assert "一次性密码" not in answer.text
    assert "清风" not in answer.text
    [(password_hash,)] = demo.ask("SELECT password_hash FROM user WHERE username = 'wang.fang'")
    assert matches(password_hash, "湖上清风吹过七十二遍又一遍")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("wang fang", *WANG), "用户名须为"),
        (("ECHENG", *WANG), "用户名 echeng 已经有人用了"),
        (("wang", *WANG, "--password", "short"), "密码至少要有 12 个字符"),
        (("wang", *WANG[2:], "--organisation", "nowhere"), "没有代码为“nowhere”的单位"),
        (("wang", *WANG[:2], "--name", " ", "--role", "填报人"), "姓名应为"),
    ],
)
def test_a_wrong_user_is_refused(demo: Shell, arguments, sentence):
    before = demo.ask("SELECT count(*) FROM user")

    answer = demo("user", "create", *arguments)

    assert answer.status == 1
    assert sentence in answer.errors
    assert demo.ask("SELECT count(*) FROM user") == before


def test_a_new_password_ends_sign_ins_and_the_lock_out(demo: Shell):
    demo.tamper(
        "INSERT INTO sign_in (token_hash, user_id, started_at, seen_at, address, organisation_id) "
        "SELECT 'token', id, '2027-01-01', '2027-01-01', '', organisation_id "
        "FROM user WHERE username = 'echeng'"
    )
    name = sha256(b"echeng").hexdigest()
    demo.tamper("INSERT INTO throttle VALUES (?, 5, '2027-01-01')", f"name:{name}")

    answer = demo("user", "password", "echeng")

    assert answer.status == 0
    assert demo.ask("SELECT * FROM throttle") == []
    assert demo.ask("SELECT count(*) FROM sign_in WHERE ended_at IS NULL") == [(0,)]
    [(password_hash, must_change)] = demo.ask(
        "SELECT password_hash, must_change_password FROM user WHERE username = 'echeng'"
    )
    assert must_change == 1
    assert matches(password_hash, password_in(answer.text))


def test_the_password_of_an_unknown_user_is_refused(demo: Shell):
    answer = demo("user", "password", "nobody")

    assert answer.status == 1
    assert answer.errors == "没有用户名为“nobody”的用户。\n"


def test_the_trail_names_the_command(demo: Shell):
    demo("user", "create", "wang.fang", *WANG)

    [(actor, actor_id, channel, note)] = demo.ask(
        "SELECT actor, actor_id, channel, note FROM trail WHERE action = 'user-created' "
        "ORDER BY id DESC LIMIT 1"
    )
    assert actor.startswith("命令行")
    assert (actor_id, channel, note) == (None, "command", "王芳芳（wang.fang），填报人")
    assert demo("verify").status == 0
