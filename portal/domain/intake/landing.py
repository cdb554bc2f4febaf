"""Landing: the row of the paper where a pasted block begins.

A block is laid from the focused item downwards. Sums have no input box, so the user may have
focused the first leaf below a sum although the block begins at the sum, or the block may have no
rows for sums. The block's length and totals decide; if they do not, the page offers the readings
and nothing is written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from portal.domain.figures import Kind, canonical, parse_figure
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import Figures, with_totals

Line = tuple[Item, ...]
"""The items in one row of the paper."""

MIN_PARTS = 2
"""The parts above 0 needed before an equal total proves anything; one part equals its sum."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a block: the texts of its figures, and whether its label is 合计."""

    texts: tuple[str, ...]
    is_sum: bool = False


@dataclass(frozen=True)
class Reading:
    """One way to lay the rows of a block: from `start` on, over all items or over leaves only.

    `laid` has the items of each row: none beyond the last item, None for a sum that the copied
    sheet has and the paper lacks.
    """

    form: Form
    start: Item
    with_sums: bool
    rows: tuple[Row, ...]
    laid: tuple[Line | None, ...]

    @property
    def name(self) -> str:
        """The reading's value in the page's choice: ``A``, or ``A1-`` without sums."""
        return self.start.code if self.with_sums else f"{self.start.code}-"

    @cached_property
    def texts(self) -> dict[str, str]:
        """The text for each item, blank ones too."""
        falls: dict[str, str] = {}
        for row, line in zip(self.rows, self.laid, strict=True):
            falls |= zip_texts(row, line or ())
        return falls

    @cached_property
    def figures(self) -> dict[str, int | None]:
        """The texts that are figures, parsed; others are left out."""
        return {
            code: reading.figure
            for code, text in self.texts.items()
            if not (reading := parse_figure(text, self.form.by_code[code].unit)).problem
        }

    @cached_property
    def sums(self) -> Figures:
        """The sums of the parts in the block."""
        leaves = {item.code: self.figures.get(item.code) for item in self.form.leaves}
        return with_totals(self.form, leaves)

    def filled_leaves(self) -> list[Item]:
        """The leaves with a text that is not blank."""
        return [
            item
            for item in self.form.items
            if not item.calculated and self.texts.get(item.code, "").strip()
        ]

    @cached_property
    def _verdicts(self) -> dict[str, bool | None]:
        """For each filled total whether its parts add up to it; None if that proves nothing."""
        totals = (item for item in self.form.items if item.calculated)
        return {
            item.code: self._adds_up(item)
            for item in totals
            if self.texts.get(item.code, "").strip()
        }

    def _adds_up(self, item: Item) -> bool | None:
        stated, added = self.figures.get(item.code), self.sums[item.code]
        leaves = [leaf.code for leaf in self.form.leaves if is_under(self.form, leaf, item)]
        there = [code for code in leaves if code in self.texts]
        if stated is None or added is None or any(code not in self.figures for code in there):
            return None
        if len(there) < len(leaves):
            return False if stated < added else None
        if stated != added:
            return False
        parts = sum(bool(self.figures[code]) for code in leaves)
        return True if parts >= MIN_PARTS else None

    @property
    def proofs(self) -> int:
        """The number of the block's totals that equal the sum of their parts."""
        return sum(verdict is True for verdict in self._verdicts.values())

    @property
    def faults(self) -> int:
        """The evidence against it: wrong totals, fractional counts, rows beyond the last item."""
        beyond = sum(
            line == () and any(text.strip() for text in row.texts)
            for row, line in zip(self.rows, self.laid, strict=True)
        )
        wrong = sum(verdict is False for verdict in self._verdicts.values())
        return wrong + beyond + sum(map(self._is_fraction_of_a_count, self.texts))

    def _is_fraction_of_a_count(self, code: str) -> bool:
        is_count = self.form.by_code[code].unit.kind is Kind.COUNT
        return is_count and "." in self.texts[code] and code not in self.figures

    @property
    def crosses_unproved(self) -> bool:
        """Whether rows follow a total above 0 that is not proved by its parts."""
        last = max((self._place(item) for item in self.filled_leaves()), default=-1)
        return not self.start.calculated and any(
            verdict is None
            and self.figures.get(code)
            and self._place(self.form.by_code[code]) < last
            for code, verdict in self._verdicts.items()
        )

    def _place(self, item: Item) -> int:
        return self.form.items.index(item)

    @property
    def is_whole(self) -> bool:
        """Whether it has a row for every item of the form, or for every leaf."""
        return self._covers(self.form.items)

    @property
    def fits(self) -> bool:
        """Whether it begins and ends at section boundaries."""
        first, last = (self.form.by_code[code].section for code in self._ends)
        return self._covers(item for item in self.form.items if first <= item.section <= last)

    @property
    def _ends(self) -> tuple[str, str]:
        codes = list(self.texts) or [self.start.code]
        return codes[0], codes[-1]

    def _covers(self, items: Iterable[Item]) -> bool:
        wanted = [item.code for item in items if self.with_sums or not item.calculated]
        return () not in self.laid and sorted(self.texts) == sorted(wanted)

    @property
    def is_proved(self) -> bool:
        """Whether `proofs` outnumber `faults`."""
        return self.proofs > self.faults

    @property
    def words(self) -> str:
        """The words of the choice: where the block would go."""
        filled = self.filled_leaves()
        shown = filled if len(filled) <= 4 else [*filled[:3], filled[-1]]
        each = [f"{item.code} 填 {self.texts[item.code].strip()}" for item in shown]
        if len(filled) > len(shown):
            each.insert(3, "……")
        return f"{'、'.join(each) or '没有可填的数'}，共 {len(filled)} 项{self._words_of_sums()}"

    def _words_of_sums(self) -> str:
        if not self._verdicts:
            return "，没有合计行"
        proved = [code for code, verdict in self._verdicts.items() if verdict]
        wrong = [code for code, verdict in self._verdicts.items() if verdict is False]
        said = f"；合计行 {'、'.join(self._verdicts)} 跳过"
        if proved:
            said += f"，其中 {'、'.join(proved)} 与各项相符"
        return said + (f"，{'、'.join(map(self._difference, wrong))}" if wrong else "")

    def _difference(self, code: str) -> str:
        unit = self.form.by_code[code].unit
        stated, added = (canonical(known.get(code), unit) for known in (self.figures, self.sums))
        return f"{code} 是 {stated} 而各项相加是 {added}"


