"""Grants: the document in the row is the one that the record names."""

from collections.abc import Iterator
from datetime import date

import orjson
from sqlalchemy import Connection, select

from approvals.filing.documents import DOCUMENTS
from approvals.history.queries import Violation
from approvals.history.record import ENTRY
from approvals.registration.queries import APPROVALS
from approvals.windows.grants import grant_columns


def documents_are_those_of_the_grants(tx: Connection) -> Iterator[Violation]:
    """Number, file, day and the validity that a document bears are those of the last grant; the file is there."""
    grants = select(ENTRY).where(ENTRY.c.subject == "approval", ENTRY.c.move == "grant").order_by(ENTRY.c.id)
    granted = {entry.approval_id: orjson.loads(entry.facts) for entry in tx.execute(grants)}
    files = set(tx.execute(select(DOCUMENTS.c.uid).order_by(DOCUMENTS.c.id)).scalars())
    for row in tx.execute(select(APPROVALS).order_by(APPROVALS.c.id)):
        facts = granted.get(row.id) if row.state == "granted" else None
        if facts is None:
            continue
        recorded = grant_columns(facts)
        if facts.get("valid_until"):
            recorded["lapses_on"] = date.fromisoformat(facts["valid_until"])
        for name, value in recorded.items():
            if getattr(row, name) != value:
                yield Violation(
                    "grants", f"approval {row.id}", f"{name} is {getattr(row, name)}, the grant says {value}"
                )
        if row.document_uid and row.document_uid not in files:
            yield Violation("grants", f"approval {row.id}", "its document is not there")
