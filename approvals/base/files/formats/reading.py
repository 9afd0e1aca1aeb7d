"""Reading a file of unknown origin in bounded pieces, and the reasons for which it cannot be opened."""

from collections.abc import Callable
from typing import IO

from approvals.base.i18n import N_

# Why a file is not taken; no reason at all is an empty text.
NO_FAULT = ""
OTHER = N_("The content is not that of a .%(suffix)s file.")
DAMAGED = N_("The file is damaged or incomplete. Open it, save it again, and upload the new file.")
LOCKED = N_("The file needs a password to open. Remove the password, save the file, and upload it again.")
TEMPLATE = N_(
    "The file loads a template from elsewhere. Detach the template (Developer › Document Template), save the file, and "
    "upload it again."
)
LINKED = N_(
    "The file loads content from elsewhere. Break the links to other files, save the file, and upload it again."
)
MACROS = N_("The file contains macros. Save it without macros.")

Check = Callable[[IO[bytes], int], str]  # the file and its size in bytes -> why it is not taken
BLOCK = 1024 * 1024  # bytes


def read(file: IO[bytes], start: int, length: int) -> bytes:
    """Up to `length` bytes from `start` on, which may lie before the beginning."""
    file.seek(max(0, start))
    return file.read(length)


def contains(file: IO[bytes], mark: bytes) -> bool:
    """Whether these bytes occur anywhere in the file."""
    file.seek(0)
    before = b""
    while block := file.read(BLOCK):
        if mark in before + block:
            return True
        before = block[-len(mark) :]
    return False
