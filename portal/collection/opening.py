"""Opening: create a campaign with its list of units, and copy the tree into it.

The copy is made when the campaign is created, so that the list can be edited in the draft, and
made again from the current tree when the campaign is published.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access.actor import Actor
from portal.collection.expected import expected_of
from portal.collection.moves import hold_tree
from portal.domain.campaign.calendar import Dates, Status
from portal.domain.consolidation.placement import Basis, Expected
from portal.domain.figures import MAX_COUNT, Kind, Unit, parse_figure
from portal.models import Campaign, Expectation, FormEdition, Organisation
from portal.models.campaign import campaign_by_code
from portal.models.trail_actions import Action
from portal.register.city_trail import record_for_city
from portal.register.units import CODE, CODE_RULE, NotFounded, Objection

NOT_LISTED = "未列入本次应报范围"
CLOSED = "单位已撤销"

ALLOCATED = Unit("万元", Kind.MONEY, 6)
"""Allocations are registered to the fen, whatever the form's decimals."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign to be created."""

    code: str
    name: str
    edition: FormEdition
    dates: Dates
    previous: Campaign | None = None
    notice_number: str = ""
    notice: str = ""
    summary: str = ""
    period: str = ""
    contact: str = ""
    four_eyes: bool = False
    signed_copy_required: bool = False
    limits: Mapping[str, Any] = field(default_factory=dict)
    round_of: Campaign | None = None
    round_name: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A unit on the list of expected units, as typed; `allocated` is in 万元."""

    code: str
    basis: str = ""
    allocated: str = ""
    households: str = ""


def create_campaign(
    session: Session, plan: Plan, listed: Sequence[Listed] | None, *, by: Actor, at: datetime
) -> Campaign:
    """Create a draft campaign that expects the units `listed`, or all of them when None.

    Raises `NotFounded` with every fault of the list, and `ValueError` with a
    sentence when the campaign itself cannot be. The session comes from `tenancy.opening`.
    """
    if objection := wrong_code(session, plan.code):
        raise ValueError(objection)
    if not 0 < len(plan.name.strip()) <= 200:
        raise ValueError("填报任务名称应为 1 至 200 字。")
    units = tree(session)
    wanted = _wanted(units, listed)
    campaign = _added(session, plan)
    for unit in units:
        session.add(_expectation(campaign, unit, wanted))
    session.flush()
    _record_creation(session, campaign, "", by, at)
    return campaign


def wrong_code(session: Session, code: str) -> str | None:
    """Why this code cannot be used for a new campaign, as a sentence; None if it can."""
    if not CODE.fullmatch(code):
        return f"填报任务代码“{code}”{CODE_RULE}。"
    return f"填报任务 {code} 已经有了。" if campaign_by_code(session, code) else None


def copy_campaign(
    session: Session,
    source: Campaign,
    plan: Plan,
    *,
    allocations: bool,
    by: Actor,
    at: datetime,
) -> Campaign:
    """Create a draft campaign with the list of `source`: expected units, basis, order and 免报.

    Registered households are copied too, and with `allocations` the allocations. A unit founded
    since is expected if all units of `source` were. Raises `ValueError` as `create_campaign` does.
    """
    if objection := wrong_code(session, plan.code):
        raise ValueError(objection)
    campaign = _added(session, plan)
    kept = expectations_of(session, source)
    everybody = lists_everybody(kept.values())
    for unit in tree(session):
        before = kept.get(unit.id)
        row = _copied(campaign, unit, before, allocations) if before else None
        session.add(row or new_expectation(campaign, unit, listed=everybody))
    session.flush()
    _record_creation(session, campaign, f"，复制自 {source.name}（{source.code}）", by, at)
    return campaign


def _record_creation(
    session: Session, campaign: Campaign, more: str, by: Actor, at: datetime
) -> None:
    note = f"{named(campaign)}{more}"
    record_for_city(session, Action.CAMPAIGN_CREATED, note, by=by, at=at, campaign_id=campaign.id)


def _copied(
    campaign: Campaign, unit: Organisation, before: Expectation, allocations: bool
) -> Expectation:
    row = Expectation(
        campaign_id=campaign.id,
        organisation_id=unit.id,
        basis=before.basis,
        expected=before.expected or before.exempt_reason == CLOSED,
        exempt_reason="" if before.exempt_reason == CLOSED else before.exempt_reason,
        own_position=before.own_position,
        position=before.position,
        allocated=before.allocated if allocations else None,
        households=before.households,
    )
    _copy(unit, row)
    return row


def expectations_of(session: Session, campaign: Campaign) -> dict[int, Expectation]:
    """The list of a campaign by the organisation's id; the session comes from `opening`."""
    rows = session.scalars(select(Expectation).where(Expectation.campaign_id == campaign.id))
    return {row.organisation_id: row for row in rows}


def lists_everybody(rows: Iterable[Expectation]) -> bool:
    """Whether the list has all units, so that a new unit is added to it too."""
    return not any(row.exempt_reason == NOT_LISTED for row in rows)


def new_expectation(campaign: Campaign, unit: Organisation, *, listed: bool) -> Expectation:
    """The expectation of a unit that was on no list before."""
    return _expectation(campaign, unit, {unit.code: _Wanted()} if listed else {})


def tree(session: Session) -> Sequence[Organisation]:
    """Every organisation, each after the one above it."""
    return session.scalars(select(Organisation).order_by(Organisation.path)).all()


