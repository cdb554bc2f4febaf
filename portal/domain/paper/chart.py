"""Charts: the coordinates of bars and lines, computed in whole numbers.

A drawing is `WIDTH` units wide. All its numbers are made here and the template only writes them
down. What is drawn is also told: every mark carries its words.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from portal.domain.campaign.calendar import ZONE

WIDTH = 720
NAMES = 190
"""The width of the names left of the bars."""

AMOUNTS = 110
"""The width of the amounts right of the longest bar."""

BAR, GAP = 16, 10
"""The height of a line that holds one bar, and what lies between two."""

PAIRED_BAR = BAR - 2
"""How thick each of two bars is that stand directly above each other."""

BEFORE, BEHIND = 8, 6
"""What lies between words and the mark that they stand before or behind."""

DROP = 5
"""From the middle of the letters down to the line that they stand on."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, its amount in words, and its length; a blank has length 0 and no words."""

    name: str
    amount: str
    length: int
    top: int
    name_y: int
    thickness: int = BAR
    previous: bool = False

    @property
    def amount_x(self) -> int:
        """Where the amount begins: behind the end of the bar."""
        return NAMES + self.length + BEHIND

    @property
    def amount_y(self) -> int:
        """The line that the amount stands on: level with its bar."""
        return self.top + self.thickness // 2 + DROP


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of bars, from the top down in the order that it was given.

    The bars begin at `left`, the names end at `names_end`.
    """

    bars: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    left: int = NAMES
    names_end: int = NAMES - BEFORE


def bars(figures: Sequence[tuple[str, int | None, str]]) -> Bars:
    """Bars of one measure; each of `figures` is a name, a figure and its words."""
    greatest = max((figure for _, figure, _ in figures if figure), default=0)
    made = tuple(
        Bar(name, words, length_of(figure, greatest), top, top + BAR // 2 + DROP)
        for top, (name, figure, words) in zip(count(GAP, BAR + GAP), figures, strict=False)
    )
    return Bars(made, GAP + len(made) * (BAR + GAP))


def pairs(figures: Sequence[tuple[str, tuple[int | None, str], tuple[int | None, str]]]) -> Bars:
    """Two bars per name, this year's above last year's; each pair is scaled by its greater one."""
    made: list[Bar] = []
    top = GAP
    for name, now, last in figures:
        greatest = max(now[0] or 0, last[0] or 0)
        name_y = top + (BAR + PAIRED_BAR) // 2 + DROP
        for (figure, words), previous in ((now, False), (last, True)):
            at = top + BAR * previous
            length = length_of(figure, greatest)
            made.append(Bar(name, words, length, at, name_y, PAIRED_BAR, previous))
        top += 2 * BAR + 2 * GAP
    return Bars(tuple(made), top)


def length_of(figure: int | None, greatest: int) -> int:
    """The length of a bar: the greatest fills the width, a figure above 0 has at least 1."""
    if not figure or figure < 0 or greatest <= 0:
        return 0
    return max(1, figure * (WIDTH - NAMES - AMOUNTS) // greatest)


LEFT, RIGHT, TOP, BOTTOM = 60, 700, 20, 220
"""The frame of the progress chart."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the axes of the progress chart lie, and the words that stand beside them."""

    width: int = WIDTH
    height: int = BOTTOM + 40
    left: int = LEFT
    right: int = RIGHT
    top: int = TOP
    bottom: int = BOTTOM
    numbers_end: int = LEFT - BEFORE
    top_number_y: int = TOP + DROP
    bottom_number_y: int = BOTTOM + DROP
    due_top: int = TOP - 8
    due_bottom: int = BOTTOM + 6
    due_words_y: int = BOTTOM + 22
    days_y: int = BOTTOM + 37


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
    frame: Frame = Frame()

    @property
    def most(self) -> int:
        """The number at the top of the frame."""
        return max(self.expected, self.number, 1)

    @property
    def due_words_x(self) -> int:
        """Where the words of 报送截止 end: before its line."""
        return self.due.x - BEFORE // 2


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
