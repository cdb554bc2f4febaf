"""File names that survive Windows, chat programs and whatever an organisation is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.workbooks.sheet import attachment_name


def test_the_parts_make_a_readable_name():
    assert attachment_name("鄂城区总工会", "2022年春节送温暖统计表") == (
        "鄂城区总工会_2022年春节送温暖统计表.xlsx"
    )


def test_another_kind_of_file_gets_its_own_ending():
    assert attachment_name("回执", suffix="pdf") == "回执.pdf"


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("../../etc/passwd", "etc passwd.xlsx"),
        ('a/b\\c:d*e?f"g<h>i|j', "a b c d e f g h i j.xlsx"),
        ("换\r\n行\x00断", "换 行 断.xlsx"),
        ("\u202exslx.表", "xslx.表.xlsx"),
        ("  . ", "导出.xlsx"),
        ("con", "_con.xlsx"),
        ("LPT1.统计", "_LPT1.统计.xlsx"),
        ("\ud800", "导出.xlsx"),
    ],
)
def test_what_a_file_name_cannot_hold_is_left_out(part: str, name: str):
    assert attachment_name(part) == name


def test_empty_parts_leave_no_gap():
    assert attachment_name("鄂城", "", "统计表") == "鄂城_统计表.xlsx"


@pytest.mark.parametrize("sign", ["表", "a", "𠮷"])
def test_a_long_name_is_cut_to_what_a_file_system_takes(sign: str):
    name = attachment_name(sign * 300)

    assert 200 <= len(name.encode()) <= 255
    assert set(name.removesuffix(".xlsx")) == {sign}


@given(st.lists(st.text()))
def test_any_parts_make_a_name_that_a_file_system_takes(parts: list[str]):
    name = attachment_name(*parts)

    assert name.endswith(".xlsx")
    assert len(name.encode()) <= 255
    assert not set(name) & set('\\/:*?"<>|\r\n\t\x00')
    assert name == name.strip(" .")
