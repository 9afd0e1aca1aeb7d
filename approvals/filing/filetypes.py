"""Accepted files: the listed types, and only when the content matches the name."""

import re
import struct
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO

import filetype

from approvals.base.errors import invalid
from approvals.base.i18n import N_
from approvals.base.text_validation import NAME_LIMIT, text_fault

FILE_LIMIT = 50 * 1024 * 1024  # bytes
HEAD = 8192  # bytes at the beginning that identify a type
TAIL = 65536  # bytes at the end that show whether the file is complete
DIRECTORY_LIMIT = 4 * 1024 * 1024  # bytes of an archive's list of parts; an honest document's is a hundredth of it
OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
OLE_STREAM, OLE_ENTRY = 2, 128  # an entry of an OLE file's directory: its kind, and its size in bytes

# A name such as `通知.exe.pdf` is made to deceive, whatever comes last.
DECEIVING = frozenset(
    (
        *("apk", "bat", "chm", "cmd", "cpl", "dll", "dmg", "exe", "hta", "htm", "html", "jar", "js", "jse", "jsp"),
        *("lnk", "msi", "php", "pif", "ps1", "py", "scr", "sh", "svg", "swf", "vbe", "vbs", "wsf", "xhtml"),
    )
)


@dataclass(frozen=True, slots=True)
class FileType:
    """An accepted type: how it is served, and how its content is recognised."""

    media_type: str
    is_content: Callable[[IO[bytes], int], bool]


def clean_name(upload_name: str | None) -> str:
    """The name of a file as people know it, without any folder; Invalid says what is wrong with it."""
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", upload_name or "")[-1]).strip()
    if not name:
        raise invalid("file", N_("Choose a file."))
    if fault := text_fault(name, limit=NAME_LIMIT, lines=False):
        raise invalid("file", fault[0], **fault[1])
    stem, *suffixes = name.split(".")
    if not stem.strip() or not suffixes or suffixes[-1].lower() not in FILE_TYPES:
        raise invalid("file", N_("Only these file types are accepted: %(types)s."), types=", ".join(FILE_TYPES))
    if deceiving := [suffix for suffix in suffixes if suffix.strip().lower() in DECEIVING]:
        raise invalid("file", N_("File names with “.%(suffix)s” are not accepted."), suffix=deceiving[0])
    return name


def suffix_of(name: str) -> str:
    return name.rpartition(".")[2].lower()


def check_content(name: str, file: IO[bytes]) -> FileType:
    """The type of the file, whose name has been cleaned; Invalid when it is empty, too large or something else."""
    size = file.seek(0, 2)
    if size == 0:
        raise invalid("file", N_("The file is empty."))
    if size > FILE_LIMIT:
        raise invalid("file", N_("The file is larger than 50 MB."))
    file_type = FILE_TYPES[suffix_of(name)]
    if not file_type.is_content(file, size):
        raise invalid("file", N_("The content does not match the file name, or the file is damaged."))
    if _carries_macros(file, size):
        raise invalid("file", N_("The file contains macros. Save it without macros."))
    return file_type


def _read(file: IO[bytes], start: int, length: int) -> bytes:
    file.seek(max(0, start))
    return file.read(length)


def _ends_with(suffix: str, mark: bytes) -> Callable[[IO[bytes], int], bool]:
    def is_content(file: IO[bytes], size: int) -> bool:
        return _matches(suffix, file) and mark in _read(file, size - TAIL, TAIL)

    return is_content


def _is_png(file: IO[bytes], size: int) -> bool:
    head, tail = _read(file, 0, 16), _read(file, size - TAIL, TAIL)
    return head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:] == b"IHDR" and b"IEND" in tail


def _is_tiff(file: IO[bytes], size: int) -> bool:
    head = _read(file, 0, 8)
    order = {b"II*\0": "<I", b"MM\0*": ">I"}.get(head[:4])
    return order is not None and len(head) == 8 and 8 <= struct.unpack(order, head[4:])[0] < size


def _is_dwg(file: IO[bytes], size: int) -> bool:
    return size > 1024 and re.match(rb"AC10(09|1[0-9]|2[0-9]|3[0-9])\0", _read(file, 0, 16)) is not None


