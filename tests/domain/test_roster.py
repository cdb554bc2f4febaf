"""Reading rosters: heads wherever they stand, texts as typed, the cell of each."""

from portal.domain.grid import Cell, CellKind, Grid, table_of
from portal.domain.roster import Roster, read_roster

UNIT = ("单位代码", "名称", "类型", "上级代码", "排序号", "联系人", "电话")
PERSON = ("用户名", "姓名", "单位代码", "角色", "电话")


def grid(**sheets):
    """A workbook of sheets, each a list of rows of texts; numbers are numbers."""
    return Grid(tuple(table_of(name, list(cells(rows))) for name, rows in sheets.items()))


def cells(rows):
    """The cells of rows of texts."""
    for row, texts in enumerate(rows, start=1):
        for column, text in enumerate(texts, start=1):
            if text != "":
                kind = CellKind.TEXT if isinstance(text, str) else CellKind.NUMBER
                yield Cell(row, column, kind, str(text))


def test_units_and_people_are_read_from_their_sheets():
    found = read_roster(
        grid(
            单位=[UNIT, ("a-1", "甲工会", "基层", "echeng", 21, "张三", "0711-1")],
            人员=[PERSON, ("a-1", "张三", "a-1", "填报人", 13800000001)],
        )
    )

    assert dict(found.units[0].texts) == {
        "code": "a-1",
        "name": "甲工会",
        "kind": "基层",
        "parent": "echeng",
        "position": "21",
        "contact": "张三",
        "phone": "0711-1",
    }
    assert found.people[0]["phone"] == "13800000001"
    assert found.units[0].cell("parent") == "单位!D2"


def test_a_head_is_found_below_titles_and_spaces_do_not_matter():
    found = read_roster(grid(表=[("全市单位名单",), (), ("代 码", *UNIT[1:]), ("a", "甲")]))

    assert [line["code"] for line in found.units] == ["a"]
    assert found.units[0].row == 4


def test_one_sheet_lists_units_with_a_person_each():
    heads = (
        "单位代码",
        "名称",
        "类型",
        "上级代码",
        "排序号",
        "电话",
        "用户名",
        "姓名",
        "角色",
        "手机",
    )
    rows = [heads, ("a", "甲工会", "基层", "b", "1", "0711", "zhang", "张三", "填报人", "138")]
    rows.append(("c", "丙工会", "基层", "b", "2", "0712"))

    found = read_roster(grid(名单=rows))

    assert [(line["code"], line["phone"]) for line in found.units] == [("a", "0711"), ("c", "0712")]
    assert [(p["username"], p["name"], p["code"], p["phone"]) for p in found.people] == [
        ("zhang", "张三", "a", "138")
    ]


def test_a_number_is_read_without_its_notation():
    found = read_roster(grid(表=[UNIT, ("a", "甲", "基层", "b", "2.1E1", "", "1.3800000001E10")]))
    number = Cell(2, 5, CellKind.NUMBER, "2.1E1")
    table = table_of("表", [*cells([UNIT, ("a", "甲", "基层", "b")]), number])

    assert found.units[0]["position"] == "2.1E1"
    assert read_roster(Grid((table,))).units[0]["position"] == "21"


def test_a_sheet_without_a_head_lists_nothing():
    found = read_roster(grid(说明=[("这里写说明",)], 空=[]))

    assert found == Roster([], [], ("说明（没有名单的表头）",))


def test_hidden_sheets_are_passed_over_and_named():
    table = table_of("藏", list(cells([UNIT, ("a", "甲")])), hidden=True)

    assert read_roster(Grid((table,))) == Roster([], [], ("藏（隐藏的工作表）",))
