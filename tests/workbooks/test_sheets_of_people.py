"""Files as people bring them, made here and read whole: what is taken, offered and said of each.

Each comes from a case in which a wrong figure once passed without a word, or a sound file was
called damaged.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from portal.domain.form.form import Form
from portal.domain.intake.sheet_words import Expected
from portal.domain.intake.unit_names import UnitNames
from portal.domain.intake.workbook import find_figures
from portal.workbooks.reading import read_workbook
from tests.workbooks.hostile import packed

OURS = Expected(
    units=UnitNames(("鄂城区总工会",), ("葛店开发区总工会",), ("鄂州市总工会",)),
    year=2027,
    titles=("2027年春节送温暖",),
)
C9 = "在重大项目和重大工程中做出突出贡献的职工"
C10 = "生产一线涌现出来的先进模范人物"
C11 = "各级工会建档的困难职工"
CODES = ("C9", "D9", "C10", "D10", "C11", "D11")


@dataclass(frozen=True)
class Brought:
    """One file, and what must become of it: figures taken, offered, and cells that are said."""

    name: str
    content: bytes
    taken: Mapping[str, str] = field(default_factory=dict)
    offered: Mapping[str, str] = field(default_factory=dict)
    said: frozenset[str] = frozenset()
    asked: str = ""


def saved(*rows: Iterable[object], merges: Iterable[str] = ()) -> bytes:
    """A workbook of one sheet."""
    made, file = Workbook(), BytesIO()
    made.active.title = "统计表"
    for row in rows:
        made.active.append(list(row))
    for area in merges:
        made.active.merge_cells(area)
    made.save(file)
    return file.getvalue()


def paper(
    unit_line: str = "单位：家、人次、万元", figures: str = "数量", d9: str = "万元"
) -> bytes:
    """The sheet with a unit line, a heading and a column 计量单位; C9 has 12, D9 34500."""
    return saved(
        ["2027年春节送温暖统计表"],
        ["填报单位（盖章）：鄂城区总工会", None, None, None, unit_line],
        ["序号", "代码", "项目", "计量单位", figures],
        [1, "B", "走访企业", "家", None],
        [2, "C9", C9, "人次", 12],
        [3, "D9", C9, d9, 34500],
        [4, "C10", C10, "人次", None],
    )


def bent(content: bytes, name: str, old: str, new: str) -> bytes:
    """A workbook with one of its parts changed."""
    with ZipFile(BytesIO(content)) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    assert old.encode() in parts[name]
    parts[name] = parts[name].replace(old.encode(), new.encode())
    return packed(dict(parts))


def with_backslashes(content: bytes) -> bytes:
    """A workbook as some programs pack it."""
    with ZipFile(BytesIO(content)) as archive:
        parts = {each.replace("/", "\\"): archive.read(each) for each in archive.namelist()}
    return packed(dict(parts))


def labelled(*labels: str) -> list[list[object]]:
    return [[code, labels[at // 2], at + 1] for at, code in enumerate(CODES)]


SOUND = saved(["代码", "项目", "数量"], *labelled(C9, C10, C11))
ALL = dict(zip(CODES, "123456", strict=True))
SHEET = "xl/worksheets/sheet1.xml"
YUAN = {"taken": {"C9": "12"}, "offered": {"D9": "3.45"}, "said": frozenset({"E6"})}

CASES = [
    Brought("01 元 in the unit line", paper("单位：家、人次、元"), **YUAN),
    Brought("01 元 in the heading", paper(figures="数量（元）"), **YUAN),
    Brought("01 元 in the column of units", paper(d9="元"), **YUAN),
    Brought(
        "01 pairs with 元 in the heading",
        saved(
            ["统计表"],
            ["序号", "代码", "项目", "慰问对象(人次)", "发放款物(元)"],
            [1, "C9/D9", C9, 12, 34500],
            [2, "C10/D10", C10, 5, 12000],
            [3, "C11/D11", C11, None, None],
        ),
        taken={"C9": "12", "C10": "5"},
        offered={"D9": "3.45", "D10": "1.2"},
        said=frozenset({"E3", "E4"}),
    ),
    Brought(
        "04 the fuller column is last year's",
        saved(
            ["代码", "项目", "2026年", "2027年"],
            *([*row[:2], 100, at if at < 2 else None] for at, row in enumerate(labelled(*"xyz"))),
        ),
        taken={"C9": "0", "D9": "1"},
    ),
    Brought(
        "07 the title of another year",
        saved(
            ["2022年春节期间各级工会送温暖统计表"],
            ["代码", "项目", "数量"],
            *labelled(C9, C10, C11),
        ),
        taken=ALL,
        asked="A1",
    ),
    Brought(
        "08 labels one row off",
        saved(["填报单位：鄂城区总工会"], ["代码", "项目", "数量"], *labelled(C10, C11, C9)),
        offered=ALL,
        said=frozenset({"C3", "C4", "C5", "C6", "C7", "C8"}),
    ),
    Brought(
        "14 codes that are none, first and last",
        saved(
            ["代码", "项目", "数量"],
            ["C9 慰问", "x", 5],
            ["D9", "x", 6],
            ["C10", "x", 7],
            ["Ｅ２", "x", 8],
            ["（C11）", "x", 9],
            ["\u04211", "x", 17],
        ),
        taken={"D9": "6", "C10": "7", "E2": "8"},
        said=frozenset({"C2", "C6", "C7"}),
    ),
    Brought("16 backslashes in the names of parts", with_backslashes(SOUND), taken=ALL),
    Brought(
        "16 backslashes in the targets of relations",
        bent(SOUND, "xl/_rels/workbook.xml.rels", "/xl/worksheets/", "\\xl\\worksheets\\"),
        taken=ALL,
    ),
    Brought("18 an empty style", bent(SOUND, SHEET, '<c r="C2"', '<c s="" r="C2"'), taken=ALL),
    Brought("18 a style in words", bent(SOUND, SHEET, '<c r="C2"', '<c s="x" r="C2"'), taken=ALL),
    Brought("18 an empty kind", bent(SOUND, SHEET, '<c r="C2" t="n"', '<c r="C2" t=""'), taken=ALL),
    Brought(
        "19 a whole column merged",
        bent(
            saved(*[["代码", "项目", "数量"], *labelled(C9, C10, C11)], merges=["H1:I1"]),
            SHEET,
            "H1:I1",
            "H:H",
        ),
        taken=ALL,
    ),
    Brought(
        "19 whole columns merged as Excel writes them",
        bent(
            saved(*[["代码", "项目", "数量"], *labelled(C9, C10, C11)], merges=["H1:I1"]),
            SHEET,
            "H1:I1",
            "H1:J1048576",
        ),
        taken=ALL,
    ),
]


@pytest.mark.parametrize("brought", CASES, ids=[case.name for case in CASES])
def test_what_people_bring_is_taken_offered_or_said(form: Form, brought: Brought) -> None:
    found = find_figures(form, read_workbook(brought.content), OURS)

    offers = {each.code: each.offer for each in found.problems if each.offer}
    assert found.figures == brought.taken
    assert offers == brought.offered
    assert {each.address for each in (*found.problems, *found.warnings)} == brought.said
    assert (found.stale.address if found.stale else "") == brought.asked


def linked_book(formula: str) -> bytes:
    """A workbook with a link to another one, which the formula of D9 may use."""
    content = bent(
        SOUND,
        SHEET,
        '<c r="C3" t="n"><v>2</v></c>',
        f'<c r="C3"><f>{formula}</f><v>2</v></c>',
    )
    with ZipFile(BytesIO(content)) as archive:
        parts = {each: archive.read(each) for each in archive.namelist()}
    return packed({**parts, "xl/externalLinks/externalLink1.xml": b"<externalLink/>"})


def test_a_leftover_link_stops_nothing(form: Form) -> None:
    found = find_figures(form, read_workbook(linked_book("1+1")), OURS)

    assert found.figures == ALL


def test_a_figure_that_a_link_brings_is_asked_about(form: Form) -> None:
    found = find_figures(form, read_workbook(linked_book("[1]Sheet1!A1")), OURS)

    assert {each.code: each.offer for each in found.problems} == {"D9": "2"}
    assert "D9" not in found.figures
