"""Return answers: a unit's answer to each returned item, needed before it submits again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.domain.checks.explanations import said, unreadable
from portal.domain.figures import Problem
from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures
from portal.domain.report.submission import changes

WHOLE_FORM = "*"
"""The key in place of an item if the whole form was returned."""

MIN_LENGTH = 4
"""The length of 原数无误, which is an answer here although a query refuses it."""


class Answer(StrEnum):
    """The three answers, one of which each returned item needs."""

    CHANGED = "changed"
    KEPT = "kept"
    ATTACHED = "attached"

    @property
    def label(self) -> str:
        """The answer in the words of the portal's pages."""
        return {"changed": "已修改", "kept": "维持原数", "attached": "已补附件"}[self.value]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer with its words, author and time; no author if a changed figure is the answer."""

    answer: Answer
    words: str = ""
    by: str = ""
    at: datetime | None = None

    @property
    def text(self) -> str:
        """The answer with its words: ``维持原数：经核实，原数无误``."""
        return f"{self.answer.label}：{self.words}" if self.words else self.answer.label


@dataclass(frozen=True, slots=True)
class Asked:
    """One returned item, or the whole form.

    `words` are the reviewer's, `old` and `new` the figure then and now; `changed` is true if what
    was returned differs now; `kept` is the stored answer.
    """

    code: str
    words: str
    changed: bool
    old: int | None = None
    new: int | None = None
    kept: Reply | None = None

    @property
    def reply(self) -> Reply | None:
        """The current answer; a changed figure counts as 已修改 while it differs."""
        attached = self.kept is not None and self.kept.answer is Answer.ATTACHED
        if self.changed and not attached:
            return Reply(Answer.CHANGED)
        if self.kept and self.kept.answer is Answer.CHANGED:
            return None
        return self.kept

    def refuse(self, reply: Reply) -> Problem | None:
        """Why `reply` is refused for this item, as the sentence shown; None if it is accepted."""
        if problem := unreadable(reply.words):
            return problem
        if reply.answer is Answer.CHANGED and not self.changed:
            return Problem("与退回时相同，还没有修改；原数无误请选“维持原数”。")
        if reply.answer is Answer.KEPT and self.changed:
            return Problem("这里的数已经修改，不是维持原数；要维持请先改回退回时的数。")
        if reply.answer is Answer.KEPT and len(said(reply.words)) < MIN_LENGTH:
            return Problem("维持原数请写明说明，例如：经核实，原数无误。")
        return None


def asked(
    form: Form,
    items: Mapping[str, str],
    figures: tuple[Figures, Figures],
    kept: Mapping[str, Reply],
) -> tuple[Asked, ...]:
    """The returned items; `items` has the reviewer's words by item, `*` for the whole form.

    `figures` are the returned and the current figures; `kept` are the stored answers by item.
    """
    old, new = figures
    moved = {change.code for change in changes(form, old, new)}
    return tuple(
        Asked(
            code,
            items[code],
            changed=bool(moved) if code == WHOLE_FORM else code in moved,
            old=old.get(code),
            new=new.get(code),
            kept=kept.get(code),
        )
        for code in (WHOLE_FORM, *form.by_code)
        if code in items
    )
