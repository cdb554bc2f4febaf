"""The tree of organisations: changed by those above, never changing what is past."""

import re

import pytest

from tests.accounts.test_users import sign_in
from tests.founding import LAST, PASSWORD

NEW = {"code": "echeng-new", "name": "鄂城区新建工会", "kind": "基层", "position": "25"}


def page(code="echeng-jiceng1"):
    """The address of a unit's page."""
    return f"/o/{code}/organisation"


def unit(city_app, code):
    """What is kept of an organisation; None when there is none."""
    found = city_app.rows("SELECT * FROM organisation WHERE code = ?", code)
    return dict(found[0]) if found else None


def newest(city_app):
    """The newest entry of any trail."""
    return dict(city_app.rows("SELECT * FROM trail ORDER BY id DESC LIMIT 1")[0])


def change(person, code, **fields):
    """Save the form of a unit's page, with these fields changed."""
    text = person.get(page(code)).text
    shown = dict(re.findall(r'name="(name|position|contact|phone|seen)" value="([^"]*)"', text))
    kind = re.search(r"<option selected>([^<]+)", text) or re.search(
        r'name="kind" value="([^"]*)"', text
    )
    return person.post(page(code), **(shown | {"kind": kind[1]} | fields))


@pytest.fixture
def district(city_app):
    """鄂城's administrator."""
    return city_app.person("echeng-admin")


def test_the_outline_shows_ones_own_subtree(city, district):
    pages = [person.get(f"/o/{person.home}/organisations").text for person in (city, district)]
    whole, part = pages

    assert "葛店开发区总工会" in whole
    assert "葛店开发区总工会" not in part
    assert "鄂城区基层工会一" in part


@pytest.mark.parametrize("username", ["echeng", "shizong-viewer", "shizong-reporter"])
def test_only_administrators_see_the_tree(city_app, username):
    person = city_app.person(username)

    assert person.get(f"/o/{person.home}/organisations").status_code == 403


def test_a_unit_is_added_below_another(city_app, city, district):
    answer = district.post("/o/echeng/organisations", **NEW, contact="张三", phone="1")

    made, above = unit(city_app, "echeng-new"), unit(city_app, "echeng")
    assert answer.status_code == 303
    assert made["parent_id"] == above["id"]
    assert made["path"] == f"{above['path']}{made['id']:08d}/"
    assert (newest(city_app)["action"], newest(city_app)["actor"]) == (
        "organisation-added",
        "林晓梅",
    )
    assert "鄂城区新建工会" in city.get("/o/shizong/organisations").text


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"code": "gedian"}, "已经有单位用了"),
        ({"code": "Ab"}, "应为 2 至 63 位"),
        ({"name": ""}, "名称应为"),
        ({"kind": "帝国"}, "类型"),
        ({"position": "1.5"}, "排序号"),
    ],
)
def test_a_wrong_unit_is_refused_with_the_typed_fields(city_app, district, changed, word):
    answer = district.post("/o/echeng/organisations", **(NEW | changed), contact="", phone="")

    assert answer.status_code == 422
    assert word in answer.text
    assert unit(city_app, "echeng-new") is None


def test_a_new_unit_is_offered_the_place_after_the_last_one(city_app, city, district):
    def offered(code: str) -> str:
        page = city.page(f"/o/{code}/new-organisation")
        return next(each.get("value") for each in page.elements() if each.get("name") == "position")

    last, alone = offered("shizong"), unit(city_app, "gedian")["position"]

    assert (
        int(last)
        == city_app.scalar(
            "SELECT max(position) FROM organisation WHERE parent_id = "
            "(SELECT id FROM organisation WHERE code = 'shizong')"
        )
        + 10
    )
    assert offered("gedian") == str(alone + 10)

    answer = district.post("/o/echeng/organisations", **NEW | {"position": ""})
    assert answer.status_code == 422


def test_adding_twice_adds_one(city_app, district):
    statuses = [
        district.post("/o/echeng/organisations", **NEW, contact="", phone="").status_code
        for _ in range(2)
    ]

    assert statuses == [303, 422]


def test_a_unit_is_renamed_and_the_running_campaign_keeps_its_name(city_app, city):
    answer = change(city, "gedian", name="葛店新区总工会", phone="0711-9")

    assert answer.status_code == 303
    assert unit(city_app, "gedian")["name"] == "葛店新区总工会"
    assert newest(city_app)["old"].startswith("葛店开发区总工会")
    assert "葛店开发区总工会" in city.board().text


