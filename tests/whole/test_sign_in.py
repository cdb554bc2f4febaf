"""Signing in: the same answer for unknown and wrong, the lock, and how a sign-in ends."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.access.identity import MAX_AGE, MAX_IDLE, hashed, sign_in_door
from portal.models import Base, User
from portal.storage.db import db, writing
from tests.cast import TOKEN, City
from tests.founding import PASSWORD, app_of

WRONG = "not-the-password-91"
REPORT = "/o/echeng/campaigns/2027-spring/report"
SECOND = timedelta(seconds=1)


def token_of(client: FlaskClient) -> str:
    """The token that the page for signing in shows to this browser."""
    found = TOKEN.search(client.get("/login").text) or TOKEN.search(client.get("/password").text)
    assert found, "no page carries a token"
    return found[1]


def sign_in(client: FlaskClient, username: str, password: str = PASSWORD, **fields: str) -> Any:
    """Type a name and a password."""
    form = {"csrf_token": token_of(client), "username": username, "password": password}
    return client.post("/login", data=form | fields)


def is_signed_in(client: FlaskClient) -> bool:
    """Whether a page behind the door opens."""
    return client.get("/password").status_code == 200


def lock(city: City, username: str) -> None:
    """Type a wrong password as often as it takes."""
    for _ in range(5):
        assert sign_in(city.stranger(), username, WRONG).status_code == 401


# The same answer


UNLIKE = {"Set-Cookie", "X-Request-Id"}
"""Headers that no two answers share."""


def bare(answer: Any, username: str) -> tuple[int, dict[str, str], str]:
    """An answer without its token and without the name that it echoes."""
    heads = {name: text for name, text in answer.headers if name not in UNLIKE}
    del heads["Content-Length"]
    text = re.sub(r'(csrf_token" value=")[^"]*', r"\1", answer.text)
    return answer.status_code, heads, text.replace(f'value="{username}"', "value=")


def test_an_unknown_name_is_answered_like_a_wrong_password(city_app):
    known, unknown = sign_in(city_app.stranger(), "echeng", WRONG), None
    unknown = sign_in(city_app.stranger(), "nobody", WRONG)

    assert bare(known, "echeng") == bare(unknown, "nobody")
    assert known.status_code == 401


def test_a_closed_account_is_answered_like_a_wrong_password(city_app, city):
    city.post("/o/gedian/users/gedian/closing")

    right = sign_in(city_app.stranger(), "gedian")

    assert bare(right, "gedian") == bare(sign_in(city_app.stranger(), "echeng", WRONG), "echeng")


def test_a_locked_name_is_answered_alike_whether_it_exists_or_not(city_app):
    for username in ("echeng", "nobody"):
        lock(city_app, username)

    known = sign_in(city_app.stranger(), "echeng")
    unknown = sign_in(city_app.stranger(), "nobody")

    assert bare(known, "echeng") == bare(unknown, "nobody")
    assert known.status_code == 429


@pytest.mark.parametrize("username", ["", " ", "a", "x" * 1000, "中文", "a b", "\x01"])
def test_impossible_name_is_answered_like_a_wrong_password(city_app, username):
    answer = sign_in(city_app.stranger(), username)

    assert answer.status_code == 401
    assert "用户名或密码不正确" in answer.text


@pytest.mark.parametrize("typed", ["echeng", "ECHENG", " echeng ", "ｅｃｈｅｎｇ", "Echeng"])
def test_name_is_read_in_any_width_and_case(city_app, typed):
    assert sign_in(city_app.stranger(), typed).status_code == 303


@pytest.mark.parametrize("username", ["\x00", "echeng\x00"])
def test_a_name_that_no_database_takes_is_no_request(city_app, username):
    assert sign_in(city_app.stranger(), username).status_code == 400


def test_a_password_is_never_sent_back(city_app):
    answer = sign_in(city_app.stranger(), "echeng", WRONG)

    assert WRONG not in answer.text


# The lock


def test_five_failures_lock_a_name_even_for_the_right_password(city_app):
    lock(city_app, "echeng")

    assert sign_in(city_app.stranger(), "echeng").status_code == 429


def test_four_failures_lock_nobody(city_app):
    for _ in range(4):
        sign_in(city_app.stranger(), "echeng", WRONG)

    assert sign_in(city_app.stranger(), "echeng").status_code == 303


def test_a_success_lets_the_counting_begin_anew(city_app):
    for _ in range(3):
        for _ in range(4):
            sign_in(city_app.stranger(), "echeng", WRONG)
        assert sign_in(city_app.stranger(), "echeng").status_code == 303


def test_other_ways_of_writing_a_name_count_as_that_name(city_app):
    for typed in ("echeng", "ECHENG", " echeng", "ｅｃｈｅｎｇ", "eChEnG"):
        sign_in(city_app.stranger(), typed, WRONG)

    assert sign_in(city_app.stranger(), "echeng").status_code == 429


def test_a_locked_name_locks_nobody_else(city_app):
    lock(city_app, "echeng")

    assert sign_in(city_app.stranger(), "gedian").status_code == 303
    assert sign_in(city_app.stranger(), "echeng-head").status_code == 303


def test_whoever_is_signed_in_stays_so_when_the_name_is_locked(city_app, echeng):
    lock(city_app, "echeng")

    assert is_signed_in(echeng.client)


def test_a_lock_lasts_a_quarter_of_an_hour(city_app):
    lock(city_app, "echeng")

    city_app.let_pass(timedelta(minutes=15) - SECOND)
    assert sign_in(city_app.stranger(), "echeng").status_code == 429
    city_app.let_pass(SECOND)
    # what was refused while locked has counted too, but in the window that is over now
    assert sign_in(city_app.stranger(), "echeng").status_code == 303


def test_a_lock_outlives_a_restart(city_app):
    lock(city_app, "echeng")

    restarted = app_of(city_app.folder)
    answer = sign_in(restarted.test_client(), "echeng")
    with restarted.app_context():
        db.engine.dispose()

    assert answer.status_code == 429


def test_an_address_that_tries_many_names_is_locked(city_app):
    for number in range(60):
        assert sign_in(city_app.stranger(), f"name{number}", WRONG).status_code == 401

    assert sign_in(city_app.stranger(), "echeng").status_code == 429


def test_failures_stand_in_the_trail_of_the_one_whose_name_it_is(city_app):
    sign_in(city_app.stranger(), "echeng", WRONG)
    sign_in(city_app.stranger(), "nobody", WRONG)

    failed = city_app.rows("SELECT actor, note FROM trail WHERE action = 'sign-in-failed'")

    assert [(row["actor"], row["note"]) for row in failed] == [("echeng", "127.0.0.1")]


# How a sign-in ends


def opens(client: FlaskClient) -> bool:
    """Whether the report opens; somebody signed out is led to the page for signing in."""
    answer = client.get(REPORT)
    assert answer.status_code in {200, 303}
    return answer.status_code == 200


def test_inactivity_ends_a_sign_in(city_app, echeng):
    city_app.let_pass(MAX_IDLE)
    assert opens(echeng.client)

    city_app.let_pass(MAX_IDLE + SECOND)

    assert not opens(echeng.client)


def test_being_busy_keeps_a_sign_in_alive(city_app, echeng):
    for _ in range(10):
        city_app.let_pass(timedelta(minutes=20))
        assert opens(echeng.client)


def test_polling_does_not_keep_a_sign_in_alive(city_app, echeng):
    for _ in range(2):
        city_app.let_pass(timedelta(minutes=14))
        echeng.client.get(REPORT, headers={"X-Portal-Poll": "1"})
        echeng.client.get("/static/css/page.css", buffered=True)

    city_app.let_pass(timedelta(minutes=3))

    assert not opens(echeng.client)


def test_even_a_busy_sign_in_ends_after_half_a_day(city_app, echeng):
    for _ in range(int(MAX_AGE / timedelta(minutes=20))):
        city_app.let_pass(timedelta(minutes=20))
        assert opens(echeng.client)

    city_app.let_pass(SECOND)

    assert not opens(echeng.client)


def test_an_administrator_ends_a_sign_in_at_once(city_app, echeng, city):
    assert opens(echeng.client)

    city.post("/o/echeng/users/echeng/sign-outs")

    assert not opens(echeng.client)


def test_an_ended_sign_in_writes_nothing_any_more(city_app, echeng, city):
    version, _token = echeng.version("C9"), echeng.token()
    city.post("/o/echeng/users/echeng/sign-outs")

    answer = echeng.save("C9", "99", version=version)

    assert answer.status_code == 401
    assert echeng.version("C9") == version


def test_a_closed_account_is_out_at_once_and_in_again_when_opened(city_app, echeng, city):
    city.post("/o/echeng/users/echeng/closing")
    closed = opens(echeng.client), sign_in(city_app.stranger(), "echeng").status_code
    city.post("/o/echeng/users/echeng/opening")

    assert closed == (False, 401)
    assert not opens(echeng.client)
    assert sign_in(city_app.stranger(), "echeng").status_code == 303


def test_a_role_taken_away_is_gone_at_the_next_request(city_app, city):
    assert city.get("/o/echeng/users").status_code == 200

    change(city_app, "shizong", roles=["viewer"])

    assert city.get("/o/echeng/users").status_code == 403


def change(city_app: City, username: str, **changed: Any) -> None:
    """Change what is kept of a user, as somebody else's request would."""
    with city_app.app.app_context(), sign_in_door() as door, writing(door) as session:
        user = session.scalars(select(User).where(User.username == username)).one()
        for name, value in changed.items():
            setattr(user, name, value)
        session.commit()


