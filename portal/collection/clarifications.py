"""Clarifications (口径): the city's statements about items, and those a unit has to review."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.collection.assignment import FilledReport
from portal.domain.form.form import Form
from portal.models import Clarification, ClarificationReview, Question

ByItem = Mapping[str, Sequence[Clarification]]
"""The current clarifications by the code of their item."""

_of_campaign = (
    select(Clarification)
    .where(Clarification.campaign_id == bindparam("of_campaign"))
    .order_by(Clarification.id)
)
_reviewed = select(ClarificationReview.clarification_id).where(
    ClarificationReview.report_id == bindparam("of_report")
)


def every_version(session: Session, campaign_id: int) -> list[list[Clarification]]:
    """The clarifications of a campaign by thread, each thread with its newest version last."""
    threads: dict[int, list[Clarification]] = defaultdict(list)
    for each in session.scalars(_of_campaign, {"of_campaign": campaign_id}):
        threads[each.thread or each.id].append(each)
    return list(threads.values())


def in_force(session: Session, campaign_id: int) -> ByItem:
    """The newest version of every published clarification, by item."""
    by_item: dict[str, list[Clarification]] = defaultdict(list)
    for versions in every_version(session, campaign_id):
        by_item[versions[-1].item].append(versions[-1])
    return by_item


def to_review(session: Session, filled_report: FilledReport, published: ByItem) -> ByItem:
    """口径更新，请复核: the clarifications published after the unit filled the item.

    It is settled when the figure changes, or when the unit confirms that the figure agrees.
    """
    report = filled_report.assignment.report
    if report is None or not published:
        return {}
    reviewed = set(session.scalars(_reviewed, {"of_report": report.id}))
    waiting = {
        code: [
            each
            for each in some
            if each.id not in reviewed and _filled_before(filled_report, code, each)
        ]
        for code, some in published.items()
    }
    return {code: some for code, some in waiting.items() if some}


def _filled_before(filled_report: FilledReport, code: str, published: Clarification) -> bool:
    kept = [filled_report.at(leaf) for leaf in leaves_of(filled_report.form, code)]
    saved = [each.saved_at for each in kept if each.value is not None and each.saved_at]
    return bool(saved) and max(saved) <= published.published_at


def leaves_of(form: Form, code: str) -> Iterable[str]:
    """The leaves of an item: the item itself, or the typed parts of a sum."""
    item = form.by_code.get(code)
    if item is None:
        return ()
    if not item.calculated:
        return (code,)
    return (leaf.code for leaf in form.leaves if code in form.sums_over[leaf.code])


def questions_of(session: Session, campaign_id: int, item: str | None = None) -> Sequence[Question]:
    """The questions of the session's organisations in a campaign, newest first."""
    wanted = select(Question).where(Question.campaign_id == campaign_id)
    if item is not None:
        wanted = wanted.where(Question.item == item)
    return session.scalars(wanted.order_by(Question.id.desc())).all()
