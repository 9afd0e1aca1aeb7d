"""Account events, the contact log and documents against their seals, and the seals against one another."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, select

from approvals.accounts import audit
from approvals.base.seals import FIRST, GONE, digest, seal_hash, seals
from approvals.filing import documents
from approvals.history.queries import Violation
from approvals.integrity.numbers import SERIES
from approvals.liaisons import contacts

_LAST = select(SERIES.c.last).where(SERIES.c.series == bindparam("series"))
Rows = Mapping[str, Mapping[str, Any]]
SEALED: Mapping[str, Callable[[Connection], Rows]] = {
    audit.STREAM: audit.sealed_events,
    contacts.STREAM: contacts.sealed_contacts,
    documents.STREAM: documents.sealed_documents,
}


def sealed_rows_are_as_written(tx: Connection) -> Iterator[Violation]:
    """The seals of each stream follow one another, and each row says what its last seal says; none is without."""
    for stream, read in SEALED.items():
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
        yield from _differences(stream, last, read(tx))


def _differences(stream: str, last: Mapping[str, tuple[str, str]], rows: Rows) -> Iterator[Violation]:
    for key in sorted(last.keys() | rows.keys()):
        salt, sealed = last.get(key, ("", GONE))
        if digest(salt, rows.get(key)) != sealed:
            yield Violation("seals", f"{stream} {key}", "is not what was sealed, or has no seal")
