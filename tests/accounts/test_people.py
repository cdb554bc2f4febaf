"""Creating, changing and handing over accounts, and the sign-ins that an administrator ends."""

import re

import pytest
from sqlalchemy import select

from portal.access.identity import sign_in_door
from portal.accounts.operations import keep_an_admin
from portal.domain.report_state import NotAllowedNow
from portal.models import User
from tests.accounts.test_users import sign_in
from tests.founding import PASSWORD

USERS = "/o/echeng/users"
PERSON = {"new_username": "newcomer", "name": "李新", "phone": "13800000001", "roles": "reporter"}


def user(city_app, username):
    """What is kept of a user; None when there is none."""
    found = city_app.rows('SELECT * FROM "user" WHERE username = ?', username)
    return dict(found[0]) if found else None


def newest(city_app):
    """The newest entry of any trail."""
    return dict(city_app.rows("SELECT * FROM trail ORDER BY id DESC LIMIT 1")[0])


def seen(person, path):
    """The mark of what a user's page shows."""
    return re.search(r'name="seen" value="([0-9a-f]+)"', person.get(path).text)[1]


def change(person, path, **fields):
    """Save the form of a user's page, with these fields changed."""
    current = {"name": "王芳", "phone": "", "roles": "reporter", "seen": seen(person, path)}
    return person.post(path, **(current | fields))


def test_a_new_user_gets_a_link_and_no_password(city_app, city):
    page = city.post(USERS, **PERSON)

    made = user(city_app, "newcomer")
    assert page.status_code == 200
    assert "/sign-in-links/" in page.text
    assert (made["name"], made["phone"], made["password_hash"]) == ("李新", "13800000001", "")
    assert sign_in(city_app, "newcomer", "").status_code == 401


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"new_username": "gedian"}, "已经有人用了"),
        ({"new_username": "ECHENG"}, "已经有人用了"),
        ({"new_username": "王"}, "用户名须为"),
        ({"name": "  "}, "姓名应为"),
        ({"roles": "emperor"}, "至少选择一个角色"),
        ({"phone": "1" * 51}, "电话不能超过"),
    ],
)
def test_a_refused_new_user_comes_back_with_the_typed_fields(city_app, city, changed, word):
    before = city_app.scalar('SELECT count(*) FROM "user"')

    page = city.post(USERS, **(PERSON | changed))

    assert page.status_code == 422
    assert word in page.text
    assert "newcomer" in page.text or "new_username" in changed
    assert city_app.scalar('SELECT count(*) FROM "user"') == before


def test_a_district_administrator_creates_users_in_their_subtree_only(city_app):
    district = city_app.person("echeng-admin")

    answers = [
        district.post(f"/o/{code}/users", **(PERSON | {"new_username": f"new-{code}"})).status_code
        for code in ("echeng", "echeng-jiceng1", "gedian", "shizong")
    ]

    assert answers == [200, 200, 404, 404]


def test_name_phone_and_roles_are_changed_and_the_trail_says_so(city_app, city):
    answer = change(city, f"{USERS}/echeng", phone="0711-1", roles=["reporter", "head"])

    entry = newest(city_app)
    assert answer.status_code == 303
    assert user(city_app, "echeng")["phone"] == "0711-1"
    assert (entry["action"], entry["old"]) == ("user-changed", "王芳，填报人")
    assert entry["new"] == "王芳，0711-1，填报人、单位负责人"


def test_saving_unchanged_fields_writes_no_trail(city_app, city):
    before = city_app.scalar("SELECT count(*) FROM trail")

    assert change(city, f"{USERS}/echeng").status_code == 303

    assert city_app.scalar("SELECT count(*) FROM trail") == before


def test_a_user_changed_since_the_page_was_shown_is_not_overwritten(city_app, city):
    stale = seen(city, f"{USERS}/echeng")
    change(city, f"{USERS}/echeng", phone="0711-1")

    answer = change(city, f"{USERS}/echeng", phone="0711-2", seen=stale)

    assert answer.status_code == 409
    assert "0711-2" in answer.text
    assert user(city_app, "echeng")["phone"] == "0711-1"


