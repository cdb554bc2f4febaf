"""Reading rosters: heading rows anywhere, texts as typed, the address of each."""

import pytest

from portal.domain.intake.grid import Area, Cell, CellKind, Grid, table_of
from portal.domain.intake.roster import Roster, read_listed, read_roster, strange_heads

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


def table(*rows, merges=(), hidden=False, name="单位"):
    """A sheet of rows; a cell is a text, a number, or a kind with its text and format."""
    found = []
    for row, values in enumerate(rows, start=1):
        for column, value in enumerate(values, start=1):
            if isinstance(value, tuple):
                kind, text, *code = value
                found.append(Cell(row, column, CellKind(kind), text, format="".join(code)))
            elif value != "":
                kind = CellKind.TEXT if isinstance(value, str) else CellKind.NUMBER
                found.append(Cell(row, column, kind, str(value)))
    return table_of(name, found, hidden=hidden, merges=[Area(*corners) for corners in merges])


def read_one(row, heads=UNIT):
    """The only unit below a head."""
    [line] = read_roster(Grid((table(heads, row),))).units
    return line


GOOD = ("a-1", "甲工会", "基层", "echeng", 21, "张三", "0711-1")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (("error", "#N/A"), "公式的错误值 #N/A"),
        (("error", "#REF!"), "公式的错误值 #REF!"),
        (("text", "#VALUE!"), "公式的错误值 #VALUE!"),
        (("text", "########"), "公式的错误值 ########"),
        (("boolean", "TRUE"), "逻辑值 TRUE"),
        (("date", "46000", "yyyy/m/d"), "日期格式的单元格"),
        (("uncalculated", ""), "没有计算结果的公式"),
        (("text", "1.38E+10"), "科学记数"),
        (("number", "101", "0.00"), "存的数是 101，显示成“101.00”"),
        (("number", "7110000002", "#,##0"), "显示成“7,110,000,002”"),
        (("percent", "0.21", "0%"), "显示成“21%”"),
        (("scaled", "21000", "0,"), "存的数是 21000"),
        (("number", "1234567890123456"), "超过 15 位"),
        (("number", "5", "# ?/?"), "看不出显示成什么"),
        (("number", "5", ";;;"), "存的数是 5"),
        (("text", "甲\ufffd"), "不能使用的字符"),
        (("text", "甲\n乙"), "不能使用的字符：换行"),
    ],
)
@pytest.mark.parametrize("at", [0, 1, 5, 6])
def test_cell_type_is_checked_in_every_identity_column(value, words, at):
    line = read_one([value if place == at else each for place, each in enumerate(GOOD)])
    name = ("code", "name", "kind", "parent", "position", "contact", "phone")[at]

    assert words in line.wrong[name]
    assert line.cell(name) == f"单位!{'ABCDEFG'[at]}2"
    assert set(line.wrong) == {name}


@pytest.mark.parametrize("text", ["2025-12-09", "2025/12/9", "2025.1.2 00:00:00"])
def test_a_date_saved_as_text_is_no_name_of_anybody(text):
    assert "日期" in read_one((*GOOD[:5], text, "")).wrong["contact"]
    assert read_one((text.split()[0], *GOOD[1:])).wrong == {}


@pytest.mark.parametrize(
    ("value", "at", "text"),
    [
        (("number", "101", "00000"), 0, "00101"),
        (("number", "7113350001", "00000000000"), 6, "07113350001"),
        (("number", "0", "000"), 0, "000"),
        (("number", "13800000001", "0"), 6, "13800000001"),
        (("number", "1.3800000001E10"), 6, "13800000001"),
        (("number", "21", "000"), 4, "21"),
        (("number", "2", "0.00"), 4, "2"),
        (("text", "０２１"), 4, "21"),
        (("text", "ＡＢ-１"), 0, "AB-1"),
        (("text", "基层 "), 2, "基层"),
    ],
)
def test_a_code_is_read_as_shown_and_an_order_as_counted(value, at, text):
    line = read_one([value if place == at else each for place, each in enumerate(GOOD)])

    name = ("code", "name", "kind", "parent", "position", "contact", "phone")[at]
    assert (line[name], dict(line.wrong)) == (text, {})


def test_merged_kinds_and_unions_above_are_read_as_people_see_them():
    rows = [
        UNIT,
        ("a", "甲", "基层", "echeng", 1),
        ("b", "乙", "", "", 2),
        ("c", "丙", "", "", 3),
        ("d", "丁", "区总", "echeng", 4),
    ]

    sheet = table(*rows, merges=[(2, 3, 4, 3), (2, 4, 4, 4)])

    found = read_roster(Grid((sheet,))).units
    assert [(line["code"], line["kind"], line["parent"]) for line in found] == [
        ("a", "基层", "echeng"),
        ("b", "基层", "echeng"),
        ("c", "基层", "echeng"),
        ("d", "区总", "echeng"),
    ]


def test_a_merge_over_several_columns_is_named():
    line = read_roster(Grid((table(UNIT, GOOD, merges=[(2, 2, 2, 3)]),))).units[0]

    assert dict(line.wrong) == {
        "name": "单元格 B2:C2 合并了，请取消合并并逐格填写",
        "kind": "单元格 B2:C2 合并了，请取消合并并逐格填写",
    }


