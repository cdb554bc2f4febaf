"""What a reviewer typed, unchanged, so that a refused form shows it again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from werkzeug.datastructures import MultiDict

from portal.collection.assignment import Assignment
from portal.domain.campaign.calendar import read_instant
from portal.domain.form.form import Form
from portal.review.operations import refuse_until
from portal.web.errors import BadInput
from portal.web.form_fields import number_in, strip_invisible

Fields = MultiDict[str, str]

MAX_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Typed:
    """The reason, the named items with words of their own, and the end of an extension."""

    reason: str = ""
    until: str = ""
    items: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, fields: Fields) -> "Typed":
        """Read the posted fields; an item is named when it is ticked or has words."""
        named = dict.fromkeys(fields.getlist("item"), "")
        for name, text in fields.items():
            code = name.removeprefix("item.")
            if code != name and (text.strip() or code in named):
                named[code] = strip_invisible(text)
        return cls(
            strip_invisible(fields.get("reason", "")),
            strip_invisible(fields.get("until", "")),
            named,
        )

    def problems(
        self, assignment: Assignment, at: datetime, *, until_needed: bool = False
    ) -> dict[str, str]:
        """The problems: a sentence by field; empty when there are none.

        Raises `BadInput` (422) for an item that the form does not have.
        """
        return self._problems(assignment, at, self.reason, until_needed=until_needed)

    def problems_of_giving_back(self, assignment: Assignment, at: datetime) -> dict[str, str]:
        """The same where words at the items may replace the reason; raises `BadInput` (422) too."""
        return self._problems(assignment, at, self.reason_of_giving_back)

    @property
    def reason_of_giving_back(self) -> str:
        """The reason as typed, else a sentence that names the items with words."""
        if self.reason or not any(self.items.values()):
            return self.reason
        return f"请按指出的项目修改：{'、'.join(self.items)}。"

    def _problems(
        self, assignment: Assignment, at: datetime, reason: str, *, until_needed: bool = False
    ) -> dict[str, str]:
        _refuse_foreign(self.items, assignment.form)
        texts = {"reason": self.reason} | {f"item.{code}": t for code, t in self.items.items()}
        found = {name: s for name, text in texts.items() if (s := _refuse_text(text))}
        if not reason:
            found["reason"] = "请写明理由，填报单位要据此修改或安排时间。"
        if sentence := self._refuse_until(assignment, at, until_needed):
            found["until"] = sentence
        return found

    def _refuse_until(self, assignment: Assignment, at: datetime, needed: bool) -> str | None:
        try:
            until = self.extension
        except ValueError as error:
            return str(error)
        if until is None and needed:
            return "请写明延期到什么时候，例如 2022-01-28 17:30。"
        return refuse_until(assignment, until, at)

    @property
    def extension(self) -> datetime | None:
        """The end of the extension, None without one; raises `ValueError` with a sentence."""
        return read_instant(self.until) if self.until else None


def submission_in(fields: Fields) -> int:
    """The number of the submission that was judged; raises `BadInput` (422) without one."""
    number = number_in(fields.get("number", ""))
    if number is None:
        raise BadInput("没有说明审核的是第几次报送，没有做任何改动。请从审核页面操作。")
    return number


def _refuse_foreign(items: Mapping[str, str], form: Form) -> None:
    if any(code not in form.by_code for code in items):
        raise BadInput("指出的项目不在本表中，没有做任何改动。请刷新审核页面再试。")


def _refuse_text(text: str) -> str | None:
    if len(text) <= MAX_LENGTH:
        return None
    return f"这里有 {len(text)} 字，请压缩到 {MAX_LENGTH} 字以内。"