@dataclass(frozen=True, slots=True)
class _Wanted:
    basis: Basis | None = None
    allocated: int | None = None
    households: int | None = None


def _wanted(units: Sequence[Organisation], listed: Sequence[Listed] | None) -> dict[str, _Wanted]:
    living = {unit.code for unit in units if unit.closed_at is None}
    if listed is None:
        return dict.fromkeys(sorted(living), _Wanted())
    if objections := list(_objections(listed, living)):
        raise NotFounded(objections)
    return {one.code: _read(one) for one in listed}


def _objections(listed: Sequence[Listed], living: set[str]) -> Iterator[Objection]:
    if not listed:
        yield Objection(0, "code", "名单里没有单位")
    seen: set[str] = set()
    for number, one in enumerate(listed):
        if one.code not in living:
            yield Objection(number, "code", f"没有代码为“{one.code}”的单位")
        elif one.code in seen:
            yield Objection(number, "code", f"代码 {one.code} 重复")
        seen.add(one.code)
        if _plain(one.basis) not in _BASES:
            yield Objection(number, "basis", f"口径“{one.basis}”应为本级或全口径")
        if problem := parse_figure(one.allocated, ALLOCATED).problem:
            yield Objection(number, "allocated", f"下拨资金“{one.allocated}”：{problem.sentence}")
        if not re.fullmatch(r"[0-9]{0,8}", one.households):
            yield Objection(
                number,
                "households",
                f"建档户数“{one.households}”应为不超过 {MAX_COUNT:,} 的整数",
            )


_BASES: Mapping[str, Basis | None] = {
    "": None,
    "本级": Basis.OWN,
    "本级数": Basis.OWN,
    "own": Basis.OWN,
    "全口径": Basis.FULL,
    "全口径数": Basis.FULL,
    "全口径数(含所属)": Basis.FULL,
    "full": Basis.FULL,
}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _read(one: Listed) -> _Wanted:
    return _Wanted(
        _BASES[_plain(one.basis)],
        parse_figure(one.allocated, ALLOCATED).figure,
        int(one.households) if one.households else None,
    )


def _added(session: Session, plan: Plan) -> Campaign:
    campaign = Campaign(
        code=plan.code,
        name=plan.name.strip(),
        notice_number=plan.notice_number,
        notice=plan.notice,
        summary=plan.summary,
        contact=plan.contact,
        period=plan.period,
        edition_id=plan.edition.id,
        previous_id=plan.previous.id if plan.previous else None,
        round_of_id=plan.round_of.id if plan.round_of else None,
        round_name=plan.round_name,
        four_eyes=plan.four_eyes,
        signed_copy_required=plan.signed_copy_required,
        limits=dict(plan.limits),
        opens=plan.dates.opens,
        due=plan.dates.due,
        closes=plan.dates.closes,
    )
    session.add(campaign)
    session.flush()
    return campaign


def _expectation(
    campaign: Campaign, unit: Organisation, wanted: Mapping[str, _Wanted]
) -> Expectation:
    wish = wanted.get(unit.code)
    row = Expectation(
        campaign_id=campaign.id,
        organisation_id=unit.id,
        basis=(wish and wish.basis) or default_basis(unit.kind),
        expected=wish is not None,
        exempt_reason="" if wish else NOT_LISTED,
        allocated=wish.allocated if wish else None,
        households=wish.households if wish else None,
    )
    _copy(unit, row)
    return row


def default_basis(kind: str) -> Basis:
    """全口径 for every kind of unit except 市总, whose own report covers itself alone."""
    return Basis.OWN if kind == "市总" else Basis.FULL


def _copy(unit: Organisation, row: Expectation) -> None:
    row.parent_id = unit.parent_id
    row.path = unit.path
    row.code = unit.code
    row.name = unit.name
    row.kind = unit.kind
    if not row.own_position:
        row.position = unit.position
    if unit.closed_at:
        row.expected, row.exempt_reason = False, CLOSED


def open_campaign(session: Session, campaign: Campaign, *, by: Actor, at: datetime) -> Expected:
    """Publish a draft campaign with the current tree; returns the expected units.

    A unit founded since the campaign was created is expected if all others are. Raises `ValueError`
    with a sentence when the campaign cannot be published.
    """
    if campaign.status != Status.DRAFT:
        raise ValueError(f"填报任务 {campaign.code} 已经发布过了。")
    edition = session.get_one(FormEdition, campaign.edition_id)
    if edition.published_at is None:
        raise ValueError(f"表样 {edition.form}@{edition.version} 尚未发布，请先发布表样。")
    hold_tree(session)
    expected = expected_of(_copied_again(session, campaign))
    if not expected.counted:
        raise ValueError(f"填报任务 {campaign.code} 没有应报单位。")
    campaign.status = Status.PUBLISHED
    campaign.mark_changed(by.name, at)
    session.flush()
    note = f"{named(campaign)}，应报单位 {expected.sentence}"
    record_for_city(session, Action.CAMPAIGN_OPENED, note, by=by, at=at, campaign_id=campaign.id)
    return expected


def _copied_again(session: Session, campaign: Campaign) -> list[Expectation]:
    kept = expectations_of(session, campaign)
    everybody = lists_everybody(kept.values())
    rows = []
    for unit in tree(session):
        row = kept.get(unit.id) or new_expectation(campaign, unit, listed=everybody)
        _copy(unit, row)
        session.add(row)
        rows.append(row)
    return rows


def named(campaign: Campaign) -> str:
    """The campaign in the trail's words."""
    return f"{campaign.name}（{campaign.code}）"
