"""One-time links: spent by a press, once; what they open, and what they never give away."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from flask import url_for

from portal.access.links import VALID_FOR, link_address
from tests.accounts.test_users import sign_in
from tests.cast import TOKEN
from tests.founding import PASSWORD

USERS = "/o/echeng/users"
SECOND = timedelta(seconds=1)
DEAD = "已经用过、过期或作废"


def made(page):
    """The paths of the links that a page shows."""
    return [
        urlsplit(found).path for found in re.findall(r"http[^<\s]+/sign-in-links/[^<\s]+", page)
    ]


@pytest.fixture
def link(city):
    """A link that the city made for 鄂城's reporter."""
    return made(city.post(f"{USERS}/echeng/link").text)[0]


def open_in(client, path):
    """Open a link in a browser; answers the page that asks."""
    answer = client.get(path)
    assert answer.status_code == 303
    assert path not in answer.headers["Location"]
    return client.get(answer.headers["Location"])


def press(client, page):
    """Press 确认登录 on the page that asks."""
    fields = {"csrf_token": TOKEN.search(page.text)[1]}
    fields["link"] = re.search(r'name="link" value="([^"]+)"', page.text)[1]
    return client.post("/sign-in-link", data=fields)


def test_a_link_leads_to_choosing_a_password(city_app, city, link):
    browser = city_app.stranger()
    asked = open_in(browser, link)

    pressed = press(browser, asked)
    page = browser.get("/password").text
    fields = dict.fromkeys(("new", "again"), "three-red-boats-41")
    chosen = browser.post("/password", data={"csrf_token": TOKEN.search(page)[1]} | fields)

    assert "王芳" in asked.text
    assert "鄂城区总工会" in asked.text
    assert (pressed.status_code, pressed.headers["Location"]) == (303, "/password")
    assert 'name="current"' not in page
    assert chosen.status_code == 303
    assert browser.get("/o/echeng/").status_code == 200


def test_every_page_waits_for_the_new_password(city_app, link):
    browser = city_app.stranger()
    press(browser, open_in(browser, link))

    answer = browser.get("/o/echeng/")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/password")


def test_opening_a_link_does_not_spend_it(city_app, link):
    before = kept_of_links(city_app)

    for _ in range(3):  # a chat program, a preview, the person
        assert open_in(city_app.stranger(), link).status_code == 200

    assert kept_of_links(city_app) == before


def kept_of_links(city_app):
    """Everything that spending a link would change."""
    return [
        [list(row) for row in city_app.rows(f"SELECT * FROM {table} ORDER BY 1")]
        for table in ("sign_in_link", "trail", "throttle", "sign_in")
    ]


def test_a_link_is_spent_once(city_app, link):
    first, second = city_app.stranger(), city_app.stranger()
    page = open_in(second, link)
    assert press(first, open_in(first, link)).status_code == 303

    again = press(second, page)

    assert again.status_code == 404
    assert DEAD in again.text
    assert second.get("/password").status_code == 303


def test_the_old_password_and_sign_ins_end_when_a_link_is_spent(city_app, echeng, link):
    browser = city_app.stranger()
    assert sign_in(city_app, "echeng", PASSWORD).status_code == 303
    press(browser, open_in(browser, link))

    assert sign_in(city_app, "echeng", PASSWORD).status_code == 401
    assert echeng.client.get("/password").status_code == 303


def test_a_link_lasts_a_week(city_app, link):
    city_app.let_pass(VALID_FOR - SECOND)
    assert open_in(city_app.stranger(), link).status_code == 200

    city_app.let_pass(SECOND)

    assert DEAD in open_in(city_app.stranger(), link).text


@pytest.mark.parametrize("end", ["link", "link/revocation", "closing", "successor"])
def test_a_revoked_link_opens_nothing(city_app, city, link, end):
    mark = re.search(r'name="seen" value="([0-9a-f]+)"', city.get(f"{USERS}/echeng").text)[1]
    city.post(f"{USERS}/echeng/{end}", name="别人", phone="", seen=mark)

    page = open_in(city_app.stranger(), link)

    assert page.status_code == 404
    assert DEAD in page.text


def test_unknown_spent_revoked_and_expired_links_get_the_same_answer(city_app, city, link):
    dead = {"unknown": "/sign-in-links/nobody-knows-this-one", "spent": link}
    browser = city_app.stranger()
    press(browser, open_in(browser, link))
    dead["revoked"] = made(city.post(f"{USERS}/echeng-head/link").text)[0]
    city.post(f"{USERS}/echeng-head/link/revocation")

    pages = {name: open_in(city_app.stranger(), path) for name, path in dead.items()}

    assert {page.status_code for page in pages.values()} == {404}
    assert len({page.text for page in pages.values()}) == 1


def test_only_the_hash_of_a_link_is_stored_and_no_trail_has_it(city_app, city, link):
    token = link.rpartition("/")[2]
    browser = city_app.stranger()
    press(browser, open_in(browser, link))

    tables = ("sign_in_link", "trail", "throttle", '"user"', "sign_in")
    kept = [str(list(row)) for table in tables for row in city_app.rows(f"SELECT * FROM {table}")]

    assert not [row for row in kept if token in row]
    assert token not in city.get(f"{USERS}/echeng").text


def test_pages_of_a_link_are_not_cached_and_redirect_without_the_token(city_app, link):
    browser = city_app.stranger()
    answers = [browser.get(link), browser.get("/sign-in-link")]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store", "no-store"]
    assert answers[0].headers["Location"] == "/sign-in-link"


def test_guessing_links_is_throttled(city_app):
    browser = city_app.stranger()
    token = TOKEN.search(browser.get("/login").text)[1]

    statuses = [
        browser.post("/sign-in-link", data={"csrf_token": token, "link": f"guess-{n}"}).status_code
        for n in range(61)
    ]

    assert statuses == [404] * 60 + [429]


def test_links_for_all_without_a_password_come_as_page_and_workbook(city_app, city):
    for name in ("new-a", "new-b"):
        city.post(USERS, new_username=name, name="新人", phone="", roles="reporter")
    old = made(city.post("/o/echeng/links").text)

    page = city.post("/o/shizong/links").text
    tokens = re.search(r'name="links"\s+value="([^"]+)"', page)[1]
    answer = city.post("/o/shizong/links/workbook", links=f"{tokens} guessed")

    assert len(made(page)) == len(old) == 2
    assert not {*made(page)} & {*old}
    with zipfile.ZipFile(BytesIO(answer.data)) as parts:
        texts = parts.read("xl/sharedStrings.xml").decode()
    assert all(token in texts for token in tokens.split())
    assert "guessed" not in texts
    assert "<f>" not in parts.namelist()


def test_the_workbook_holds_nobody_of_another_subtree(city_app, city):
    page = city.post("/o/gedian/users", new_username="new-g", name="葛新", phone="", roles="head")
    tokens = re.search(r'name="links"\s+value="([^"]+)"', page.text)[1]

    answer = city_app.person("echeng-admin").post("/o/echeng/links/workbook", links=tokens)

    with zipfile.ZipFile(BytesIO(answer.data)) as parts:
        assert tokens.strip() not in parts.read("xl/sharedStrings.xml").decode()


def test_the_url_on_the_page_opens_the_link(city_app):
    with city_app.app.test_request_context():
        path = url_for("accounts.open_link", token="abc")

    assert link_address("http://host", "abc") == f"http://host{path}"
