"""What the desk typed about a call, unchanged, so that a refused form shows it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.domain.campaign.calendar import read_instant
from portal.domain.campaign.reminders import OF_A_CALL, Outcome
from portal.web.form_fields import strip_invisible

MAX_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Call:
    """The outcome of a call, the promised time, and a note."""

    outcome: str = ""
    promised: str = ""
    note: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Call":
        """Read the posted fields."""
        return cls(
            *(strip_invisible(fields.get(name, "")) for name in ("outcome", "promised", "note"))
        )

    def problems(self, now: datetime) -> dict[str, str]:
        """The problems: a sentence by field; empty when there are none."""
        found = {}
        if self.outcome not in OF_A_CALL:
            found["outcome"] = "请选择通话结果。"
        if len(self.note) > MAX_LENGTH:
            found["note"] = f"这里有 {len(self.note)} 字，请压缩到 {MAX_LENGTH} 字以内。"
        try:
            promised = self.promised_at
        except ValueError as error:
            return found | {"promised": str(error)}
        if promised and promised <= now:
            found["promised"] = "答应上报的时间应在现在之后。"
        if promised and self.outcome != Outcome.PROMISED:
            found["promised"] = "只有“已答应”才写答应上报的时间。"
        return found

    @property
    def promised_at(self) -> datetime | None:
        """When the unit promised to report; raises `ValueError` with a sentence."""
        return read_instant(self.promised) if self.promised else None
