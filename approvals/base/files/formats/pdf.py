"""PDF (ISO 32000): the header within the first 1,024 bytes, a trailer, the end; whether it opens without a password."""

import subprocess
import sys
from typing import IO

from approvals import PACKAGE
from approvals.base.files.formats.reading import DAMAGED, LOCKED, NO_FAULT, OTHER, contains, read

HEADER_WITHIN = 1024  # bytes: the rule of the readers since Acrobat 1
TAIL = 65536  # bytes at the end in which the file says that it ends
TIME_LIMIT = 30  # seconds for the question whether it opens
# A program, an archive or a page that is a PDF as well is made to deceive.
_PRETENDERS = (b"MZ", b"\x7fELF", b"PK", b"\xd0\xcf\x11\xe0", b"#!", b"<")
OPENS, NEEDS_PASSWORD, UNREADABLE = 0, 3, 4  # exit statuses of the child that is asked


def pdf(file: IO[bytes], size: int) -> str:
    head = read(file, 0, HEADER_WITHIN)
    if b"%PDF-" not in head or head.startswith(_PRETENDERS):
        return OTHER
    if b"%%EOF" not in read(file, size - TAIL, TAIL) or not contains(file, b"/Root"):
        return DAMAGED
    return _locked(file) if contains(file, b"/Encrypt") else NO_FAULT


def _locked(file: IO[bytes]) -> str:
    """Asked of a child: a hostile file may unpack to more than any memory holds. Most files are not encrypted."""
    file.seek(0)
    command = [sys.executable, "-m", "approvals.base.files.formats.pdf_password"]
    try:
        child = subprocess.run(command, input=file.read(), capture_output=True, cwd=PACKAGE.parent, timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        return DAMAGED
    return {OPENS: NO_FAULT, NEEDS_PASSWORD: LOCKED}.get(child.returncode, DAMAGED)
