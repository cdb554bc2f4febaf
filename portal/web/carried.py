"""Carried: what a preview read travels in its page to the confirmation, and is kept nowhere.

Whoever alters it on the way has only written something else, and what comes back is looked at anew.
"""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Any

MAX_BYTES = 4 * 1024 * 1024
"""Bytes of what is unpacked; five thousand units and people take one."""


def pack(value: Any) -> str:
    """Lists, mappings, texts and whole numbers as a text of letters and digits."""
    packed = zlib.compress(json.dumps(value).encode(), 9)
    return urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(text: str) -> Any:
    """What is in a text that `pack` made; raises `ValueError` for any other."""
    try:
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        reader = zlib.decompressobj()
        content = reader.decompress(packed, MAX_BYTES)
        if reader.unconsumed_tail:
            raise ValueError("too large")
        return json.loads(content)
    except (Error, zlib.error, RecursionError) as broken:
        raise ValueError("nothing that was packed") from broken
