"""An edition on screen, on paper and as a workbook: only its frozen figures."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from portal.collection.assignment import Assignment
from portal.consolidation.editions.operations import FrozenEdition
from portal.consolidation.node import state_in_words
from portal.domain.campaign.calendar import in_words
from portal.domain.consolidation.edition import Frozen, FrozenColumn
from portal.domain.consolidation.sources import Source
from portal.domain.paper.sheet import Part, Sheet, report_sheet, with_figures
from portal.workbooks import sheet as workbook
from portal.workbooks.consolidation import Heading, Unit, WorkbookContent

COLUMNS_ON_SCREEN = 30


def form_of_totals(kept: FrozenEdition) -> Sheet:
    """The form with the frozen sums in its column 数量, as reported upward."""
    frozen = kept.frozen
    sheet = report_sheet(
        kept.form,
        frozen.reported.figures,
        organisation=frozen.organisation[1],
        period=frozen.period,
        as_of=in_words(kept.as_of),
        mark=f"{mark_of(kept)}·核对码 {kept.code}",
        footnotes=frozen.footnotes,
        fingerprint=kept.row.sha256,
    )
    return replace(with_figures(sheet, frozen.reported.figures), said=frozen.said)


def mark_of(kept: FrozenEdition) -> str:
    """The mark in the corner of the paper."""
    return f"{kept.title}·{kept.scope.label}"


def sheet_of(kept: FrozenEdition) -> Sheet:
    """The items in the paper's order, with pairs and labels, and their frozen totals."""
    return report_sheet(kept.form, kept.frozen.total, organisation="", period="", as_of="")


def shown_columns(kept: FrozenEdition) -> Sequence[FrozenColumn]:
    """The columns of units that a page shows; a workbook has all of them."""
    return kept.frozen.columns[:COLUMNS_ON_SCREEN]


def book_to_export(assignment: Assignment, kept: FrozenEdition) -> tuple[str, WorkbookContent]:
    """The edition's workbook: its file name and its content."""
    name = workbook.attachment_name(
        assignment.campaign.name, kept.frozen.organisation[1], f"汇总表（第{kept.number}版）"
    )
    return name, content_of_edition(kept)


def content_of_edition(kept: FrozenEdition) -> WorkbookContent:
    """An edition: exactly the frozen figures, whatever has come since."""
    frozen = kept.frozen
    return WorkbookContent(
        form=kept.form,
        organisation=frozen.organisation[1],
        period=frozen.period,
        as_of=in_words(kept.as_of),
        mark=f"{kept.title}·{kept.scope.label}·核对码 {kept.code}",
        footnotes=_frozen_footnotes(frozen),
        headings=[_frozen_heading(column) for column in frozen.columns],
        units=list(_frozen_units(kept)),
        deduction=frozen.deduction,
        said=frozen.said,
    )


def _frozen_footnotes(frozen: Frozen) -> tuple[str, ...]:
    """The footnotes without the sentence whose three amounts have rows of their own."""
    sentence = frozen.deduction.sentence if frozen.deduction else ""
    return tuple(line for line in frozen.footnotes if line != sentence)


def _frozen_heading(column: FrozenColumn) -> Heading:
    return Heading(
        column.code,
        column.title,
        column.remark,
        Part(column.part),
        column.figures,
        column.units,
    )


def _frozen_units(kept: FrozenEdition) -> Iterator[Unit]:
    sources = kept.frozen.sources
    for standing, group in (
        ("计入", sources.included),
        ("未含", sources.missing),
        ("仅供核对", sources.for_checking),
        ("免报", sources.exempt),
    ):
        for source in group:
            yield _frozen_unit(kept, standing, source)


def _frozen_unit(kept: FrozenEdition, standing: str, source: Source) -> Unit:
    state = state_in_words(source.state)
    return Unit(
        source.code,
        source.name,
        source.kind,
        state,
        standing,
        kept.frozen.figures.get(source.code),
        mark=f"{state}·第 {source.number} 次报送",
    )
