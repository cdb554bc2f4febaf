"""Scans: recognise an uploaded picture or PDF by its content, and strip it.

The file's name and media type are ignored. A picture is rewritten from the segments that draw it,
so that hidden content (a web page, an archive, GPS coordinates) is dropped; a PDF must be one from
its first byte to its last.
"""

import struct
import zlib
from dataclasses import dataclass

from portal.domain.figures import Problem

MAX_SIDE_PIXELS = 16_000
"""Pixels along one side of a picture."""

MAX_PIXELS = 100_000_000

PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"
SUFFIXES = {PDF: "pdf", JPEG: "jpg", PNG: "png"}

DAMAGED = Problem("文件不完整或已损坏，请重新扫描或拍照后再传。")
EMPTY = Problem("文件是空的，请重新选择。")
TOO_LARGE_A_PICTURE = Problem("图片的像素太多，请用 300 dpi 以内的扫描件或普通照片。")
ACTIVE = Problem("这个 PDF 里带有脚本或附件，不能上传；请重新扫描成普通的 PDF。")
TELEPHONE = Problem("这是手机的 HEIC 格式照片，请在手机上另存为 JPEG（或截图）后再传。")
UNKNOWN = Problem("只接受 PDF、JPEG、PNG；这个文件的内容不是这几种。")


@dataclass(frozen=True, slots=True)
class Scan:
    """An accepted file: its media type by content, and the bytes to store."""

    media_type: str
    content: bytes


class _Damaged(ValueError):
    pass


class _TooLarge(ValueError):
    pass


def read_scan(content: bytes) -> Scan | Problem:
    """The stripped scan of an uploaded file, or the problem for which it is refused."""
    if not content:
        return EMPTY
    try:
        if content.startswith(PNG_SIGN):
            return Scan(PNG, _png(content))
        if content.startswith(b"\xff\xd8\xff"):
            return Scan(JPEG, _jpeg(content))
        if content.startswith((b"%PDF-1.", b"%PDF-2.")):
            return _pdf(content)
    except _TooLarge:
        return TOO_LARGE_A_PICTURE
    except (_Damaged, struct.error, IndexError):
        return DAMAGED
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc"):
        return TELEPHONE
    return UNKNOWN


def _fits(width: int, height: int) -> None:
    if not (width and height):
        raise _Damaged
    if max(width, height) > MAX_SIDE_PIXELS or width * height > MAX_PIXELS:
        raise _TooLarge


PNG_SIGN = b"\x89PNG\r\n\x1a\n"
_DRAWING_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"pHYs", b"sRGB", b"gAMA", b"IDAT", b"IEND"}


def _png(content: bytes) -> bytes:
    """Rewrite a PNG with its drawing chunks only; each chunk's checksum must match."""
    kept, place = [PNG_SIGN], len(PNG_SIGN)
    kinds: list[bytes] = []
    while not kinds or kinds[-1] != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, place)
        end = place + 12 + length
        if end > len(content):
            raise _Damaged
        (checksum,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(content[place + 4 : end - 4]) != checksum:
            raise _Damaged
        if not kinds:
            _png_head(kind, length, content, place)
        if kind in _DRAWING_CHUNKS:
            kept.append(content[place:end])
        kinds.append(kind)
        place = end
    if b"IDAT" not in kinds:
        raise _Damaged
    return b"".join(kept)


def _png_head(kind: bytes, length: int, content: bytes, place: int) -> None:
    if kind != b"IHDR" or length != 13:
        raise _Damaged
    _fits(*struct.unpack_from(">II", content, place + 8))


_FRAMES = {0xC0, 0xC1, 0xC2}
"""The JPEG frames that browsers draw: baseline, extended, progressive."""

_SCAN, _END, _EXIF = 0xDA, 0xD9, 0xE1
_DRAWING_SEGMENTS = {*_FRAMES, 0xC4, 0xDB, 0xDD, _SCAN, 0xE0, 0xEE}


def _jpeg(content: bytes) -> bytes:
    """Rewrite a JPEG with its drawing segments and its orientation only."""
    kept, turned, framed, drawn = [], b"", False, False
    place = 2
    while True:
        marker, place = _marker(content, place)
        if marker == _END:
            break
        (length,) = struct.unpack_from(">H", content, place)
        end = place + length
        if length < 2 or end > len(content):
            raise _Damaged
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, place + 3)
            _fits(width, height)
            framed = True
        if marker == _EXIF:
            turned = turned or _orientation(content[place + 2 : end])
        if marker == _SCAN:
            end, drawn = _end_of_scan(content, end), True
        if marker in _DRAWING_SEGMENTS:
            kept.append(b"\xff" + bytes([marker]) + content[place:end])
        place = end
    if not (framed and drawn):
        raise _Damaged
    return b"".join((b"\xff\xd8", turned, *kept, b"\xff\xd9"))


def _marker(content: bytes, place: int) -> tuple[int, int]:
    """The next marker and the offset after it; any number of 0xFF fill bytes may precede it."""
    if content[place] != 0xFF:
        raise _Damaged
    while content[place] == 0xFF:
        place += 1
    return content[place], place + 1


def _end_of_scan(content: bytes, place: int) -> int:
    """The end of the scan data: the first marker that is neither stuffing nor a restart."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0:
            raise _Damaged
        following = content[place + 1]
        if following not in (0x00, *range(0xD0, 0xD8)):
            return place
        place += 2


def _orientation(exif: bytes) -> bytes:
    """An EXIF segment with the orientation only; empty if the picture is upright.

    Telephones also write place and time into EXIF, which are dropped.
    """
    if not exif.startswith((b"Exif\0\0II*\0", b"Exif\0\0MM\0*")):
        return b""
    tiff = exif[6:]
    order = "<" if tiff.startswith(b"II") else ">"
    try:
        (place,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, place)
        for entry in range(place + 2, place + 2 + 12 * count, 12):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
            if tag == 0x0112 and 2 <= value <= 8:
                return _turned(value)
    except struct.error:
        return b""  # Ignore damaged EXIF data; the picture itself is sound.
    return b""


def _turned(value: int) -> bytes:
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, value, 0)
    body = b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + b"\0\0\0\0"
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


_ACTIVE_NAMES = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/SubmitForm")
_TAIL = 2048


def _pdf(content: bytes) -> Scan | Problem:
    """Cut a PDF after its last end mark."""
    end = content.rfind(b"%%EOF")
    start = content.rfind(b"startxref", max(end - _TAIL, 0), max(end, 0))
    if end < max(len(content) - _TAIL, 0) or start < 0:
        return DAMAGED
    if any(name in content for name in _ACTIVE_NAMES):
        return ACTIVE
    return Scan(PDF, content[: end + 5] + b"\n")
