"""Figures: parsing, exact storage, and display."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.figures import (
    FEN_PER_WAN,
    MAX_TYPED_LENGTH,
    Kind,
    ParsedFigure,
    Problem,
    Unit,
    canonical,
    parse_figure,
    rounded,
    show,
)

PERSON_TIMES = Unit("人次", Kind.COUNT, 0)
ENTERPRISES = Unit("家", Kind.COUNT, 0)
MONEY = Unit("万元", Kind.MONEY, 2)
MONEY_TO_THE_FEN = Unit("万元", Kind.MONEY, 6)
UNITS = (
    PERSON_TIMES,
    ENTERPRISES,
    *(Unit("万元", Kind.MONEY, decimals) for decimals in range(7)),
)
FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")


@st.composite
def units_and_figures(draw: st.DrawFn) -> tuple[Unit, int]:
    """A unit with a figure that the unit can show in full."""
    unit = draw(st.sampled_from(UNITS))
    step = 10 ** (unit.places - unit.decimals)
    return unit, draw(st.integers(0, unit.greatest // step)) * step


@given(units_and_figures())
def test_a_canonical_text_is_read_back_as_the_same_figure(given_figure: tuple[Unit, int]) -> None:
    unit, figure = given_figure

    reading = parse_figure(canonical(figure, unit), unit)

    assert reading == ParsedFigure(figure)


@given(units_and_figures())
def test_what_is_shown_can_be_typed(given_figure: tuple[Unit, int]) -> None:
    unit, figure = given_figure

    reading = parse_figure(show(figure, unit), unit)

    assert reading == ParsedFigure(figure)


@given(units_and_figures())
def test_full_width_text_means_the_same_as_half_width(given_figure: tuple[Unit, int]) -> None:
    unit, figure = given_figure
    half_width = show(figure, unit)

    reading = parse_figure(half_width.translate(FULL_WIDTH), unit)

    assert reading == parse_figure(half_width, unit) == ParsedFigure(figure)


@given(units_and_figures(), st.integers(0, 5), st.sampled_from(["", " ", "\t", "　", " \n "]))
def test_leading_zeros_and_spaces_around_change_nothing(
    given_figure: tuple[Unit, int], zeros: int, space: str
) -> None:
    unit, figure = given_figure

    reading = parse_figure(f"{space}{'0' * zeros}{canonical(figure, unit)}{space}", unit)

    assert reading == ParsedFigure(figure)


@given(st.text(), st.sampled_from(UNITS))
def test_any_text_is_a_figure_a_blank_or_a_problem(typed: str, unit: Unit) -> None:
    reading = parse_figure(typed, unit)

    assert reading.figure is None or 0 <= reading.figure <= unit.greatest
    assert reading.figure is None or reading.problem is None
    assert (reading == ParsedFigure()) == (not typed.strip())


@given(st.text("0123456789.,，．０９-+e￥万元 /—", max_size=20), st.sampled_from(UNITS))
def test_any_text_of_number_characters_is_parsed_or_refused(typed: str, unit: Unit) -> None:
    reading = parse_figure(typed, unit)

    assert reading.problem is None or reading.problem.sentence.strip()


@given(st.integers(0, 10**8), st.text("0123456789", min_size=1, max_size=9))
def test_what_is_offered_is_taken_when_it_is_typed(whole: int, fraction: str) -> None:
    for unit in UNITS:
        problem = parse_figure(f"{whole}.{fraction}", unit).problem

        if problem and problem.offer:
            assert parse_figure(problem.offer, unit).problem is None


@pytest.mark.parametrize("typed", ["", "  ", "　", "\t\n"])
def test_empty_text_is_blank_not_zero(typed: str) -> None:
    assert parse_figure(typed, MONEY) == ParsedFigure(None, None)


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("0", 0),
        ("0.00", 0),
        ("12", 12_000_000),
        ("12.5", 12_500_000),
        ("12.50000", 12_500_000),
        ("00012.34", 12_340_000),
        ("１２．５", 12_500_000),
        ("1,234.50", 1_234_500_000),
        ("１，２３４，５６７．８９", 1_234_567_890_000),
        (" 0.01 ", 10_000),
        ("9999999.99", 9_999_999_990_000),
        ("9,999,999.990", 9_999_999_990_000),
    ],
)
def test_money_is_kept_in_fen(typed: str, fen: int) -> None:
    assert parse_figure(typed, MONEY) == ParsedFigure(fen)


@pytest.mark.parametrize(
    ("typed", "count"),
    [("0", 0), ("007", 7), ("12.0", 12), ("1,000", 1000), ("99999999", 99_999_999)],
)
def test_a_count_is_kept_as_it_is(typed: str, count: int) -> None:
    assert parse_figure(typed, PERSON_TIMES) == ParsedFigure(count)


def test_one_fen_is_kept_where_the_item_has_six_decimals() -> None:
    assert parse_figure("0.000001", MONEY_TO_THE_FEN) == ParsedFigure(1)


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("-3", "正负号"),
        ("+3", "正负号"),
        ("－3", "正负号"),
        ("—", "正负号"),
        (".5", "小数点前后"),
        ("5.", "小数点前后"),
        ("1,23", "千分位"),
        ("12,34.5", "千分位"),
        (",123", "千分位"),
        ("1e3", "不带单位"),
        ("￥12", "不带单位"),
        ("12万元", "不带单位"),
        ("3 人", "不带单位"),
        ("/", "不是可以识别的数"),
        ("无", "不是可以识别的数"),
        ("1.2.3", "不是可以识别的数"),
        ("1 2", "不是可以识别的数"),
        ("²", "不是可以识别的数"),
        ("٣", "不是可以识别的数"),
        ("1" * (MAX_TYPED_LENGTH + 1), "过长"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(typed: str, word: str) -> None:
    reading = parse_figure(typed, MONEY)

    assert reading.figure is None
    assert reading.problem is not None
    assert word in reading.problem.sentence
    assert reading.problem.offer is None


def test_a_count_with_a_fraction_is_refused_without_an_offer() -> None:
    assert parse_figure("12.5", PERSON_TIMES) == ParsedFigure(
        problem=Problem("人次须为整数，不能填 12.5。", None)
    )


@pytest.mark.parametrize(
    ("typed", "offer"),
    [("0.3432", "0.34"), ("0.345", "0.35"), ("0.3449", "0.34"), ("1,999.999", "2000.00")],
)
def test_too_many_decimals_are_offered_rounded_half_up(typed: str, offer: str) -> None:
    reading = parse_figure(typed, MONEY)

    assert reading.figure is None
    assert reading.problem is not None
    assert reading.problem.offer == offer
    assert offer in reading.problem.sentence
    assert typed.replace(",", "") in reading.problem.sentence


@pytest.mark.parametrize(
    ("typed", "unit", "limit"),
    [
        ("100000000", PERSON_TIMES, "99,999,999 人次"),
        ("10000000", MONEY, "9,999,999.99 万元"),
        ("9999999.991", MONEY, "9,999,999.99 万元"),
        ("9999999.95", Unit("万元", Kind.MONEY, 1), "9,999,999.99 万元"),
        ("9" * MAX_TYPED_LENGTH, MONEY_TO_THE_FEN, "9,999,999.99"),
    ],
)
def test_a_figure_over_the_limit_is_refused_and_never_rounded_down_to_it(
    typed: str, unit: Unit, limit: str
) -> None:
    reading = parse_figure(typed, unit)

    assert reading.figure is None
    assert reading.problem is not None
    assert limit in reading.problem.sentence
    assert reading.problem.offer is None


def test_money_over_the_limit_asks_whether_it_was_typed_in_yuan() -> None:
    money, count = (
        parse_figure("123456789", MONEY).problem,
        parse_figure("123456789", PERSON_TIMES).problem,
    )

    assert money is not None
    assert "按元填写" in money.sentence
    assert count is not None
    assert "按元填写" not in count.sentence


@pytest.mark.parametrize(
    ("figure", "unit", "plain", "shown"),
    [
        (None, MONEY, "", ""),
        (None, PERSON_TIMES, "", ""),
        (0, MONEY, "0.00", "0.00"),
        (0, PERSON_TIMES, "0", "0"),
        (1_234_500_000, MONEY, "1234.50", "1,234.50"),
        (1_234_567, PERSON_TIMES, "1234567", "1,234,567"),
        (1, MONEY, "0.000001", "0.000001"),
        (5_000_000, Unit("万元", Kind.MONEY, 0), "5", "5"),
        (-340_000, MONEY, "-0.34", "-0.34"),
        (-1_234_500_000, MONEY, "-1234.50", "-1,234.50"),
        (-1_234, PERSON_TIMES, "-1234", "-1,234"),
    ],
)
def test_a_figure_is_written_plain_and_for_reading(
    figure: int | None, unit: Unit, plain: str, shown: str
) -> None:
    assert canonical(figure, unit) == plain
    assert show(figure, unit) == shown


@pytest.mark.parametrize(
    ("figure", "divisor", "unit", "expected"),
    [
        (344_999, 1, MONEY, 340_000),
        (345_000, 1, MONEY, 350_000),
        (5_000 * FEN_PER_WAN, 10_000, MONEY, 500_000),
        (49 * FEN_PER_WAN, 10_000, MONEY, 0),
        (50 * FEN_PER_WAN, 10_000, MONEY, 10_000),
        (7, 2, PERSON_TIMES, 4),
        (1, 1, MONEY_TO_THE_FEN, 1),
    ],
)
def test_rounding_goes_half_up_to_what_the_unit_shows(
    figure: int, divisor: int, unit: Unit, expected: int
) -> None:
    assert rounded(figure, unit, divisor=divisor) == expected
