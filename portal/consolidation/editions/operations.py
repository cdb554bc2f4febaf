"""Operations on editions: freeze one, read it, compare it with now, report it, acknowledge.

The view commits.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.collection.assignment import Assignment
from portal.consolidation.node import ConsolidationScope
from portal.consolidation.reported import reported_of
from portal.consolidation.sources import figures_by_unit, sources_of
from portal.consolidation.sums import total_of
from portal.domain.campaign.calendar import MINUTE, Status
from portal.domain.consolidation import difference as differences
from portal.domain.consolidation import edition as documents
from portal.domain.consolidation import kept_edition
from portal.domain.consolidation.difference import (
    Difference,
    Moment,
    moment_of,
)
from portal.domain.consolidation.edition import Frozen
from portal.domain.consolidation.placement import Scope
from portal.domain.form.form import Form
from portal.domain.paper.code import code_of
from portal.domain.report.submission import canonical_bytes, fingerprint
from portal.domain.report_state import NotAllowedNow
from portal.models import (
    ConsolidationEdition,
    DifferenceAcknowledgement,
    Submission,
    UpwardReport,
)
from portal.models.trail import record
from portal.models.trail_actions import Action

MOVED = "您看到的汇总刚刚有了变动，没有锁定。请核对现在的数和未含单位后，再点“锁定本版”。"
OTHER_DIFFERENCE = "差异刚刚又有了变化，没有记为已知悉。请看过现在的差异单再点。"


@dataclass(frozen=True)
class FrozenEdition:
    """One frozen edition, with the upward report of it if there is one."""

    row: ConsolidationEdition
    form: Form
    upward: UpwardReport | None = None

    @property
    def number(self) -> int:
        """The n of 第 n 版."""
        return self.row.number

    @property
    def scope(self) -> Scope:
        """The scope that the edition adds: 已审核 or 已上报."""
        return Scope(self.row.scope)

    @property
    def title(self) -> str:
        """The edition's title: 汇总表（第 n 版）."""
        return f"汇总表（第 {self.number} 版）"

    @property
    def code(self) -> str:
        """The 核对码 that its prints carry."""
        return code_of(self.row.sha256)

    @property
    def as_of(self) -> datetime:
        """The instant of its figures: that of locking where its document names none."""
        return self.frozen.as_of or self.row.frozen_at

    @cached_property
    def frozen(self) -> Frozen:
        """What it says."""
        return kept_edition.read_document(self.form, json.loads(self.row.document))


def editions_of(session: Session, assignment: Assignment) -> list[FrozenEdition]:
    """Every edition of a node in a campaign, newest first."""
    rows = session.execute(_editions(assignment))
    return [
        FrozenEdition(row.ConsolidationEdition, assignment.form, row.UpwardReport) for row in rows
    ]


def edition_number(session: Session, assignment: Assignment, number: int) -> FrozenEdition | None:
    """The `number`-th edition, or None."""
    found = session.execute(
        _editions(assignment).where(ConsolidationEdition.number == number)
    ).first()
    if found is None:
        return None
    return FrozenEdition(found.ConsolidationEdition, assignment.form, found.UpwardReport)


def newest_edition(session: Session, assignment: Assignment) -> FrozenEdition | None:
    """The newest edition; None before the first."""
    found = session.execute(_editions(assignment).limit(1)).first()
    return (
        FrozenEdition(found.ConsolidationEdition, assignment.form, found.UpwardReport)
        if found
        else None
    )


def _editions(assignment: Assignment) -> Select[ConsolidationEdition, UpwardReport]:
    return (
        select(ConsolidationEdition, UpwardReport)
        .outerjoin(
            UpwardReport,
            (UpwardReport.edition_id == ConsolidationEdition.id)
            & (UpwardReport.organisation_id == ConsolidationEdition.organisation_id),
        )
        .where(ConsolidationEdition.campaign_id == assignment.campaign.id)
        .order_by(ConsolidationEdition.number.desc())
    )


def difference_now(session: Session, kept: FrozenEdition, node: ConsolidationScope) -> Difference:
    """What differs between an edition and now; `session` reads the subtree of `node`."""
    live = sources_of(node)
    if live.counted == kept.row.counted:
        return Difference((), ())
    frozen = kept.frozen
    pairs = differences.moved(frozen.sources, live)
    now = figures_by_unit(session, [new for _, new in pairs if new])
    return differences.difference(
        kept.form, pairs, frozen.figures, now, moment_of(frozen), moment_now(session, node)
    )


def moment_now(session: Session, node: ConsolidationScope) -> Moment:
    """The sums and allocations of `node` now."""
    total = total_of(session, node.tree, node.standing.included, node.form)
    return Moment.of(reported_of(session, node, total))


def corrected(session: Session, difference: Difference, assignment: Assignment) -> frozenset[str]:
    """The units of a difference whose new submission came after 停止填报; they have a 更正单."""
    now = {unit.now.sha256: unit.code for unit in difference.units if unit.before and unit.now}
    late = session.scalars(
        select(Submission.sha256).where(
            Submission.sha256.in_(now),
            Submission.submitted_at >= assignment.campaign.dates.closes + MINUTE,
        )
    )
    return frozenset(now[sha256] for sha256 in late)


