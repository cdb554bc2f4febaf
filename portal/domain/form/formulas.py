"""Formulas: compute the calculated items of a form from the typed figures."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from portal.domain.form.form import CODE, Form, FormError, Item

Figures = Mapping[str, int | None]
"""Figures by item code; a missing item is blank."""


def total(figures: Iterable[int | None]) -> int | None:
    """The sum of `figures`; blanks count as 0, but the sum is blank if all are blank."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def with_totals(form: Form, leaves: Figures) -> dict[str, int | None]:
    """The figure of every item in the paper's order; calculated ones are summed from `leaves`."""
    figures: dict[str, int | None] = {item.code: leaves.get(item.code) for item in form.leaves}
    for item in form.in_order_of_sums:
        figures[item.code] = total(figures[part] for part in item.formula)
    return {item.code: figures[item.code] for item in form.items}


def formula_text(item: Item) -> str:
    """The formula as the paper prints it: ``E=E1+E2+E3+E4+E5``."""
    return f"{item.code}={'+'.join(item.formula)}" if item.formula else ""


MAX_PARTS = 100


def read_formula(typed: str, code: str) -> tuple[str, ...]:
    """The items that a formula sums, typed like ``E1+E2+…+E5``, with or without ``E=``.

    The empty text gives no items. Raises `FormError` with a sentence when the text is no formula;
    `parse_form` checks whether the items exist and have one unit.
    """
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", typed)).upper()
    text = text.removeprefix(f"{code}=")
    if not text:
        return ()
    parts = tuple(_parts(text))
    if len(parts) > MAX_PARTS:
        raise FormError([f"公式里有 {len(parts)} 项，最多 {MAX_PARTS} 项"])
    return parts


_DOTS = re.compile(r"\.{2,6}|⋯+")
"""An ellipsis after NFKC."""


def _parts(text: str) -> Iterator[str]:
    before, is_run = "", False
    for part in text.split("+"):
        if before and not is_run and _DOTS.fullmatch(part):
            is_run = True
        elif not CODE.fullmatch(part):
            raise FormError([f"公式里的“{part[:20]}”不是代码，请写成 E1+E2+E3 这样的合计"])
        else:
            yield from _between(before, part) if is_run else ()
            yield part
            before, is_run = part, False
    if is_run:
        raise FormError(["公式里省略号后面要写最后一项，例如 C1+C2+…+C11"])


def _between(first: str, last: str) -> Iterator[str]:
    """The items that an ellipsis stands for: C3 to C10 between C2 and C11."""
    begin, end = (re.fullmatch(r"(.*?)([1-9][0-9]{0,3})", code) for code in (first, last))
    if not begin or not end or begin[1] != end[1] or int(end[2]) <= int(begin[2]):
        raise FormError([f"公式里 {first} 到 {last} 的省略号看不出中间是哪些项，请逐项写出"])
    if int(end[2]) - int(begin[2]) > MAX_PARTS:
        raise FormError([f"公式里 {first} 到 {last} 超过 {MAX_PARTS} 项"])
    yield from (f"{begin[1]}{number}" for number in range(int(begin[2]) + 1, int(end[2])))
