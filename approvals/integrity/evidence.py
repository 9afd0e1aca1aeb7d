"""Evidence: what moves cite is there as they hold it, its uses follow from the history, and the files are whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, select

from approvals.base.files.store import is_whole, path_of
from approvals.base.hashing import canonical
from approvals.evidence.queries import EVIDENCE, USES, facts_of
from approvals.history.queries import Violation
from approvals.history.record import ENTRY

_CITING = (
    select(*(ENTRY.c[name] for name in ("project_id", "seq", "subject", "subject_id", "at", "facts")))
    .where(ENTRY.c.facts.contains('"evidence":['))  # canonical JSON has no spaces
    .order_by(ENTRY.c.project_id, ENTRY.c.seq)
)
_USED = select(EVIDENCE.c.uid, USES).join(EVIDENCE, EVIDENCE.c.id == USES.c.evidence_id).order_by(USES.c.id)


def evidence_is_that_of_the_record(tx: Connection) -> Iterator[Violation]:
    """Each piece is as the moves hold it that cite it, and a use is told of each case since it first did."""
    rows = {row.uid: row for row in tx.execute(select(EVIDENCE).order_by(EVIDENCE.c.id))}
    stored = {(row.uid, row.project_id, row.subject, row.subject_id): row.used_at for row in tx.execute(_USED)}
    recorded: dict[tuple[Any, ...], Any] = {}
    for entry in tx.execute(_CITING):
        for piece in orjson.loads(entry.facts)["evidence"]:
            row = rows.get(piece["ref"])
            where = f"{entry.subject} {entry.subject_id}, entry {entry.seq}"
            if row is None:
                yield Violation("evidence", where, f"{piece['ref']} does not exist")
            elif orjson.loads(canonical(facts_of(row))) != piece:
                yield Violation("evidence", where, f"{piece['ref']} is not what the move holds")
            recorded.setdefault((piece["ref"], entry.project_id, entry.subject, entry.subject_id), entry.at)
    for use in sorted({*stored, *recorded}, key=repr):
        if stored.get(use) != recorded.get(use):
            yield Violation("evidence", f"{use[2]} {use[3]}", f"its use of {use[0]} is not that of the record")


def evidence_files_are_whole(tx: Connection, folder: Path | None) -> Iterator[Violation]:
    """Originals and copies lie in the store with size and checksum; no `folder` means that there are none."""
    for row in tx.execute(select(EVIDENCE).order_by(EVIDENCE.c.id)):
        for digest in dict.fromkeys(filter(None, (row.sha256, row.copy_sha256, row.thumbnail_sha256))):
            path = path_of(folder, digest) if folder else None
            if path is None or not path.is_file():
                yield Violation("evidence", row.uid, "a file of it is not in the store")
            elif not is_whole(path, digest) or (digest == row.sha256 and path.stat().st_size != row.size):
                yield Violation("evidence", row.uid, "a file of it is not what was received")
