"""Accepted files: the listed types, and only when the content matches the name."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

from approvals.base.errors import invalid
from approvals.base.files.formats.office import ofd, open_xml, word, workbook
from approvals.base.files.formats.pdf import pdf
from approvals.base.files.formats.pictures import dwg, jpeg, png, tiff
from approvals.base.files.formats.reading import NO_FAULT, OTHER, Check, read
from approvals.base.i18n import N_
from approvals.base.text_validation import NAME_LIMIT, text_fault

MEGABYTE = 1024 * 1024  # bytes
FILE_LIMIT = 50 * MEGABYTE

# A name such as `通知.exe.pdf` is made to deceive, whatever comes last.
DECEIVING = frozenset(
    (
        *("apk", "bat", "chm", "cmd", "cpl", "dll", "dmg", "exe", "hta", "htm", "html", "jar", "js", "jse", "jsp"),
        *("lnk", "msi", "php", "pif", "ps1", "py", "scr", "sh", "svg", "swf", "vbe", "vbs", "wsf", "xhtml"),
    )
)


@dataclass(frozen=True, slots=True)
class FileType:
    """An accepted type: how it is served, and what checks its content by the rules of the format."""

    media_type: str
    check: Check


def clean_name(upload_name: str | None, field: str = "file", types: Mapping[str, FileType] | None = None) -> str:
    """The name of a file as people know it, without any folder; Invalid says at `field` what is wrong with it.

    Its ending is one of these types: those of all documents when left out.
    """
    accepted = FILE_TYPES if types is None else types
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", upload_name or "")[-1]).strip()
    if not name:
        raise invalid(field, N_("Choose a file."))
    if fault := text_fault(name, limit=NAME_LIMIT, lines=False):
        raise invalid(field, fault[0], **fault[1])
    stem, *suffixes = name.split(".")
    if not stem.strip() or not suffixes or suffixes[-1].lower() not in accepted:
        raise invalid(field, N_("Only these file types are accepted: %(types)s."), types=", ".join(accepted))
    if deceiving := [suffix for suffix in suffixes if suffix.strip().lower() in DECEIVING]:
        raise invalid(field, N_("File names with “.%(suffix)s” are not accepted."), suffix=deceiving[0])
    return name


def suffix_of(name: str) -> str:
    return name.rpartition(".")[2].lower()


def check_content(name: str, file: IO[bytes], types: Mapping[str, FileType], limit: int) -> FileType:
    """The type of the file, whose name has been cleaned; Invalid says why it is not taken. `limit` is in bytes."""
    size = file.seek(0, 2)
    if size == 0:
        raise invalid("file", N_("The file is empty."))
    if size > limit:
        raise invalid("file", N_("The file is larger than %(most)s MB."), most=limit // MEGABYTE)
    suffix = suffix_of(name)
    if fault := types[suffix].check(file, size):
        message, values = _worded(fault, file, suffix)
        raise invalid("file", message, **values)
    return types[suffix]


def _worded(fault: str, file: IO[bytes], suffix: str) -> tuple[str, dict[str, str]]:
    """The reason with its values; of a content that is recognised it says what it is."""
    kind = kind_of(file) if fault == OTHER else ""
    if kind and kind != suffix:
        return _REALLY, {"kind": kind, "suffix": suffix}
    return fault, {"suffix": suffix}


def kind_of(file: IO[bytes]) -> str:
    """The ending that a file of this content would have, empty when it is not known."""
    size, head = file.seek(0, 2), read(file, 0, 16)
    suffixes = [suffix for suffix, file_type in FILE_TYPES.items() if file_type.check(file, size) == NO_FAULT]
    known = (suffix for at, mark, suffix in _MARKS if head[at : at + len(mark)] == mark)
    return suffixes[0] if suffixes else next(known, "")


_REALLY = N_("The content is that of a .%(kind)s file, not of a .%(suffix)s file. Upload it under its right name.")
# What people upload under another name: where the mark stands, the mark, the ending.
_MARKS = (
    (4, b"ftyphei", "heic"),
    (4, b"ftypmif1", "heic"),
    (8, b"WEBP", "webp"),
    (0, b"GIF8", "gif"),
    (0, b"BM", "bmp"),
    (0, b"{\\rtf", "rtf"),
    (0, b"Rar!", "rar"),
    (0, b"7z\xbc\xaf", "7z"),
    (0, b"PK\x03\x04", "zip"),
    (0, b"%PDF-", "pdf"),
    (0, b"\xff\xd8\xff", "jpg"),
    (0, b"\x89PNG", "png"),
)
_OPEN_XML = "application/vnd.openxmlformats-officedocument"

# What Chinese offices send. No archives: the window reads each file by its own name.
FILE_TYPES: Mapping[str, FileType] = {
    "pdf": FileType("application/pdf", pdf),
    "ofd": FileType("application/ofd", ofd),
    "docx": FileType(f"{_OPEN_XML}.wordprocessingml.document", open_xml("wordprocessingml.document")),
    "xlsx": FileType(f"{_OPEN_XML}.spreadsheetml.sheet", open_xml("spreadsheetml.sheet")),
    "doc": FileType("application/msword", word),
    "xls": FileType("application/vnd.ms-excel", workbook),
    "wps": FileType("application/vnd.ms-works", word),
    "et": FileType("application/vnd.ms-excel", workbook),
    "jpg": FileType("image/jpeg", jpeg),
    "jpeg": FileType("image/jpeg", jpeg),
    "png": FileType("image/png", png),
    "tif": FileType("image/tiff", tiff),
    "tiff": FileType("image/tiff", tiff),
    "dwg": FileType("image/vnd.dwg", dwg),
}


VIEWABLE = frozenset({"application/pdf", "image/jpeg", "image/png"})  # media types that every browser shows by itself


def is_viewable(name: str) -> bool:
    """Whether a stored file of this name can be looked at in the browser; names say what files are, it was checked."""
    known = FILE_TYPES.get(name.rpartition(".")[2].lower())
    return known is not None and known.media_type in VIEWABLE