def test_signing_out_invalidates_the_cookie(city_app):
    client = city_app.stranger()
    sign_in(client, "echeng")
    cookie = client.get_cookie("portal").value

    answer = client.post("/logout", data={"csrf_token": token_of(client)})

    assert answer.status_code == 303
    assert "storage" in answer.headers["Clear-Site-Data"]
    assert not is_signed_in(client)
    assert not is_signed_in(with_cookie(city_app, cookie))


def with_cookie(city_app: City, cookie: str) -> FlaskClient:
    """Another browser that carries a cookie it came by."""
    client = city_app.stranger()
    client.set_cookie("portal", cookie)
    return client


# The cookie


def test_signing_in_changes_the_cookie(city_app):
    client = city_app.stranger()
    planted = token_of(client) and client.get_cookie("portal").value

    sign_in(client, "echeng")

    assert client.get_cookie("portal").value != planted
    assert not is_signed_in(with_cookie(city_app, planted))


def test_signing_in_again_ends_the_sign_in_before(city_app):
    client = city_app.stranger()
    sign_in(client, "echeng")
    first = client.get_cookie("portal").value

    sign_in(client, "gedian")

    assert is_signed_in(client)
    assert not is_signed_in(with_cookie(city_app, first))


def test_the_token_of_a_form_changes_with_the_sign_in(city_app):
    client = city_app.stranger()
    before = token_of(client)
    sign_in(client, "echeng")

    answer = client.post(f"{REPORT}/zeros", data={"csrf_token": before})

    assert answer.status_code == 400


