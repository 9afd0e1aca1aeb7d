"""The number and the signature in a file, found within narrow limits; the file is not opened as a PDF."""

import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from itertools import islice

_METADATA = b"/Metadata"  # the type of the object that has them
_BEGINS = re.compile(rb"stream\r?\n")
_STREAM_WITHIN = 200  # bytes within which they begin then
_METADATA_ATTEMPTS = 8  # places that look like metadata; ours have two
_LONGEST = 64 * 1024  # bytes of metadata; ours have some thousand
_DESCRIPTION = re.compile(r"<dc:description>.{0,200}?<rdf:li[^>]{0,100}>([^<]{1,200})</rdf:li>", re.DOTALL)
_HEAD, _TAIL = 1024, 1024  # bytes within which a PDF says that it begins and ends
_COVERED = re.compile(rb"/ByteRange\s{0,9}\[\s{0,9}0\s{1,9}(\d{1,9})\s{1,9}(\d{1,9})\s{1,9}(\d{1,9})\s{0,99}\]")
_SIGNATURE_ATTEMPTS = 4  # places that look like a signature; ours is the only one of its file
_LARGEST = 256 * 1024  # hexadecimal digits kept free for a signature


def is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:_HEAD]


def is_whole(content: bytes) -> bool:
    """Whether it has the mark with which a PDF ends."""
    return b"%%EOF" in content[-_TAIL:]


def number_in_metadata(content: bytes) -> str:
    """The number that the metadata claim, or the text of a preview; empty in other files."""
    for packed in _metadata(content):
        description = _DESCRIPTION.search(_unpacked(packed))
        if description:
            return unescape(description[1]).strip()
    return ""


def _metadata(content: bytes) -> Iterator[bytes]:
    at = -1
    for _ in range(_METADATA_ATTEMPTS):
        at = content.find(_METADATA, at + 1)
        if at < 0:
            return
        begins = _BEGINS.search(content, at, at + _STREAM_WITHIN)
        if begins:
            yield content[begins.end() : begins.end() + _LONGEST]


def _unpacked(content: bytes) -> str:
    with suppress(zlib.error):  # not packed, or nonsense
        content = zlib.decompressobj().decompress(content, _LONGEST)
    return content.decode("utf-8", "replace")


class UnusableKey(ValueError):
    """Documents cannot be signed; the message says why and discloses nothing of the key."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whom it names, its SHA-256, and from when to when it holds."""

    name: str
    sha256: str
    from_at: datetime
    until_at: datetime

    def holds_at(self, moment: datetime) -> bool:
        return self.from_at <= moment <= self.until_at


@dataclass(frozen=True, slots=True)
class Signature:
    """By whose certificate; and whether it fits what it covers."""

    by: Certificate
    is_intact: bool


@dataclass(frozen=True, slots=True)
class SignatureReason:
    """Reason, place and contact within a signature."""

    why: str
    where: str
    contact: str


@dataclass(frozen=True, slots=True)
class SignaturePosition:
    """A signature, and the parts of the file before and behind it that it covers."""

    content: bytes
    before: memoryview
    behind: memoryview


def signature_position(pdf: bytes) -> SignaturePosition | None:
    """The first signature that covers the file from its beginning to its end; None where there is none."""
    for match in islice(_COVERED.finditer(pdf), _SIGNATURE_ATTEMPTS):
        start, ends, length = map(int, match.groups())
        if start < ends and ends + length == len(pdf) and ends - start <= _LARGEST:
            content = _digits(pdf[start:ends])
            if content:
                whole = memoryview(pdf)
                return SignaturePosition(content, whole[:start], whole[ends:])
    return None


def _digits(brackets: bytes) -> bytes:
    """What stands between the angle brackets, with the zeros that fill it up; nothing where it is anything else.

    The signature says itself how long it is, and its own last byte may be a zero.
    """
    if not (brackets.startswith(b"<") and brackets.endswith(b">")):
        return b""
    try:
        return bytes.fromhex(brackets[1:-1].decode("ascii"))
    except ValueError:
        return b""


def looks_signed(pdf: bytes) -> bool:
    """Whether the file has what a signature covers; the file may have grown or shrunk since."""
    return _COVERED.search(pdf) is not None
