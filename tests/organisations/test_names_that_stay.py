"""A name keeps its characters: exported and imported again, no name of anybody changes."""

import json
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.drafting.draft import one_line
from portal.domain.intake.roster import read_roster
from portal.models import Organisation, User
from portal.models.user import Role
from portal.organisations.packing import pack, unpack
from portal.workbooks import reading, reading_child
from portal.workbooks.lists import read_list
from portal.workbooks.roster import roster_workbook
from tests.organisations.test_roster import confirm, upload, workbook

RARE = {
    "of Unicode 15": "王\U0003158e",
    "of a Unicode to come": "\U000323b0\U0003fffd",
    "private use": "张\ue816\U000f0000",
    "compatibility": "第Ⅱ工会㈠\uf9d1①",
    "full-width": "ＡＢ（１）ｶ　甲",
    "half-width brackets": "甲(乙)-1",
    "with a variation selector": "葛\U000e0100",
}
names = pytest.mark.parametrize("name", RARE.values(), ids=RARE)

HAN = (
    range(0x2E80, 0x3000),
    range(0x3400, 0xA000),
    range(0xE000, 0xFB00),
    range(0x20000, 0x2FFFE),
    range(0x30000, 0x3FFFE),
    range(0xFFF00, 0xFFFFE),
)


def of_names(texts):
    """The roster of units and people with these names, exported and read again."""
    units = [
        Organisation(
            id=at, code=f"u-{at}", name=text, kind="基层", position=at, contact="", phone=""
        )
        for at, text in enumerate(texts, start=1)
    ]
    people = [
        (User(username=unit.code, name=unit.name, roles=[Role.REPORTER], phone=""), unit)
        for unit in units[:9]
    ]
    return read_roster(read_list(roster_workbook(units, people)))


def test_every_han_known_or_not_comes_back():
    signs = "".join(map(chr, (code for block in HAN for code in block)))
    texts = [signs[at : at + 200] for at in range(0, len(signs), 200)]

    found = of_names(texts)

    assert [line["name"] for line in found.units] == texts
    assert [line["name"] for line in found.people] == texts[:9]
    assert not any(line.wrong or line.said for line in (*found.units, *found.people))
    assert unpack(pack(found)) == found


def _in_this_process(content, *, long):
    limits = reading_child.LIST if long else reading_child.FORM
    return json.dumps(reading_child.answer_for(content, limits)).encode()


odd = st.characters(min_codepoint=0x20, exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp"))
kept = odd.filter(lambda s: s not in "\ufffc\ufffd" and ord(s) & 0xFFFE != 0xFFFE)
texts = st.text(kept.filter(lambda s: not 0xFDD0 <= ord(s) <= 0xFDEF), min_size=1, max_size=100)


@settings(max_examples=60)
@given(st.lists(texts.map(str.strip).filter(bool), min_size=1, max_size=4))
def test_any_name_comes_back(wanted):
    with patch.object(reading, "_answer_of_child", _in_this_process):
        found = of_names(wanted)

    for name, unit, person in zip(wanted, found.units, found.people, strict=True):
        if not unit.wrong:
            assert (unit["name"], person["name"]) == (name, name)


@given(texts)
def test_a_label_of_a_form_keeps_its_characters(text):
    wanted = text.strip()
    while "  " in wanted:
        wanted = wanted.replace("  ", " ")

    assert one_line(text) == wanted


@names
def test_a_name_typed_in_the_browser_is_exported_and_imported_unchanged(city, city_app, name):
    unit = {"code": "n-1", "name": name, "kind": "基层", "position": "9", "contact": name}
    city.post("/o/echeng/organisations", phone="０７１１", **unit)
    person = {"new_username": "n-1", "name": name, "phone": "", "roles": ["reporter"]}
    made = city.post("/o/n-1/users", email="", **person)

    preview = upload(city, city.get("/o/shizong/roster/workbook").data)

    assert made.status_code == 200
    assert "完全一样" in preview.text
    assert city_app.rows("SELECT name, contact FROM organisation WHERE code = 'n-1'") == [
        {"name": name, "contact": name}
    ]
    assert city_app.scalar("SELECT name FROM \"user\" WHERE username = 'n-1'") == name


@names
def test_a_name_of_a_roster_is_stored_as_it_stands_in_it(city, city_app, name):
    preview = upload(
        city,
        workbook(
            [("n-1", name, "基层", "echeng", "9", name, "")], [("n-1", name, "n-1", "查阅", "")]
        ),
    )
    confirm(city, preview)

    assert city_app.scalar("SELECT name FROM organisation WHERE code = 'n-1'") == name
    assert city_app.scalar("SELECT contact FROM organisation WHERE code = 'n-1'") == name
    assert city_app.scalar("SELECT name FROM \"user\" WHERE username = 'n-1'") == name


@pytest.mark.parametrize("sign", ["\x07", "\ufffd", "\ufdd0", "\n"])
def test_forbidden_characters_are_refused_on_every_path(city, city_app, sign):
    name = f"甲{sign}乙"
    unit = {"code": "n-1", "name": name, "kind": "基层", "position": "9"}

    pages = [
        city.post("/o/echeng/organisations", contact="", phone="", **unit),
        city.post("/o/echeng/users", new_username="n-1", name=name, roles=["reporter"]),
    ]

    assert [page.status_code for page in pages] == [422, 422]
    assert all("不能使用的字符" in page.text for page in pages)
    assert city_app.scalar("SELECT count(*) FROM organisation WHERE code = 'n-1'") == 0


def test_invisible_characters_are_removed_and_named(city, city_app):
    unit = {"code": "n-1", "name": "甲\u200b乙", "kind": "基层", "position": "9"}
    person = {"new_username": "n-1", "name": "丙\ufeff", "roles": ["reporter"], "phone": ""}

    made = city.post("/o/echeng/organisations", contact="", phone="", **unit)
    told = city.get(made.headers["Location"])
    links = city.post("/o/n-1/users", email="", **person)

    assert "去掉了看不见的字符 U+200B。" in told.text
    assert "去掉了看不见的字符 U+FEFF。" in links.text
    assert city_app.scalar("SELECT name FROM organisation WHERE code = 'n-1'") == "甲乙"
    assert city_app.scalar("SELECT name FROM \"user\" WHERE username = 'n-1'") == "丙"
