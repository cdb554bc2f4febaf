"""Rosters for commands: the units, or the expected units, that a file lists.

The file is read as in the browser; what cannot be read is told with its cell.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.collection.opening import Listed
from portal.domain.intake.grid import Grid
from portal.domain.intake.roster import Line, read_listed, read_roster, strange_heads
from portal.register.units import Objection, Unit
from portal.workbooks.gate import MAX_FILE_BYTES, Refused
from portal.workbooks.lists import read_list

NO_HEAD = "没有找到表头，应有这些列：代码、名称、类型、上级代码、排序号，可有联系人、电话。"
NO_UNITS = "表头下面没有单位。"


class Unreadable(ValueError):
    """The file is no list of units; the message is the sentence for the one who gave it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The lines of a file, and sentences on what was not read to the letter or not at all."""

    file: str
    lines: Sequence[Line]
    remarks: Sequence[str] = ()

    def objections(self, found: Iterable[Objection]) -> str:
        """What was objected to, each with its cell, as one line."""
        return "；".join(f"{self._cell(each)} {each.sentence}" for each in found)

    def _cell(self, objection: Objection) -> str:
        return self.lines[objection.number].cell(objection.field) if self.lines else "A1"


def read_units(path: Path) -> tuple[Listing, list[Unit]]:
    """The units that a file lists; raises `Unreadable`."""
    grid = _grid(path)
    roster = read_roster(grid)
    lines = list(_once(roster.units))
    if not lines:
        headed = any(each.cells for each in grid.visible) and not roster.left
        raise Unreadable(f"{path.name} {NO_UNITS if headed else NO_HEAD}")
    _require_readable(path, lines)
    remarks = [*_said(lines), *(f"没有读入：{place}。" for place in roster.left)]
    if roster.people:
        remarks.append(f"人员 {len(roster.people)} 行没有导入，请在浏览器里导入。")
    return Listing(path.name, lines, remarks), [_unit(line) for line in lines]


def _once(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines without those that say again what one before them said."""
    known: set[tuple[str, ...]] = set()
    for line in lines:
        texts = tuple(f"{name}={text}" for name, text in sorted(line.texts.items()))
        if texts not in known:
            yield line
        known.add(texts)


def _unit(line: Line) -> Unit:
    names = ("code", "name", "kind", "parent", "position", "contact", "phone")
    return Unit(*(line[name] for name in names))


def read_expected(path: Path) -> tuple[Listing, list[Listed]]:
    """The expected units that a file lists, with a head or as bare codes; raises `Unreadable`."""
    grid = _grid(path)
    if strange := list(strange_heads(grid)):
        raise Unreadable(f"{path.name} 没有读入：{'；'.join(strange)}。")
    lines = read_listed(grid)
    _require_readable(path, lines)
    names = ("code", "basis", "allocated", "households")
    listed = [Listed(*(line[name] for name in names)) for line in lines]
    return Listing(path.name, lines, list(_said(lines))), listed


def _require_readable(path: Path, lines: Sequence[Line]) -> None:
    wrong = [f"{line.cell(name)} {why}" for line in lines for name, why in line.wrong.items()]
    if wrong:
        raise Unreadable(f"{path.name} 没有导入：{'；'.join(wrong)}。")


def _said(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        for name, sentence in line.said.items():
            yield f"{line.cell(name)} {sentence}。"


def _grid(path: Path) -> Grid:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"文件 {path} 打不开。") from error
    try:
        return read_list(content)
    except Refused as refused:
        raise Unreadable(f"{path.name} 没有读入：{refused}") from refused
