"""The users that an administrator looks after: one-time passwords, closed accounts."""

import re

import pytest

from tests.founding import PASSWORD

USERS = "/o/echeng/users"


def test_an_administrator_sees_the_people_below(city):
    page = city.get("/o/shizong/users").text

    for username in ("echeng", "echeng-jiceng1", "gedian", "shizong-auditor"):
        assert f">{username}<" in page


def test_users_of_other_subtrees_are_not_listed(city):
    page = city.get(USERS).text

    assert ">echeng-jiceng1<" in page
    assert ">gedian<" not in page
    assert ">shizong-auditor<" not in page


@pytest.mark.parametrize("username", ["echeng", "shizong-viewer", "shizong-auditor"])
def test_nobody_but_an_administrator_sees_users(city_app, username):
    person = city_app.person(username)

    assert person.get(f"/o/{person.home}/users").status_code == 403


def test_a_reset_sets_a_one_time_password_that_must_be_changed(city_app, city, echeng):
    page = city.post(f"{USERS}/echeng/password")
    one_time = re.search(r"<code>([^<]+)</code>", page.text)[1]

    answers = [sign_in(city_app, "echeng", password) for password in (PASSWORD, one_time)]

    assert page.status_code == 200
    assert [answer.status_code for answer in answers] == [401, 303]
    assert echeng.client.get("/password").status_code == 303
    assert must_change(city_app, "echeng")
    assert one_time not in city.get(USERS).text


def sign_in(city_app, username, password):
    """Type a name and a password in a browser of one's own."""
    client = city_app.stranger()
    token = re.search(r'csrf_token" value="([^"]+)"', client.get("/login").text)[1]
    fields = {"csrf_token": token, "username": username, "password": password}
    return client.post("/login", data=fields)


def must_change(city_app, username):
    """Whether somebody has to change the password before anything else."""
    query = 'SELECT must_change_password FROM "user" WHERE username = ?'
    return bool(city_app.scalar(query, username))


def test_each_reset_makes_a_new_one_time_password(city):
    pages = [city.post(f"{USERS}/echeng/password").text for _ in range(3)]

    found = {re.search(r"<code>([^<]+)</code>", page)[1] for page in pages}

    assert len(found) == 3
    assert all(re.fullmatch(r"[a-z2-9]{4}(-[a-z2-9]{4}){3}", one) for one in found)


def test_a_one_time_password_lifts_the_lock(city_app, city):
    for _ in range(5):
        sign_in(city_app, "echeng", "not-the-password-91")
    locked = sign_in(city_app, "echeng", PASSWORD).status_code

    page = city.post(f"{USERS}/echeng/password").text
    one_time = re.search(r"<code>([^<]+)</code>", page)[1]

    assert locked == 429
    assert sign_in(city_app, "echeng", one_time).status_code == 303


def test_nobody_disables_their_own_account(city_app, city):
    answer = city.post("/o/shizong/users/shizong/closing")

    assert answer.status_code == 409
    assert city_app.scalar('SELECT disabled_at FROM "user" WHERE username = ?', "shizong") is None


@pytest.mark.parametrize("act", ["password", "sign-outs", "closing", "opening"])
@pytest.mark.parametrize("username", ["gedian", "shizong-viewer", "nobody"])
def test_a_users_page_is_found_under_its_own_organisation_only(city_app, city, act, username):
    before = city_app.rows('SELECT * FROM "user" ORDER BY id')

    answer = city.post(f"{USERS}/{username}/{act}")

    assert answer.status_code == 404
    assert city_app.rows('SELECT * FROM "user" ORDER BY id') == before


@pytest.mark.parametrize(
    ("act", "action"),
    [
        ("password", "password-reset"),
        ("sign-outs", "sign-ins-ended"),
        ("closing", "user-disabled"),
        ("opening", "user-enabled"),
    ],
)
def test_changes_of_a_user_are_in_the_trail(city_app, city, act, action):
    city.post(f"{USERS}/echeng/{act}")

    entry = city_app.rows("SELECT * FROM trail ORDER BY id DESC LIMIT 1")[0]

    assert entry["action"] == action
    assert entry["actor"] == "张慧"
    assert "王芳（echeng）" in entry["note"]


def test_disabling_and_enabling_twice_changes_nothing(city_app, city):
    for act in ("sign-outs", "closing", "closing", "opening", "opening"):
        assert city.post(f"{USERS}/echeng/{act}").status_code == 303

    assert sign_in(city_app, "echeng", PASSWORD).status_code == 303
