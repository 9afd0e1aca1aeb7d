"""Pictures and drawings: JPEG, PNG, WebP, TIFF, DWG. What follows a whole picture is no part of it."""

import re
import struct
from typing import IO

from approvals.base.files.formats.reading import DAMAGED, LOCKED, NO_FAULT, OTHER, read

# JPEG (ITU-T T.81, annex B): markers that stand alone, that begin a frame, that begin the entropy-coded data.
_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN, _END = 0xDA, 0xD9
_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]", re.DOTALL)  # in entropy-coded data
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_CHUNKS = 1_000_000
_WEBP_CHUNKS = (b"VP8 ", b"VP8L", b"VP8X")
# DWG: the editions since R11, with the byte that says since 2004 whether the drawing is encrypted.
_DWG = re.compile(rb"AC10(09|1[0-9]|2[0-9]|3[0-9])\0")
_SECURITY, _ENCRYPTED, _SINCE_2004 = 0x18, 1, b"AC1018"


def jpeg(file: IO[bytes], size: int) -> str:
    """A frame, a scan and the end of the picture; cameras append more pictures, films and notes of their own."""
    content = read(file, 0, size)
    if not content.startswith(b"\xff\xd8\xff"):
        return OTHER
    at, has_frame = 2, False
    while at + 4 <= size and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == _SCAN:
            return NO_FAULT if has_frame and _ends(content, at) else DAMAGED
        has_frame = has_frame or marker in _FRAMES
        if marker == 0xFF:
            at += 1
        else:
            at += 2 if marker in _ALONE else 2 + int.from_bytes(content[at + 2 : at + 4])
    return DAMAGED


def _ends(content: bytes, at: int) -> bool:
    """Whether the end of the picture comes after the scans that begin here."""
    while at + 4 <= len(content):
        if content[at + 1] == _END:
            return True
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
        if marker := _NEXT_MARKER.search(content, at):
            at = marker.end() - 2
        else:
            return False
    return content[at : at + 2] == b"\xff\xd9"


def png(file: IO[bytes], size: int) -> str:
    """Chunk by chunk to the end: the header first, some data, the end."""
    if read(file, 0, 8) != _PNG:
        return OTHER
    at, kinds = 8, list[bytes]()
    while at + 12 <= size and len(kinds) < _MOST_CHUNKS:
        length, kind = struct.unpack(">I4s", read(file, at, 8))
        kinds.append(kind)
        at += 12 + length
        if kind == b"IEND" and at <= size:
            return NO_FAULT if kinds[0] == b"IHDR" and b"IDAT" in kinds else DAMAGED
    return DAMAGED


def tiff(file: IO[bytes], size: int) -> str:
    """The first directory, with at least one entry, lies within the file; TIFF and BigTIFF."""
    head = read(file, 0, 16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
    version = struct.unpack(f"{order}H", head[2:4])[0] if order and len(head) == 16 else 0
    if version not in (42, 43):
        return OTHER
    at, count, entry = (4, "H", 12) if version == 42 else (8, "Q", 20)
    start = struct.unpack_from(f"{order}{'I' if version == 42 else 'Q'}", head, at)[0]
    width = struct.calcsize(count)
    if not 8 <= start <= size - width:
        return DAMAGED
    entries = struct.unpack(f"{order}{count}", read(file, start, width))[0]
    return NO_FAULT if entries > 0 and start + width + entries * entry <= size else DAMAGED


def dwg(file: IO[bytes], size: int) -> str:
    head = read(file, 0, 64)
    if not _DWG.match(head):
        return OTHER
    if size <= 1024:
        return DAMAGED
    return LOCKED if head[:6] >= _SINCE_2004 and head[_SECURITY] & _ENCRYPTED else NO_FAULT


def webp(file: IO[bytes], size: int) -> str:
    """A RIFF container of WebP whose length is that of the file; what follows it is no part of it."""
    head = read(file, 0, 16)
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return OTHER
    is_whole = head[12:16] in _WEBP_CHUNKS and 8 + int.from_bytes(head[4:8], "little") <= size
    return NO_FAULT if is_whole else DAMAGED
