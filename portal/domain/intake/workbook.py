"""Intake: the figures in a workbook, and the faults of its cells, by address.

Blank cells change nothing: they neither erase a figure nor mean 0. The stored result of a formula
is taken with a note; a formula without a stored result is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from portal.domain.figures import canonical, parse_figure
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import with_totals
from portal.domain.intake.code_columns import CodeCell
from portal.domain.intake.figure_columns import NoLayout
from portal.domain.intake.grid import Cell, CellKind, Grid, address
from portal.domain.intake.layout import (
    Block,
    Layout,
    find_layout,
)
from portal.domain.intake.marks import Marks, marks_of
from portal.domain.intake.number_format import XML_NUMBER
from portal.domain.intake.sheet_says import SheetSays
from portal.domain.intake.sheet_words import Expected, Said
from portal.domain.intake.taken import (
    Taken,
    as_held,
    as_seen,
    from_another_workbook,
    in_unit,
    under_label,
)


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A fault of one cell, as a sentence to follow its address.

    `address` is empty for a fault of the whole sheet, `code` None without an item. `offer` is a
    text that can be taken instead of the cell's.
    """

    address: str
    code: str | None
    sentence: str
    offer: str | None = None


@dataclass(frozen=True)
class Intake:
    """The figures of a workbook for a report, with problems and warnings.

    `taken_from` names the columns of figures. `figures` has the text of every accepted figure by
    item, as if typed, and `addresses` the cell of every filled item. `problems` are refused cells
    (those with an offer can be accepted); `warnings` are only shown. `blanks` are the items that
    the sheet leaves empty, `absent` those that it lacks. `organisation` is the unit after 填报单位,
    `misnamed` a text that names another unit, `stale` a title of another year or campaign.
    """

    sheet: str = ""
    taken_from: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    addresses: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[CellProblem, ...] = ()
    warnings: tuple[CellProblem, ...] = ()
    blanks: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    marks: Marks | None = None
    organisation: str | None = None
    misnamed: Said | None = None
    stale: Said | None = None


def find_figures(form: Form, grid: Grid, expected: Expected | None = None) -> Intake:
    """Read the figures of the one sheet of `grid` that has the items of `form`.

    `expected` are the words that the sheet may contain; without it no words are compared. Raises
    `NoLayout` when no sheet fits, or several do.
    """
    marks = marks_of(grid)
    try:
        layout = find_layout(form, grid.visible, expected)
    except NoLayout as lack:
        return Intake(problems=(CellProblem(lack.cell, None, str(lack)),), marks=marks)
    says = SheetSays(form, layout, expected or Expected())
    found = {item.code: _look_up(item, says) for item in form.items}
    leaves = [found[item.code] for item in form.leaves]
    return Intake(
        sheet=layout.table.name,
        taken_from=layout.named_columns,
        figures={each.item.code: each.text for each in leaves if each.figure is not None},
        addresses={code: each.cell.address for code, each in found.items() if each.cell},
        problems=(
            *_unknown_codes(form, layout),
            *_left_out(layout),
            *(each.problem for each in leaves if each.problem),
        ),
        warnings=(*_notes(leaves), *_uncoded(layout), *_sum_warnings(form, found)),
        blanks=tuple(each.item.code for each in leaves if each.blank),
        absent=_absent(form, layout),
        marks=marks,
        organisation=says.organisation.words if says.organisation else None,
        misnamed=says.misnamed,
        stale=None if marks else says.stale,
    )


def _absent(form: Form, layout: Layout) -> tuple[str, ...]:
    there = {code for left in layout.left_out for code in left.codes} | layout.places.keys()
    return tuple(item.code for item in form.items if item.code not in there)


@dataclass(frozen=True, slots=True)
class _Found:
    """One item on the sheet: its cell, and the figure in it or the problem with it."""

    item: Item
    present: bool = True
    cell: Cell | None = None
    text: str = ""
    figure: int | None = None
    problem: CellProblem | None = None
    note: str = ""

    @property
    def blank(self) -> bool:
        """Whether the sheet has the item with an empty cell."""
        return self.present and self.figure is None and self.problem is None


