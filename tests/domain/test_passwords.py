"""Passwords and usernames: what is refused, with which sentence, and what is not."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.domain.passwords import (
    COMMON,
    MIN_LENGTH,
    canonical_password,
    canonical_username,
    weakness,
)

GOOD = "松鼠-Walnut-42-桥"


def of(password, username="wang.fang", organisation_code="echeng"):
    return weakness(password, username, organisation_code)


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "correct horse battery",
        "今天下午三点在江边看船去",
        "kN7$vR2qLm9x",
        "93021847563820",
        "correcthorsecorrecthorse",
        "abzuqmrtyxvw",
        "x7#93021847563",
        "a" * 2 + "river flows north",
        "长" + "江水落夜船归人未眠灯火" * 11,
    ],
)
def test_long_uncommon_password_is_accepted(password):
    assert of(password) is None


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "至少要有 12 个字符"),
        ("kN7$vR2qLm9", "至少要有 12 个字符"),
        ("woaini1314", "至少要有 12 个字符"),
        ("kN7$vR2qLm9x" * 11, "不能超过 128 个字符"),
        ("ﷺ" * 12, "不能超过 128 个字符"),
        ("我是wang.fang没错吧呀", "用户名或单位代码"),
        ("ＷＡＮＧ．ＦＡＮＧ的密码在这里", "用户名或单位代码"),
        ("I love ECHENG rivers", "用户名或单位代码"),
        ("aaaaaaaaaaaa", "重复或连续"),
        ("工会工会工会工会工会工会", "重复或连续"),
        ("abcabcabcabca", "重复或连续"),
        ("123456789012", "重复或连续"),
        ("012345678901", "重复或连续"),
        ("09876543210987", "重复或连续"),
        ("abcdefghijkl", "重复或连续"),
        ("ZYXWVUTSRQPO", "重复或连续"),
        ("qwertyuiopas", "重复或连续"),
        ("1qaz2wsx3edc", "重复或连续"),
        ("qazwsxedcrfv", "重复或连续"),
        ("gonghui123456", "太常见"),
        ("Woaini1314520", "太常见"),
        ("ezhou2022!!!!", "太常见"),
        ("Password1234!", "太常见"),
        ("P@ssw0rd12345", "太常见"),
        ("２０２２songwennuan", "太常见"),
        ("送温暖送温暖2022-01-26", "太常见"),
        ("qwertyuiop123", "太常见"),
        ("a12345678910", "太常见"),
    ],
)
def test_weak_password_is_refused_with_the_reason(password, words):
    sentence = of(password)

    assert sentence is not None
    assert words in sentence
    assert sentence.endswith("。")


@pytest.mark.parametrize("word", sorted(COMMON))
def test_every_word_of_the_list_is_refused_as_a_password(word):
    padded = word if len(word) >= MIN_LENGTH else f"{word}{'20220126!135'}"

    assert of(padded) == "这个密码太常见，容易被猜到，请换一个。"


@pytest.mark.parametrize("word", sorted(COMMON))
def test_the_list_is_written_as_passwords_are_compared(word):
    assert word == canonical_password(word).casefold()


def test_minimum_password_length_is_twelve():
    assert of("kN7$vR2qLm9") is not None
    assert of("kN7$vR2qLm9x") is None


def test_maximum_password_length_is_128():
    longest = "".join(chr(0x4E00 + index * 37) for index in range(128))

    assert of(longest) is None
    assert of(longest + "末") is not None


def test_very_short_name_may_occur_in_a_password():
    assert weakness("kN7$vR2qLm9x", "m9", "") is None


@given(st.text(min_size=3, max_size=8).filter(str.strip), st.text(max_size=60))
def test_no_password_with_the_username_inside_is_accepted(username, rest):
    assume(len(canonical_password(username).casefold().strip()) >= 3)

    assert weakness(rest + username + rest, username, "echeng") is not None


@given(st.text(max_size=200))
def test_any_password_gets_an_answer_and_its_canonical_form_the_same(password):
    canonical = canonical_password(password)
    assume(len(password) <= 128)

    assert of(canonical) == of(password)


@pytest.mark.parametrize(
    ("typed", "username"),
    [
        ("echeng", "echeng"),
        ("  EChENG ", "echeng"),
        ("ｅｃｈｅｎｇ－ｈｅａｄ", "echeng-head"),
        ("wang.fang_2", "wang.fang_2"),
        ("13800000000", "13800000000"),
        ("a1", "a1"),
        ("a" * 64, "a" * 64),
    ],
)
def test_a_username_is_kept_in_one_form(typed, username):
    assert canonical_username(typed) == username


@pytest.mark.parametrize(
    "typed", ["", " ", "a", "-echeng", ".a", "王芳", "e cheng", "a@b", "a" * 65, "a\nb", "a1\x00"]
)
def test_what_cannot_be_a_username_is_refused_with_a_sentence(typed):
    with pytest.raises(ValueError, match="用户名须为"):
        canonical_username(typed)


@given(st.text(max_size=70))
def test_a_canonical_username_stays_what_it_is(typed):
    try:
        username = canonical_username(typed)
    except ValueError:
        return

    assert canonical_username(username) == username