def test_the_database_holds_the_hash_of_a_token_and_no_password(city_app):
    client = city_app.stranger()
    sign_in(client, "echeng")
    with client.session_transaction() as kept:
        token = kept["_user_id"]

    tables = Base.metadata.tables
    stored = str([city_app.rows(f'SELECT * FROM "{name}"') for name in tables])

    assert len(token) >= 43
    assert hashed(token) in stored
    assert token not in stored
    assert PASSWORD not in stored


def test_forged_cookie_signs_nobody_in(city_app):
    client = city_app.stranger()
    with client.session_transaction() as kept:
        kept["_user_id"] = "x"

    assert not is_signed_in(client)


def test_two_browsers_of_one_person_do_not_end_one_another(city_app):
    first, second = city_app.stranger(), city_app.stranger()
    sign_in(first, "echeng")
    sign_in(second, "echeng")

    assert is_signed_in(first)
    assert is_signed_in(second)


# Being led on


def test_a_stranger_is_led_to_sign_in_and_back_again(city_app):
    client = city_app.stranger()
    sent = client.get(f"{REPORT}/trail?item=C9")

    page = client.get(sent.headers["Location"])
    target = re.search(r'name="next" value="([^"]*)"', page.text)[1]
    answer = sign_in(client, "echeng", next=target.replace("&amp;", "&"))

    assert sent.status_code == 303
    assert answer.headers["Location"] == f"{REPORT}/trail?item=C9"


