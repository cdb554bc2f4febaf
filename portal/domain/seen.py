"""Seen: a short hash of what a page showed, so that a change in the meantime is noticed."""

import json
from hashlib import sha256

LENGTH = 16


def mark_of(*texts: str) -> str:
    """The hash of these texts; equal texts have the same hash on every machine."""
    return sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()[:LENGTH]
