"""Number formats: the text shown for a number, as in Excel, WPS and LibreOffice."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.intake.number_format import number_seen, shown

ACCOUNTING = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '


@pytest.mark.parametrize(
    ("text", "code", "seen"),
    [
        ("12.5", "General", "12.5"),
        ("12.5", "G/通用格式", "12.5"),
        ("0.30000000000000004", "", "0.3"),
        ("101", "00000", "00101"),
        ("7113350001", "00000000000", "07113350001"),
        ("13800001234", "000-0000-0000", "138-0000-1234"),
        ("5.7300001", "0.00", "5.73"),
        ("5.735", "0.00", "5.74"),
        ("1.00499999999999989", "0.00", "1.01"),
        ("5.73", "0", "6"),
        ("-5.5", "0", "-6"),
        ("0.4", "#", ""),
        ("0.5", "#.##", ".5"),
        ("12.30", "0.0#", "12.3"),
        ("1234567.891", "#,##0.00", "1,234,567.89"),
        ("100", "0,000", "0,100"),
        ("34500", "0!.0000", "3.4500"),
        ("34500", '0\\.0000"万元"', "3.4500万元"),
        ("34500", "0!.0,", "3.5"),
        ("34500", "0.00,", "34.50"),
        ("12000000", "#,##0.00,,", "12.00"),
        ("0.12", "0%", "12%"),
        ("0.125", "0.0%", "12.5%"),
        ("34500", '0.00"元"', "34500.00元"),
        ("12.5", 'General"元"', "12.5元"),
        ("5", "[$￥-804]#,##0.00", "￥5.00"),
        ("-12.5", "#,##0.00_);[Red](#,##0.00)", "(12.50)"),
        ("-12.5", "#,##0.00_);[红色]-#,##0.00", "-12.50"),
        ("0", ACCOUNTING, "-"),
        ("1234.5", ACCOUNTING, "1,234.50"),
        ("0", "0;-0;;@", ""),
        ("12", ";;;", ""),
        ("12", "@", "12"),
        ("12", "# ?/?", None),
        ("12", "[>10]0", None),
        ("12", "[DBNum2]0", None),
        ("12345", "0.00E+00", None),
        ("44587", "yyyy/m/d", None),
        ("NaN", "0", None),
        ("1E+400", "0", None),
    ],
)
def test_a_number_is_shown_as_its_format_says(text: str, code: str, seen: str | None) -> None:
    assert shown(text, code) == seen


@pytest.mark.parametrize(
    ("seen", "number"),
    [
        ("3.4500万元", "3.45"),
        ("1,234.50", "1234.50"),
        ("(12.50)", "-12.50"),
        ("-6", "-6"),
        ("￥-5", "-5"),
        ("12%", "12"),
        ("138-0000", "1380000"),
        ("-", "0"),
        ("", None),
        ("无", None),
        ("1.2.3", None),
    ],
)
def test_people_read_the_number_in_what_is_shown(seen: str, number: str | None) -> None:
    assert number_seen(seen) == (None if number is None else Decimal(number))


@given(st.decimals(-(10**6), 10**6, places=2), st.sampled_from(["0.00", "#,##0.00", "0.00_ "]))
def test_two_decimals_show_two_decimals(number: Decimal, code: str) -> None:
    assert number_seen(shown(f"{number:f}", code) or "") == number


@given(st.text('0#?.,;%!\\"*_-()[]元G', max_size=20), st.integers(-(10**9), 10**9))
def test_any_format_is_answered(code: str, number: int) -> None:
    seen = shown(str(number), code)

    assert seen is None or number_seen(seen) is None or number_seen(seen) is not None
