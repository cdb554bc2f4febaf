"""The status board: how far every expected unit is, who is counted, and what comes first."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from portal.domain.campaign.reminders import Chased
from portal.domain.report_state import State

HANDED_IN = frozenset({State.SUBMITTED, State.ACCEPTED})
"""已报: what was sent back stands among the missing until it is submitted again."""


class Scan(StrEnum):
    """盖章件: whether the scan of the stamped print is there, and was compared."""

    MISSING = "missing"
    UPLOADED = "uploaded"
    MATCHED = "matched"

    @property
    def label(self) -> str:
        """The word on the board."""
        return {"missing": "未传", "uploaded": "已传", "matched": "已核对一致"}[self.value]


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of a campaign's tree and how far its report is.

    `name` says 本级 of a unit whose report covers itself alone. `covered` says that a 全口径
    report below the head of the board holds its figures already, so that it is listed
    仅供核对 and not counted. `filled` is the number of typed figures, `scan` None where
    nothing has been submitted that could be stamped. `on_behalf` says that the unit has yet to
    confirm what the next union up entered for it, `sole_handling` what of that one person did
    alone. `gone` says what became of a unit that was closed (已撤销) or merged since; its report
    is still owed, and nobody is there to be chased.
    """

    organisation_id: int
    code: str
    name: str
    kind: str
    expected: bool
    exempt_reason: str
    covered: bool
    state: State
    late: bool
    overdue: bool
    filled: int = 0
    submissions: int = 0
    first_submitted_at: datetime | None = None
    extended_until: datetime | None = None
    scan: Scan | None = None
    on_behalf: bool = False
    sole_handling: str = ""
    active_at: datetime | None = None
    active_by: str = ""
    contact: str = ""
    phone: str = ""
    chased: Chased | None = None
    gone: str = ""

    @property
    def counted(self) -> bool:
        """Whether the counts above the table hold this unit."""
        return self.expected and not self.covered

    @property
    def punctuality(self) -> str:
        """按时, 迟报 or 逾期未报; nothing while there is still time."""
        if self.late:
            return "迟报"
        if self.overdue:
            return "逾期未报"
        return "按时" if self.first_submitted_at else ""


class Show(StrEnum):
    """Which units the board lists: each is a count above the table and a filter of it."""

    EXPECTED = "expected"
    SUBMITTED = "submitted"
    MISSING = "missing"
    LATE = "late"
    OVERDUE = "overdue"
    RETURNED = "returned"
    EXEMPT = "exempt"

    @property
    def label(self) -> str:
        """The count's name."""
        return _LABELS[self]


_LABELS: Mapping[Show, str] = {
    Show.EXPECTED: "应报",
    Show.SUBMITTED: "已报",
    Show.MISSING: "未报",
    Show.LATE: "迟报",
    Show.OVERDUE: "逾期未报",
    Show.RETURNED: "退回",
    Show.EXEMPT: "免报",
}

_AMONG: Mapping[Show, Callable[[Unit], bool]] = {
    Show.EXPECTED: lambda unit: True,
    Show.SUBMITTED: lambda unit: unit.state in HANDED_IN,
    Show.MISSING: lambda unit: unit.state not in HANDED_IN,
    Show.LATE: lambda unit: unit.late,
    Show.OVERDUE: lambda unit: unit.overdue,
    Show.RETURNED: lambda unit: unit.state is State.RETURNED,
}


def counts(units: Iterable[Unit]) -> dict[Show, int]:
    """How many units each filter holds; 免报 aside, only those counted."""
    units = tuple(units)
    return {show: sum(_is_among(unit, show) for unit in units) for show in Show}


def _is_among(unit: Unit, show: Show) -> bool:
    if show is Show.EXEMPT:
        return not unit.expected
    return unit.counted and _AMONG[show](unit)


def rate(counted: Mapping[Show, int]) -> str:
    """上报率 in percent, half up to one decimal; 100% only where nobody is missing."""
    expected, submitted = counted[Show.EXPECTED], counted[Show.SUBMITTED]
    if not expected:
        return "—"
    permille = (2000 * submitted + expected) // (2 * expected)
    if submitted < expected:
        permille = min(permille, 999)
    return f"{permille // 10}.{permille % 10}".removesuffix(".0") + "%"


def aside(units: Iterable[Unit]) -> int:
    """How many expected units are 仅供核对, besides those that the counts hold."""
    return sum(unit.expected and unit.covered for unit in units)


def listed(units: Iterable[Unit], show: Show) -> tuple[Unit, ...]:
    """The rows under a filter; the one of all expected units lists those 仅供核对 besides."""
    return tuple(
        unit for unit in units if _is_among(unit, show) or (show is Show.EXPECTED and unit.expected)
    )


def urgent_first(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """急办在前: overdue, returned, not begun, then drafts by how little is filled.

    Within one urgency the order given stays; what is only listed 仅供核对 comes last.
    """
    return tuple(sorted(units, key=_urgency))


_AFTER_OVERDUE: Mapping[State, int] = {
    State.RETURNED: 1,
    State.NOT_STARTED: 2,
    State.DRAFT: 3,
    State.SUBMITTED: 4,
    State.ACCEPTED: 5,
}


def _urgency(unit: Unit) -> tuple[bool, int, int]:
    rank = 0 if unit.overdue else _AFTER_OVERDUE[unit.state]
    return not unit.counted, rank, unit.filled if unit.state not in HANDED_IN else 0


def by_kind(units: Iterable[Unit], kinds: Sequence[str]) -> tuple[Unit, ...]:
    """The units of a kind together, in the order of `kinds`; a kind not among them comes last."""
    units = tuple(units)
    order = dict.fromkeys((*kinds, *(unit.kind for unit in units)))
    places = {kind: place for place, kind in enumerate(order)}
    return tuple(sorted(units, key=lambda unit: places[unit.kind]))


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one kind that stand together on a page; `size` are those on all its pages."""

    kind: str
    units: tuple[Unit, ...]
    size: int


def groups(units: Iterable[Unit], sizes: Mapping[str, int]) -> tuple[Group, ...]:
    """The rows of a page under their kinds, of which there are so many on all pages."""
    together = groupby(units, lambda unit: unit.kind)
    return tuple(Group(kind, tuple(some), sizes[kind]) for kind, some in together)
