"""The child: reads the workbook on standard input and answers, as JSON, what its cells hold.

It is run by its path, in a process of its own that the kernel limits, and knows nothing of the
portal. Only values are read: styles tell what kind a number is, and nothing is calculated.
"""

# zipfile looks this up by name, and later no file can be opened any more.
import encodings.cp437  # noqa: F401
import json
import posixpath
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from xml.parsers import expat

try:
    import resource
except ImportError:  # Windows has none; there the parent's clock is the only limit
    resource = None  # type: ignore[assignment]

MEMORY = 400 * 1024 * 1024
PROCESSOR_SECONDS = 1

LARGEST_PART = 8 * 1024 * 1024
MOST_ELEMENTS = 120_000
MOST_CELLS = 20_000
MOST_SHEETS = 50
MOST_MERGES = 5_000
LARGEST_MERGE = 200_000
"""Cells in one merged area; a title over a whole row has 16 384."""

LAST_ROW = 2_000
LAST_COLUMN = 100
LONGEST_TEXT = 120
"""Signs kept of a cell: no code, heading or figure is longer."""


def main() -> None:
    """Answer for the workbook on standard input."""
    keep_within_limits()
    answer = json.dumps(answer_for(sys.stdin.buffer.read()), separators=(",", ":"))
    sys.stdout.buffer.write(answer.encode("ascii"))


def keep_within_limits() -> None:
    """Bind this process, from now on: no new file or connection, no child, little memory."""
    if resource is None:
        return
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        allowed = resource.getrlimit(limit)[1]
        least = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(limit, (least, least))


class Refused(Exception):
    """The workbook is not read: a word for the reason, and the place where there is one."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place[:LONGEST_TEXT]


def answer_for(content: bytes) -> dict[str, Any]:
    """The sheets of a workbook, or the reason why it is refused; never raises."""
    try:
        return {"sheets": list(_Workbook(content).sheets())}
    except Refused as refusal:
        return {"refused": refusal.reason, "place": refusal.place}
    except MemoryError:
        return {"refused": "too-much", "place": ""}
    except Exception:
        # zipfile, zlib and expat raise errors of many kinds; whatever it was, it is no workbook.
        return {"refused": "damaged", "place": ""}


SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
WORDS = "workbook sheet si t rPh numFmts numFmt cellXfs xf row c v f mergeCell"
NAMES = {f"{space} {word}": word for space in SPACES for word in WORDS.split()}
"""The elements that are read, by the name that expat gives them."""

RELATION = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"
RELATION_ID = re.compile(r"http://[^ ]+/relationships id")

PROGRAMS = {"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"}
LINKS = {"externalLink", "connections"}

Attributes = dict[str, str]
Relations = dict[str, tuple[str, str]]
"""By id, what kind of part it leads to and that part's name."""


