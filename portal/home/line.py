"""The line that says in one sentence what one's own report lacks and how much time is left."""

from datetime import datetime

from portal.collection.assignment import Assignment, FilledReport
from portal.collection.on_behalf import waits
from portal.domain.campaign.board import Scan
from portal.domain.campaign.calendar import Phase, close_of, in_words, time_left
from portal.domain.checks.finding import Counters
from portal.domain.report_state import State


def own_line(filling: FilledReport, phase: Phase, now: datetime, scan: Scan | None = None) -> str:
    """The sentence about a report that can be filled: what is missing, and until when."""
    unsigned = scan is Scan.MISSING and filling.assignment.campaign.signed_copy_required
    entered = waits(filling.assignment.report)
    return "".join(
        (
            _line(filling, phase, now),
            "，未传盖章件" if unsigned else "",
            "，有代录待确认" if entered else "",
        )
    )


def _line(filling: FilledReport, phase: Phase, now: datetime) -> str:
    assignment = filling.assignment
    if not assignment.expectation.expected:
        return f"本次免报（{assignment.expectation.exempt_reason or '无需填报'}）"
    report = assignment.report
    if report and assignment.state is State.SUBMITTED:
        return f"已上报（待审核），第 {report.submissions} 次报送，{_moment(report.submitted_at)}"
    if report and assignment.state is State.ACCEPTED:
        return f"已审核，{_moment(report.decided_at)} 由{report.decided_by}审核通过"
    return f"{_missing(assignment.state, filling.counters)}，{_time(assignment, phase, now)}"


def _moment(at: datetime | None) -> str:
    return in_words(at) if at else ""


def _missing(state: State, counters: Counters) -> str:
    if state is State.NOT_STARTED:
        return f"尚未填报，共 {counters.leaves} 项"
    if state is State.RETURNED:
        return f"已退回，{counters.left or '请修改后重新上报'}"
    return counters.left or "已填齐，可以上报"


def _time(assignment: Assignment, phase: Phase, now: datetime) -> str:
    if phase is Phase.OPEN:
        return f"距截止 {time_left(now, assignment.due)}"
    closes = close_of(assignment.campaign.dates, assignment.extension)
    return f"已过报送截止时间，距停止填报 {time_left(now, closes)}"