def test_a_head_over_two_rows_and_a_column_merged_to_its_end_are_no_units():
    rows = [UNIT, ("", "", "", "", "", "", "（含区号）"), GOOD]
    heads = [(1, column, 2, column) for column in range(1, 7)]

    sheet = table(*rows, merges=[*heads, (3, 3, 200, 3)])

    assert [line["code"] for line in read_roster(Grid((sheet,))).units] == ["a-1"]


def test_a_unit_merged_beside_two_of_its_people_is_one_unit():
    heads = (*UNIT, "用户名", "姓名", "角色")
    rows = [heads, (*GOOD, "zhang", "张三", "填报人"), *[("",) * 7 + ("li", "李四", "查阅")]]

    found = read_roster(Grid((table(*rows, merges=[(2, at, 3, at) for at in range(1, 8)]),)))

    assert [line["code"] for line in found.units] == ["a-1"]
    assert [(line["username"], line["code"]) for line in found.people] == [
        ("zhang", "a-1"),
        ("li", "a-1"),
    ]


@pytest.mark.parametrize(
    "heads",
    [
        ("代码", *UNIT[1:]),
        ("单位代码*", "单位名称（必填）", "单位类型", "上级单位代码", "排序", "联系人", "联系电话"),
        ("组织代码", "工会名称", "类别", "上级编码", "排序号：", "单位联系人", "联系方式"),
        ("\u200b单位\n代码", "名 称", "类　型", "上级代码", "排序号", "联系人", "电话"),
    ],
)
def test_heads_are_known_by_all_their_names(heads):
    assert dict(read_one(GOOD, heads).texts) == dict(read_one(GOOD).texts)


def test_a_cover_does_not_hide_the_list_and_is_named():
    cover = table(("全市单位名单",), name="封面")

    found = read_roster(
        Grid((cover, table(UNIT, GOOD), table(UNIT, ("b-1", *GOOD[1:]), name="续")))
    )

    assert [line.cell("code") for line in found.units] == ["单位!A2", "续!A2"]
    assert found.left == ("封面（没有名单的表头）",)


def test_every_unread_row_is_named():
    rows = [(*UNIT, "备注"), GOOD, ("",) * 7 + ("以上已核对",), ("", "乙工会", "基层")]

    found = read_roster(Grid((table(*rows),)))

    assert [(line.row, line["code"], line["name"]) for line in found.units] == [
        (2, "a-1", "甲工会"),
        (4, "", "乙工会"),
    ]
    assert found.left == ("单位!H3 以上已核对",)


def test_what_nobody_sees_in_a_cell_is_taken_out_and_told():
    cell = Cell(2, 2, CellKind.TEXT, "甲 乙", raw="甲\u200b乙")
    sheet = table(UNIT, GOOD)

    [line] = read_roster(Grid((table_of("单位", [*sheet.cells.values(), cell]),))).units

    assert line["name"] == "甲乙"
    assert dict(line.said) == {"name": "去掉了看不见的字符 U+200B"}


def test_a_list_of_those_expected_is_found_on_any_sheet_under_any_of_its_heads():
    cover = table(("应报单位名单",), name="封面")
    rows = [("单位代码", "单位名称", "口径", "下拨资金（万元）"), ("dongqu", "东区", "本级", 12.5)]

    [line] = read_listed(Grid((cover, table(*rows))))

    assert dict(line.texts) == {"code": "dongqu", "basis": "本级", "allocated": "12.5"}


def test_bare_codes_are_found_behind_a_cover():
    cover = table(("应报单位名单",), name="封面")

    assert [x["code"] for x in read_listed(Grid((cover, table(("dongqu",), ("xiqu",)))))] == [
        "dongqu",
        "xiqu",
    ]
    assert [x["code"] for x in read_listed(Grid((cover,)))] == ["应报单位名单"]
    assert read_listed(Grid(())) == ()


@pytest.mark.parametrize(
    ("value", "text", "wrong"),
    [
        (("number", "5.7300001", "0.00"), "5.7300001", "显示成“5.73”"),
        (("number", "0.30000000000000004", "0.0"), "0.3", ""),
        (("number", "1234.5", "#,##0.00"), "1234.5", ""),
        (("number", "0"), "0", ""),
        (("error", "#DIV/0!"), "#DIV/0!", "错误值"),
    ],
)
def test_allocation_is_read_as_shown(value, text, wrong):
    [line] = read_listed(Grid((table(("代码", "下拨资金(万元)"), ("dongqu", value)),)))

    assert line["allocated"] == text
    assert wrong in line.wrong.get("allocated", "")
    assert bool(wrong) == ("allocated" in line.wrong)


def test_money_in_yuan_is_not_passed_over():
    sheet = table(("代码", "下拨资金（元）"), ("dongqu", 12))

    assert list(strange_heads(Grid((sheet,)))) == ["单位!B1 “下拨资金（元）”应为“下拨资金(万元)”"]
