"""核对码: the short code that paper carries, made from the fingerprint of what is printed.

Ten signs hold 50 of its 256 bits. The alphabet has no I, L, O and U, so that a code can be read
aloud and typed from paper; what looks like a digit is taken for it.
"""

import re
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32."""

LENGTH = 10
BITS = 5 * LENGTH
HEX_SIGNS = 13
"""Signs of a fingerprint in hexadecimal that a code stands on; of the last, its first half."""

_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1"})
_GAPS = re.compile(r"[\s\-–—_.·]+")


def code_of(sha256: str) -> str:
    """The code of a fingerprint: ``7K3QM-X8R2A``."""
    number = int(sha256[:HEX_SIGNS], 16) >> (4 * HEX_SIGNS - BITS)
    signs = "".join(ALPHABET[number >> 5 * at & 31] for at in reversed(range(LENGTH)))
    return f"{signs[:5]}-{signs[5:]}"


def read_code(typed: str) -> str | None:
    """The code that was typed, in capitals and grouped; None when it is none."""
    folded = unicodedata.normalize("NFKC", typed[:100]).upper()
    signs = _GAPS.sub("", folded).translate(_MEANT)
    if len(signs) != LENGTH or any(sign not in ALPHABET for sign in signs):
        return None
    return f"{signs[:5]}-{signs[5:]}"


def fingerprints_from(code: str) -> tuple[str, str]:
    """The beginnings between which every fingerprint with this code lies: from, and below."""
    number = 0
    for sign in code.replace("-", ""):
        number = number * 32 + ALPHABET.index(sign)
    shift = 4 * HEX_SIGNS - BITS
    below = number + 1 << shift
    first = f"{number << shift:0{HEX_SIGNS}x}"
    # above the last code there is no further beginning: "g" comes after every digit
    return first, f"{below:0{HEX_SIGNS}x}" if below >> 4 * HEX_SIGNS == 0 else "g"
