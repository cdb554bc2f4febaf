"""Check words: items and figures as an issue's sentence words them."""

from portal.domain.figures import FEN_PER_YUAN, Unit, show
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import Figures, total

MAX_LABEL_LENGTH = 18
_KEPT = 16
_LEAST_KEPT = 8


def short_label(item: Item) -> str:
    """The label without quotation marks; a long one is cut, at a pause where there is one."""
    label = item.label.replace("“", "").replace("”", "")
    if len(label) <= MAX_LABEL_LENGTH:
        return label
    head = label[:_KEPT]
    pause = max(head.rfind(mark) for mark in "、，；")
    return f"{head[:pause] if pause >= _LEAST_KEPT else head}…"


def called(item: Item) -> str:
    """The item's code, short label and measure."""
    return f"{item.code} {short_label(item)}{_measure(item)}"


def called_beside(item: Item, first: Item) -> str:
    """`called` without the label, if the sentence has named `first` with the same label."""
    return f"{item.code}{_measure(item)}" if item.label == first.label else called(item)


def _measure(item: Item) -> str:
    return f"（{item.measure}）" if item.measure else ""


def amount(figure: int | None, unit: Unit) -> str:
    """The figure with its unit: ``1,234.50 万元``."""
    return f"{show(figure, unit)} {unit.name}"


def stated(form: Form, code: str, figures: Figures) -> str:
    """The item with its figure and unit."""
    item = form.by_code[code]
    return _with_amount(called(item), figures.get(code), item.unit)


def stated_beside(form: Form, code: str, first: str, figures: Figures) -> str:
    """`stated` for an item in the same sentence as `first`."""
    item = form.by_code[code]
    name = called_beside(item, form.by_code[first])
    return _with_amount(name, figures.get(code), item.unit)


def _with_amount(name: str, figure: int | None, unit: Unit) -> str:
    gap = "" if name.endswith("）") else " "
    return f"{name}{gap}{amount(figure, unit)}"


def stated_sum(form: Form, codes: tuple[str, ...], figures: Figures) -> str:
    """Several items with the sum of their figures; `stated` for a single one."""
    if len(codes) == 1:
        return stated(form, codes[0], figures)
    first = form.by_code[codes[0]]
    together = amount(total(figures.get(code) for code in codes), first.unit)
    return f"{called(first)}等 {len(codes)} 项（{'、'.join(codes)}）合计 {together}"


def per_head(money: int, people: int) -> str:
    """次均 in yuan per 人次, rounded half up to the fen."""
    fen = (2 * money + people) // (2 * people)
    return f"{fen // FEN_PER_YUAN:,}.{fen % FEN_PER_YUAN:02} 元/人次"


def change(now: int, before: int) -> str:
    """The change against last year in words; in percent unless last year is 0."""
    if not before:
        return "由无到有"
    permille = (2 * abs(now - before) * 1000 + before) // (2 * before)
    percent = f"{permille // 10:,}.{permille % 10}".removesuffix(".0")
    return f"比上年{'增加' if now > before else '减少'} {percent}%"