def _look_up(item: Item, says: SheetSays) -> _Found:
    places = says.layout.places.get(item.code, [])
    if not places:
        return _Found(item, present=False)
    if len(places) > 1:
        return _Found(item, problem=_twice(item, [cell for _, cell in places]))
    block, code = places[0]
    if len(code.codes) > 1 and item.unit.name not in block.by_unit:
        return _Found(item, problem=_headless(item, code))
    cells = block.cells_for(item, code)
    if len(cells) > 1:
        return _Found(item, problem=_which(item, cells))
    if not cells:
        return _Found(item, problem=_in_a_merge(item, block, code))
    if cells[0].kind in UNREADABLE:
        return _Found(item, cell=cells[0], problem=_unreadable(item, cells[0]))
    taken = as_held(cells[0]) if item.calculated else _taken(item, cells[0], block, code, says)
    return _read(item, cells[0], taken)


UNREADABLE = {
    CellKind.ERROR: "单元格显示 {text}，公式出错，请改正并保存后再导入。",
    CellKind.BOOLEAN: "这是逻辑值 {text}，不是数，请改填数字。",
    CellKind.DATE: "这是日期，不是数，请把单元格格式改为常规后重新填写。",
    CellKind.UNCALCULATED: "公式没有计算过，请先用 WPS 或 Excel 打开并保存，再导入。",
}


def _unreadable(item: Item, cell: Cell) -> CellProblem:
    sentence = UNREADABLE[cell.kind].format(text=cell.text)
    return CellProblem(cell.address, item.code, sentence)


def _taken(item: Item, cell: Cell, block: Block, code: CodeCell, says: SheetSays) -> Taken:
    """The text of a cell, with the doubts from the words around it."""
    taken = from_another_workbook(as_seen(item, cell), cell)
    taken = in_unit(item, taken, says.money(item, cell, block, code))
    return under_label(taken, says.other_label(item, block, code))


def _read(item: Item, cell: Cell, taken: Taken) -> _Found:
    """The figure in a cell; text is parsed as if typed, and a doubtful figure is offered."""
    parsed = parse_figure(taken.text, item.unit)
    found = _Found(item, cell=cell, text=taken.text, note=taken.note)
    if parsed.problem is None and not taken.doubts:
        return replace(found, figure=parsed.figure)
    sentence, offer = "", taken.text
    if parsed.problem:
        sentence, offer = parsed.problem.sentence, parsed.problem.offer or ""
    said = "".join((*taken.doubts, sentence))
    return replace(found, problem=CellProblem(cell.address, item.code, said, offer or None))


def _in_a_merge(item: Item, block: Block, code: CodeCell) -> CellProblem | None:
    """Report a figure that shows in the row because its cell is merged with another row's."""
    for column in block.columns:
        area, seen = block.table.merge_at(code.row, column), block.table.seen(code.row, column)
        if area and seen and area.top != area.bottom:
            here = address(code.row, column)
            sentence = (
                f"{area.address} 合并成了一格，{item.code} 没有自己的数，请取消合并后分别填写。"
            )
            return CellProblem(here, item.code, sentence)
    return None


def _twice(item: Item, cells: Sequence[CodeCell]) -> CellProblem:
    places = "、".join(address(cell.row, cell.column) for cell in cells)
    sentence = f"代码 {item.code} 在 {places} 出现了 {len(cells)} 次，请只保留一处。"
    return CellProblem(address(cells[0].row, cells[0].column), item.code, sentence)


def _headless(item: Item, code: CodeCell) -> CellProblem:
    sentence = (
        f"{'、'.join(code.codes)} 写在同一行，"
        "表头要有“慰问对象”和“发放款物”两列才能分清，请每行只写一个代码。"
    )
    return CellProblem(address(code.row, code.column), item.code, sentence)


