"""Columns of figures: which columns beside the codes hold the figures that are wanted."""

from collections.abc import Iterable, Iterator, Sequence

from portal.domain.form.form import Form
from portal.domain.intake.grid import letters
from portal.domain.intake.surroundings import Surroundings

NO_FIGURES = ("代码", "编码", "项目", "指标", "名称", "单位", "说明")
"""Headings of columns without figures, unless the heading has more words."""

LEAST_RIVAL = 2
"""The numbers that make an unheaded column a rival of a fuller one."""


class NoLayout(ValueError):
    """The sheet cannot be read; the message is the sentence that says what is missing.

    `cell` is the address of the cell that prevents it, if there is one.
    """

    def __init__(self, sentence: str, cell: str = "") -> None:
        super().__init__(sentence)
        self.cell = cell


def figure_columns(form: Form, around: Surroundings) -> tuple[int | None, dict[str, int]]:
    """The one column of figures, and the columns of pairs that stand in one row, by unit.

    Raises `NoLayout` when there is no telling.
    """
    by_unit = _pair_columns(form, around)
    figures = _titled_column(around, set(by_unit.values()))
    if figures is None and not by_unit:
        figures = _only_column(around)
    return figures, by_unit


def _pair_columns(form: Form, around: Surroundings) -> dict[str, int]:
    """The column of each measure, by its unit, if the sheet has one for every measure."""
    units = {item.measure: item.unit.name for item in form.items if item.measure}
    found = {unit: _best(around, around.headed((measure,))) for measure, unit in units.items()}
    columns = {unit: each[0] for unit, each in found.items() if len(each) == 1}
    return columns if len(set(columns.values())) == len(units) else {}


def _titled_column(around: Surroundings, pair: set[int]) -> int | None:
    """The column whose headings fit figures best, or None; raises `NoLayout` if it is unclear."""
    named = [at for at in sorted(around.heads) if at not in pair and any(around.merit(at))]
    best = _best(around, around.nearest(named))
    if len(best) == 1 and not pair and around.counts_rows(best[0]):
        best = [column for column, _ in _countable(around) if column not in best] or best
    if len(best) > 1:
        raise NoLayout(_several(around, best))
    if best and around.is_sum_of_units(best[0]):
        raise NoLayout(f"{around.named(best[0])}是各单位的合计，表里没有本单位的一列，没有读入。")
    return best[0] if best else None


def _best(around: Surroundings, columns: Sequence[int]) -> list[int]:
    """The `columns` with the best headings, by `merit`."""
    merits = {column: around.merit(column) for column in columns}
    most = max(merits.values(), default=())
    best = [column for column, merit in merits.items() if merit == most]
    return [column for column in best if not around.counts_rows(column)] or best


def _only_column(around: Surroundings) -> int:
    counted = dict(_countable(around))
    likely = [column for column in counted if not around.counts_rows(column)] or list(counted)
    most = max((counted[column] for column in likely), default=0)
    likely = [
        column
        for column in likely
        # Without headings, a stray number beside a column of many numbers is a note.
        if column in around.heads or counted[column] >= LEAST_RIVAL or most <= LEAST_RIVAL
    ]
    if not likely:
        raise _none(around)
    if len(likely) > 1:
        raise NoLayout(_several(around, likely))
    return likely[0]


def _countable(around: Surroundings) -> Iterator[tuple[int, int]]:
    for column in around.right:
        numbers = len(around.numbers(column))
        if numbers and not around.why_not(column) and not around.mentions(column, NO_FIGURES):
            yield column, numbers


def _none(around: Surroundings) -> NoLayout:
    others = [cell for column in around.right if (cell := around.why_not(column))]
    named = "、".join(f"{cell.address}“{cell.text}”" for cell in others[:3])
    why = f"（{named} 不是本单位本次的数）" if named else ""
    sentence = f"没有找到数量列{why}，请在填数的一列上方写明“数量”。"
    return NoLayout(sentence, others[0].address if others else "")


def _several(around: Surroundings, columns: Iterable[int]) -> str:
    in_order = sorted(columns)
    names = "、".join(letters(column) for column in in_order)
    places = "、".join(map(around.named, in_order))
    return f"{names} 列都像数量列（{places}），请只在要导入的一列上方写“数量”，或删除其余各列。"
