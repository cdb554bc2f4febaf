"""The gate: checks of an uploaded file from outside, before anything in it is unpacked."""

import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise

MAX_FILE_BYTES = 2 * 1024 * 1024
MAX_PARTS = 512
MAX_DIRECTORY_BYTES = 128 * 1024
MAX_UNPACKED_BYTES = 32 * 1024 * 1024
"""Bytes."""

MAX_RATIO = 200
MIN_RATIO_BYTES = 1024 * 1024
"""Bytes; smaller parts of one repeated character compress further, and do no harm."""

MAX_NAME_LENGTH = 200

SAVE_AS_XLSX = "请用 WPS 或 Excel 打开，另存为 xlsx 后再导入。"
DAMAGED = f"文件不完整、已损坏或写法不合 xlsx 规范，{SAVE_AS_XLSX}"
TOO_MUCH = "文件展开后内容过多（多半是整行整列设了格式），请把统计表复制到新工作簿再导入。"
MACROS = "文件里有宏或嵌入的程序，请另存为不带宏的 xlsx 后再导入。"
LINKED = "文件链接到别的工作簿或数据源，请断开链接（粘贴为数值）并保存后再导入。"
ENCRYPTED = "文件加了密码，请取消密码保护并保存后再导入。"
NO_WORKBOOK = f"这不是 xlsx 工作簿，{SAVE_AS_XLSX}"


class Refused(ValueError):
    """The file is refused; the message is the sentence for the person who uploaded it."""


def let_through(content: bytes) -> None:
    """Check that `content` is safe to unpack as a workbook; raises `Refused` otherwise."""
    if not content:
        raise Refused("文件是空的，请重新选择。")
    if len(content) > MAX_FILE_BYTES:
        raise Refused("文件超过 2 MB，请删除图片和多余的工作表后再导入。")
    if not content.startswith(b"PK"):
        raise Refused(_what_else(content))
    _look_at_directory(content)
    _look_at_parts(_parts(content))


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ARCHIVES = (b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
PICTURES_AND_PAPERS = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF")


TEXT_IN_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def is_text(content: bytes) -> bool:
    """Whether a file may be a table saved as text, and no type that `_what_else` recognises."""
    known = (b"PK", OLE, *ARCHIVES, *PICTURES_AND_PAPERS)
    return bool(content) and (content.startswith(TEXT_IN_UTF_16) or not content.startswith(known))


def _what_else(content: bytes) -> str:
    if content.startswith(OLE):
        old = f"这是旧版 xls、et 或其他文档，{SAVE_AS_XLSX}"
        return ENCRYPTED if OLE_ENCRYPTED in content else old
    if content.startswith(ARCHIVES):
        return "这是压缩包，请先解压，再导入里面的 xlsx 文件。"
    if content.startswith(PICTURES_AND_PAPERS):
        return "这是图片或 PDF，不能读取数字；请导入 xlsx 工作簿。"
    if b"\x00" not in content[:4096]:
        return f"这是文本或网页格式的表格，{SAVE_AS_XLSX}"
    return NO_WORKBOOK


DIRECTORY_END = struct.Struct("<4s4H2LH")
ZIP64 = b"PK\x06\x07"


def _look_at_directory(content: bytes) -> None:
    """Require the directory to end the file with its stated length, since zipfile is lenient."""
    at = content.rfind(b"PK\x05\x06")
    if at < 0 or len(content) < at + DIRECTORY_END.size:
        raise Refused(DAMAGED)
    _, _, _, _, parts, length, start, remark = DIRECTORY_END.unpack_from(content, at)
    if at + DIRECTORY_END.size + remark != len(content) or start + length != at:
        raise Refused(DAMAGED)
    if content[max(0, at - 20) :].startswith(ZIP64):
        raise Refused(DAMAGED)
    if parts > MAX_PARTS or length > MAX_DIRECTORY_BYTES:
        raise Refused(TOO_MUCH)


def _parts(content: bytes) -> list[zipfile.ZipInfo]:
    # zipfile raises errors of many kinds for a damaged directory; all mean DAMAGED.
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return archive.infolist()
    except Exception as error:
        raise Refused(DAMAGED) from error


def _look_at_parts(parts: list[zipfile.ZipInfo]) -> None:
    # Some programs write backslashes; office programs read them as slashes.
    names = [part.filename.replace("\\", "/").lower() for part in parts]
    if len(parts) > MAX_PARTS:
        raise Refused(TOO_MUCH)
    if len(set(names)) != len(names) or any(map(_is_no_name, names)):
        raise Refused(DAMAGED)
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(ENCRYPTED)
    if any(part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for part in parts):
        raise Refused(DAMAGED)
    if any(_overlaps(parts)):
        raise Refused(DAMAGED)
    _look_at_sizes(parts)
    _look_at_names(names)


def _is_no_name(name: str) -> bool:
    steps = name.rstrip("/").split("/")
    climbs = not {"", ".", ".."}.isdisjoint(steps)
    return climbs or len(name) > MAX_NAME_LENGTH or ":" in name


def _overlaps(parts: list[zipfile.ZipInfo]) -> Iterator[bool]:
    in_order = sorted(parts, key=lambda part: part.header_offset)
    for part, following in pairwise(in_order):
        yield part.header_offset + part.compress_size >= following.header_offset


def _look_at_sizes(parts: list[zipfile.ZipInfo]) -> None:
    if sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise Refused(TOO_MUCH)
    for part in parts:
        swollen = part.file_size > MAX_RATIO * max(1, part.compress_size)
        if swollen and part.file_size > MIN_RATIO_BYTES:
            raise Refused(TOO_MUCH)


ACTIVE = ("vbaproject", "xl/macrosheets/", "xl/activex/", "xl/embeddings/", "customui/")
OUTSIDE = ("xl/connections.xml", "xl/querytables/")


def _look_at_names(names: list[str]) -> None:
    if "[content_types].xml" not in names or "_rels/.rels" not in names:
        raise Refused(NO_WORKBOOK)
    if any(sign in name for name in names for sign in ACTIVE):
        raise Refused(MACROS)
    if any(name.startswith(OUTSIDE) for name in names):
        raise Refused(LINKED)
