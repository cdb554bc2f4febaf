"""Paste: parse a block copied from a spreadsheet and assign its cells to the form's items.

An ambiguous block is refused with a sentence; nothing is guessed. Values stay text, which
`figures.parse_figure` parses later.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from portal.domain.form.form import Form, Item
from portal.domain.intake import landing
from portal.domain.intake.landing import Reading
from portal.domain.intake.pasted_block import Block, BlockRefused
from portal.domain.intake.pasted_table import (
    Items,
    Outcome,
    PastedCell,
    PastedFigure,
    PastedTable,
    Skipped,
    pair_of,
)


@dataclass(frozen=True, slots=True)
class Placement:
    """The assignment of a block's cells. A blank cell is in neither list and changes nothing.

    `note` says where the block begins if that is not the focused item.
    """

    figures: tuple[PastedFigure, ...]
    skipped: tuple[Skipped, ...]
    note: str = ""


def place_block(form: Form, block: Block, start_code: str, reading: str = "") -> Placement:
    """Assign the cells of `block` to items of `form`, from the focused item `start_code` on.

    A column of item codes decides alone, wherever the focus is. Without one, a single column of
    figures follows the paper's rows, sums included (their cells are skipped); two columns follow
    the paper pair by pair; a single column headed by a measure follows that measure. The block's
    length or totals may show that it begins at a sum above, or has no sums. Headings, labels,
    序号, remarks and last year's figures are recognised and ignored. `reading` is the name of one
    of the readings that were offered.

    Raises `BlockRefused` when the columns or the rows are ambiguous, and `KeyError` for a
    `start_code` that the form does not have.
    """
    start = form.by_code[start_code]
    table = PastedTable(form, block)
    if not table.figures:
        raise BlockRefused("粘贴的内容里没有找到数，请复制填有数的单元格。")
    if table.codes:
        return _once_each(_by_codes(table))
    return _once_each(*_downwards(table, start, reading))


def _once_each(outcomes: Iterable[Outcome], note: str = "") -> Placement:
    """The placement; cells of an item that occurs more than once are skipped."""
    every = list(outcomes)
    figures = [each for each in every if isinstance(each, PastedFigure)]
    times = Counter(figure.code for figure in figures)
    return Placement(
        figures=tuple(figure for figure in figures if times[figure.code] == 1),
        skipped=(
            *(each for each in every if isinstance(each, Skipped)),
            *(_repeated(figure) for figure in figures if times[figure.code] > 1),
        ),
        note=note,
    )


def _repeated(figure: PastedFigure) -> Skipped:
    sentence = f"{figure.code} 出现了不止一次，请核对后单独填写。"
    return Skipped(figure.text, figure.row, figure.column, sentence)


def _by_codes(table: PastedTable) -> Iterator[Outcome]:
    if table.has_pairs_beside_codes:
        yield from _pairs_by_codes(table)
        return
    if len(table.codes) != len(table.figures):
        found = f"{len(table.codes)} 列代码、{len(table.figures)} 列数"
        raise BlockRefused(f"粘贴的内容有 {found}，分不清用哪一列，请只复制代码列和数量列。")
    for row in table.rows:
        cells = table.cells(row, table.figures)
        for code_at, cell in zip(table.codes, cells, strict=True):
            if cell.filled:
                yield _on_code(cell, table.item_at(row, code_at), table.block[row][code_at])


def _pairs_by_codes(table: PastedTable) -> Iterator[Outcome]:
    """Assign by one column of codes and two columns headed by the measures of a pair."""
    (code_at,) = table.codes
    for row in table.rows:
        cells = table.cells(row, table.figures)
        item, code = table.item_at(row, code_at), table.block[row][code_at]
        if item is None:
            yield from (_on_code(cell, item, code) for cell in cells if cell.filled)
        else:
            yield from _on_items(
                cells, table.measured(pair_of(table.form, item), table.figures) or (item,)
            )


def _on_code(cell: PastedCell, item: Item | None, code: str) -> Outcome:
    if item:
        return cell.on(item)
    return cell.skipped(f"代码 {code.strip()} 不在本表中。" if code.strip() else "这一行没有代码。")


def _downwards(table: PastedTable, start: Item, chosen: str) -> tuple[list[Outcome], str]:
    """Assign the cells of a block without codes; the note says why it does not begin at `start`."""
    pair = pair_of(table.form, start)
    columns = table.columns_of_a_pair if pair else table.figures
    _refuse_what_is_unclear(table, pair, columns)
    in_pairs = bool(table.measured(pair, columns))
    lines = tuple(_lines(table, columns, in_pairs=in_pairs))
    rows = [table.cells(row, columns) for row in table.rows]
    asked = pair if in_pairs else (start,)
    at = next(place for place, line in enumerate(lines) if {*asked} & {*line})
    candidates = landing.readings(table.form, lines, _rows_to_lay(table, rows), at)
    reading = _chosen(candidates, chosen)
    return list(_laid(rows, reading)), _why_elsewhere(candidates[0], reading)


def _rows_to_lay(table: PastedTable, rows: Sequence[tuple[PastedCell, ...]]) -> list[landing.Row]:
    return [
        landing.Row(tuple(cell.text for cell in cells), table.is_sum(row))
        for row, cells in zip(table.rows, rows, strict=True)
    ]


def _chosen(candidates: Sequence[Reading], name: str) -> Reading:
    """The reading with this name, or the certain one; raises `BlockRefused` if there is none."""
    if name:
        known = landing.by_name(candidates).get(name)
        if known is None:
            raise BlockRefused("粘贴的内容已经不同，请重新粘贴。")
        return known
    likely = landing.choose(candidates)
    if len(likely) > 1:
        raise BlockRefused(_MORE_THAN_ONE, likely)
    return likely[0]


_MORE_THAN_ONE = "从哪一行对起有不止一种可能，还没有粘贴。请核对后选一种："


def _laid(rows: Sequence[tuple[PastedCell, ...]], reading: Reading) -> Iterator[Outcome]:
    for cells, items in zip(rows, reading.laid, strict=True):
        if items is None:
            yield from (cell.skipped(_A_SUM, calculated=True) for cell in cells if cell.filled)
        else:
            yield from _on_items(cells, items)


def _why_elsewhere(usual: Reading, reading: Reading) -> str:
    if reading is usual:
        return ""
    if not reading.with_sums:
        return f"复制的列里没有合计行，从 {reading.start.code} 起逐项填入"
    return f"复制的列带合计行，从 {reading.start.code} 起对应"


_A_SUM = "合计由系统计算，不用粘贴。"


def _refuse_what_is_unclear(table: PastedTable, pair: Items, columns: Sequence[int]) -> None:
    if len(columns) > (2 if pair else 1):
        raise BlockRefused(
            f"粘贴的内容有 {len(columns)} 列数，分不清用哪一列。两列数请从成对的项"
            "（慰问对象、发放款物）开始粘贴，其他请只复制一列，或者连同代码列一起复制。"
        )
    if len(columns) == 2 and not table.measured(pair, columns):
        raise BlockRefused("从表头分不清两列数各是哪一项，请只复制其中一列，或者不带表头复制。")
    if pair and len(columns) == 1 and table.is_unclear_beside(columns[0]):
        raise BlockRefused(
            "数的右边还有一列，分不清是不是另一项的数，请只复制填有数的列，或者连同表头一起复制。"
        )


def _lines(table: PastedTable, columns: Sequence[int], *, in_pairs: bool) -> Iterator[Items]:
    """The items of each row of the paper: single items, or pairs in the columns' order."""
    form = table.form
    for item in form.items:
        its_pair = pair_of(form, item) if in_pairs else ()
        if not its_pair or item is its_pair[0]:
            yield table.measured(its_pair, columns) or (item,)


def _on_items(cells: Sequence[PastedCell], items: Items) -> Iterator[Outcome]:
    """Assign the cells of one row to the items of one row of the paper; none after its end."""
    filled = [cell for cell in cells if cell.filled]
    if not items:
        yield from (cell.skipped("已超出本表最后一项。") for cell in filled)
    elif len(items) == len(cells):
        together = zip(cells, items, strict=True)
        yield from (cell.on(item) for cell, item in together if cell.filled)
    elif len(filled) == 1 or items[0].calculated:
        yield from (cell.on(items[0]) for cell in filled)
    else:
        sentence = f"{items[0].code} 只填一个数，这一行有两个，请单独填写。"
        yield from (cell.skipped(sentence) for cell in filled)
