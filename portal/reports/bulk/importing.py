"""Importing: previews what a workbook would change, and writes what is confirmed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import Assignment, FilledReport
from portal.domain.checks.finding import Counters, Issue
from portal.domain.figures import parse_figure, show
from portal.domain.form.form import Form, Item
from portal.domain.intake.marks import Marks, mark_mismatches
from portal.domain.intake.sheet_words import Expected, Said, years_in
from portal.domain.intake.workbook import CellProblem, Intake, find_figures
from portal.models import Batch, Campaign
from portal.models.trail_actions import Action, EntryChannel
from portal.register.known_units import names_round
from portal.reports import saving
from portal.reports.saving import SaveResult
from portal.reports.typed import Typed
from portal.web.form_fields import printable
from portal.workbooks.fill_in_template import template_workbook
from portal.workbooks.reading import read_workbook
from portal.workbooks.sheet import attachment_name


def template_of(filling: FilledReport) -> tuple[str, bytes]:
    """The workbook to fill in offline: its file name and its content."""
    whose = _marks(filling.assignment)
    content = template_workbook(
        filling.form,
        organisation_code=whose.organisation_code,
        organisation_name=whose.organisation_name,
        campaign_code=whose.campaign_code,
        campaign_name=whose.campaign_name,
        figures=filling.figures,
    )
    return attachment_name("填报模板", whose.campaign_name, whose.organisation_name), content


def _marks(assignment: Assignment) -> Marks:
    campaign, expectation, form = assignment.campaign, assignment.expectation, assignment.form
    return Marks(
        organisation_code=expectation.code,
        organisation_name=expectation.name,
        campaign_code=campaign.code,
        campaign_name=campaign.name,
        form_id=form.id,
        form_version=form.version,
    )


def expected_of(session: Session, assignment: Assignment) -> Expected:
    """The unit, year and campaign that a sheet for this report should name."""
    campaign, title = assignment.campaign, assignment.form.title
    years = years_in(campaign.name) or years_in(title) or {campaign.due.year}
    others = select(Campaign.name).where(Campaign.id != campaign.id)
    return Expected(
        units=names_round(session, assignment.expectation),
        year=max(years),
        titles=(campaign.name, title),
        other_campaigns=tuple(session.scalars(others)),
    )


class Unfit(ValueError):
    """The workbook names another unit, campaign or edition, or has no form; the message says which.

    `cell` is the address that names it, empty without one.
    """

    def __init__(self, sentence: str, cell: str = "") -> None:
        super().__init__(sentence)
        self.cell = cell


def read_intake(session: Session, assignment: Assignment, content: bytes) -> Intake:
    """The figures that a workbook has for this report.

    Raises `Refused` (422) for a file that is no safe workbook, `Unfit` (422) for that of another
    unit, campaign or edition.
    """
    expected = expected_of(session, assignment)
    intake = find_figures(assignment.form, read_workbook(content), expected)
    if intake.marks and (sentences := mark_mismatches(intake.marks, _marks(assignment))):
        raise Unfit("".join(sentences))
    if not intake.sheet:
        (lack,) = intake.problems
        raise Unfit(lack.sentence, lack.address)
    if intake.misnamed:
        raise _misnamed(intake.misnamed, assignment.expectation.name)
    return intake


def _misnamed(said: Said, own: str) -> Unfit:
    where = f"{said.address} " if said.address else "工作表名"
    return Unfit(
        f"{where}写的是“{said.words}”，不是{own}，没有读入。"
        f"如果这就是本单位的表，请把它改为“{own}”再导入。",
        said.address,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the preview: the stored figure, the new one, and the issues that it would raise.

    Confirming writes `text`, read at `cell`. A `ticked` line is written unless somebody unticks it;
    an unticked line is an offer, whose reason is `offered`. A calculated item follows from the
    others and has no tick.
    """

    item: Item
    old: str
    new: str
    version: int = 0
    text: str = ""
    cell: str = ""
    ticked: bool = True
    offered: str = ""
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class Preview:
    """What confirming would change; nothing is written yet.

    `problems` are the cells and rows that are refused, `notes` concern those that are taken. `same`
    counts the figures that are stored already, `elsewhere` are new issues at items that do not
    change themselves, `counters` are those of the report as it would be.
    """

    changes: tuple[Change, ...]
    problems: tuple[CellProblem, ...]
    notes: tuple[CellProblem, ...]
    same: int
    elsewhere: tuple[Issue, ...]
    counters: Counters
    intake: Intake
    leaves: frozenset[str]

    @property
    def question(self) -> str:
        """The question to answer before any line is ticked; empty without one."""
        stale = self.intake.stale
        where = "表头" if stale and stale.address else "工作表名"
        return f"{where}写 {stale.words}，数是本次的吗？" if stale else ""

    @property
    def absent(self) -> list[str]:
        """The codes of the leaves that the sheet lacks."""
        return [code for code in self.intake.absent if code in self.leaves]

    @property
    def to_write(self) -> int:
        """How many figures confirming would write."""
        return sum(change.ticked and not change.item.calculated for change in self.changes)

    @property
    def to_choose(self) -> bool:
        """Whether anything can be confirmed."""
        return any(not change.item.calculated for change in self.changes)


