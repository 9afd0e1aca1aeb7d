"""Receives a file: what is taken, and what is made of a picture before anything is written about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import IO

import orjson

from approvals.base.errors import Invalid, invalid
from approvals.base.files.filetypes import FILE_TYPES, MEGABYTE, FileType, check_content, clean_name, suffix_of
from approvals.base.files.formats.pictures import webp
from approvals.base.files.formats.reading import read
from approvals.base.files.scanner import ScannerAddress, check_harmless
from approvals.base.files.store import Stored, put, store_checked
from approvals.base.i18n import N_
from approvals.evidence.child import Busy, ask
from approvals.evidence.limits import DONE, MOST_PIXELS, PICTURE, TOO_MANY_PIXELS

FIELD = "file"
# Documents that need no copy go as PDF: nobody edits one by accident, and every office has a way to make it.
TYPES: Mapping[str, FileType] = {
    **{suffix: FILE_TYPES[suffix] for suffix in ("jpg", "jpeg", "png")},
    "webp": FileType("image/webp", webp),
    "pdf": FILE_TYPES["pdf"],
}
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
_HEIC_NAMES = frozenset({"heic", "heif", "hif", "heics"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
HEIC = N_(
    "Photographs in HEIC format cannot be opened on many computers. On an iPhone, choose Settings › Camera › Formats "
    "› Most Compatible and take the photograph again, or send it as JPEG; a screenshot of it also works."
)
LARGE = N_("The picture has more than %(most)s million pixels. Make it smaller and send it again.")
BROKEN = N_("The picture cannot be read; it may have been damaged in transit. Take it again or send it again.")
BUSY = N_("Many pictures are being received at this moment. Send this one again in a minute.")


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that is in the store now, and of a picture its copies and the day on which it was taken."""

    stored: Stored
    taken_on: date | None = None
    copy_sha256: str | None = None
    thumbnail_sha256: str | None = None


def receive_file(
    folder: Path,
    upload_name: str | None,
    file: IO[bytes],
    most_mb: int,
    *,
    scanner: ScannerAddress | None = None,
) -> ReceivedFile:
    """Put the file into the store, durably, with the copies of a picture; Invalid, at `file`, when it is not taken."""
    _check_heic(upload_name or "", file)
    name = clean_name(upload_name, types=TYPES)
    file_type = check_content(name, file, TYPES, most_mb * MEGABYTE)
    check_harmless(scanner, file)
    if file_type.media_type not in PICTURES:
        return ReceivedFile(store_checked(folder, name, file_type, file))
    file.seek(0)
    taken_on, copy, thumbnail = _read_apart(file.read())
    copies = put(folder, BytesIO(copy)), put(folder, BytesIO(thumbnail))
    return ReceivedFile(store_checked(folder, name, file_type, file), taken_on, *copies)


def _check_heic(name: str, file: IO[bytes]) -> None:
    """Whatever its name says: phones send such pictures as .jpg, too."""
    head = read(file, 0, 12)
    if suffix_of(name) in _HEIC_NAMES or (head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS):
        raise invalid(FIELD, HEIC)


def _read_apart(content: bytes) -> tuple[date | None, bytes, bytes]:
    """What `pictures.read_picture` says, asked of a child."""
    try:
        status, answer = ask(content, PICTURE)
    except Busy:
        raise invalid(FIELD, BUSY) from None
    except TimeoutError:
        raise invalid(FIELD, BROKEN) from None
    if status != DONE:
        raise _refusal(status)
    line, _newline, copies = answer.partition(b"\n")
    head = orjson.loads(line)
    day = date.fromisoformat(head["taken_on"]) if head["taken_on"] else None
    return day, copies[: head["copy"]], copies[head["copy"] :]


def _refusal(status: int) -> Invalid:
    if status == TOO_MANY_PIXELS:
        return invalid(FIELD, LARGE, most=MOST_PIXELS // 1_000_000)
    return invalid(FIELD, BROKEN)
