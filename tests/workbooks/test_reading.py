"""Workbooks read in a child process: values as the file has them, and a child that may fail."""

import time
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from portal.domain.figures import parse_figure
from portal.domain.form.form import Form
from portal.domain.intake.grid import CellKind, Table
from portal.domain.intake.workbook import find_figures
from portal.domain.paper.sheet import report_sheet
from portal.workbooks import reading
from portal.workbooks.gate import Refused
from portal.workbooks.reading import read_workbook
from portal.workbooks.sheet import report_workbook
from tests.workbooks.hostile import (
    BOOK,
    BOOK_RELS,
    MAIN,
    SHEET,
    STYLES,
    TEXTS,
    book,
    rels,
    sheet,
    text_cell,
    workbook,
    worksheet,
)
from tests.workbooks.reading import HEAD

ONE_CELL = '<row r="1">{}</row>'


def read_table(content: bytes) -> Table:
    return read_workbook(content).tables[0]


def values(content: bytes) -> list[tuple[str, str]]:
    """Kind and text of every cell."""
    return [(cell.kind.value, cell.text) for cell in read_table(content).cells.values()]


def test_a_cell_is_known_by_its_place_kind_and_text():
    table = read_table(sheet('<row r="7"><c r="E7"><v>12.50</v></c></row>'))

    cell = table.at(7, 5)

    assert table.name == "统计表"
    assert cell is not None
    assert (cell.address, cell.kind, cell.text) == ("E7", CellKind.NUMBER, "12.50")
    assert not cell.formula


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        ("<c><v>0.30000000000000004</v></c>", "number", "0.30000000000000004"),
        ("<c><v> 12 </v></c>", "number", "12"),
        ('<c t="n"><v>1E-3</v></c>', "number", "1E-3"),
        ('<c t="s"><v>0</v></c>', "text", "C9"),
        ('<c t="str"><v>十二</v></c>', "text", "十二"),
        ('<c t="inlineStr"><is><t>C9</t></is></c>', "text", "C9"),
        ('<c t="b"><v>1</v></c>', "boolean", "TRUE"),
        ('<c t="b"><v>0</v></c>', "boolean", "FALSE"),
        ('<c t="e"><v>#DIV/0!</v></c>', "error", "#DIV/0!"),
        ('<c t="d"><v>2022-01-26</v></c>', "date", "2022-01-26"),
        ('<c s="1"><v>44587</v></c>', "date", "44587"),
        ("<c><f>1+1</f></c>", "uncalculated", ""),
        ("<c><f>1+1</f><v></v></c>", "uncalculated", ""),
        ('<c><f t="shared" si="0"/><v>3</v></c>', "number", "3"),
    ],
)
def test_each_kind_of_cell_is_told_apart(cell: str, kind: str, text: str):
    assert values(sheet(ONE_CELL.format(cell))) == [(kind, text)]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" s="1"/>',
        "<c><v/></c>",
        '<c t="s"/>',
        '<c t="str"><f>""</f><v></v></c>',
        '<c t="inlineStr"><is><t> </t></is></c>',
    ],
)
def test_a_blank_cell_is_not_there(cell: str):
    assert values(sheet(ONE_CELL.format(cell))) == []


def test_a_stored_result_says_that_a_formula_gave_it():
    table = read_table(sheet(ONE_CELL.format("<c><f>1+1</f><v>2</v></c><c><v>2</v></c>")))

    assert [cell.formula for cell in table.cells.values()] == [True, False]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", "number"),
        ("G/通用格式", "number"),
        ("0.00", "number"),
        ("#,##0.00_);[Red](#,##0.00)", "number"),
        ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "number"),
        ('0.00"万元"', "number"),
        ('0" days"', "number"),
        ("0.00E+00", "number"),
        ("@", "number"),
        ('yyyy"年"m"月"d"日"', "date"),
        ("[$-804]yyyy/m/d", "date"),
        ("[h]:mm", "date"),
        ("0%", "percent"),
        ("0.00%;[Red]-0.00%", "percent"),
        ("#,##0,", "scaled"),
        ("0!.0,", "scaled"),
        ('0!.0000"万元"', "number"),
        ("#,##0.00,,;-#,##0.00,,", "scaled"),
    ],
)
def test_the_number_format_tells_what_a_number_is(code: str, kind: str):
    escaped = code.replace('"', "&quot;")
    styles = (
        f'<numFmts><numFmt numFmtId="200" formatCode="{escaped}"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="200"/></cellXfs>'
        '<dxfs><dxf><numFmt numFmtId="200" formatCode="yyyy"/></dxf></dxfs>'
    )
    parts = {
        STYLES: f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        SHEET: worksheet(ONE_CELL.format('<c s="0"><v>12</v></c>')),
    }

    assert values(book(parts)) == [(kind, "12")]


