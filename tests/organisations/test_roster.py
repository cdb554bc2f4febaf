"""Importing a roster: shown line by line, done as a whole, and only once it was confirmed."""

import re
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from portal.domain.intake.roster import Line, Roster
from portal.organisations.packing import pack, unpack
from tests.accounts.test_links import made, open_in, press
from tests.markup import Page

UNIT = ("单位代码", "名称", "类型", "上级代码", "排序号", "联系人", "电话")
PERSON = ("用户名", "姓名", "单位代码", "角色", "电话")
NEW_UNIT = ("echeng-2", "鄂城区基层工会二", "基层", "echeng", "22", "胡涛", "0711-22")
BELOW_IT = ("echeng-2-1", "二分会", "基层", "echeng-2", "1", "", "")
NEW_PERSON = ("echeng-2", "胡涛", "echeng-2", "填报人、单位负责人", "13800000022")


def workbook(units=(), people=()):
    """The bytes of a workbook that lists these."""
    book, file = Workbook(), BytesIO()
    for name, head, rows in (("单位", UNIT, units), ("人员", PERSON, people)):
        sheet = book.create_sheet(name)
        for row in (head, *rows):
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(file)
    return file.getvalue()


def upload(person, content, code=None):
    """Bring a workbook; answers the preview."""
    path = f"/o/{code or person.home}/roster"
    return person.post(path, workbook=(BytesIO(content), "名单.xlsx"))


def confirm(person, preview, code=None):
    """Press 确认导入 on a preview."""
    fields = dict(re.findall(r'name="(roster|mark)" value="([^"]*)"', preview.text))
    return person.post(f"/o/{code or person.home}/roster/import", **fields)


def counted(city_app):
    """How many units, people and entries there are."""
    tables = ("organisation", '"user"', "trail", "sign_in_link")
    return [city_app.scalar(f"SELECT count(*) FROM {table}") for table in tables]


def cell_problems(preview):
    """The problems of a preview, each with its cell."""
    return [part.text for part in Page.of(preview.text).all("li", issue="error")]


def test_a_confirmed_roster_creates_units_and_people(city_app, city):
    content = workbook([BELOW_IT, NEW_UNIT], [NEW_PERSON])
    before = counted(city_app)

    preview = upload(city, content)
    untouched = counted(city_app)
    done = confirm(city, preview)

    assert untouched == before
    assert preview.text.count('data-outcome="new"') == 6
    assert done.status_code == 200
    unit = city_app.rows("SELECT * FROM organisation WHERE code = 'echeng-2-1'")[0]
    above = city_app.rows("SELECT * FROM organisation WHERE code = 'echeng-2'")[0]
    assert unit["path"] == f"{above['path']}{unit['id']:08d}/"
    assert above["phone"] == "0711-22"
    assert len(made(done.text)) == 1
    browser = city_app.stranger()
    assert press(browser, open_in(browser, made(done.text)[0])).status_code == 303


def test_existing_units_and_people_are_changed_or_left(city_app, city):
    units = [
        ("gedian", "葛店新区总工会", "开发区", "shizong", "30", "刘洋", "0711-0000030"),
        ("linkong", "临空经济区总工会", "开发区", "shizong", "40", "赵敏", "0711-0000040"),
    ]
    people = [
        ("gedian", "刘洋", "gedian", "填报人、单位负责人", "139"),
        ("linkong", "赵敏", "linkong", "填报人", ""),
    ]

    preview = upload(city, workbook(units, people))
    done = confirm(city, preview)

    assert "葛店开发区总工会 → 葛店新区总工会" in preview.text
    assert preview.text.count('data-outcome="changed"') == 4
    assert 'data-outcome="new"' not in preview.text
    assert done.status_code == 303
    name = "SELECT name FROM organisation WHERE code = 'gedian'"
    assert city_app.scalar(name) == "葛店新区总工会"
    assert city_app.scalar("SELECT phone FROM \"user\" WHERE username = 'gedian'") == "139"


@pytest.mark.parametrize(
    ("unit", "problem"),
    [
        (("X Y", *NEW_UNIT[1:]), "单位!A2 代码“X Y”应为"),
        (("n-1", "", *NEW_UNIT[2:]), "单位!B2 名称应为"),
        (("n-1", "新", "帝国", *NEW_UNIT[3:]), "单位!C2 类型“帝国”应为"),
        (("n-1", "新", "基层", "nowhere", "1", "", ""), "单位!D2 没有代码为“nowhere”的上级"),
        (("n-1", "新", "基层", "n-1", "1", "", ""), "单位!D2 上级关系成了循环"),
        (("n-1", "新", "基层", "echeng", "1.5", "", ""), "单位!E2 排序号“1.5”应为"),
        (("gedian", "葛店", "开发区", "echeng", "30", "", ""), "单位!D2 名单不能改上级"),
    ],
)
def test_a_wrong_unit_is_named_by_its_cell_and_stops_the_import(city_app, city, unit, problem):
    preview = upload(city, workbook([unit], [("ok-1", "好", "echeng", "填报人", "")]))
    before = counted(city_app)

    refused = confirm(city, preview)

    assert [found for found in cell_problems(preview) if found.startswith(problem)]
    assert "确认导入" not in preview.text
    assert refused.status_code in {409, 422}
    assert counted(city_app) == before


