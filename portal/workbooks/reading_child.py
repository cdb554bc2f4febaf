"""The child: reads a workbook on standard input and writes its cells to standard output as JSON.

It is run by path, in a process of its own with resource limits, and does not import the portal.
Only values are read: number formats tell dates and percents, and formulas are not calculated.
"""

# zipfile imports cp437 by name; after `keep_within_limits` no file can be opened.
import encodings.cp437  # noqa: F401
import json
import posixpath
import re
import sys
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, NamedTuple
from xml.parsers import expat

try:
    import resource
except ImportError:  # Windows has no resource module; the parent's timeout is the only limit there
    resource = None  # type: ignore[assignment]

MAX_MEMORY_BYTES = 400 * 1024 * 1024
MAX_PART_BYTES = 8 * 1024 * 1024
MAX_SHEETS = 50
MAX_MERGES = 5_000
LAST_COLUMN = 100
MAX_NAME_LENGTH = 120


class Limits(NamedTuple):
    """The limits for one file: a form is short, a list may be long.

    `seconds` is CPU time; `text` is the number of characters stored of a cell, more than any code,
    heading or figure of a form and any name of a list.
    """

    seconds: int
    elements: int
    cells: int
    rows: int
    text: int

    @property
    def merged(self) -> int:
        """The cells that merged areas of one sheet can cover; overlapping areas would exceed it."""
        return self.rows * LAST_COLUMN


FORM = Limits(seconds=1, elements=120_000, cells=20_000, rows=2_000, text=120)
LIST = Limits(seconds=4, elements=1_000_000, cells=150_000, rows=20_010, text=256)


def main() -> None:
    """Read the workbook on standard input; the argument ``list`` sets the limits of a list."""
    limits = LIST if sys.argv[1:] == ["list"] else FORM
    keep_within_limits(limits.seconds)
    answer = json.dumps(answer_for(sys.stdin.buffer.read(), limits), separators=(",", ":"))
    sys.stdout.buffer.write(answer.encode("ascii"))


