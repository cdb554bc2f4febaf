"""核对码: the short code on a print, derived from the sha256 of the printed content.

Ten characters encode its first 50 bits. The alphabet has no I, L, O and U, so that a code can be
read aloud and typed from paper; letters that look like a digit are read as that digit.
"""

import re
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32."""

LENGTH = 10
BITS = 5 * LENGTH
HEX_SIGNS = 13
"""The hexadecimal digits of a sha256 that a code encodes; of the last one only two bits."""

_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1"})
_GAPS = re.compile(r"[\s\-–—_.·]+")


def code_of(sha256: str) -> str:
    """The code of a sha256: ``7K3QM-X8R2A``."""
    number = int(sha256[:HEX_SIGNS], 16) >> (4 * HEX_SIGNS - BITS)
    signs = "".join(ALPHABET[number >> 5 * at & 31] for at in reversed(range(LENGTH)))
    return f"{signs[:5]}-{signs[5:]}"


def read_code(typed: str) -> str | None:
    """Parse a typed code into capitals and two groups; None if the text is no code."""
    folded = unicodedata.normalize("NFKC", typed[:100]).upper()
    signs = _GAPS.sub("", folded).translate(_MEANT)
    if len(signs) != LENGTH or any(sign not in ALPHABET for sign in signs):
        return None
    return f"{signs[:5]}-{signs[5:]}"


def fingerprints_from(code: str) -> tuple[str, str]:
    """The range of sha256 prefixes with this code: lower bound, and exclusive upper bound."""
    number = 0
    for sign in code.replace("-", ""):
        number = number * 32 + ALPHABET.index(sign)
    shift = 4 * HEX_SIGNS - BITS
    below = number + 1 << shift
    first = f"{number << shift:0{HEX_SIGNS}x}"
    # the last code has no next prefix: "g" sorts after every hexadecimal digit
    return first, f"{below:0{HEX_SIGNS}x}" if below >> 4 * HEX_SIGNS == 0 else "g"
