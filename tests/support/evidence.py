"""Evidence for tests: files received as the doors receive them."""

import io
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from approvals.evidence.actions import add
from approvals.evidence.receipt import receive_file
from tests.support.builders import NOW, an_actor
from tests.support.pictures import photo


def a_photo(
    tx: Connection,
    folder: Path,
    by: str,
    name: str = "现场.jpg",
    content: bytes | None = None,
    *,
    now: datetime = NOW,
) -> str:
    """A photograph that this person sent; its reference."""
    file = receive_file(folder, name, io.BytesIO(photo() if content is None else content), 20)
    return add(tx, file, by=an_actor(tx, by), now=now)
