"""Files of the store that no row names: what a refused form, a crash or a removed document has left."""

from collections.abc import Container, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from approvals.base.files.store import ASIDE, bring_back, contents, digest_of, discard, modified, path_of
from approvals.evidence.queries import EVIDENCE
from approvals.filing.documents import DOCUMENTS
from approvals.filing.previews import FOLDER
from workflows.config.policy import load_policy


def named_digests(tx: Connection) -> frozenset[str]:
    """The checksums of all contents that a document or a piece of evidence names."""
    columns = (DOCUMENTS.c.sha256, EVIDENCE.c.sha256, EVIDENCE.c.copy_sha256, EVIDENCE.c.thumbnail_sha256)
    queries = (select(column).where(column.is_not(None)).distinct().order_by(column) for column in columns)
    return frozenset(digest for query in queries for digest in tx.execute(query).scalars())


def orphans(tx: Connection, folder: Path, now: datetime) -> list[Path]:
    """What lies in the store for longer than the policy keeps it and is named by no row; nothing is removed."""
    return _unnamed(folder, named_digests(tx), _limit(now))


def remove_orphans(tx: Connection, folder: Path, now: datetime) -> int:
    """Remove them, and previews of what is not there any more; how many files."""
    names, before = named_digests(tx), _limit(now)
    for path in contents(folder):
        if path.name.startswith(ASIDE) and digest_of(path) in names:  # a removal that was broken off
            bring_back(folder, path)
    removed = sum(discard(folder, path, before) for path in _unnamed(folder, names, before))
    for preview in _stale_previews(folder):
        preview.unlink(missing_ok=True)
        removed += 1
    return removed


def _unnamed(folder: Path, names: Container[str], before: float) -> list[Path]:
    return [path for path in contents(folder) if digest_of(path) not in names and modified(path) < before]


def _stale_previews(folder: Path) -> Iterator[Path]:
    for path in sorted((folder / FOLDER).glob("??/*")):
        if not path.name.startswith("new-") and not path_of(folder, path.name).exists():
            yield path


def _limit(now: datetime) -> float:
    """The modification time, in seconds, before which a file has waited long enough."""
    return (now - timedelta(days=load_policy().uploads.orphan_days)).timestamp()
