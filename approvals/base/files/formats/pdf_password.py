"""Whether the PDF on standard input opens without a password, as the exit status. Memory and time are limited."""

import resource
import sys
from io import BytesIO

import pikepdf

from approvals.base.files.formats.pdf import NEEDS_PASSWORD, OPENS, UNREADABLE

MEMORY, SECONDS = 1024**3, 20  # bytes of address space; of the processor


def status(content: bytes) -> int:
    try:
        with pikepdf.open(BytesIO(content)):
            return OPENS
    except pikepdf.PasswordError:
        return NEEDS_PASSWORD
    except (pikepdf.PdfError, MemoryError):
        return UNREADABLE


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.exit(status(sys.stdin.buffer.read()))
