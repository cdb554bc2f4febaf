"""Charts: the coordinates of bars and lines, computed in whole numbers.

A drawing is `WIDTH` units wide. Every mark carries its words for screen readers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.domain.campaign.calendar import ZONE

WIDTH = 720
NAMES = 190
"""The width of the names left of the bars."""

AMOUNTS = 110
"""The width of the amounts right of the longest bar."""

BAR, GAP = 16, 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its amount in words, and its length; a blank has length 0 and no words."""

    name: str
    amount: str
    length: int
    top: int
    previous: bool = False

    @property
    def end(self) -> int:
        """The x coordinate of the bar's end, where its amount is written."""
        return NAMES + self.length


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of bars, from the top down in the given order."""

    bars: tuple[Bar, ...]
    height: int


def bars(figures: Sequence[tuple[str, int | None, str]]) -> Bars:
    """Bars of one measure; each of `figures` is a name, a figure and its words."""
    greatest = max((figure for _, figure, _ in figures if figure), default=0)
    made = tuple(
        Bar(name, words, length_of(figure, greatest), GAP + place * (BAR + GAP))
        for place, (name, figure, words) in enumerate(figures)
    )
    return Bars(made, GAP + len(made) * (BAR + GAP))


def pairs(figures: Sequence[tuple[str, tuple[int | None, str], tuple[int | None, str]]]) -> Bars:
    """Two bars per name, this year's above last year's; each pair is scaled by its greater one."""
    made: list[Bar] = []
    top = GAP
    for name, now, last in figures:
        greatest = max(now[0] or 0, last[0] or 0)
        made.append(Bar(name, now[1], length_of(now[0], greatest), top))
        made.append(Bar("", last[1], length_of(last[0], greatest), top + BAR, previous=True))
        top += 2 * BAR + 2 * GAP
    return Bars(tuple(made), top)


def length_of(figure: int | None, greatest: int) -> int:
    """The length of a bar: the greatest fills the width, a figure above 0 has at least 1."""
    if not figure or figure < 0 or greatest <= 0:
        return 0
    return max(1, figure * (WIDTH - NAMES - AMOUNTS) // greatest)


LEFT, RIGHT, TOP, BOTTOM = 60, 700, 20, 220
"""The frame of the progress chart."""

PROGRESS_HEIGHT = 260


@dataclass(frozen=True, slots=True)
class Mark:
    """A position on the time axis with its words."""

    x: int
    words: str


@dataclass(frozen=True, slots=True)
class Day:
    """The number of units that had submitted by the end of a day."""

    words: str
    number: int


@dataclass(frozen=True, slots=True)
class Progress:
    """The growth of submissions towards the deadline: a step line, and a table by day."""

    steps: str
    due: Mark
    now: Mark | None
    begins: Mark
    ends: Mark
    expected: int
    number: int
    days: tuple[Day, ...]


def progress(
    handed_in: Iterable[datetime],
    *,
    expected: int,
    opens: datetime,
    due: datetime,
    closes: datetime,
    now: datetime,
) -> Progress:
    """The step line of first submissions up to `now`, with 报送截止 marked."""
    times = sorted(handed_in)
    first = min([opens, *times[:1]])
    last = max([closes, *times[-1:]])

    def x(moment: datetime) -> int:
        return LEFT + (moment - first) * (RIGHT - LEFT) // (last - first)

    def y(number: int) -> int:
        return BOTTOM - number * (BOTTOM - TOP) // max(1, expected, len(times))

    until = min(max(now, first), last)
    points = [(LEFT, BOTTOM)]
    for number, moment in enumerate(times, 1):
        points += [(x(moment), y(number - 1)), (x(moment), y(number))]
    points.append((max(x(until), points[-1][0]), points[-1][1]))
    return Progress(
        steps=" ".join(f"{at},{high}" for at, high in points),
        due=Mark(x(due), f"报送截止 {_day(due)}"),
        now=Mark(x(now), "现在") if first <= now <= last else None,
        begins=Mark(LEFT, _day(first)),
        ends=Mark(RIGHT, _day(last)),
        expected=expected,
        number=len(times),
        days=tuple(_days(times)),
    )


def _days(times: Sequence[datetime]) -> Iterable[Day]:
    by_day: dict[str, int] = {}
    for number, moment in enumerate(times, 1):
        by_day[_day(moment)] = number
    return (Day(words, number) for words, number in by_day.items())


def _day(moment: datetime) -> str:
    local = moment.astimezone(ZONE)
    return f"{local.month}月{local.day}日"