def test_the_number_format_comes_along_with_the_cell():
    styles = (
        '<numFmts><numFmt numFmtId="200" formatCode="00000"/></numFmts><cellXfs>'
        '<xf/><xf numFmtId="200"/><xf numFmtId="2"/><xf numFmtId="9"/><xf numFmtId="77"/></cellXfs>'
    )
    cells = "".join(f'<c s="{style}"><v>101</v></c>' for style in ("", 0, 1, 2, 3, 4))
    parts = {
        STYLES: f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        SHEET: worksheet(ONE_CELL.format(cells)),
    }

    found = read_table(book(parts)).cells.values()

    assert [cell.format for cell in found] == ["", "", "00000", "0.00", "0%", ""]
    assert [cell.shown for cell in found] == ["101", "101", "00101", "101.00", "10100%", "101"]


def test_merged_areas_are_read_as_people_see_them():
    areas = "".join(f'<mergeCell ref="{area}"/>' for area in ("A1:B2", "D:D", "5:5"))
    table = read_table(
        sheet(
            '<row r="1"><c r="A1"><v>1</v></c><c r="C1"><v>2</v></c><c r="D1"><v>3</v></c></row>',
            f"<mergeCells>{areas}</mergeCells>",
        )
    )

    area = table.merge_at(2, 2)

    assert area is not None
    assert area.address == "A1:B2"
    seen = [table.seen(2, 2), table.seen(1, 3), table.seen(900, 4), table.seen(2, 3)]
    assert [cell and cell.address for cell in seen] == ["A1", "C1", "D1", None]


LINKED = [
    ("[1]Sheet1!A1", True),
    ("'[1]别的 表'!A1*2", True),
    ("[2]!外部名称", True),
    ("SUM(来自外部,1)", True),
    ("SUM(本表,1)", False),
    ("表1[2022]", False),
    ("SUM(A1:A3)", False),
]


@pytest.mark.parametrize(("formula", "linked"), LINKED)
def test_a_formula_that_takes_from_another_workbook_is_known(formula: str, linked: bool):
    names = (
        '<definedNames><definedName name="来自外部">[1]Sheet1!$A$1</definedName>'
        '<definedName name="本表">统计表!$A$1</definedName></definedNames></workbook>'
    )
    cell = f"<c><f>{formula}</f><v>3</v></c>"
    parts: dict[str, str | bytes] = {
        BOOK: workbook("统计表").replace("</workbook>", names),
        SHEET: worksheet(ONE_CELL.format(cell)),
    }

    assert [each.linked for each in read_table(book(parts)).cells.values()] == [linked]


def test_a_shared_formula_takes_its_link_along():
    cells = (
        '<c><f t="shared" si="0" ref="A1:B1">[1]Sheet1!A1</f><v>3</v></c>'
        '<c><f t="shared" si="0"/><v>3</v></c><c><f t="shared" si="1"/><v>3</v></c>'
    )

    found = read_table(sheet(ONE_CELL.format(cells))).cells.values()

    assert [cell.linked for cell in found] == [True, True, False]


@pytest.mark.parametrize("sign", ["𫰠", "\U0003158e", "\U000323b0", "\ue000", "\U000f0000", "Ⅱ"])
def test_a_character_newer_than_this_python_is_kept(sign: str):
    assert values(sheet(ONE_CELL.format(text_cell("A1", f"{sign}山")))) == [("text", f"{sign}山")]


@pytest.mark.parametrize("sign", ["\u2028", "\u200d", "\ufdd0", "\U0001ffff"])
def test_a_sign_that_is_no_character_leaves_a_gap(sign: str):
    assert values(sheet(ONE_CELL.format(text_cell("A1", f"甲{sign}乙")))) == [("text", "甲 乙")]


def test_formatted_runs_are_joined_and_reading_aids_left_out():
    runs = "<r><rPr><b/></rPr><t>慰问</t></r><r><t>对象</t></r><rPh sb='0' eb='1'><t>wei</t></rPh>"
    parts = {
        TEXTS: f'<sst xmlns="{MAIN}"><si>{runs}</si></sst>',
        SHEET: worksheet(
            ONE_CELL.format(f'<c t="s"><v>0</v></c><c t="inlineStr"><is>{runs}</is></c>')
        ),
    }

    assert values(book(parts)) == [("text", "慰问对象")] * 2


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("C9_x000D_&#10;D9", "C9  D9"),
        ("_x0043_9", "C9"),
        ("_x005F_x0043_", "_x0043_"),
        ("_xD800_C9", " C9"),
        ("\u202eC9\u200b", " C9 "),
        ("C9\u3000D9", "C9 D9"),
        ("数" * 500, "数" * 120),
    ],
)
def test_a_text_is_shown_without_signs_that_nobody_sees(written: str, shown: str):
    assert values(sheet(ONE_CELL.format(text_cell("A1", written)))) == [("text", shown)]


