"""Opening: a campaign is planned, its units are named, and the tree is copied into it.

The copy is made when the campaign is created, so that the list of units can be seen and
changed while it is a draft, and made anew from the living tree when the campaign opens.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.calendar import Dates, Status
from portal.domain.consolidation import Basis
from portal.domain.figures import GREATEST_COUNT, Kind, Unit, read
from portal.founding import CODE, CODE_RULE, Actor, NotFounded, Objection, record_for_city
from portal.models import Campaign, Expectation, FormEdition, Organisation
from portal.models.campaign import campaign_by_code
from portal.models.trail import Action

NOT_LISTED = "未列入本次应报范围"
CLOSED = "单位已撤销"

ALLOCATED = Unit("万元", Kind.MONEY, 6)
"""Money passed down is registered to the fen, whatever the form's decimals."""


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
    period: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A unit on the list of those expected, as typed; `allocated` is in 万元."""

    code: str
    basis: str = ""
    allocated: str = ""
    households: str = ""


def create_campaign(
    session: Session, plan: Plan, listed: Sequence[Listed] | None, *, by: Actor, at: datetime
) -> Campaign:
    """Create a draft campaign that expects the units `listed`, or all of them when None.

    Raises `NotFounded` with everything that is wrong with the list, `ValueError` with a
    sentence when the campaign itself cannot be. The session comes from `tenancy.opening`.
    """
    if not CODE.fullmatch(plan.code):
        raise ValueError(f"填报任务代码“{plan.code}”{CODE_RULE}。")
    if campaign_by_code(session, plan.code):
        raise ValueError(f"填报任务 {plan.code} 已经有了。")
    if not 0 < len(plan.name.strip()) <= 200:
        raise ValueError("填报任务名称应为 1 至 200 字。")
    units = _tree(session)
    wanted = _wanted(units, listed)
    campaign = _added(session, plan)
    for unit in units:
        session.add(_expectation(campaign, unit, wanted))
    session.flush()
    record_for_city(session, Action.CAMPAIGN_CREATED, _named(campaign), by=by, at=at)
    return campaign


def _tree(session: Session) -> Sequence[Organisation]:
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
        if problem := read(one.allocated, ALLOCATED).problem:
            yield Objection(number, "allocated", f"下拨资金“{one.allocated}”：{problem.sentence}")
        if not re.fullmatch(r"[0-9]{0,8}", one.households):
            yield Objection(
                number,
                "households",
                f"建档户数“{one.households}”应为不超过 {GREATEST_COUNT:,} 的整数",
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
        read(one.allocated, ALLOCATED).figure,
        int(one.households) if one.households else None,
    )


def _added(session: Session, plan: Plan) -> Campaign:
    campaign = Campaign(
        code=plan.code,
        name=plan.name.strip(),
        notice_number=plan.notice_number,
        notice=plan.notice,
        contact=plan.contact,
        period=plan.period,
        edition_id=plan.edition.id,
        previous_id=plan.previous.id if plan.previous else None,
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
    """全口径 for every kind of unit but the city, whose own report covers itself alone."""
    return Basis.OWN if kind == "市总" else Basis.FULL


def _copy(unit: Organisation, row: Expectation) -> None:
    row.parent_id = unit.parent_id
    row.path = unit.path
    row.code = unit.code
    row.name = unit.name
    row.kind = unit.kind
    row.position = unit.position
    if unit.closed_at:
        row.expected, row.exempt_reason = False, CLOSED


def open_campaign(session: Session, campaign: Campaign, *, by: Actor, at: datetime) -> int:
    """Publish a draft campaign with the tree as it is now; answers how many units are expected.

    A unit founded since the campaign was created is expected where all others are. Raises
    `ValueError` with a sentence when the campaign cannot open.
    """
    if campaign.status != Status.DRAFT:
        raise ValueError(f"填报任务 {campaign.code} 已经发布过了。")
    edition = session.get_one(FormEdition, campaign.edition_id)
    if edition.published_at is None:
        raise ValueError(f"表样 {edition.form}@{edition.version} 尚未发布，请先发布表样。")
    expected = sum(row.expected for row in _copied_again(session, campaign))
    if not expected:
        raise ValueError(f"填报任务 {campaign.code} 没有应报单位。")
    campaign.status = Status.PUBLISHED
    session.flush()
    note = f"{_named(campaign)}，应报单位 {expected} 家"
    record_for_city(session, Action.CAMPAIGN_OPENED, note, by=by, at=at)
    return expected


def _copied_again(session: Session, campaign: Campaign) -> list[Expectation]:
    kept = {
        row.organisation_id: row
        for row in session.scalars(
            select(Expectation).where(Expectation.campaign_id == campaign.id)
        )
    }
    everybody = not any(row.exempt_reason == NOT_LISTED for row in kept.values())
    rows = []
    for unit in _tree(session):
        row = kept.get(unit.id) or _expectation(
            campaign, unit, {unit.code: _Wanted()} if everybody else {}
        )
        _copy(unit, row)
        session.add(row)
        rows.append(row)
    return rows


def _named(campaign: Campaign) -> str:
    return f"{campaign.name}（{campaign.code}）"