def _which(item: Item, cells: Sequence[Cell]) -> CellProblem:
    places = "、".join(cell.address for cell in cells)
    return CellProblem(
        cells[0].address, item.code, f"{places} 都有内容，不能确定哪一个是 {item.code} 的数。"
    )


def _unknown_codes(form: Form, layout: Layout) -> Iterator[CellProblem]:
    """Report codes of other editions with a filled figure."""
    for code, places in layout.places.items():
        for block, cell in places:
            if code not in form.by_code and block.filled(cell.row, block.columns):
                sentence = f"本次表样没有代码 {code}，这一行没有读入。"
                yield CellProblem(address(cell.row, cell.column), None, sentence)


def _left_out(layout: Layout) -> Iterator[CellProblem]:
    """Report items in places that are not read: in cells aside, or on other sheets."""
    for left in layout.left_out:
        codes = "、".join(left.codes[:MAX_CODES]) + ("等" if len(left.codes) > MAX_CODES else "")
        if left.sheet:
            sentence = (
                f"工作表“{left.sheet}”里还有 {codes} 的数，没有读入，请把各表合到一张表里再导入。"
            )
        else:
            sentence = f"{codes} 不在代码列里，这一行没有读入。"
        yield CellProblem(left.address, None, sentence)


MAX_CODES = 8
"""The codes that a sentence names one by one."""


def _notes(leaves: Sequence[_Found]) -> Iterator[CellProblem]:
    for each in leaves:
        if each.cell and each.cell.formula and each.figure is not None:
            sentence = f"这是公式，取文件保存时的结果 {each.text}，请核对。"
            yield CellProblem(each.cell.address, each.item.code, sentence)
        if each.cell and each.note and each.figure is not None:
            yield CellProblem(each.cell.address, each.item.code, each.note)


def _uncoded(layout: Layout) -> Iterator[CellProblem]:
    for cell, code in layout.uncoded():
        number = cell.text or "公式"
        sentence = f"{number} 所在的行没有代码，没有读入。"
        if code is not None:
            text = f"“{code.text}”{_look_alike(code.text)}"
            sentence = f"{number} 没有读入：{code.address} 写的{text}不是本表的代码。"
        yield CellProblem(cell.address, None, sentence)


def _look_alike(text: str) -> str:
    """The letters of other alphabets in a code that looks like one of ours."""
    foreign = [sign for sign in text if sign.isalpha() and "\u0370" <= sign <= "\u058f"]
    return f"里的“{foreign[0]}”是外文字母，" if foreign else ""


def _sum_warnings(form: Form, found: Mapping[str, _Found]) -> Iterator[CellProblem]:
    """Warn of sums on the sheet that differ from the sum of their parts.

    A sum with an absent or refused part is not judged.
    """
    sums = with_totals(form, {code: each.figure for code, each in found.items()})
    doubtful = {
        whole
        for item in form.leaves
        for whole in form.sums_over[item.code]
        if found[item.code].problem or not found[item.code].present
    }
    for item in form.items:
        if item.calculated and item.code not in doubtful:
            yield from _difference(found[item.code], sums[item.code])


def _difference(found: _Found, total: int | None) -> Iterator[CellProblem]:
    cell = found.cell
    if cell is None or cell.kind is CellKind.UNCALCULATED or _is_written(found, total):
        return
    own = canonical(total, found.item.unit) or "空白"
    sentence = (
        f"文件里 {found.item.code} 的合计是 {found.text or cell.text}，"
        f"按文件里的各项计算是 {own}；合计由系统计算，请核对各项。"
    )
    yield CellProblem(cell.address, found.item.code, sentence)


def _is_written(found: _Found, total: int | None) -> bool:
    """Whether the sheet's sum equals `total` to the decimals shown, over an item's limit too."""
    text = found.text.replace(",", "")
    if found.figure is not None or not XML_NUMBER.fullmatch(text):
        return found.figure == (total or 0)
    own = Decimal(canonical(total or 0, found.item.unit))
    return abs(Decimal(text) - own) < Decimal(1).scaleb(-found.item.unit.decimals) / 2
