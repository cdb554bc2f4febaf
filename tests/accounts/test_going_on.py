"""Going on: what was posted when the sign-in or the page had run out is not lost, nor anybody's."""

import json
from datetime import timedelta

import pytest

from portal.access.identity import MAX_IDLE
from tests.founding import PASSWORD
from tests.markup import Page

REPORT = "/o/echeng/campaigns/2027-spring/report"
HOME = {"Origin": "http://localhost"}
TYPED = {"F1": "12", "F1.version": "0", "F1.was": "", "F2": "长\"<&>'", "F2.version": "0"}


def post(client, path, headers=HOME, **fields):
    """Post fields from a page of the portal."""
    return client.post(path, data=fields, headers=headers)


def form_on(answer):
    """The action and the hidden fields of the form that a page offers in its main part."""
    main = Page.of(answer.text).by_id("main")
    [form] = [part.root for part in main.all("form")]
    fields = [(field.get("name"), field.get("value", "")) for field in form.iter("input")]
    return form.get("action"), {name: value for name, value in fields if name}


def sign_in(client, page, username="echeng", password=PASSWORD):
    """Sign in on a page that asks for it, with everything that it carries."""
    action, fields = form_on(page)
    return post(client, action, **fields | {"username": username, "password": password})


@pytest.fixture
def lapsed(city_app, echeng):
    """鄂城's reporter after a long silence, with the token of the page that stands open."""
    token = echeng.token()
    city_app.let_pass(MAX_IDLE + timedelta(seconds=1))
    return echeng, token


def test_a_late_post_is_repeated_after_signing_in(lapsed):
    echeng, token = lapsed

    asked = post(echeng.client, REPORT, csrf_token=token, **TYPED)
    going_on = sign_in(echeng.client, asked)
    action, fields = form_on(going_on)
    posted = post(echeng.client, action, **fields | {"F2": "7"})

    assert asked.status_code == 401
    assert going_on.status_code == 200
    assert action == REPORT
    assert {name: fields[name] for name in TYPED} == TYPED
    assert posted.status_code == 303
    assert echeng.current.figure("F1") == 12
    assert echeng.current.figure("F2") == 7


def test_typed_fields_survive_a_wrong_password(lapsed):
    echeng, token = lapsed
    asked = post(echeng.client, REPORT, csrf_token=token, **TYPED)

    again = sign_in(echeng.client, asked, password="not-the-password-91")
    going_on = sign_in(echeng.client, again)

    assert again.status_code == 401
    assert form_on(going_on)[1]["F1"] == "12"


def test_nothing_is_written_before_the_repeated_post(lapsed):
    echeng, token = lapsed

    asked = post(echeng.client, REPORT, csrf_token=token, **TYPED)
    sign_in(echeng.client, asked)

    assert echeng.version("F1") == 0


def test_another_person_who_signs_in_cannot_repeat_the_post(lapsed):
    echeng, token = lapsed
    asked = post(echeng.client, REPORT, csrf_token=token, **TYPED)

    going_on = sign_in(echeng.client, asked, username="gedian")
    action, fields = form_on(going_on)
    posted = post(echeng.client, action, **fields)

    assert posted.status_code == 404
    assert echeng.version("F1") == 0


def test_a_page_whose_token_has_run_out_offers_to_post_again(echeng):
    offered = post(echeng.client, REPORT, csrf_token="old", **TYPED)
    action, fields = form_on(offered)
    posted = post(echeng.client, action, **fields | {"F2": "7"})

    assert offered.status_code == 400
    assert {name: fields[name] for name in TYPED} == TYPED
    assert posted.status_code == 303
    assert echeng.current.figure("F1") == 12


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://evil.example", "Referer": "http://localhost/password"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost@evil.example"},
        {"Origin": "http://localhost:4711"},
        {"Referer": "http://evil.example/http://localhost"},
        {},
    ],
)
def test_a_post_from_another_site_is_never_offered_again(lapsed, headers):
    echeng, token = lapsed
    signed_in = echeng.city.person("echeng-head")

    late = post(echeng.client, REPORT, headers, csrf_token=token, **TYPED)
    early = post(signed_in.client, REPORT, headers, csrf_token="old", **TYPED)

    for answer in (late, early):
        assert "F1.version" not in answer.text
        assert "长" not in answer.text


def test_the_referrer_decides_where_a_browser_sends_no_origin(lapsed):
    echeng, token = lapsed

    asked = post(
        echeng.client, REPORT, {"Referer": f"http://localhost{REPORT}"}, csrf_token=token, **TYPED
    )

    assert json.loads(form_on(asked)[1]["carried"])[0] == ["F1", "12"]


def test_passwords_and_tokens_are_not_posted_again(lapsed):
    echeng, token = lapsed
    secrets = {"current": "secret1", "new": "secret2", "again": "secret3", "password": "secret4"}

    asked = post(echeng.client, "/password", csrf_token=token, **secrets)
    _action, fields = form_on(asked)

    assert asked.status_code == 401
    assert "secret" not in asked.text
    assert token not in fields["carried"]


def test_a_repeated_field_is_carried_with_all_its_values(echeng):
    body = "csrf_token=old&issue=a&issue=b"
    kind = "application/x-www-form-urlencoded"

    offered = echeng.client.post(
        f"{REPORT}/explanations", data=body, content_type=kind, headers=HOME
    )

    main = Page.of(offered.text).by_id("main")
    issues = [part.get("value") for part in main.all("input") if part.get("name") == "issue"]
    assert issues == ["a", "b"]


def test_inside_a_page_a_late_save_is_answered_401_and_the_token_is_renewed(lapsed):
    echeng, token = lapsed
    fields = {"C9": "12", "C9.version": str(echeng.version("C9"))}
    inside = {"HX-Request": "true"}

    late = post(echeng.client, f"{REPORT}/items/C9", inside, csrf_token=token, **fields)
    credentials = {"username": "echeng", "password": PASSWORD}
    renewed = post(echeng.client, "/login", inside, csrf_token=token, **credentials)
    part = Page.of(renewed.text).by_id("signed-in")
    saved = post(
        echeng.client, f"{REPORT}/items/C9", inside, csrf_token=part.get("data-token"), **fields
    )

    assert late.status_code == 401
    assert part.get("data-user") == "echeng"
    assert saved.status_code == 200
    assert echeng.current.figure("C9") == 12


def test_inside_a_page_a_wrong_password_gets_one_line(lapsed):
    echeng, token = lapsed
    credentials = {"username": "echeng", "password": "not-the-password-91"}

    answer = post(echeng.client, "/login", {"HX-Request": "true"}, csrf_token=token, **credentials)

    assert answer.status_code == 401
    assert "<form" not in answer.text
    assert "用户名或密码不正确" in answer.text
