"""Views of editions: freeze one, read, print and export it, see and acknowledge differences."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from portal import clock
from portal.access.identity import actor, organisation_here
from portal.access.rules import allow, desk, may, own_reviewer
from portal.access.tenancy import subtree
from portal.collection.assignment import Assignment
from portal.consolidation.editions import earlier, operations, paper
from portal.consolidation.editions.operations import FrozenEdition
from portal.consolidation.node import ConsolidationScope
from portal.consolidation.page_views import bp
from portal.consolidation.sources import freezing, sources_of
from portal.consolidation.tree import read_tree
from portal.domain.campaign.calendar import ZONE
from portal.domain.characters import objection, taken_out, without_unseen
from portal.domain.consolidation.difference import Difference
from portal.domain.consolidation.placement import Scope
from portal.domain.consolidation.sources import FREEZABLE
from portal.domain.paper.code import code_of, read_code
from portal.models import DifferenceAcknowledgement
from portal.models.consolidation_edition import MAX_REMARK_LENGTH
from portal.storage.db import db, writing
from portal.web.assignments import assignment_here
from portal.web.errors import BadInput
from portal.web.form_fields import nonce_in
from portal.web.paper_code import PaperCode, code_leading_to


def _kept(assignment: Assignment, number: int) -> FrozenEdition:
    return operations.edition_number(db.session(), assignment, number) or abort(404)


@contextmanager
def _live(assignment: Assignment, scope: Scope) -> Iterator[tuple[Session, ConsolidationScope]]:
    """The consolidation as it is now, and the session that reads its subtree."""
    with subtree(organisation_here()) as session:
        yield (
            session,
            ConsolidationScope(assignment, read_tree(session, assignment.expectation), scope),
        )


@dataclass(frozen=True)
class Newest:
    """The newest edition compared with the live sums: whether they differ, and who acknowledged."""

    kept: FrozenEdition
    difference: Difference
    acknowledged: DifferenceAcknowledgement | None
    acknowledgeable: bool
    """Whether the person may say that the difference is known."""

    @property
    def amber(self) -> bool:
        """Whether the page warns: the sums differ and nobody has acknowledged the difference."""
        return bool(self.difference) and self.acknowledged is None


@dataclass(frozen=True)
class Freezing:
    """The fields of the freeze button: the fingerprint seen, and a nonce for the click."""

    seen: str
    nonce: str


@dataclass(frozen=True)
class EditionPanel:
    """The edition panel of a live consolidation, read only where a template asks for it."""

    node: ConsolidationScope

    @cached_property
    def newest(self) -> Newest | None:
        """The newest edition against the live sums; None before the first."""
        kept = operations.newest_edition(db.session(), self.node.assignment)
        return _against_now(kept, self.node.assignment) if kept else None

    @cached_property
    def freezing(self) -> Freezing | None:
        """The freeze button; None for who may not freeze, and for 含填报中."""
        node = self.node
        if node.scope not in FREEZABLE or not node.standing.included:
            return None
        if not may(own_reviewer, organisation_here().id):
            return None
        seen = sources_of(node).seen(node.scope, node.form)
        return Freezing(seen, secrets.token_hex(16))


def _against_now(kept: FrozenEdition, assignment: Assignment) -> Newest:
    with _live(assignment, kept.scope) as (session, node):
        difference = operations.difference_now(session, kept, node)
    known = operations.acknowledgements_of(db.session(), kept) if difference else ()
    matching = (one for one in known if one.difference == difference.sha256)
    acknowledgeable = may(own_reviewer, organisation_here().id)
    return Newest(kept, difference, next(matching, None), acknowledgeable)


@bp.context_processor
def _beside() -> dict[str, Any]:
    return {"editions_beside": EditionPanel, "live_proof": _live_proof}


def _live_proof(node: ConsolidationScope) -> PaperCode | None:
    """The QR of a print of the live sums; None for 含填报中, since drafts prove nothing.

    Its link names the moment, from which the trail can replay the sums. A typed code names no
    moment, so the code is not printed.
    """
    if node.scope not in FREEZABLE:
        return None
    sha256 = earlier.fingerprint_of(node, sources_of(node))
    path = url_for(
        "consolidation.check_print",
        campaign=node.assignment.campaign.code,
        scope=node.scope.value,
        at=clock.now().astimezone(ZONE).replace(tzinfo=None).isoformat(),
        code=code_of(sha256),
    )
    return code_leading_to(sha256, path)


@bp.get("/editions")
@allow(desk)
def all_editions(campaign: str) -> Any:
    """Every edition of this consolidation, the newest on top."""
    assignment = assignment_here(campaign)
    kept = operations.editions_of(db.session(), assignment)
    newest = _against_now(kept[0], assignment) if kept else None
    return render_template(
        "consolidation/editions.html", assignment=assignment, editions=kept, newest=newest
    )


@bp.post("/editions")
@allow(own_reviewer)
def freeze(campaign: str) -> Any:
    """锁定本版: freeze what the person has just seen as the next edition."""
    assignment = assignment_here(campaign)
    scope, nonce = _freezable(), nonce_in(request.form)
    if not nonce:
        raise BadInput("请从汇总页面点“锁定本版”。")
    with _live(assignment, scope) as (reading, node):
        frozen = freezing(reading, node, clock.now())
    with writing() as session:
        kept, made = operations.freeze(
            session,
            assignment_here(campaign),
            frozen,
            seen=request.form.get("seen", ""),
            nonce=nonce,
            by=actor(),
            at=clock.now(),
        )
        session.commit()
    done = "已锁定" if made else "没有新的变动，没有另立新版：这就是"
    flash(f"{done}汇总表（第 {kept.number} 版）。")
    return redirect(url_for(".edition", campaign=campaign, number=kept.number), 303)


def _freezable() -> Scope:
    for scope in FREEZABLE:
        if request.form.get("scope") == scope:
            return scope
    raise BadInput("只能锁定“已审核”或“已上报”范围的汇总，请从汇总页面点“锁定本版”。")


@bp.get("/editions/<int(max=9999):number>")
@allow(desk)
def edition(campaign: str, number: int) -> Any:
    """One edition to read: its sums, whose submissions they are, who froze it and when."""
    assignment = assignment_here(campaign)
    kept = _kept(assignment, number)
    newest = operations.newest_edition(db.session(), assignment)
    return render_template(
        "consolidation/edition.html",
        assignment=assignment,
        kept=kept,
        sheet=paper.sheet_of(kept),
        shown=paper.shown_columns(kept),
        newest=_against_now(kept, assignment),
        is_newest=newest is None or newest.number == kept.number,
        acknowledgements=operations.acknowledgements_of(db.session(), kept),
    )


@bp.get("/editions/<int(max=9999):number>/print")
@allow(desk)
def print_edition(campaign: str, number: int) -> Any:
    """The edition on A4, as the notice's annex draws the form."""
    assignment = assignment_here(campaign)
    kept = _kept(assignment, number)
    return render_template(
        "consolidation/edition_print.html",
        assignment=assignment,
        kept=kept,
        sheet=paper.form_of_totals(kept),
    )


