"""Formulas: the calculated items of a form, from the figures that were typed."""

from collections.abc import Iterable, Mapping

from portal.domain.form import Form, Item

Figures = Mapping[str, int | None]
"""Item codes to figures; an item that is not there is blank."""


def total(figures: Iterable[int | None]) -> int | None:
    """The sum of `figures`, blanks counting as nothing; blank when all of them are."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def with_totals(form: Form, leaves: Figures) -> dict[str, int | None]:
    """Every item of `form` in the paper's order, calculated ones summed from `leaves`."""
    figures: dict[str, int | None] = {item.code: leaves.get(item.code) for item in form.leaves}
    for item in form.in_order_of_sums:
        figures[item.code] = total(figures[part] for part in item.formula)
    return {item.code: figures[item.code] for item in form.items}


def formula_text(item: Item) -> str:
    """The formula as the paper prints it: ``E=E1+E2+E3+E4+E5``."""
    return f"{item.code}={'+'.join(item.formula)}" if item.formula else ""