def zip_texts(row: Row, line: Line) -> Iterator[tuple[str, str]]:
    """The code and text of each item of a line; none if their numbers do not match."""
    filled = [text for text in row.texts if text.strip()]
    if len(line) == len(row.texts):
        yield from ((item.code, text) for item, text in zip(line, row.texts, strict=True))
    elif line and len(filled) <= 1:
        yield line[0].code, "".join(filled)


def is_under(form: Form, leaf: Item, whole: Item) -> bool:
    """Whether the sum `whole` depends on `leaf`."""
    return whole.code in form.sums_over[leaf.code]


def readings(
    form: Form, lines: Sequence[Line], rows: Sequence[Row], start: int
) -> tuple[Reading, ...]:
    """The different ways to lay `rows`; the first one begins at the line `start`.

    The others begin at the sums above it, or leave the sums out. A block as long as the whole
    form, or as all its leaves, may begin at the top.
    """
    above = start
    while above and _is_sum(lines[above - 1]):
        above -= 1
    at = [(start, True), (above, True), (start, False)]
    if len(rows) == len(lines):
        at.append((0, True))
    if len(rows) == sum(not _is_sum(line) for line in lines):
        at.append((0, False))
    different: dict[tuple[object, ...], Reading] = {}
    for place, with_sums in at:
        reading = lay(form, lines, rows, place, with_sums=with_sums)
        different.setdefault(_placed(reading), reading)
    return tuple(different.values())


def _placed(reading: Reading) -> tuple[object, ...]:
    return tuple(sorted((code, text) for code, text in reading.texts.items() if text.strip()))


def _is_sum(line: Line) -> bool:
    return all(item.calculated for item in line)


def lay(
    form: Form, lines: Sequence[Line], rows: Sequence[Row], start: int, *, with_sums: bool
) -> Reading:
    """Lay the rows one by one over the lines from `start` on; `with_sums` false skips sums."""
    ahead = [line for line in lines[start:] if with_sums or not _is_sum(line)]
    first = ahead[0][0] if ahead else lines[start][0]
    ahead.reverse()
    laid: list[Line | None] = []
    for row in rows:
        line = ahead[-1] if ahead else ()
        if row.is_sum and not any(item.calculated for item in line):
            # people add a sum at the foot of their own sheets, where the paper has none
            laid.append(None)
        else:
            laid.append(ahead.pop() if ahead else ())
    return Reading(form, first, with_sums, tuple(rows), tuple(laid))


def choose(candidates: Sequence[Reading]) -> tuple[Reading, ...]:
    """The one reading that is certain, or the readings to offer, the likeliest first.

    The first candidate begins at the focus. It is chosen unless another one is proved by its
    totals or its length, or is equally likely.
    """
    first, *others = candidates
    for tier in (
        [each for each in candidates if each.is_proved],
        [each for each in candidates if each.is_whole],
    ):
        if first in tier or len(tier) == 1:
            return (first if first in tier else tier[0],)
        if tier:
            return (*tier, first)
    if first.fits and not first.faults:
        return (first,)
    rivals = sorted((each for each in others if _rivals(first, each)), key=_faults)
    return (*rivals, first)


def _faults(reading: Reading) -> int:
    return reading.faults


def _rivals(first: Reading, other: Reading) -> bool:
    if other.fits:
        return True
    return other.faults < first.faults or (first.crosses_unproved and not other.faults)


def by_name(candidates: Iterable[Reading]) -> Mapping[str, Reading]:
    """The readings by their names in the page's choice."""
    return {reading.name: reading for reading in candidates}
