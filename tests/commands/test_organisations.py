"""`portal organisation import`: a tree from a workbook, all of it or nothing."""

import pytest

from tests.commands.shell import Shell
from tests.commands.workbooks import CITY, HEAD, bomb, rewritten, roster, workbook

TREE = "SELECT code, path FROM organisation ORDER BY position"


def test_a_tree_is_imported_in_whatever_order_it_stands(empty: Shell, tmp_path):
    file = roster(tmp_path / "units.xlsx", *reversed(CITY))

    answer = empty("organisation", "import", file)

    assert (answer.status, answer.errors) == (0, "")
    paths = dict(empty.ask(TREE))
    assert paths["yizhong"].startswith(paths["dongqu"])
    assert paths["dongqu"].startswith(paths["nanshan"])
    assert empty.ask("SELECT contact, phone FROM organisation WHERE code = 'xiqu'") == [
        ("李明", "7110000002")
    ]
    assert empty("verify").status == 0


def test_the_import_stands_in_the_chain_of_the_city(empty: Shell, tmp_path):
    empty("organisation", "import", roster(tmp_path / "units.xlsx", *CITY))

    entries = empty.ask(
        "SELECT o.code, t.note, t.channel FROM trail t JOIN organisation o "
        "ON o.id = t.organisation_id ORDER BY t.number"
    )

    assert entries == [("nanshan", f"{row[1]}（{row[0]}）", "command") for row in CITY]


def test_the_same_file_again_changes_nothing(empty: Shell, tmp_path):
    file = roster(tmp_path / "units.xlsx", *CITY)
    empty("organisation", "import", file)
    before = empty.ask("SELECT * FROM organisation"), empty.ask("SELECT * FROM trail")

    answer = empty("organisation", "import", file)

    assert answer.status == 0
    assert answer.text == "已导入 0 个单位，原有 4 个不变。\n"
    assert (empty.ask("SELECT * FROM organisation"), empty.ask("SELECT * FROM trail")) == before


def test_later_units_go_below_those_that_are_there(empty: Shell, tmp_path):
    empty("organisation", "import", roster(tmp_path / "units.xlsx", *CITY))
    later = roster(
        tmp_path / "later.xlsx", ("erzhong", "第二中学工会", "基层", "dongqu", 5, "", "")
    )

    answer = empty("organisation", "import", later)

    assert answer.status == 0
    paths = dict(empty.ask(TREE))
    assert paths["erzhong"].startswith(paths["dongqu"])


def test_every_problem_is_listed_with_its_cell_and_nothing_is_imported(empty: Shell, tmp_path):
    file = roster(
        tmp_path / "units.xlsx",
        CITY[0],
        ("Dong Qu", "东区总工会", "区总", "nanshan", 2),
        ("xiqu", "", "区", "nanshan", "第三"),
        ("xiqu", "西区总工会", "区总", "beishan", 3),
        ("beiqu", "北区总工会", "区总", "", 4),
    )

    answer = empty("organisation", "import", file)

    assert answer.status == 1
    assert answer.errors.count("\n") == 1
    for problem in (
        "A3 代码“Dong Qu”应为",
        "A4 代码 xiqu 重复",
        "B4 名称应为",
        "C4 类型“区”应为市总、区总",
        "E4 排序号“第三”应为",
        "A5 代码 xiqu 重复",
        "D5 上级代码 beishan 不存在",
        "D6 最上级单位只能有一个",
    ):
        assert problem in answer.errors
    assert empty.ask(TREE) == []


def test_units_above_one_another_are_refused(empty: Shell, tmp_path):
    file = roster(
        tmp_path / "units.xlsx",
        CITY[0],
        ("aa", "甲工会", "基层", "bb", 2),
        ("bb", "乙工会", "基层", "aa", 3),
    )

    answer = empty("organisation", "import", file)

    assert answer.status == 1
    assert "D3 上级关系成了循环" in answer.errors
    assert empty.ask(TREE) == []


def test_a_tree_without_a_city_is_refused(empty: Shell, tmp_path):
    file = roster(tmp_path / "units.xlsx", ("aa", "甲工会", "基层", "aa", 2))

    answer = empty("organisation", "import", file)

    assert answer.status == 1
    assert "没有最上级单位" in answer.errors


def test_a_known_code_with_other_words_is_refused(empty: Shell, tmp_path):
    empty("organisation", "import", roster(tmp_path / "units.xlsx", *CITY))
    other = roster(tmp_path / "other.xlsx", ("xiqu", "西城区总工会", "区总", "nanshan", 3, "", ""))

    answer = empty("organisation", "import", other)

    assert answer.status == 1
    assert "A2 代码 xiqu 已经有了，与这里写的不同" in answer.errors


def test_a_title_other_columns_and_half_width_brackets_do_no_harm(empty: Shell, tmp_path):
    rows = [
        ("单位名单",),
        (),
        ("序号", *HEAD),
        (1, *CITY[0]),
        (2, "qiye", "市直企业工会", "市直属企(事)业", "nanshan", 2.0, "", ""),
    ]

    answer = empty("organisation", "import", workbook(tmp_path / "units.xlsx", rows))

    assert (answer.status, answer.errors) == (0, "")
    assert empty.ask("SELECT kind, position FROM organisation WHERE code = 'qiye'") == [
        ("市直属企（事）业", 2)
    ]


def test_one_merge_over_the_whole_sheet_takes_no_time_and_is_named(empty: Shell, tmp_path):
    file = roster(tmp_path / "units.xlsx", *CITY)
    merge = '<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    rewritten(file, "xl/worksheets/sheet1.xml", "</sheetData>", f"</sheetData>{merge}")

    answer = empty("organisation", "import", file)

    assert (answer.status, empty.ask(TREE)) == (1, [])
    assert "合并单元格过多或过大（A1:XFD1048576）" in answer.errors


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("units.xlsx", b"not a workbook", "没有找到表头"),
        ("units.xlsx", b"", "文件是空的"),
        ("units.xlsx", b"PK" + b"\0" * (6 * 1024 * 1024), "文件超过 2 MB"),
        ("units.xlsx", b"PK\x03\x04 broken", "文件不完整"),
        ("units.csv", b"\xff\xff\xff", "也不是可以读取的文本表格"),
        ("units.csv", b"\x00" * 100, "也不是可以读取的文本表格"),
        ("units.csv", "单位,电话\n".encode(), "没有找到表头"),
        ("units.csv", ",".join(HEAD).encode(), "表头下面没有单位"),
    ],
)
def test_a_file_that_is_no_roster_is_told(empty: Shell, tmp_path, name, content, sentence):
    file = tmp_path / name
    file.write_bytes(content)

    answer = empty("organisation", "import", file)

    assert answer.status == 1
    assert sentence in answer.errors
    assert answer.errors.count("\n") == 1


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked(empty: Shell, tmp_path):
    answer = empty("organisation", "import", bomb(tmp_path / "units.xlsx"))

    assert answer.status == 1
    assert "展开后内容过多" in answer.errors


def test_a_broken_workbook_is_told(empty: Shell, tmp_path):
    file = roster(tmp_path / "units.xlsx", *CITY)
    rewritten(file, "xl/worksheets/sheet1.xml", "<sheetData>", "<sheetData")

    answer = empty("organisation", "import", file)

    assert answer.status == 1
    assert answer.errors.count("\n") == 1
    assert empty.ask(TREE) == []


def test_a_missing_file_is_told(empty: Shell, tmp_path):
    answer = empty("organisation", "import", tmp_path / "units.xlsx")

    assert answer.status == 1
    assert "打不开" in answer.errors
