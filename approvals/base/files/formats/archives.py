"""ZIP archives, read by their own list of parts. Only small parts are unpacked, and never beyond a limit."""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from approvals.base.files.formats.reading import read

TAIL = 65536 + 22  # bytes at the end in which the list of parts is announced
DIRECTORY_LIMIT = 4 * 1024 * 1024  # bytes of the list of parts; an honest document's is a hundredth of it
PART_LIMIT = 1024 * 1024  # bytes of an unpacked part; those that say what a document consists of are small
_STORED, _DEFLATED, _IS_ENCRYPTED = 0, 8, 1


@dataclass(slots=True)
class Element:
    """An XML element: its name without the namespace, and the text right within it."""

    name: str
    attributes: Mapping[str, str]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its name and where it lies."""

    name: str
    is_encrypted: bool
    method: int
    size: int  # in bytes, packed
    start: int  # of its header


def is_archive(file: IO[bytes]) -> bool:
    return read(file, 0, 4) == b"PK\x03\x04"


def parts_of(file: IO[bytes], size: int) -> dict[str, Part]:
    """The parts by name in lower case, none when the archive is not whole. Nothing is unpacked."""
    tail = read(file, size - TAIL, TAIL)
    at = tail.rfind(b"PK\x05\x06")
    if not is_archive(file) or at < 0 or len(tail) - at < 22:
        return {}
    count, length, start = struct.unpack_from("<HII", tail, at + 10)
    if length > DIRECTORY_LIMIT or start + length > size:
        return {}
    return _listed(read(file, start, length), count, size)


def _listed(directory: bytes, count: int, size: int) -> dict[str, Part]:
    parts, at = {}, 0
    for _ in range(count):
        if directory[at : at + 4] != b"PK\x01\x02" or at + 46 > len(directory):
            return {}
        flags, method = struct.unpack_from("<HH", directory, at + 8)
        packed, _unpacked, name_length, extra, comment = struct.unpack_from("<IIHHH", directory, at + 20)
        (start,) = struct.unpack_from("<I", directory, at + 42)
        name = directory[at + 46 : at + 46 + name_length].decode("utf-8", "replace")
        if start + 30 + packed > size:
            return {}
        key = name.lower().replace("\\", "/")
        if key in parts:  # readers differ in which of two they take
            return {}
        parts[key] = Part(name, bool(flags & _IS_ENCRYPTED), method, packed, start)
        at += 46 + name_length + extra + comment
    return parts


def elements_of(file: IO[bytes], part: Part | None) -> list[Element]:
    """The XML elements of this part, none when it cannot be read."""
    content = _unpacked(file, part) if part else b""
    elements: list[Element] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: elements.append(Element(name.rpartition(":")[2], attributes))
    parser.CharacterDataHandler = lambda text: _add_text(elements, text)
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, _Doctype, ValueError):
        return []
    return elements


def _add_text(elements: list[Element], text: str) -> None:
    elements[-1].text += text


class _Doctype(Exception):
    """Entities may be made to grow without end; no part of a document declares any."""


def _no_doctype(*_: object) -> None:
    raise _Doctype


def _unpacked(file: IO[bytes], part: Part) -> bytes:
    """The content of a part, empty when it is longer than PART_LIMIT or damaged."""
    header = read(file, part.start, 30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        return b""
    name, extra = struct.unpack_from("<HH", header, 26)
    packed = read(file, part.start + 30 + name + extra, min(part.size, PART_LIMIT))
    if part.method == _STORED:
        return packed
    if part.method != _DEFLATED:
        return b""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        content = inflater.decompress(packed, PART_LIMIT)
    except zlib.error:
        return b""
    return content if inflater.eof else b""