def test_a_unit_changed_since_the_page_was_shown_is_not_overwritten(city_app, city):
    stale = re.search(r'name="seen" value="([0-9a-f]+)"', city.get(page("gedian")).text)[1]
    change(city, "gedian", phone="1")

    answer = change(city, "gedian", phone="2", seen=stale)

    assert answer.status_code == 409
    assert unit(city_app, "gedian")["phone"] == "1"


def test_a_district_changes_its_contact_but_not_its_name(city_app, district):
    refused = change(district, "echeng", name="鄂城帝国")
    done = change(district, "echeng", contact="新联系人")

    assert (refused.status_code, done.status_code) == (409, 303)
    assert unit(city_app, "echeng")["name"] == "鄂城区总工会"
    assert unit(city_app, "echeng")["contact"] == "新联系人"


STOPPED = "2027-01-28 17:31"
"""The minute after 停止填报 of the open campaign, from which on units move."""


def test_a_move_rewrites_the_paths_of_all_below(city_app, city, district):
    city_app.clock_at(STOPPED)
    district.post("/o/echeng-jiceng1/organisations", **NEW, contact="", phone="")

    answer = city.post(f"{page()}/place", target="gedian")

    moved, below, target = (
        unit(city_app, code) for code in ("echeng-jiceng1", "echeng-new", "gedian")
    )
    assert answer.status_code == 303
    assert moved["path"] == f"{target['path']}{moved['id']:08d}/"
    assert below["path"] == f"{moved['path']}{below['id']:08d}/"
    entry = newest(city_app)
    assert (entry["action"], entry["old"], entry["new"]) == (
        "organisation-moved",
        "鄂城区总工会（echeng）",
        "葛店开发区总工会（gedian）",
    )


def test_access_follows_the_living_tree_at_once(city_app, city, district):
    city_app.clock_at(STOPPED)
    before = district.get(page()).status_code
    city.post(f"{page()}/place", target="gedian")

    assert (before, district.get(page()).status_code) == (200, 404)
    assert city_app.person("echeng-jiceng1").get("/o/echeng-jiceng1/").status_code == 200


@pytest.mark.parametrize(
    ("code", "target", "status", "word"),
    [
        ("echeng", "echeng-jiceng1", 422, "不能移到自己"),
        ("echeng", "echeng", 422, "不能移到自己"),
        ("echeng", "nowhere", 422, "请从名单里选择"),
        ("shizong", "gedian", 409, "最上级单位不能移动"),
    ],
)
def test_an_impossible_move_is_refused(city_app, city, code, target, status, word):
    before = city_app.rows("SELECT path FROM organisation ORDER BY id")

    answer = city.post(f"{page(code)}/place", target=target)

    assert answer.status_code == status
    assert word in answer.text
    assert city_app.rows("SELECT path FROM organisation ORDER BY id") == before


def test_a_district_administrator_moves_within_the_own_subtree_only(city_app, district):
    before = unit(city_app, "echeng-jiceng1")["path"]

    answers = [
        district.post(f"{page()}/place", target="gedian"),
        district.post(f"{page('echeng')}/place", target="echeng-jiceng1"),
        district.post(f"{page('gedian')}/place", target="echeng"),
    ]

    assert [answer.status_code for answer in answers] == [422, 409, 404]
    assert unit(city_app, "echeng-jiceng1")["path"] == before


def test_a_closed_unit_lets_nobody_in_until_it_is_reopened(city_app, city):
    person = city_app.person("echeng-jiceng1")
    person.report("accepted")

    closed = city.post(f"{page()}/closing")
    outside = person.client.get("/password").status_code
    refused = sign_in(city_app, "echeng-jiceng1", PASSWORD).status_code
    city.post(f"{page()}/opening")

    assert closed.status_code == 303
    assert (outside, refused) == (303, 401)
    assert sign_in(city_app, "echeng-jiceng1", PASSWORD).status_code == 303


def test_a_unit_that_owes_a_report_is_closed_only_when_confirmed(city_app, city):
    city_app.person("echeng-jiceng1").report("draft")

    refused = city.post(f"{page()}/closing")
    done = city.post(f"{page()}/closing", despite="yes")

    assert (refused.status_code, done.status_code) == (409, 303)
    assert "2027年春节送温暖" in refused.text
    assert unit(city_app, "echeng-jiceng1")["closed_at"]