def keep_within_limits(seconds: int = FORM.seconds) -> None:
    """Limit this process from now on: no new files, connections or children, little memory."""
    if resource is None:
        return
    for limit, most in (
        (resource.RLIMIT_AS, MAX_MEMORY_BYTES),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        allowed = resource.getrlimit(limit)[1]
        least = most if allowed == resource.RLIM_INFINITY else min(most, allowed)
        resource.setrlimit(limit, (least, least))


class Refused(Exception):
    """The workbook is refused: a word for the reason, and the place if there is one."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place[:MAX_NAME_LENGTH]


def answer_for(content: bytes, limits: Limits = FORM) -> dict[str, Any]:
    """The sheets of a workbook, or the reason for refusing it; never raises."""
    try:
        workbook = _Workbook(content, limits)
        return {"sheets": list(workbook.sheets()), "formats": workbook.formats}
    except Refused as refusal:
        return {"refused": refusal.reason, "place": refusal.place}
    except MemoryError:
        return {"refused": "too-much", "place": ""}
    except Exception:
        # zipfile, zlib and expat raise errors of many kinds; all mean that it is no workbook.
        return {"refused": "damaged", "place": ""}


SPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
WORDS = "workbook sheet definedName calcPr si t rPh numFmts numFmt cellXfs xf row c v f mergeCell"
NAMES = {f"{space} {word}": word for space in SPACES for word in WORDS.split()}
"""The elements that are read, by the name that expat gives them."""

RELATION = "http://schemas.openxmlformats.org/package/2006/relationships Relationship"
RELATION_ID = re.compile(r"http://[^ ]+/relationships id")

PROGRAMS = {"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"}
LINKS = {"connections"}

Attributes = dict[str, str]
Relations = dict[str, tuple[str, str]]
"""By id, what kind of part it leads to and that part's name."""


class _Workbook:
    """The parts of a workbook, each unpacked on demand."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        self.limits = limits
        self.archive = zipfile.ZipFile(BytesIO(content))
        self.parts = {_part_name(part.filename): part for part in self.archive.infolist()}
        self.formats: list[str] = []
        self.links = _Links()
        self.results_missing = False
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
        styles = self.styles(_first(related, "styles"))
        self.formats = list(dict.fromkeys(["", *styles]))
        for name, hidden, part in tabs:
            reader = _SheetReader(self, texts, styles)
            self.parse(part, reader.start, reader.end, reader.text)
            yield {
                "name": name,
                "hidden": hidden,
                "cells": reader.told(),
                "merges": reader.merges,
            }

    def look_at_types(self) -> None:
        """Refuse macros by content type, whatever the part's name."""

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
        """The relationships of `part` to parts inside the file."""
        folder, name = posixpath.split(part)
        found: Relations = {}

        def start(tag: str, attributes: Attributes) -> None:
            if tag == RELATION and attributes.get("TargetMode", "Internal") == "Internal":
                kind = posixpath.basename(attributes.get("Type", ""))
                target = attributes.get("Target", "").replace("\\", "/")
                target = posixpath.normpath(posixpath.join("/", folder, target))
                found[attributes.get("Id", "")] = kind, _part_name(target.lstrip("/"))

        self.parse(posixpath.join(folder, "_rels", f"{name}.rels"), start)
        return found

    def tabs(self, book: str, related: Relations) -> list[tuple[str, bool, str]]:
        """The name, hidden flag and part of every worksheet."""
        found: list[tuple[str, bool, str]] = []
        words: set[str] = set()

        def start(tag: str, attributes: Attributes) -> None:
            words.add(NAMES.get(tag, ""))
            if NAMES.get(tag) == "sheet":
                found.extend(_tab(attributes, related))
            self.links.start(NAMES.get(tag, ""), attributes)
            if NAMES.get(tag) == "calcPr":
                # A program that cannot calculate requests it, and writes 0 for every result.
                self.results_missing = attributes.get("fullCalcOnLoad") in {"1", "true"}

        self.parse(book, start, lambda tag: self.links.end(NAMES.get(tag, "")), self.links.text)
        if "workbook" not in words:
            raise Refused("no-workbook")
        if len(found) > MAX_SHEETS:
            raise Refused("sheets")
        if not found or len({part for *_, part in found}) < len(found):
            raise Refused("damaged")
        return found

    def texts(self, part: str | None) -> list[str]:
        """The shared strings."""
        reader = _TextsReader(self.limits.text)
        if part is not None:
            self.parse(part, reader.start, reader.end, reader.text)
        return reader.texts

    def styles(self, part: str | None) -> list[str]:
        """The number format of each cell style."""
        reader = _StylesReader()
        if part is not None:
            self.parse(part, reader.start, reader.end)
        return reader.formats_of_styles()

    def parse(
        self,
        part: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        """Parse one part; its elements count towards the limit of the whole file."""

        def counted(tag: str, attributes: Attributes) -> None:
            self.elements += 1
            if self.elements > self.limits.elements:
                raise Refused("too-much")
            start(tag, attributes)

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_declarations
        parser.StartElementHandler = counted
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        # In one piece: expat 2.5 takes quadratic time over a long token in many pieces.
        parser.Parse(self.unpacked(part), True)

    def unpacked(self, part: str) -> bytes:
        if part not in self.parts:
            raise Refused("damaged")
        if self.parts[part].file_size > MAX_PART_BYTES:
            raise Refused("too-much")
        return self.archive.read(self.parts[part])


def _part_name(name: str) -> str:
    """A part's name with slashes, since some programs write backslashes."""
    return name.replace("\\", "/").lower()


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
        hidden = attributes.get("state", "visible") in {"hidden", "veryHidden"}
        yield _beginning(attributes.get("name", ""), MAX_NAME_LENGTH), hidden, part


def _refuse_declarations(*_: object) -> None:
    raise Refused("declarations")


IN_ANOTHER_WORKBOOK = re.compile(r"\[[0-9]+\][^\[\]!+*,;()]*!")
"""``[1]Sheet1!A1`` in a formula; the number in brackets is that of the external link."""

MAX_FORMULA_LENGTH = 8_192


class _Links:
    """Finds formulas that refer to another workbook, directly or through a defined name."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.name = ""
        self.pieces: list[str] = []

    def start(self, word: str, attributes: Attributes) -> None:
        if word == "definedName":
            self.name, self.pieces = attributes.get("name", "").lower(), []

    def text(self, piece: str) -> None:
        if self.name:
            self.pieces.append(piece)

    def end(self, word: str) -> None:
        if word == "definedName":
            if self.used_in("".join(self.pieces)):
                self.names.add(self.name)
            self.name = ""

    def used_in(self, formula: str) -> bool:
        formula = formula[:MAX_FORMULA_LENGTH]
        if IN_ANOTHER_WORKBOOK.search(formula):
            return True
        return bool(self.names) and not self.names.isdisjoint(
            re.findall(r"[\w.]+", formula.lower())
        )


class _TextsReader:
    """Reads shared strings and inline texts: formatted runs joined, phonetic readings left out."""

    def __init__(self, longest: int) -> None:
        self.longest = longest
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
            self.texts.append(_beginning("".join(self.pieces), self.longest))


ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def _beginning(text: str, longest: int) -> str:
    """The beginning of a text, unescaped; the parent removes unprintable characters."""
    text = ESCAPED.sub(lambda found: chr(int(found[1], 16)), text[: 8 * longest])
    return text[:longest]


DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
KNOWN_FORMATS = {
    **dict.fromkeys(DATES, "yyyy/m/d"),
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    **dict.fromkeys((5, 6), "¥#,##0;¥-#,##0"),
    **dict.fromkeys((7, 8), "¥#,##0.00;¥-#,##0.00"),
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    **dict.fromkeys((37, 38), "#,##0;-#,##0"),
    **dict.fromkeys((39, 40), "#,##0.00;-#,##0.00"),
    **dict.fromkeys((41, 42), '#,##0;-#,##0;"-"'),
    **dict.fromkeys((43, 44), '#,##0.00;-#,##0.00;"-"'),
    48: "##0.0E+0",
}
"""Number formats that every program knows by their number, the Chinese dates included."""

MAX_FORMATS = 1_000
MAX_FORMAT_LENGTH = 255
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
            self.add_format(_counted(attributes.get("numFmtId")), attributes.get("formatCode", ""))
        elif word == "xf" and self.within == "cellXfs":
            self.styles.append(_counted(attributes.get("numFmtId")) or 0)

    def end(self, tag: str) -> None:
        if NAMES.get(tag) == self.within:
            self.within = ""

    def add_format(self, number: int | None, code: str) -> None:
        if number is not None:
            self.formats[number] = code[:MAX_FORMAT_LENGTH]
        if len(self.formats) > MAX_FORMATS:
            raise Refused("too-much")

    def formats_of_styles(self) -> list[str]:
        """The format code of each cell style; empty for an unknown one."""
        known = KNOWN_FORMATS | self.formats
        return [known.get(number, "") for number in self.styles]


def _counted(written: str | None) -> int | None:
    """The number in an attribute; None for anything else, which Excel ignores too."""
    return int(written) if written and re.fullmatch("[0-9]{1,9}", written) else None


def _kind(code: str) -> str:
    """The kind that a format gives to a number: ``number``, ``date``, ``percent``, ``scaled``."""
    signs = LITERAL.sub("", code).lower()
    if re.search("[ymdhs]", signs.replace("general", "")):
        return "date"
    if "%" in signs:
        return "percent"
    # A comma after the last digit shows the stored number divided by 1 000.
    return "scaled" if re.search(r"[0#?],+(?![0#?,])", signs) else "number"


PLACE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")
COLUMN = re.compile(r"\$?([A-Z]{1,3})")
ROW = re.compile(r"\$?([1-9][0-9]{0,6})")
LAST_PLACE = 1_048_576, 16_384

Merge = tuple[int, int, int, int]
"""Top, left, bottom and right of an area."""

Told = tuple[int, int, str, str, bool, int, bool]
"""A cell: row, column, kind, text, whether it is a formula, its format's number, whether linked."""


class _SheetReader:
    """The cells of one worksheet, each as `keep` writes it, and its merged areas."""

    def __init__(self, workbook: _Workbook, texts: list[str], styles: list[str]) -> None:
        self.workbook = workbook
        self.shared = texts
        self.styles = styles
        self.format_numbers = {code: at for at, code in enumerate(workbook.formats)}
        self.kinds = {code: _kind(code) for code in workbook.formats}
        self.cells: list[Told] = []
        self.calculated = False
        self.taken: set[tuple[int, int]] = set()
        self.merges: list[Merge] = []
        self.merge_count = self.merged = 0
        self.row = self.column = 0
        self.kind = self.format = ""
        self.in_cell = self.in_value = False
        self.pieces: list[str] = []
        self.inline = _TextsReader(workbook.limits.text)
        self.formula = _Formula(workbook.links)

    def start(self, tag: str, attributes: Attributes) -> None:
        word = NAMES.get(tag)
        if word == "c":
            self.begin_cell(attributes)
        elif word == "row":
            self.begin_row(attributes)
        elif word == "mergeCell":
            self.merge(attributes.get("ref", ""))
        elif self.in_cell:
            self.in_value = word == "v"
            if word == "f":
                self.formula.begin(attributes)
            self.inline.start(tag, attributes)

    def begin_row(self, attributes: Attributes) -> None:
        self.row = int(attributes.get("r") or self.row + 1)
        self.column = 0

    def begin_cell(self, attributes: Attributes) -> None:
        if self.in_cell:
            raise Refused("damaged")
        self.row, self.column = self.place(attributes.get("r"))
        self.kind = attributes.get("t") or "n"
        style = _counted(attributes.get("s"))
        known = style is not None and style < len(self.styles)
        self.format = self.styles[style or 0] if known else ""
        self.in_cell, self.pieces = True, []
        self.formula.forget()
        self.inline.pieces = []

    def place(self, written: str | None) -> tuple[int, int]:
        if not written:
            return self.row, self.column + 1
        found = PLACE.fullmatch(written.upper())
        if found is None:
            raise Refused("damaged")
        return int(found[2]), _column(found[1])

    def merge(self, written: str) -> None:
        """Store the part of a merged area within the limits; whole columns may be merged."""
        top, left, bottom, right = _area(written)
        last_row = self.workbook.limits.rows
        height = min(bottom, last_row) - top + 1
        width = min(right, LAST_COLUMN) - left + 1
        self.merge_count += 1
        if self.merge_count > MAX_MERGES or (bottom > last_row and right > LAST_COLUMN):
            raise Refused("merges", written)
        if height > 0 and width > 0:
            self.merged += height * width
            self.merges.append((top, left, top + height - 1, left + width - 1))
        if self.merged > self.workbook.limits.merged:
            raise Refused("merges", written)

    def text(self, piece: str) -> None:
        if self.in_value:
            self.pieces.append(piece)
        elif self.in_cell:
            self.formula.text(piece)
            self.inline.text(piece)

    def end(self, tag: str) -> None:
        word = NAMES.get(tag)
        if word == "c":
            self.end_cell()
        elif word == "v":
            self.in_value = False
        elif word == "f":
            self.formula.end()
        elif self.in_cell:
            self.inline.end(tag)

    def end_cell(self) -> None:
        self.in_cell = self.in_value = False
        kind, text = self.content()
        if text.strip() or kind == "uncalculated":
            self.keep(kind, text)

    def content(self) -> tuple[str, str]:
        """The kind and text of the finished cell; an empty text if it is blank."""
        value = "".join(self.pieces)
        match self.kind:
            case "inlineStr":
                return "text", self.beginning("".join(self.inline.pieces))
            case "str":
                return "text", self.beginning(value)
            case "s" if value:
                return "text", self.shared_text(value)
            case _ if not value.strip():
                return ("uncalculated" if self.formula.present else "number"), ""
            case "n":
                return self.kinds[self.format], self.beginning(value.strip())
            case "b":
                return "boolean", "FALSE" if value.strip() in {"0", "false"} else "TRUE"
            case "e":
                return "error", self.beginning(value)
            case "d":
                return "date", self.beginning(value)
        raise Refused("damaged")

    def beginning(self, text: str) -> str:
        return _beginning(text, self.workbook.limits.text)

    def shared_text(self, number: str) -> str:
        if not re.fullmatch("[0-9]{1,7}", number.strip()) or int(number) >= len(self.shared):
            raise Refused("damaged")
        return self.shared[int(number)]

    def keep(self, kind: str, text: str) -> None:
        """Store the cell: row, column, kind, text, formula, number of the format, link."""
        place = self.row, self.column
        if self.row > self.workbook.limits.rows or self.column > LAST_COLUMN:
            raise Refused("far", f"{_letters(self.column)}{self.row}")
        if place in self.taken:
            raise Refused("damaged")
        self.workbook.cells += 1
        if self.workbook.cells > self.workbook.limits.cells:
            raise Refused("too-much")
        self.taken.add(place)
        formula, format_number = self.formula, self.format_numbers[self.format]
        self.calculated = self.calculated or (formula.present and bool(text) and text != "0")
        self.cells.append((*place, kind, text, formula.present, format_number, formula.linked))

    def told(self) -> list[Told]:
        """The cells; a 0 is no result in a sheet of formulas that were never calculated.

        One other result tells that they were: this portal's own exports ask for a calculation
        too, and hold every result.
        """
        if self.calculated or not self.workbook.results_missing:
            return self.cells
        return [_without_result(cell) for cell in self.cells]


def _without_result(cell: Told) -> Told:
    row, column, kind, text, formula, format_number, linked = cell
    if not formula or kind == "text" or text != "0":
        return cell
    return row, column, "uncalculated", "", formula, format_number, linked


class _Formula:
    """The formula of a cell: whether it has one, and whether that refers to another workbook."""

    def __init__(self, links: _Links) -> None:
        self.links = links
        self.linked_shared: set[str] = set()
        self.forget()

    def forget(self) -> None:
        self.present = self.linked = self.within = False
        self.shared = ""
        self.pieces: list[str] = []

    def begin(self, attributes: Attributes) -> None:
        self.present = self.within = True
        self.shared = attributes.get("si", "")

    def text(self, piece: str) -> None:
        if self.within:
            self.pieces.append(piece)

    def end(self) -> None:
        """Remember a shared formula, which is written once; other cells refer to its number."""
        self.within = False
        self.linked = self.links.used_in("".join(self.pieces)) or self.shared in self.linked_shared
        if self.linked and self.shared:
            self.linked_shared.add(self.shared)


def _area(written: str) -> Merge:
    """The corners of ``A1:C3``, of whole columns (``H:H``) or of whole rows (``3:4``)."""
    corners = written.upper().split(":")
    for pattern in (PLACE, COLUMN, ROW):
        found = [pattern.fullmatch(corner) for corner in corners]
        if all(found) and len(found) <= 2:
            break
    else:
        raise Refused("damaged")
    rows = [int(corner[corner.re.groups]) for corner in found if corner and pattern is not COLUMN]
    columns = [_column(corner[1]) for corner in found if corner and pattern is not ROW]
    rows = rows or [1, LAST_PLACE[0]]
    columns = columns or [1, LAST_PLACE[1]]
    return min(rows), min(columns), max(rows), max(columns)


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
