"""A proxy that nobody told the service of: requests name a client for whom they were forwarded, which is not believed.

Then everybody seems to come from the proxy's one address. A file in the data folder tells `guahao doctor` of it.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

LATELY = timedelta(days=1)
NOTED_EVERY = timedelta(hours=1)


def _file(data_dir: Path) -> Path:
    return data_dir / "forwarded-unread"


def note_forwarded(data_dir: Path) -> None:
    """Note that a request was forwarded by a proxy that the settings do not name."""
    with suppress(OSError):
        if not _age(data_dir) < NOTED_EVERY:
            _file(data_dir).touch(mode=0o600)


def is_forwarded(data_dir: Path) -> bool:
    """Whether such a request came lately."""
    return _age(data_dir) < LATELY


def _age(data_dir: Path) -> timedelta:
    try:
        changed = _file(data_dir).stat().st_mtime
    except OSError:
        return timedelta.max
    return datetime.now(UTC) - datetime.fromtimestamp(changed, UTC)