@pytest.mark.parametrize(
    ("asks", "value", "kind"),
    [("1", "0", "uncalculated"), ("1", "5", "number"), ("0", "0", "number"), ("", "0", "number")],
)
def test_a_result_of_a_program_that_cannot_calculate_is_none(asks: str, value: str, kind: str):
    asked = f'<calcPr fullCalcOnLoad="{asks}"/></workbook>'
    parts: dict[str, str | bytes] = {
        BOOK: workbook("统计表").replace("</workbook>", asked),
        SHEET: worksheet(ONE_CELL.format(f"<c><f>1+1</f><v>{value}</v></c>")),
    }

    assert [kind_found for kind_found, _ in values(book(parts))] == [kind]


@pytest.mark.parametrize("other", ["<v>5</v>", "<v>-0.5</v>"])
def test_one_other_result_tells_that_a_zero_is_one(other: str):
    asked = '<calcPr fullCalcOnLoad="1"/></workbook>'
    cells = f"<c><f>1-1</f><v>0</v></c><c><f>1+1</f>{other}</c>"
    parts: dict[str, str | bytes] = {
        BOOK: workbook("统计表").replace("</workbook>", asked),
        SHEET: worksheet(ONE_CELL.format(cells)),
    }

    assert [kind for kind, _ in values(book(parts))] == ["number", "number"]


def test_hidden_sheets_are_told_from_visible_ones():
    tabs = workbook("统计表", "底稿", "密").replace('name="底稿"', 'name="底稿" state="hidden"')
    parts: dict[str, str | bytes] = {
        BOOK: tabs.replace('name="密"', 'name="密" state="veryHidden"'),
        BOOK_RELS: rels(*(("worksheet", f"worksheets/sheet{at}.xml") for at in (1, 2, 3))),
        "xl/worksheets/sheet2.xml": worksheet(""),
        "xl/worksheets/sheet3.xml": worksheet(""),
    }

    grid = read_workbook(book(parts))

    assert [table.name for table in grid.tables] == ["统计表", "底稿", "密"]
    assert [table.name for table in grid.visible] == ["统计表"]


def test_the_cells_are_those_that_openpyxl_finds(form: Form, worst: dict[str, int]):
    content = report_workbook(form, report_sheet(form, worst, **HEAD))

    table = read_table(content)

    expected = load_workbook(BytesIO(content), data_only=True).worksheets[0]
    found = {(cell.row, cell.column): cell.value for row in expected.iter_rows() for cell in row}
    assert {place: _as_number(cell.text) for place, cell in table.cells.items()} == {
        place: _as_number(str(value).replace("\u3000", " "))
        for place, value in found.items()
        if value not in (None, "")
    }


def _as_number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


