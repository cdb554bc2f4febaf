"""The workbook of a consolidation: a sheet for each unit, or above the limit one row for each."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from portal.domain.consolidation.placement import add_up
from portal.domain.form.form import Form
from portal.domain.paper.sheet import Part
from portal.workbooks import consolidation as module
from portal.workbooks.consolidation import Heading, Unit, WorkbookContent, units_workbook
from tests.workbooks.test_recalculation import _computed_by_office

NAMES = (
    "鄂州市总工会",
    "鄂城区总工会",
    "=1+1",
    "葛店'开发区'/总工会：甲",
    "葛店'开发区'/总工会：甲",
    "长" * 40,
)
CHECKED = "鄂城基层一"


def figures_of(form: Form, at: int) -> dict[str, int | None]:
    """Figures whose sums do not come out even as floats; some blank, one blank everywhere."""
    leaves = form.leaves
    said: dict[str, int | None] = {
        leaf.code: 10**leaf.unit.places * 7 // 10 + at * 13 + k for k, leaf in enumerate(leaves)
    }
    return said | {"A2": None, "F1": None if at else 0, leaves[at].code: None}


def book(form: Form) -> WorkbookContent:
    """Six units in four columns, one of them only for checking, one missing."""
    units = [
        Unit(f"u{at}", name, "区总" if at % 2 else "市*直", "已审核", "计入", figures_of(form, at))
        for at, name in enumerate(NAMES)
    ]
    units.append(Unit("jc", CHECKED, "基层", "已上报", "仅供核对", figures_of(form, 9)))
    units.append(Unit("qs", "临空经济区总工会", "开发区", "退回中", "未含"))
    known = {unit.code: unit for unit in units}

    def heading(title: str, part: Part, *codes: str) -> Heading:
        said = [known[code].figures or {} for code in codes]
        return Heading(title, title, part.remark, part, add_up(form, said), codes)

    return WorkbookContent(
        form,
        "鄂州市总工会",
        "春节前后",
        "2027年1月20日",
        "汇总·已上报",
        ("汇总单位 6 家；未含：临空经济区总工会。",),
        [
            heading("市总本级", Part.ADDED, "u0"),
            heading("基层", Part.FOR_CHECKING, "jc"),
            heading("鄂城", Part.ADDED, "u1", "u2"),
            heading("临空", Part.MISSING),
            heading("葛店", Part.ADDED, "u3", "u4", "u5"),
        ],
        units,
    )


@pytest.fixture(params=["sheets", "details"])
def content(request, form, monkeypatch):
    """The same workbook below the limit of sheets and above it."""
    monkeypatch.setattr(module, "MAX_SHEETS", 7 if request.param == "sheets" else 6)
    return units_workbook(book(form))


def summary(content, *, results=True):
    """The figures of the summary by item and column."""
    sheet = load_workbook(BytesIO(content), data_only=results).worksheets[0]
    rows = [row for row in sheet.iter_rows() if row[1].value and row[1].row > 5]
    return {row[1].value: [cell.value for cell in row[4:]] for row in rows if len(row[1].value) < 4}


def test_the_limit_decides_between_sheets_and_rows(form, monkeypatch):
    seven = book(form)
    names = {}
    for limit in (7, 6):
        monkeypatch.setattr(module, "MAX_SHEETS", limit)
        names[limit] = load_workbook(BytesIO(units_workbook(seven))).sheetnames

    assert names[6] == ["汇总表", "明细", "汇总单位"]
    assert names[7][:2] == ["汇总表", "汇总单位"]
    assert names[7][2:] == [
        "鄂州市总工会",
        "鄂城区总工会",
        "单位_1_1",
        "葛店_开发区_总工会_甲",
        "葛店_开发区_总工会_甲_2",
        "长" * 31,
        CHECKED,
    ]


def test_every_figure_of_the_summary_is_a_live_formula(content):
    rows = summary(content, results=False)

    for code, cells in rows.items():
        first = cells[0]
        assert first.startswith("=IF(COUNT("), code
        assert all(cell is None or cell.startswith("=IF(COUNT") for cell in cells)


def test_the_cached_total_is_the_sum_of_the_added_units_and_blank_is_not_zero(form, content):
    rows = summary(content)
    expected = add_up(form, [figures_of(form, at) for at in range(len(NAMES))])

    for item in form.items:
        told = rows[item.code][0]
        whole = expected[item.code]
        if whole is None:
            assert told is None or told == "", item.code
        else:
            assert round(told * 10**item.unit.places) == whole, item.code
    assert expected["A2"] is None
    assert expected["F1"] == 0
    assert rows["F1"][0] == 0


@pytest.mark.office
def test_office_computes_the_same_figures_on_every_sheet(form, tmp_path, monkeypatch):
    files = {}
    for name, limit in (("sheets", 7), ("details", 6)):
        monkeypatch.setattr(module, "MAX_SHEETS", limit)
        files[name] = units_workbook(book(form))

    computed = _computed_by_office(files, tmp_path)

    for name, content in files.items():
        assert every_number(computed[name]) == every_number(content), name
        assert len(every_number(content)) > 400


def every_number(content):
    """Every number of every sheet, by sheet and cell, to the fen."""
    book = load_workbook(BytesIO(content), data_only=True)
    return {
        (sheet.title, cell.coordinate): round(cell.value, 6)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    }


def test_text_is_never_a_formula(content):
    book = load_workbook(BytesIO(content))

    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert str(cell.value).startswith("=IF("), (sheet.title, cell.coordinate)


def test_who_is_in_and_who_is_missing_stands_in_the_file(content):
    book = load_workbook(BytesIO(content))

    listed = {row[2].value: row[5].value for row in book["汇总单位"].iter_rows(min_row=4)}
    notes = {cell.value for row in book["汇总表"].iter_rows() for cell in row}
    assert listed["鄂城区总工会"] == "计入"
    assert listed["临空经济区总工会"] == "未含"
    assert listed[CHECKED] == "仅供核对"
    assert "汇总单位 6 家；未含：临空经济区总工会。" in notes
    assert any(str(one).startswith("单位负责人（签字）") for one in notes)


def test_every_sheet_is_set_up_for_printing(content):
    for sheet in load_workbook(BytesIO(content)).worksheets:
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.print_title_rows
        assert sheet.print_area
