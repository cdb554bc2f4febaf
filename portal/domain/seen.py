"""Seen: a short mark of what a page showed, so that a change made meanwhile is noticed."""

import json
from hashlib import sha256

LENGTH = 16


def mark_of(*texts: str) -> str:
    """The mark of these texts; the same texts have the same mark, on every machine."""
    return sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()[:LENGTH]
