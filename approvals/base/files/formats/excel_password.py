"""Whether an encrypted workbook opens without a question: Excel tries one password of its own first.

A workbook whose structure alone is protected is written so (MS-XLS 2.2.10), and anybody can open it.
"""

import hashlib
import struct

_OWN = "VelvetSweatshop".encode("utf-16-le")
_RC4, _VERSION = 1, (1, 1)
_HEADER = struct.Struct("<HHH16s16s16s")  # encryption, version, salt, verifier, its digest


def opens_by_itself(record: bytes) -> bool:
    """By the FILEPASS record (MS-XLS 2.4.117), for the encryption that Excel 97 to 2003 write (MS-OFFCRYPTO 2.3.6)."""
    if len(record) < _HEADER.size:
        return False
    kind, major, minor, salt, verifier, digest = _HEADER.unpack_from(record)
    if kind != _RC4 or (major, minor) != _VERSION:
        return False
    opened = _rc4(_key(salt), verifier + digest)
    return _md5(opened[:16]) == opened[16:]


def _key(salt: bytes) -> bytes:
    """The key of the first block."""
    secret = _md5((_md5(_OWN)[:5] + salt) * 16)[:5]
    return _md5(secret + bytes(4))


def _md5(content: bytes) -> bytes:
    return hashlib.md5(content, usedforsecurity=False).digest()


def _rc4(key: bytes, content: bytes) -> bytes:
    box, j = list(range(256)), 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    i = j = 0
    opened = bytearray()
    for byte in content:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        opened.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(opened)
