"""核对码: ten signs of a fingerprint, read back however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.paper.code import ALPHABET, code_of, fingerprints_from, read_code

fingerprints = st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}")


def test_a_code_is_two_groups_of_five():
    assert code_of("0" * 64) == "00000-00000"
    assert code_of("f" * 64) == "ZZZZZ-ZZZZZ"
    assert code_of("8" + "0" * 63) == "G0000-00000"


@given(fingerprints)
def test_a_code_is_read_back_as_it_was_written(sha256):
    code = code_of(sha256)

    assert read_code(code) == code
    assert set(code) <= {*ALPHABET, "-"}


@given(fingerprints, fingerprints)
def test_the_fingerprints_with_a_code_lie_between_two_beginnings(one, other):
    first, below = fingerprints_from(code_of(one))

    assert first <= one < below
    assert (code_of(other) == code_of(one)) == (first <= other < below)


@pytest.mark.parametrize(
    "typed",
    ["7k3qm-x8r2a", " 7K3QM X8R2A ", "７Ｋ３ＱＭ－Ｘ８Ｒ２Ａ", "7K3QMX8R2A", "7K3QM—X8R2A"],
)
def test_code_is_read_in_any_case_and_spacing(typed):
    assert read_code(typed) == "7K3QM-X8R2A"


def test_letters_that_look_like_digits_are_read_as_digits():
    assert read_code("oOiIl-00000") == "00111-00000"


@pytest.mark.parametrize(
    "typed", ["", "7K3QM", "7K3QM-X8R2AA", "7K3QM-X8R2U", "核对码" * 9, "\0" * 10]
)
def test_other_text_is_no_code(typed):
    assert read_code(typed) is None
