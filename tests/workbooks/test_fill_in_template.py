"""The fill-in template: figures filled in an office program are read back."""

import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from portal.domain.form.form import Form, parse_form
from portal.domain.intake.marks import SHEET, Marks
from portal.domain.intake.workbook import Intake, find_figures
from portal.workbooks.fill_in_template import template_workbook
from portal.workbooks.reading import read_workbook
from tests.requirements import require
from tests.workbooks.reading import column, opened, place
from tests.workbooks.test_recalculation import CALC, TAKES_AT_MOST

MINE = Marks("echeng", "鄂城区总工会", "2022-spring", "2022年春节送温暖", "songwennuan", "2022.1")
FIGURE = 5
"""The column of 数量."""


def template(form: Form, figures: dict[str, int | None]) -> bytes:
    return template_workbook(
        form,
        organisation_code="echeng",
        organisation_name="鄂城区总工会",
        campaign_code="2022-spring",
        campaign_name="2022年春节送温暖",
        figures=figures,
    )


def brought(form: Form, content: bytes) -> Intake:
    return find_figures(form, read_workbook(content))


def test_it_carries_the_figures_as_they_stand_and_says_whose_it_is(form: Form):
    intake = brought(form, template(form, {"C9": 12, "D9": 3_400_000, "E1": 0}))

    assert intake.figures == {"C9": "12", "D9": "3.4", "E1": "0"}
    assert intake.marks == MINE
    assert intake.organisation == "鄂城区总工会"
    assert intake.problems == intake.warnings == intake.absent == ()
    assert len(intake.blanks) == len(form.leaves) - 3


def test_the_greatest_figures_come_back(form: Form, worst: dict[str, int]):
    intake = brought(form, template(form, worst))

    assert set(intake.figures.values()) == {"99999999", "9999999.99"}
    assert set(intake.figures) == set(worst)


def test_only_the_cells_of_leaves_can_be_written(form: Form):
    sheet = opened(template(form, {}))

    unlocked = {
        (cell.row, cell.column)
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
    }

    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert unlocked == {(place(sheet, item.code), FIGURE) for item in form.leaves}


def test_sums_stay_live_formulas(form: Form):
    sheet = opened(template(form, {}))

    assert all(str(column(sheet, item.code)).startswith("=IF(COUNT(") for item in _sums(form))


def _sums(form: Form) -> list[Any]:
    return [item for item in form.items if item.calculated]


def test_the_office_program_takes_only_figures_that_the_form_takes(form: Form):
    sheet = opened(template(form, {}))

    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}

    count = rules[f"E{place(sheet, 'C9')}"]
    money = rules[cell := f"E{place(sheet, 'D9')}"]
    assert len(rules) == len(form.leaves)
    assert (count.type, count.formula1, count.formula2) == ("whole", "0", "99999999")
    assert money.type == "custom"
    assert f"{cell}<=9999999.99,ROUND({cell},2)={cell}" in money.formula1
    assert all(rule.error.startswith("请填 0 至 ") and rule.allowBlank for rule in rules.values())


def test_a_finer_item_is_given_its_own_decimals(document: dict[str, Any]):
    finer = [{**item, "decimals": 6} if item["code"] == "I" else item for item in document["items"]]
    form = parse_form({**document, "items": finer})
    content = template(form, {"I": 1})

    rules = opened(content).data_validations.dataValidation

    assert brought(form, content).figures == {"I": "0.000001"}
    assert sum(",6)=" in rule.formula1 for rule in rules if rule.type == "custom") == 1


def test_marks_sheet_is_very_hidden(form: Form):
    workbook = load_workbook(BytesIO(template(form, {})))

    assert workbook.sheetnames == ["统计表", SHEET]
    assert workbook[SHEET].sheet_state == "veryHidden"
    assert workbook.active.title == "统计表"


def test_a_name_like_a_formula_stays_a_name(form: Form):
    content = template_workbook(
        form,
        organisation_code="a",
        organisation_name="=HYPERLINK(1)",
        campaign_code="b",
        campaign_name="+1\x00",
        figures={},
    )

    marks = brought(form, content).marks

    assert marks is not None
    assert (marks.organisation_name, marks.campaign_name) == ("=HYPERLINK(1)", "+1")


def test_filled_by_a_program_that_does_not_calculate_it_brings_its_figures(form: Form):
    content = _filled(template(form, {"E5": 9}), {"C9": 77, "D9": 0.1 + 0.2, "E5": None})

    intake = brought(form, content)

    assert intake.figures == {"C9": "77", "D9": "0.3"}
    assert intake.problems == intake.warnings == ()
    assert intake.marks == MINE


@pytest.mark.office
def test_filled_and_saved_in_libreoffice_it_brings_its_figures(form: Form, tmp_path: Path):
    typed = {
        item.code: 10 + at + (0.07 if item.unit.decimals else 0)
        for at, item in enumerate(form.leaves)
    }
    content = _filled(template(form, {"A1": 1_230_000}), typed)

    saved = _saved_by_office(content, tmp_path)

    intake = brought(form, saved)
    assert {code: float(text) for code, text in intake.figures.items()} == pytest.approx(typed)
    assert intake.problems == intake.warnings == intake.blanks == ()
    assert intake.marks == MINE
    assert not opened(saved).cell(place(opened(saved), "C9"), FIGURE).protection.locked
    assert opened(saved).protection.sheet


def _filled(content: bytes, typed: dict[str, float | None]) -> bytes:
    """The template with these values in its cells; its formulas lose their results."""
    workbook = load_workbook(BytesIO(content))
    sheet = workbook.worksheets[0]
    for code, value in typed.items():
        sheet.cell(place(sheet, code), FIGURE).value = value
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def _saved_by_office(content: bytes, folder: Path) -> bytes:
    office = require("office")
    source = folder / "template.xlsx"
    source.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [office, "--headless", profile, "--convert-to", CALC, "--outdir", folder / "saved"]
    subprocess.run([*command, source], check=True, capture_output=True, timeout=TAKES_AT_MOST)
    return (folder / "saved" / "template.xlsx").read_bytes()