def difference_between(old: FrozenEdition, new: FrozenEdition) -> Difference:
    """What differs between two editions."""
    before, now = old.frozen, new.frozen
    pairs = differences.moved(before.sources, now.sources)
    return differences.difference(
        old.form, pairs, before.figures, now.figures, moment_of(before), moment_of(now)
    )


def acknowledgements_of(
    session: Session, kept: FrozenEdition
) -> Sequence[DifferenceAcknowledgement]:
    """The acknowledgements of differences from an edition, newest first."""
    return session.scalars(
        select(DifferenceAcknowledgement)
        .where(DifferenceAcknowledgement.edition_id == kept.row.id)
        .order_by(DifferenceAcknowledgement.acknowledged_at.desc())
    ).all()


def freeze(
    session: Session,
    assignment: Assignment,
    frozen: Frozen,
    *,
    seen: str,
    nonce: str,
    by: Person,
    at: datetime,
) -> tuple[ConsolidationEdition, bool]:
    """Freeze the consolidation as the next edition; returns it, and whether it is a new one.

    A second click with the same nonce returns the first click's edition; freezing what the newest
    edition says already returns that edition. Raises `NotAllowedNow` (409) when the sums or the
    missing units differ from those `seen`.
    """
    if known := _edition_by_nonce(session, assignment, nonce):
        return known, False
    if assignment.status is Status.ARCHIVED:
        raise NotAllowedNow("填报任务已归档，不能再锁定新的版次。")
    if frozen.seen != seen:
        raise NotAllowedNow(MOVED)
    if not frozen.sources.included:
        raise NotAllowedNow("还没有可以汇总的报表，不能锁定。")
    newest = newest_edition(session, assignment)
    if newest and newest.frozen.seen == seen:
        return newest.row, False
    return keep(session, assignment, frozen, newest, nonce, by, at), True


def _edition_by_nonce(
    session: Session, assignment: Assignment, nonce: str
) -> ConsolidationEdition | None:
    return session.scalar(
        select(ConsolidationEdition).where(
            ConsolidationEdition.campaign_id == assignment.campaign.id,
            ConsolidationEdition.nonce == nonce,
        )
    )


def keep(
    session: Session,
    assignment: Assignment,
    frozen: Frozen,
    newest: FrozenEdition | None,
    nonce: str,
    by: Person,
    at: datetime,
) -> ConsolidationEdition:
    """Write `frozen` as the edition after `newest`, without comparing it with what was seen."""
    number = newest.number + 1 if newest else 1
    content = canonical_bytes(documents.document(frozen, number=number, at=at, by=by.name))
    kept = ConsolidationEdition(
        organisation_id=assignment.expectation.organisation_id,
        campaign_id=assignment.campaign.id,
        number=number,
        scope=frozen.scope,
        document=content.decode(),
        sha256=fingerprint(content),
        counted=frozen.sources.counted,
        frozen_at=at,
        frozen_by_id=by.id,
        frozen_by=by.name,
        nonce=nonce,
    )
    session.add(kept)
    session.flush()
    note = (
        f"{assignment.campaign.name} 汇总表（第 {number} 版·{frozen.scope.label}），"
        f"汇总单位 {len(frozen.sources.included)} 家，未含 {len(frozen.sources.missing)} 家，"
        f"数据指纹 {kept.sha256}"
    )
    record(session, Action.EDITION_FROZEN, assignment.expectation.about, by=by, at=at, note=note)
    return kept


def report_upward(
    session: Session,
    assignment: Assignment,
    kept: FrozenEdition,
    remark: str,
    *,
    by: Person,
    at: datetime,
) -> None:
    """标记已报省总: record that the edition was reported upward; again changes nothing."""
    if kept.upward:
        return
    session.add(
        UpwardReport(
            organisation_id=kept.row.organisation_id,
            edition_id=kept.row.id,
            remark=remark,
            reported_at=at,
            reported_by_id=by.id,
            reported_by=by.name,
        )
    )
    session.flush()
    note = f"{assignment.campaign.name} {kept.title}" + (f"：{remark}" if remark else "")
    record(session, Action.REPORTED_UPWARD, assignment.expectation.about, by=by, at=at, note=note)


def acknowledge(
    session: Session,
    assignment: Assignment,
    kept: FrozenEdition,
    difference: Difference,
    seen: str,
    *,
    by: Person,
    at: datetime,
) -> None:
    """Record that `by` has seen this difference; again changes nothing.

    Raises `NotAllowedNow` (409) when the difference is no longer the one `seen`.
    """
    if difference.sha256 != seen or not difference:
        raise NotAllowedNow(OTHER_DIFFERENCE)
    if any(known.difference == seen for known in acknowledgements_of(session, kept)):
        return
    session.add(
        DifferenceAcknowledgement(
            organisation_id=kept.row.organisation_id,
            edition_id=kept.row.id,
            difference=seen,
            acknowledged_at=at,
            acknowledged_by_id=by.id,
            acknowledged_by=by.name,
        )
    )
    session.flush()
    note = f"{assignment.campaign.name} {kept.title}之后的差异：{difference.told}"
    record(
        session,
        Action.DIFFERENCE_ACKNOWLEDGED,
        assignment.expectation.about,
        by=by,
        at=at,
        note=note,
    )