def test_a_unit_with_units_below_it_is_not_closed(city_app, city):
    answer = city.post(f"{page('echeng')}/closing", despite="yes")

    assert answer.status_code == 409
    assert "下级单位" in answer.text


def test_closing_and_reopening_twice_is_harmless(city_app, city):
    acts = ("closing", "closing", "opening", "opening")

    statuses = [city.post(f"{page()}/{act}", despite="yes").status_code for act in acts]

    done = "SELECT count(*) FROM trail WHERE action IN (?, ?)"
    assert statuses == [303] * 4
    assert city_app.scalar(done, "organisation-closed", "organisation-reopened") == 2


def consolidated(city, campaign):
    """What a campaign's board and consolidation show: figures, names, order."""
    table = city.page(city.url("/consolidation", campaign=campaign))
    cells = [
        (cell.get("data-organisation"), cell.get("data-value"))
        for cell in table.all(organisation=None, value=None)
    ]
    totals = [cell.get("data-total") for cell in table.all(total=None)]
    heads = [element.text for element in table.all("th")]
    board = [
        (row.get("data-organisation"), row.get("data-status"), row.text)
        for row in city.page(city.url("/status", campaign=campaign)).all("tr", organisation=None)
    ]
    return cells, totals, heads, board


def test_the_past_stays_as_it_was_after_a_move_a_new_name_and_a_merger(city_app, city):
    before = consolidated(city, LAST)
    assert any(value for _, value in before[0])

    change(city, "echeng", name="鄂城新区总工会", position="999")
    city.post(f"{page()}/place", target="linkong")
    merged = city.post(
        f"{page('gedian')}/merger", into="echeng", people="move", units="into", despite="yes"
    )

    assert merged.status_code == 303
    assert consolidated(city, LAST) == before


def test_a_merger_moves_people_and_units(city_app, city, gedian):
    city.post("/o/gedian/organisations", **NEW, contact="", phone="")

    answer = city.post(
        f"{page('gedian')}/merger", into="linkong", people="move", units="into", despite="yes"
    )

    closed, into = unit(city_app, "gedian"), unit(city_app, "linkong")
    home = city_app.scalar('SELECT organisation_id FROM "user" WHERE username = ?', "gedian")
    assert answer.status_code == 303
    assert closed["closed_at"]
    assert home == into["id"]
    assert unit(city_app, "echeng-new")["path"].startswith(into["path"])
    assert gedian.client.get("/password").status_code == 303
    assert sign_in(city_app, "gedian", PASSWORD).status_code == 303
    query = "SELECT action FROM trail WHERE organisation_id = ? ORDER BY number"
    assert "user-came" in [row["action"] for row in city_app.rows(query, into["id"])]
    assert "user-left" in [row["action"] for row in city_app.rows(query, closed["id"])]


def test_a_merger_can_leave_people_behind_and_units_above(city_app, city):
    city.post("/o/gedian/organisations", **NEW, contact="", phone="")

    city.post(f"{page('gedian')}/merger", into="linkong", people="stay", units="above", despite="1")

    assert sign_in(city_app, "gedian", PASSWORD).status_code == 401
    assert unit(city_app, "echeng-new")["parent_id"] == unit(city_app, "shizong")["id"]


@pytest.mark.parametrize(
    ("into", "status", "word"),
    [
        ("echeng-jiceng1", 422, "不能并入自己"),
        ("echeng", 422, "不能并入自己"),
        ("", 422, "请从名单里选择"),
    ],
)
def test_an_impossible_merger_is_refused(city_app, city, into, status, word):
    answer = city.post(f"{page('echeng')}/merger", into=into, people="move", despite="yes")

    assert answer.status_code == status
    assert word in answer.text
    assert unit(city_app, "echeng")["closed_at"] is None


def test_a_merger_of_a_unit_that_owes_a_report_must_be_confirmed(city_app, city):
    answer = city.post(f"{page('gedian')}/merger", into="linkong", people="move", units="into")

    assert answer.status_code == 409
    assert "2027年春节送温暖" in answer.text


def test_a_district_administrator_merges_within_the_own_subtree_only(city_app, district):
    answers = [
        district.post(f"{page()}/merger", into="gedian", people="move", despite="yes"),
        district.post(f"{page('echeng')}/merger", into="echeng-jiceng1", despite="yes"),
        district.post(f"{page('gedian')}/merger", into="echeng", despite="yes"),
    ]

    assert [answer.status_code for answer in answers] == [422, 409, 404]
