"""Characters: Han of any Unicode version are kept; refused characters are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.characters import (
    objection,
    refused_in,
    shown,
    taken_out,
    unseen_in,
    without_unseen,
)

KEPT = {
    "of Unicode 15": "\U0003158e山街道工会",
    "of Unicode 16 and later": "\U000323b0\U0003fffd",
    "private use, as GBK files have it": "张\ue816",
    "private use of planes 15 and 16": "\U000f0000\U0010fffd",
    "of a plane without any": "\U00040000",
    "not yet given in the first plane": "\u2fe0\u0378",
    "compatibility": "\uf9d1\ufa0e第Ⅱ㈠①",
    "with a variation selector": "葛\U000e0100葛\ufe00",
    "spaces of every breadth": "张\u3000三\u00a0丰",
    "minority names": "阿依古丽·买买提 བོད",
    "signs": "🧧（甲）—～",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_usual_characters_are_unchanged(text: str) -> None:
    assert (objection(text), taken_out(text)) == ("", "")
    assert shown(text) == without_unseen(text) == text


@given(st.text(alphabet=st.characters(min_codepoint=0x3400, exclude_categories=("Cs", "Cf"))))
def test_only_lost_and_never_assigned_characters_are_refused_beyond_the_controls(text: str) -> None:
    odd = [s for s in text if s in "\ufffc\ufffd" or ord(s) & 0xFFFE == 0xFFFE]
    odd += [s for s in text if 0xFDD0 <= ord(s) <= 0xFDEF]

    if not odd:
        assert shown(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("甲\x00乙", "U+0000"),
        ("甲\x07乙\x07", "U+0007"),
        ("甲\x85乙", "U+0085"),
        ("甲\n乙", "换行"),
        ("甲\t乙", "制表符"),
        ("甲\u2028乙", "U+2028"),
        ("甲\ud867乙", "U+D867"),
        ("甲\ufdd0乙\U0001ffff", "U+FDD0、U+1FFFF"),
        ("王\ufffd", "“\ufffd”（显示不出或转码时丢失的字）"),
    ],
)
def test_refused_characters_are_named(text: str, words: str) -> None:
    assert refused_in(text) == words
    assert words in objection(text)
    assert "\ufffd" in shown(text)


@pytest.mark.parametrize(
    ("text", "kept", "words"),
    [
        ("甲\u200b乙", "甲乙", "U+200B"),
        ("\ufeff甲乙\u200b ", "甲乙", "U+FEFF、U+200B"),
        ("\u202d139\u202c", "139", "U+202D、U+202C"),
        ("甲\ufffc乙", "甲乙", "U+FFFC"),
        ("甲\u00ad乙", "甲乙", "U+00AD"),
    ],
)
def test_invisible_characters_are_removed_and_named(text: str, kept: str, words: str) -> None:
    assert without_unseen(text) == kept
    assert unseen_in(text) == words
    assert taken_out("好", text) == f"去掉了看不见的字符 {words}。"
    assert objection(text) == ""
