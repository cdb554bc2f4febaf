"""Makes click's Chinese catalogue: `python -m tests.commands.catalogue` writes messages.mo."""

import ast
import re
import struct
from pathlib import Path

from portal.cli.chinese import CATALOGUES, DOMAIN

FOLDER = CATALOGUES / "zh_CN" / "LC_MESSAGES"
SOURCE, COMPILED = FOLDER / f"{DOMAIN}.po", FOLDER / f"{DOMAIN}.mo"
FIELD = re.compile(r'(msgid_plural|msgid|msgstr)(?:\[0\])? ((?:"(?:[^"\\]|\\.)*"\s*)+)')
MAGIC, HEAD = 0x950412DE, 28


def messages(source: Path = SOURCE) -> dict[str, str]:
    """What each message is called; one with a plural has both of its forms as its key."""
    found: dict[str, str] = {}
    key = ""
    for kind, texts in FIELD.findall(source.read_text(encoding="utf-8")):
        text = "".join(ast.literal_eval(line) for line in texts.split("\n") if line.strip())
        if kind == "msgid":
            key = text
        elif kind == "msgid_plural":
            key += f"\0{text}"
        else:
            assert key not in found, f"{key!r} stands there twice"
            found[key] = text
    return found


def compiled(source: Path = SOURCE) -> bytes:
    """The catalogue in the form of GNU's msgfmt: two tables of lengths and places, then texts."""
    pairs = sorted((key.encode(), text.encode()) for key, text in messages(source).items())
    places = HEAD + 16 * len(pairs)
    tables, texts = [b"", b""], b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += struct.pack("<II", len(pair[column]), places + len(texts))
            texts += pair[column] + b"\0"
    head = struct.pack("<7I", MAGIC, 0, len(pairs), HEAD, HEAD + 8 * len(pairs), 0, places)
    return head + b"".join(tables) + texts


if __name__ == "__main__":
    COMPILED.write_bytes(compiled())