def test_whoever_is_signed_in_need_not_sign_in(echeng):
    answer = echeng.client.get("/login")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/"


def test_a_first_sign_in_leads_to_a_new_password_and_nowhere_else(city_app):
    change(city_app, "echeng", must_change_password=True)
    client = city_app.stranger()
    sign_in(client, "echeng")

    for path in ("/", REPORT, f"{REPORT}/print", f"{REPORT}/workbook", "/o/echeng/"):
        assert client.get(path).headers.get("Location") == "/password", path
    before = city_app.rows("SELECT * FROM figure")
    saved = client.post(f"{REPORT}/zeros", data={"csrf_token": token_of(client)})

    assert saved.status_code == 303
    assert saved.headers["Location"] == "/password"
    assert city_app.rows("SELECT * FROM figure") == before


def test_an_administrator_changes_the_own_password_before_those_of_others(city_app):
    change(city_app, "shizong", must_change_password=True)
    client = city_app.stranger()
    sign_in(client, "shizong")

    answer = client.post("/o/echeng/users/echeng/password", data={"csrf_token": token_of(client)})

    assert answer.headers.get("Location") == "/password"
    assert sign_in(city_app.stranger(), "echeng").status_code == 303


def test_after_a_new_password_everything_opens(city_app):
    change(city_app, "echeng", must_change_password=True)
    client = city_app.stranger()
    sign_in(client, "echeng")

    changed = change_password(client, "bridge-under-the-stone-19")

    assert changed.status_code == 303
    assert opens(client)
    assert sign_in(city_app.stranger(), "echeng").status_code == 401
    assert sign_in(city_app.stranger(), "echeng", "bridge-under-the-stone-19").status_code == 303


def change_password(client: FlaskClient, new: str, current: str = PASSWORD) -> Any:
    """Fill in the page for a new password."""
    fields = {"csrf_token": token_of(client), "current": current, "new": new, "again": new}
    return client.post("/password", data=fields)


def test_a_new_password_ends_every_other_sign_in(city_app):
    first, second = city_app.stranger(), city_app.stranger()
    sign_in(first, "echeng")
    sign_in(second, "echeng")
    before = first.get_cookie("portal").value

    change_password(first, "bridge-under-the-stone-19")

    assert is_signed_in(first)
    assert not is_signed_in(second)
    assert not is_signed_in(with_cookie(city_app, before))


@pytest.mark.parametrize(
    ("current", "new", "again", "sentence"),
    [
        (WRONG, "bridge-under-the-stone-19", None, "原密码不正确"),
        (PASSWORD, "bridge-under-the-stone-19", "bridge-under-the-stone-18", "不一致"),
        (PASSWORD, PASSWORD, None, "不能与原密码相同"),
        (PASSWORD, "short", None, "至少要有 12"),
        (PASSWORD, "x" * 129, None, "不能超过"),
        (PASSWORD, "echeng-is-my-home-1", None, "用户名或单位代码"),
        (PASSWORD, "", None, "至少要有 12"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(
    city_app, echeng, current, new, again, sentence
):
    before = city_app.rows('SELECT password_hash FROM "user" ORDER BY id')

    answer = echeng.post(
        "/password", current=current, new=new, again=new if again is None else again
    )

    assert answer.status_code == 422
    assert sentence in answer.text
    assert new not in answer.text or not new
    assert city_app.rows('SELECT password_hash FROM "user" ORDER BY id') == before
