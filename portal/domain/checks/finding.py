"""Checks: the issues that an edition's rules find in a report, and the counts above the sheet.

Every comparison is between integers. Rules look only at known figures: a blank is no issue, since
blanks prevent a submission anyway. A limit of 0 is not set.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from portal.domain.checks.issues import Facts, Issue
from portal.domain.checks.kinds import CHECK_KINDS
from portal.domain.form.check_rules import CheckRule, Grade
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import Figures

__all__ = ["Counters", "Facts", "Issue", "blanks", "counters", "find_issues", "rules_at"]


def find_issues(form: Form, facts: Facts) -> tuple[Issue, ...]:
    """All issues of the form's rules, in the paper's order, then in the order of the rules."""
    found = [
        issue for rule in form.checks for issue in CHECK_KINDS[rule.id].find(rule, form, facts)
    ]
    if len(found) < 2:
        return tuple(found)
    keys = {issue.key for issue in found}
    place = {code: number for number, code in enumerate(form.by_code)}
    kept = (issue for issue in found if not _adds_nothing(issue, keys))
    return tuple(sorted(kept, key=lambda issue: place[issue.code]))


def _adds_nothing(issue: Issue, keys: Collection[str]) -> bool:
    louder = CHECK_KINDS[issue.check].dropped_for
    return bool(louder) and f"{louder}:{issue.code}" in keys


def rules_at(form: Form, item: Item) -> tuple[CheckRule, ...]:
    """The rules that look at an item."""
    return tuple(rule for rule in form.checks if CHECK_KINDS[rule.id].looks_at(rule, form, item))


def blanks(form: Form, figures: Figures) -> tuple[Item, ...]:
    """The leaves that are still blank, in the paper's order."""
    return tuple(item for item in form.leaves if figures.get(item.code) is None)


@dataclass(frozen=True, slots=True)
class Counters:
    """A report's progress: filled and blank leaves, issues by grade; `queries` are unexplained."""

    filled: int
    leaves: int
    errors: int
    queries: int
    hints: int
    blanks: int

    @property
    def left(self) -> str:
        """The work left before the submission, in words; empty when all is done."""
        parts = (
            (self.blanks, f"还差 {self.blanks} 项"),
            (self.errors, f"错误 {self.errors}"),
            (self.queries, f"待说明 {self.queries} 项"),
        )
        return "、".join(words for count, words in parts if count)


def counters(
    form: Form, figures: Figures, issues: Iterable[Issue], explained_keys: Collection[str]
) -> Counters:
    """The counts above the sheet; queries with a key in `explained_keys` are settled."""
    grades = [issue.grade for issue in issues if not _settled(issue, explained_keys)]
    blank = len(blanks(form, figures))
    return Counters(
        filled=len(form.leaves) - blank,
        leaves=len(form.leaves),
        errors=grades.count(Grade.ERROR),
        queries=grades.count(Grade.QUERY),
        hints=grades.count(Grade.HINT),
        blanks=blank,
    )


def _settled(issue: Issue, explained_keys: Collection[str]) -> bool:
    return issue.grade is Grade.QUERY and issue.key in explained_keys