@bp.get("/editions/<int(max=9999):number>/difference")
@allow(desk)
def difference(campaign: str, number: int) -> Any:
    """差异单: what has changed since an edition, until now or until a later one."""
    assignment = assignment_here(campaign)
    kept = _kept(assignment, number)
    others = [
        one for one in operations.editions_of(db.session(), assignment) if one.number > number
    ]
    to = _later(others)
    now = None if to else _against_now(kept, assignment)
    differing = operations.difference_between(kept, to) if to else now and now.difference
    with subtree(organisation_here()) as session:
        corrected = operations.corrected(session, differing, assignment) if differing else ()
    return render_template(
        "consolidation/difference.html",
        assignment=assignment,
        kept=kept,
        others=others,
        to=to,
        newest=now,
        difference=differing,
        corrected=corrected,
    )


def _later(others: list[FrozenEdition]) -> FrozenEdition | None:
    text = request.args.get("to", "")
    if not text:
        return None
    return next((one for one in others if str(one.number) == text), None) or abort(404)


@bp.get("/paper")
@allow(desk)
def check_print(campaign: str) -> Any:
    """核对纸质件: what a print of the live sums says otherwise than the system now."""
    assignment = assignment_here(campaign)
    code, scope, moment = read_code(request.args.get("code", "")), _printable(), _moment()
    with _live(assignment, scope) as (session, node):
        then = earlier.print_of(session, node, moment, code) if moment else None
        found = earlier.difference_since(session, node, then) if then else None
    return render_template(
        "consolidation/print_check.html",
        assignment=assignment,
        scope=scope,
        moment=moment,
        code=code,
        difference=found,
        form=assignment.form,
    )


def _printable() -> Scope:
    return next((one for one in FREEZABLE if one == request.args.get("scope")), FREEZABLE[0])


def _moment() -> datetime | None:
    """The moment that the print's link names; None where it cannot be read."""
    try:
        moment = datetime.fromisoformat(request.args.get("at", "")[:40])
    except ValueError:
        return None
    return moment.replace(tzinfo=ZONE) if 2000 < moment.year < 3000 else None


@bp.post("/editions/<int(max=9999):number>/upward-report")
@allow(own_reviewer)
def report_upward(campaign: str, number: int) -> Any:
    """标记已报省总: record that this edition was reported to the union above."""
    typed = request.form.get("remark", "")
    remark = without_unseen(typed)
    if sentence := objection(remark):
        raise BadInput(f"备注{sentence}，没有保存。")
    if len(remark) > MAX_REMARK_LENGTH:
        raise BadInput(f"备注最多 {MAX_REMARK_LENGTH} 个字，没有保存。")
    with writing() as session:
        assignment = assignment_here(campaign)
        kept = _kept(assignment, number)
        operations.report_upward(session, assignment, kept, remark, by=actor(), at=clock.now())
        session.commit()
    flash(f"已标记：{kept.title}已报省总。{taken_out(typed)}")
    return redirect(url_for(".edition", campaign=campaign, number=number), 303)


@bp.post("/editions/<int(max=9999):number>/acknowledgement")
@allow(own_reviewer)
def acknowledge(campaign: str, number: int) -> Any:
    """已知悉: record that this difference has been seen."""
    with writing() as session:
        assignment = assignment_here(campaign)
        kept = _kept(assignment, number)
        with _live(assignment, kept.scope) as (reading, node):
            now = operations.difference_now(reading, kept, node)
        operations.acknowledge(
            session,
            assignment,
            kept,
            now,
            request.form.get("difference", ""),
            by=actor(),
            at=clock.now(),
        )
        session.commit()
    flash("已记为知悉；以后再有新的差异会重新提示。")
    return redirect(url_for(".difference", campaign=campaign, number=number), 303)
