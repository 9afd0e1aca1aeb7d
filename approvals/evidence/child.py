"""Asks the process that reads pictures and pages: few at once, and not for long."""

import subprocess
import sys
import threading

from approvals import PACKAGE

TIME_LIMIT = 60  # seconds for one picture
AT_ONCE, QUEUE = 2, 20  # files that one process has read at once; seconds that another waits
_slots = threading.BoundedSemaphore(AT_ONCE)


class Busy(Exception):
    """So many files are being read that this one has to wait."""


def ask(content: bytes, what: str) -> tuple[int, bytes]:
    """The exit status and the answer of `approvals.evidence.pictures`; Busy, or TimeoutError when it takes too long."""
    if not _slots.acquire(timeout=QUEUE):
        raise Busy
    try:
        command = [sys.executable, "-m", "approvals.evidence.pictures", what]
        child = subprocess.run(command, input=content, capture_output=True, cwd=PACKAGE.parent, timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    finally:
        _slots.release()
    return child.returncode, child.stdout
