"""The child: looks into the PDF on standard input and answers with one word what it is.

It is run by its path, in a process of its own that the kernel limits, and knows nothing of the
portal. Names are compared after the library has undone their escapes and unpacked the streams in
which objects lie: a search through the bytes sees neither.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

try:
    import resource
except ImportError:  # Windows has none; there the parent's clock is the only limit
    resource = None  # type: ignore[assignment]

MEMORY = 400 * 1024 * 1024
PROCESSOR_SECONDS = 5

MAX_PAGES = 50
MAX_DEPTH = 50
"""How deep arrays and dictionaries may lie in each other."""

ACTIVE = {
    "/JavaScript",
    "/JS",
    "/Launch",
    "/EmbeddedFile",
    "/EmbeddedFiles",
    "/RichMedia",
    "/SubmitForm",
    "/ImportData",
}
"""Names of what does something when a PDF is opened, or brings another file along."""


def main() -> None:
    """Answer for the PDF on standard input."""
    keep_within_limits()
    sys.stdout.write(answer_for(sys.stdin.buffer.read()))


def keep_within_limits() -> None:
    """Bind this process, from now on: no file is written, no child started, little memory."""
    if resource is None:
        return
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        allowed = resource.getrlimit(limit)[1]
        least = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(limit, (least, least))


def answer_for(content: bytes) -> str:
    """`sound`, or the word for why this PDF is not kept; never raises."""
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            return "locked"
        if not 0 < len(reader.pages) <= MAX_PAGES:
            return "pages"
        return "active" if any(name in ACTIVE for name in names(reader)) else "sound"
    except Exception:  # whatever a broken PDF makes the library stumble over
        return "damaged"


def names(reader: PdfReader) -> Iterator[str]:
    """Every name in every object of the file, those that no page leads to included."""
    numbers = {number for table in reader.xref.values() for number in table if number}
    for number in sorted(numbers | set(reader.xref_objStm)):
        yield from names_in(reader.get_object(IndirectObject(number, 0, reader)), MAX_DEPTH)
    yield from names_in(reader.trailer, MAX_DEPTH)


def names_in(thing: Any, depth: int) -> Iterator[str]:
    """The names in one object; what it refers to is an object of its own.

    Raises `RecursionError` for an object nested deeper than `depth`.
    """
    if depth == 0:
        raise RecursionError
    if isinstance(thing, NameObject):
        yield str(thing)
    elif isinstance(thing, DictionaryObject):
        for name, value in dict.items(thing):
            yield str(name)
            yield from names_in(value, depth - 1)
    elif isinstance(thing, ArrayObject):
        for value in list.__iter__(thing):
            yield from names_in(value, depth - 1)


if __name__ == "__main__":
    main()