def preview(filling: FilledReport, intake: Intake) -> Preview:
    """What the figures of `intake` would change in a report, in the paper's order."""
    judged = {
        code: _judged(filling, filling.form.by_code[code], text)
        for code, text in intake.figures.items()
    }
    wanted = {code: one for code, one in judged.items() if one.written}
    after = replace(
        filling,
        stored={**filling.stored, **{code: one.stored for code, one in wanted.items()}},
    )
    offers = {each.code: each for each in intake.problems if each.code and each.offer}
    changes = tuple(
        # No line is ticked until somebody confirms that the figures are of this campaign.
        replace(change, ticked=False) if intake.stale else change
        for change in _changes(filling, after, wanted, offers, intake.addresses)
    )
    changed = {change.item.code for change in changes}
    refused = {
        code: CellProblem(intake.addresses.get(code, ""), code, one.problem.sentence)
        for code, one in judged.items()
        if one.problem
    }
    return Preview(
        changes=changes,
        problems=(
            *(each for each in intake.problems if each.code not in offers),
            *refused.values(),
            *(each for each in intake.warnings if each.code is None),
        ),
        notes=tuple(each for each in intake.warnings if each.code),
        same=len(judged) - len(wanted) - len(refused),
        elsewhere=tuple(
            issue
            for issue in after.issues
            if issue not in filling.issues and issue.code not in changed
        ),
        counters=after.counters,
        intake=intake,
        leaves=frozenset(item.code for item in filling.form.leaves),
    )


def _judged(filling: FilledReport, item: Item, text: str) -> SaveResult:
    return saving.evaluate(filling, item, Typed(text, filling.at(item.code).version))


def _changes(
    before: FilledReport,
    after: FilledReport,
    wanted: Mapping[str, SaveResult],
    offers: Mapping[str, CellProblem],
    cells: Mapping[str, str],
) -> Iterator[Change]:
    for item in after.form.items:
        old, new = (show(each.figures[item.code], item.unit) for each in (before, after))
        version, issues = before.at(item.code).version, after.issues_at(item.code)
        cell = cells.get(item.code, "")
        if item.code in wanted:
            text = wanted[item.code].typed.text
            yield Change(item, old, new, version, text, cell, issues=issues)
        elif offer := offers.get(item.code):
            text = offer.offer or ""
            offered = show(parse_figure(text, item.unit).figure, item.unit)
            if offered != old:
                yield Change(item, old, offered, version, text, cell, False, offer.sentence)
        elif item.calculated and old != new:
            yield Change(item, old, new, cell=cell, issues=issues)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The figures that somebody confirmed, each with the version that the preview showed."""

    typed: Mapping[Item, Typed]
    cells: Mapping[str, str]
    file: str

    @classmethod
    def of(cls, form: Form, codes: list[str], fields: Mapping[str, str]) -> "Chosen":
        """Read what the preview's form posts: the ticked `codes`, and the `fields` of all lines."""
        items = [item for item in form.leaves if item.code in codes and item.code in fields]
        return cls(
            typed={item: Typed.of(fields, item.code) for item in items},
            cells={item.code: printable(fields.get(f"{item.code}.cell", "")[:8]) for item in items},
            file=printable(fields.get("file", "")[:100]),
        )

    def source(self, item: Item) -> str:
        """The cell of a figure, for the trail."""
        return " ".join(filter(None, (self.file, self.cells.get(item.code))))


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of a confirmed import; `left` are the figures that were not written."""

    filling: FilledReport
    written: int
    left: tuple[SaveResult, ...]
    batch: Batch | None

    @property
    def sentence(self) -> str:
        """What was written, as a sentence for the page."""
        if self.batch is None:
            return "没有写入任何数。" if self.left else "这些数已经在表里，没有要写入的。"
        return f"已导入 {self.written} 项；导错了可以撤销。"


def keep(
    session: Session, filling: FilledReport, chosen: Chosen, *, by: Person, at: datetime
) -> Imported:
    """Write the confirmed figures as one batch; a figure changed since the preview stays as it is.

    Raises `NotAllowedNow` (409) when the report cannot be written to at this moment.
    """
    filling.assignment.may_write(at).require()
    judged = [
        replace(saving.evaluate(filling, item, typed), source=chosen.source(item))
        for item, typed in chosen.typed.items()
    ]
    wanted = [one for one in judged if one.written]
    left = tuple(one for one in judged if one.refused)
    if not wanted:
        return Imported(filling, 0, left, None)
    batch, kept = saving.save_batch(
        session, filling, wanted, Action.IMPORTED, by=by, at=at, channel=EntryChannel.IMPORT
    )
    now = replace(filling, stored={**filling.stored, **kept})
    return Imported(now, len(wanted), left, batch)


def again(filling: FilledReport, chosen: Chosen, left: tuple[SaveResult, ...]) -> Preview:
    """The lines that were not written, as a preview against the figures stored now."""
    texts = {one.item.code: one.typed.text for one in left}
    return preview(filling, Intake(figures=texts, addresses=chosen.cells))
