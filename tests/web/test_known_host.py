"""The public address: whatever kind it is, it is served, and links lead to it."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import segno

from portal.web.paper_code import QUIET_ZONE_MODULES
from tests.cast import Character
from tests.markup import Page
from tests.paper.test_codes import codes_on

ADDRESSES = [
    "https://wennuan.example.cn",
    "https://wennuan.example.cn:8443",
    "http://gonghui",
    "http://10.2.3.4:8000",
    "http://[fd00::7]:8000",
    "http://[fd00::7]",
    "https://xn--ylvn2ovw4a.xn--fiqs8s",
]
LOCAL = ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"]


def asked(app, base, path="/login"):
    return app.app.test_client().get(path, base_url=base)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_public_address_is_served_and_no_other(new_city_app, address):
    app = new_city_app(public_url=address)

    assert asked(app, address).status_code == 200
    assert asked(app, "http://[fd00::8]:8000").status_code == 400
    assert asked(app, "http://127.0.0.1:8000").status_code == 400
    assert address in asked(app, "http://evil.example").text


@pytest.mark.parametrize("address", LOCAL)
def test_on_ones_own_machine_every_name_of_it_is_served(new_city_app, address):
    app = new_city_app(public_url=address)

    assert [asked(app, each).status_code for each in LOCAL] == [200] * 3
    assert asked(app, "http://[fd00::7]:8000").status_code == 400


@pytest.mark.parametrize("address", [ADDRESSES[0], ADDRESSES[3], ADDRESSES[4]])
def test_qr_and_chase_text_lead_to_the_public_address(city_app, city, gedian, monkeypatch, address):
    gedian.report("accepted")
    moved = replace(city_app.app.config["PORTAL"], public_url=address)
    monkeypatch.setitem(city_app.app.config, "PORTAL", moved)

    printed = seen_at(address, gedian, gedian.url("/report/print"))
    single = seen_at(address, city, city.url("/report/reminders", code="linkong"))
    group = seen_at(address, city, city.url("/reminders"))

    [(code, link)] = codes_on(Page.of(printed))
    assert link == f"{address}/o/gedian/paper/{code}"
    assert drawn(link) in printed
    assert f"{address}/o/linkong/campaigns/2027-spring/report" in single
    assert f"{address}" in Page.of(group).by_id("words").text


def seen_at(address: str, person: Character, path: str) -> str:
    """A page as a person who is signed in sees it under another address of the portal."""
    kept = person.client.get_cookie("portal")
    said = {"Host": urlsplit(address).netloc, "Cookie": f"portal={kept.value}"}
    return person.city.app.test_client(use_cookies=False).get(path, headers=said).text


def drawn(link: str) -> str:
    """The QR of a link as a page shows it."""
    made = segno.make(link, error="m", micro=False)
    return made.svg_inline(border=QUIET_ZONE_MODULES, omitsize=True, lineclass=None)
