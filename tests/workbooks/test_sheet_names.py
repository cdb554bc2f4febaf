"""Names of sheets: plain enough for a formula without quotes, no two alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.workbooks.sheet_names import MAX_LENGTH, reference, sheet_names


@given(st.lists(st.text(max_size=40), max_size=20))
def test_every_name_needs_no_quotes_and_no_two_are_alike(wanted):
    names = sheet_names(wanted, ("汇总表",))

    assert len(names) == len(wanted)
    assert len({name.casefold() for name in (*names, "汇总表")}) == len(names) + 1
    for name in names:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= MAX_LENGTH
        assert all(sign.isalnum() or sign == "_" for sign in name)
        assert not name[0].isdigit()
        assert not name.isascii()


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (["鄂城区总工会"], ["鄂城区总工会"]),
        (["甲", "甲", "甲"], ["甲", "甲_2", "甲_3"]),
        (["工会A", "工会a"], ["工会A", "工会a_2"]),
        (["一/二：三:四（示例）", "'引'"], ["一_二_三_四_示例", "引"]),
        (
            ["", "??", "=1+1", "A1", "History"],
            ["单位", "单位_2", "单位_1_1", "单位_A1", "单位_History"],
        ),
        (["1号工会", "长" * 40], ["单位_1号工会", "长" * 31]),
        (["长" * 40, "长" * 40], ["长" * 31, "长" * 29 + "_2"]),
        (["汇总表"], ["汇总表_2"]),
    ],
)
def test_a_name_stays_as_near_as_it_can(wanted, names):
    assert sheet_names(wanted, ("汇总表",)) == names


def test_a_reference_names_one_sheet_or_a_run_of_them():
    assert reference("甲", "甲", "E7") == "甲!E7"
    assert reference("甲", "乙", "E7") == "甲:乙!E7"
