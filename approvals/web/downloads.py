"""Files to download: by their name, and for programs that know ASCII alone by one that can be read."""

import re
from io import BytesIO
from typing import IO
from urllib.parse import quote

from flask import Response, send_file

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORDS = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
READABLE = 3  # letters that say something without a word before them


def send_download(
    content: bytes | IO[bytes], media_type: str, name: str, kind: str, *, is_shown: bool = False
) -> Response:
    """The content as a file of this name, or to be shown; `kind` is an English word for what it is, as in `notice`."""
    response = send_file(BytesIO(content) if isinstance(content, bytes) else content, media_type)
    response.headers["Content-Disposition"] = disposition(name, kind, "inline" if is_shown else "attachment")
    return response


def disposition(name: str, kind: str, way: str = "attachment") -> str:
    """The header with both names (RFC 6266, RFC 8187)."""
    return f"{way}; filename=\"{ascii_name(name, kind)}\"; filename*=UTF-8''{quote(name, safe='')}"


def ascii_name(name: str, kind: str) -> str:
    """A name in ASCII: what the name has of letters and digits, behind `kind` where that says too little."""
    stem, dot, suffix = name.rpartition(".")
    words = _WORDS.findall(stem if dot else name)
    if sum(letter.isalpha() for word in words for letter in word) < READABLE:
        words = [kind, *words]
    suffix = re.sub(r"[^A-Za-z0-9]", "", suffix) if dot else ""
    return "-".join(words) + (f".{suffix}" if suffix else "")
