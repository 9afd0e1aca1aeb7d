"""What must hold of documents: whatever the record names is there."""

from collections.abc import Iterator

import orjson
from sqlalchemy import Connection, select

from approvals.filing.documents import DOCUMENTS
from approvals.filing.queries import TABLE as PROJECTS
from approvals.filing.queries import ref_of
from approvals.history.queries import Violation
from approvals.history.record import ENTRY

_HANDED_IN = (
    select(ENTRY.c.project_id, ENTRY.c.seq, ENTRY.c.facts)
    .where(ENTRY.c.facts.contains('"document":"'))  # canonical JSON has no spaces
    .order_by(ENTRY.c.project_id, ENTRY.c.seq)
)


def documents_of_the_record_exist(tx: Connection) -> Iterator[Violation]:
    """Every document that was handed in is a document of that project."""
    rows = tx.execute(select(DOCUMENTS.c.project_id, DOCUMENTS.c.uid).order_by(DOCUMENTS.c.id))
    existing = {(row.project_id, row.uid) for row in rows}
    for entry in tx.execute(_HANDED_IN):
        materials = orjson.loads(entry.facts).get("materials", ())
        for uid in (row["document"] for row in materials if row.get("document")):
            if (entry.project_id, uid) not in existing:
                project = tx.execute(select(PROJECTS).where(PROJECTS.c.id == entry.project_id)).one()
                yield Violation("documents", f"{ref_of(project)}, entry {entry.seq}", f"document {uid} does not exist")
