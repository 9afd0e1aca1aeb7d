"""Compound files (MS-CFB), in which older office programs write: their directory lists streams."""

import struct
from typing import IO

from approvals.base.files.formats.reading import read

OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_STREAM, _ENTRY = 2, 128  # an entry of the directory: its kind, and its size in bytes
_MINI = 4096  # bytes: shorter streams lie in another stream and are not looked into


def is_compound(file: IO[bytes]) -> bool:
    return read(file, 0, 8) == OLE_MAGIC


def start_of(file: IO[bytes], size: int, stream: str) -> int | None:
    """Where the stream of this name begins in the file, 0 when that cannot be said; None when there is none."""
    if not is_compound(file):
        return None
    content = read(file, 0, size)
    name = stream.encode("utf-16-le") + b"\0\0"
    at = content.find(name)
    while at >= 0:
        entry = content[at : at + _ENTRY]
        if at % _ENTRY == 0 and len(entry) == _ENTRY and entry[66] == _STREAM and entry[64:66] == _length(name):
            return _offset(content, entry)
        at = content.find(name, at + 1)
    return None


def _length(name: bytes) -> bytes:
    return struct.pack("<H", len(name))


def _offset(content: bytes, entry: bytes) -> int:
    sector, length = struct.unpack_from("<II", entry, 116)
    sector_bits = min(struct.unpack_from("<H", content, 30)[0], 12)
    return (sector + 1) << sector_bits if length >= _MINI else 0


def has_macros(file: IO[bytes], size: int) -> bool:
    return "_VBA_PROJECT".encode("utf-16-le") in read(file, 0, size)