def test_nobody_changes_their_own_roles(city_app):
    district = city_app.person("echeng-admin")

    answer = change(
        district, f"{USERS}/echeng-admin", name="林晓梅", roles=["admin", "reviewer", "auditor"]
    )

    assert answer.status_code == 409
    assert "reviewer" not in str(user(city_app, "echeng-admin")["roles"])


def test_the_last_administrator_of_the_city_stays(city_app, city):
    second = PERSON | {"new_username": "second", "roles": "admin"}
    city.post("/o/shizong/users", **second)
    city.post("/o/shizong/users/second/closing")
    city.post("/o/shizong/users/second/opening")

    # whoever acts is an administrator, unless somebody else has just taken that away
    assert may_lose(city_app, "shizong")
    city.post("/o/shizong/users/second/closing")
    assert not may_lose(city_app, "shizong")
    assert may_lose(city_app, "echeng-admin")


def may_lose(city_app, username):
    """Whether an administrator may be taken away."""
    with city_app.app.app_context(), sign_in_door() as door:
        user = door.scalars(select(User).where(User.username == username)).one()
        try:
            keep_an_admin(door, user)
        except NotAllowedNow:
            return False
        return True


def test_an_account_handed_over_keeps_the_old_name_in_the_trail(city_app, city, echeng):
    echeng.save("C9", "12")
    mark = seen(city, f"{USERS}/echeng")

    page = city.post(f"{USERS}/echeng/successor", name="陈接手", phone="139", seen=mark)

    assert page.status_code == 200
    assert "/sign-in-links/" in page.text
    assert user(city_app, "echeng")["name"] == "陈接手"
    assert echeng.client.get("/password").status_code == 303
    assert sign_in(city_app, "echeng", PASSWORD).status_code == 401
    assert (
        city_app.scalar(
            "SELECT actor FROM trail WHERE action = 'figure-saved' AND item = 'C9'"
            " ORDER BY id DESC LIMIT 1"
        )
        == "王芳"
    )


def test_an_account_is_handed_over_once(city_app, city):
    mark = seen(city, f"{USERS}/echeng")
    city.post(f"{USERS}/echeng/successor", name="陈接手", phone="", seen=mark)

    again = city.post(f"{USERS}/echeng/successor", name="陈接手", phone="", seen=mark)

    assert again.status_code == 409


def test_nobody_hands_over_their_own_account(city_app, city):
    mark = seen(city, "/o/shizong/users/shizong")

    answer = city.post("/o/shizong/users/shizong/successor", name="别人", phone="", seen=mark)

    assert answer.status_code == 409
    assert user(city_app, "shizong")["name"] == "张慧"


def test_one_sign_in_is_ended_and_the_others_stay(city_app, city, echeng):
    phone = city_app.stranger()
    token = re.search(r'csrf_token" value="([^"]+)"', phone.get("/login").text)[1]
    phone.post("/login", data={"csrf_token": token, "username": "echeng", "password": PASSWORD})
    named = re.findall(r'name="sign_in" value="([0-9a-f]{16})"', city.get(f"{USERS}/echeng").text)
    own = city_app.scalar(
        'SELECT token_hash FROM sign_in JOIN "user" ON "user".id = sign_in.user_id '
        "WHERE sign_in.address = '' AND username = 'echeng'"
    )

    other = next(one for one in named if not own.startswith(one))
    answer = city.post(f"{USERS}/echeng/sign-outs", sign_in=other)

    assert answer.status_code == 303
    assert len(named) == 2
    assert phone.get("/password").status_code == 303
    assert echeng.client.get("/password").status_code == 200


@pytest.mark.parametrize("act", ["", "/successor", "/link", "/link/revocation"])
@pytest.mark.parametrize(("username", "status"), [("gedian", 404), ("shizong", 404)])
def test_a_neighbours_account_is_not_found(city_app, act, username, status):
    district = city_app.person("echeng-admin")

    answer = district.post(f"{USERS}/{username}{act}", name="x", phone="", roles="reporter")

    assert answer.status_code == status
