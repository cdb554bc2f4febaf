"""Entering on behalf (代录): the next union up enters figures that a unit gave otherwise.

Reviewers may not fill in any other way. Every entered figure is marked until the unit confirms or
changes it, and the trail has the ground. The view commits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.access.identity import Person
from portal.access.rules import NotYourRole
from portal.collection import on_behalf
from portal.collection.assignment import FilledReport, Stored, fill_of
from portal.collection.decisions import may_decide
from portal.domain.characters import objection, shown, without_unseen
from portal.domain.figures import Problem
from portal.domain.form.form import Item
from portal.domain.report.return_answers import WHOLE_FORM, Reply
from portal.domain.report.sole_handling import Act, Assurance
from portal.domain.report_state import NotAllowedNow
from portal.models import Expectation, OnBehalfEntry, OnBehalfItem, Report, Submission
from portal.models.trail import record
from portal.models.trail_actions import Action, EntryChannel
from portal.reports import answering, operations, saving
from portal.reports.operations import NotReady
from portal.reports.saving import SaveResult
from portal.reports.typed import Typed

GROUNDS = ("来电", "传真", "照片")
MAX_CALLER_LENGTH = 25


@dataclass(frozen=True, slots=True)
class Ground:
    """The ground of an entry: by telephone, fax or photo, and who of the unit gave the figures."""

    kind: str = ""
    caller: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Ground":
        """Read the posted fields."""
        return cls(fields.get("ground", ""), shown(without_unseen(fields.get("caller", ""))))

    @property
    def problem(self) -> Problem | None:
        """What is missing, or None."""
        if self.kind not in GROUNDS:
            return Problem("请选择代录的依据：来电、传真或照片。")
        if not self.caller:
            return Problem("请写明由单位的哪一位提供。")
        if sentence := objection(self.caller):
            return Problem(f"提供人{sentence}。")
        if len(self.caller) > MAX_CALLER_LENGTH:
            return Problem(f"提供人不超过 {MAX_CALLER_LENGTH} 字。")
        return None

    @property
    def words(self) -> str:
        """The ground in words, for the trail and the marks."""
        return f"{self.kind}，{self.caller}"


def require_level(session: Session, by: Person, expectation: Expectation) -> None:
    """Raise `NotYourRole` (403) unless `by` belongs to the next union above the unit."""
    at_home = by.organisation.id == expectation.organisation_id
    if at_home or not may_decide(session, by, expectation):
        raise NotYourRole("只有该单位的上一级工会可以代录。")


def keep(
    session: Session,
    filling: FilledReport,
    typed: Mapping[Item, Typed],
    ground: Ground,
    *,
    zero_rest: bool,
    by: Person,
    at: datetime,
) -> tuple[FilledReport, list[SaveResult]]:
    """Write the figures typed for the unit; with `zero_rest` the remaining blanks become zeros.

    A refused figure stops no other. Raises `NotAllowedNow` (409) at the wrong moment, `NotYourRole`
    (403) for another level.
    """
    require_level(session, by, filling.assignment.expectation)
    filling.assignment.may_write(at).require()
    judged = [saving.evaluate(filling, item, text) for item, text in typed.items()]
    wanted = [one for one in judged if one.written]
    refused = any(one.refused for one in judged)
    if not (wanted or (zero_rest and not refused)):
        return filling, judged
    report = saving.ensure_draft(session, filling.assignment, by=by, at=at)
    filling = saving.in_report(filling, report)
    kept: dict[str, Stored] = {}
    if wanted:
        kept = saving.save(session, filling, wanted, by=by, at=at, channel=EntryChannel.ON_BEHALF)
        filling = replace(filling, stored={**filling.stored, **kept})
    if zero_rest and not refused:
        filling, zeros = _zero_rest(session, filling, by=by, at=at)
        kept |= zeros
    if kept:
        _mark(session, report, ground, kept, by=by, at=at)
    return filling, judged


def _zero_rest(
    session: Session, filling: FilledReport, *, by: Person, at: datetime
) -> tuple[FilledReport, dict[str, Stored]]:
    blank = saving.zeros(filling)
    if not blank:
        return filling, {}
    _, kept = saving.save_batch(
        session, filling, blank, Action.ZEROS_FILLED, by=by, at=at, channel=EntryChannel.ON_BEHALF
    )
    return replace(filling, stored={**filling.stored, **kept}), kept


def _mark(
    session: Session,
    report: Report,
    ground: Ground,
    kept: Mapping[str, Stored],
    *,
    by: Person,
    at: datetime,
) -> None:
    entry = OnBehalfEntry(
        organisation_id=report.organisation_id,
        report_id=report.id,
        ground=ground.kind,
        caller=ground.caller,
        entered_at=at,
        entered_by=by.name,
        entered_by_id=by.id,
    )
    session.add(entry)
    report.on_behalf_by, report.on_behalf_ground = by.name, ground.words
    report.on_behalf_confirmed_at = None
    session.flush()
    if rows := [
        {
            "organisation_id": report.organisation_id,
            "entry_id": entry.id,
            "item": code,
            "version": stored.version,
        }
        for code, stored in kept.items()
    ]:
        session.execute(insert(OnBehalfItem), rows)
    note = f"依据：{ground.words}；{len(kept)} 项" if kept else f"依据：{ground.words}；代为上报"
    channel = EntryChannel.ON_BEHALF
    record(
        session, Action.ENTERED_ON_BEHALF, report.about, by=by, at=at, channel=channel, note=note
    )


Text: TypeAlias = tuple[Mapping[str, str], str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What the unit said by telephone: explanations of queries, answers to a sending back.

    Each of `texts` has the numbers seen by query key, the reason and the words.
    """

    texts: Sequence[Text] = ()
    replies: Mapping[str, Reply] = field(default_factory=dict)


