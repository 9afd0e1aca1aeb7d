"""What a file says of itself, read out of its metadata alone and within narrow limits; it is not opened as a PDF."""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from html import unescape

_METADATA = b"/Metadata"  # the type of the object that has them
_BEGINS = re.compile(rb"stream\r?\n")
_NEAR = 200  # bytes within which they begin then
_TRIED = 8  # places that look like metadata; ours have two
_LONGEST = 64 * 1024  # bytes of metadata; ours have some thousand
_ABOUT = re.compile(r"<dc:description>.{0,200}?<rdf:li[^>]{0,100}>([^<]{1,200})</rdf:li>", re.DOTALL)
_HEAD, _TAIL = 1024, 1024  # bytes within which a PDF says that it begins and ends


def is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:_HEAD]


def is_whole(content: bytes) -> bool:
    """Whether it has the mark with which a PDF ends."""
    return b"%%EOF" in content[-_TAIL:]


def said_number(content: bytes) -> str:
    """What stands where papers of this service say their number, or that they have none; empty in other files."""
    for packed in _metadata(content):
        found = _ABOUT.search(_unpacked(packed))
        if found:
            return unescape(found[1]).strip()
    return ""


def _metadata(content: bytes) -> Iterator[bytes]:
    at = -1
    for _ in range(_TRIED):
        at = content.find(_METADATA, at + 1)
        if at < 0:
            return
        begins = _BEGINS.search(content, at, at + _NEAR)
        if begins:
            yield content[begins.end() : begins.end() + _LONGEST]


def _unpacked(content: bytes) -> str:
    with suppress(zlib.error):  # not packed, or nonsense
        content = zlib.decompressobj().decompress(content, _LONGEST)
    return content.decode("utf-8", "replace")
