"""Marks: the hidden identification of a fill-in template: unit, campaign and edition."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields

from portal.domain.intake.grid import Grid, Table

SHEET = "填报标识"
"""The name of the hidden worksheet; office programs keep sheets, but few keep properties."""

FORMAT = "1"


@dataclass(frozen=True, slots=True)
class Marks:
    """The unit, campaign and edition that a template was made for."""

    organisation_code: str
    organisation_name: str
    campaign_code: str
    campaign_name: str
    form_id: str
    form_version: str
    format: str = FORMAT


def marks_as_rows(marks: Marks) -> Iterator[tuple[str, str]]:
    """The rows of the hidden worksheet: names in column A, texts in column B."""
    yield from asdict(marks).items()


def marks_of(grid: Grid) -> Marks | None:
    """The marks of a workbook; None if it is no template of this portal."""
    table = next((table for table in grid.tables if table.name == SHEET), None)
    if table is None:
        return None
    written = dict(_named_texts(table))
    names = [field.name for field in fields(Marks)]
    return Marks(**{name: written[name] for name in names}) if set(names) <= set(written) else None


def _named_texts(table: Table) -> Iterator[tuple[str, str]]:
    for (row, column), cell in table.cells.items():
        text = table.at(row, 2)
        if column == 1 and text is not None:
            yield cell.text.strip(), text.text.strip()


def mark_mismatches(marks: Marks, here: Marks) -> tuple[str, ...]:
    """A sentence for each reason why a template does not belong to the report `here`."""
    return tuple(_misfits(marks, here))


def _misfits(marks: Marks, here: Marks) -> Iterator[str]:
    if marks.format != here.format:
        yield "填报模板与现在的系统版本不一致，请重新下载模板。"
    if marks.organisation_code != here.organisation_code:
        yield (
            f"这是{marks.organisation_name}的填报模板，"
            f"不能导入{here.organisation_name}的报表，请用本单位下载的模板。"
        )
    if marks.campaign_code != here.campaign_code:
        yield (
            f"这是“{marks.campaign_name}”的填报模板，"
            f"不能导入“{here.campaign_name}”，请重新下载本次任务的模板。"
        )
    if (marks.form_id, marks.form_version) != (here.form_id, here.form_version):
        yield (
            f"模板的表样是 {marks.form_id} {marks.form_version} 版，"
            f"本次任务用 {here.form_id} {here.form_version} 版，请重新下载模板。"
        )
