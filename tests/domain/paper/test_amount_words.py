"""Amounts in words: capital numerals, different for every amount."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.paper.amount_words import MAX_FEN, exact_yuan, in_words

# Many zeros, since they are what the rules are about.
FEN = st.integers(0, MAX_FEN) | st.lists(
    st.sampled_from("000123456789"), min_size=1, max_size=14
).map(lambda digits: int("".join(digits)))


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        ("0.00", "零元整"),
        ("0.01", "壹分"),
        ("0.09", "玖分"),
        ("0.10", "壹角整"),
        ("0.50", "伍角整"),
        ("0.55", "伍角伍分"),
        ("1.00", "壹元整"),
        ("1.01", "壹元零壹分"),
        ("1.10", "壹元壹角整"),
        ("1.11", "壹元壹角壹分"),
        ("10.00", "壹拾元整"),
        ("10.05", "壹拾元零伍分"),
        ("10.50", "壹拾元伍角整"),
        ("15.00", "壹拾伍元整"),
        ("20.00", "贰拾元整"),
        ("100.00", "壹佰元整"),
        ("101.50", "壹佰零壹元伍角整"),
        ("110.00", "壹佰壹拾元整"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("425.03", "肆佰贰拾伍元零叁分"),
        ("532.00", "伍佰叁拾贰元整"),
        ("1000.00", "壹仟元整"),
        ("1001.01", "壹仟零壹元零壹分"),
        ("1004.56", "壹仟零肆元伍角陆分"),
        ("1010.00", "壹仟零壹拾元整"),
        ("1100.00", "壹仟壹佰元整"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("7560.31", "柒仟伍佰陆拾元叁角壹分"),
        ("10000.00", "壹万元整"),
        ("10001.00", "壹万零壹元整"),
        ("10010.00", "壹万零壹拾元整"),
        ("10500.00", "壹万零伍佰元整"),
        ("10950.00", "壹万零玖佰伍拾元整"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("100500.00", "壹拾万零伍佰元整"),
        ("105000.00", "壹拾万伍仟元整"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("126000.00", "壹拾贰万陆仟元整"),
        ("289546.52", "贰拾捌万玖仟伍佰肆拾陆元伍角贰分"),
        ("1000000.00", "壹佰万元整"),
        ("1020304.05", "壹佰零贰万零叁佰零肆元零伍分"),
        ("10000000.00", "壹仟万元整"),
        ("10010001.00", "壹仟零壹万零壹元整"),
        ("100000000.00", "壹亿元整"),
        ("100000000.01", "壹亿元零壹分"),
        ("100000001.00", "壹亿零壹元整"),
        ("100005000.00", "壹亿零伍仟元整"),
        ("100010000.00", "壹亿零壹万元整"),
        ("110000000.00", "壹亿壹仟万元整"),
        ("1000000000.00", "壹拾亿元整"),
        ("99999999900.00", "玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰元整"),
        ("100000000001.00", "壹仟亿零壹元整"),
        (
            "999999999999.99",
            "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
        ),
    ],
)
def test_an_amount_is_written_as_on_a_bill(yuan: str, words: str) -> None:
    fen = int(yuan.replace(".", ""))

    assert in_words(fen) == words


@given(FEN)
def test_the_words_read_back_give_the_amount(fen: int) -> None:
    assert _read(in_words(fen)) == fen


def _read(words: str) -> int:
    """Read `words` back into an amount, place by place, ignoring 零 and 整."""
    yuan, jiao, fen = re.fullmatch(r"(?:(.+)元)?(?:零?(.)角)?(?:零?(.)分)?整?", words).groups()  # type: ignore[union-attr]
    whole = 0
    for name, worth in (("亿", 10**8), ("万", 10**4), ("", 1)):
        group, found, rest = (yuan or "").partition(name) if name else (yuan or "", "", "")
        if found or not name:
            whole += worth * _below_ten_thousand(group)
            yuan = rest
    return whole * 100 + _digit(jiao) * 10 + _digit(fen)


def _below_ten_thousand(group: str) -> int:
    worths = {"仟": 1000, "佰": 100, "拾": 10, "": 1}
    return sum(
        _digit(digit) * worths[place]
        for digit, place in re.findall("([^零仟佰拾])([仟佰拾]?)", group)
    )


def _digit(word: str | None) -> int:
    return "零壹贰叁肆伍陆柒捌玖".index(word) if word else 0


@given(FEN.filter(bool))
def test_zeros_are_written_once_and_only_inside(fen: int) -> None:
    words = in_words(fen)

    assert not re.search("零零|零[仟佰拾亿万元角整]|^零|零$", words)


@given(FEN)
def test_zheng_is_left_out_only_after_fen(fen: int) -> None:
    words = in_words(fen)

    assert words.endswith("分") == bool(fen % 10)
    assert words.endswith("整") == (not fen % 10)


@pytest.mark.parametrize("fen", [-1, MAX_FEN + 1])
def test_amount_out_of_range_raises(fen: int) -> None:
    with pytest.raises(ValueError, match="no words"):
        in_words(fen)


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "0.00 元"),
        (5, "0.05 元"),
        (100, "1.00 元"),
        (12_600_000, "126,000.00 元"),
        (MAX_FEN, "999,999,999,999.99 元"),
    ],
)
def test_yuan_are_shown_to_the_last_fen(fen: int, text: str) -> None:
    assert exact_yuan(fen) == text


@given(st.integers(min_value=0))
def test_yuan_are_exact_to_the_fen(fen: int) -> None:
    text = exact_yuan(fen)

    assert int(re.sub("[^0-9]", "", text)) == fen


def test_yuan_below_zero_are_an_error() -> None:
    with pytest.raises(ValueError, match="below 0"):
        exact_yuan(-1)
