"""Rows of the report page: each item with its one state, its text and what is said about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.assignment import Filling, Reproof, Stored
from portal.domain.checks import Counters, Issue
from portal.domain.figures import Problem, canonical
from portal.domain.sheet import Row, Sheet, report_sheet
from portal.reports.saving import Entered

WORDS = {
    "locked": "锁定",
    "conflict": "冲突",
    "failed": "未保存",
    "saving": "保存中",
    "invalid": "有误",
    "query": "待说明",
    "saved": "已保存",
    "empty": "未填",
    "calculated": "合计",
}
"""The states of a row by rank, in the words of the page's legend."""


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One row of the page: what the paper shows of it, and how it stands."""

    row: Row
    state: str
    stored: Stored
    text: str
    issues: tuple[Issue, ...] = ()
    explained: frozenset[str] = frozenset()
    problem: Problem | None = None
    asked: str | None = None

    @property
    def code(self) -> str:
        """The item's code."""
        return self.row.item.code

    @property
    def value(self) -> str:
        """The stored or calculated figure as a plain decimal; blank is the empty text."""
        return canonical(self.row.figures[0], self.row.item.unit)

    @property
    def word(self) -> str:
        """The state in one word."""
        return WORDS[self.state]


def page_sheet(filling: Filling) -> Sheet:
    """The table that the page draws from: the same as on paper and in the workbook."""
    expectation = filling.assignment.expectation
    return report_sheet(
        filling.form,
        filling.figures,
        organisation=expectation.name,
        period=filling.assignment.campaign.period,
        as_of="",
    )


def item_rows(
    filling: Filling,
    *,
    editable: bool,
    entered: Iterable[Entered] = (),
    reproof: Reproof | None = None,
) -> dict[str, ItemRow]:
    """Every row of the page by its code, with what was just typed where that was refused."""
    typed = {one.item.code: one for one in entered}
    asked = reproof.items if reproof else {}
    return {
        row.item.code: _item_row(filling, row, editable, typed, asked)
        for row in page_sheet(filling).rows
    }


def _item_row(
    filling: Filling,
    row: Row,
    editable: bool,
    typed: Mapping[str, Entered],
    asked: Mapping[str, str],
) -> ItemRow:
    code = row.item.code
    issues = tuple(filling.issues_at(code))
    one = typed.get(code)
    stored = filling.at(code)
    refused = one is not None and (one.problem is not None or one.conflict)
    return ItemRow(
        row=row,
        state=_state(filling, row, issues, editable, one),
        stored=stored,
        text=one.typed.text if one and refused else canonical(stored.value, row.item.unit),
        issues=issues,
        explained=filling.explained,
        problem=one.problem if one else None,
        asked=asked.get(code),
    )


def _state(
    filling: Filling,
    row: Row,
    issues: tuple[Issue, ...],
    editable: bool,
    one: Entered | None,
) -> str:
    if row.item.calculated:
        return "calculated"
    if not editable:
        return "locked"
    if one and one.conflict:
        return "conflict"
    if (one and one.problem) or any(issue.grade == "error" for issue in issues):
        return "invalid"
    if any(issue.grade == "query" and issue.key not in filling.explained for issue in issues):
        return "query"
    return "empty" if row.figures[0] is None else "saved"


@dataclass(frozen=True, slots=True)
class Progress:
    """The counts above the table, each with the next row that it is about."""

    counters: Counters
    next_blank: str | None
    next_error: str | None
    next_query: str | None


def progress(filling: Filling, after: str | None = None) -> Progress:
    """The counts, with the next blank, wrong and unexplained row after the row `after`."""
    codes = [item.code for item in filling.form.items]
    start = codes.index(after) + 1 if after in codes else 0
    ahead = codes[start:] + codes[:start]
    leaves = {item.code for item in filling.form.leaves}
    errors = {issue.code for issue in filling.issues if issue.grade == "error"}
    queries = {
        issue.code
        for issue in filling.issues
        if issue.grade == "query" and issue.key not in filling.explained
    }
    blank = {code for code in leaves if filling.figures[code] is None}
    return Progress(
        filling.counters,
        next((code for code in ahead if code in blank), None),
        next((code for code in ahead if code in errors), None),
        next((code for code in ahead if code in queries), None),
    )


def told_again(before: Filling, now: Filling, saved: str) -> tuple[list[str], list[str]]:
    """What else changed on the page with one save: sums to show, and notices of other rows."""
    sums = list(now.form.sums_over[saved])
    notices = [
        code
        for code in now.form.by_code
        if code != saved and (_said(before, code) != _said(now, code) or code in sums)
    ]
    return sums, notices


def _said(filling: Filling, code: str) -> list[tuple[Issue, bool]]:
    return [(issue, issue.key in filling.explained) for issue in filling.issues_at(code)]