@pytest.mark.parametrize(
    ("person", "problem"),
    [
        (("王五", "王五", "echeng", "填报人", ""), "人员!A2 用户名须为"),
        (("n-1", "", "echeng", "填报人", ""), "人员!B2 姓名应为"),
        (("n-1", "王五", "nowhere", "填报人", ""), "人员!C2 没有代码为“nowhere”的单位"),
        (("n-1", "王五", "echeng", "填报人、皇帝", ""), "人员!D2 没有角色“皇帝”"),
        (("n-1", "王五", "echeng", "", ""), "人员!D2 至少要有一个角色"),
        (("gedian", "刘洋", "echeng", "填报人", ""), "人员!C2 这个用户属于葛店开发区总工会"),
        (("shizong", "张慧", "shizong", "审核人", ""), "人员!D2 不能修改自己的角色"),
    ],
)
def test_a_wrong_person_is_named_by_the_cell(city, person, problem):
    preview = upload(city, workbook([], [person]))

    assert [found for found in cell_problems(preview) if found.startswith(problem)]


def test_the_same_username_twice_is_wrong(city):
    preview = upload(city, workbook([], [NEW_PERSON, NEW_PERSON]))

    assert [found for found in cell_problems(preview) if "重复" in found]


def test_a_district_imports_into_its_own_subtree_only(city_app):
    district = city_app.person("echeng-admin")
    units = [("gedian", "葛店", "开发区", "echeng", "30", "", ""), ("n-1", *NEW_UNIT[1:])]
    people = [("gedian", "刘洋", "echeng", "填报人", "")]

    problems = cell_problems(upload(district, workbook(units, people)))

    assert [found.split(" ")[0] for found in problems] == ["单位!A2", "人员!A2"]
    assert not [found for found in problems if "葛店开发区" in found]
    assert district.post("/o/gedian/roster").status_code == 404


def test_a_district_cannot_rename_itself_by_a_roster(city_app):
    district = city_app.person("echeng-admin")
    unit = ("echeng", "鄂城帝国", "区总", "", "20", "王芳", "0711-0000020")

    problems = cell_problems(upload(district, workbook([unit])))

    assert [found for found in problems if "由上级工会修改" in found]


def test_confirming_twice_imports_once(city_app, city):
    preview = upload(city, workbook([NEW_UNIT], [NEW_PERSON]))
    confirm(city, preview)
    before = counted(city_app)

    again = confirm(city, preview)

    assert again.status_code == 409
    assert "已经导入过" in again.text
    assert counted(city_app) == before


def test_a_change_since_the_preview_shows_a_new_preview(city_app, city):
    preview = upload(city, workbook([NEW_UNIT], [NEW_PERSON]))
    other = {"code": "echeng-2", "name": "别的", "kind": "基层", "position": "9"}
    city.post("/o/echeng/organisations", contact="", phone="", **other)

    refused = confirm(city, preview)

    assert refused.status_code == 409
    assert "别的 → 鄂城区基层工会二" in refused.text
    assert city_app.scalar("SELECT name FROM organisation WHERE code = 'echeng-2'") == "别的"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0", b"a,b\n1,2"])
def test_a_file_that_is_no_workbook_is_refused_with_a_sentence(city, content):
    answer = upload(city, content)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("packed", ["", "AAAA", "not base64 !", "eJyLjgUAARUAuQ"])
def test_an_altered_packed_roster_is_refused(city, packed):
    answer = city.post("/o/shizong/roster/import", roster=packed, mark="x")

    assert answer.status_code in {409, 422}


def test_a_packed_roster_unpacks_unchanged():
    line = Line("单位", 7, {"code": "a-1", "name": "甲（一）工会"}, {"code": 1, "name": 2})

    assert unpack(pack(Roster([line], []))) == Roster([line], [])


def test_importing_the_downloaded_roster_changes_nothing(city):
    content = city.get("/o/shizong/roster/workbook").data

    preview = upload(city, content)

    assert "完全一样" in preview.text


def test_the_blank_template_holds_nobody(city_app):
    content = city_app.person("echeng-admin").get("/o/echeng/roster/workbook?blank=1").data

    book = load_workbook(BytesIO(content))

    assert [sheet.title for sheet in book] == ["单位", "人员", "说明"]
    assert [cell.value for cell in book["单位"][1]] == list(UNIT)
    assert book["单位"].max_row == book["人员"].max_row == 1


def test_an_import_is_in_the_trails_of_its_units(city_app, city):
    confirm(city, upload(city, workbook([NEW_UNIT], [NEW_PERSON])))

    query = (
        "SELECT action, channel FROM trail t JOIN organisation o ON o.id = t.organisation_id "
        "WHERE o.code = ? AND t.channel = 'import' ORDER BY t.number"
    )
    found = {
        code: [row["action"] for row in city_app.rows(query, code)]
        for code in ("echeng", "echeng-2", "shizong")
    }
    assert found == {
        "echeng": ["organisation-added"],
        "echeng-2": ["user-created", "link-made"],
        "shizong": ["roster-imported"],
    }