@settings(max_examples=15)
@given(st.data())
def test_an_exported_report_brings_back_its_own_figures(form: Form, data: st.DataObject):
    figures = {
        item.code: data.draw(st.none() | st.integers(0, item.unit.greatest // _step(item.unit)))
        for item in form.leaves
    }
    stored = {
        item.code: None if figures[item.code] is None else figures[item.code] * _step(item.unit)
        for item in form.leaves
    }
    content = report_workbook(form, report_sheet(form, stored, **HEAD))

    intake = find_figures(form, read_workbook(content))

    assert intake.problems == ()
    assert intake.warnings == ()
    assert _figures(form, intake.figures) == {
        code: figure for code, figure in stored.items() if figure is not None
    }


def _step(unit: Any) -> int:
    return 10 ** (unit.places - unit.decimals)


def _figures(form: Form, typed: Any) -> dict[str, int | None]:
    return {
        code: parse_figure(text, form.by_code[code].unit).figure for code, text in typed.items()
    }


def test_a_workbook_of_openpyxl_is_read_and_its_formulas_named():
    made = Workbook()
    made.active.append(["代码", "数量"])
    made.active.append(["E1", "=1+1"])

    table = read_table(_saved(made))

    assert [cell.kind for cell in table.cells.values()][-1] is CellKind.UNCALCULATED


def test_a_sheet_as_people_have_it_is_read_whatever_it_looks_like(form: Form):
    made = Workbook()
    paper = made.active
    paper.append(["2022年送温暖情况"])
    paper.append(["填报单位（盖章）：鄂城区总工会", None, None, None, "2022/1/26"])
    paper.append(["慰问对象", "发放款物（万元）", "代 码", "项目", "备注"])
    paper.append([12, "3.4", "c9/d9", "重大项目", "含物资 0.5"])
    paper.append(["１，２００", 0.1 + 0.2, "C10、D10", "先进模范"])
    paper.append([None, 1.5, "A1", "财政拨款"])
    paper.append([date(2022, 1, 5), None, "E1", "民生政策"])
    paper.append(["=10+7", None, "E2", "生活救助"])
    paper.merge_cells("A1:E1")
    paper["A1"].font = Font(size=20, bold=True)
    paper.column_dimensions["B"].hidden = True

    intake = find_figures(form, read_workbook(_saved(made)))

    money = {"D9": "3.4", "D10": "0.3", "A1": "1.5"}
    assert intake.figures == money | {"C9": "12", "C10": "１，２００"}
    assert [(problem.address, problem.code) for problem in intake.problems] == [
        ("A7", "E1"),
        ("A8", "E2"),
    ]
    assert intake.organisation == "鄂城区总工会"
    assert intake.marks is None


def _saved(made: Workbook) -> bytes:
    file = BytesIO()
    made.save(file)
    return file.getvalue()


# The child itself.


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put another program in the child's place."""

    def put(program: str) -> None:
        path = tmp_path / "child.py"
        path.write_text(program, encoding="utf-8")
        monkeypatch.setattr(reading, "CHILD", path)
        monkeypatch.setattr(reading, "MAX_SECONDS", 2.0)

    return put


AS_THE_CHILD = f"""
import importlib.util, json, os, sys
spec = importlib.util.spec_from_file_location("child", {str(reading.CHILD)!r})
child = importlib.util.module_from_spec(spec)
spec.loader.exec_module(child)
import socket, subprocess
child.keep_within_limits()
sys.stdin.buffer.read()
try:
    outcome = repr(%s)
except BaseException as error:
    outcome = type(error).__name__
sheet = {{"name": outcome, "hidden": False, "cells": [], "merges": []}}
print(json.dumps({{"sheets": [sheet], "formats": []}}))
"""


@pytest.mark.parametrize(
    ("deed", "outcome"),
    [
        ("socket.socket()", "OSError"),
        ("open('/etc/passwd')", "OSError"),
        ("bytearray(500 * 1024 * 1024)", "MemoryError"),
        ("len(bytearray(100 * 1024 * 1024))", "104857600"),
        ("subprocess.run(['true'])", "OSError"),
        ("sorted(set(os.environ) - {'LC_CTYPE'})", "[]"),
    ],
)
def test_the_child_can_do_nothing_but_compute(
    child: Callable[[str], None], deed: str, outcome: str
):
    pytest.importorskip("resource")
    child(AS_THE_CHILD % deed)

    grid = read_workbook(book())

    assert grid.tables[0].name == outcome


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(1)",
        "import os; os.kill(os.getpid(), 9)",
        "import os; os.close(0); os.close(1)",
        "while True: pass",
        "import time; time.sleep(60)",
        "print('x' * 50_000_000)",
        "print('[]')",
        "print('{}')",
        'print(\'{"refused": "because", "place": ""}\')',
        'print(\'{"sheets": [{"name": "a", "hidden": false, "cells": [[1]]}]}\')',
        'print(\'{"sheets": [{"name": "a", "hidden": false, "cells": [[1,1,"x","",0]]}]}\')',
        "print('[' * 100_000)",
    ],
)
def test_a_child_that_fails_is_answered_with_a_sentence(child: Callable[[str], None], program: str):
    child(program)
    began = time.monotonic()

    with pytest.raises(Refused, match="请"):
        read_workbook(book())

    assert time.monotonic() - began < 10


def test_too_many_files_at_once_are_refused_with_try_again(
    monkeypatch: pytest.MonkeyPatch,
):
    full = BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(reading, "_places", full)
    monkeypatch.setattr(reading, "MAX_SECONDS", 0.01)

    with pytest.raises(Refused, match="过一会儿再导入"):
        read_workbook(book())


def test_semaphore_is_released_after_a_refusal(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "_places", BoundedSemaphore(1))
    for _ in range(3):
        with pytest.raises(Refused):
            read_workbook(sheet('<row r="x"/>'))

    assert read_workbook(book()).tables


def test_report_is_read_within_the_time_limit(form: Form, worst: dict[str, int]):
    content = report_workbook(form, report_sheet(form, worst, **HEAD))

    quickest = min(_seconds(lambda: find_figures(form, read_workbook(content))) for _ in range(5))

    assert quickest < 0.3


def _seconds(deed: Callable[[], object]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began