class _Workbook:
    """The parts of a workbook, each unpacked when it is wanted."""

    def __init__(self, content: bytes) -> None:
        self.archive = zipfile.ZipFile(BytesIO(content))
        self.parts = {part.filename.lower(): part for part in self.archive.infolist()}
        self.elements = 0
        self.cells = 0

    def sheets(self) -> Iterator[dict[str, Any]]:
        """Every worksheet with its cells, in the order of the tabs."""
        self.look_at_types()
        book = self.main_part()
        related = self.relations(book)
        tabs = self.tabs(book, related)
        _look_at_kinds({kind for kind, _ in related.values()})
        texts = self.texts(_first(related, "sharedStrings"))
        kinds = self.kinds(_first(related, "styles"))
        for name, hidden, part in tabs:
            reader = _SheetReader(self, texts, kinds)
            self.parse(part, reader.start, reader.end, reader.text)
            yield {"name": name, "hidden": hidden, "cells": reader.cells}

    def look_at_types(self) -> None:
        """A program under a harmless name still has to say what it is."""

        def start(_: str, attributes: Attributes) -> None:
            kind = attributes.get("ContentType", "").lower()
            if "sheet.binary" in kind:
                raise Refused("binary")
            if "macro" in kind or "vbaproject" in kind:
                raise Refused("programs")

        self.parse("[content_types].xml", start)

    def main_part(self) -> str:
        """The part that is the workbook itself."""
        part = _first(self.relations(""), "officeDocument")
        if part is None:
            raise Refused("no-workbook")
        return part

    def relations(self, part: str) -> Relations:
        """What `part` leads to inside the file."""
        folder, name = posixpath.split(part)
        found: Relations = {}

        def start(tag: str, attributes: Attributes) -> None:
            if tag == RELATION and attributes.get("TargetMode", "Internal") == "Internal":
                kind = posixpath.basename(attributes["Type"])
                target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
                found[attributes["Id"]] = kind, target.lstrip("/").lower()

        self.parse(posixpath.join(folder, "_rels", f"{name}.rels"), start)
        return found

    def tabs(self, book: str, related: Relations) -> list[tuple[str, bool, str]]:
        """Name, whether it is hidden, and part of every worksheet."""
        found: list[tuple[str, bool, str]] = []
        words: set[str] = set()

        def start(tag: str, attributes: Attributes) -> None:
            words.add(NAMES.get(tag, ""))
            if NAMES.get(tag) == "sheet":
                found.extend(_tab(attributes, related))

        self.parse(book, start)
        if "workbook" not in words:
            raise Refused("no-workbook")
        if len(found) > MOST_SHEETS:
            raise Refused("sheets")
        if not found or len({part for *_, part in found}) < len(found):
            raise Refused("damaged")
        return found

    def texts(self, part: str | None) -> list[str]:
        """The texts that the cells share."""
        reader = _TextsReader()
        if part is not None:
            self.parse(part, reader.start, reader.end, reader.text)
        return reader.texts

    def kinds(self, part: str | None) -> list[str]:
        """What each cell style makes of a number."""
        reader = _StylesReader()
        if part is not None:
            self.parse(part, reader.start, reader.end)
        return reader.kinds()

    def parse(
        self,
        part: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Read one part; its elements count towards those of the whole file."""

        def counted(tag: str, attributes: Attributes) -> None:
            self.elements += 1
            if self.elements > MOST_ELEMENTS:
                raise Refused("too-much")
            start(tag, attributes)

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_declarations
        parser.StartElementHandler = counted
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        # In one piece: expat 2.5 takes quadratic time over a long token that comes in many.
        parser.Parse(self.unpacked(part), True)

    def unpacked(self, part: str) -> bytes:
        if part not in self.parts:
            raise Refused("damaged")
        if self.parts[part].file_size > LARGEST_PART:
            raise Refused("too-much")
        return self.archive.read(self.parts[part])


def _first(related: Relations, wanted: str) -> str | None:
    return next((part for kind, part in related.values() if kind == wanted), None)


def _look_at_kinds(kinds: set[str]) -> None:
    if kinds & PROGRAMS:
        raise Refused("programs")
    if kinds & LINKS:
        raise Refused("linked")


def _tab(attributes: Attributes, related: Relations) -> Iterator[tuple[str, bool, str]]:
    relation = next(each for name, each in attributes.items() if RELATION_ID.fullmatch(name))
    kind, part = related.get(relation, ("", ""))
    if kind == "worksheet":
        hidden = attributes.get("state", "visible") != "visible"
        yield _shown(attributes["name"]), hidden, part


def _refuse_declarations(*_: object) -> None:
    raise Refused("declarations")


class _TextsReader:
    """The shared texts, or one text within a cell: formatted runs joined, readings left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.pieces: list[str] = []
        self.taking = self.reading_aid = False

    def start(self, tag: str, _: Attributes) -> None:
        word = NAMES.get(tag)
        if word == "si":
            self.pieces = []
        elif word == "rPh":
            self.reading_aid = True
        elif word == "t":
            self.taking = not self.reading_aid

    def text(self, piece: str) -> None:
        if self.taking:
            self.pieces.append(piece)

    def end(self, tag: str) -> None:
        word = NAMES.get(tag)
        if word == "t":
            self.taking = False
        elif word == "rPh":
            self.reading_aid = False
        elif word == "si":
            self.texts.append(_shown("".join(self.pieces)))


ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _shown(text: str) -> str:
    """The beginning of a text as it can be shown: unescaped, without signs that cannot be seen."""
    text = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text[: 8 * LONGEST_TEXT])
    text = text[:LONGEST_TEXT]
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else " " for sign in text)


DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
PERCENTS = {9, 10}
"""Number formats that every program knows by their number, the Chinese dates included."""

