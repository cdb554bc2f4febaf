"""Carried: the content of a preview is posted back by its page and stored nowhere on the server.

The confirmation validates it again, so a manipulated content is no more than other typed input.
"""

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from typing import Any

MAX_BYTES = 4 * 1024 * 1024
"""Bytes after unpacking; 5 000 units and people take 1 MiB."""


def pack(value: Any) -> str:
    """Encode lists, mappings, texts and integers as a text of letters and digits."""
    packed = zlib.compress(json.dumps(value).encode(), 9)
    return urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(text: str, max_bytes: int = MAX_BYTES) -> Any:
    """Decode a text that `pack` made of at most `max_bytes`; raises `ValueError` for any other."""
    try:
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        reader = zlib.decompressobj()
        content = reader.decompress(packed, max_bytes)
        if reader.unconsumed_tail:
            raise ValueError("too large")
        return json.loads(content)
    except (Error, zlib.error, RecursionError) as broken:
        raise ValueError("nothing that was packed") from broken
