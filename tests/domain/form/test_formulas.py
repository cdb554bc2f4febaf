"""Formulas: totals are computed from typed figures, and blank is not zero."""

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.form.form import Form
from portal.domain.form.formulas import Figures, formula_text, total, with_totals

COUNTS = st.integers(0, 99_999_999)


@given(data=st.data())
def test_the_totals_of_a_sum_are_the_sum_of_the_totals(form: Form, data: st.DataObject) -> None:
    whole = st.fixed_dictionaries({item.code: COUNTS for item in form.leaves})
    one, other = data.draw(whole), data.draw(whole)

    together = with_totals(form, {code: one[code] + other[code] for code in one})

    assert together == _added(with_totals(form, one), with_totals(form, other))


def _added(one: Figures, other: Figures) -> dict[str, int | None]:
    return {code: (one[code] or 0) + (other[code] or 0) for code in one}


@given(st.lists(st.none() | COUNTS))
def test_total_ignores_blanks_and_is_blank_over_only_blanks(
    figures: list[int | None],
) -> None:
    known = [figure for figure in figures if figure is not None]

    assert total(figures) == (sum(known) if known else None)


def test_an_empty_form_has_blank_totals(form: Form) -> None:
    figures = with_totals(form, {})

    assert set(figures.values()) == {None}


def test_a_form_of_zeros_has_totals_of_zero(form: Form) -> None:
    figures = with_totals(form, {item.code: 0 for item in form.leaves})

    assert set(figures.values()) == {0}


def test_a_total_that_was_typed_is_ignored(form: Form) -> None:
    figures = with_totals(form, {"E": 999, "E1": 3, "E4": 4})

    assert figures["E"] == 7


def test_every_item_is_there_in_the_papers_order(form: Form) -> None:
    figures = with_totals(form, {"C1": 5})

    assert list(figures) == [item.code for item in form.items]


def test_the_formula_is_written_as_on_paper(form: Form) -> None:
    assert formula_text(form.by_code["E"]) == "E=E1+E2+E3+E4+E5"
    assert formula_text(form.by_code["G"]) == ""
