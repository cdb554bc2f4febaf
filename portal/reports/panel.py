"""The panel of an item: its definition, its provenance, and the history of its figure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.collection.assignment import Assignment, FilledReport, form_of, last_submitted
from portal.collection.last_year import ENTERED
from portal.domain.checks.finding import rules_at
from portal.domain.figures import show
from portal.domain.form.check_rules import CheckRule
from portal.domain.form.form import Item
from portal.domain.form.formulas import Figures
from portal.models import Campaign, FormEdition, ItemConfirmation, ItemNote, Report, TrailEntry
from portal.reports.notes import notes_of

MAX_ENTRIES = 20
"""Changes that the panel shows; the trail has all of them."""

MAX_YEARS = 5
"""Earlier campaigns that the panel shows."""


@dataclass(frozen=True, slots=True)
class Year:
    """The figure of one earlier campaign as submitted; `figure` is the shown text."""

    campaign: str
    figure: str


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything about one item; `history` is empty for who may not read the trail.

    `confirmation` is set for a reconstructed item that the city has confirmed.
    """

    item: Item
    partner: Item | None
    checks: tuple[CheckRule, ...]
    notes: Sequence[ItemNote]
    history: Sequence[TrailEntry]
    years: tuple[Year, ...]
    confirmation: ItemConfirmation | None = None


def read_panel(session: Session, filling: FilledReport, item: Item, *, trail: bool) -> Panel:
    """Read the panel of an item; `trail` says whether its history may be read."""
    report = filling.assignment.report
    return Panel(
        item=item,
        partner=filling.form.partners.get(item.code),
        checks=rules_at(filling.form, item),
        notes=notes_of(session, report, item),
        history=_history(session, report, item) if trail else (),
        years=(*_entered(filling, item), *_years(session, filling.assignment, item)),
        confirmation=_confirmation(session, filling.assignment, item),
    )


def _confirmation(session: Session, assignment: Assignment, item: Item) -> ItemConfirmation | None:
    """The city's confirmation of a reconstructed item, or None."""
    if not item.reconstructed:
        return None
    return session.get(ItemConfirmation, (assignment.campaign.edition_id, item.code))


def _history(session: Session, report: Report | None, item: Item) -> Sequence[TrailEntry]:
    if report is None:
        return ()
    wanted = select(TrailEntry).where(
        TrailEntry.report_id == report.id,
        TrailEntry.item == item.code,
        TrailEntry.new.is_not(None),
    )
    return session.scalars(wanted.order_by(TrailEntry.number.desc()).limit(MAX_ENTRIES)).all()


def _entered(filling: FilledReport, item: Item) -> Iterator[Year]:
    """Last year's figure from an old workbook, if there is one."""
    if filling.previous_entered and item.code in (filling.previous or {}):
        yield Year(f"上年（{ENTERED}）", _figure(item, filling.previous))


def _years(session: Session, assignment: Assignment, item: Item) -> Iterator[Year]:
    """Earlier campaigns one by one, as far as every counterpart (上年对应项) is confirmed."""
    campaign_id, code = assignment.campaign.previous_id, item.previous
    for _ in range(MAX_YEARS):
        if campaign_id is None or code is None:
            return
        campaign, fingerprint = _earlier(session, campaign_id)
        before = form_of(session, campaign, fingerprint).by_code.get(code)
        if before is None:
            return
        submitted = last_submitted(session, campaign_id)
        yield Year(campaign.name, _figure(before, submitted))
        campaign_id, code = campaign.previous_id, before.previous


def _earlier(session: Session, campaign_id: int) -> tuple[Campaign, str]:
    row = session.execute(
        select(Campaign, FormEdition.sha256)
        .join(FormEdition, FormEdition.id == Campaign.edition_id)
        .where(Campaign.id == campaign_id)
    ).one()
    return row.Campaign, row.sha256


def _figure(item: Item, submitted: Figures | None) -> str:
    if submitted is None:
        return "没有报送"
    figure = submitted.get(item.code)
    return "未填" if figure is None else f"{show(figure, item.unit)} {item.unit.name}"
