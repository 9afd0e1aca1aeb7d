"""Small pictures of documents: made when one is first looked at, and kept by the checksum of what they show."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from approvals.base.files.filetypes import VIEWABLE
from approvals.base.files.store import Stored, opened
from approvals.evidence.child import Busy, ask
from approvals.evidence.limits import DONE, PREVIEW

FOLDER = "previews"


def preview_of(folder: Path, stored: Stored) -> bytes | None:
    """The first page, or the picture, as a small JPEG; None for what has none.

    They can be made again, and are no part of the record. One that could not be made is not tried again; when many are
    being made, this one is made the next time.
    """
    if stored.media_type not in VIEWABLE:
        return None
    path = folder / FOLDER / stored.sha256[:2] / stored.sha256
    if path.is_file():
        return path.read_bytes() or None
    with opened(folder, stored.sha256) as file:
        content = file.read()
    try:
        status, picture = ask(content, PREVIEW)
    except Busy:
        return None
    except TimeoutError:
        status, picture = 1, b""
    _keep(path, picture if status == DONE else b"")
    return path.read_bytes() or None


def _keep(path: Path, picture: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix="new-", delete=False) as new:
        new.write(picture)
    Path(new.name).replace(path)
