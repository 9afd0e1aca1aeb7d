"""Account events, the contact log and documents against their seals, and the seals against one another."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from approvals.accounts.audit import EVENT
from approvals.base.hashing import FIRST
from approvals.base.seals import GONE, content_of, digest, seal_hash, seals
from approvals.filing.documents import DOCUMENTS
from approvals.history.queries import Violation
from approvals.integrity.numbers import SERIES
from approvals.liaisons.contacts import CONTACTS

_LAST = select(SERIES.c.last).where(SERIES.c.series == bindparam("series"))
SEALED = {EVENT: "id", CONTACTS: "id", DOCUMENTS: "uid"}  # tables, and what their seals know a row by


def sealed_rows_are_as_written(tx: Connection) -> Iterator[Violation]:
    """The seals of each stream follow one another, and each row says what its last seal says; none is without."""
    for table, key in SEALED.items():
        stream = table.name
        last: dict[str, tuple[str, str]] = {}
        seq, head = 0, FIRST
        for row in seals(tx, stream):
            where = f"{stream}, seal {row['seq']}"
            if row["seq"] != seq + 1:
                yield Violation("seals", where, f"follows seal {seq}: one was removed")
            if row["hash"] != seal_hash(head, row):
                yield Violation("seals", where, "was changed, swapped or follows a changed one")
            seq, head = row["seq"], row["hash"]
            last[row["key"]] = row["salt"], row["digest"]
        if (series := tx.execute(_LAST, {"series": f"seal/{stream}"}).scalar_one_or_none() or 0) != seq:
            yield Violation("seals", stream, f"ends at seal {seq}, {series} were given")
        rows = {str(getattr(row, key)): content_of(row) for row in tx.execute(select(table))}
        yield from _differences(stream, last, rows)


def _differences(stream: str, last: Mapping[str, tuple[str, str]], rows: Mapping[str, Any]) -> Iterator[Violation]:
    for key in sorted(last.keys() | rows.keys()):
        salt, sealed = last.get(key, ("", GONE))
        if digest(salt, rows.get(key)) != sealed:
            yield Violation("seals", f"{stream} {key}", "is not what was sealed, or has no seal")