def submit(
    session: Session,
    filling: FilledReport,
    ground: Ground,
    said: Said,
    assurance: Assurance,
    *,
    nonce: str,
    by: Person,
    at: datetime,
) -> Submission | NotReady | Problem:
    """上报 for the unit, with what it said about queries and a sending back.

    Returns what is missing where the form is not ready, or the problem of what was typed. Who has
    entered figures for the unit must give an `assurance`. Raises `NotAllowedNow` (409) and
    `NotYourRole` (403) as `keep` does.
    """
    require_level(session, by, filling.assignment.expectation)
    if known := operations.submission_for(session, filling, nonce):
        return known
    operations.may_submit(filling, by=by, at=at).require()
    told = tell(session, filling, said, by=by, at=at)
    if isinstance(told, Problem):
        return told
    filling = told
    acts = on_behalf.alone_in(session, filling.assignment.report, Act.SUBMIT, by=by)
    if problem := on_behalf.refuse_alone(acts, assurance, filling.assignment, at):
        return problem
    outcome = operations.submit(
        session,
        filling,
        nonce=nonce,
        by=by,
        at=at,
        channel=EntryChannel.ON_BEHALF,
        ground=ground.words,
    )
    report = filling.assignment.report
    if not isinstance(outcome, NotReady) and report is not None:
        _mark(session, report, ground, {}, by=by, at=at)
        on_behalf.keep_alone(session, report, acts, assurance, act=Act.SUBMIT, by=by, at=at)
    return outcome


def tell(
    session: Session, filling: FilledReport, said: Said, *, by: Person, at: datetime
) -> FilledReport | Problem:
    """Save what the unit said about queries, slips and a sending back; returns a problem if any.

    Otherwise returns the report with all of it. Raises `NotAllowedNow` (409) as
    `operations.explain` does.
    """
    channel = EntryChannel.ON_BEHALF
    asks = bool(operations.not_ready(filling).unexplained)
    for seen, reason, words in said.texts if asks else ():
        if problem := operations.explain(
            session, filling, seen, reason=reason, words=words, by=by, at=at, channel=channel
        ):
            return problem
    if said.replies:
        replies = said.replies
        problems = answering.answer(session, filling, replies, by=by, at=at, channel=channel)
        for code, wrong in problems.items():
            place = "整张报表" if code == WHOLE_FORM else code
            return Problem(f"{place}的答复：{wrong.sentence}")
    return fill_of(session, filling.assignment)


def confirm(session: Session, report: Report | None, *, by: Person, at: datetime) -> int:
    """确认代录; raises `NotAllowedNow` (409) where nothing was entered for the unit."""
    if report is None or not report.on_behalf_by:
        raise NotAllowedNow("本单位的报表没有代录的数，不需要确认。")
    return on_behalf.confirm(session, report, by=by, at=at)
