"""A campaign's copy of the tree, read from one node downwards."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.domain.campaign.board import HANDED_IN
from portal.domain.consolidation.placement import Basis, Member
from portal.domain.report_state import State
from portal.models import Expectation, Report, Submission
from portal.models.organisation import end_of_subtree
from portal.models.prepared import as_rows

Last = tuple[int, str]
"""A report's last submission: its number and its sha256."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A node of a campaign and all units below it, each with the state of its report.

    `organisations` and `reports` map a unit's code to ids; a unit that has not started has no
    report. `last` has the number and sha256 of a unit's last submission. `allocated` is what the
    city passed down to a unit, in fen; `answer` is the answer of the node's own report to
    本级筹集数是否含下拨各单位款项.
    """

    node: Expectation
    members: tuple[Member, ...]
    organisations: Mapping[str, int]
    reports: Mapping[str, int]
    last: Mapping[str, Last]
    allocated: Mapping[str, int]
    answer: bool | None = None

    def reports_of(self, members: Iterable[Member]) -> list[int]:
        """The ids of the reports of `members`."""
        return [self.reports[member.code] for member in members if member.code in self.reports]

    def content_of(self, members: Iterable[Member]) -> str | None:
        """A cache key that only equal figures share; None while a report may still change."""
        started = [member for member in members if member.code in self.reports]
        if not all(each.state in HANDED_IN and each.code in self.last for each in started):
            return None
        return sha256("".join(self.last[each.code][1] for each in started).encode()).hexdigest()


_units = (
    select(
        Expectation.organisation_id,
        Expectation.parent_id,
        Expectation.code,
        Expectation.name,
        Expectation.kind,
        Expectation.position,
        Expectation.basis,
        Expectation.expected,
        Expectation.allocated,
        Report.id.label("report_id"),
        Report.state,
        Report.includes_passed_down,
        Submission.number,
        Submission.sha256,
    )
    .outerjoin(
        Report,
        (Report.campaign_id == Expectation.campaign_id)
        & (Report.organisation_id == Expectation.organisation_id),
    )
    .outerjoin(
        Submission,
        # Without the organisation, SQLite scans every organisation for each row.
        (Submission.organisation_id == Report.organisation_id)
        & (Submission.report_id == Report.id)
        & (Submission.number == Report.submissions),
    )
    .where(
        Expectation.campaign_id == bindparam("campaign_id"),
        Expectation.path >= bindparam("path"),
        Expectation.path < bindparam("path_end"),
    )
)


def read_tree(session: Session, node: Expectation) -> Tree:
    """Read the tree from `node` downwards, as copied when the campaign opened."""
    bounds = {"path": node.path, "path_end": end_of_subtree(node.path)}
    rows = as_rows(session.execute(_units, {"campaign_id": node.campaign_id, **bounds}))
    codes = {row.organisation_id: row.code for row in rows}
    members = (
        Member(
            code=row.code,
            name=row.name,
            parent=codes.get(row.parent_id),
            kind=row.kind,
            order=row.position,
            basis=Basis(row.basis),
            expected=row.expected,
            state=State(row.state) if row.state else State.NOT_STARTED,
        )
        for row in rows
    )
    return Tree(
        node=node,
        members=tuple(members),
        organisations={code: organisation_id for organisation_id, code in codes.items()},
        reports={row.code: row.report_id for row in rows if row.report_id},
        last={row.code: (row.number, row.sha256) for row in rows if row.sha256},
        allocated={row.code: row.allocated for row in rows if row.allocated},
        answer=next((row.includes_passed_down for row in rows if row.code == node.code), None),
    )
