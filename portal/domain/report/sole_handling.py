"""Sole handling (一人经办): one person enters figures for a unit, submits them and accepts them.

Many desks have one person, so one person may do two of these acts, but never silently: the second
act needs the unit's confirmation by telephone, or its stamped paper. The assurance is asked for at
代为上报 and 审核通过.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from portal.domain.campaign.calendar import in_words, read_instant, to_the_minute
from portal.domain.figures import Problem


class Act(StrEnum):
    """An act of the next union up on the report of a unit that can only call or fax."""

    ENTER = "enter"
    SUBMIT = "submit"
    ACCEPT = "accept"

    @property
    def label(self) -> str:
        """The act in the words of the portal's pages."""
        return {"enter": "代录", "submit": "代为上报", "accept": "审核通过"}[self.value]


def alone(act: Act, done: Collection[Act]) -> tuple[Act, ...]:
    """All acts of a person who has `done` some acts on a report and is about to `act`.

    Empty if that is only one kind of act, which needs no assurance.
    """
    together = tuple(each for each in Act if each is act or each in done)
    return together if len(together) > 1 else ()


def named(acts: Collection[Act]) -> str:
    """The acts in the words of the marks: ``代录、代为上报``."""
    return "、".join(act.label for act in acts)


CALLED = "单位已电话确认"
STAMPED = "已收盖章件"
GROUNDS = (CALLED, STAMPED)
MAX_CALLER_LENGTH = 25


@dataclass(frozen=True, slots=True)
class Assurance:
    """The unit's assurance for what one person did alone, as typed.

    `caller` and `called` (who of the unit confirmed, and when) are used with `CALLED` only.
    """

    ground: str = ""
    caller: str = ""
    called: str = ""

    def problem(self, now: datetime, since: datetime) -> Problem | None:
        """What is wrong, or None; a call must lie between `since`, the opening, and now."""
        if self.ground not in GROUNDS:
            return Problem(f"请选择单位怎样确认：{'或'.join(GROUNDS)}。")
        return self._problem_of_call(now, since) if self.ground == CALLED else None

    def _problem_of_call(self, now: datetime, since: datetime) -> Problem | None:
        if not self.caller:
            return Problem("请写明单位由谁在电话里确认。")
        if len(self.caller) > MAX_CALLER_LENGTH:
            return Problem(f"确认人不超过 {MAX_CALLER_LENGTH} 字。")
        if not self.called:
            return Problem(f"请写明电话确认的时间，例如 {to_the_minute(now):%Y-%m-%d %H:%M}。")
        try:
            called = read_instant(self.called, default_time=time(0, 0))
        except ValueError as error:
            return Problem(str(error))
        if not to_the_minute(since) <= called <= now:
            return Problem(f"电话确认的时间应在本次填报开始以后、现在（{in_words(now)}）以前。")
        return None

    @property
    def called_at(self) -> datetime | None:
        """The time of the confirming call; raises `ValueError` if `problem` reports a bad time."""
        return read_instant(self.called, time(0, 0)) if self.ground == CALLED else None
