"""Landing: a column's length and totals decide its first row, or readings are offered."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import portal.demo
from portal.domain.figures import canonical, parse_figure
from portal.domain.form.form import Form, Item
from portal.domain.form.formulas import Figures, with_totals
from portal.domain.intake.paste import Placement, place_block
from portal.domain.intake.pasted_block import BlockRefused, read_block


@pytest.fixture(scope="module")
def figures(form_2027: Form) -> dict[str, int | None]:
    """What 鄂城 reported in 2022, sums included: no two neighbouring rows are alike."""
    path = Path(portal.demo.__file__).parent / "figures-2022.csv"
    with path.open(encoding="utf-8") as lines:
        rows = {row["指标"]: row["echeng"] for row in csv.DictReader(lines)}
    leaves = {
        code: parse_figure(text, form_2027.by_code[code].unit).figure for code, text in rows.items()
    }
    return with_totals(form_2027, leaves)


def _texts(form: Form, figures: Figures) -> dict[str, str]:
    return {item.code: canonical(figures[item.code], item.unit) for item in form.items}


def _column(form: Form, figures: Figures, first: str, last: str, *, sums: bool = True) -> list[str]:
    """The rows of the paper from one item to another as a copied column."""
    items = [item for item in form.items if sums or not item.calculated]
    codes = [item.code for item in items]
    texts = _texts(form, figures)
    return [texts[code] for code in codes[codes.index(first) : codes.index(last) + 1]]


def _place(form: Form, rows: list[str], start: str, reading: str = "") -> Placement:
    return place_block(form, read_block("\r\n".join(rows) + "\r\n"), start, reading)


def _lands_right(form: Form, figures: Figures, placement: Placement, first: str, last: str) -> None:
    """Assert that exactly the items between the two have their own figures."""
    texts = _texts(form, figures)
    codes = [item.code for item in form.items]
    between = codes[codes.index(first) : codes.index(last) + 1]
    expected = {code: texts[code] for code in between if not form.by_code[code].calculated}
    assert {one.code: one.text for one in placement.figures} == expected


def _offers(form: Form, rows: list[str], start: str) -> list[str]:
    with pytest.raises(BlockRefused) as refused:
        _place(form, rows, start)
    return [reading.name for reading in refused.value.readings]


# (start, first and last item of the column, whether it has rows for the sums)
COLUMNS = [
    ("A1", "A", "J4", True),
    ("A", "A", "J4", True),
    ("A1", "A1", "J4", False),
    ("A", "A1", "J4", False),
    ("C9", "A", "J4", True),
    ("C9", "A1", "J4", False),
    ("A1", "A", "A6", True),
    ("A1", "A1", "A6", True),
    ("A1", "A", "B2", True),
    ("A1", "A", "F3", True),
    ("A1", "A1", "F3", True),
    ("B", "B", "J4", True),
    ("C1", "C", "J4", True),
    ("C1", "C", "D11", True),
    ("C1", "C1", "D11", True),
    ("C1", "C1", "J4", True),
    ("C9", "C9", "J4", True),
    ("E1", "E", "E5", True),
    ("E1", "E1", "E5", True),
    ("E1", "E", "J4", True),
    ("E1", "E", "F3", True),
    ("F1", "F", "F3", True),
    ("F1", "F1", "J4", True),
    ("G", "G", "J4", True),
]


@pytest.mark.parametrize(("start", "first", "last", "sums"), COLUMNS)
def test_a_copied_column_lands_where_it_was_copied_from(
    form_2027: Form, figures: Figures, start: str, first: str, last: str, sums: bool
) -> None:
    rows = _column(form_2027, figures, first, last, sums=sums)

    placement = _place(form_2027, rows, start)

    _lands_right(form_2027, figures, placement, first, last)
    assert all(each.calculated for each in placement.skipped)


@pytest.mark.parametrize("head", ["数量", "2027年", "本次"])
@pytest.mark.parametrize("sums", [True, False])
def test_a_heading_above_the_column_changes_nothing(
    form_2027: Form, figures: Figures, head: str, sums: bool
) -> None:
    rows = [head, *_column(form_2027, figures, "A" if sums else "A1", "J4", sums=sums), "", " "]

    placement = _place(form_2027, rows, "A1")

    _lands_right(form_2027, figures, placement, "A1", "J4")


def test_a_column_whose_last_cells_are_blank_is_known_by_its_totals(
    form_2027: Form, figures: Figures
) -> None:
    rows = _column(form_2027, figures, "A", "I") + [""] * 4

    placement = _place(form_2027, rows, "A1")

    _lands_right(form_2027, figures, placement, "A1", "I")


def test_a_whole_column_with_blank_sums_is_known_by_its_length(
    form_2027: Form, figures: Figures
) -> None:
    blank_sums = {**figures, **dict.fromkeys(("A", "C", "D", "E", "F"))}
    rows = _column(form_2027, blank_sums, "A", "J4")

    placement = _place(form_2027, rows, "A1")

    _lands_right(form_2027, figures, placement, "A1", "J4")


def test_a_whole_column_with_a_wrong_sum_lands_right_all_the_same(
    form_2027: Form, figures: Figures
) -> None:
    rows = ["999", *_column(form_2027, figures, "A1", "J4")]

    placement = _place(form_2027, rows, "A1")

    _lands_right(form_2027, figures, placement, "A1", "J4")
    assert [each.text for each in placement.skipped if each.code == "A"] == ["999"]


def test_a_zero_report_of_51_rows_and_one_of_46_land_right(form_2027: Form) -> None:
    for count in (51, 46):
        placement = _place(form_2027, ["0"] * count, "A1")

        assert [one.code for one in placement.figures] == [i.code for i in form_2027.leaves]


@pytest.mark.parametrize("start", ["C1", "D1"])
def test_two_columns_with_the_sums_of_the_pair_above_land_right(
    form_2027: Form, figures: Figures, start: str
) -> None:
    texts = _texts(form_2027, figures)
    rows = [f"{texts['C']}\t{texts['D']}"]
    rows += [f"{texts[f'C{n}']}\t{texts[f'D{n}']}" for n in range(1, 12)]

    placement = _place(form_2027, rows, start)

    _lands_right(form_2027, figures, placement, "C1", "D11")


@pytest.mark.parametrize(("head", "kind"), [("慰问对象", "C"), ("发放款物", "D")])
def test_one_measure_with_its_sum_above_lands_right(
    form_2027: Form, figures: Figures, head: str, kind: str
) -> None:
    texts = _texts(form_2027, figures)
    rows = [head, texts[kind], *(texts[f"{kind}{n}"] for n in range(1, 12))]

    placement = _place(form_2027, rows, "C1")

    expected = {f"{kind}{n}": texts[f"{kind}{n}"] for n in range(1, 12)}
    assert {one.code: one.text for one in placement.figures} == expected


def test_codes_decide_over_any_length(form_2027: Form, figures: Figures) -> None:
    texts = _texts(form_2027, figures)
    rows = [f"{code}\t{text}" for code, text in texts.items()]

    placement = _place(form_2027, rows, "F1")

    _lands_right(form_2027, figures, placement, "A", "J4")
    assert placement.note == ""


@pytest.mark.parametrize(
    ("rows", "start", "offers"),
    [
        # a sum of the first section that does not add up, or one that any row could be
        (["22", "1", "2", "3", "4", "5", "6"], "A1", ["A", "A1"]),
        (["5", "5", "0", "0", "0", "0", "0"], "A1", ["A", "A1"]),
        (["9", "5", "1", "2"], "F1", ["F", "F1"]),
        # over a sum of which not all parts are there, with a row for it or without
        (["35.19", "78", "166"], "D11", ["D11-", "D11"]),
        (["35.19", "78", "66"], "D11", ["D11-", "D11"]),
        (["1", "2", "3", "4", "5", "6", "7", "8", "9", "9", "9", "9"], "A1", ["A1-", "A1"]),
        (["22", "1", "2", "3", "4", "5", "6", "7", "3", "3"], "A1", ["A", "A1"]),
    ],
)
def test_uncertain_block_offers_readings_and_places_nothing(
    form_2027: Form, rows: list[str], start: str, offers: list[str]
) -> None:
    assert _offers(form_2027, rows, start) == offers


@pytest.mark.parametrize(
    ("reading", "placed"),
    [
        ("D11", {"D11": "35.19", "E1": "166"}),
        ("D11-", {"D11": "35.19", "E1": "78", "E2": "166"}),
    ],
)
def test_the_reading_that_was_chosen_is_taken(
    form_2027: Form, reading: str, placed: dict[str, str]
) -> None:
    placement = _place(form_2027, ["35.19", "78", "166"], "D11", reading)

    assert {one.code: one.text for one in placement.figures} == placed


@pytest.mark.parametrize("reading", ["A", "Z9", "D11--", "-"])
def test_a_reading_that_was_never_offered_places_nothing(form_2027: Form, reading: str) -> None:
    with pytest.raises(BlockRefused):
        _place(form_2027, ["35.19", "78", "166"], "D11", reading)


def test_an_offer_says_what_it_would_do(form_2027: Form) -> None:
    with pytest.raises(BlockRefused) as refused:
        _place(form_2027, ["22", "1", "2", "3", "4", "5", "6"], "A1")

    first, second = refused.value.readings
    assert first.words == (
        "A1 填 1、A2 填 2、A3 填 3、……、A6 填 6，共 6 项；"
        "合计行 A 跳过，A 是 22.00 而各项相加是 21.00"
    )
    assert second.words == "A1 填 22、A2 填 1、A3 填 2、……、B 填 6，共 7 项，没有合计行"


def test_note_says_if_the_block_does_not_begin_at_the_focus(
    form_2027: Form, figures: Figures
) -> None:
    column, leaves = (
        _column(form_2027, figures, first, "J4", sums=sums)
        for first, sums in (("A", True), ("A1", False))
    )

    notes = [_place(form_2027, rows, "A1").note for rows in (column, leaves)]

    assert notes == ["复制的列带合计行，从 A 起对应", "复制的列里没有合计行，从 A1 起逐项填入"]


SECTIONS = [("A", "A6"), ("E", "E5"), ("F", "F3")]


@given(data=st.data())
def test_a_section_with_its_sum_lands_right_or_asks_whatever_its_figures(
    form_2027: Form, data: st.DataObject
) -> None:
    whole, last = data.draw(st.sampled_from(SECTIONS))
    leaves = [item for item in form_2027.leaves if whole in form_2027.sums_over[item.code]]
    filled = {item.code: data.draw(st.integers(0, 40)) * 10**item.unit.places for item in leaves}
    figures = with_totals(form_2027, filled)

    placed = _right_or_asked(form_2027, figures, leaves, _column(form_2027, figures, whole, last))

    assert placed or sum(map(bool, filled.values())) < 2


def _right_or_asked(form: Form, figures: Figures, leaves: list[Item], rows: list[str]) -> bool:
    """Whether the rows were placed, each on its item, and not asked about."""
    try:
        placement = _place(form, rows, leaves[0].code)
    except BlockRefused:
        return False
    texts = _texts(form, figures)
    assert {one.code: one.text for one in placement.figures} == {
        item.code: texts[item.code] for item in leaves
    }
    return True
