"""A scanner for malicious content, asked over a socket as ClamAV's daemon is (INSTREAM).

It is asked before a file is stored. A scanner that is set and gives no clear answer refuses the file.
"""

import socket
import struct
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import IO
from urllib.parse import urlsplit

import structlog

from approvals.base.errors import Invalid, invalid
from approvals.base.i18n import N_

PORT, BLOCK = 3310, 64 * 1024  # of clamd; bytes of a piece
PATIENCE = 60.0  # seconds for each answer: a large archive takes a while
LARGEST_ANSWER = 4096  # bytes
INFECTED = N_("The virus scanner found malicious content in this file. It was not taken.")
SILENT = N_("The virus scanner gives no answer, and nothing is taken without it. Send the file again later.")
_log = structlog.get_logger(__name__)


class NoScanner(OSError):
    """The scanner cannot be reached, or does not answer as one does."""


@dataclass(frozen=True, slots=True)
class ScannerAddress:
    """Where the scanner listens: a host with a port, or the path of a socket."""

    host: str = ""
    port: int = PORT
    path: str = ""

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"


def read_address(text: str) -> ScannerAddress:
    """The address in `clamd://host:3310` or `clamd:///run/clamav/clamd.ctl`; ValueError for anything else."""
    parts = urlsplit(text)
    is_path = not parts.netloc and len(parts.path) > 1
    is_host = bool(parts.hostname) and parts.path in ("", "/") and not parts.username
    if parts.scheme != "clamd" or parts.query or parts.fragment or not (is_path or is_host):
        raise ValueError(text)
    return ScannerAddress(path=parts.path) if is_path else ScannerAddress(str(parts.hostname), parts.port or PORT)


def check_harmless(scanner: ScannerAddress | None, file: IO[bytes]) -> None:
    """Invalid, at `file`, when the scanner finds something or gives no answer; without a scanner nothing is asked."""
    if scanner is None:
        return
    try:
        is_harmless = _scan(scanner, file)
    except OSError as error:
        _log.warning("the scanner gave no answer; a file was refused", reason=type(error).__name__)
        raise invalid("file", SILENT) from None
    if not is_harmless:
        raise _infected()


def _infected() -> Invalid:
    _log.warning("the scanner found malicious content; a file was refused")
    return invalid("file", INFECTED)


def _scan(scanner: ScannerAddress, file: IO[bytes]) -> bool:
    """Whether the scanner says that this content is harmless; OSError when it says neither."""
    with closing(_connected(scanner)) as connection:
        connection.sendall(b"zINSTREAM\0")
        file.seek(0)
        with suppress(BrokenPipeError, ConnectionResetError):  # it answers before the end, as of a file too large
            while block := file.read(BLOCK):
                connection.sendall(struct.pack("!I", len(block)) + block)
            connection.sendall(struct.pack("!I", 0))
        answer = _answer(connection)
    if answer == b"stream: OK":
        return True
    if answer.endswith(b" FOUND"):
        return False
    raise NoScanner("no verdict")


def check_answers(scanner: ScannerAddress) -> None:
    """OSError unless the scanner answers a greeting."""
    with closing(_connected(scanner)) as connection:
        connection.settimeout(5)
        connection.sendall(b"zPING\0")
        if _answer(connection) != b"PONG":
            raise NoScanner("no scanner")


def _connected(scanner: ScannerAddress) -> socket.socket:
    if not scanner.path:
        return socket.create_connection((scanner.host, scanner.port), timeout=PATIENCE)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(PATIENCE)
    try:
        connection.connect(scanner.path)
    except OSError:
        connection.close()
        raise
    return connection


def _answer(connection: socket.socket) -> bytes:
    """What it says up to the zero byte; an answer that is cut short, or never ends, is none."""
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LARGEST_ANSWER:
        piece = connection.recv(LARGEST_ANSWER)
        if not piece:
            break
        answer += piece
    if not answer.endswith(b"\0"):
        raise NoScanner("no whole answer")
    return answer.rstrip(b"\0")
