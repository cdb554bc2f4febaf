"""The status board: each unit's progress, the counts above the table, and the order of rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from portal.domain.campaign.reminders import Chased
from portal.domain.report_state import State

HANDED_IN = frozenset({State.SUBMITTED, State.ACCEPTED})
"""已报: a returned report counts as missing until it is submitted again."""


class Scan(StrEnum):
    """盖章件: whether the scan of the stamped print was uploaded and compared."""

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

    `name` ends in 本级 where the report covers the unit alone. `covered` is true where a 全口径
    report between the unit and the board's head already includes its figures: the unit is listed
    仅供核对 and not counted. `filled` is the number of typed figures; `scan` is None before the
    first submission. `on_behalf` is true until the unit confirms what the next union up entered
    for it; `sole_handling` names what one person did alone. `gone` says that the unit was closed
    (已撤销) or merged: its report is still owed, but nobody there can be chased.
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
        """按时, 迟报 or 逾期未报; the empty text before the due time."""
        if self.late:
            return "迟报"
        if self.overdue:
            return "逾期未报"
        return "按时" if self.first_submitted_at else ""


class Show(StrEnum):
    """The filters of the board; each is also a count above the table."""

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
    """The number of units in each filter; all but 免报 hold counted units only."""
    units = tuple(units)
    return {show: sum(_is_among(unit, show) for unit in units) for show in Show}


def _is_among(unit: Unit, show: Show) -> bool:
    if show is Show.EXEMPT:
        return not unit.expected
    return unit.counted and _AMONG[show](unit)


def rate(counted: Mapping[Show, int]) -> str:
    """上报率 in percent, rounded half up to one decimal; 100% only when nobody is missing."""
    expected, submitted = counted[Show.EXPECTED], counted[Show.SUBMITTED]
    if not expected:
        return "—"
    permille = (2000 * submitted + expected) // (2 * expected)
    if submitted < expected:
        permille = min(permille, 999)
    return f"{permille // 10}.{permille % 10}".removesuffix(".0") + "%"


def aside(units: Iterable[Unit]) -> int:
    """The number of expected units that are 仅供核对 and so in no count."""
    return sum(unit.expected and unit.covered for unit in units)


def listed(units: Iterable[Unit], show: Show) -> tuple[Unit, ...]:
    """The rows under a filter; the filter 应报 also lists the units 仅供核对."""
    return tuple(
        unit for unit in units if _is_among(unit, show) or (show is Show.EXPECTED and unit.expected)
    )


def urgent_first(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """急办在前: overdue, returned, not begun, then drafts with the fewest figures first.

    The sort is stable within one urgency; units 仅供核对 come last.
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
    """Sort the units by kind in the order of `kinds`; any other kind comes last."""
    units = tuple(units)
    order = dict.fromkeys((*kinds, *(unit.kind for unit in units)))
    places = {kind: place for place, kind in enumerate(order)}
    return tuple(sorted(units, key=lambda unit: places[unit.kind]))


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one kind on a page; `size` is the number of such rows on all pages."""

    kind: str
    units: tuple[Unit, ...]
    size: int


def groups(units: Iterable[Unit], sizes: Mapping[str, int]) -> tuple[Group, ...]:
    """Group the rows of a page by kind; `sizes` has the number of each kind on all pages."""
    together = groupby(units, lambda unit: unit.kind)
    return tuple(Group(kind, tuple(some), sizes[kind]) for kind, some in together)
