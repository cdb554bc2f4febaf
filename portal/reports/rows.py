"""Rows of the report page: each item with its state, its text and its notices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.collection.assignment import FilledReport, SendBack, Stored
from portal.domain.checks.explanations import Explanation
from portal.domain.checks.finding import Counters, Issue
from portal.domain.figures import Problem, canonical
from portal.domain.form.form import Item
from portal.domain.paper.sheet import Sheet, report_sheet
from portal.reports.saving import SaveResult

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
    """One row of the page: an item's figure, its state, and its notices.

    `text` is what its box shows: the typed text where that was refused. `explanations` are those in
    force by the key of their issue; `asked` is what a sending back says of the item, None when it
    does not name it.
    """

    item: Item
    figure: int | None
    stored: Stored
    state: str
    text: str
    issues: tuple[Issue, ...] = ()
    explanations: Mapping[str, Explanation] = field(default_factory=dict)
    problem: Problem | None = None
    asked: str | None = None

    @property
    def code(self) -> str:
        """The item's code."""
        return self.item.code

    @property
    def value(self) -> str:
        """The stored or calculated figure as a canonical decimal; empty for a blank."""
        return canonical(self.figure, self.item.unit)

    @property
    def word(self) -> str:
        """The state in one word."""
        return WORDS[self.state]


def page_sheet(filling: FilledReport) -> Sheet:
    """The table that the page draws: the same as on paper and in the workbook."""
    expectation = filling.assignment.expectation
    return report_sheet(
        filling.form,
        filling.figures,
        organisation=expectation.name,
        period=filling.assignment.campaign.period,
        as_of="",
    )


def item_rows(
    filling: FilledReport,
    *,
    editable: bool,
    entered: Iterable[SaveResult] = (),
    reproof: SendBack | None = None,
) -> dict[str, ItemRow]:
    """Every row of the page by code; `entered` are the results of what was just typed."""
    typed = {one.item.code: one for one in entered}
    return {
        item.code: item_row(
            filling, item, editable=editable, entered=typed.get(item.code), reproof=reproof
        )
        for item in filling.form.items
    }


def item_row(
    filling: FilledReport,
    item: Item,
    *,
    editable: bool,
    entered: SaveResult | None = None,
    reproof: SendBack | None = None,
) -> ItemRow:
    """One row of the page; `entered` is the result of what was just typed there."""
    issues = filling.issues_at(item.code)
    said = {issue.key: filling.explanation_of(issue) for issue in issues}
    figure = filling.figures[item.code]
    kept_back = entered is not None and (entered.refused or not editable)
    return ItemRow(
        item=item,
        figure=figure,
        stored=filling.at(item.code),
        state=_state(filling, item, editable, entered),
        text=entered.typed.text if entered and kept_back else canonical(figure, item.unit),
        issues=issues,
        explanations={key: each for key, each in said.items() if each},
        problem=entered.problem if entered else None,
        asked=reproof.items.get(item.code) if reproof else None,
    )


def _state(filling: FilledReport, item: Item, editable: bool, entered: SaveResult | None) -> str:
    if item.calculated:
        return "calculated"
    if not editable:
        return "locked"
    if entered and entered.conflict:
        return "conflict"
    issues = filling.issues_at(item.code)
    if (entered and entered.problem) or any(issue.grade == "error" for issue in issues):
        return "invalid"
    if any(_unexplained(filling, issue) for issue in issues):
        return "query"
    return "empty" if filling.figures[item.code] is None else "saved"


def _unexplained(filling: FilledReport, issue: Issue) -> bool:
    return issue.grade == "query" and issue.key not in filling.explained


@dataclass(frozen=True, slots=True)
class Progress:
    """The counts above the table, each with the next item that it concerns.

    `wrong` counts the rows that are 有误, by the stored figure or by the text refused just now;
    `unsaved` those whose text is not stored, though it is a figure.
    """

    counters: Counters
    wrong: int
    unsaved: int
    next_blank: Item | None
    next_error: Item | None
    next_query: Item | None
    next_unsaved: Item | None


def progress(
    filling: FilledReport, after: str | None = None, unsaved: Sequence[SaveResult] = ()
) -> Progress:
    """The counts, each with the next such item after the item `after`.

    `unsaved` are the results of texts that were just typed and not stored.
    """
    items = filling.form.items
    start = next((place for place, item in enumerate(items, 1) if item.code == after), 0)
    ahead = items[start:] + items[:start]
    blank = {item.code for item in filling.form.leaves if filling.figures[item.code] is None}
    errors = {issue.code for issue in filling.issues if issue.grade == "error"}
    queries = {issue.code for issue in filling.issues if _unexplained(filling, issue)}
    errors |= {one.item.code for one in unsaved if one.problem}
    unsent = {one.item.code for one in unsaved if not one.problem}
    wanted = (blank, errors, queries, unsent)
    nearest = [next((item for item in ahead if item.code in among), None) for among in wanted]
    return Progress(filling.counters, len(errors), len(unsent), *nearest)


def rows_to_refresh(
    before: FilledReport, now: FilledReport, *saved: Item
) -> tuple[list[Item], list[Item]]:
    """The other rows that a save changes: sums, and rows with changed notices."""
    over = {code for item in saved for code in now.form.sums_over[item.code]}
    sums = [item for item in now.form.items if item.code in over]
    about = {issue.code for issue in (*before.issues, *now.issues)}
    about -= {item.code for item in saved}
    changed = {
        code for code in about if _issue_snapshot(before, code) != _issue_snapshot(now, code)
    }
    changed.update(item.code for item in sums)
    return sums, [item for item in now.form.items if item.code in changed]


def _issue_snapshot(filling: FilledReport, code: str) -> list[tuple[Issue, bool]]:
    return [(issue, issue.key in filling.explained) for issue in filling.issues_at(code)]


def same_buttons(before: FilledReport, now: FilledReport) -> bool:
    """Whether both states of a report have the same buttons above the table."""
    return _offers(before) == _offers(now)


def _offers(filling: FilledReport) -> tuple[bool, bool]:
    return bool(filling.counters.filled), bool(filling.counters.blanks)
