"""Digital signatures within a file: where one lies and what it covers, found without reading the file as a PDF."""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

_COVERED = re.compile(rb"/ByteRange\s{0,9}\[\s{0,9}0\s{1,9}(\d{1,9})\s{1,9}(\d{1,9})\s{1,9}(\d{1,9})\s{0,99}\]")
_TRIED = 4  # places that look like a signature; ours is the only one of its file
_LARGEST = 256 * 1024  # hexadecimal digits kept free for a signature


class UnusableKey(ValueError):
    """Papers cannot be signed; the message says why and tells nothing of the key."""


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
    """What a signature says of itself: why, where, and how to reach who signed."""

    why: str
    where: str
    contact: str


@dataclass(frozen=True, slots=True)
class SignaturePosition:
    """A signature, and the parts of the file before and behind it, which it covers."""

    content: bytes
    before: memoryview
    behind: memoryview


def place_of(pdf: bytes) -> SignaturePosition | None:
    """The first signature that covers the file from its beginning to its end; None where there is none."""
    for match in islice(_COVERED.finditer(pdf), _TRIED):
        start, ends, length = map(int, match.groups())
        if start < ends and ends + length == len(pdf) and ends - start <= _LARGEST:
            content = _digits(pdf[start:ends])
            if content:
                whole = memoryview(pdf)
                return SignaturePosition(content, whole[:start], whole[ends:])
    return None


def _digits(held: bytes) -> bytes:
    """What stands between the angle brackets, with the zeros that fill it up; nothing where it is anything else.

    The signature says itself how long it is, and its own last byte may be a zero.
    """
    if not (held.startswith(b"<") and held.endswith(b">")):
        return b""
    try:
        return bytes.fromhex(held[1:-1].decode("ascii"))
    except ValueError:
        return b""


def looks_signed(pdf: bytes) -> bool:
    """Whether the file has what a signature covers; the file may have grown or shrunk since."""
    return _COVERED.search(pdf) is not None