def _matches(suffix: str, file: IO[bytes]) -> bool:
    return bool(filetype.get_type(ext=suffix).match(bytearray(_read(file, 0, HEAD))))


def _zip_with(*needed: str) -> Callable[[IO[bytes], int], bool]:
    def is_content(file: IO[bytes], size: int) -> bool:
        return set(needed) <= set(_parts(file, size))

    return is_content


def _parts(file: IO[bytes], size: int) -> list[str]:
    """The names of an archive's parts, none when it is no whole one. Nothing is unpacked."""
    tail = _read(file, size - TAIL - 22, TAIL + 22)
    at = tail.rfind(b"PK\x05\x06")
    if _read(file, 0, 4) != b"PK\x03\x04" or at < 0 or len(tail) - at < 22:
        return []
    count, length, start = struct.unpack_from("<HII", tail, at + 10)
    if length > DIRECTORY_LIMIT or start + length > size:
        return []
    return _names(_read(file, start, length), count)


def _names(directory: bytes, count: int) -> list[str]:
    names, at = [], 0
    for _ in range(count):
        if directory[at : at + 4] != b"PK\x01\x02" or at + 46 > len(directory):
            return []
        name, extra, comment = struct.unpack_from("<HHH", directory, at + 28)
        names.append(directory[at + 46 : at + 46 + name].decode("utf-8", "replace"))
        at += 46 + name + extra + comment
    return names


def _ole_with(*streams: str) -> Callable[[IO[bytes], int], bool]:
    def is_content(file: IO[bytes], size: int) -> bool:
        content = _read(file, 0, size)
        return content.startswith(OLE_MAGIC) and any(_has_stream(content, stream) for stream in streams)

    return is_content


def _has_stream(content: bytes, name: str) -> bool:
    """Whether the directory of an OLE file has a stream of this name."""
    encoded = name.encode("utf-16-le") + b"\0\0"
    at = content.find(encoded)
    while at >= 0:
        entry = content[at : at + OLE_ENTRY]
        in_place = at % OLE_ENTRY == 0 and len(entry) == OLE_ENTRY
        if in_place and entry[66] == OLE_STREAM and struct.unpack_from("<H", entry, 64)[0] == len(encoded):
            return True
        at = content.find(encoded, at + 1)
    return False


def _carries_macros(file: IO[bytes], size: int) -> bool:
    if _read(file, 0, 8) == OLE_MAGIC:
        return "_VBA_PROJECT".encode("utf-16-le") in _read(file, 0, size)
    return any(part.lower().endswith("vbaproject.bin") for part in _parts(file, size))


_WORD, _SPREADSHEET = _ole_with("WordDocument"), _ole_with("Workbook", "Book")
_JPEG = _ends_with("jpg", b"\xff\xd9")
_OPEN_XML = "application/vnd.openxmlformats-officedocument"

# What Chinese offices send. No archives: the window reads each file by its own name.
FILE_TYPES: Mapping[str, FileType] = {
    "pdf": FileType("application/pdf", _ends_with("pdf", b"%%EOF")),
    "ofd": FileType("application/ofd", _zip_with("OFD.xml")),
    "docx": FileType(f"{_OPEN_XML}.wordprocessingml.document", _zip_with("[Content_Types].xml", "word/document.xml")),
    "xlsx": FileType(f"{_OPEN_XML}.spreadsheetml.sheet", _zip_with("[Content_Types].xml", "xl/workbook.xml")),
    "doc": FileType("application/msword", _WORD),
    "xls": FileType("application/vnd.ms-excel", _SPREADSHEET),
    "wps": FileType("application/vnd.ms-works", _WORD),
    "et": FileType("application/vnd.ms-excel", _SPREADSHEET),
    "jpg": FileType("image/jpeg", _JPEG),
    "jpeg": FileType("image/jpeg", _JPEG),
    "png": FileType("image/png", _is_png),
    "tif": FileType("image/tiff", _is_tiff),
    "tiff": FileType("image/tiff", _is_tiff),
    "dwg": FileType("image/vnd.dwg", _is_dwg),
}