MOST_FORMATS = 1_000
LONGEST_FORMAT = 255
LITERAL = re.compile(r'"[^"]*"|[\\!_*].|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE | re.DOTALL)


class _StylesReader:
    """The number format of each cell style."""

    def __init__(self) -> None:
        self.formats: dict[int, str] = {}
        self.styles: list[int] = []
        self.within = ""

    def start(self, tag: str, attributes: Attributes) -> None:
        word = NAMES.get(tag)
        if word in {"numFmts", "cellXfs"}:
            self.within = word
        elif word == "numFmt" and self.within == "numFmts":
            self.add_format(int(attributes["numFmtId"]), attributes["formatCode"])
        elif word == "xf" and self.within == "cellXfs":
            self.styles.append(int(attributes.get("numFmtId", "0")))

    def end(self, tag: str) -> None:
        if NAMES.get(tag) == self.within:
            self.within = ""

    def add_format(self, number: int, code: str) -> None:
        self.formats[number] = code[:LONGEST_FORMAT]
        if len(self.formats) > MOST_FORMATS:
            raise Refused("too-much")

    def kinds(self) -> list[str]:
        """For each cell style ``number``, or ``date``, ``percent``, ``scaled``."""
        known = dict.fromkeys(DATES, "date") | dict.fromkeys(PERCENTS, "percent")
        known |= {number: _kind(code) for number, code in self.formats.items()}
        return [known.get(number, "number") for number in self.styles]


def _kind(code: str) -> str:
    signs = LITERAL.sub("", code).lower()
    if re.search("[ymdhs]", signs.replace("general", "")):
        return "date"
    if "%" in signs:
        return "percent"
    # A comma behind the last digit shows the thousandth part of what the cell holds.
    return "scaled" if re.search(r"[0#?],+(?![0#?,])", signs) else "number"


PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


class _SheetReader:
    """The cells of one worksheet: row, column, kind, text, and whether a formula gave it."""

    def __init__(self, workbook: _Workbook, texts: list[str], kinds: list[str]) -> None:
        self.workbook = workbook
        self.shared = texts
        self.kinds = kinds
        self.cells: list[tuple[int, int, str, str, bool]] = []
        self.taken: set[tuple[int, int]] = set()
        self.merges = 0
        self.row = self.column = 0
        self.kind = ""
        self.style = -1
        self.formula = self.in_cell = self.in_value = False
        self.pieces: list[str] = []
        self.inline = _TextsReader()

    def start(self, tag: str, attributes: Attributes) -> None:
        word = NAMES.get(tag)
        if word == "c":
            self.begin_cell(attributes)
        elif word == "row":
            self.begin_row(attributes)
        elif word == "mergeCell":
            self.look_at_merge(attributes.get("ref", ""))
        elif self.in_cell:
            self.formula = self.formula or word == "f"
            self.in_value = word == "v"
            self.inline.start(tag, attributes)

    def begin_row(self, attributes: Attributes) -> None:
        self.row = int(attributes.get("r", self.row + 1))
        self.column = 0

    def begin_cell(self, attributes: Attributes) -> None:
        if self.in_cell:
            raise Refused("damaged")
        self.row, self.column = self.place(attributes.get("r"))
        self.kind = attributes.get("t", "n")
        self.style = int(attributes.get("s", "-1"))
        self.in_cell, self.formula, self.pieces = True, False, []
        self.inline.pieces = []

    def place(self, written: str | None) -> tuple[int, int]:
        if written is None:
            return self.row, self.column + 1
        found = PLACE.fullmatch(written)
        if found is None:
            raise Refused("damaged")
        return int(found[2]), _column(found[1])

    def look_at_merge(self, area: str) -> None:
        self.merges += 1
        corners = [PLACE.fullmatch(corner) for corner in area.split(":")]
        rows = [int(corner[2]) for corner in corners if corner]
        columns = [_column(corner[1]) for corner in corners if corner]
        if len(rows) != len(corners) or len(rows) > 2:
            raise Refused("damaged")
        size = (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)
        if self.merges > MOST_MERGES or size > LARGEST_MERGE:
            raise Refused("merges", area)

    def text(self, piece: str) -> None:
        if self.in_value:
            self.pieces.append(piece)
        elif self.in_cell:
            self.inline.text(piece)

    def end(self, tag: str) -> None:
        word = NAMES.get(tag)
        if word == "c":
            self.end_cell()
        elif word == "v":
            self.in_value = False
        elif self.in_cell:
            self.inline.end(tag)

    def end_cell(self) -> None:
        self.in_cell = self.in_value = False
        kind, text = self.content()
        if text.strip() or kind == "uncalculated":
            self.keep(kind, text)

    def content(self) -> tuple[str, str]:
        """The kind and text of the cell that ends; no text when it is blank."""
        value = "".join(self.pieces)
        match self.kind:
            case "inlineStr":
                return "text", _shown("".join(self.inline.pieces))
            case "str":
                return "text", _shown(value)
            case "s" if value:
                return "text", self.shared_text(value)
            case _ if not value.strip():
                return ("uncalculated" if self.formula else "number"), ""
            case "n":
                return self.kind_of_number(), _shown(value.strip())
            case "b":
                return "boolean", "FALSE" if value.strip() in {"0", "false"} else "TRUE"
            case "e":
                return "error", _shown(value)
            case "d":
                return "date", _shown(value)
        raise Refused("damaged")

    def shared_text(self, number: str) -> str:
        if not re.fullmatch("[0-9]{1,7}", number.strip()) or int(number) >= len(self.shared):
            raise Refused("damaged")
        return self.shared[int(number)]

    def kind_of_number(self) -> str:
        return self.kinds[self.style] if 0 <= self.style < len(self.kinds) else "number"

    def keep(self, kind: str, text: str) -> None:
        place = self.row, self.column
        if self.row > LAST_ROW or self.column > LAST_COLUMN:
            raise Refused("far", f"{_letters(self.column)}{self.row}")
        if place in self.taken:
            raise Refused("damaged")
        self.workbook.cells += 1
        if self.workbook.cells > MOST_CELLS:
            raise Refused("too-much")
        self.taken.add(place)
        self.cells.append((*place, kind, text, self.formula))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


if __name__ == "__main__":
    main()
