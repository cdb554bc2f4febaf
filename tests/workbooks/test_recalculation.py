"""LibreOffice recomputes every formula and gets the file's cached results."""

import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from portal.domain.form.form import Form
from portal.domain.paper.sheet import Contribution, Part, consolidated_sheet, report_sheet
from portal.workbooks.sheet import report_workbook
from tests.requirements import require
from tests.workbooks.reading import FIRST_FIGURE, HEAD, column, opened, stored

pytestmark = pytest.mark.office

CALC = "xlsx:Calc MS Excel 2007 XML"
TAKES_AT_MOST = 180
"""Seconds, the first start of LibreOffice included."""


def test_the_cached_results_are_those_that_office_computes(
    form: Form, worst: dict[str, int], tmp_path: Path
):
    files = {
        "report": report_workbook(form, report_sheet(form, _odd_figures(form), **HEAD)),
        "greatest": report_workbook(form, report_sheet(form, worst, **HEAD)),
        "consolidation": _consolidation(form, worst),
    }

    computed = _computed_by_office(files, tmp_path)

    for name, content in files.items():
        assert _results(form, computed[name]) == _results(form, content), name
        assert len(_results(form, content)) >= len(form.items)


def test_office_leaves_a_sum_over_blanks_blank(form: Form, tmp_path: Path):
    files = {"blank": report_workbook(form, report_sheet(form, {}, **HEAD))}

    computed = _computed_by_office(files, tmp_path)

    assert set(_results(form, computed["blank"]).values()) == {None}


def _odd_figures(form: Form) -> dict[str, int | None]:
    """Figures whose sums are inexact as floats, with blanks among them."""
    figures: dict[str, int | None] = {
        item.code: 10**item.unit.places * 7 // 10 + at for at, item in enumerate(form.leaves)
    }
    return figures | dict.fromkeys(("A2", "C3", "E1", "F1", "F2", "F3"))


def _consolidation(form: Form, worst: dict[str, int]) -> bytes:
    everyone = [
        Contribution("shizong", "市总本级", _odd_figures(form)),
        Contribution("jiceng", "鄂城某企业工会", worst, Part.FOR_CHECKING),
        Contribution("echeng", "鄂城区总工会", _odd_figures(form)),
        Contribution("gedian", "葛店开发区总工会", {}, Part.MISSING),
        Contribution("huarong", "华容区总工会", {"A1": 100_000, "E1": 0}),
    ]
    return report_workbook(form, consolidated_sheet(form, everyone, **HEAD))


def _computed_by_office(files: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    office = require("office")
    bare = [_without_results(name, content, folder) for name, content in files.items()]
    computed = folder / "computed"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        [office, "--headless", profile, "--convert-to", CALC, "--outdir", computed, *bare],
        check=True,
        capture_output=True,
        timeout=TAKES_AT_MOST,
    )
    return {name: (computed / f"{name}.xlsx").read_bytes() for name in files}


def _without_results(name: str, content: bytes, folder: Path) -> Path:
    """The file with formulas only: openpyxl drops the results, so LibreOffice must compute."""
    path = folder / f"{name}.xlsx"
    load_workbook(BytesIO(content)).save(path)
    return path


def _results(form: Form, content: bytes) -> dict[tuple[str, int], int | None]:
    sheet = opened(content, results=True)
    return {
        (code, at): stored(column(sheet, code, at), item.unit)
        for code, item in form.by_code.items()
        for at in range(FIRST_FIGURE, sheet.max_column + 1)
    }
